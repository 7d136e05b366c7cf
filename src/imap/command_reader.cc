#include "imap/command_reader.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "base/check.h"

namespace postkeep::imap {
namespace {

// RFC 9051 section 9: number64 is an unsigned 63-bit integer.
constexpr std::uint64_t number64_max = (std::uint64_t{1} << 63) - 1;

bool same_without_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    const auto lower = [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    };
    return lower(x) == lower(y);
  });
}

struct SystemFlag {
  std::string_view name;
  std::uint8_t bit;
};
constexpr std::array<SystemFlag, 5> system_flags{{
    {"\\Answered", system_flag_answered},
    {"\\Flagged", system_flag_flagged},
    {"\\Deleted", system_flag_deleted},
    {"\\Seen", system_flag_seen},
    {"\\Draft", system_flag_draft},
}};

}  // namespace

std::expected<Command, CommandError> CommandReader::read(Octets text) {
  const bool alive = run(text);
  if (error_) return std::unexpected(*error_);
  if (!alive || !complete_)
    return std::unexpected(CommandError::outside_grammar);
  if (!finish()) return std::unexpected(*error_);
  return Command{std::move(tag_), std::move(request_)};
}

bool CommandReader::fail(CommandError error) {
  if (!error_) error_ = error;
  return false;
}

char CommandReader::to_upper(Octet octet) {
  const char c = static_cast<char>(octet);
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

std::string CommandReader::next_literal() {
  if (literals_used_ == literals_.size()) return {};
  return std::move(literals_[literals_used_++]);
}

void CommandReader::tag_end() { tag_ = text_; }

void CommandReader::text_literal() { text_ = next_literal(); }

bool CommandReader::number_digit(Octet octet) {
  const std::uint64_t value = octet - std::uint64_t{'0'};
  if (number_ > (number64_max - value) / 10)
    return fail(CommandError::number_too_large);
  number_ = number_ * 10 + value;
  return true;
}

// A name that is none is kept in mind, so that a command with a second fault
// is answered BAD for that one.
void CommandReader::name_end() {
  auto name = read_mailbox_name(octets(text_), form_, separator_);
  if (!name) has_bad_name_ = true;
  names_.push_back(name ? std::move(*name) : std::string());
}

std::string CommandReader::take_name() {
  PK_CHECK(names_taken_ < names_.size());
  return std::move(names_[names_taken_++]);
}

bool CommandReader::set_end() {
  auto set = read_sequence_set(octets(text_));
  if (!set) {
    PK_CHECK(set.error() != SequenceSetError::outside_grammar);
    return fail(set.error() == SequenceSetError::number_too_large
                    ? CommandError::number_too_large
                    : CommandError::too_many);
  }
  set_ = std::move(*set);
  return true;
}

bool CommandReader::flag_end() {
  if (text_.starts_with('\\')) {
    const auto* const flag =
        std::ranges::find_if(system_flags, [&](const SystemFlag& known) {
          return same_without_case(known.name, text_);
        });
    if (flag == system_flags.end())
      return fail(CommandError::unknown_system_flag);
    flags_.system = static_cast<std::uint8_t>(flags_.system | flag->bit);
    return true;
  }
  if (text_.size() > keyword_octets_max) return fail(CommandError::too_long);
  const bool known = std::ranges::any_of(
      flags_.keywords,
      [&](const std::string& k) { return same_without_case(k, text_); });
  if (known) return true;
  if (flags_.keywords.size() == keywords_max)
    return fail(CommandError::too_many);
  flags_.keywords.push_back(text_);
  return true;
}

}  // namespace postkeep::imap
