// The commands that need no selected mailbox and change none, and how every
// command is answered (RFC 9051 section 6.1, 6.3).
#include <algorithm>
#include <type_traits>
#include <utility>

#include "imap/capability.h"
#include "imap/session_core.h"
#include "message/header.h"

namespace postkeep::imap {
namespace {

template <typename Request, typename... Kinds>
bool is_one_of(const Request& request) {
  return (std::holds_alternative<Kinds>(request) || ...);
}

}  // namespace

std::optional<std::uint32_t> known_keyword(const store::Folder& folder,
                                           std::string_view keyword) {
  const std::vector<std::string>& known = folder.keywords();
  const auto found = std::ranges::find_if(known, [&](const std::string& it) {
    return message::same_without_case(it, keyword);
  });
  if (found == known.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - known.begin());
}

StoreAnswer answer_to(store::StoreError error) {
  using store::StoreError;
  switch (error) {
    case StoreError::no_space: return {"OVERQUOTA", "No space is left"};
    case StoreError::not_found: return {"NONEXISTENT", "No such mailbox"};
    case StoreError::exists: return {"ALREADYEXISTS", "It exists already"};
    case StoreError::bad_name:
      return {"CANNOT", "No mailbox can have that name"};
    case StoreError::limit: return {"LIMIT", "More than this server keeps"};
    case StoreError::not_allowed: return {"CANNOT", "That cannot be done"};
    case StoreError::uid_exhausted:
      return {"LIMIT", "This mailbox has no UID left"};
    case StoreError::trouble: break;
  }
  return {"UNAVAILABLE", "The disk has a problem, see the log"};
}

void SessionCore::answer(Command&& command) {
  tag_ = std::move(command.tag);
  name_ = name(command.request);
  // The next command may leave the mailbox, or tell others.
  if (!std::holds_alternative<Store>(command.request)) flush_held();
  if (over_ || !is_allowed(command.request)) return;
  std::visit([this](const auto& request) { run(request); }, command.request);
}

// RFC 9051 section 3: which command is valid in which state.
bool SessionCore::is_allowed(const Request& request) {
  const bool needs_selected =
      is_one_of<Request, Check, Close, Unselect, Expunge, Search, Fetch, Store,
                Copy, Move>(request);
  if (needs_selected && !selected_) {
    bad("Select a mailbox first");
    return false;
  }
  return true;
}

void SessionCore::ok(std::string_view code) {
  complete({Condition::ok, std::string(code), done()});
}

void SessionCore::no(std::string_view code, std::string_view text) {
  complete({Condition::no, std::string(code), std::string(text)});
}

void SessionCore::bad(std::string_view text) {
  write_tagged(output_, tag_, Condition::bad, {}, text);
  count_bad();
}

void SessionCore::failed(store::StoreError error) {
  const StoreAnswer answer = answer_to(error);
  no(answer.code, answer.text);
}

void SessionCore::run(const Capability& /*request*/) {
  output_ += "* CAPABILITY ";
  output_ += capabilities_after_login(limits_.command.message_octets,
                                      limits_.offers_utf8);
  output_ += "\r\n";
  ok();
}

void SessionCore::run(const Noop& /*request*/) {
  refresh();
  ok();
}

void SessionCore::run(const Check& /*request*/) {
  refresh();
  ok();
}

void SessionCore::run(const Logout& /*request*/) {
  unselect();
  write_bye(output_, "Until next time");
  write_tagged(output_, tag_, Condition::ok, {}, "LOGOUT completed");
  over_ = true;
}

void SessionCore::run(const StartTls& /*request*/) { bad("Already logged in"); }

void SessionCore::run(const Authenticate& /*request*/) {
  bad("Already logged in");
}

void SessionCore::run(const Login& /*request*/) { bad("Already logged in"); }

void SessionCore::run(const Idle& /*request*/) {
  idle_ = true;
  framer_.expect_line();
  write_continuation(output_, "Idling");
}

void SessionCore::run(const Namespace& /*request*/) {
  output_ += "* NAMESPACE ((\"\" \"";
  output_ += static_cast<char>(separator());
  output_ += "\")) NIL NIL\r\n";
  ok();
}

void SessionCore::run(const Id& /*request*/) {
  output_ += "* ID (\"name\" \"Postkeep\")\r\n";
  ok();
}

bool SessionCore::enable_utf8() {
  if (!limits_.offers_utf8 || utf8_accept_) return false;
  utf8_accept_ = true;
  // IMAP4rev2 speaks it already.
  if (dialect_ == Dialect::rev1) dialect_ = Dialect::rev1_utf8;
  return true;
}

// RFC 5161 section 3.1: what is not known is passed over, and what is enabled
// is not told twice.
void SessionCore::run(const Enable& request) {
  std::string enabled;
  const bool had_condstore = condstore_;
  bool says_condstore = condstore_;
  for (const std::string& capability : request.capabilities) {
    const auto is = [&](std::string_view name) {
      return message::same_without_case(capability, name);
    };
    if (is("IMAP4rev2") && dialect_ != Dialect::rev2) {
      dialect_ = Dialect::rev2;
      enabled += " IMAP4rev2";
    } else if (is("UTF8=ACCEPT") && enable_utf8()) {
      enabled += " UTF8=ACCEPT";
    } else if (is("CONDSTORE") && !says_condstore) {
      condstore_ = says_condstore = true;
      enabled += " CONDSTORE";
    } else if (is("QRESYNC") && !quick_resync_) {
      // RFC 7162 section 3.2.3: CONDSTORE is part of it.
      condstore_ = quick_resync_ = true;
      enabled += " QRESYNC";
    }
  }
  output_ += "* ENABLED" + enabled + "\r\n";
  if (selected_ && condstore_ && !had_condstore) write_highest();
  ok();
}

}  // namespace postkeep::imap
