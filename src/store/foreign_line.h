// Lines of the files in which Dovecot and Courier keep what the names in a
// Maildir do not say: UIDs, keywords, subscriptions.
//
// Here:      ForeignLineReader: one line, without its LF, to what it says.
// Not here:  whole files (store/foreign_lists.h); what is made of them
//            (store/folder_take_over.cc, store/subscriptions.h).
// Grammar:   grammar/maildir_lists.rl: uid_list_header, uid_list_record,
//            keyword_line, keyword_list_line, keyword_file_name,
//            subscription_line.
// Laws:      proptests/store/foreign_line_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"

namespace postkeep::store {

// Dovecot's records hold at most a name of 255 octets, its flags and a few
// fields; a longer line is none of theirs.
inline constexpr std::size_t foreign_line_octets_max = 4096;

// Numbers are as they stand there: 10 digits, whatever they count.
struct UidListHeader {
  bool is_dovecots = false;  // Else Courier's, and Dovecot's first version.
  std::optional<std::uint64_t> uid_validity;
  std::optional<std::uint64_t> uid_next;
  bool operator==(const UidListHeader&) const = default;
};

struct UidListRecord {
  std::uint64_t uid = 0;
  std::string base;  // Of the file's name, what stands before ":".
  bool operator==(const UidListRecord&) const = default;
};

struct KeywordLine {
  std::optional<std::uint64_t> index;  // dovecot-keywords alone has it.
  std::string keyword;
  bool operator==(const KeywordLine&) const = default;
};

struct KeywordListLine {
  std::string base;
  std::vector<std::uint64_t> indices;
  bool operator==(const KeywordListLine&) const = default;
};

struct KeywordFileName {
  std::optional<std::uint64_t> time;  // None: the message's own.
  std::string base;
  bool operator==(const KeywordFileName&) const = default;
};

using SubscriptionLevels = std::vector<std::string>;

// nullopt: outside the grammar, or too long. Holds nothing between two lines.
class ForeignLineReader {
 public:
  [[nodiscard]] std::optional<UidListHeader> uid_list_header(
      std::string_view line);
  [[nodiscard]] std::optional<UidListRecord> uid_list_record(
      std::string_view line);
  [[nodiscard]] std::optional<KeywordLine> keyword_line(std::string_view line);
  [[nodiscard]] std::optional<KeywordListLine> keyword_list_line(
      std::string_view line);
  [[nodiscard]] std::optional<KeywordFileName> keyword_file_name(
      std::string_view name);
  [[nodiscard]] std::optional<SubscriptionLevels> subscription_line(
      std::string_view line);

 private:
  // The machines, each in store/<its name>.rl. False: outside the grammar.
  [[nodiscard]] bool run_uid_list_header(Octets line);
  [[nodiscard]] bool run_uid_list_record(Octets line);
  [[nodiscard]] bool run_keyword_line(Octets line);
  [[nodiscard]] bool run_keyword_list_line(Octets line);
  [[nodiscard]] bool run_keyword_file_name(Octets line);
  [[nodiscard]] bool run_subscription_line(Octets line);

  // store/foreign_line.cc: their actions.
  void number_start();
  void number_digit(Octet octet);
  void is_dovecots();
  void validity_end();
  void next_end();
  void uid_end();
  void text_start();
  void text_octet(Octet octet);
  void index_end();
  void level_end();

  std::uint64_t number_ = 0;
  std::string text_;
  UidListHeader header_;
  std::uint64_t uid_ = 0;
  std::vector<std::uint64_t> indices_;
  SubscriptionLevels levels_;
};

}  // namespace postkeep::store
