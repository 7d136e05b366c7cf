// SimDns: a DNS of a table, that may be late, lie or fail.
//
// Here:      SimDns.
// Not here:  the port (base/dns.h), octets of the DNS (dns/).
// Laws:      those of base/dns.h: whatever stands in the table, a question is
//            answered once, never inside ask().
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/clock.h"
#include "base/dns.h"

namespace postkeep::sim {

class SimDns final : public Dns {
 public:
  explicit SimDns(Timers& timers) : timers_(timers) {}

  // What is said to that question from now on, after `delay`. It is said as it
  // stands: an answer that claims signatures, leads elsewhere or has no record
  // is a resolver's lie.
  void put(const DnsQuestion& question, DnsAnswer answer,
           Duration delay = default_delay) {
    if (answer.canonical.is_root()) answer.canonical = question.name;
    table_[question] = {std::move(answer), delay};
  }
  void put_a(std::string_view host, std::array<Octet, 4> address) {
    DnsAnswer& answer = found({named(host), DnsType::a});
    answer.a.push_back(address);
  }
  void put_aaaa(std::string_view host, std::array<Octet, 16> address) {
    found({named(host), DnsType::aaaa}).aaaa.push_back(address);
  }
  void put_mx(std::string_view domain, std::uint16_t preference,
              std::string_view host) {
    found({named(domain), DnsType::mx}).mx.push_back({preference, named(host)});
  }
  void put_txt(std::string_view domain, std::string text) {
    found({named(domain), DnsType::txt}).txt.push_back(std::move(text));
  }
  // The question gets no answer but trouble; `timed_out` after the deadline.
  void fail(const DnsQuestion& question, DnsTrouble why) {
    DnsAnswer answer;
    answer.trouble = why;
    put(question, answer,
        why == DnsTrouble::timed_out ? deadline : default_delay);
  }
  // All that is asked from now on fails so; `none` ends it.
  void fail_all(DnsTrouble why) { fail_all_ = why; }
  // What is vouched for.
  void authenticate(const DnsQuestion& question) {
    found(question).authenticated = true;
  }

  DnsTicket ask(const DnsQuestion& question, Answered answered) override {
    const DnsTicket ticket{++last_};
    asked_ += 1;
    const Entry entry = look_up(question);
    const TimerId timer = timers_.after(
        entry.delay,
        [this, ticket, answer = entry.answer, answered = std::move(answered)] {
          waiting_.erase(ticket);
          answered(answer);
        });
    waiting_.emplace(ticket, timer);
    return ticket;
  }
  void forget(DnsTicket ticket) override {
    const auto at = waiting_.find(ticket);
    if (at == waiting_.end()) return;
    timers_.cancel(at->second);
    waiting_.erase(at);
  }

  [[nodiscard]] std::size_t asked() const { return asked_; }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

  static constexpr std::chrono::milliseconds default_delay{1};
  static constexpr std::chrono::seconds deadline{15};

 private:
  struct Entry {
    DnsAnswer answer;
    Duration delay = default_delay;
  };

  static DnsName named(std::string_view text) {
    const auto name = DnsName::read(text);
    PK_CHECK(name.has_value());
    return *name;
  }

  DnsAnswer& found(const DnsQuestion& question) {
    DnsAnswer& answer = table_[question].answer;
    answer.verdict = DnsVerdict::found;
    answer.canonical = question.name;
    answer.ttl_seconds = 300;
    return answer;
  }

  Entry look_up(const DnsQuestion& question) const {
    Entry entry;
    entry.answer.canonical = question.name;
    if (fail_all_ != DnsTrouble::none) {
      entry.answer.trouble = fail_all_;
      if (fail_all_ == DnsTrouble::timed_out) entry.delay = deadline;
      return entry;
    }
    if (const auto at = table_.find(question); at != table_.end()) {
      return at->second;
    }
    // A name that has anything is there.
    const bool there = std::any_of(
        table_.begin(), table_.end(),
        [&](const auto& row) { return row.first.name == question.name; });
    entry.answer.verdict = there ? DnsVerdict::no_data : DnsVerdict::no_name;
    entry.answer.ttl_seconds = 60;
    return entry;
  }

  Timers& timers_;
  std::map<DnsQuestion, Entry> table_;
  std::map<DnsTicket, TimerId> waiting_;
  DnsTrouble fail_all_ = DnsTrouble::none;
  std::size_t asked_ = 0;
  std::uint64_t last_ = 0;
};

}  // namespace postkeep::sim
