#include "mbox/message.h"

#include <algorithm>
#include <utility>

#include "mbox/from_line.h"
#include "mbox/quoting.h"

namespace postkeep::mbox {
namespace {

std::string_view text_of(Octets octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

// Whether LF for CRLF can be undone: every LF has its CR.
bool has_crlf_only(Octets text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) return false;
  }
  return true;
}

bool can_be_written(std::string_view keyword) {
  return !keyword.empty() && std::ranges::all_of(keyword, [](char c) {
    return c > ' ' && c <= '~';
  });
}

// The first line of `text`, with its LF where it has one.
Octets first_line(Octets text) {
  const auto at = std::ranges::find(text, Octet{'\n'});
  const auto octets = static_cast<std::size_t>(at - text.begin());
  return text.first(std::min(octets + 1, text.size()));
}

void append(std::vector<Octet>& to, Octets octets) {
  to.insert(to.end(), octets.begin(), octets.end());
}

// Each LF becomes CRLF, unless `kept` has its CR before it already.
void append_with_crlf(std::vector<Octet>& to, Octets line, bool keep_crlf) {
  if (line.empty() || line.back() != '\n') return append(to, line);
  append(to, line.first(line.size() - 1));
  const bool has_cr = line.size() > 1 && line[line.size() - 2] == '\r';
  if (!(keep_crlf && has_cr)) to.push_back('\r');
  to.push_back('\n');
}

std::vector<Octet> with_crlf(Octets text, bool keep_crlf) {
  std::vector<Octet> out;
  out.reserve(text.size() + text.size() / 32);
  while (!text.empty()) {
    const Octets line = first_line(text);
    append_with_crlf(out, line, keep_crlf);
    text = text.subspan(line.size());
  }
  return out;
}

ReadMessage read_own(const FlagsBlockMachine& block, Octets rest,
                     std::int64_t date) {
  ReadMessage read;
  read.stored.date = date;
  read.stored.flags = block.flags;
  read.stored.keywords = block.keywords;
  std::vector<Octet>& text = read.stored.text;
  if (block.crlf) {
    text = with_crlf(rest, false);
  } else {
    text.assign(rest.begin(), rest.end());
  }
  // A text that did not end with a line end was given one.
  const std::size_t added = block.crlf ? 2 : 1;
  if (text.size() == block.octets + added) text.resize(text.size() - added);
  return read;
}

// Thunderbird's bits (nsMsgMessageFlags.h). What it has expunged stands in the
// file until that is compacted: it comes as deleted, so that nothing is lost.
void take_mozilla(std::uint16_t status, Stored& stored) {
  struct Bit {
    std::uint16_t mozilla;
    std::uint8_t flag;
  };
  constexpr std::uint16_t forwarded = 0x1000;
  for (const Bit bit : {Bit{0x0001, flag_seen}, Bit{0x0002, flag_answered},
                        Bit{0x0004, flag_flagged}, Bit{0x0008, flag_deleted}}) {
    if ((status & bit.mozilla) != 0) stored.flags |= bit.flag;
  }
  if ((status & forwarded) != 0) stored.keywords.emplace_back("$Forwarded");
}

void take_status(const StatusFieldMachine& machine, StatusField field,
                 ReadMessage& read) {
  Stored& stored = read.stored;
  const std::string_view value = machine.value();
  const auto flag = [&](char letter, std::uint8_t bit) {
    if (value.find(letter) != std::string_view::npos) {
      stored.flags = static_cast<std::uint8_t>(stored.flags | bit);
    }
  };
  switch (field) {
    case StatusField::status: return flag('R', flag_seen);
    case StatusField::x_status:
      flag('A', flag_answered);
      flag('F', flag_flagged);
      flag('D', flag_deleted);
      return flag('T', flag_draft);
    case StatusField::internal: read.is_internal = true; return;
    case StatusField::mozilla:
      return take_mozilla(machine.mozilla_status(), stored);
    case StatusField::x_keywords: break;
    default: return;
  }
  std::string word;
  for (const char c : std::string(value) + ' ') {
    if (c != ' ' && c != '\t') {
      word += c;
    } else if (!word.empty()) {
      if (can_be_written(word)) stored.keywords.push_back(word);
      word.clear();
    }
  }
}

}  // namespace

