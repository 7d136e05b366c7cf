#include <rapidcheck.h>

#include <algorithm>

#include "imap/command_laws.h"
#include "imap/date_laws.h"

using namespace postkeep;
using namespace postkeep::imap;

namespace {

template <typename T>
rc::Gen<std::optional<T>> maybe(const rc::Gen<T>& gen) {
  return rc::gen::oneOf(
      rc::gen::just(std::optional<T>{}),
      rc::gen::map(gen, [](T value) { return std::optional<T>(value); }));
}

rc::Gen<std::string> some_atom() {
  return rc::gen::nonEmpty(rc::gen::container<std::string>(
      rc::gen::element('a', 'B', '0', '9', '.', '-', '$', '~', '+', '/')));
}

rc::Gen<std::string> some_string() {
  return rc::gen::oneOf(
      some_atom(),
      rc::gen::container<std::string>(rc::gen::element(
          'a', ' ', '"', '\\', '(', '\t', ']', '\r', '\n', '\x7f', '\x01')),
      rc::gen::map(rc::gen::arbitrary<std::string>(), [](std::string text) {
        std::erase(text, '\0');
        return text;
      }));
}

rc::Gen<std::string> some_name() {
  return rc::gen::element<std::string>("INBOX", "a", "a b", "INBOX/x", "台北",
                                       "a&b", "\"q\\", "", "x*%]");
}

rc::Gen<SequenceSet> some_set() {
  const auto number = rc::gen::oneOf(rc::gen::inRange<std::uint32_t>(0, 9),
                                     rc::gen::arbitrary<std::uint32_t>());
  return rc::gen::oneOf(
      rc::gen::just(SequenceSet{{}, true}),
      rc::gen::map(
          rc::gen::nonEmpty(rc::gen::container<std::vector<SequenceRange>>(
              rc::gen::construct<SequenceRange>(number, number))),
          [](std::vector<SequenceRange> ranges) {
            return SequenceSet{std::move(ranges), false};
          }));
}

rc::Gen<std::uint64_t> number_64() {
  return rc::gen::map(rc::gen::arbitrary<std::uint64_t>(),
                      [](std::uint64_t n) { return n >> 1; });
}

rc::Gen<FlagList> some_flags() {
  return rc::gen::apply(
      [](int bits, std::size_t keywords) {
        FlagList flags;
        flags.system = static_cast<std::uint8_t>(bits);
        for (std::size_t i = 0; i < keywords; ++i)
          flags.keywords.push_back("$k" + std::to_string(i));
        return flags;
      },
      rc::gen::inRange(0, 32), rc::gen::inRange<std::size_t>(0, 5));
}

rc::Gen<Date> some_date() {
  return rc::gen::map(
      rc::gen::inRange<std::int64_t>(days_since_1970({0, 1, 1}),
                                     days_since_1970({9999, 12, 31}) + 1),
      [](std::int64_t days) { return date_of_days(days); });
}

rc::Gen<DateTime> some_time() {
  return rc::gen::apply(
      [](Date date, int seconds, int zone) {
        return DateTime{date, static_cast<std::uint8_t>(seconds / 3600),
                        static_cast<std::uint8_t>(seconds / 60 % 60),
                        static_cast<std::uint8_t>(seconds % 60),
                        static_cast<std::int16_t>(zone)};
      },
      some_date(), rc::gen::inRange(0, 86'400), rc::gen::inRange(-1439, 1440));
}

rc::Gen<std::vector<StatusItem>> some_statuses(std::size_t least) {
  return rc::gen::map(rc::gen::inRange<std::size_t>(least, 10),
                      [](std::size_t n) {
                        std::vector<StatusItem> items;
                        for (std::size_t i = 0; i < n; ++i)
                          items.push_back(static_cast<StatusItem>(8 - i));
                        return items;
                      });
}

rc::Gen<FetchItem> some_item() {
  return rc::gen::apply(
      [](int kind, bool peek, std::vector<std::uint32_t> part, int text,
         std::vector<std::string> fields, std::optional<Partial> partial) {
        FetchItem item;
        item.kind = static_cast<FetchKind>(kind);
        const bool is_body = item.kind == FetchKind::body_section;
        const bool is_binary = item.kind == FetchKind::binary;
        if (is_body || is_binary) {
          item.peek = peek;
          item.partial = partial;
        }
        if (!is_body && !is_binary && item.kind != FetchKind::binary_size)
          return item;
        std::erase(part, 0U);
        item.section.part = std::move(part);
        if (!is_body) return item;
        item.section.text = static_cast<SectionText>(text);
        if (item.section.text == SectionText::mime && item.section.part.empty())
          item.section.part.push_back(1);
        if (item.section.text == SectionText::header_fields ||
            item.section.text == SectionText::header_fields_not)
          item.section.fields = std::move(fields);
        return item;
      },
      rc::gen::inRange(0, 14), rc::gen::arbitrary<bool>(),
      rc::gen::resize(8, rc::gen::container<std::vector<std::uint32_t>>(
                             rc::gen::arbitrary<std::uint32_t>())),
      rc::gen::inRange(0, 6),
      rc::gen::nonEmpty(
          rc::gen::container<std::vector<std::string>>(some_string())),
      maybe(rc::gen::construct<Partial>(
          number_64(),
          rc::gen::map(number_64(), [](std::uint64_t n) { return n | 1; }))));
}

rc::Gen<SearchKey> some_leaf() {
  return rc::gen::apply(
      [](int kind, std::string text, std::string atom, Date date,
         std::uint64_t number, SequenceSet set) {
        SearchKey key;
        key.kind = static_cast<SearchKind>(kind);
        if (key.kind >= SearchKind::sequence_set)
          key.set = std::move(set);
        else if (key.kind >= SearchKind::larger)
          key.number = number;
        else if (key.kind >= SearchKind::before)
          key.date = date;
        else if (key.kind >= SearchKind::keyword)
          key.text = std::move(atom);
        else if (key.kind >= SearchKind::bcc)
          key.text = std::move(text);
        if (key.kind == SearchKind::header) key.field = std::move(atom);
        return key;
      },
      rc::gen::inRange(0, 35), some_string(), some_atom(), some_date(),
      number_64(), some_set());
}

rc::Gen<std::vector<SearchKey>> some_keys(int depth) {
  const auto leaves = rc::gen::resize(
      3, rc::gen::nonEmpty(
             rc::gen::container<std::vector<SearchKey>>(some_leaf())));
  if (depth == 0) return leaves;
  return rc::gen::oneOf(
      leaves, rc::gen::apply(
                  [](int kind, std::vector<SearchKey> inner, SearchKey before) {
                    SearchKey key;
                    key.kind = static_cast<SearchKind>(kind);
                    if (key.kind == SearchKind::negation) inner.resize(1);
                    if (key.kind == SearchKind::any_of) {
                      inner.push_back(before);
                      // An OR of an OR is one OR.
                      std::erase_if(inner, [](const SearchKey& k) {
                        return k.kind == SearchKind::any_of;
                      });
                      while (inner.size() < 2) inner.emplace_back();
                    }
                    key.keys = std::move(inner);
                    return std::vector<SearchKey>{std::move(before),
                                                  std::move(key)};
                  },
                  rc::gen::inRange(static_cast<int>(SearchKind::negation),
                                   static_cast<int>(SearchKind::all_of) + 1),
                  some_keys(depth - 1), some_leaf()));
}

rc::Gen<std::vector<AppendedMessage>> some_messages() {
  const auto one = rc::gen::apply(
      [](FlagList flags, std::optional<DateTime> time, std::string text,
         int form) {
        return AppendedMessage{std::move(flags), time, std::move(text),
                               form > 0, form > 1};
      },
      some_flags(), maybe(some_time()), some_string(), rc::gen::inRange(0, 3));
  return rc::gen::resize(
      4,
      rc::gen::nonEmpty(rc::gen::container<std::vector<AppendedMessage>>(one)));
}

// Sets of numbers: "*" is no UID that a client knows.
rc::Gen<SequenceSet> some_known_set() {
  const auto number = rc::gen::inRange<std::uint32_t>(1, 0xFFFF'FFFF);
  return rc::gen::map(
      rc::gen::nonEmpty(rc::gen::container<std::vector<SequenceRange>>(
          rc::gen::construct<SequenceRange>(number, number))),
      [](std::vector<SequenceRange> ranges) {
        return SequenceSet{std::move(ranges), false};
      });
}

rc::Gen<QuickResync> some_resync() {
  return rc::gen::apply(
      [](std::uint32_t validity, std::uint64_t sequence,
         std::optional<SequenceSet> uids, std::optional<SequenceSet> numbers) {
        QuickResync known;
        known.uid_validity = validity;
        known.modification_sequence = sequence;
        if (numbers) known.matches.emplace(*numbers, *numbers);
        known.known_uids = std::move(uids);
        return known;
      },
      rc::gen::inRange<std::uint32_t>(1, 0xFFFF'FFFF), number_64(),
      maybe(some_known_set()), maybe(some_known_set()));
}

Request some_mailbox_request() {
  switch (*rc::gen::inRange(0, 9)) {
    case 0: return Create{*some_name(), {"\\Sent"}};
    case 1: return Delete{*some_name()};
    case 2: return Rename{*some_name(), *some_name()};
    case 3: return Subscribe{*rc::gen::arbitrary<bool>(), *some_name()};
    case 4: return Lsub{*some_name(), *some_name()};
    case 5: return Status{*some_name(), *some_statuses(1)};
    case 6: return Append{*some_name(), *some_messages()};
    case 7:
      return Select{*rc::gen::arbitrary<bool>(), *some_name(),
                    *rc::gen::arbitrary<bool>(), *maybe(some_resync())};
    default: {
      List list;
      list.reference = *some_name();
      list.extended = *rc::gen::arbitrary<bool>();
      list.patterns = {*some_name()};
      if (!list.extended) return list;
      list.patterns.push_back(*some_name());
      list.select_subscribed = *rc::gen::arbitrary<bool>();
      list.select_remote = *rc::gen::arbitrary<bool>();
      list.select_recursive_match =
          list.select_subscribed && *rc::gen::arbitrary<bool>();
      list.return_children = *rc::gen::arbitrary<bool>();
      list.return_status = *some_statuses(0);
      return list;
    }
  }
}

Request some_message_request() {
  const bool by_uid = *rc::gen::arbitrary<bool>();
  switch (*rc::gen::inRange(0, 6)) {
    case 0: return Copy{by_uid, *some_set(), *some_name()};
    case 1: return Move{by_uid, *some_set(), *some_name()};
    case 2: {
      const auto how = *rc::gen::inRange(0, 3);
      return Store{by_uid,
                   *some_set(),
                   static_cast<StoreHow>(how),
                   *rc::gen::arbitrary<bool>(),
                   *some_flags(),
                   *maybe(number_64())};
    }
    case 3: {
      Fetch fetch;
      fetch.by_uid = by_uid;
      fetch.set = *some_set();
      fetch.items = *rc::gen::resize(
          20, rc::gen::nonEmpty(
                  rc::gen::container<std::vector<FetchItem>>(some_item())));
      fetch.changed_since = *maybe(number_64());
      fetch.vanished = by_uid && fetch.changed_since;
      return fetch;
    }
    case 4: return Expunge{*maybe(some_set())};
    default: {
      Search search;
      search.by_uid = by_uid;
      if (*rc::gen::arbitrary<bool>())
        search.returned = SearchReturn{.min = true,
                                       .max = *rc::gen::arbitrary<bool>(),
                                       .all = *rc::gen::arbitrary<bool>(),
                                       .count = *rc::gen::arbitrary<bool>(),
                                       .save = *rc::gen::arbitrary<bool>()};
      search.charset = *maybe(some_atom());
      search.keys = *some_keys(3);
      return search;
    }
  }
}

Request some_session_request() {
  switch (*rc::gen::inRange(0, 4)) {
    case 0: return Login{*some_string(), *some_string()};
    case 1: return Id{{{*some_string(), *some_string()}, {*some_string(), {}}}};
    case 2: return Enable{{*some_atom(), *some_atom()}};
    default: return Authenticate{*some_atom(), "AGE="};
  }
}

Command some_command() {
  std::string tag = *some_atom();
  std::ranges::replace(tag, '+', 't');
  switch (*rc::gen::inRange(0, 3)) {
    case 0: return {tag, some_session_request()};
    case 1: return {tag, some_mailbox_request()};
    default: return {tag, some_message_request()};
  }
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("a command that is written is read", [] {
    RC_ASSERT(law_command_write_then_read_is_identity(some_command()));
  });
  held &= rc::check("and so is every beginning of it", [] {
    Frame frame = write_command(some_command());
    if (frame.text.size() > 200) return;
    // A literal that has not come counts as empty: that may be no name.
    RC_ASSERT(law_beginnings_can_become_commands(frame));
  });
  held &= rc::check("with one octet replaced the laws hold", [] {
    Frame frame = write_command(some_command());
    const auto at = *rc::gen::inRange<std::size_t>(0, frame.text.size());
    if (frame.text[at] == literal_mark) return;
    const char c = *rc::gen::oneOf(
        rc::gen::inRange<char>(1, 127),
        rc::gen::element(' ', '(', ')', '"', '\\', '[', ']', '<', '{'));
    frame.text[at] = c;
    RC_ASSERT(law_all_hold(frame));
  });
  return held ? 0 : 1;
}
