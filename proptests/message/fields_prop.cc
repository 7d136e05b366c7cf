// The laws of header fields and the texts in them on generated values.
#include <rapidcheck.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "message/header_laws.h"
#include "message/mime_laws.h"
#include "message/text_laws.h"

using namespace postkeep;
using namespace postkeep::message;

namespace {

rc::Gen<std::string> any_text() {
  return rc::gen::container<std::string>(rc::gen::arbitrary<char>());
}

rc::Gen<std::string> token() {
  return rc::gen::nonEmpty(rc::gen::container<std::string>(
      rc::gen::elementOf(std::string{"abcxyz019-_.+*'%"})));
}

// A quoted-string can hold these.
rc::Gen<std::string> value() {
  return rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '~'));
}

rc::Gen<ContentType> content_type() {
  const auto one = rc::gen::apply(
      [](std::string name, std::string text) {
        return Parameter{std::move(name), std::move(text)};
      },
      token(), value());
  return rc::gen::apply(
      [](std::string type, std::string subtype, std::vector<Parameter> list) {
        if (list.size() > parameters_max) list.resize(parameters_max);
        return ContentType{std::move(type), std::move(subtype),
                           std::move(list)};
      },
      token(), token(), rc::gen::container<std::vector<Parameter>>(one));
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("a written field is one field, whatever its value", [] {
    RC_ASSERT(law_written_field_is_one_field(*any_text()));
  });
  held &= rc::check("a header block ends where the grammar says", [] {
    const std::string text = *rc::gen::container<std::string>(
        rc::gen::elementOf(std::string{"A: \r\n"}));
    RC_ASSERT(law_header_agrees_with_grammar(octets(text)));
    RC_ASSERT(law_fields_are_pieces_of_the_block(octets(text)));
  });
  held &= rc::check("a written Content-Type is read back", [] {
    RC_ASSERT(law_written_content_type_is_read_back(*content_type()));
  });
  held &= rc::check("parameters are clean", [] {
    const std::string text = written_content_type(*content_type());
    RC_ASSERT(law_parameters_are_clean(octets(text)));
    RC_ASSERT(law_mime_readers_agree_with_grammar(octets(text)));
  });
  held &= rc::check("encoded words decode to the text", [] {
    RC_ASSERT(law_encoded_words_decode_to_the_text(*any_text()));
  });
  held &= rc::check("any charset gives UTF-8", [] {
    const std::string text = *any_text();
    RC_ASSERT(law_every_charset_gives_utf8(octets(text)));
    RC_ASSERT(law_replaced_text_is_utf8(octets(text)));
    RC_ASSERT(law_utf8_agrees_with_grammar(octets(text)));
  });
  held &= rc::check("decoders do not grow", [] {
    const std::string text = *any_text();
    RC_ASSERT(law_decoders_do_not_grow(octets(text)));
    RC_ASSERT(law_base64_decodes_to_the_octets(octets(text)));
  });
  return held ? 0 : 1;
}
