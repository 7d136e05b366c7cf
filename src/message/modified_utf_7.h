// Modified UTF-7 (RFC 3501 section 5.1.3): UTF-8 names written in printable
// ASCII, each in one way alone.
//
// Here:      reading and writing it, as IMAP's clients and as Maildir++'s
//            directories have it; is_utf_8_name.
// Not here:  INBOX and the names of an IMAP session (imap/mailbox_name.h);
//            names of directories (store/folder_name.h).
// Grammar:   grammar/rfc3501_mailbox_name.rl, rules modified_UTF_7 and
//            UTF_8_name.
// Laws:      proptests/message/modified_utf_7_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/octets.h"

namespace postkeep::message {

enum class ModifiedUtf7Error : std::uint8_t {
  outside_grammar,  // "&", "&-&", stray bits, "&Jjo-&Jjs-" for "&Jjomfw-".
  not_canonical,    // "&AGE-" for "a".
  surrogate,        // Half a pair, or a pair the wrong way round.
};
[[nodiscard]] std::string_view name(ModifiedUtf7Error error);

// How the levels of a hierarchy are told apart.
enum class NameLevels : std::uint8_t {
  as_they_are,  // Every printable character of ASCII but "&" is itself.
  dots,  // "." stands for "/", and "&AC4-" for ".": Maildir++'s directories.
};

// What comes out may hold control characters: see is_utf_8_name.
[[nodiscard]] std::expected<std::string, ModifiedUtf7Error> read_modified_utf_7(
    Octets whole, NameLevels levels = NameLevels::as_they_are);

// Octets that are not UTF-8 are written as U+FFFD.
[[nodiscard]] std::string write_modified_utf_7(
    Octets utf_8, NameLevels levels = NameLevels::as_they_are);

// Whether `whole` is in the grammar's UTF_8_name.
[[nodiscard]] bool is_utf_8_name(Octets whole);

// One name; used once.
class ModifiedUtf7Reader {
 public:
  explicit ModifiedUtf7Reader(NameLevels levels) : levels_(levels) {}
  [[nodiscard]] std::expected<std::string, ModifiedUtf7Error> read(
      Octets whole);

 private:
  // message/modified_utf_7.rl: the machine. Whether `whole` is in the grammar.
  bool run(Octets whole);

  // Its actions, in message/modified_utf_7.cc. False stops the machine.
  bool direct_octet(Octet octet);
  void ampersand();
  bool sextet(Octet octet);
  bool shift_end();

  bool take_unit(std::uint32_t unit);
  bool fail(ModifiedUtf7Error error);

  NameLevels levels_;
  std::string utf_8_;
  std::uint32_t bits_ = 0;
  unsigned bits_held_ = 0;
  std::uint32_t high_surrogate_ = 0;  // 0: none.
  std::optional<ModifiedUtf7Error> error_;
};

// The same the other way round; used once.
class ModifiedUtf7Writer {
 public:
  explicit ModifiedUtf7Writer(NameLevels levels) : levels_(levels) {}
  [[nodiscard]] std::string write(Octets utf_8);

 private:
  // message/name_characters.rl: the machine. How many octets are UTF-8.
  std::size_t run(Octets octets);

  // Its actions, in message/modified_utf_7.cc.
  void character_start();
  void character_octet(Octet octet);
  void character_end();

  void put(std::uint32_t code_point);
  void put_unit(std::uint32_t unit);
  void end_shift();

  NameLevels levels_;
  std::string wire_;
  bool in_character_ = false;
  std::uint32_t code_point_ = 0;
  bool shifted_ = false;
  std::uint32_t bits_ = 0;
  unsigned bits_held_ = 0;
};

}  // namespace postkeep::message
