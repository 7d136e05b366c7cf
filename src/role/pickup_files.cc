// The directory: what is looked at, what is read of a file, what is removed.

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "role/configuration.h"
#include "role/pickup.h"
#include "role/role_table.h"
#include "role/session_id.h"
#include "role/status.h"
#include "smtp/content_facts.h"
#include "smtp/hop_count.h"
#include "smtp/server_options.h"

namespace postkeep::role {
namespace {

constexpr std::size_t read_octets = 64 * 1024;

// What must be so before a word of it is read.
std::string_view wrong_file(const DropFacts& facts) {
  // Another name of a file may be somebody else's doing, and its owner is not
  // who left it here.
  if (facts.links != 1) return "linked";
  if (!facts.made_here) return "made_elsewhere";
  return {};
}

// Why nobody can get a message, in the words of the notice.
}  // namespace

// Why nobody can get a message, in the words of the notice.
PickupRole::Fault PickupRole::fault_of(const smtp::ContentFacts& content,
                                       std::uint32_t received_fields) {
  if (!content.is_text) {
    return {"5.6.0", "a line does not end with CRLF, or holds NUL"};
  }
  if (received_fields > smtp::ServerLimits{}.received_fields_max) {
    return {"5.4.6", "the message goes round in a loop"};
  }
  return {};
}

PickupRole::PickupRole(RoleContext& context)
    : context_(context), old_links_(context.timers) {}

bool PickupRole::prepare() {
  auto config = given_configuration(context_);
  if (!config || context_.drop_box == nullptr) return false;
  config_ = std::move(*config);
  look_timer_ = context_.timers.after(Duration(0), [this] { look(); });
  return true;
}

void PickupRole::peer(ipc::RoleName role, std::uint32_t /*instance*/,
                      std::unique_ptr<Channel> channel) {
  std::unique_ptr<Link>* const place = role == ipc::RoleName::auth    ? &auth_
                                       : role == ipc::RoleName::spool ? &spool_
                                                                      : nullptr;
  if (place == nullptr) return;
  old_links_.bury(std::move(*place));
  // What the former one was asked, nobody answers now.
  give_back_all();
  *place = std::make_unique<Link>(
      std::move(channel),
      [this](const ipc::Received& received) {
        if_message<ipc::RecipientAnswer>(
            received,
            [this](const ipc::RecipientAnswer& answer) { answered(answer); });
        if_message<ipc::OfferAnswer>(
            received,
            [this](const ipc::OfferAnswer& answer) { offer_answered(answer); });
      },
      [this, place] {
        old_links_.bury(std::move(*place));
        give_back_all();
      });
}

// Seen now and then: nobody tells that a file has come.
void PickupRole::look() {
  const SteadyTime begun = context_.clock.steady();
  if (std::exchange(unflushed_, false) && !context_.drop_box->flush()) {
    context_.log.line(Severity::error, "drop_flush_failed", {});
  }
  const std::set<std::string, std::less<>> kept =
      std::exchange(kept_by_disk_, {});
  for (const std::string& name : kept) remove(name);
  if (names_.empty() && may_begin()) {
    const auto found = context_.drop_box->list(drop_names_max);
    if (!found) {
      context_.log.line(Severity::error, "drop_unreadable",
                        {{"why", name(found.error())}});
    } else {
      std::ranges::copy_if(
          *found, std::back_inserter(names_),
          [&](const std::string& one) { return !files_.contains(one); });
    }
  }
  begin_more();
  clean();
  const Duration took = context_.clock.steady() - begun;
  const Duration wait = std::max<Duration>(
      std::chrono::milliseconds(config_.drop.look_milliseconds),
      took * drop_rest_factor);
  look_timer_ = context_.timers.after(wait, [this] { look(); });
}

void PickupRole::clean() {
  if (context_.clock.steady() < clean_at_) return;
  clean_at_ = context_.clock.steady() + drop_clean_minutes;
  const auto before =
      (context_.clock.wall() - drop_abandoned_hours).time_since_epoch();
  const auto removed = context_.drop_box->remove_abandoned(
      before.count(), drop_abandoned_at_once_max);
  if (removed && *removed != 0) {
    context_.log.line(Severity::notice, "drop_abandoned_removed",
                      {{"files", std::uint64_t{*removed}}});
  }
}

bool PickupRole::may_begin() const {
  return auth_ != nullptr && spool_ != nullptr && !draining_ &&
         config_.drop.takes_mail && kept_by_disk_.empty() &&
         context_.clock.steady() >= pause_until_ &&
         files_.size() < drop_files_at_once_max &&
         (files_.empty() || octets_ < drop_octets_at_once_max);
}

void PickupRole::begin_more() {
  while (!names_.empty() && may_begin()) {
    const std::string name = std::move(names_.front());
    names_.pop_front();
    if (!files_.contains(name)) begin(name);
  }
}

void PickupRole::begin(const std::string& name) {
  const auto opened = context_.drop_box->open(name);
  if (!opened) {
    switch (opened.error()) {
      case Trouble::not_found: return;
      case Trouble::wrong_kind: return refuse(name, "no_file", 0);
      case Trouble::not_permitted: return refuse(name, "not_readable", 0);
      default:
        context_.log.line(Severity::error, "drop_file_unreadable",
                          {{"why", postkeep::name(opened.error())}});
        return pause(drop_pause_seconds);
    }
  }
  Taken taken;
  taken.owner = opened->facts.owner;
  taken.session = session_id(context_.random);
  std::string_view why = wrong_file(opened->facts);
  if (why.empty()) why = read(opened->handle, opened->facts, taken);
  context_.drop_box->close(opened->handle);
  if (!why.empty()) return refuse(name, why, opened->facts.owner);
  context_.log.line(Severity::info, "drop_taken",
                    {{"session", taken.session},
                     {"file", name},
                     {"owner", std::uint64_t{taken.owner}},
                     {"octets", taken.pieces.size()},
                     {"recipients", taken.head.recipients.size()}});
  octets_ += taken.pieces.size();
  ask_recipients(files_.emplace(name, std::move(taken)).first);
}

// Whoever owns it may write to it meanwhile: what is read once, into memory, is
// what counts.
std::string_view PickupRole::read(DropHandle file, const DropFacts& facts,
                                  Taken& taken) {
  smtp::DropHeadReader reader;
  smtp::ContentScan content;
  smtp::HopCount hops;
  std::vector<Octet> room(read_octets);
  bool has_head = false;
  for (std::uint64_t at = 0; at < facts.octets;) {
    const auto wanted = std::min<std::uint64_t>(room.size(), facts.octets - at);
    const auto got = context_.drop_box->read(
        file, at, std::span(room).first(static_cast<std::size_t>(wanted)));
    if (!got || *got == 0) return "cut_off";
    at += *got;
    Octets part = Octets(room).first(*got);
    if (!has_head) {
      const auto head = reader.read(part);
      if (!head) return smtp::name(head.error());
      if (!*head) continue;
      taken.head = **head;
      has_head = true;
      const std::uint64_t rest = facts.octets - at + part.size();
      if (rest != taken.head.message_octets) return "cut_off";
      if (rest > config_.limits.message_octets_max) {
        // Its header is read, for the notice, and no more.
        taken.pieces.append(part);
        taken.fault = {"5.3.4", "the message is larger than this server takes"};
        return {};
      }
    }
    content.read(part);
    hops.read(part);
    taken.pieces.append(part);
  }
  if (!has_head) return "cut_off";
  const smtp::ContentFacts found = content.facts();
  taken.fault = fault_of(found, hops.received_fields());
  if (found.is_eight_bit && !taken.head.mail.parameters.body) {
    taken.head.mail.parameters.body = smtp::BodyType::eight_bit_mime;
  }
  return {};
}

void PickupRole::refuse(const std::string& name, std::string_view why,
                        std::uint32_t owner) {
  context_.log.line(
      Severity::warning, "drop_refused",
      {{"file", name}, {"why", why}, {"owner", std::uint64_t{owner}}});
  files_refused_ += 1;
  remove(name);
  forget(name);
}

void PickupRole::remove(const std::string& name) {
  const auto removed = context_.drop_box->remove(name);
  unflushed_ = true;
  if (removed || removed.error() == Trouble::not_found) return;
  context_.log.line(Severity::error, "drop_file_kept_by_disk",
                    {{"file", name}, {"why", postkeep::name(removed.error())}});
  kept_by_disk_.insert(name);
}

void PickupRole::forget(const std::string& name) {
  // `name` may be the key of what is forgotten: `gone` keeps it until the end.
  const Files::node_type gone = files_.extract(name);
  if (gone.empty()) return;
  octets_ -= gone.mapped().pieces.size();
  const std::string& known = gone.key();
  std::erase_if(questions_,
                [&](const auto& one) { return one.second.name == known; });
  std::erase_if(offers_, [&](const auto& one) { return one.second == known; });
}

// It is found again at the next look.
void PickupRole::give_back(const std::string& name) {
  forget(name);
  drain_when_idle();
}

void PickupRole::give_back_all() {
  octets_ = 0;
  files_.clear();
  questions_.clear();
  offers_.clear();
  drain_when_idle();
}

void PickupRole::pause(Duration wait) {
  pause_until_ = std::max(pause_until_, context_.clock.steady() + wait);
}

void PickupRole::supervisor_message(ipc::Received message) {
  answer_status(context_, message,
                {{"messages_taken", messages_taken_},
                 {"files_refused", files_refused_},
                 {"notices_sent", notices_sent_},
                 {"under_way", files_.size()},
                 {"seen", names_.size()}});
}

void PickupRole::reload() {
  if (auto config = given_configuration(context_)) config_ = std::move(*config);
}

void PickupRole::drain() {
  draining_ = true;
  names_.clear();
  drain_when_idle();
}

void PickupRole::drain_when_idle() {
  if (draining_ && files_.empty()) context_.supervisor.drained();
}

std::unique_ptr<Role> make_pickup(RoleContext& context) {
  auto role = std::make_unique<PickupRole>(context);
  if (!role->prepare()) return nullptr;
  return role;
}

}  // namespace postkeep::role
