// The laws of submission/mending.h on messages made of fields that matter.
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "submission/mending_laws.h"

using namespace postkeep;
using namespace postkeep::submission;

namespace {

rc::Gen<std::string> field() {
  using Texts = std::vector<std::string>;
  const auto names = rc::gen::elementOf(
      Texts{"Date", "Message-ID", "message-id", "Sender", "Bcc", "bCC",
            "Resent-Bcc", "Return-Path", "User-Agent", "X-Mailer", "Subject",
            "To", "X-Originating-IP", "Received", "Content-Type"});
  const auto values = rc::gen::elementOf(
      Texts{"", " ann@example.org", " <a@b.example>",
            " Sun, 22 Nov 2026 09:00:00 +0000", " x y z", " a@x.example,\r\n b",
            "\t<1@x>\r\n\t(comment)", " Ann <ann@example.org>, b@x.example",
            " a\r\n  folded\r\n value", " 31 Feb 2026 25:00 +0000"});
  return rc::gen::apply(
      [](const std::string& name, const std::string& value) {
        return name + ':' + value + "\r\n";
      },
      names, values);
}

rc::Gen<std::string> sent_message() {
  const auto from = rc::gen::elementOf(std::vector<std::string>{
      "From: ann@example.org\r\n", "From: Ann <ann@example.org>\r\n",
      "From: ann@example.org, bob@example.org\r\n", "from : a@b.example\r\n",
      "From: x:a@b.example, c@d.example;\r\n", "From: Ann\r\n", "",
      "From: <>\r\n"});
  const auto end = rc::gen::elementOf(std::vector<std::string>{
      "", "\r\n", "\r\nbody\r\n", "\r\n\r\nBcc: body@x.example\r\n",
      "no field\r\n", "\n", "\r\nx"});
  return rc::gen::apply(
      [](const std::vector<std::string>& before, const std::string& author,
         const std::vector<std::string>& after, const std::string& rest) {
        std::string text;
        for (const std::string& one : before) text += one;
        text += author;
        for (const std::string& one : after) text += one;
        return text + rest;
      },
      rc::gen::container<std::vector<std::string>>(field()), from,
      rc::gen::container<std::vector<std::string>>(field()), end);
}

// The same with one octet replaced.
rc::Gen<std::string> near_message() {
  return rc::gen::apply(
      [](std::string text, std::size_t at, char octet) {
        if (!text.empty()) text[at % text.size()] = octet;
        return text;
      },
      sent_message(), rc::gen::arbitrary<std::size_t>(),
      rc::gen::elementOf(std::string(":\r\n \t\0<>@a\xff", 11)));
}

}  // namespace

int main() {
  bool held = true;
  held &=
      rc::check("mended once is mended for good, and nothing else changes", [] {
        const std::string text = *sent_message();
        RC_ASSERT(all_laws_of_mending(octets(text)));
      });
  held &= rc::check("the same with octets that are wrong", [] {
    const std::string text = *near_message();
    RC_ASSERT(all_laws_of_mending(octets(text)));
  });
  return held ? 0 : 1;
}
