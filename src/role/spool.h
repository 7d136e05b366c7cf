// spool: has the journal, in which accepted mail is safe, hands each
// recipient's copy to that user's mailbox, and sends on what is for others.
//
// Here:      SpoolRole.
// Not here:  the journal and who gets what when (spool/), mailboxes
//            (role/mailbox.h), how mail leaves (role/departures.h).
// Laws:      nobody is told "durable" before the flush that covers him ended;
//            invariants of docs/spool_states.md.
//
// Reads:     messages of smtp_in, submission, pickup and the mailboxes.
// May:       read and write the spool directory, which is its root.
// May not:   open anything else, connect, fork; understand a message.
// Talks to:  smtp_in, submission, pickup (OfferAnswer), mailbox (Deliver), mbox
//            (Drop), connect (ConnectAsk), smtp_out (RemoteMail), dns (DnsAsk),
//            auth (RecipientQuestion).
// Dies when: any PK_CHECK fails; what was durable is found again.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/disk.h"
#include "config/config.h"
#include "ipc/delivery_messages.h"
#include "ipc/drop_messages.h"
#include "ipc/mail_messages.h"
#include "ipc/role_name.h"
#include "role/departures.h"
#include "role/graveyard.h"
#include "role/link.h"
#include "role/mbox_users.h"
#include "role/role_context.h"
#include "spool/delivery.h"
#include "spool/journal.h"
#include "spool/message_cache.h"

namespace postkeep::role {

// More than pickup has under way at once (role/pickup.h).
inline constexpr std::size_t known_offers_max = 1000;

class SpoolRole final : public Role, private DeparturesOwner {
 public:
  explicit SpoolRole(RoleContext& context);
  bool prepare();

  void peer(ipc::RoleName role, std::uint32_t instance,
            std::unique_ptr<Channel> channel) override;
  void supervisor_message(ipc::Received message) override;
  void reload() override;
  void drain() override;

 private:
  using PeerName = std::pair<ipc::RoleName, std::uint32_t>;
  // A message's octets while they are in memory: short ones as they came, long
  // ones in the sealed memory that they came in.
  struct Held {
    std::vector<Octet> text;
    std::shared_ptr<SharedMemory::View> view;
    // Of a message that has recipients elsewhere.
    std::shared_ptr<const spool::Entry> entry;
    [[nodiscard]] Octets octets() const {
      return view ? view->octets() : Octets(text);
    }
  };
  struct Unanswered {
    spool::MessageId id = 0;
    PeerName peer;
    std::uint64_t offer = 0;
    std::string queue_id;
  };

  // What departures wants.
  spool::Journal& journal() override { return *journal_; }
  std::optional<SpooledMessage> message_of(spool::MessageId id) override;
  std::expected<Descriptor, Trouble> memory_of(spool::MessageId id,
                                               Octets octets) override;
  void reported(spool::MessageId id, spool::Entry entry,
                std::uint64_t octets) override;
  void recorded() override { keep_house(); }
  void left(spool::MessageId id) override;

  bool open_journal();
  void peer_message(PeerName peer, ipc::Received received);
  void offered(PeerName peer, ipc::MessageOffered& offer,
               std::vector<Descriptor>& descriptors);
  std::optional<spool::Entry> entry_of(const ipc::MessageOffered& offer);
  // False when the disk is too full; looked at now and then.
  bool has_free_space(std::uint64_t octets);
  // Whether this offer of pickup's is one that it had before: a role ended when
  // it was under way. It is answered, now or with the first one.
  bool knows_again(PeerName peer, const ipc::MessageOffered& offer);
  void remember(const std::string& queue_id);
  void answer(PeerName peer, std::uint64_t offer, ipc::OfferVerdict verdict,
              std::string queue_id = {});

  void flush_soon();
  void start_flush();
  void flush_ended(bool ok);
  void answer_durable();
  void keep_house();

  void act(spool::Effects effects);
  void act(const spool::Deliver& effect);
  void act(const spool::NeedMailbox& effect);
  void act(const spool::RecordDone& effect);
  void act(const spool::Forget& effect);
  void act(const spool::MessageGone& effect);
  // What a Deliver and a Drop have in common; false: it cannot be had now.
  template <class Message>
  bool fill(Message& message, const spool::Deliver& effect,
            std::vector<Descriptor>& descriptors);
  std::optional<Held> octets_of(spool::MessageId id);
  void keep_memory(spool::MessageId id, Descriptor memory,
                   std::uint64_t octets);
  void mailbox_given(const std::string& user, std::unique_ptr<Channel> channel);
  void mailbox_message(const std::string& user, const ipc::Received& received);
  void mailbox_ended(const std::string& user);
  void delivered(const std::string& user, const ipc::DeliverAnswer& answer);

  // role/spool_drop.cc: users whose mail goes into mbox spool files.
  [[nodiscard]] bool has_mbox(const std::string& user) const {
    return mbox_users_.file_of(user) != nullptr;
  }
  void mbox_given(std::unique_ptr<Channel> channel);
  void mbox_ended();
  void mbox_message(const ipc::Received& received);
  void mbox_answered(const ipc::DropAnswer& answer);
  void mbox_wanted(const std::string& user);
  void forget_drops(const spool::Forget& effect);
  void read_mbox_users();
  void leave_former_places();
  void gone(const std::string& user);

  void set_timer();
  void drain_when_durable();
  [[nodiscard]] SteadyTime now() const { return context_.clock.steady(); }

  RoleContext& context_;
  config::Config config_;
  std::unique_ptr<spool::Journal> journal_;
  spool::Delivery delivery_;
  Departures departures_;
  std::deque<spool::Effect> effects_;  // Not done yet.
  bool acting_ = false;
  spool::MessageCache<Held> cache_;
  // Of long messages: what each recipient's mailbox is given another of.
  spool::MessageCache<Descriptor> sealed_;
  std::uint64_t sealed_octets_max_ = 0;
  std::map<PeerName, std::unique_ptr<Link>> peers_;
  std::map<std::string, std::unique_ptr<Link>> mailboxes_;
  MboxUsers mbox_users_;
  std::unique_ptr<Link> mbox_;
  std::set<std::string> mbox_ready_;  // Users whose mail goes there now.
  Graveyard<Link> old_links_;
  std::deque<Unanswered> unanswered_;  // By ascending id.
  // What pickup may offer again: in the journal, by the queue's name for it.
  std::set<std::string> known_;
  std::deque<std::string> known_in_order_;
  std::uint64_t waiting_for_flush_ = 0;
  std::uint64_t last_batch_ = 0;
  std::size_t flushes_left_ = 0;
  bool flushes_ok_ = true;
  TimerId flush_timer_ = TimerId::none;
  TimerId lazy_timer_ = TimerId::none;
  TimerId timer_ = TimerId::none;
  TimerId house_timer_ = TimerId::none;
  TimerId moving_timer_ = TimerId::none;
  std::uint64_t free_octets_ = 0;
  SteadyTime free_looked_at_{};
  std::uint64_t messages_accepted_ = 0;
  std::uint64_t flushes_ = 0;
  bool draining_ = false;
};

}  // namespace postkeep::role