std::string write_message(const Stored& message, std::string_view sender) {
  std::string out = write_from_line(sender, message.date);
  const bool crlf = has_crlf_only(message.text);
  const auto flag = [&](std::uint8_t bit, char letter) {
    if ((message.flags & bit) != 0) out += letter;
  };
  out += "X-Postkeep-Text: ";
  out += crlf ? "crlf " : "as-is ";
  out += std::to_string(message.text.size()) + "\nStatus: ";
  flag(flag_seen, 'R');
  out += "O\nX-Status: ";
  flag(flag_answered, 'A');
  flag(flag_flagged, 'F');
  // mutt, Dovecot and UW IMAP mean "deleted" by D, and "draft" by T.
  flag(flag_deleted, 'D');
  flag(flag_draft, 'T');
  out += "\nX-Keywords:";
  for (const std::string& keyword : message.keywords) {
    if (can_be_written(keyword)) out += ' ' + keyword;
  }
  out += '\n';
  out.reserve(out.size() + message.text.size() + message.text.size() / 64);
  Octets rest = message.text;
  do {
    Octets line = first_line(rest);
    rest = rest.subspan(line.size());
    if (is_quoted_or_from(line)) out += '>';
    const bool ends = !line.empty() && line.back() == '\n';
    if (ends) line = line.first(line.size() - (crlf ? 2 : 1));
    out += text_of(line);
    out += '\n';
  } while (!rest.empty());
  return out += '\n';
}

ReadMessage read_message(Octets raw, std::int64_t date) {
  FlagsBlockMachine block;
  if (const std::size_t octets = block.run(raw); octets > 0) {
    return read_own(block, raw.subspan(octets), date);
  }
  ReadMessage read;
  read.stored.date = date;
  while (!raw.empty()) {
    const Octets line = first_line(raw);
    if (line[0] == '\n' || line[0] == '\r') break;
    StatusFieldMachine machine;
    const char c = static_cast<char>(line[0] | 0x20);
    const StatusField field =
        c == 's' || c == 'x' ? machine.run(line) : StatusField::none;
    raw = raw.subspan(line.size());
    if (field == StatusField::none) {
      append_with_crlf(read.stored.text, line, true);
    } else {
      take_status(machine, field, read);
    }
  }
  append(read.stored.text, with_crlf(raw, true));
  return read;
}

void FlagsBlockMachine::crlf_end() { crlf = true; }
void FlagsBlockMachine::octets_digit(Octet octet) {
  octets = octets * 10 + (octet - std::uint64_t{'0'});
}
void FlagsBlockMachine::seen() { flags |= flag_seen; }
void FlagsBlockMachine::answered() { flags |= flag_answered; }
void FlagsBlockMachine::flagged() { flags |= flag_flagged; }
void FlagsBlockMachine::deleted() { flags |= flag_deleted; }
void FlagsBlockMachine::draft() { flags |= flag_draft; }
void FlagsBlockMachine::keyword_start() { keywords.emplace_back(); }
void FlagsBlockMachine::keyword_octet(Octet octet) {
  keywords.back().push_back(static_cast<char>(octet));
}
void FlagsBlockMachine::block_end() { complete_ = true; }

void StatusFieldMachine::is_status() { field_ = StatusField::status; }
void StatusFieldMachine::is_x_status() { field_ = StatusField::x_status; }
void StatusFieldMachine::is_x_keywords() { field_ = StatusField::x_keywords; }
void StatusFieldMachine::is_note() { field_ = StatusField::note; }
void StatusFieldMachine::is_internal() { field_ = StatusField::internal; }
void StatusFieldMachine::is_mozilla() { field_ = StatusField::mozilla; }
void StatusFieldMachine::value_octet(Octet octet) {
  value_.push_back(static_cast<char>(octet));
}
void StatusFieldMachine::mozilla_digit(Octet octet) {
  // A letter's low four bits are 1 to 6, in either case.
  const int digit = octet <= '9' ? octet - '0' : (octet & 0xF) + 9;
  mozilla_ = static_cast<std::uint16_t>(mozilla_ << 4 | digit);
}

}  // namespace postkeep::mbox
