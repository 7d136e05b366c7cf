#include "imap/command.h"

#include <array>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "imap/command_laws.h"
#include "rfc_examples.h"

namespace postkeep::imap {
namespace {

struct Example {
  std::string why;
  std::string wire;  // Literals as "~" alone: see frame_of.
  Request expected;
};

// `wire` with each "<x>" after SP or "(" as the literal x.
Frame frame_of(std::string_view wire) {
  Frame frame;
  for (std::size_t i = 0; i < wire.size(); ++i) {
    if (wire[i] != '\x01') {
      frame.text += wire[i];
      continue;
    }
    const std::size_t end = wire.find('\x02', i);
    frame.text += literal_mark;
    frame.literals.emplace_back(wire.substr(i + 1, end - i - 1));
    i = end;
  }
  frame.text += "\r\n";
  return frame;
}

// A literal inside a wire string.
std::string literal(const std::string& text) { return "\x01" + text + "\x02"; }

SequenceSet set(const std::string& text) {
  return *read_sequence_set(octets(text));
}

FetchItem item(FetchKind kind) {
  FetchItem item;
  item.kind = kind;
  return item;
}

FetchItem section(std::vector<std::uint32_t> part, SectionText text,
                  std::vector<std::string> fields = {}) {
  FetchItem made = item(FetchKind::body_section);
  made.section = {std::move(part), text, std::move(fields)};
  return made;
}

SearchKey key(SearchKind kind) {
  SearchKey key;
  key.kind = kind;
  return key;
}

SearchKey text_key(SearchKind kind, const std::string& text) {
  SearchKey made = key(kind);
  made.text = text;
  return made;
}

Fetch fetch_of(const std::string& numbers, std::vector<FetchItem> items) {
  Fetch fetch;
  fetch.set = set(numbers);
  fetch.items = std::move(items);
  return fetch;
}

void expect_request(const std::string& wire, const Request& expected) {
  const auto command = read_frame(frame_of("tag " + wire));
  ASSERT_TRUE(command) << wire << ": " << name(command.error().error);
  EXPECT_EQ(command->tag, "tag") << wire;
  EXPECT_TRUE(command->request == expected) << wire;
  EXPECT_TRUE(law_all_hold(frame_of("tag " + wire))) << wire;
}

TEST(ImapCommand, all_examples_of_the_rfcs_are_read) {
  for (const std::string_view example : rfc_examples) {
    const Frame frame = frame_of(example);
    EXPECT_TRUE(read_frame(frame)) << example;
    EXPECT_TRUE(law_all_hold(frame)) << example;
    EXPECT_TRUE(law_beginnings_can_become_commands(frame)) << example;
  }
}

// Every transition of RFC 9051's command, as the shortest command through it.
TEST(ImapCommand, every_transition_of_the_grammar) {
  const auto with_literals = [](std::string text) {
    Frame frame{std::move(text), {}};
    for (const char c : frame.text)
      if (c == literal_mark) frame.literals.emplace_back("x");
    return frame;
  };
  std::size_t transitions = 0;
  for_each_transition(
      command_automaton(),
      [&](const std::string& whole, std::size_t size) {
        ++transitions;
        const Frame frame = with_literals(whole);
        ASSERT_TRUE(law_all_hold(frame)) << whole;
        const std::string begun = whole.substr(0, size);
        EXPECT_TRUE(!read_frame(frame) || can_become_command(begun)) << begun;
        // Where a message may come, one literal ends the command, or that
        // and a bracket.
        const std::string end = begun.ends_with("(~") ? ")\r\n" : "\r\n";
        EXPECT_TRUE(
            !message_comes_next(begun) ||
            reference_accepts_command(octets(begun + literal_mark + end)))
            << begun;
        ASSERT_TRUE(begun.starts_with(read_tag(begun)));
      },
      [&](const std::string& text) {
        EXPECT_FALSE(can_become_command(text)) << text;
        EXPECT_FALSE(message_comes_next(text)) << text;
        ASSERT_TRUE(law_tag_is_what_was_sent(with_literals(text))) << text;
      });
  EXPECT_GT(transitions, 10'000U);
}

// One octet of an example changed, to each at which the grammar turns.
TEST(ImapCommand, laws_around_the_examples) {
  const std::string turns("\0 (){}\\\"%*]<>[.:,~$019aZ\r\n\x80", 28);
  for (const std::string_view example : rfc_examples) {
    Frame near = frame_of(example);
    for (std::size_t i = 0; i < near.text.size(); ++i) {
      const char before = near.text[i];
      for (const char c : turns) {
        if (c == literal_mark) near.literals.emplace_back("x");
        near.text[i] = c;
        ASSERT_TRUE(law_all_hold(near)) << near.text;
        near.literals.clear();
      }
      near.text[i] = before;
    }
  }
}

TEST(ImapCommand, those_without_arguments) {
  expect_request("CAPABILITY", Capability{});
  expect_request("noop", Noop{});
  expect_request("LogOut", Logout{});
  expect_request("STARTTLS", StartTls{});
  expect_request("CHECK", Check{});
  expect_request("CLOSE", Close{});
  expect_request("UNSELECT", Unselect{});
  expect_request("IDLE", Idle{});
  expect_request("NAMESPACE", Namespace{});
  expect_request("EXPUNGE", Expunge{});
}

TEST(ImapCommand, login) {
  expect_request("LOGIN fred \"a \\\"b\\\\\"", Login{"fred", "a \"b\\"});
  expect_request("LOGIN " + literal("FRED FOOBAR") + " " + literal("fat man"),
                 Login{"FRED FOOBAR", "fat man"});
  expect_request("LOGIN \"\" \"\"", Login{"", ""});
  expect_request("LOGIN a]b \"p\xc3\xa4ss\"", Login{"a]b", "p\xc3\xa4ss"});
}

TEST(ImapCommand, authenticate) {
  expect_request("AUTHENTICATE GSSAPI", Authenticate{"GSSAPI", {}});
  expect_request("AUTHENTICATE plain AGEAYg==",
                 Authenticate{"plain", "AGEAYg=="});
  // RFC 4959 section 3: "=" is an empty initial response.
  expect_request("AUTHENTICATE EXTERNAL =", Authenticate{"EXTERNAL", ""});
}

TEST(ImapCommand, mailboxes) {
  expect_request("SELECT inbox", Select{false, "INBOX", false, {}});
  expect_request("EXAMINE " + literal("a b"), Select{true, "a b", false, {}});
  expect_request("SELECT a (CONDSTORE)", Select{false, "a", true, {}});
  expect_request("CREATE &U,BTFw-/", Create{"台北/", {}});
  expect_request("CREATE a (USE (\\Sent \\Junk))",
                 Create{"a", {"\\Sent", "\\Junk"}});
  expect_request("DELETE \"a&-b\"", Delete{"a&b"});
  expect_request("RENAME a " + literal("b"), Rename{"a", "b"});
  expect_request("SUBSCRIBE a", Subscribe{true, "a"});
  expect_request("UNSUBSCRIBE a", Subscribe{false, "a"});
}

TEST(ImapCommand, select_with_quick_resync) {
  QuickResync resync{67890007, 20050715194045000, set("41,43:211"),
                     std::pair(set("1,3"), set("2,9"))};
  expect_request(
      "SELECT INBOX (QRESYNC (67890007 20050715194045000 41,43:211 "
      "(1,3 2,9)) CONDSTORE)",
      Select{false, "INBOX", true, resync});
  resync.known_uids.reset();
  resync.matches.reset();
  expect_request("SELECT INBOX (QRESYNC (67890007 20050715194045000))",
                 Select{false, "INBOX", false, resync});
}

TEST(ImapCommand, list_and_status) {
  List list;
  list.patterns = {"%"};
  expect_request("LIST \"\" %", list);
  list.reference = "a/";
  list.patterns = {"b*", "c]"};
  list.extended = true;
  list.select_subscribed = list.select_recursive_match = true;
  list.return_children = list.return_special_use = true;
  list.return_status = {StatusItem::messages, StatusItem::size};
  expect_request(
      "LIST (RECURSIVEMATCH SUBSCRIBED) a/ (b* \"c]\") RETURN (CHILDREN "
      "STATUS (MESSAGES SIZE MESSAGES) SPECIAL-USE)",
      list);
  List options;
  options.patterns = {"x"};
  options.extended = true;
  options.select_remote = options.select_special_use = true;
  options.return_subscribed = true;
  expect_request("LIST (REMOTE SPECIAL-USE) \"\" x RETURN (SUBSCRIBED)",
                 options);
  expect_request("LSUB \"\" \"a.%\"", Lsub{"", "a.%"});
  expect_request(
      "STATUS a (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN DELETED SIZE "
      "HIGHESTMODSEQ)",
      Status{"a",
             {StatusItem::messages, StatusItem::recent, StatusItem::uid_next,
              StatusItem::uid_validity, StatusItem::unseen, StatusItem::deleted,
              StatusItem::size, StatusItem::highest_modification_sequence}});
}

TEST(ImapCommand, append) {
  const std::string message = "Subject: a\r\n\r\nb";
  expect_request("APPEND a " + literal(message),
                 Append{"a", {{{}, {}, message}}});
  const DateTime time{{1994, 2, 7}, 21, 52, 25, -480};
  expect_request(
      "APPEND " + literal("a b") +
          " (\\Seen $Junk \\seen $JUNK) \" 7-Feb-1994 21:52:25 -0800\" " +
          literal(message),
      Append{"a b", {{{system_flag_seen, {"$Junk"}}, time, message}}});
  expect_request("APPEND a ~" + literal(message),
                 Append{"a", {{{}, {}, message, true}}});
  expect_request("APPEND a UTF8 (~" + literal(message) + ")",
                 Append{"a", {{{}, {}, message, true, true}}});
  expect_request("APPEND a () " + literal(""), Append{"a", {{{}, {}, ""}}});
  // RFC 3502: each message has its own flags and date.
  expect_request("APPEND a (\\Seen) " + literal(message) +
                     " \" 7-Feb-1994 21:52:25 -0800\" " + literal("b") + " ~" +
                     literal("c"),
                 Append{"a",
                        {{{system_flag_seen, {}}, {}, message},
                         {{}, time, "b"},
                         {{}, {}, "c", true}}});
}

TEST(ImapCommand, copy_move_and_expunge) {
  expect_request("COPY 2:4 a", Copy{false, set("2:4"), "a"});
  expect_request("UID COPY $ a", Copy{true, set("$"), "a"});
  expect_request("MOVE *,1 a", Move{false, set("*,1"), "a"});
  expect_request("uid move 1 a", Move{true, set("1"), "a"});
  expect_request("UID EXPUNGE 1:3", Expunge{set("1:3")});
}

TEST(ImapCommand, store) {
  const FlagList flags{system_flag_answered | system_flag_flagged, {"x"}};
  expect_request("STORE 1 FLAGS (\\Answered \\Flagged x)",
                 Store{false, set("1"), StoreHow::replace, false, flags, {}});
  expect_request("UID STORE 1 +FLAGS.SILENT \\ANSWERED \\flagged x",
                 Store{true, set("1"), StoreHow::add, true, flags, {}});
  expect_request("STORE 1 (UNCHANGEDSINCE 12) -FLAGS (\\Deleted \\Draft)",
                 Store{false,
                       set("1"),
                       StoreHow::remove,
                       false,
                       {system_flag_deleted | system_flag_draft, {}},
                       12});
  expect_request("STORE 1 FLAGS ()",
                 Store{false, set("1"), StoreHow::replace, false, {}, {}});
}

TEST(ImapCommand, fetch_macros) {
  using enum FetchKind;
  const auto fast = {item(flags), item(internal_date), item(rfc822_size)};
  const auto all = {item(flags), item(internal_date), item(rfc822_size),
                    item(envelope)};
  const auto full = {item(flags), item(internal_date), item(rfc822_size),
                     item(envelope), item(body)};
  expect_request("FETCH 1 fast", fetch_of("1", fast));
  expect_request("FETCH 1 ALL", fetch_of("1", all));
  expect_request("FETCH 1 FULL", fetch_of("1", full));
}

TEST(ImapCommand, fetch_items) {
  using enum FetchKind;
  expect_request(
      "FETCH 1:* (ENVELOPE FLAGS INTERNALDATE UID RFC822.SIZE RFC822 "
      "RFC822.HEADER RFC822.TEXT BODY BODYSTRUCTURE MODSEQ)",
      fetch_of("1:*", {item(envelope), item(flags), item(internal_date),
                       item(uid), item(rfc822_size), item(rfc822),
                       item(rfc822_header), item(rfc822_text), item(body),
                       item(body_structure), item(modification_sequence)}));
  expect_request("FETCH 1 BODY", fetch_of("1", {item(body)}));
  Fetch fetch = fetch_of("1:*", {item(flags)});
  fetch.by_uid = fetch.vanished = true;
  fetch.changed_since = 9;
  expect_request("UID FETCH 1:* FLAGS (VANISHED CHANGEDSINCE 9)", fetch);
}

TEST(ImapCommand, fetch_sections) {
  expect_request("FETCH 1 BODY[]",
                 fetch_of("1", {section({}, SectionText::all)}));
  FetchItem partial = section({4, 2}, SectionText::header);
  partial.peek = true;
  partial.partial = Partial{0, 2048};
  expect_request("FETCH 1 body.peek[4.2.header]<0.2048>",
                 fetch_of("1", {partial}));
  expect_request("FETCH 1 (BODY[TEXT] BODY[1.MIME] BODY[1] BODY[3.TEXT])",
                 fetch_of("1", {section({}, SectionText::text),
                                section({1}, SectionText::mime),
                                section({1}, SectionText::all),
                                section({3}, SectionText::text)}));
  expect_request(
      "FETCH 1 (BODY[HEADER.FIELDS (From " + literal("To") +
          ")] BODY[2.HEADER.FIELDS.NOT (\"a b\")])",
      fetch_of("1", {section({}, SectionText::header_fields, {"From", "To"}),
                     section({2}, SectionText::header_fields_not, {"a b"})}));
  FetchItem binary = item(FetchKind::binary);
  binary.section.part = {1};
  FetchItem peeked = binary;
  peeked.peek = true;
  peeked.partial = Partial{5, 6};
  FetchItem size = binary;
  size.kind = FetchKind::binary_size;
  expect_request("FETCH 1 (BINARY[1] BINARY.PEEK[1]<5.6> BINARY.SIZE[1])",
                 fetch_of("1", {binary, peeked, size}));
}

TEST(ImapCommand, search_programs) {
  Search search;
  search.returned = SearchReturn{.all = true};
  search.charset = "UTF-8";
  search.keys = {text_key(SearchKind::anywhere, "\xc3\xa9"),
                 key(SearchKind::unseen)};
  expect_request(
      "SEARCH RETURN () CHARSET UTF-8 TEXT " + literal("\xc3\xa9") + " UNSEEN",
      search);
  Search by_uid;
  by_uid.by_uid = true;
  by_uid.returned = SearchReturn{true, true, true, true, true};
  by_uid.keys = {key(SearchKind::all)};
  expect_request("UID SEARCH RETURN (MIN MAX ALL COUNT SAVE) ALL", by_uid);
}

TEST(ImapCommand, search_keys_with_arguments) {
  Search search;
  SearchKey header = text_key(SearchKind::header, "");
  header.field = "X-Spam";
  SearchKey larger = key(SearchKind::larger);
  larger.number = 4096;
  SearchKey before = key(SearchKind::before);
  before.date = {1994, 2, 1};
  SearchKey sent = before;
  sent.kind = SearchKind::sent_since;
  SearchKey uids = key(SearchKind::uid);
  uids.set = set("1:5");
  SearchKey numbers = key(SearchKind::sequence_set);
  numbers.set = set("2,*");
  search.keys = {header,
                 larger,
                 before,
                 sent,
                 uids,
                 numbers,
                 text_key(SearchKind::keyword, "$Junk"),
                 text_key(SearchKind::unkeyword, "x"),
                 text_key(SearchKind::subject, "(")};
  expect_request(
      "SEARCH HEADER X-Spam \"\" LARGER 4096 BEFORE \"1-Feb-1994\" SENTSINCE "
      "1-feb-1994 UID 1:5 2,* KEYWORD $Junk UNKEYWORD x SUBJECT \"(\"",
      search);
}

// Each word of the grammar is known to the tables of the reader.
TEST(ImapCommand, every_plain_search_key) {
  for (const std::string word : {"ALL",
                                 "ANSWERED",
                                 "DELETED",
                                 "DRAFT",
                                 "FLAGGED",
                                 "NEW",
                                 "OLD",
                                 "RECENT",
                                 "SEEN",
                                 "UNANSWERED",
                                 "UNDELETED",
                                 "UNDRAFT",
                                 "UNFLAGGED",
                                 "UNSEEN",
                                 "BCC a",
                                 "BODY a",
                                 "CC a",
                                 "FROM a",
                                 "SUBJECT a",
                                 "TEXT a",
                                 "TO a",
                                 "ON 1-Jan-2000",
                                 "SINCE 1-Jan-2000",
                                 "SENTBEFORE 1-Jan-2000",
                                 "SENTON 1-Jan-2000",
                                 "SMALLER 5",
                                 "MODSEQ 7",
                                 "MODSEQ \"/flags/\\\\draft\" all 7",
                                 "MODSEQ \"/flags/$MDNSent\" shared 0"}) {
    const Frame frame = frame_of("a SEARCH " + word);
    ASSERT_TRUE(read_frame(frame)) << word;
    EXPECT_TRUE(law_all_hold(frame)) << word;
  }
}

TEST(ImapCommand, id_and_enable) {
  expect_request("ID NIL", Id{});
  expect_request("ID ()", Id{});
  expect_request("ID (\"name\" \"x\" " + literal("v") + " nil)",
                 Id{{{"name", "x"}, {"v", std::nullopt}}});
  expect_request("ENABLE IMAP4rev2 UTF8=ACCEPT",
                 Enable{{"IMAP4rev2", "UTF8=ACCEPT"}});
}

TEST(ImapCommand, names_are_utf_8_once_that_is_spoken) {
  const auto command =
      read_command(frame_of("a SELECT \"台&北\""), MailboxNameForm::utf_8);
  ASSERT_TRUE(command);
  EXPECT_EQ(std::get<Select>(command->request).mailbox, "台&北");
}

TEST(ImapCommand, requests_have_names) {
  for (const std::string_view example : rfc_examples) {
    const auto command = read_frame(frame_of(example));
    ASSERT_TRUE(command);
    std::string capitals(example.substr(example.find(' ') + 1));
    for (char& c : capitals)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    EXPECT_TRUE(capitals.starts_with(name(command->request))) << example;
  }
}

TEST(ImapCommand, lines_that_are_no_commands) {
  EXPECT_TRUE(is_idle_done("DONE"));
  EXPECT_TRUE(is_idle_done("done"));
  EXPECT_FALSE(is_idle_done("DONE "));
  EXPECT_FALSE(is_idle_done(""));
  EXPECT_FALSE(is_idle_done("DON\x05"));
}

}  // namespace
}  // namespace postkeep::imap
