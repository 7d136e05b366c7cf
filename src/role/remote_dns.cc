#include "role/remote_dns.h"

#include <string>
#include <utility>

namespace postkeep::role {

RemoteDns::RemoteDns(Timers& timers, Duration wait)
    : timers_(timers), wait_(wait), old_links_(timers) {}

RemoteDns::~RemoteDns() {
  for (const auto& [ticket, waiting] : waiting_) timers_.cancel(waiting.timer);
}

void RemoteDns::use(std::unique_ptr<Channel> channel) {
  old_links_.bury(std::move(link_));
  link_ = std::make_unique<Link>(
      std::move(channel),
      [this](const ipc::Received& received) {
        if_message<ipc::DnsReply>(received, [this](ipc::DnsReply& reply) {
          replied(std::move(reply));
        });
      },
      // A new one is on its way; what waits is asked there.
      [this] { old_links_.bury(std::move(link_)); });
  for (const auto& [ticket, waiting] : waiting_) {
    static_cast<void>(send(ticket, waiting.question));
  }
}

bool RemoteDns::send(DnsTicket ticket, const DnsQuestion& question) {
  return link_->send(ipc::DnsAsk{.request = static_cast<std::uint64_t>(ticket),
                                 .name = std::string(question.name.text()),
                                 .type = question.type});
}

DnsTicket RemoteDns::ask(const DnsQuestion& question, Answered answered) {
  const DnsTicket ticket{++last_ticket_};
  const bool too_many = waiting_.size() >= dns_questions_of_peer_max;
  Waiting& waiting = waiting_[ticket];
  waiting.question = question;
  waiting.answered = std::move(answered);
  // Without a link it waits for one. One that takes no more will not answer.
  if (too_many || (link_ != nullptr && !send(ticket, question))) {
    waiting.timer = timers_.after(
        Duration(0), [this, ticket] { give_up(ticket, DnsTrouble::busy); });
  } else {
    waiting.timer = timers_.after(
        wait_, [this, ticket] { give_up(ticket, DnsTrouble::stopped); });
  }
  return ticket;
}

void RemoteDns::forget(DnsTicket ticket) {
  const auto at = waiting_.find(ticket);
  if (at == waiting_.end()) return;
  timers_.cancel(at->second.timer);
  waiting_.erase(at);
}

void RemoteDns::give_up(DnsTicket ticket, DnsTrouble why) {
  const auto at = waiting_.find(ticket);
  if (at == waiting_.end()) return;
  DnsAnswer trouble;
  trouble.trouble = why;
  trouble.canonical = at->second.question.name;
  answer(ticket, trouble);
}

void RemoteDns::replied(ipc::DnsReply reply) {
  const DnsTicket ticket{reply.request};
  const auto said = ipc::answer_of(std::move(reply));
  if (!said) return give_up(ticket, DnsTrouble::malformed);
  answer(ticket, *said);
}

void RemoteDns::answer(DnsTicket ticket, const DnsAnswer& answer) {
  const auto at = waiting_.find(ticket);
  if (at == waiting_.end()) return;  // Forgotten, or its wait is over.
  const Waiting waiting = std::move(at->second);
  waiting_.erase(at);
  timers_.cancel(waiting.timer);
  waiting.answered(answer);
}

}  // namespace postkeep::role
