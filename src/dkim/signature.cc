#include "dkim/signature.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "crypto/base64.h"
#include "dkim/field.h"
#include "dkim/name.h"

namespace postkeep::dkim {
namespace {

constexpr std::size_t domain_octets_max = 253;  // RFC 1035 section 2.3.4.
constexpr std::size_t label_octets_max = 63;
// A line of the field, before it is folded (RFC 5322 section 2.1.1: 78).
constexpr std::size_t line_octets_wanted = 72;

bool has_lengths_of_dns(std::string_view text) {
  if (text.size() > domain_octets_max) return false;
  while (!text.empty()) {
    const std::size_t label = std::min(text.find('.'), text.size());
    if (label > label_octets_max) return false;
    text.remove_prefix(std::min(label + 1, text.size()));
  }
  return true;
}

// h=, folded behind colons, where section 3.5 lets white space stand.
std::string names_tag(const std::vector<std::string>& names) {
  std::string tag = "h=";
  std::size_t line = tag.size();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::size_t more = names[i].size() + 1;
    if (i > 0) {
      tag += ':';
      if (line + more > line_octets_wanted) {
        tag += "\r\n\t";
        line = 0;
      }
    }
    tag += names[i];
    line += more;
  }
  return tag;
}

}  // namespace

std::string_view name(Algorithm algorithm) {
  return algorithm == Algorithm::rsa_sha256 ? "rsa-sha256" : "ed25519-sha256";
}

std::string_view name(SigningFault fault) {
  switch (fault) {
    case SigningFault::bad_name: return "bad_name";
    case SigningFault::no_author: return "no_author";
    case SigningFault::bad_header: break;
  }
  return "bad_header";
}

bool is_domain_name(std::string_view text) {
  return is_in_domain_grammar(octets(text)) && has_lengths_of_dns(text);
}

bool is_selector(std::string_view text) {
  return is_in_selector_grammar(octets(text)) && has_lengths_of_dns(text);
}

std::expected<Signature, SigningFault> Signature::compose(
    const SigningKey& key, SigningForms forms, std::string_view message,
    const message::Header& header, const crypto::Sha256& body_hash,
    WallTime now) {
  if (!is_domain_name(key.domain) || !is_selector(key.selector)) {
    return std::unexpected(SigningFault::bad_name);
  }
  constexpr std::uint8_t unreadable =
      message::header_too_many_fields | message::header_too_long |
      message::header_line_outside_grammar | message::header_bare_line_end |
      message::header_has_nul;
  if ((header.problems & unreadable) != 0) {
    return std::unexpected(SigningFault::bad_header);
  }
  if (message::find(header, "From") == nullptr) {
    return std::unexpected(SigningFault::no_author);
  }
  const auto signed_names = fields_to_sign(header);
  if (!signed_names) return std::unexpected(SigningFault::bad_header);
  const std::vector<std::string>& names = *signed_names;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  Signature signature;
  std::string& field = signature.unsigned_field_;
  field = "DKIM-Signature: v=1; a=";
  field += name(key.algorithm);
  field += "; c=";
  field += name(forms.header);
  field += '/';
  field += name(forms.body);
  field += ";\r\n\td=" + key.domain + ";\r\n\ts=" + key.selector + "; t=" +
           std::to_string(
               std::max<std::int64_t>(seconds.time_since_epoch().count(), 0)) +
           ";\r\n\t" + names_tag(names) +
           ";\r\n\tbh=" + crypto::write_base64(body_hash) + ";\r\n\tb=";
  // Section 3.7: the field itself comes last, with an empty b=, without CRLF.
  const std::string hashed =
      hashed_fields(forms.header, message, header, names);
  std::string own = canonical_field(forms.header, field + "\r\n");
  own.resize(own.size() - 2);
  signature.hash_ = crypto::sha256(octets(hashed + own));
  return signature;
}

std::string Signature::field(Octets signature) const {
  std::string text = unsigned_field_;
  const std::string base64 = crypto::write_base64(signature);
  for (std::size_t at = 0; at < base64.size(); at += line_octets_wanted) {
    if (at > 0) text += "\r\n\t";
    text += base64.substr(at, line_octets_wanted);
  }
  return text + "\r\n";
}

}  // namespace postkeep::dkim
