#include "message/header.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace postkeep::message {
namespace {

bool is_wsp(char c) { return c == ' ' || c == '\t'; }

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view text(Octets octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

// One line of `rest`, line end included.
std::string_view first_line(std::string_view rest) {
  const std::size_t end = rest.find('\n');
  return end == std::string_view::npos ? rest : rest.substr(0, end + 1);
}

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n'))
    line.remove_suffix(1);
  else
    return line;
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::uint8_t problems_of(std::string_view line) {
  const std::string_view content = without_line_end(line);
  std::uint8_t problems = 0;
  if (content.size() > line_octets_max) problems |= header_line_too_long;
  if (content.contains('\r') || !line.ends_with("\r\n")) {
    problems |= header_bare_line_end;
  }
  if (content.contains('\0')) problems |= header_has_nul;
  return problems;
}

// Collects the fields of one block, line by line.
class HeaderBlock {
 public:
  void field(std::string_view line, std::size_t offset) {
    end_field();
    FieldStart start;
    open_ = start.read(line);
    if (!open_) {
      header_.problems |= header_line_outside_grammar;
      return;
    }
    field_ = {.name = line.substr(0, start.name_octets()),
              .value = line.substr(start.octets()),
              .offset = offset,
              .octets = line.size()};
  }

  // The lines of a field lie side by side, so that its views only grow.
  void continuation(std::string_view line) {
    if (!open_) {
      header_.problems |= header_line_outside_grammar;
      return;
    }
    field_.value = {field_.value.data(), field_.value.size() + line.size()};
    field_.octets += line.size();
  }

  void end_field() {
    if (!open_) return;
    open_ = false;
    if (header_.fields.size() == header_fields_max) {
      header_.problems |= header_too_many_fields;
    } else if (field_.offset + field_.octets > header_octets_max) {
      header_.problems |= header_too_long;
    } else {
      field_.value = without_line_end(field_.value);
      header_.fields.push_back(field_);
    }
  }

  void add_problems(std::uint8_t problems) { header_.problems |= problems; }

  Header end(std::size_t octets) {
    end_field();
    header_.octets = octets;
    if (octets > header_octets_max) header_.problems |= header_too_long;
    return std::move(header_);
  }

 private:
  Header header_;
  Field field_;
  bool open_ = false;
};

}  // namespace

bool FieldStart::read(std::string_view line) {
  name_octets_ = octets_ = 0;
  return run(postkeep::octets(line));
}

void FieldStart::name_octet() {
  ++name_octets_;
  ++octets_;
}

void FieldStart::space_octet() { ++octets_; }

void FieldStart::colon() { ++octets_; }

Header read_header(Octets message) {
  HeaderBlock block;
  const std::string_view whole = text(message);
  std::size_t at = 0;
  while (at < whole.size()) {
    const std::string_view line = first_line(whole.substr(at));
    const std::size_t offset = at;
    at += line.size();
    block.add_problems(problems_of(line));
    if (without_line_end(line).empty()) return block.end(at);
    if (is_wsp(line.front()))
      block.continuation(line);
    else
      block.field(line, offset);
  }
  block.add_problems(header_without_end);
  return block.end(at);
}

const Field* find(const Header& header, std::string_view name) {
  const auto found = std::ranges::find_if(header.fields, [&](const Field& f) {
    return same_without_case(f.name, name);
  });
  return found == header.fields.end() ? nullptr : &*found;
}

std::size_t count(const Header& header, std::string_view name) {
  const auto named = [&](const Field& f) {
    return same_without_case(f.name, name);
  };
  return static_cast<std::size_t>(std::ranges::count_if(header.fields, named));
}

bool same_without_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string in_lower_case(std::string_view text) {
  std::string result{text};
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

std::string unfold(std::string_view value) {
  std::string unfolded;
  unfolded.reserve(value.size());
  while (!value.empty()) {
    const std::string_view line = first_line(value);
    unfolded += without_line_end(line);
    value.remove_prefix(line.size());
  }
  std::ranges::replace(unfolded, '\0', '?');
  std::ranges::replace(unfolded, '\r', '?');
  const std::size_t first = unfolded.find_first_not_of(" \t");
  if (first == std::string::npos) return {};
  const std::size_t last = unfolded.find_last_not_of(" \t");
  return unfolded.substr(first, last - first + 1);
}

std::string write_field(std::string_view name, std::string_view value) {
  constexpr std::size_t wanted = 78;  // RFC 5322 section 2.1.1: SHOULD.
  std::string written{name};
  written += ": ";
  std::size_t line = written.size();
  while (!value.empty()) {
    // A piece is white space and the word after it: folds stand before pieces.
    std::size_t space = value.find_first_not_of(" \t");
    if (space == std::string_view::npos) space = value.size();
    std::size_t end = std::min(value.find_first_of(" \t", space), value.size());
    const bool fold = line + end > wanted && space > 0 && end > space;
    if (fold) written += "\r\n";
    if (fold) line = 0;
    // A word longer than a line may be is cut, which adds a space to it.
    end = std::min(end, line_octets_max - line);
    for (const char c : value.substr(0, end)) {
      written += c == '\r' || c == '\n' || c == '\0' ? '?' : c;
    }
    line += end;
    value.remove_prefix(end);
    if (line == line_octets_max && !value.empty()) {
      written += "\r\n ";
      line = 1;
    }
  }
  return written + "\r\n";
}

}  // namespace postkeep::message
