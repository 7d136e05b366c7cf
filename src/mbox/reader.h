// Reads an mbox of any size, one message at a time.
//
// Here:      MboxReader, Item.
// Not here:  what stands in a message (mbox/message.h), files (cli/).
// Grammar:   grammar/rfc4155_mbox.rl, rule tolerated_any_From_line.
// Laws:      proptests/mbox/mbox_laws.h: cuts do not matter; what is written
//            is read again.
//
// A message begins with a From_ line at the start of the file or after an empty
// line. "From " elsewhere, or with no time behind it, is text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/octets.h"

namespace postkeep::mbox {

struct Item {
  std::uint64_t offset = 0;      // Of its From_ line in the file.
  std::uint64_t end_offset = 0;  // Of what follows it.
  std::int64_t date = 0;         // Of the From_ line.
  std::vector<Octet> raw;        // Unquoted, without the empty line at its end.
  bool too_large = false;        // Then `raw` is empty.

  bool operator==(const Item&) const = default;
};

class MboxReader {
 public:
  // Messages of more octets are passed over, and said to be too large.
  // `offset`: where in the file the first octet stands; a From_ line is there.
  explicit MboxReader(std::size_t message_octets_max, std::uint64_t offset = 0);

  // The next octets of the file. Memory: one message and what is in `octets`.
  void read(Octets octets);
  // The file ends here.
  void end();

  // Messages that are complete.
  [[nodiscard]] std::optional<Item> next();
  // True: the file does not begin with a From_ line, so it is no mbox.
  [[nodiscard]] bool is_no_mbox() const { return no_mbox_; }

 private:
  void take_line(Octets line, bool begins, bool ends);
  void keep(Octets part);
  void finish(std::uint64_t end_offset);

  std::size_t message_octets_max_;
  std::uint64_t offset_;       // Of the next octet.
  std::vector<Octet> line_;    // What there is of a line, up to a limit.
  bool line_goes_on_ = false;  // Its beginning has been taken.
  bool after_empty_ = true;    // An empty line, or the start, came before.
  std::vector<Octet> empty_;   // That line, while it may be the end.
  std::optional<Item> item_;
  std::deque<Item> complete_;
  bool no_mbox_ = false;
};

}  // namespace postkeep::mbox
