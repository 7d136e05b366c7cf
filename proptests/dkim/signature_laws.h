// The laws of dkim/signature.h, field.h and record.h. Said once, here; tried
// by tests/ and proptests/. Each law returns true when it holds.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "dkim/body_laws.h"
#include "dkim/field.h"
#include "dkim/record.h"
#include "dkim/signature.h"

namespace postkeep::dkim {

// The oracles: bare rules of grammar/rfc6376_dkim.rl, compiled without any
// action (proptests/dkim/signature_reference.rl).
bool reference_accepts_signature(Octets whole);
bool reference_accepts_key_record(Octets whole);

inline std::expected<Signature, SigningFault> sign_text(
    const SigningKey& key, SigningForms forms, std::string_view message) {
  const message::Header header = message::read_header(octets(message));
  BodyHash body(forms.body);
  body.read(octets(message).subspan(header.octets));
  return Signature::compose(key, forms, message, header, body.end(),
                            WallTime{std::chrono::seconds{1795339800}});
}

// Whatever the message, one field of the grammar is written, in lines of 78
// octets where a name lets them be; the same again for the same.
inline bool law_signature_is_one_field(const SigningKey& key,
                                       SigningForms forms,
                                       std::string_view message,
                                       Octets signed_octets) {
  const auto signature = sign_text(key, forms, message);
  if (!signature) return true;
  const std::string field = signature->field(signed_octets);
  if (!reference_accepts_signature(octets(field))) return false;
  const auto again = sign_text(key, forms, message);
  return again && again->hash() == signature->hash() &&
         again->field(signed_octets) == field;
}

// A field that is not signed, or that another server puts above the message,
// changes nothing; a second From does (RFC 6376 section 8.15).
inline bool law_second_from_is_seen(const SigningKey& key, SigningForms forms,
                                    const std::string& message) {
  const auto signature = sign_text(key, forms, message);
  if (!signature) return true;
  const message::Header header = message::read_header(octets(message));
  const std::vector<std::string> names = *fields_to_sign(header);
  const std::string before =
      hashed_fields(forms.header, message, header, names);
  const auto with = [&](const std::string& field) {
    const std::string longer = field + message;
    return hashed_fields(forms.header, longer,
                         message::read_header(octets(longer)), names);
  };
  return with("Received: from x by y; z\r\n") == before &&
         with("X-Spam: no\r\n") == before &&
         with("From: other@example.com\r\n") != before &&
         with("SUBJECT : other\r\n") != before;
}

// Unfolding, case of names and white space do not matter where it is relaxed.
inline bool law_relaxed_fields_are_for_good(std::string_view field) {
  const std::string once = canonical_field(Form::relaxed, field);
  return canonical_field(Form::relaxed, once) == once &&
         once.ends_with("\r\n") &&
         canonical_field(Form::simple, field) == field;
}

inline bool law_key_record_is_in_the_grammar(Algorithm algorithm,
                                             Octets public_key) {
  return reference_accepts_key_record(
      octets(key_record(algorithm, public_key)));
}

}  // namespace postkeep::dkim
