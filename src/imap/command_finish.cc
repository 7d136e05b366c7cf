// The end of a command: its request gets what was read on the way.
#include <utility>

#include "base/check.h"
#include "imap/command_reader.h"

namespace postkeep::imap {

bool CommandReader::finish() {
  if (tag_.size() > tag_octets_max) return fail(CommandError::too_long);
  PK_CHECK(literals_used_ == literals_.size());
  const bool taken = std::visit(
      [this](auto& request) {
        if constexpr (requires { finish(request); }) return finish(request);
        return true;
      },
      request_);
  if (!taken) return false;
  return !has_bad_name_ || fail(CommandError::bad_mailbox_name);
}

bool CommandReader::finish(Authenticate& request) {
  // RFC 9051 section 6.2.2: "=" is an empty initial response.
  if (request.initial_response && text_ != "=")
    request.initial_response = std::move(text_);
  return true;
}

bool CommandReader::finish(Select& request) {
  request.mailbox = take_name();
  return true;
}

bool CommandReader::finish(Create& request) {
  request.mailbox = take_name();
  return true;
}

bool CommandReader::finish(Delete& request) {
  request.mailbox = take_name();
  return true;
}

bool CommandReader::finish(Rename& request) {
  request.from = take_name();
  request.to = take_name();
  return true;
}

bool CommandReader::finish(Subscribe& request) {
  request.mailbox = take_name();
  return true;
}

bool CommandReader::finish(List& request) {
  // RFC 5258 section 3: RECURSIVEMATCH alone, or with REMOTE alone: BAD.
  if (request.select_recursive_match && !request.select_subscribed)
    return fail(CommandError::outside_grammar);
  request.reference = take_name();
  while (names_taken_ < names_.size()) request.patterns.push_back(take_name());
  request.return_status = std::move(statuses_);
  return true;
}

bool CommandReader::finish(Lsub& request) {
  request.reference = take_name();
  request.pattern = take_name();
  return true;
}

bool CommandReader::finish(Status& request) {
  request.mailbox = take_name();
  request.items = std::move(statuses_);
  return true;
}

bool CommandReader::finish(Append& request) {
  request.mailbox = take_name();
  return true;
}

bool CommandReader::finish(Expunge& request) {
  if (by_uid_) request.uids = std::move(set_);
  return true;
}

bool CommandReader::finish(Search& request) {
  auto keys = tree_.finish();
  if (!keys) return fail_on(keys.error());
  request.keys = std::move(*keys);
  // RFC 4731 section 3.1: RETURN () is RETURN (ALL).
  if (request.returned && *request.returned == SearchReturn{})
    request.returned->all = true;
  return true;
}

bool CommandReader::finish(Fetch& request) {
  request.set = std::move(set_);
  // RFC 7162 section 3.2.6: VANISHED only with UID and CHANGEDSINCE.
  if (request.vanished && !(request.by_uid && request.changed_since))
    return fail(CommandError::outside_grammar);
  return true;
}

bool CommandReader::finish(Store& request) {
  request.set = std::move(set_);
  request.flags = std::move(flags_);
  return true;
}

bool CommandReader::finish(Copy& request) {
  request.set = std::move(set_);
  request.mailbox = take_name();
  return true;
}

bool CommandReader::finish(Move& request) {
  request.set = std::move(set_);
  request.mailbox = take_name();
  return true;
}

}  // namespace postkeep::imap
