// The law of store/mailbox.h on random sequences of steps.
#include <rapidcheck.h>

#include <vector>

#include "store/mailbox_laws.h"

using namespace postkeep;
using namespace postkeep::store;

namespace {

// Half of everything happens in INBOX, so that something comes together there.
rc::Gen<std::uint8_t> mailbox() {
  return rc::gen::weightedOneOf<std::uint8_t>(
      {{2, rc::gen::just<std::uint8_t>(0)},
       {3, rc::gen::inRange<std::uint8_t>(0, model_mailboxes.size())}});
}

rc::Gen<StepKind> kind() {
  const auto any = rc::gen::map(
      rc::gen::inRange<std::uint8_t>(0, step_kinds),
      [](std::uint8_t number) { return static_cast<StepKind>(number); });
  return rc::gen::weightedOneOf<StepKind>(
      {{3, any},
       {1, rc::gen::element(StepKind::append, StepKind::deliver,
                            StepKind::append_several, StepKind::create)}});
}

rc::Gen<Step> step() {
  return rc::gen::build<Step>(
      rc::gen::set(&Step::kind, kind()), rc::gen::set(&Step::folder, mailbox()),
      rc::gen::set(&Step::other, mailbox()),
      rc::gen::set(&Step::which, rc::gen::arbitrary<std::uint32_t>()),
      rc::gen::set(&Step::system, rc::gen::inRange<std::uint8_t>(0, 32)),
      rc::gen::set(&Step::keywords, rc::gen::inRange<std::uint8_t>(0, 16)),
      rc::gen::set(&Step::how, rc::gen::arbitrary<std::uint8_t>()));
}

void run(const std::vector<Step>& steps, bool coarse) {
  MailboxRun both(coarse);
  RC_ASSERT(both.compare() == "");
  for (const Step& one : steps) RC_ASSERT(both.step(one) == "");
  RC_ASSERT(both.step({.kind = StepKind::restart}) == "");
  RC_ASSERT(both.world.log.errors == 0U);
}

}  // namespace

int main() {
  bool held = true;
  const auto steps = rc::gen::container<std::vector<Step>>(step());
  held &= rc::check("a store says what the model says",
                    [&] { run(*steps, false); });
  held &= rc::check("the same where times are of whole seconds",
                    [&] { run(*steps, true); });
  return held ? 0 : 1;
}
