#include "smtp/line.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace postkeep::smtp {

std::expected<std::optional<Line>, LineError> LineReader::read(
    Octets& input, bool long_lines) {
  if (lost_) return std::unexpected(*lost_);
  if (complete_) start_line();
  long_lines_ = long_lines;

  // The machine is shown no octet past the limit.
  const std::size_t left = passed_over_octets_max - line_octets_;
  const std::size_t used = run(input.first(std::min(left, input.size())));
  input = input.subspan(used);

  if (!lost_ && !complete_ && line_octets_ == passed_over_octets_max) {
    lost_ = LineError::endless;
  }
  if (lost_) return std::unexpected(*lost_);
  if (!complete_) {
    PK_CHECK(input.empty());
    return std::nullopt;
  }
  if (line_octets_ > room()) {
    start_line();
    return std::unexpected(LineError::too_long);
  }
  return std::move(line_);
}

std::size_t LineReader::room() const {
  return long_lines_ || line_.verb == Verb::auth ? auth_line_octets_max
                                                 : command_line_octets_max;
}

void LineReader::line_octet(Octet octet) {
  line_octets_ += 1;
  if (line_octets_ <= room()) line_.text.push_back(static_cast<char>(octet));
}

void LineReader::verb_ehlo() { line_.verb = Verb::ehlo; }
void LineReader::verb_helo() { line_.verb = Verb::helo; }
void LineReader::verb_lhlo() { line_.verb = Verb::lhlo; }
void LineReader::verb_mail() { line_.verb = Verb::mail; }
void LineReader::verb_rcpt() { line_.verb = Verb::rcpt; }
void LineReader::verb_data() { line_.verb = Verb::data; }
void LineReader::verb_bdat() { line_.verb = Verb::bdat; }
void LineReader::verb_rset() { line_.verb = Verb::rset; }
void LineReader::verb_vrfy() { line_.verb = Verb::vrfy; }
void LineReader::verb_expn() { line_.verb = Verb::expn; }
void LineReader::verb_help() { line_.verb = Verb::help; }
void LineReader::verb_noop() { line_.verb = Verb::noop; }
void LineReader::verb_quit() { line_.verb = Verb::quit; }
void LineReader::verb_starttls() { line_.verb = Verb::starttls; }
void LineReader::verb_auth() { line_.verb = Verb::auth; }
void LineReader::verb_etrn() { line_.verb = Verb::etrn; }
void LineReader::verb_turn() { line_.verb = Verb::turn; }
void LineReader::verb_send() { line_.verb = Verb::send; }
void LineReader::verb_soml() { line_.verb = Verb::soml; }
void LineReader::verb_saml() { line_.verb = Verb::saml; }
void LineReader::verb_http() { line_.verb = Verb::http; }

void LineReader::line_end() { complete_ = true; }

void LineReader::refuse(Octet octet) {
  lost_ = octet == 0      ? LineError::nul
          : octet == '\n' ? LineError::bare_lf
                          : LineError::bare_cr;
}

std::string_view name(Verb verb) {
  switch (verb) {
    case Verb::unknown: return "unknown";
    case Verb::ehlo: return "ehlo";
    case Verb::helo: return "helo";
    case Verb::lhlo: return "lhlo";
    case Verb::mail: return "mail";
    case Verb::rcpt: return "rcpt";
    case Verb::data: return "data";
    case Verb::bdat: return "bdat";
    case Verb::rset: return "rset";
    case Verb::vrfy: return "vrfy";
    case Verb::expn: return "expn";
    case Verb::help: return "help";
    case Verb::noop: return "noop";
    case Verb::quit: return "quit";
    case Verb::starttls: return "starttls";
    case Verb::auth: return "auth";
    case Verb::etrn: return "etrn";
    case Verb::turn: return "turn";
    case Verb::send: return "send";
    case Verb::soml: return "soml";
    case Verb::saml: return "saml";
    case Verb::http: return "http";
  }
  check_failed("Verb holds one of its enumerators", __FILE__, __LINE__);
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

}  // namespace postkeep::smtp
