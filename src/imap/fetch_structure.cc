#include "imap/fetch_structure.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "message/mime.h"

namespace postkeep::imap {
namespace {

using message::Address;
using message::AddressKind;
using message::Parameter;
using message::Part;
using message::PartKind;

void write_nil_or(std::string& out, const std::string& text, Dialect dialect) {
  if (text.empty()) {
    out += "NIL";
  } else {
    write_string(out, text, dialect);
  }
}

// RFC 9051 section 7.5.2: a NIL host says that a group begins (its name is
// the mailbox) or ends. Every other address has both, be they empty.
void write_address(std::string& out, const Address& address, Dialect dialect) {
  switch (address.kind) {
    case AddressKind::group_start:
      out += "(NIL NIL ";
      write_string(out, address.display_name, dialect);
      out += " NIL)";
      return;
    case AddressKind::group_end: out += "(NIL NIL NIL NIL)"; return;
    case AddressKind::mailbox: break;
  }
  out += '(';
  write_nil_or(out, address.display_name, dialect);
  out += ' ';
  write_nil_or(out, address.route, dialect);
  out += ' ';
  write_string(out, address.local_part, dialect);
  out += ' ';
  write_string(out, address.domain, dialect);
  out += ')';
}

void write_addresses(std::string& out, const std::vector<Address>& addresses,
                     Dialect dialect) {
  if (addresses.empty()) {
    out += "NIL";
    return;
  }
  out += '(';
  for (const Address& address : addresses) {
    write_address(out, address, dialect);
  }
  out += ')';
}

bool is_piece_of(const Parameter& parameter, std::string_view base) {
  message::ParameterNameReader name;
  return name.read(parameter.name) && name.base() == base &&
         parameter.name != base;
}

// RFC 9051 section 7.5.2: pieces of RFC 2231 put together, "name*" for those
// that name a charset, in UTF-8. What can be read in several ways stays.
std::vector<Parameter> put_together(const std::vector<Parameter>& parameters) {
  std::vector<Parameter> result;
  std::vector<std::string> done;
  for (const Parameter& parameter : parameters) {
    message::ParameterNameReader name;
    if (!name.read(parameter.name) || parameter.name == name.base()) {
      result.push_back(parameter);
      continue;
    }
    const std::string base = name.base();
    if (std::ranges::find(done, base) != done.end()) continue;
    std::vector<Parameter> pieces;
    std::ranges::copy_if(
        parameters, std::back_inserter(pieces),
        [&](const Parameter& piece) { return is_piece_of(piece, base); });
    const bool has_charset = std::ranges::any_of(
        pieces,
        [](const Parameter& piece) { return piece.name.ends_with('*'); });
    const bool is_taken =
        !has_charset && std::ranges::find(parameters, base, &Parameter::name) !=
                            parameters.end();
    const message::ParameterValue whole = message::parameter(pieces, base);
    if (is_taken || !whole.found || whole.ambiguous) {
      result.insert(result.end(), pieces.begin(), pieces.end());
    } else {
      result.push_back({has_charset ? base + "*" : base, whole.text});
    }
    done.push_back(base);
  }
  return result;
}

// Writes one part and what is below it. The depth is part_depth_max.
class StructureWriter {
 public:
  StructureWriter(std::string& out, const message::Summary& summary,
                  bool extensible, Dialect dialect)
      : out_(out),
        summary_(summary),
        extensible_(extensible),
        dialect_(dialect) {}

  void write_part(std::uint32_t index) {
    const Part& part = summary_.structure.parts[index];
    out_ += '(';
    if (part.kind == PartKind::multipart) {
      write_multipart(part);
    } else {
      write_single(part);
    }
    out_ += ')';
  }

 private:
  void text(std::string_view text) { write_string(out_, text, dialect_); }
  void optional(const std::optional<std::string>& text) {
    write_nstring(out_, text, dialect_);
  }

  void write_multipart(const Part& part) {
    if (part.first_child == message::no_part) {
      // body-type-mpart has at least one body.
      out_ += "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 0 0";
      out_ += extensible_ ? " NIL NIL NIL NIL)" : ")";
    }
    for (std::uint32_t child = part.first_child; child != message::no_part;
         child = summary_.structure.parts[child].next_sibling) {
      write_part(child);
    }
    out_ += ' ';
    text(part.content_type.subtype);
    if (!extensible_) return;
    out_ += ' ';
    write_parameters(part.content_type.parameters);
    write_tail(part);
  }

