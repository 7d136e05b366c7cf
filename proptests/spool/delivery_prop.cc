// Random lives of the delivery schedule against a model of what every party
// was told: invariants D1 to D6 of docs/spool_states.md.
#include <rapidcheck.h>

#include <map>
#include <set>

#include "spool/delivery.h"
#include "spool/journal_world.h"

using namespace postkeep;
using namespace postkeep::spool;

namespace {

constexpr std::size_t users = 3;

// The role, the journal and the mailboxes, as far as the schedule sees them.
class World {
 public:
  void run() {
    while (!effects_.empty()) {
      Effects now;
      std::swap(now, effects_);
      for (const Effect& effect : now) obey(effect);
      RC_ASSERT(delivery_.is_consistent());
    }
  }

  void accept(std::size_t recipients, std::uint64_t octets) {
    const MessageId id = next_++;
    Entry entry = make_entry(id, recipients);
    for (std::uint32_t i = 0; i < recipients; ++i) {
      left_[entry.recipients[i].delivery_id] = {id, i};
    }
    delivery_.appended(id, std::move(entry), octets);
  }
  void flush() {
    durable_ = next_ - 1;
    delivery_.durable(durable_, now_, effects_);
  }
  void ready(std::size_t user) {
    if (!wanted_.erase(name(user))) return;
    running_.insert(name(user));
    delivery_.mailbox_ready(name(user), now_, effects_);
  }
  void die(std::size_t user) {
    wanted_.erase(name(user));
    running_.erase(name(user));
    at_.erase(name(user));
    delivery_.mailbox_gone(name(user), now_, effects_);
  }
  // The oldest delivery that the mailbox has is answered.
  void answer(std::size_t user, bool is_done) {
    auto& held = at_[name(user)];
    if (held.empty()) return;
    const DeliveryId id = held.front();
    held.erase(held.begin());
    if (is_done) {
      flushed_.insert(id);
      RC_ASSERT(delivery_.done(name(user), id, now_, effects_));
    } else {
      RC_ASSERT(delivery_.refused(name(user), id, DeliveryTrouble::no_space,
                                  now_, effects_));
    }
  }
  void pass(Duration time) {
    now_ += time;
    delivery_.tick(now_, effects_);
  }
  void set_full(bool full) { full_ = full; }

  // D6: every mailbox answers, and every message ends.
  void settle() {
    full_ = false;
    for (int i = 0; i < 400 && !left_.empty(); ++i) {
      flush();
      run();
      for (std::size_t user = 0; user < users; ++user) {
        ready(user);
        run();
        while (!at_[name(user)].empty()) {
          answer(user, true);
          run();
        }
      }
      pass(retry_wait_max);
      run();
    }
    RC_ASSERT(left_.empty());
    RC_ASSERT(delivery_.status().messages == 0U);
  }

 private:
  struct Copy {
    MessageId id = 0;
    std::uint32_t recipient = 0;
  };

  static std::string name(std::size_t user) {
    return "user" + std::to_string(user);
  }

  void obey(const Effect& effect) {
    if (const auto* deliver = std::get_if<Deliver>(&effect)) {
      RC_ASSERT(deliver->id <= durable_);           // D2
      RC_ASSERT(running_.contains(deliver->user));  // D3
      RC_ASSERT(left_.contains(deliver->delivery_id));
      RC_ASSERT(!recorded_.contains(deliver->delivery_id));
      at_[deliver->user].push_back(deliver->delivery_id);
      RC_ASSERT(at_[deliver->user].size() <= window_messages_max);
    } else if (const auto* need = std::get_if<NeedMailbox>(&effect)) {
      RC_ASSERT(!running_.contains(need->user));
      RC_ASSERT(wanted_.insert(need->user).second);
    } else if (const auto* record = std::get_if<RecordDone>(&effect)) {
      const DeliveryId id = delivery_.entry(record->id)
                                ->recipients[record->recipient]
                                .delivery_id;
      RC_ASSERT(flushed_.contains(id));  // D4
      if (full_) {
        delivery_.not_recorded(record->id, record->recipient, now_);
      } else {
        RC_ASSERT(!recorded_.contains(id));
        recorded_[id] = next_++;
        delivery_.recorded(record->id, record->recipient, recorded_[id]);
      }
    } else if (const auto* forget = std::get_if<Forget>(&effect)) {
      RC_ASSERT(running_.contains(forget->user));
      for (const DeliveryId& id : forget->delivery_ids) {
        RC_ASSERT(recorded_.contains(id));
        RC_ASSERT(recorded_[id] <= durable_);  // D5
      }
    } else if (const auto* gone = std::get_if<MessageGone>(&effect)) {
      for (auto one = left_.begin(); one != left_.end();) {
        if (one->second.id == gone->id) {
          RC_ASSERT(recorded_[one->first] <= durable_);
          one = left_.erase(one);
        } else {
          ++one;
        }
      }
    }
  }

  Delivery delivery_;
  Effects effects_;
  SteadyTime now_{std::chrono::seconds{1000}};
  Sequence next_ = 1;
  Sequence durable_ = 0;
  bool full_ = false;
  std::set<std::string> wanted_;
  std::set<std::string> running_;
  std::map<std::string, std::vector<DeliveryId>> at_;
  std::map<DeliveryId, Copy> left_;
  std::set<DeliveryId> flushed_;
  std::map<DeliveryId, Sequence> recorded_;
};

}  // namespace

int main() {
  const bool held = rc::check("every message ends, and nothing early", [] {
    World world;
    const auto steps = *rc::gen::inRange(1, 120);
    for (int i = 0; i < steps; ++i) {
      const auto user = *rc::gen::inRange<std::size_t>(0, users);
      switch (*rc::gen::inRange(0, 9)) {
        case 0:
        case 1:
          world.accept(user + 1,
                       *rc::gen::inRange<std::uint64_t>(1, window_octets_max));
          break;
        case 2: world.flush(); break;
        case 3: world.ready(user); break;
        case 4: world.die(user); break;
        case 5:
        case 6: world.answer(user, true); break;
        case 7: world.answer(user, false); break;
        default:
          world.set_full(*rc::gen::arbitrary<bool>());
          world.pass(std::chrono::seconds{*rc::gen::inRange(0, 20)});
          break;
      }
      world.run();
    }
    world.settle();
  });
  return held ? 0 : 1;
}
