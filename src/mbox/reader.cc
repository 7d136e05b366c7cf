#include "mbox/reader.h"

#include <algorithm>
#include <utility>

#include "mbox/from_line.h"
#include "mbox/quoting.h"

namespace postkeep::mbox {
namespace {

// A line is looked at as a whole up to here: what is longer is no From_ line.
constexpr std::size_t line_octets_max = 64 * 1024;
static_assert(line_octets_max > from_line_octets_max);

bool is_empty_line(Octets line) {
  return line.size() <= 2 && !line.empty() && line.back() == '\n' &&
         (line.size() == 1 || line[0] == '\r');
}

}  // namespace

MboxReader::MboxReader(std::size_t message_octets_max, std::uint64_t offset)
    : message_octets_max_(message_octets_max), offset_(offset) {}

void MboxReader::read(Octets octets) {
  while (!octets.empty() && !no_mbox_) {
    const auto at = std::ranges::find(octets, Octet{'\n'});
    const bool ends = at != octets.end();
    const auto count =
        static_cast<std::size_t>(at - octets.begin()) + (ends ? 1 : 0);
    // Parts are cut by the line, not by how the octets come.
    const std::size_t room = line_octets_max - line_.size();
    const std::size_t used = std::min(count, room);
    line_.insert(line_.end(), octets.begin(),
                 octets.begin() + static_cast<std::ptrdiff_t>(used));
    octets = octets.subspan(used);
    const bool whole = ends && used == count;
    if (!whole && line_.size() < line_octets_max) return;
    take_line(line_, !line_goes_on_, whole);
    line_goes_on_ = !whole;
    line_.clear();
  }
}

void MboxReader::end() {
  if (no_mbox_) return;
  if (!line_.empty()) take_line(line_, !line_goes_on_, true);
  line_.clear();
  if (item_) finish(offset_);
}

void MboxReader::take_line(Octets line, bool begins, bool ends) {
  const std::uint64_t start = offset_;
  offset_ += line.size();
  if (begins && after_empty_ && ends) {
    if (const auto date = read_from_line(line)) {
      if (item_) finish(start);
      item_.emplace();
      item_->offset = start;
      item_->date = *date;
      after_empty_ = false;
      empty_.clear();
      return;
    }
  }
  if (!item_) {
    // Empty lines before the first message are nobody's.
    no_mbox_ = !(begins && is_empty_line(line));
    return;
  }
  keep(std::exchange(empty_, {}));
  after_empty_ = begins && is_empty_line(line);
  if (after_empty_) {
    empty_.assign(line.begin(), line.end());
  } else if (begins && line[0] == '>' && is_quoted_or_from(line)) {
    keep(line.subspan(1));
  } else {
    keep(line);
  }
}

void MboxReader::keep(Octets part) {
  if (item_->too_large) return;
  if (part.size() > message_octets_max_ - item_->raw.size()) {
    item_->too_large = true;
    item_->raw = {};
    return;
  }
  item_->raw.insert(item_->raw.end(), part.begin(), part.end());
}

void MboxReader::finish(std::uint64_t end_offset) {
  item_->end_offset = end_offset;
  complete_.push_back(std::move(*item_));
  item_.reset();
  empty_.clear();
}

std::optional<Item> MboxReader::next() {
  if (complete_.empty()) return std::nullopt;
  std::optional<Item> item{std::move(complete_.front())};
  complete_.pop_front();
  return item;
}

}  // namespace postkeep::mbox
