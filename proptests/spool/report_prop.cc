#include <rapidcheck.h>

#include <set>

#include "spool/report_laws.h"

using namespace postkeep;
using namespace postkeep::spool;

int main() {
  bool held = true;
  held &= rc::check(
      "a report is read back as it was",
      [](const std::vector<Octet>& entry, const std::vector<Octet>& message) {
        const auto few =
            *rc::gen::nonEmpty(rc::gen::container<std::set<std::uint32_t>>(
                rc::gen::inRange<std::uint32_t>(0, entry_recipients_max)));
        const Report report{
            *rc::gen::inRange<Sequence>(1, sequence_max),
            *rc::gen::element(ReportKind::done, ReportKind::delayed),
            {few.begin(), few.end()}};
        RC_ASSERT(law_report_is_read_back(report, entry, message));
      });
  held &=
      rc::check("a deferral is read back, whatever a host said",
                [](Sequence id, std::uint32_t recipient, std::uint32_t attempts,
                   std::int64_t due, const std::string& status,
                   const std::string& host, const std::string& text) {
                  RC_ASSERT(law_deferral_is_read_back({id,
                                                       recipient,
                                                       attempts,
                                                       WallTime{Duration{due}},
                                                       {status, host, text}}));
                });
  held &= rc::check("marks go along with a copy", [] {
    const auto done = *rc::gen::nonEmpty(
        rc::gen::container<std::vector<bool>>(rc::gen::arbitrary<bool>()));
    RC_ASSERT(law_marked_message_is_read_back(
        *rc::gen::inRange<Sequence>(1, sequence_max),
        *rc::gen::inRange<std::uint8_t>(0, marks_all + 1), done));
  });
  held &= rc::check("one octet changed is another value or none",
                    [](const std::vector<Octet>& any) {
                      RC_ASSERT(law_report_has_one_form(any));
                      RC_ASSERT(law_deferral_has_one_form(any));
                      RC_ASSERT(law_marks_have_one_form(any));
                    });
  return held ? 0 : 1;
}
