// imap::Session where a dialogue does not reach: amounts, slices, slow readers.
#include "imap/session.h"

#include <gtest/gtest.h>

#include "tests/imap/manual_clock.h"
#include "tests/imap/memory_store.h"
#include "tests/imap/response_syntax.h"

namespace postkeep::imap {
namespace {

class SessionTest : public testing::Test {
 protected:
  void add(const std::string& text) {
    ASSERT_TRUE(
        store_.folder("INBOX").append(octets(text), {}, 837596665).has_value());
  }

  void add_many(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      add("Subject: message " + std::to_string(i) + "\r\n\r\ntext\r\n");
    }
  }

  // Works till nothing is left to do, or the output is full.
  void work(Session& session) {
    for (int i = 0; i < 1'000'000 && session.has_work(); ++i) {
      session.step();
      waiting_max_ = std::max(waiting_max_, session.output().size());
    }
  }

  static std::string take(Session& session) {
    const Octets all = session.output();
    std::string text(reinterpret_cast<const char*>(all.data()), all.size());
    session.output_taken(all.size());
    return text;
  }

  // Says `octets`, and reads everything that comes.
  std::string ask(Session& session, const std::string& text) {
    std::string heard;
    session.received(octets(text));
    while (session.has_work() || !session.output().empty()) {
      work(session);
      heard += take(session);
    }
    return heard;
  }

  Session& open() {
    sessions_.push_back(std::make_unique<Session>(
        store_, clock_, SessionStart{"L", "fred", true}));
    ask(*sessions_.back(), "");
    return *sessions_.back();
  }

