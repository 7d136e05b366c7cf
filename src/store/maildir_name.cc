#include "store/maildir_name.h"

#include <array>
#include <charconv>
#include <utility>

#include "base/check.h"

namespace postkeep::store {
namespace {

struct Letter {
  char letter;
  std::uint8_t flag;
};
constexpr std::array letters{Letter{'D', flag_draft}, Letter{'F', flag_flagged},
                             Letter{'R', flag_answered}, Letter{'S', flag_seen},
                             Letter{'T', flag_deleted}};

constexpr std::uint32_t bit_of(char letter, char first) {
  return std::uint32_t{1} << (letter - first);
}

void write_decimal(std::string& out, std::uint64_t number) {
  std::array<char, 20> room{};
  const auto end =
      std::to_chars(room.data(), room.data() + room.size(), number);
  out.append(room.data(), end.ptr);
}

void write_hex(std::string& out, std::uint64_t number, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    out += "0123456789abcdef"[number >> shift & 0xF];
  }
}

std::uint8_t hex_value(Octet octet) {
  return static_cast<std::uint8_t>(octet <= '9' ? octet - '0'
                                                : octet - 'a' + 10);
}

}  // namespace

Flags flags_of(const Info& info) {
  Flags flags;
  for (const Letter& one : letters) {
    if ((info.upper & bit_of(one.letter, 'A')) != 0) flags.system |= one.flag;
  }
  flags.keywords = info.lower;
  return flags;
}

Info with_flags(const Info& before, const Flags& flags) {
  Info info = before;
  for (const Letter& one : letters) {
    const std::uint32_t bit = bit_of(one.letter, 'A');
    info.upper =
        (flags.system & one.flag) != 0 ? info.upper | bit : info.upper & ~bit;
  }
  info.lower = flags.keywords;
  return info;
}

std::expected<MaildirName, MaildirNameError> MaildirNameReader::read(
    std::string_view name) {
  if (name.size() > file_name_octets_max) {
    return std::unexpected(MaildirNameError::too_long);
  }
  *this = {};
  if (!run(octets(name))) {
    return std::unexpected(MaildirNameError::outside_grammar);
  }
  if (own_stem_ && folder_ && uid_ && *uid_ > 0 && *uid_ <= UINT32_MAX &&
      result_.octets && *result_.octets <= UINT32_MAX) {
    own_.folder = *folder_;
    own_.uid = static_cast<Uid>(*uid_);
    own_.octets = static_cast<std::uint32_t>(*result_.octets);
    // Keys twice, in another order, with zeros in front, or with others among
    // them: not a name that we gave, and not one that we could find again.
    const std::string_view whole = name.substr(0, name.find(':'));
    const std::string ours = write(own_);
    if (whole.starts_with(ours)) {
      own_.others = whole.substr(ours.size());
      const bool fits = own_.others.size() <= others_octets_max;
      if (fits && (own_.others.empty() || own_.others.front() == ',')) {
        result_.own = own_;
      }
    }
  }
  return result_;
}

void MaildirNameReader::number_start() { number_ = 0; }

void MaildirNameReader::number_octet(Octet octet) {
  number_ = number_ * 10 + (octet - Octet{'0'});
}

void MaildirNameReader::hex_octet(Octet octet) {
  number_ = number_ << 4 | hex_value(octet);
}

void MaildirNameReader::seconds_end() {
  own_.internal_date = static_cast<std::int64_t>(number_);
}

void MaildirNameReader::id_octet(Octet octet) {
  PK_CHECK(id_digits_ < 2 * own_.id.size());
  Octet& into = own_.id[id_digits_ / 2];
  into = static_cast<Octet>(into << 4 | hex_value(octet));
  id_digits_ += 1;
}

void MaildirNameReader::own_stem_end() { own_stem_ = true; }

void MaildirNameReader::octets_key_end() { result_.octets = number_; }

void MaildirNameReader::folder_key_end() { folder_ = number_; }

void MaildirNameReader::uid_key_end() { uid_ = number_; }

void MaildirNameReader::checksum_key_end() {
  own_.checksum = static_cast<std::uint32_t>(number_);
}

void MaildirNameReader::info_start() { result_.info.emplace(); }

void MaildirNameReader::info_octet(Octet octet) {
  const char letter = static_cast<char>(octet);
  if (letter >= 'a') {
    result_.info->lower |= bit_of(letter, 'a');
  } else {
    result_.info->upper |= bit_of(letter, 'A');
  }
}

std::string write(const OwnName& name) {
  PK_CHECK(name.internal_date >= 0);
  PK_CHECK(name.others.size() <= others_octets_max);
  std::string out;
  out.reserve(160);
  write_decimal(out, static_cast<std::uint64_t>(name.internal_date));
  out += '.';
  for (const Octet octet : name.id) write_hex(out, octet, 2);
  out += ".pk,S=";
  write_decimal(out, name.octets);
  out += ",F=";
  write_hex(out, name.folder, 16);
  out += ",I=";
  write_decimal(out, name.uid);
  if (name.checksum) {
    out += ",C=";
    write_hex(out, *name.checksum, 8);
  }
  out += name.others;
  return out;
}

std::string write(const OwnName& name, const Info& info) {
  std::string out = write(name);
  out += ":2,";
  for (char letter = 'A'; letter <= 'Z'; ++letter) {
    if ((info.upper & bit_of(letter, 'A')) != 0) out += letter;
  }
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    if ((info.lower & bit_of(letter, 'a')) != 0) out += letter;
  }
  return out;
}

std::string_view name(MaildirNameError error) {
  switch (error) {
    case MaildirNameError::outside_grammar: return "outside_grammar";
    case MaildirNameError::too_long: return "too_long";
  }
  check_failed("MaildirNameError holds one of its enumerators", __FILE__,
               __LINE__);
}

}  // namespace postkeep::store
