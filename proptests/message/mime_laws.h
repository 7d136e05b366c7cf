// The laws of message/mime.h, message_id.h and received.h: readers of fields
// that have the same laws. Each returns true when it holds.
#pragma once

#include <string>

#include "message/address_laws.h"
#include "message/message_id.h"
#include "message/mime.h"
#include "message/received.h"
#include "message/reference.h"

namespace postkeep::message {

// Only a limit may refuse what the grammar accepts.
template <typename Result, typename Limit>
bool agrees(const Result& result, Limit limit, bool accepted) {
  if (!result && result.error() == limit) return accepted;
  return result.has_value() == accepted;
}

inline bool law_mime_readers_agree_with_grammar(Octets input) {
  const std::string_view text = as_text(input);
  constexpr auto limit = MimeError::too_many_parameters;
  return agrees(read_content_type(text), limit,
                reference_accepts_content_type(input)) &&
         agrees(read_disposition(text), limit,
                reference_accepts_disposition(input)) &&
         agrees(read_languages(text), limit, reference_accepts_tokens(input));
}

inline bool law_message_ids_agree_with_grammar(Octets input) {
  return agrees(read_message_ids(as_text(input)), MessageIdError::too_many,
                reference_accepts_message_ids(input));
}

// An identifier holds no white space and no line end.
inline bool law_message_ids_are_one_word(Octets input) {
  const auto ids = read_message_ids(as_text(input));
  if (!ids) return true;
  return std::ranges::all_of(
      *ids, [](const std::string& id) { return !has_line_end(id); });
}

inline bool law_received_agrees_with_grammar(Octets input) {
  const auto read = read_received(as_text(input));
  const bool outside = !read && read.error() == ReceivedError::outside_grammar;
  return outside != reference_accepts_received(input);
}

// Types and names are in lower case and without white space; a value has no
// line end; a looked-up value is UTF-8 whatever its charset.
inline bool law_parameters_are_clean(Octets input) {
  const auto type = read_content_type(as_text(input));
  if (!type) return true;
  for (const Parameter& it : type->parameters) {
    if (it.name.empty() || has_line_end(it.value)) return false;
    if (it.name.find_first_of(" \t()<>@,;:\\\"/[]?=") != std::string::npos) {
      return false;
    }
    const ParameterValue value = parameter(type->parameters, it.name);
    if (value.found && !reference_accepts_utf8(octets(value.text))) {
      return false;
    }
  }
  return type->parameters.size() <= parameters_max && !type->type.empty() &&
         !type->subtype.empty();
}

// The field that has this value.
inline std::string written_content_type(const ContentType& type) {
  std::string written = type.type + '/' + type.subtype;
  for (const Parameter& it : type.parameters) {
    written += "; " + it.name + "=\"";
    for (const char c : it.value) {
      if (c == '"' || c == '\\') written += '\\';
      written += c;
    }
    written += '"';
  }
  return written;
}

inline bool law_written_content_type_is_read_back(const ContentType& type) {
  const auto read = read_content_type(written_content_type(type));
  return read && *read == type;
}

}  // namespace postkeep::message
