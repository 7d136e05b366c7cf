#include "dns/cache.h"

#include <algorithm>

namespace postkeep::dns {
namespace {

// Of the map's node, the list's and the two names, beside what is counted.
constexpr std::size_t entry_octets = 512;

}  // namespace

std::size_t octets_of(const DnsAnswer& answer) {
  std::size_t octets = entry_octets + answer.a.size() * sizeof(answer.a[0]) +
                       answer.aaaa.size() * sizeof(answer.aaaa[0]) +
                       answer.names.size() * sizeof(DnsName) +
                       answer.mx.size() * sizeof(DnsMx) +
                       answer.txt.size() * sizeof(std::string) +
                       answer.tlsa.size() * sizeof(DnsTlsa);
  for (const DnsMx& one : answer.mx) octets += one.exchange.text().size();
  for (const DnsName& one : answer.names) octets += one.text().size();
  for (const std::string& one : answer.txt) octets += one.size();
  for (const DnsTlsa& one : answer.tlsa) octets += one.data.size();
  return octets;
}

std::uint32_t Cache::seconds_kept(const DnsAnswer& answer) const {
  if (answer.ttl_seconds == 0) return 0;
  switch (answer.verdict) {
    case DnsVerdict::found:
      return std::min(std::max(answer.ttl_seconds, limits_.ttl_seconds_min),
                      limits_.ttl_seconds_max);
    case DnsVerdict::no_data:
    case DnsVerdict::no_name:
      return std::min(answer.ttl_seconds, limits_.denial_seconds_max);
    case DnsVerdict::trouble:
    case DnsVerdict::bogus: break;
  }
  return 0;
}

std::optional<DnsAnswer> Cache::find(const DnsQuestion& question) {
  const auto at = entries_.find(question);
  if (at == entries_.end()) return std::nullopt;
  const Entry& entry = at->second;
  const auto left =
      std::chrono::floor<std::chrono::seconds>(entry.until - clock_.steady());
  if (left.count() <= 0) {
    remove(at);
    return std::nullopt;
  }
  used_.splice(used_.begin(), used_, entry.place);
  DnsAnswer answer = entry.answer;
  answer.ttl_seconds = static_cast<std::uint32_t>(left.count());
  answer.from_cache = true;
  return answer;
}

void Cache::put(const DnsQuestion& question, const DnsAnswer& answer) {
  if (const auto before = entries_.find(question); before != entries_.end()) {
    remove(before);
  }
  const std::uint32_t seconds = seconds_kept(answer);
  const std::size_t octets = octets_of(answer);
  if (seconds == 0 || limits_.entries_max == 0 || octets > limits_.octets_max) {
    return;
  }
  make_room(limits_.entries_max - 1, limits_.octets_max - octets);
  Entry entry{
      answer, clock_.steady() + std::chrono::seconds(seconds), octets, {}};
  const auto at = entries_.emplace(question, std::move(entry)).first;
  used_.push_front(&at->first);
  at->second.place = used_.begin();
  octets_ += octets;
}

void Cache::remove(Entries::iterator entry) {
  octets_ -= entry->second.octets;
  used_.erase(entry->second.place);
  entries_.erase(entry);
}

// Forgets what was used longest ago, until no more than so much is left.
void Cache::make_room(std::size_t entries, std::size_t octets) {
  while (!used_.empty() && (entries_.size() > entries || octets_ > octets)) {
    remove(entries_.find(*used_.back()));
  }
}

void Cache::clear() {
  used_.clear();
  entries_.clear();
  octets_ = 0;
}

void Cache::use(CacheLimits limits) {
  limits_ = limits;
  make_room(limits_.entries_max, limits_.octets_max);
}

}  // namespace postkeep::dns
