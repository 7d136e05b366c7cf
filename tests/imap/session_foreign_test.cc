// What other programs do to a Maildir while sessions are at work in it.
#include <gtest/gtest.h>

#include "imap/session.h"
#include "store/world.h"

namespace postkeep::imap {
namespace {

// One session over the real store, on a disk that is simulated.
class SessionForeign : public testing::Test {
 protected:
  // INBOX selected, with messages of UIDs 1 to `count`.
  void select(int count) {
    for (int n = 0; n < count; ++n) world_.append("Subject: a\r\n\r\nb\r\n");
    session_ =
        std::make_unique<Session>(*world_.store, world_.clock, SessionStart{});
    static_cast<void>(say("SELECT INBOX"));
    static_cast<void>(say("SELECT INBOX"));  // Now nothing is \\Recent.
  }

  // What is heard up to the tagged line, without it.
  std::string say(const std::string& words) {
    session_->received(octets("t " + words + "\r\n"));
    std::string heard;
    while (session_->has_work() || !session_->output().empty()) {
      if (session_->has_work()) session_->step();
      const Octets out = session_->output();
      heard.append(out.begin(), out.end());
      session_->output_taken(out.size());
    }
    const std::size_t end = heard.rfind("t OK ");
    EXPECT_NE(end, std::string::npos) << heard;
    return heard.substr(0, end);
  }

  // Another program marks all for deletion, as mutt does.
  void mark_all_deleted() {
    store::Elsewhere other(world_.disk);
    for (const std::string& name : other.names({"cur"})) {
      other.rename({"cur", name}, {"cur", name + "T"});
    }
  }

  store::World world_;
  std::unique_ptr<Session> session_;
};

// A file that is not where it was makes the store look at the whole folder:
// what it finds of other messages is told with the answer.
TEST_F(SessionForeign, store_tells_what_it_found_of_other_messages) {
  select(3);
  mark_all_deleted();
  EXPECT_EQ(say("STORE 1 +FLAGS (\\Flagged)"),
            "* 1 FETCH (UID 1 FLAGS (\\Flagged \\Deleted))\r\n"
            "* 2 FETCH (UID 2 FLAGS (\\Deleted))\r\n"
            "* 3 FETCH (UID 3 FLAGS (\\Deleted))\r\n");
  EXPECT_EQ(say("NOOP"), "");
}

// RFC 9051 section 6.4.6: what others changed is told whatever .SILENT asks.
TEST_F(SessionForeign, silent_store_tells_what_others_did_to_the_same) {
  select(2);
  mark_all_deleted();
  EXPECT_EQ(say("UID STORE 2 +FLAGS.SILENT (\\Flagged)"),
            "* 1 FETCH (UID 1 FLAGS (\\Deleted))\r\n"
            "* 2 FETCH (UID 2 FLAGS (\\Flagged \\Deleted))\r\n");
  EXPECT_EQ(say("NOOP"), "");
}

TEST_F(SessionForeign, silent_store_is_silent_of_its_own_changes) {
  select(2);
  EXPECT_EQ(say("STORE 1:2 +FLAGS.SILENT (\\Flagged)"), "");
  EXPECT_EQ(say("NOOP"), "");
}

// Reading marks as seen, which finds the same.
TEST_F(SessionForeign, fetch_tells_what_it_found_of_other_messages) {
  select(2);
  mark_all_deleted();
  const std::string heard = say("FETCH 1 BODY[TEXT]");
  EXPECT_NE(heard.find("FLAGS (\\Deleted \\Seen)"), std::string::npos) << heard;
  EXPECT_NE(heard.find("* 2 FETCH (UID 2 FLAGS (\\Deleted))\r\n"),
            std::string::npos)
      << heard;
}

}  // namespace
}  // namespace postkeep::imap
