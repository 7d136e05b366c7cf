// The laws of auth/scram.h. Each returns true when it holds.
#pragma once

#include <algorithm>
#include <string>

#include "auth/scram.h"
#include "base/octets.h"
#include "crypto/base64.h"

namespace postkeep::auth {

// The oracles: bare rules of grammar/rfc5802_scram.rl and
// grammar/postkeep_records.rl.
bool reference_accepts_client_first(Octets whole);
bool reference_accepts_client_final(Octets whole);
bool reference_accepts_server_first(Octets whole);
bool reference_accepts_server_final(Octets whole);
bool reference_accepts_scram_record(Octets whole);

inline bool law_client_first_agrees_with_grammar(Octets message) {
  const auto read = read_client_first(message);
  if (message.size() > scram_message_octets_max)
    return !read && read.error() == ScramError::too_long;
  return read.has_value() == reference_accepts_client_first(message);
}

inline bool law_client_final_agrees_with_grammar(Octets message) {
  const auto read = read_client_final(message);
  if (message.size() > scram_message_octets_max)
    return !read && read.error() == ScramError::too_long;
  return read.has_value() == reference_accepts_client_final(message);
}

// As RFC 5802 section 5.1 quotes names.
inline std::string as_saslname(std::string_view name) {
  std::string text;
  for (const char c : name) {
    text += c == ',' ? "=2C" : c == '=' ? "=3D" : std::string(1, c);
  }
  return text;
}

// What was read, written again, is what was sent, extensions apart.
inline bool law_client_first_loses_nothing(Octets message) {
  const auto read = read_client_first(message);
  if (!read) return true;
  const std::string whole(message.begin(), message.end());
  std::string header =
      read->flag == BindingFlag::wanted
          ? "p=" + read->binding_name
          : (read->flag == BindingFlag::not_offered ? "y" : "n");
  header +=
      read->authzid.empty() ? ",," : ",a=" + as_saslname(read->authzid) + ",";
  const std::string bare = "n=" + as_saslname(read->user) + ",r=" + read->nonce;
  return read->gs2_header == header && read->bare.starts_with(bare) &&
         read->gs2_header + read->bare == whole;
}

inline bool law_client_final_loses_nothing(Octets message) {
  const auto read = read_client_final(message);
  if (!read) return true;
  const std::string whole(message.begin(), message.end());
  const std::string start =
      "c=" + crypto::write_base64(read->binding) + ",r=" + read->nonce;
  return read->without_proof.starts_with(start) &&
         read->without_proof + ",p=" + crypto::write_base64(read->proof) ==
             whole;
}

inline bool law_scram_record_agrees_with_grammar(Octets text) {
  const auto read =
      read_verifier({reinterpret_cast<const char*>(text.data()), text.size()});
  // Numbers and an empty salt are refused past the grammar; nothing is taken
  // outside it.
  return !read || reference_accepts_scram_record(text);
}

inline bool law_scram_record_is_read_again(const ScramVerifier& verifier) {
  const auto read = read_verifier(write(verifier));
  return read && read->salt == verifier.salt &&
         read->iterations == verifier.iterations &&
         crypto::equal_secrets(read->stored_key.octets(),
                               verifier.stored_key.octets()) &&
         crypto::equal_secrets(read->server_key.octets(),
                               verifier.server_key.octets());
}

}  // namespace postkeep::auth
