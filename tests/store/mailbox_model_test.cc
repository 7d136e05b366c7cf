// proptests/store/mailbox_laws.h on sequences that were wrong once or are easy
// to get wrong, and: the comparison sees every difference.
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "store/mailbox_laws.h"

using namespace postkeep;
using namespace postkeep::store;

namespace {

constexpr std::uint32_t all = 0x3FFFFFFF;

// What stands in INBOX and "A" before a difference is made.
void begin(MailboxRun& run) {
  const std::vector<Step> steps{
      {.kind = StepKind::append_several, .system = 8, .keywords = 3, .how = 2},
      {.kind = StepKind::deliver},
      {.kind = StepKind::create, .folder = 1},
      {.kind = StepKind::copy, .other = 1, .which = 3},
      {.kind = StepKind::expunge, .which = 1},
  };
  for (const Step& step : steps) ASSERT_EQ(run.step(step), "");
}

TEST(MailboxModel, is_what_the_store_says) {
  const std::vector<std::vector<Step>> sequences{
      // A delivery to a folder that nobody has looked into since the start
      // does not make its modification sequences anew.
      {{.kind = StepKind::append}, {.kind = StepKind::restart_and_deliver}},
      {{.kind = StepKind::append},
       {.kind = StepKind::restart_and_deliver},
       {.kind = StepKind::restart_and_deliver},
       {.kind = StepKind::expunge, .which = 2},
       {.kind = StepKind::restart}},
      {{.kind = StepKind::restart_and_deliver}, {.kind = StepKind::kill}},
      // What was expunged after the index was written, and then a crash.
      {{.kind = StepKind::append_several},
       {.kind = StepKind::restart},
       {.kind = StepKind::append},
       {.kind = StepKind::expunge, .which = all},
       {.kind = StepKind::kill}},
      {{.kind = StepKind::append_several},
       {.kind = StepKind::create, .folder = 1},
       {.kind = StepKind::move, .other = 1, .which = all},
       {.kind = StepKind::rename, .folder = 1, .other = 4},
       {.kind = StepKind::rename, .folder = 0, .other = 1},
       {.kind = StepKind::restart_without_index}},
  };
  for (const auto& sequence : sequences) {
    for (const bool coarse : {false, true}) {
      MailboxRun run(coarse);
      for (const Step& step : sequence) {
        ASSERT_EQ(run.step(step), "")
            << "step " << &step - sequence.data() << " of sequence "
            << &sequence - sequences.data();
      }
    }
  }
}

TEST(MailboxModel, differences_of_every_kind_are_seen) {
  using Change = std::function<void(MailboxModel&)>;
  const auto inbox = [](MailboxModel& model) -> ModelFolder& {
    return model.folders.at("INBOX");
  };
  const auto second = [&](MailboxModel& model) -> ModelMessage& {
    return inbox(model).messages.at(2);
  };
  const std::vector<std::pair<std::string, Change>> changes{
      {"text", [&](auto& model) { second(model).text.back() = 'y'; }},
      {"octets", [&](auto& model) { second(model).text += 'x'; }},
      {"date", [&](auto& model) { second(model).date = 7; }},
      {"flags", [&](auto& model) { second(model).system ^= flag_draft; }},
      {"keywords", [&](auto& model) { second(model).keywords.clear(); }},
      {"MODSEQ", [&](auto& model) { second(model).modification -= 1; }},
      {"MODSEQ", [&](auto& model) { second(model).modification = 0; }},
      {"recent", [&](auto& model) { second(model).recent = true; }},
      {"messages", [&](auto& model) { inbox(model).messages.erase(2); }},
      {"is not there",
       [&](auto& model) {
         auto node = inbox(model).messages.extract(2);
         node.key() = 1;
         inbox(model).messages.insert(std::move(node));
       }},
      {"UIDNEXT", [&](auto& model) { inbox(model).uid_next += 1; }},
      {"UIDVALIDITY", [&](auto& model) { inbox(model).uid_validity += 1; }},
      {"HIGHESTMODSEQ", [&](auto& model) { inbox(model).highest -= 1; }},
      {"HIGHESTMODSEQ", [&](auto& model) { inbox(model).has_changed = true; }},
      {"history", [&](auto& model) { inbox(model).expunged.clear(); }},
      {"history", [&](auto& model) { inbox(model).expunged[1] += 9; }},
      {"list", [&](auto& model) { model.folders.erase("A"); }},
      {"list", [&](auto& model) { model.subscribed.insert("A"); }},
      {"arrivals", [&](auto& model) { inbox(model).arrived.push_back(2); }},
      {"changes", [&](auto& model) { inbox(model).changed.push_back(2); }},
      {"expunges", [&](auto& model) { inbox(model).gone.push_back(2); }},
  };
  for (const auto& [what, change] : changes) {
    MailboxRun run(false);
    begin(run);
    run.model.begin_step();
    ASSERT_EQ(run.compare(), "");
    change(run.model);
    EXPECT_NE(run.compare().find(what), std::string::npos)
        << what << ": " << run.compare();
  }
}

// Every kind of step on every pair of folders, one after the other: each kind
// is reached, whatever chance does.
TEST(MailboxModel, every_step_in_every_folder) {
  for (std::uint32_t kind = 0; kind < step_kinds; ++kind) {
    MailboxRun run(kind % 2 == 0);
    begin(run);
    for (std::uint8_t folder = 0; folder < model_mailboxes.size(); ++folder) {
      for (std::uint8_t other = 0; other < model_mailboxes.size(); ++other) {
        const Step step{.kind = static_cast<StepKind>(kind),
                        .folder = folder,
                        .other = other,
                        .which = 5U + folder + (1U << 31),
                        .system = static_cast<std::uint8_t>(other * 5),
                        .keywords = folder,
                        .how = static_cast<std::uint8_t>(folder * other * 9)};
        ASSERT_EQ(run.step(step), "")
            << kind << ' ' << int{folder} << ' ' << int{other};
      }
    }
  }
}

}  // namespace
