// One message of an mbox: its octets, flags and date, and how they stand in
// the file.
//
// Here:      Stored, read_message(), write_message().
// Not here:  where one message ends and the next begins (mbox/reader.h).
// Grammar:   grammar/rfc4155_mbox.rl, rules flags_block and status_field.
// Laws:      proptests/mbox/mbox_laws.h: what was written is read again, octet
//            for octet, with flags, keywords and date.
//
// Quoting is mboxrd's: a line of '>' (any number) and "From " gets one more
// '>', and loses it again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"

namespace postkeep::mbox {

// As store/mailbox.h has them.
inline constexpr std::uint8_t flag_answered = 1;
inline constexpr std::uint8_t flag_flagged = 2;
inline constexpr std::uint8_t flag_deleted = 4;
inline constexpr std::uint8_t flag_seen = 8;
inline constexpr std::uint8_t flag_draft = 16;

struct Stored {
  std::int64_t date = 0;
  std::uint8_t flags = 0;
  std::vector<std::string> keywords;  // Words of %x21-7E; others are left out.
  std::vector<Octet> text;

  bool operator==(const Stored&) const = default;
};

// All that stands in the file for one message: From_ line, flags, the text
// with LF for CRLF, an empty line. Text that has an LF without CR stands there
// as it is.
[[nodiscard]] std::string write_message(const Stored& message,
                                        std::string_view sender);

// The other way: the lines between two From_ lines, unquoted, without the
// empty line at their end. What no export of ours has written gets CRLF, and
// loses the fields in which other programs keep flags.
struct ReadMessage {
  Stored stored;
  // "X-IMAP": not mail, but what a UW IMAP server noted for itself.
  bool is_internal = false;
};
[[nodiscard]] ReadMessage read_message(Octets raw, std::int64_t date);

// The machine that reads what write_message put on top.
class FlagsBlockMachine {
 public:
  // mbox/flags_block.rl. How many octets the block has; 0: there is none.
  [[nodiscard]] std::size_t run(Octets text);

  bool crlf = false;
  std::uint64_t octets = 0;
  std::uint8_t flags = 0;
  std::vector<std::string> keywords;

 private:
  void crlf_end();
  void octets_digit(Octet octet);
  void seen();
  void answered();
  void flagged();
  void draft();
  void deleted();
  void keyword_start();
  void keyword_octet(Octet octet);
  void block_end();

  bool complete_ = false;
};

enum class StatusField : std::uint8_t {
  none,
  status,
  x_status,
  x_keywords,
  note,      // X-UID, X-IMAPbase, X-Mozilla-Status2: worth nothing here.
  internal,  // X-IMAP.
  mozilla,   // X-Mozilla-Status.
};

// The machine that reads one line of other programs' flags.
class StatusFieldMachine {
 public:
  // mbox/status_field.rl
  [[nodiscard]] StatusField run(Octets line);
  [[nodiscard]] const std::string& value() const { return value_; }
  // The bits of X-Mozilla-Status.
  [[nodiscard]] std::uint16_t mozilla_status() const { return mozilla_; }

 private:
  void is_status();
  void is_x_status();
  void is_x_keywords();
  void is_note();
  void is_internal();
  void is_mozilla();
  void value_octet(Octet octet);
  void mozilla_digit(Octet octet);

  StatusField field_ = StatusField::none;
  std::string value_;
  std::uint16_t mozilla_ = 0;
};

}  // namespace postkeep::mbox
