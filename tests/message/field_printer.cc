// Prints what the readers of src/message make of a value, as lines of JSON:
// tests/message/other_parsers_test.py compares them with what the test suites
// of other mail programs expect. Usage: field_printer KIND, values on stdin,
// each ended by NUL.
#include <iostream>
#include <iterator>
#include <string>

#include "message/address.h"
#include "message/charset.h"
#include "message/date_time.h"
#include "message/encoded_word.h"
#include "message/header.h"
#include "message/message_id.h"
#include "message/mime.h"
#include "message/received.h"
#include "message/structure.h"

using namespace postkeep;
using namespace postkeep::message;

namespace {

std::string json(const std::string& text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result = "\"";
  for (const char c : replace_bad_utf8(text)) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') result += '\\';
    if (octet >= ' ') {
      result += c;
    } else {
      result += "\\u00";
      result += digits[octet >> 4];
      result += digits[octet & 15];
    }
  }
  return result + '"';
}

std::string list(const std::vector<std::string>& texts) {
  std::string result;
  for (const std::string& text : texts) {
    result += (result.empty() ? "" : ",") + text;
  }
  return "[" + result + "]";
}

std::string addresses(const std::string& value) {
  std::vector<std::string> entries;
  for (const Address& it : recover_address_list(value)) {
    entries.push_back(list({std::to_string(static_cast<int>(it.kind)),
                            json(decode_encoded_words(it.display_name)),
                            json(it.local_part), json(it.domain)}));
  }
  return list(entries);
}

std::string date(const std::string& value) {
  const auto read = recover_date_time(value);
  return read ? list({std::to_string(read->seconds),
                      std::to_string(read->zone_minutes)})
              : json(std::string{name(read.error())});
}

std::string content_type(const std::string& value) {
  const auto read = read_content_type(value);
  if (!read) return json(std::string{name(read.error())});
  std::vector<std::string> parameters;
  for (const Parameter& it : read->parameters) {
    const ParameterNameReader unused;
    ParameterNameReader base;
    const std::string key = base.read(it.name) ? base.base() : it.name;
    parameters.push_back(
        list({json(key), json(parameter(read->parameters, key).text)}));
  }
  return list({json(read->type), json(read->subtype), list(parameters)});
}

std::string ids(const std::string& value) {
  const auto read = read_message_ids(value);
  if (!read) return json(std::string{name(read.error())});
  std::vector<std::string> texts;
  for (const std::string& id : *read) texts.push_back(json(id));
  return list(texts);
}

std::string received(const std::string& value) {
  const auto read = read_received(value);
  if (!read) return json(std::string{name(read.error())});
  return read->date_time ? std::to_string(read->date_time->seconds) : "null";
}

std::string parts(const std::string& value) {
  std::vector<std::string> texts;
  for (const Part& it : read_structure(octets(value)).parts) {
    const Octets body = body_of(octets(value), it);
    texts.push_back(
        list({std::to_string(
                  it.parent == no_part ? -1 : static_cast<int>(it.parent)),
              json(it.content_type.type + '/' + it.content_type.subtype),
              std::to_string(it.problems), std::to_string(body.size())}));
  }
  return list(texts);
}

std::string printed(const std::string& kind, const std::string& value) {
  if (kind == "address") return addresses(value);
  if (kind == "date") return date(value);
  if (kind == "content_type") return content_type(value);
  if (kind == "id") return ids(value);
  if (kind == "received") return received(value);
  if (kind == "unstructured") return json(decode_encoded_words(unfold(value)));
  return parts(value);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const std::string input{std::istreambuf_iterator<char>(std::cin), {}};
  std::size_t begin = 0;
  for (std::size_t end = 0;
       (end = input.find('\0', begin)) != std::string::npos; begin = end + 1) {
    std::cout << printed(arguments[1], input.substr(begin, end - begin))
              << '\n';
  }
  return 0;
}
