#include "cli/sendmail_options.h"

#include <algorithm>
#include <utility>

namespace postkeep::cli {
namespace {

using Result = std::optional<std::string>;  // What is wrong.

std::string lower(std::string_view text) {
  std::string folded(text);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return folded;
}

class OptionsReader {
 public:
  explicit OptionsReader(const std::vector<std::string>& arguments)
      : rest_(arguments) {}

  Result read(SendmailOptions& options);

 private:
  Result word(std::string_view letters, SendmailOptions& options);
  Result option(char letter, SendmailOptions& options);
  Result with_value(char letter, std::string value, SendmailOptions& options);
  static Result mode(const std::string& value, SendmailOptions& options);
  static Result notify(const std::string& value, SendmailOptions& options);

  const std::vector<std::string>& rest_;
  std::size_t at_ = 0;
};

// The letters whose value stands behind them, or in the next argument.
bool has_value(char letter) {
  return std::string_view("ABCDFLNORVXbefhopr").find(letter) !=
         std::string_view::npos;
}
// Those whose value, if any, stands behind them.
bool may_have_value(char letter) { return letter == 'q' || letter == 'd'; }

Result OptionsReader::read(SendmailOptions& options) {
  while (at_ < rest_.size()) {
    const std::string& argument = rest_[at_];
    if (argument.size() < 2 || argument[0] != '-') break;
    at_ += 1;
    if (argument == "--") break;
    if (const Result wrong =
            word(std::string_view(argument).substr(1), options))
      return wrong;
  }
  // What begins with "-" behind the first recipient is one, too: a name that a
  // stranger chose becomes no option.
  options.recipients.insert(options.recipients.end(),
                            rest_.begin() + static_cast<std::ptrdiff_t>(at_),
                            rest_.end());
  return std::nullopt;
}

Result OptionsReader::word(std::string_view letters, SendmailOptions& options) {
  while (!letters.empty()) {
    const char letter = letters.front();
    letters.remove_prefix(1);
    if (may_have_value(letter)) {
      return with_value(letter, std::string(letters), options);
    }
    if (has_value(letter)) {
      if (!letters.empty()) {
        return with_value(letter, std::string(letters), options);
      }
      if (at_ == rest_.size()) {
        return std::string("-") + letter + " wants a value";
      }
      return with_value(letter, rest_[at_++], options);
    }
    if (const Result wrong = option(letter, options)) return wrong;
  }
  return std::nullopt;
}

Result OptionsReader::option(char letter, SendmailOptions& options) {
  switch (letter) {
    case 'i': options.dots_are_text = true; return std::nullopt;
    case 't': options.recipients_in_header = true; return std::nullopt;
    case 'v': options.verbose = true; return std::nullopt;
    case 'I': options.mode = SendmailMode::new_aliases; return std::nullopt;
    case 'a':
    case 'c':
    case 'G':
    case 'm':
    case 'n':
    case 's':
    case 'U':
    case 'w':
    case 'x': return std::nullopt;
    default: break;
  }
  return std::string("-") + letter + " is not known";
}

Result OptionsReader::with_value(char letter, std::string value,
                                 SendmailOptions& options) {
  switch (letter) {
    case 'b': return mode(value, options);
    case 'C': options.config_path = std::move(value); return std::nullopt;
    case 'F': options.full_name = std::move(value); return std::nullopt;
    case 'N': return notify(value, options);
    case 'V': options.envelope_id = std::move(value); return std::nullopt;
    case 'f':
    case 'r': options.sender = std::move(value); return std::nullopt;
    case 'R':
      if (lower(value) != "full" && lower(value) != "hdrs") {
        return "-R is full or hdrs";
      }
      options.ret =
          lower(value) == "full" ? smtp::Ret::full : smtp::Ret::headers;
      return std::nullopt;
    case 'o':
      if (value == "i") options.dots_are_text = true;
      return std::nullopt;
    case 'q':
      if (!value.empty() && value[0] >= '0' && value[0] <= '9') {
        return "-q with a time asks for a daemon: `postkeep serve` is it";
      }
      options.mode = SendmailMode::run_queue;
      return std::nullopt;
    default: return std::nullopt;  // Known, and without a meaning here.
  }
}

Result OptionsReader::mode(const std::string& value, SendmailOptions& options) {
  constexpr std::pair<std::string_view, SendmailMode> modes[] = {
      {"m", SendmailMode::deliver},
      {"s", SendmailMode::smtp},
      {"p", SendmailMode::list_queue},
      {"i", SendmailMode::new_aliases}};
  for (const auto& [name, mode] : modes) {
    if (value != name) continue;
    options.mode = mode;
    return std::nullopt;
  }
  if (value == "d" || value == "D" || value == "l") {
    return "-b" + value + " asks for a daemon: `postkeep serve` is it";
  }
  return "-b" + value + " is not known";
}

// RFC 3461 section 4.1, as sendmail(8) writes it.
Result OptionsReader::notify(const std::string& value,
                             SendmailOptions& options) {
  constexpr std::pair<std::string_view, smtp::Notify> words[] = {
      {"success", smtp::Notify::success},
      {"failure", smtp::Notify::failure},
      {"delay", smtp::Notify::delay},
      {"never", smtp::Notify::never}};
  std::string_view rest = value;
  std::uint8_t bits = 0;
  while (!rest.empty()) {
    const std::string word = lower(rest.substr(0, rest.find(',')));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    const auto known = std::ranges::find(
        words, word, &std::pair<std::string_view, smtp::Notify>::first);
    if (known == std::end(words)) {
      return "-N is never, or success, failure, delay with commas";
    }
    bits =
        static_cast<std::uint8_t>(bits | static_cast<unsigned>(known->second));
  }
  const auto never = static_cast<std::uint8_t>(smtp::Notify::never);
  if (bits == 0 || ((bits & never) != 0 && bits != never)) {
    return "-N is never, or success, failure, delay with commas";
  }
  options.notify = bits;
  return std::nullopt;
}

}  // namespace

std::expected<SendmailOptions, std::string> read_sendmail_options(
    std::string_view program, const std::vector<std::string>& arguments) {
  SendmailOptions options;
  if (program == "mailq") options.mode = SendmailMode::list_queue;
  if (program == "newaliases") options.mode = SendmailMode::new_aliases;
  if (const Result wrong = OptionsReader(arguments).read(options)) {
    return std::unexpected(*wrong);
  }
  return options;
}

}  // namespace postkeep::cli