  ManualClock clock_;
  MemoryStore store_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::size_t waiting_max_ = 0;
};

TEST_F(SessionTest, answers_the_tag_of_login_first) {
  Session session(store_, clock_, {"login7", "fred", true});
  EXPECT_TRUE(take(session).starts_with("login7 OK [CAPABILITY IMAP4rev1 "));
}

TEST_F(SessionTest, says_when_it_cannot_be_started) {
  const std::string out = Session::write_unavailable("a");
  EXPECT_TRUE(out.starts_with("a NO [UNAVAILABLE] "));
  EXPECT_EQ(syntax_fault(out), std::nullopt);
}

// ENVELOPE and BODYSTRUCTURE are made once; what is kept is what is told.
TEST_F(SessionTest, tells_the_same_from_kept_words) {
  add("Subject: caf\xC3\xA9 \"one\"\r\nFrom: a@example.org\r\n\r\ntext\r\n");
  Session& session = open();
  ask(session, "a SELECT INBOX\r\n");
  auto& kept = store_.folder("INBOX").kept_words();
  const std::string all = "b FETCH 1 (ENVELOPE BODYSTRUCTURE)\r\n";
  const std::string first = ask(session, all);
  EXPECT_EQ(syntax_fault(first), std::nullopt);
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(ask(session, all), first);
  // Beside what needs the summary itself they are made from it.
  const std::string both = ask(session, "c FETCH 1 (ENVELOPE BODY)\r\n");
  EXPECT_NE(both.find(first.substr(
                first.find("ENVELOPE"),
                first.find(" BODYSTRUCTURE") - first.find("ENVELOPE"))),
            std::string::npos);
  kept[1].second = std::string("(kept)\0(words)", 14);
  EXPECT_NE(ask(session, all).find("ENVELOPE (kept) BODYSTRUCTURE (words)"),
            std::string::npos);
  EXPECT_NE(ask(session, "d FETCH 1 BODYSTRUCTURE\r\n")
                .find("FETCH (BODYSTRUCTURE (words))"),
            std::string::npos);
  // What is not of our making is made anew.
  kept[1].second = "nonsense";
  EXPECT_EQ(ask(session, all), first);
  // And so is what is kept for a client of another dialect.
  kept[1].second = std::string("(kept)\0(words)", 14);
  ask(session, "e ENABLE IMAP4rev2\r\n");
  const std::string utf8 = ask(session, all);
  EXPECT_EQ(utf8.find("(kept)"), std::string::npos);
  EXPECT_NE(utf8.find("caf\xC3\xA9"), std::string::npos);
}

// C13 and the many small ones: 10,000 commands in one go are answered in
// their order, each once.
TEST_F(SessionTest, answers_10000_pipelined_commands) {
  Session& session = open();
  std::string said;
  std::string expected;
  for (int i = 0; i < 10'000; ++i) {
    const std::string tag = "t" + std::to_string(i);
    said += tag + " NOOP\r\n";
    expected += tag + " OK NOOP completed\r\n";
  }
  EXPECT_EQ(ask(session, said), expected);
}

// I06.
TEST_F(SessionTest, makes_no_more_than_a_slow_reader_takes) {
  add(std::string("Subject: big\r\n\r\n") + std::string(5'000'000, 'x'));
  add_many(100);
  Session& session = open();
  ask(session, "a SELECT INBOX\r\n");
  std::string said;
  for (int i = 0; i < 100; ++i) said += "f FETCH 1:* BODY[]\r\n";
  session.received(octets(said));
  work(session);
  EXPECT_FALSE(session.has_work());
  EXPECT_LE(session.output().size(), 2 * output_octets_max + 1'000);
  // It goes on as the client reads, and no faster.
  std::size_t heard = 0;
  for (int i = 0; i < 200; ++i) {
    heard += std::min<std::size_t>(1'000, session.output().size());
    session.output_taken(std::min<std::size_t>(1'000, session.output().size()));
    work(session);
  }
  EXPECT_EQ(heard, 200'000U);
  EXPECT_LE(waiting_max_, 2 * output_octets_max + 1'000);
  // And not for ever: who does not read is sent away, without a word into
  // the middle of a message.
  clock_.pass(session.deadline() - clock_.steady());
  session.tick();
  EXPECT_TRUE(session.wants_close());
  EXPECT_TRUE(session.output().empty());
}

TEST_F(SessionTest, takes_no_more_input_while_it_is_behind) {
  Session& session = open();
  std::string said;
  while (said.size() < 2 * output_octets_max) said += "a CAPABILITY\r\n";
  session.received(octets(said));
  EXPECT_FALSE(session.wants_input());
  work(session);
  EXPECT_FALSE(session.has_work());
  EXPECT_LE(session.output().size(), 2 * output_octets_max);
  while (session.has_work() || !session.output().empty()) {
    take(session);
    work(session);
  }
  EXPECT_TRUE(session.wants_input());
}

TEST_F(SessionTest, fetches_a_large_message_whole) {
  std::string text = "Subject: big\r\n\r\n";
  for (int i = 0; text.size() < 1'000'000; ++i) text += std::to_string(i);
  add(text);
  Session& session = open();
  ask(session, "a SELECT INBOX\r\n");
  const std::string heard = ask(session, "b FETCH 1 BODY.PEEK[]\r\n");
  EXPECT_EQ(heard, "* 1 FETCH (BODY[] {" + std::to_string(text.size()) +
                       "}\r\n" + text + ")\r\nb OK FETCH completed\r\n");
  EXPECT_LE(waiting_max_, 2 * output_octets_max + 1'000);
}

// Decoded bodies are made, not shown: they too go out in pieces.
TEST_F(SessionTest, fetches_a_large_decoded_part_in_pieces) {
  std::string text =
      "Content-Type: application/x\r\nContent-Transfer-Encoding: "
      "base64\r\n\r\n";
  for (int i = 0; i < 10'000; ++i) text += "QUFBQUFBQUFBQUFBQUFBAEEA\r\n";
  add(text);
  Session& session = open();
  ask(session, "a SELECT INBOX\r\n");
  const std::string heard = ask(session, "b FETCH 1 BINARY.PEEK[1]\r\n");
  EXPECT_TRUE(heard.starts_with("* 1 FETCH (BINARY[1] ~{180000}\r\n"));
  EXPECT_EQ(syntax_fault(heard), std::nullopt);
}

TEST_F(SessionTest, a_long_search_lets_others_work) {
  add_many(5'000);
  Session& slow = open();
  Session& quick = open();
  ask(slow, "a SELECT INBOX\r\n");
  slow.received(octets("b SEARCH TEXT message\r\n"));
  quick.received(octets("c NOOP\r\n"));
  std::size_t steps = 0;
  while (quick.output().empty()) {
    slow.step();
    quick.step();
    ASSERT_LT(++steps, 10U);
  }
  EXPECT_TRUE(slow.has_work());
  std::string heard = ask(slow, "");
  EXPECT_TRUE(heard.starts_with("* SEARCH 1 2 3 "));
  EXPECT_TRUE(heard.ends_with(" 5000\r\nb OK SEARCH completed\r\n"));
}

// I05: 256 keys over one large message.
TEST_F(SessionTest, a_search_that_costs_too_much_is_given_up) {
  add("Subject: big\r\n\r\n" + std::string(20'000'000, 'x') + "\r\n");
  Session& session = open();
  ask(session, "a SELECT INBOX\r\n");
  EXPECT_EQ(ask(session, "b SEARCH BODY xxxx BODY xx\r\n"),
            "* SEARCH 1\r\nb OK SEARCH completed\r\n");
  std::string many = "c UID SEARCH";
  for (int i = 0; i < 100; ++i) many += " NOT BODY y";
  EXPECT_EQ(ask(session, many + "\r\n"),
            "* SEARCH 1\r\nc NO [LIMIT] The search costs too much\r\n");
}

TEST_F(SessionTest, stores_and_expunges_many_in_slices) {
  add_many(5'000);
  Session& one = open();
  Session& other = open();
  ask(one, "a SELECT INBOX\r\n");
  ask(other, "a SELECT INBOX\r\n");
  const std::string stored = ask(one, "b STORE 1:* +FLAGS (\\Deleted)\r\n");
  EXPECT_EQ(responses(stored).size(), 5'001U);
  EXPECT_EQ(responses(ask(one, "c EXPUNGE\r\n")).size(), 5'001U);
  EXPECT_LE(waiting_max_, 2 * output_octets_max + 1'000);
  // The other is told of those that are gone, and no more.
  EXPECT_EQ(responses(ask(other, "d NOOP\r\n")).size(), 5'001U);
  EXPECT_LE(waiting_max_, 2 * output_octets_max + 1'000);
}

TEST_F(SessionTest, a_mailbox_deleted_in_mid_literal_ends_without_a_word) {
  ASSERT_TRUE(store_.create("box", {}).has_value());
  const std::string text(1'000'000, 'x');
  ASSERT_TRUE(store_.folder("box").append(octets(text), {}, 0).has_value());
  Session& reader = open();
  Session& other = open();
  ask(reader, "a SELECT box\r\n");
  reader.received(octets("b FETCH 1 BODY[]\r\n"));
  work(reader);
  ask(other, "c DELETE box\r\n");
  std::string heard;
  while (reader.has_work() || !reader.output().empty()) {
    heard += take(reader);
    work(reader);
  }
  // The message that was under way is whole, then comes BYE.
  EXPECT_TRUE(
      heard.ends_with("xxx FLAGS (\\Seen \\Recent))\r\n"
                      "* BYE The selected mailbox was deleted\r\n"));
  EXPECT_TRUE(reader.wants_close());
}

TEST_F(SessionTest, leaves_its_mailbox_when_it_ends) {
  {
    Session session(store_, clock_, {"L", "fred", true});
    ask(session, "a SELECT INBOX\r\n");
    EXPECT_EQ(store_.folder("INBOX").observers(), 1U);
  }
  EXPECT_EQ(store_.folder("INBOX").observers(), 0U);
}

// What is sent in one go shares a flush, and no answer comes before it.
TEST_F(SessionTest, stores_in_one_go_share_a_flush) {
  add_many(100);
  Session& session = open();
  ask(session, "a SELECT INBOX\r\n");
  std::string said;
  for (int n = 1; n <= 100; ++n) {
    said += "t STORE " + std::to_string(n) + " +FLAGS (\\Flagged)\r\n";
  }
  session.received(octets(said));
  MemoryFolder& inbox = store_.folder("INBOX");
  while (session.has_work()) {
    session.step();
    ASSERT_TRUE(!inbox.has_unflushed() || session.output().empty());
  }
  EXPECT_EQ(inbox.flushes(), 1U);
  EXPECT_EQ(responses(take(session)).size(), 200U);
}

TEST_F(SessionTest, nobody_hears_of_a_store_that_was_not_flushed) {
  add_many(2);
  Session& session = open();
  ask(session, "a SELECT INBOX\r\n");
  session.received(
      octets("b NOOP\r\nc STORE 1 +FLAGS (\\Flagged)\r\nd NOOP\r\n"));
  MemoryFolder& inbox = store_.folder("INBOX");
  while (!inbox.has_unflushed()) session.step();
  inbox.fail_next(store::StoreError::trouble);
  work(session);
  const std::string heard = take(session);
  EXPECT_TRUE(heard.starts_with("b OK NOOP completed\r\n* BYE "));
  EXPECT_EQ(responses(heard).size(), 2U);
  EXPECT_TRUE(session.wants_close());
}

TEST_F(SessionTest, refuses_a_message_larger_than_its_limit) {
  Session session(store_, clock_, {"L", "fred", true},
                  {.command = limits_after_login(10)});
  take(session);
  EXPECT_EQ(ask(session, "a APPEND INBOX {11+}\r\nhello world\r\n"),
            "a NO [TOOBIG] The message is too large\r\n");
  EXPECT_EQ(ask(session, "b APPEND INBOX {10+}\r\nhello worl\r\n"),
            "b OK [APPENDUID 1 1] APPEND completed\r\n");
}

// I12: many mailboxes are told in slices, too.
TEST_F(SessionTest, lists_many_mailboxes_in_slices) {
  for (int i = 0; i < 900; ++i) {
    ASSERT_TRUE(
        store_.create("a/" + std::string(100, 'x') + std::to_string(i), {})
            .has_value());
  }
  Session& session = open();
  const std::string heard = ask(session, "a LIST \"\" *\r\n");
  EXPECT_EQ(responses(heard).size(), 903U);
  EXPECT_EQ(syntax_fault(heard), std::nullopt);
  EXPECT_LE(waiting_max_, output_octets_max + 1'000);
  EXPECT_EQ(responses(ask(session, "b LSUB \"\" *\r\n")).size(), 1U);
}

// RFC 5819 section 2: \Noselect and no STATUS for a mailbox that has gone
// since LIST began.
TEST_F(SessionTest, lists_what_has_gone_meanwhile_without_status) {
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(store_.create("a/" + std::to_string(1000 + i), {}).has_value());
  }
  Session& session = open();
  session.received(octets("a LIST \"\" a/% RETURN (STATUS (MESSAGES))\r\n"));
  session.step();
  session.step();
  ASSERT_FALSE(take(session).contains("a/1299"));
  ASSERT_TRUE(store_.remove("a/1299").has_value());
  work(session);
  const std::string heard = take(session);
  EXPECT_TRUE(heard.contains("* STATUS \"a/1298\" (MESSAGES 0)\r\n"));
  EXPECT_TRUE(heard.contains(
      "* LIST (\\HasNoChildren \\Noselect) \"/\" \"a/1299\"\r\n"));
  EXPECT_FALSE(heard.contains("STATUS \"a/1299\""));
}

// A pattern of wildcards costs pattern x name, not more (I05's like).
TEST_F(SessionTest, a_pattern_of_wildcards_is_cheap) {
  ASSERT_TRUE(store_.create(std::string(255, 'a'), {}).has_value());
  Session& session = open();
  std::string pattern;
  for (int i = 0; i < 300; ++i) pattern += "*a%";
  const std::string heard =
      ask(session, "a LIST \"\" \"" + pattern + "b\"\r\n");
  EXPECT_EQ(heard, "a OK LIST completed\r\n");
}

TEST_F(SessionTest, an_idle_session_is_refreshed_and_then_logged_out) {
  add("Subject: x\r\n\r\n");
  Session& session = open();
  ask(session, "a SELECT INBOX\r\n");
  ask(session, "b IDLE\r\n");
  const SteadyTime start = clock_.steady();
  std::string heard;
  while (!session.wants_close()) {
    ASSERT_GT(session.deadline(), clock_.steady());
    clock_.pass(session.deadline() - clock_.steady());
    session.tick();
    work(session);
    heard += take(session);
  }
  EXPECT_EQ(heard, "* BYE Autologout\r\n");
  EXPECT_GE(clock_.steady() - start, std::chrono::minutes(30));
}

}  // namespace
}  // namespace postkeep::imap
