// What src/message reads in texts from outside, as one line of JSON each, for
// the programs of this folder, which compare it with what others read there.
//
//   stdin: any number of "KIND OCTETS\n" and, after each, that many octets.
//   KIND:  message, addresses, type, date, ids, received or text.
//
// Octets stand in JSON as the characters U+0000 to U+00FF.
#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>

#include "message/address.h"
#include "message/date_time.h"
#include "message/decode.h"
#include "message/encoded_word.h"
#include "message/header.h"
#include "message/message_id.h"
#include "message/mime.h"
#include "message/received.h"
#include "message/structure.h"

using namespace postkeep;
using namespace postkeep::message;

namespace {

std::string quoted(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    char escape[8];
    std::snprintf(escape, sizeof escape, "\\u%04x",
                  static_cast<unsigned>(static_cast<unsigned char>(c)));
    const bool plain = c >= ' ' && c <= '~' && c != '"' && c != '\\';
    json += plain ? std::string(1, c) : escape;
  }
  return json + '"';
}

template <typename List, typename Write>
std::string list_of(const List& list, Write write) {
  std::string json = "[";
  for (const auto& one : list) {
    if (json.size() > 1) json += ", ";
    json += write(one);
  }
  return json + "]";
}

std::string pair(const Parameter& one) {
  return "[" + quoted(one.name) + ", " + quoted(one.value) + "]";
}

// The value of a parameter, null if there is none or no one value.
std::string value_of(const std::vector<Parameter>& parameters,
                     std::string_view name) {
  const ParameterValue value = parameter(parameters, name);
  return value.found && !value.ambiguous ? quoted(value.text) : "null";
}

std::string part_of(Octets message, const Structure& structure,
                    const Part& part) {
  int depth = 0;
  for (auto at = part.parent; at != no_part; at = structure.parts[at].parent) {
    ++depth;
  }
  const auto& parameters = part.content_type.parameters;
  std::string json = "{\"depth\": " + std::to_string(depth);
  const auto number = [&](const char* name, std::size_t value) {
    json += ", \"" + std::string{name} + "\": " + std::to_string(value);
  };
  number("kind", static_cast<std::size_t>(part.kind));
  number("problems", part.problems);
  number("header", part.header_begin);
  number("begin", part.body_begin);
  number("end", part.body_end);
  number("decoded",
         part.kind == PartKind::leaf
             ? decode_body(body_of(message, part), part.encoding).size()
             : 0);
  json += ", \"type\": " +
          quoted(part.content_type.type + '/' + part.content_type.subtype) +
          ", \"boundary\": " + value_of(parameters, "boundary") +
          ", \"charset\": " + value_of(parameters, "charset") +
          ", \"name\": " + value_of(parameters, "name") +
          ", \"encoding\": " + quoted(part.encoding_name) +
          ", \"disposition\": ";
  json += part.disposition ? quoted(part.disposition->type) : "null";
  json += ", \"filename\": ";
  json += part.disposition ? value_of(part.disposition->parameters, "filename")
                           : "null";
  const Header header = read_header(header_of(message, part));
  number("header_problems", header.problems);
  json += ", \"fields\": " + list_of(header.fields, [](const Field& field) {
            return "[" + quoted(field.name) + ", " + quoted(field.value) + "]";
          });
  return json + "}";
}

std::string address(const Address& one) {
  if (one.kind == AddressKind::group_end) return "\"end of group\"";
  const std::string name = quoted(decode_encoded_words(one.display_name));
  if (one.kind == AddressKind::group_start) return "{\"group\": " + name + "}";
  return "{\"name\": " + name + ", \"local\": " + quoted(one.local_part) +
         ", \"domain\": " + quoted(one.domain) + "}";
}

// The value of a field, as it is when it stands in a message.
std::string stored(std::string_view text) {
  const std::string field = "X:" + std::string{text};
  const Header header = read_header(octets(field));
  return header.fields.empty() ? "" : unfold(header.fields.front().value);
}

std::string parts(std::string_view text) {
  const Octets message = octets(text);
  const Structure structure = read_structure(message);
  return list_of(structure.parts, [&](const Part& part) {
    return part_of(message, structure, part);
  });
}

std::string answer(std::string_view kind, std::string_view text) {
  if (kind == "addresses") {
    return list_of(recover_address_list(text), address);
  }
  if (kind == "type") {
    const auto type = read_content_type(text);
    if (!type) return "null";
    return "{\"type\": " + quoted(type->type + '/' + type->subtype) +
           ", \"parameters\": " +
           list_of(type->parameters,
                   [&](auto& one) {
                     const std::string base =
                         one.name.substr(0, one.name.find('*'));
                     return "[" + quoted(base) + ", " +
                            quoted(parameter(type->parameters, base).text) +
                            "]";
                   }) +
           ", \"raw\": " + list_of(type->parameters, pair) + "}";
  }
  if (kind == "date") {
    const auto date = recover_date_time(text);
    return date ? quoted(write(*date)) : "null";
  }
  const auto as_is = [](const std::string& one) { return quoted(one); };
  if (kind == "ids") {
    const auto ids = read_message_ids(text);
    return ids ? list_of(*ids, as_is) : "null";
  }
  if (kind == "received") {
    const auto received = read_received(text);
    if (!received) return "null";
    return "{\"tokens\": " + list_of(received->tokens, as_is) + ", \"date\": " +
           (received->date_time ? quoted(write(*received->date_time))
                                : std::string{"null"}) +
           "}";
  }
  if (kind == "text") return quoted(decode_encoded_words(text));
  return "\"no such kind\"";
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  std::string kind;
  std::size_t size = 0;
  while (std::cin >> kind >> size && std::cin.get() == '\n') {
    std::string text(size, '\0');
    if (!std::cin.read(text.data(), static_cast<std::streamsize>(size))) {
      return 1;
    }
    std::cout << (kind == "message" ? parts(text) : answer(kind, stored(text)))
              << '\n'
              << std::flush;
  }
  return 0;
}
