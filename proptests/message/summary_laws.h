// The laws of message/structure.h and summary.h. Each returns true when it
// holds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "message/address_laws.h"
#include "message/reference.h"
#include "message/summary.h"

namespace postkeep::message {

// The tree is a tree: parents first, siblings linked, the root alone above.
inline bool law_parts_are_a_tree(Octets input) {
  const std::vector<Part> parts = read_structure(input).parts;
  if (parts.empty() || parts.size() > parts_max) return false;
  std::vector<std::size_t> depth(parts.size(), 1);
  std::vector<std::size_t> children(parts.size(), 0);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].parent >= i) return false;
    depth[i] = depth[parts[i].parent] + 1;
    if (depth[i] > part_depth_max) return false;
    ++children[parts[i].parent];
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::size_t linked = 0;
    for (std::uint32_t at = parts[i].first_child; at != no_part;
         at = parts[at].next_sibling) {
      if (at >= parts.size() || parts[at].parent != i) return false;
      if (++linked > children[i]) return false;
    }
    if (linked != children[i]) return false;
    if (parts[i].kind == PartKind::leaf && linked != 0) return false;
    if (parts[i].kind == PartKind::message && linked != 1) return false;
  }
  return parts.front().parent == no_part;
}

// A part lies inside the body of its parent, after its elder siblings; the
// root is the whole message.
inline bool law_parts_lie_inside_each_other(Octets input) {
  const std::vector<Part> parts = read_structure(input).parts;
  std::vector<std::uint32_t> end(parts.size(), 0);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Part& part = parts[i];
    if (part.header_begin > part.body_begin) return false;
    if (part.body_begin > part.body_end) return false;
    end[i] = part.body_begin;
    if (i == 0) continue;
    const Part& parent = parts[part.parent];
    if (part.header_begin < end[part.parent]) return false;
    if (part.body_end > parent.body_end) return false;
    end[part.parent] = part.body_end;
  }
  return parts.front().header_begin == 0 &&
         parts.front().body_end == input.size();
}

// Lines are counted in one pass over the message; here, part by part.
inline bool law_lines_are_those_of_the_body(Octets input) {
  for (const Part& part : read_structure(input).parts) {
    const Octets body = body_of(input, part);
    auto lines = static_cast<std::size_t>(std::ranges::count(body, '\n'));
    if (!body.empty() && body.back() != '\n') ++lines;
    if (lines != part.body_lines) return false;
  }
  return true;
}

// Every part can be named by a section of IMAP, counted from its parent.
inline bool law_parts_are_found_by_their_numbers(Octets input) {
  const Structure structure = read_structure(input);
  const std::vector<Part>& parts = structure.parts;
  for (std::uint32_t i = 0; i < parts.size(); ++i) {
    if (parts[i].kind != PartKind::multipart) continue;
    std::vector<std::uint32_t> path;
    for (std::uint32_t at = i; at != 0; at = parts[at].parent) {
      const Part& parent = parts[parts[at].parent];
      // A multipart that is a message has no number of its own.
      if (parent.kind == PartKind::message) continue;
      std::uint32_t number = 1;
      for (std::uint32_t s = parent.first_child; s != at;
           s = parts[s].next_sibling) {
        ++number;
      }
      path.insert(path.begin(), number);
    }
    // Nor has a message that is the root of all: leave those out.
    if (parts.front().kind == PartKind::message) continue;
    path.push_back(1);
    const auto found = find_part(structure, path);
    const std::uint32_t first = parts[i].first_child;
    if (first == no_part ? found.has_value() : found != first) return false;
  }
  return true;
}

inline bool law_decoded_text_is_utf8(Octets input) {
  const Structure structure = read_structure(input);
  for (const Part& part : structure.parts) {
    if (part.kind != PartKind::leaf) continue;
    if (!reference_accepts_utf8(octets(text_of(input, part)))) return false;
  }
  return true;
}

inline bool law_codec_is_the_identity(const Summary& summary) {
  const auto read = read_octets(octets(write_octets(summary)));
  return read && *read == summary;
}

// Octets that are accepted are those that the writer writes.
inline bool law_codec_has_one_form(Octets input) {
  const auto read = read_octets(input);
  return !read || write_octets(*read) == as_text(input);
}

}  // namespace postkeep::message
