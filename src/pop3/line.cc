#include "pop3/line.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace postkeep::pop3 {
namespace {

constexpr std::size_t line_end_octets = 2;  // CRLF.

}  // namespace

std::expected<std::optional<std::string>, LineError> LineReader::read(
    Octets& input, std::size_t octets_max) {
  if (lost_) return std::unexpected(*lost_);
  if (complete_) start_line();
  octets_max_ = octets_max;

  // The machine is shown no octet past the limit.
  const std::size_t left = passed_over_octets_max - octets_;
  const std::size_t used = run(input.first(std::min(left, input.size())));
  octets_ += used;
  input = input.subspan(used);

  if (!lost_ && !complete_ && octets_ == passed_over_octets_max) {
    lost_ = LineError::endless;
  }
  if (lost_) return std::unexpected(*lost_);
  if (!complete_) {
    PK_CHECK(input.empty());
    return std::nullopt;
  }
  if (octets_ > octets_max_) return std::unexpected(LineError::too_long);
  return std::move(text_);
}

void LineReader::line_octet(Octet octet) {
  if (text_.size() + line_end_octets < octets_max_) {
    text_.push_back(static_cast<char>(octet));
  }
}

void LineReader::line_end() { complete_ = true; }

void LineReader::refuse(Octet octet) {
  lost_ = octet == 0      ? LineError::nul
          : octet == '\n' ? LineError::bare_lf
                          : LineError::bare_cr;
}

std::string_view name(LineError error) {
  switch (error) {
    case LineError::too_long: return "too_long";
    case LineError::endless: return "endless";
    case LineError::bare_cr: return "bare_cr";
    case LineError::bare_lf: return "bare_lf";
    case LineError::nul: return "nul";
  }
  check_failed("LineError holds one of its enumerators", __FILE__, __LINE__);
}

}  // namespace postkeep::pop3
