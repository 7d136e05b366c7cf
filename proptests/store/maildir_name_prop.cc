// The laws of store/maildir_name.h on generated values.
#include <rapidcheck.h>

#include <string>

#include "store/maildir_name_laws.h"

using namespace postkeep;
using namespace postkeep::store;

namespace {

rc::Gen<OwnName> own_name() {
  return rc::gen::apply(
      [](std::int64_t date, const DeliveryId& id, std::uint32_t size,
         FolderId folder, Uid uid, std::uint32_t checksum, bool has_checksum,
         std::uint32_t others) {
        OwnName name{date, id, size, folder, uid, {}, {}};
        if (others % 2 == 1) name.others = ",U=" + std::to_string(others);
        if (has_checksum) name.checksum = checksum;
        return name;
      },
      rc::gen::inRange<std::int64_t>(0, 999'999'999'999'999'999),
      rc::gen::arbitrary<DeliveryId>(), rc::gen::arbitrary<std::uint32_t>(),
      rc::gen::arbitrary<FolderId>(), rc::gen::inRange<Uid>(1, UINT32_MAX),
      rc::gen::arbitrary<std::uint32_t>(), rc::gen::arbitrary<bool>(),
      rc::gen::arbitrary<std::uint32_t>());
}

rc::Gen<Info> info() {
  const auto letters = rc::gen::inRange<std::uint32_t>(0, 1U << 26);
  return rc::gen::apply([](std::uint32_t upper,
                           std::uint32_t lower) { return Info{upper, lower}; },
                        letters, letters);
}

rc::Gen<Flags> flags() {
  return rc::gen::apply(
      [](unsigned system, std::uint32_t keywords) {
        return Flags{static_cast<std::uint8_t>(system), keywords};
      },
      rc::gen::inRange(0U, 32U), rc::gen::inRange<std::uint32_t>(0, 1U << 26));
}

// Names of ours with an octet replaced, cut off, or doubled.
rc::Gen<std::string> near_name() {
  return rc::gen::apply(
      [](const OwnName& name, const Info& letters, std::size_t at, char octet,
         int how) {
        std::string text = write(name, letters);
        if (how == 0) text[at % text.size()] = octet;
        if (how == 1) text.resize(at % text.size());
        if (how == 2) text.insert(at % text.size(), 1, octet);
        if (how == 3) text.insert(at % text.size(), ",S=1");
        return text;
      },
      own_name(), info(), rc::gen::arbitrary<std::size_t>(),
      rc::gen::arbitrary<char>(), rc::gen::inRange(0, 4));
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("names of ours are read back", [] {
    RC_ASSERT(law_written_maildir_names_are_read_back(*own_name(), *info()));
  });
  held &= rc::check("flags change only their letters", [] {
    RC_ASSERT(law_flags_change_only_their_letters(*info(), *flags()));
  });
  held &= rc::check("the reader agrees with the grammar", [] {
    RC_ASSERT(law_maildir_reader_agrees_with_grammar(*near_name()));
  });
  held &= rc::check("names of ours are found again", [] {
    RC_ASSERT(law_own_names_are_found_again(*near_name()));
  });
  held &= rc::check("the reader starts anew", [] {
    RC_ASSERT(law_maildir_reader_starts_anew(*near_name(), *near_name()));
  });
  return held ? 0 : 1;
}
