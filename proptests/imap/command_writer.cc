#include "imap/command_writer.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "imap/date.h"
#include "imap/mailbox_name.h"
#include "imap/sequence_set.h"

namespace postkeep::imap {
namespace {

bool is_atom_char(char c) {
  return c > ' ' && c < 0x7F && !std::string_view("(){%*\"\\]").contains(c);
}

bool is_atom(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_atom_char);
}

bool is_quotable(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return c > 0 && c != '\r' && c != '\n'; });
}

class Writer {
 public:
  explicit Writer(const std::string& tag) { frame_.text = tag; }

  void word(std::string_view text) { frame_.text += text; }
  void sp() { frame_.text += ' '; }

  void literal(std::string_view text) {
    frame_.text += literal_mark;
    frame_.literals.emplace_back(text);
  }

  void string(std::string_view text) {
    if (!is_quotable(text)) return literal(text);
    frame_.text += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') frame_.text += '\\';
      frame_.text += c;
    }
    frame_.text += '"';
  }

  void astring(std::string_view text) {
    is_atom(text) ? word(text) : string(text);
  }

  void mailbox(std::string_view utf_8) {
    astring(write_mailbox_name(utf_8, MailboxNameForm::modified_utf_7));
  }

  void set(const SequenceSet& set) {
    word(set.saved_result ? "$" : write(set.ranges));
  }

  void number(std::uint64_t number) { word(std::to_string(number)); }

  // Each of `list` by `one`, with SP between.
  template <typename List, typename One>
  void spaced(const List& list, One one) {
    bool first = true;
    for (const auto& element : list) {
      if (!first) sp();
      first = false;
      one(element);
    }
  }

  void flags(const FlagList& flags) {
    std::vector<std::string> names = flags.keywords;
    const std::array bits{"\\Answered", "\\Flagged", "\\Deleted", "\\Seen",
                          "\\Draft"};
    for (std::size_t i = 0; i < bits.size(); ++i)
      if ((flags.system >> i & 1) != 0) names.emplace_back(bits.at(i));
    word("(");
    spaced(names, [this](const std::string& name) { word(name); });
    word(")");
  }

  void statuses(const std::vector<StatusItem>& items) {
    constexpr std::array words{"MESSAGES",    "RECENT",        "UIDNEXT",
                               "UIDVALIDITY", "UNSEEN",        "DELETED",
                               "SIZE",        "HIGHESTMODSEQ", "APPENDLIMIT"};
    word("(");
    spaced(items, [&](StatusItem item) {
      word(words.at(static_cast<std::size_t>(item)));
    });
    word(")");
  }

  void section(const Section& section);
  void item(const FetchItem& item);
  void message(const AppendedMessage& message);
  void date(const Date& date);
  void key(const SearchKey& key);
  void keys(const std::vector<SearchKey>& keys) {
    spaced(keys, [this](const SearchKey& one) { key(one); });
  }

  void arguments(const Authenticate& request);
  void arguments(const Login& request);
  void arguments(const Select& request);
  void arguments(const Create& request);
  void arguments(const Delete& request);
  void arguments(const Rename& request);
  void arguments(const Subscribe& request);
  void arguments(const List& request);
  void arguments(const Lsub& request);
  void arguments(const Status& request);
  void arguments(const Append& request);
  void arguments(const Expunge& request);
  void arguments(const Search& request);
  void arguments(const Fetch& request);
  void arguments(const Store& request);
  void arguments(const Copy& request);
  void arguments(const Move& request);
  void arguments(const Id& request);
  void arguments(const Enable& request);

  Frame finish() {
    frame_.text += "\r\n";
    return std::move(frame_);
  }

 private:
  Frame frame_;
};

void Writer::section(const Section& section) {
  word("[");
  for (std::size_t i = 0; i < section.part.size(); ++i) {
    if (i > 0) word(".");
    number(section.part[i]);
  }
  constexpr std::array words{
      "", "HEADER", "HEADER.FIELDS", "HEADER.FIELDS.NOT", "TEXT", "MIME"};
  if (section.text != SectionText::all) {
    if (!section.part.empty()) word(".");
    word(words.at(static_cast<std::size_t>(section.text)));
  }
  if (!section.fields.empty()) {
    word(" (");
    spaced(section.fields, [this](const std::string& f) { astring(f); });
    word(")");
  }
  word("]");
}

void Writer::item(const FetchItem& item) {
  constexpr std::array words{
      "ENVELOPE", "FLAGS",         "INTERNALDATE", "UID",   "RFC822.SIZE",
      "RFC822",   "RFC822.HEADER", "RFC822.TEXT",  "BODY",  "BODYSTRUCTURE",
      "BODY",     "BINARY",        "BINARY.SIZE",  "MODSEQ"};
  word(words.at(static_cast<std::size_t>(item.kind)));
  if (item.peek) word(".PEEK");
  if (item.kind == FetchKind::body_section || item.kind == FetchKind::binary ||
      item.kind == FetchKind::binary_size)
    section(item.section);
  if (item.partial) {
    word("<");
    number(item.partial->offset);
    word(".");
    number(item.partial->octets);
    word(">");
  }
}

