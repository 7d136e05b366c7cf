#include <seccomp.h>
#include <sys/resource.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "sandbox/enter.h"
#include "sandbox/words.h"

namespace postkeep::sandbox {
namespace {

constexpr std::size_t conditions_max = 6;
// libseccomp: a binary tree over the numbers instead of a chain.
constexpr std::uint32_t as_binary_tree = 2;

struct Release {
  void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, Release>;

std::unexpected<std::string> failed(std::string_view what, int error) {
  return std::unexpected(std::string(what) + ": " + std::strerror(-error));
}

std::expected<void, std::string> add(const Filter& filter, std::uint32_t action,
                                     const std::vector<Rule>& rules) {
  for (const Rule& rule : rules) {
    std::array<scmp_arg_cmp, conditions_max> conditions{};
    std::size_t count = 0;
    for (const Condition& condition : rule.conditions) {
      scmp_arg_cmp& next = conditions[count++];
      next.arg = condition.argument;
      next.op = SCMP_CMP_MASKED_EQ;
      next.datum_a = condition.mask;
      next.datum_b = condition.value;
    }
    const auto number = call_number(rule.call);
    // A call that this machine does not have needs no rule.
    if (!number) continue;
    const int error =
        seccomp_rule_add_array(filter.get(), action, *number,
                               static_cast<unsigned>(count), conditions.data());
    if (error != 0) return failed("rule of " + rule.call, error);
  }
  return {};
}

std::expected<void, std::string> load(const Filter& filter) {
  int error = seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
  if (error == 0) {
    error = seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH,
                             SCMP_ACT_KILL_PROCESS);
  }
  if (error == 0) {
    error = seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE,
                             as_binary_tree);
  }
  if (error == 0) error = seccomp_load(filter.get());
  if (error != 0) return failed("loading the filter", error);
  return {};
}

}  // namespace

std::expected<std::vector<Claim>, std::string> close_door(
    const Policy& policy) {
  if (policy.limits.processes && !policy.instrumented) {
    const rlimit none{*policy.limits.processes, *policy.limits.processes};
    if (setrlimit(RLIMIT_NPROC, &none) != 0) return failed("limits", -errno);
  }
  // Two filters, of which the stricter answer counts: the first ends the
  // process, the second refuses what is not allowed.
  const Filter deadly(seccomp_init(SCMP_ACT_ALLOW));
  const Filter allowing(seccomp_init(SCMP_ACT_ERRNO(ENOSYS)));
  if (deadly == nullptr || allowing == nullptr) {
    return std::unexpected("no memory for the filter");
  }
  auto done = add(deadly, SCMP_ACT_KILL_PROCESS, policy.kill);
  if (done) done = add(allowing, SCMP_ACT_ALLOW, policy.allow);
  if (done) done = load(deadly);
  if (done) done = load(allowing);
  if (!done) return std::unexpected(done.error());
  return std::vector<Claim>{{"seccomp", "held"}};
}

}  // namespace postkeep::sandbox