  void write_single(const Part& part) {
    const bool is_message = part.kind == PartKind::message;
    const bool is_opaque = !is_message && is_shown_opaque(part);
    const bool is_text = !is_opaque && part.content_type.type == "text";
    if (is_opaque) {
      out_ += "\"application\" \"octet-stream\" NIL";
    } else {
      text(part.content_type.type);
      out_ += ' ';
      text(part.content_type.subtype);
      out_ += ' ';
      write_parameters(part.content_type.parameters);
    }
    out_ += ' ';
    optional(part.id);
    out_ += ' ';
    optional(part.description);
    out_ += ' ';
    text(part.encoding_name.empty() ? "7bit" : part.encoding_name);
    out_ += ' ';
    write_number(out_, part.body_end - part.body_begin);
    if (is_message) write_message(part);
    if (is_message || is_text) {
      out_ += ' ';
      write_number(out_, part.body_lines);
    }
    if (!extensible_) return;
    out_ += ' ';
    optional(part.md5);
    write_tail(part);
  }

  // A message in a message has its envelope and structure here; without them
  // it would have another syntax than its type promises.
  void write_message(const Part& part) {
    const message::Envelope* envelope =
        message::envelope_of(summary_, part.first_child);
    static const message::Envelope nothing;
    out_ += ' ';
    write_envelope(out_, envelope == nullptr ? nothing : *envelope, dialect_);
    out_ += ' ';
    write_part(part.first_child);
  }

  static bool is_shown_opaque(const Part& part) {
    constexpr std::uint16_t opaque =
        message::part_ambiguous_type | message::part_ambiguous_boundary |
        message::part_without_boundary | message::part_too_deep |
        message::part_too_many | message::part_encoded_composite;
    // The types whose syntax says that there is something below.
    const bool is_composite = part.content_type.type == "multipart" ||
                              (part.content_type.type == "message" &&
                               (part.content_type.subtype == "rfc822" ||
                                part.content_type.subtype == "global"));
    return (part.problems & opaque) != 0 || is_composite;
  }

  void write_parameters(const std::vector<Parameter>& as_written) {
    if (as_written.empty()) {
      out_ += "NIL";
      return;
    }
    // RFC 3501's clients put pieces together themselves.
    const auto parameters =
        dialect_ == Dialect::rev2 ? put_together(as_written) : as_written;
    out_ += '(';
    for (const Parameter& parameter : parameters) {
      if (out_.back() != '(') out_ += ' ';
      text(parameter.name);
      out_ += ' ';
      text(parameter.value);
    }
    out_ += ')';
  }

  // body-fld-dsp, body-fld-lang, body-fld-loc.
  void write_tail(const Part& part) {
    out_ += ' ';
    if (part.disposition) {
      out_ += '(';
      text(part.disposition->type);
      out_ += ' ';
      write_parameters(part.disposition->parameters);
      out_ += ')';
    } else {
      out_ += "NIL";
    }
    out_ += ' ';
    write_languages(part.languages);
    out_ += ' ';
    optional(part.location);
  }

  void write_languages(const std::vector<std::string>& languages) {
    if (languages.empty()) {
      out_ += "NIL";
    } else if (languages.size() == 1) {
      text(languages.front());
    } else {
      out_ += '(';
      for (const std::string& language : languages) {
        if (&language != &languages.front()) out_ += ' ';
        text(language);
      }
      out_ += ')';
    }
  }

  std::string& out_;
  const message::Summary& summary_;
  bool extensible_;
  Dialect dialect_;
};

}  // namespace

void write_envelope(std::string& out, const message::Envelope& envelope,
                    Dialect dialect) {
  out += '(';
  write_nstring(out, envelope.date, dialect);
  out += ' ';
  write_nstring(out, envelope.subject, dialect);
  for (const auto* addresses :
       {&envelope.from, &message::shown_sender(envelope),
        &message::shown_reply_to(envelope), &envelope.to, &envelope.cc,
        &envelope.bcc}) {
    out += ' ';
    write_addresses(out, *addresses, dialect);
  }
  out += ' ';
  write_nstring(out, envelope.in_reply_to, dialect);
  out += ' ';
  write_nstring(out, envelope.message_id, dialect);
  out += ')';
}

void write_structure(std::string& out, const message::Summary& summary,
                     bool extensible, Dialect dialect) {
  StructureWriter(out, summary, extensible, dialect).write_part(0);
}

}  // namespace postkeep::imap