void Writer::date(const Date& date) {
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string year = std::to_string(10'000 + date.year).substr(1);
  word(std::to_string(date.day) + "-" + months.at(date.month - 1U) + "-" +
       year);
}

void Writer::key(const SearchKey& key) {
  constexpr std::array words{
      "ALL",       "ANSWERED", "DELETED",    "DRAFT",     "FLAGGED",
      "SEEN",      "RECENT",   "UNANSWERED", "UNDELETED", "UNDRAFT",
      "UNFLAGGED", "UNSEEN",   "NEW",        "OLD",       "BCC",
      "BODY",      "CC",       "FROM",       "SUBJECT",   "TEXT",
      "TO",        "HEADER",   "KEYWORD",    "UNKEYWORD", "BEFORE",
      "ON",        "SINCE",    "SENTBEFORE", "SENTON",    "SENTSINCE",
      "LARGER",    "SMALLER",  "MODSEQ",     "",          "UID"};
  switch (key.kind) {
    case SearchKind::negation: word("NOT "); return this->key(key.keys.at(0));
    case SearchKind::any_of:
      for (std::size_t i = 1; i < key.keys.size(); ++i) word("OR ");
      return keys(key.keys);
    case SearchKind::all_of:
      word("(");
      keys(key.keys);
      return word(")");
    case SearchKind::sequence_set: return set(key.set);
    default: break;
  }
  word(words.at(static_cast<std::size_t>(key.kind)));
  if (key.kind < SearchKind::bcc) return;
  sp();
  if (key.kind == SearchKind::uid) return set(key.set);
  if (key.kind >= SearchKind::larger) return number(key.number);
  if (key.kind >= SearchKind::before) return date(key.date);
  if (key.kind >= SearchKind::keyword) return word(key.text);
  if (key.kind == SearchKind::header) {
    astring(key.field);
    sp();
  }
  astring(key.text);
}

void Writer::arguments(const Authenticate& request) {
  word(" " + request.mechanism);
  if (!request.initial_response) return;
  word(" ");
  word(request.initial_response->empty() ? "=" : *request.initial_response);
}

void Writer::arguments(const Login& request) {
  sp();
  astring(request.user);
  sp();
  astring(request.password);
}

void Writer::arguments(const Select& request) {
  sp();
  mailbox(request.mailbox);
  if (!request.condstore && !request.quick_resync) return;
  word(" (");
  if (request.condstore) word("CONDSTORE");
  if (request.condstore && request.quick_resync) sp();
  if (const auto& resync = request.quick_resync) {
    word("QRESYNC (");
    number(resync->uid_validity);
    sp();
    number(resync->modification_sequence);
    if (resync->known_uids) {
      sp();
      set(*resync->known_uids);
    }
    if (resync->matches) {
      word(" (");
      set(resync->matches->first);
      sp();
      set(resync->matches->second);
      word(")");
    }
    word(")");
  }
  word(")");
}

void Writer::arguments(const Create& request) {
  sp();
  mailbox(request.mailbox);
  if (request.special_uses.empty()) return;
  word(" (USE (");
  spaced(request.special_uses, [this](const std::string& use) { word(use); });
  word("))");
}

void Writer::arguments(const Delete& request) {
  sp();
  mailbox(request.mailbox);
}

void Writer::arguments(const Rename& request) {
  sp();
  mailbox(request.from);
  sp();
  mailbox(request.to);
}

void Writer::arguments(const Subscribe& request) {
  sp();
  mailbox(request.mailbox);
}

void Writer::arguments(const List& request) {
  std::vector<std::string_view> options;
  if (request.select_subscribed) options.emplace_back("SUBSCRIBED");
  if (request.select_remote) options.emplace_back("REMOTE");
  if (request.select_recursive_match) options.emplace_back("RECURSIVEMATCH");
  if (request.select_special_use) options.emplace_back("SPECIAL-USE");
  if (request.extended) {
    word(" (");
    spaced(options, [this](std::string_view option) { word(option); });
    word(")");
  }
  sp();
  mailbox(request.reference);
  word(request.patterns.size() > 1 ? " (" : " ");
  spaced(request.patterns, [this](const std::string& p) {
    string(write_mailbox_name(p, MailboxNameForm::modified_utf_7));
  });
  if (request.patterns.size() > 1) word(")");
  if (!request.extended) return;
  word(" RETURN (");
  options.clear();
  if (request.return_subscribed) options.emplace_back("SUBSCRIBED");
  if (request.return_children) options.emplace_back("CHILDREN");
  if (request.return_special_use) options.emplace_back("SPECIAL-USE");
  spaced(options, [this](std::string_view option) { word(option); });
  if (!request.return_status.empty()) {
    word(options.empty() ? "STATUS " : " STATUS ");
    statuses(request.return_status);
  }
  word(")");
}

void Writer::arguments(const Lsub& request) {
  sp();
  mailbox(request.reference);
  sp();
  string(write_mailbox_name(request.pattern, MailboxNameForm::modified_utf_7));
}

void Writer::arguments(const Status& request) {
  sp();
  mailbox(request.mailbox);
  sp();
  statuses(request.items);
}

void Writer::message(const AppendedMessage& message) {
  sp();
  flags(message.flags);
  if (message.internal_date) {
    DateTime local = *message.internal_date;
    const int zone = local.zone_minutes;
    local.zone_minutes = 0;
    std::string text = write_date_time(seconds_since_1970(local));
    const int minutes = zone < 0 ? -zone : zone;
    text.resize(text.size() - 6);
    text += zone < 0 ? '-' : '+';
    text +=
        std::to_string(10'000 + minutes / 60 * 100 + minutes % 60).substr(1);
    word(" " + text + "\"");
  }
  if (message.is_utf8) word(" UTF8 (~");
  if (!message.is_utf8) word(message.is_literal8 ? " ~" : " ");
  literal(message.text);
  if (message.is_utf8) word(")");
}

void Writer::arguments(const Append& request) {
  sp();
  mailbox(request.mailbox);
  for (const AppendedMessage& one : request.messages) message(one);
}

void Writer::arguments(const Expunge& request) {
  if (!request.uids) return;
  sp();
  set(*request.uids);
}

void Writer::arguments(const Search& request) {
  if (request.returned) {
    std::vector<std::string_view> options;
    if (request.returned->min) options.emplace_back("MIN");
    if (request.returned->max) options.emplace_back("MAX");
    if (request.returned->all) options.emplace_back("ALL");
    if (request.returned->count) options.emplace_back("COUNT");
    if (request.returned->save) options.emplace_back("SAVE");
    word(" RETURN (");
    spaced(options, [this](std::string_view option) { word(option); });
    word(")");
  }
  if (request.charset) {
    word(" CHARSET ");
    astring(*request.charset);
  }
  sp();
  keys(request.keys);
}

void Writer::arguments(const Fetch& request) {
  sp();
  set(request.set);
  word(" (");
  spaced(request.items, [this](const FetchItem& one) { item(one); });
  word(")");
  if (!request.changed_since) return;
  word(" (CHANGEDSINCE ");
  number(*request.changed_since);
  word(request.vanished ? " VANISHED)" : ")");
}

void Writer::arguments(const Store& request) {
  sp();
  set(request.set);
  if (request.unchanged_since) {
    word(" (UNCHANGEDSINCE ");
    number(*request.unchanged_since);
    word(")");
  }
  constexpr std::array signs{" FLAGS", " +FLAGS", " -FLAGS"};
  word(signs.at(static_cast<std::size_t>(request.how)));
  word(request.silent ? ".SILENT " : " ");
  flags(request.flags);
}

void Writer::arguments(const Copy& request) {
  sp();
  set(request.set);
  sp();
  mailbox(request.mailbox);
}

void Writer::arguments(const Move& request) {
  sp();
  set(request.set);
  sp();
  mailbox(request.mailbox);
}

void Writer::arguments(const Id& request) {
  sp();
  if (request.parameters.empty()) return word("NIL");
  word("(");
  spaced(request.parameters, [this](const auto& parameter) {
    string(parameter.first);
    sp();
    parameter.second ? string(*parameter.second) : word("NIL");
  });
  word(")");
}

void Writer::arguments(const Enable& request) {
  sp();
  spaced(request.capabilities, [this](const std::string& c) { word(c); });
}

}  // namespace

Frame write_command(const Command& command) {
  Writer writer(command.tag);
  writer.sp();
  writer.word(name(command.request));
  std::visit(
      [&](const auto& request) {
        if constexpr (requires { writer.arguments(request); })
          writer.arguments(request);
      },
      command.request);
  return writer.finish();
}

std::string write_frame(const Frame& frame, bool synchronises) {
  std::string wire;
  std::size_t literals = 0;
  for (const char c : frame.text) {
    if (c != literal_mark) {
      wire += c;
      continue;
    }
    const std::string& literal = frame.literals.at(literals++);
    wire += "{" + std::to_string(literal.size()) +
            (synchronises ? "}\r\n" : "+}\r\n") + literal;
  }
  return wire;
}

std::string write_search_keys(const std::vector<SearchKey>& keys) {
  Writer writer("");
  writer.keys(keys);
  std::string text = writer.finish().text;
  text.resize(text.size() - 2);
  return text;
}

}  // namespace postkeep::imap
