#include "role/topology.h"

#include <array>

#include "base/check.h"

namespace postkeep::role {
namespace {

using ipc::RoleName;

// The order of the drain: first those whom strangers talk to, together with
// the mailboxes, which say goodbye to their sessions; last the log.
constexpr std::uint8_t outer = 0;
constexpr std::uint8_t middle = 1;
constexpr std::uint8_t inner = 2;
constexpr std::uint8_t last = 3;

constexpr bool yes = true;
constexpr bool no = false;

constexpr std::array plans{
    //        role              count       drain  cert keys acc. res. ca. uid
    RolePlan{RoleName::log, Count::one, last, no, no, no, no, no, 0},
    RolePlan{RoleName::keys, Count::one, inner, yes, yes, no, no, no, 1},
    RolePlan{RoleName::auth, Count::one, inner, no, no, yes, no, no, 2},
    RolePlan{RoleName::spool, Count::one, middle, no, no, no, no, no, 3},
    RolePlan{RoleName::control, Count::one, middle, no, no, no, no, no, 4},
    // Keeps supervisor's uid, to give it up in each mailbox that it forks.
    RolePlan{RoleName::seed, Count::one, outer, no, no, no, no, no, 10},
    RolePlan{RoleName::mailbox, Count::per_user, outer, no, no, no, no, no, 5},
    RolePlan{RoleName::login, Count::per_core, outer, no, no, no, no, no, 6},
    RolePlan{RoleName::access, Count::per_core, outer, yes, no, no, no, no, 7},
    RolePlan{RoleName::submission, Count::per_core, outer, yes, no, no, no, no,
             8},
    RolePlan{RoleName::smtp_in, Count::per_core, outer, yes, no, no, no, no, 9},
    RolePlan{RoleName::dns, Count::one, inner, no, no, no, yes, no, 11},
    RolePlan{RoleName::connect, Count::one, inner, no, no, no, no, no, 12},
    // Before spool, which hears what became of each message.
    RolePlan{RoleName::smtp_out, Count::per_core, outer, no, no, no, no, yes,
             13},
    // Of the group of the spool files.
    RolePlan{RoleName::mbox, Count::one, outer, no, no, no, no, no, 15},
    RolePlan{RoleName::pickup, Count::one, outer, no, no, no, no, no, 14},
};

constexpr std::array all_acquaintances{
    // A message comes in.
    Acquaintance{RoleName::smtp_in, RoleName::spool, false},
    Acquaintance{RoleName::smtp_in, RoleName::auth, false},
    Acquaintance{RoleName::smtp_in, RoleName::keys, false},
    Acquaintance{RoleName::submission, RoleName::spool, false},
    Acquaintance{RoleName::submission, RoleName::auth, false},
    Acquaintance{RoleName::submission, RoleName::keys, false},
    // One of a program of this machine.
    Acquaintance{RoleName::pickup, RoleName::spool, false},
    Acquaintance{RoleName::pickup, RoleName::auth, false},
    // It is read. (A mailbox meets spool when spool asks for it.)
    Acquaintance{RoleName::access, RoleName::login, true},
    Acquaintance{RoleName::access, RoleName::keys, false},
    Acquaintance{RoleName::login, RoleName::auth, false},
    // The operator asks what the server sees.
    Acquaintance{RoleName::control, RoleName::dns, false},
    // A message leaves.
    Acquaintance{RoleName::spool, RoleName::connect, false},
    Acquaintance{RoleName::spool, RoleName::smtp_out, false},
    // Or put into an mbox file, for programs of this machine.
    Acquaintance{RoleName::mbox, RoleName::spool, false},
    Acquaintance{RoleName::spool, RoleName::dns, false},
    // Whose mailbox a report goes to.
    Acquaintance{RoleName::spool, RoleName::auth, false},
    // Everybody says what happens.
    Acquaintance{RoleName::keys, RoleName::log, false},
    Acquaintance{RoleName::auth, RoleName::log, false},
    Acquaintance{RoleName::spool, RoleName::log, false},
    Acquaintance{RoleName::control, RoleName::log, false},
    Acquaintance{RoleName::seed, RoleName::log, false},
    Acquaintance{RoleName::mailbox, RoleName::log, false},
    Acquaintance{RoleName::mbox, RoleName::log, false},
    Acquaintance{RoleName::login, RoleName::log, false},
    Acquaintance{RoleName::access, RoleName::log, false},
    Acquaintance{RoleName::submission, RoleName::log, false},
    Acquaintance{RoleName::smtp_in, RoleName::log, false},
    Acquaintance{RoleName::dns, RoleName::log, false},
    Acquaintance{RoleName::connect, RoleName::log, false},
    Acquaintance{RoleName::smtp_out, RoleName::log, false},
    Acquaintance{RoleName::pickup, RoleName::log, false},
};

bool linked(const Acquaintance& link, ipc::RoleName one,
            std::uint32_t one_instance, ipc::RoleName other,
            std::uint32_t other_instance) {
  return link.one == one && link.other == other &&
         (!link.same_instance || one_instance == other_instance);
}

}  // namespace

const RolePlan& plan_of(ipc::RoleName role) {
  for (const RolePlan& plan : plans) {
    if (plan.role == role) return plan;
  }
  check_failed("every role has a plan", __FILE__, __LINE__);
}

std::span<const Acquaintance> acquaintances() { return all_acquaintances; }

bool are_linked(ipc::RoleName one, std::uint32_t one_instance,
                ipc::RoleName other, std::uint32_t other_instance) {
  for (const Acquaintance& link : all_acquaintances) {
    if (linked(link, one, one_instance, other, other_instance) ||
        linked(link, other, other_instance, one, one_instance)) {
      return true;
    }
  }
  return false;
}

}  // namespace postkeep::role
