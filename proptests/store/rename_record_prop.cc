// The laws of store/rename_record.h on generated values.
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "store/rename_record_laws.h"

using namespace postkeep;
using namespace postkeep::store;

namespace {

std::vector<FolderRename> renames() {
  std::vector<FolderRename> all;
  const std::size_t count = *rc::gen::inRange<std::size_t>(0, 8);
  const auto directory = [] {
    const auto level = rc::gen::nonEmpty(rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("abc+-_ 09"))));
    return "." + (*level).substr(0, 100) + ".x";
  };
  for (std::size_t n = 0; n < count; ++n) {
    all.push_back({*rc::gen::arbitrary<FolderId>(), directory(), directory()});
  }
  return all;
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("renames are read back",
                    [] { RC_ASSERT(law_renames_are_read_back(renames())); });
  held &= rc::check("an octet that differs is seen", [] {
    auto octets = write(renames());
    const std::size_t at = *rc::gen::inRange<std::size_t>(0, octets.size());
    octets[at] ^= *rc::gen::inRange<Octet>(1, 255);
    RC_ASSERT(!read_rename_record(octets).has_value());
  });
  held &= rc::check("a short one and a long one are seen", [] {
    auto octets = write(renames());
    octets.resize(*rc::gen::inRange<std::size_t>(0, octets.size()));
    RC_ASSERT(!read_rename_record(octets).has_value());
    octets = write(renames());
    octets.push_back(0);
    RC_ASSERT(!read_rename_record(octets).has_value());
  });
  return held ? 0 : 1;
}
