// pickup: takes what local programs left in the drop directory, and hands it to
// spool as smtp_in does.
//
// Here:      PickupRole.
// Not here:  what stands in a file (smtp/drop_head.h), who leaves it there
//            (cli/sendmail.h), the words to its sender (dsn/notification.h).
// Laws:      tests/role/pickup_test.cc: a file is removed only after everything
//            that comes of it is durable in the journal, or when it is none
//            that our own command can have written; each message comes once,
//            and twice at most when a role or the machine ends meanwhile.
//
// Reads:     files that any user of this machine has made.
// May:       read and remove files of the drop directory, which is its root;
//            make sealed memory.
// May not:   make, rename or write files, follow links, connect, fork.
// Talks to:  auth (RecipientQuestion), spool (MessageOffered).
// Dies when: any PK_CHECK fails; what it had not handed over it finds again.
//
// A file's steps, and who makes them:
//   left    -> taken     begin(): it is a file, of one link, made here, whole
//   left    -> removed   begin(): it is none, or not what the command writes
//   taken   -> offered   answered(): auth has said who its recipients are
//   offered -> removed   offer_answered(): durable, and so is the notice of
//                        those who cannot get it
//   any     -> left      give_back(): auth or spool cannot now, or has gone
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/drop_box.h"
#include "config/config.h"
#include "dsn/notification.h"
#include "ipc/auth_messages.h"
#include "ipc/mail_messages.h"
#include "role/graveyard.h"
#include "role/link.h"
#include "role/role_context.h"
#include "smtp/content_facts.h"
#include "smtp/drop_head.h"
#include "smtp/pieces.h"

namespace postkeep::role {

// Names that are known of at once: the directory may hold any number.
inline constexpr std::size_t drop_names_max = 1000;
// Files under way at once, and their octets; one may always be.
inline constexpr std::size_t drop_files_at_once_max = 32;
inline constexpr std::uint64_t drop_octets_at_once_max = 32 * 1024 * 1024;
// Whoever fills the directory makes a look at it take long: then there is none
// for so many times as long.
inline constexpr int drop_rest_factor = 10;
// After spool said "busy" or "no space".
inline constexpr std::chrono::seconds drop_pause_seconds{5};
// What was begun and not finished is removed after a day.
inline constexpr std::chrono::hours drop_abandoned_hours{24};
inline constexpr std::chrono::minutes drop_clean_minutes{10};
inline constexpr std::size_t drop_abandoned_at_once_max = 1000;

class PickupRole final : public Role {
 public:
  explicit PickupRole(RoleContext& context);
  bool prepare();

  void peer(ipc::RoleName role, std::uint32_t instance,
            std::unique_ptr<Channel> channel) override;
  void supervisor_message(ipc::Received message) override;
  void reload() override;
  void drain() override;

 private:
  struct Fault {
    std::string_view status;  // RFC 3463.
    std::string_view why;     // For a person.
  };
  struct Taken {
    std::uint32_t owner = 0;
    std::string session;
    smtp::DropHead head;
    smtp::Pieces pieces;
    // Why nobody can get the message, whoever he is; empty: somebody may.
    Fault fault;
    // By recipient; then the one of the sender, when there is a notice.
    std::vector<ipc::RecipientAnswer> answers;
    std::size_t answers_left = 0;
    bool notice_asked = false;
    std::vector<dsn::RecipientStatus> undelivered;
    bool message_done = false;  // In the journal, for all who can get it.
  };
  using Files = std::map<std::string, Taken, std::less<>>;

  void look();
  void clean();
  void begin_more();
  void begin(const std::string& name);
  // Why the file is none of ours; empty: `taken` has what is in it.
  [[nodiscard]] std::string_view read(DropHandle file, const DropFacts& facts,
                                      Taken& taken);
  [[nodiscard]] static Fault fault_of(const smtp::ContentFacts& content,
                                      std::uint32_t received_fields);
  // Removes what is none of ours, and says whose it was.
  void refuse(const std::string& name, std::string_view why,
              std::uint32_t owner);
  void ask(const std::string& name, const std::string& mailbox,
           std::size_t place);
  void ask_recipients(Files::iterator file);
  void answered(const ipc::RecipientAnswer& answer);
  void all_answered(Files::iterator file);
  void note_undelivered(Taken& taken);
  void offer_all(Files::iterator file);
  void message_done(Files::iterator file);
  void offer_notice(Files::iterator file);
  void offer(Files::iterator file, ipc::MessageOffered message,
             const smtp::Pieces& pieces);
  void offer_answered(const ipc::OfferAnswer& answer);
  void not_offered(Files::iterator file);
  void finish(Files::iterator file);
  void remove(const std::string& name);
  void forget(const std::string& name);
  void give_back(const std::string& name);
  void give_back_all();
  void pause(Duration wait);
  [[nodiscard]] bool may_begin() const;
  // The same for the same file, as often as it is offered, so that spool knows
  // it again.
  [[nodiscard]] std::string queue_id_of(std::string_view name);
  void drain_when_idle();

  RoleContext& context_;
  config::Config config_;
  std::unique_ptr<Link> auth_;
  std::unique_ptr<Link> spool_;
  Graveyard<Link> old_links_;
  TimerId look_timer_ = TimerId::none;
  SteadyTime pause_until_{};
  SteadyTime clean_at_{};
  std::deque<std::string> names_;  // Seen, not begun.
  Files files_;                    // Under way.
  std::uint64_t octets_ = 0;       // Of these.
  struct Asked {
    std::string name;
    std::size_t place = 0;
  };
  std::map<std::uint64_t, Asked> questions_;
  std::map<std::uint64_t, std::string> offers_;  // The file's name.
  // Durable in the journal, but the disk would not remove them: nothing more is
  // taken before it does.
  std::set<std::string, std::less<>> kept_by_disk_;
  std::uint64_t last_number_ = 0;
  std::uint64_t messages_taken_ = 0;
  std::uint64_t files_refused_ = 0;
  std::uint64_t notices_sent_ = 0;
  bool unflushed_ = false;
  bool draining_ = false;
};

}  // namespace postkeep::role
