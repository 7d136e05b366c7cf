// Names of message files in a Maildir: who the message is, how long, under
// which UID, with which flags.
//
// Here:      OwnName (what our files say), Info (their flags), the reader of
//            any Maildir's names and the writer of ours.
// Not here:  what is done about foreign names (store/folder_scan.cc).
// Grammar:   grammar/maildir_file_name.rl, rule maildir_name.
// Laws:      proptests/store/maildir_name_laws.h.
//
// A file of ours is named, in new/ without what stands from ':' on,
//   1767225600.00112233445566778899aabbccddeeff.pk,S=4096,F=0123456789abcdef,
//   I=17,C=89abcdef:2,FSa
// seconds are the internal date; the id is the delivery's, or random; S the
// octets, as Maildir++ has it; F the folder's id and I the UID in it; C the
// checksum (CRC-32C) of the octets, absent where they were never read.
// What other programs put behind it, as isync does with its "U=", is left to
// them: the file is still ours, and keeps it while it stays in the folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "store/mailbox.h"

namespace postkeep::store {

// NAME_MAX of every file system that matters.
inline constexpr std::size_t file_name_octets_max = 255;

// Random, the same for as long as the folder and its state file exist.
using FolderId = std::uint64_t;

// A name of ours with all its flags leaves more room than that.
inline constexpr std::size_t others_octets_max = 64;

struct OwnName {
  std::int64_t internal_date = 0;  // Not negative, below 10^18.
  DeliveryId id{};
  std::uint32_t octets = 0;
  FolderId folder = 0;
  Uid uid = 0;
  std::optional<std::uint32_t> checksum;
  // Keys of others, each behind its ",": at most others_octets_max.
  std::string others;
  bool operator==(const OwnName&) const = default;
};

// The letters after ":2,". Bit n of `upper` is 'A' + n, of `lower` 'a' + n.
struct Info {
  std::uint32_t upper = 0;
  std::uint32_t lower = 0;
  bool operator==(const Info&) const = default;
};

// D draft, F flagged, R answered, S seen, T deleted; others (P, passed on)
// stay as they are. Lower letters are keywords.
[[nodiscard]] Flags flags_of(const Info& info);
[[nodiscard]] Info with_flags(const Info& before, const Flags& flags);

struct MaildirName {
  // Set when what stands before ':' is exactly what write(*own) gives.
  std::optional<OwnName> own;
  std::optional<std::uint64_t> octets;  // "S=", whoever wrote it.
  std::optional<Info> info;
  bool operator==(const MaildirName&) const = default;
};

enum class MaildirNameError : std::uint8_t {
  outside_grammar,
  too_long,  // More than file_name_octets_max.
};
[[nodiscard]] std::string_view name(MaildirNameError error);

// Reads one name. Holds nothing between two of them.
class MaildirNameReader {
 public:
  [[nodiscard]] std::expected<MaildirName, MaildirNameError> read(
      std::string_view name);

 private:
  // store/maildir_name.rl: the machine. False: outside the grammar.
  [[nodiscard]] bool run(Octets name);

  // store/maildir_name.cc: its actions, in the order of the grammar.
  void number_start();
  void number_octet(Octet octet);
  void hex_octet(Octet octet);
  void seconds_end();
  void id_octet(Octet octet);
  void own_stem_end();
  void octets_key_end();
  void folder_key_end();
  void uid_key_end();
  void checksum_key_end();
  void info_start();
  void info_octet(Octet octet);

  std::uint64_t number_ = 0;
  std::size_t id_digits_ = 0;
  bool own_stem_ = false;
  std::optional<std::uint64_t> folder_;
  std::optional<std::uint64_t> uid_;
  OwnName own_;
  MaildirName result_;
};

// The name before ':', and with ":2,".
[[nodiscard]] std::string write(const OwnName& name);
[[nodiscard]] std::string write(const OwnName& name, const Info& info);

}  // namespace postkeep::store
