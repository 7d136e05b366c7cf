// Where mailbox processes come from: the seed is asked for each, some at a
// time, and is replaced by a fresh one now and then.
//
// Here:      Nursery.
// Not here:  the seed itself (role/seed.cc), which mailboxes there are
//            (role/mailboxes.h), starting the seed (role/family.h).
// Laws:      tests/role/nursery_test.cc: nothing is sent to a process that
//            supervisor does not know; none that waits is lost with a seed.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "base/channel.h"
#include "base/log.h"
#include "role/child.h"

namespace postkeep::role {

// What processes of one seed share is what an attacker in one of them may learn
// of the others: the layout of addresses (docs/decisions/mailbox_seed.md). So
// many have one seed; what they cost more than without a bound is its own
// memory, less than a MiB, divided by this.
inline constexpr std::uint32_t births_per_seed_max = 128;
// Asked for and not born yet.
inline constexpr std::uint32_t births_at_once_max = 8;

class Nursery {
 public:
  Nursery(Channels& channels, Log& log) : channels_(channels), log_(log) {}

  // It will be born, here or by a later seed; `errors` is its standard error.
  // The child must live until it is born or abandoned.
  void expect(Child& child, Descriptor errors);
  // A seed that has been told to enter; and its end.
  void use(Child& seed);
  void seed_ended();
  // The next ones come from a fresh seed: one of its children died of
  // something, which may have been an attempt to guess.
  void renew();
  // A process has ended that belongs to no child: it may be one of whose birth
  // nothing was heard yet.
  void ended(io::ProcessId process);
  // MailboxBorn. Not null: this one could not be born, or has died of it.
  Child* born(const ipc::Received& message);
  // None will be born any more: all that waited.
  [[nodiscard]] std::vector<Child*> abandon();

  [[nodiscard]] std::size_t waiting() const { return unborn_.size(); }

 private:
  struct Unborn {
    Child* child = nullptr;
    Descriptor errors;
    bool asked = false;
  };

  void ask_for_more();
  bool ask(Unborn& one);

  Channels& channels_;
  Log& log_;
  Child* seed_ = nullptr;  // Null while there is none to ask.
  std::deque<Unborn> unborn_;
  std::vector<io::ProcessId> early_ends_;
  std::uint32_t births_ = 0;  // Of this seed.
  std::uint32_t under_way_ = 0;
  bool renewal_due_ = false;
};

}  // namespace postkeep::role
