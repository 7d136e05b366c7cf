#include "auth/throttle.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include "auth/account.h"

namespace postkeep::auth {
namespace {

// first_delay, doubled for each failure past the free ones.
Duration delay_of(std::uint32_t failures, const ThrottleLimits& limits,
                  Duration most) {
  if (failures <= limits.free_failures) return Duration::zero();
  const std::uint32_t doublings = failures - limits.free_failures - 1;
  // Thirty doublings of a second are a lifetime; no more need be counted.
  if (doublings >= 30) return most;
  return std::min(limits.first_delay * (std::int64_t{1} << doublings), most);
}

}  // namespace

Throttle::Throttle(const Clock& clock, ThrottleLimits limits)
    : clock_(clock), limits_(limits) {}

// One failure is forgotten for each `forget` that passed since the last.
std::uint32_t Throttle::failures(const Table& table,
                                 std::string_view key) const {
  const auto found = table.entries.find(key);
  if (found == table.entries.end()) return 0;
  const auto healed = (clock_.steady() - found->second.last) / limits_.forget;
  if (healed >= static_cast<std::int64_t>(found->second.failures)) return 0;
  return found->second.failures - static_cast<std::uint32_t>(healed);
}

Duration Throttle::delay(std::string_view address,
                         std::string_view account) const {
  return std::max(delay_of(failures(addresses_, network_of(address)), limits_,
                           limits_.delay_max),
                  delay_of(failures(accounts_, folded(account)), limits_,
                           limits_.account_delay_max));
}

void Throttle::forget(Table& table, std::string_view key) {
  const auto found = table.entries.find(key);
  if (found == table.entries.end()) return;
  table.by_age.erase(found->second.age);
  table.entries.erase(found);
}

void Throttle::count(Table& table, const std::string& key) {
  if (limits_.entries_max == 0) return;
  const std::uint32_t before = failures(table, key);
  forget(table, key);
  // Full: the one that has been quiet longest goes, who keeps trying stays.
  if (table.entries.size() >= limits_.entries_max)
    forget(table, std::string(table.by_age.front()));
  table.by_age.push_back(key);
  table.entries[key] = {std::min(before + 1, std::uint32_t{1000}),
                        clock_.steady(), std::prev(table.by_age.end())};
}

void Throttle::failed(std::string_view address, std::string_view account) {
  count(addresses_, network_of(address));
  // Who names nobody slows nobody but himself: else all who have not named
  // anybody yet would wait for one stranger's mistakes.
  if (!account.empty()) count(accounts_, folded(account));
}

void Throttle::succeeded(std::string_view, std::string_view account) {
  forget(accounts_, folded(account));
}

std::size_t Throttle::entries() const {
  return addresses_.entries.size() + accounts_.entries.size();
}

std::string network_of(std::string_view address) {
  constexpr std::string_view tag = "IPv6:";
  const bool is_tagged = address.starts_with(tag);
  const std::string text(is_tagged ? address.substr(tag.size()) : address);
  std::array<unsigned char, 16> octets{};
  if (inet_pton(AF_INET6, text.c_str(), octets.data()) != 1)
    return std::string(address);
  std::fill(octets.begin() + 8, octets.end(), 0);
  std::array<char, INET6_ADDRSTRLEN> room{};
  inet_ntop(AF_INET6, octets.data(), room.data(), room.size());
  return std::string(room.data()) + "/64";
}

}  // namespace postkeep::auth
