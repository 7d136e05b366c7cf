// The notes of mbox/spool_file.h. A slot, numbers little-endian:
//   octets 0..7    "pkmbox" and the version, 1
//   8..15          sequence number: the higher of two whole slots counts
//   16..31         the delivery under way; 32..39 the file's inode; 40..47
//                  where it begins; 48..55 its octets; 56..59 their CRC-32C
//   60..63         how many ids follow from 64 on
//   the last 4     CRC-32C of all before
#include <algorithm>

#include "base/check.h"
#include "base/checksum.h"
#include "mbox/spool_file.h"

namespace postkeep::mbox {
namespace {

constexpr std::string_view magic{"pkmbox\0\1", 8};
constexpr std::size_t ids_at = 64;
constexpr std::size_t checksum_at = drop_slot_octets - 4;
static_assert(ids_at + drop_ids_max * sizeof(DropId) <= checksum_at);

void put(std::vector<Octet>& slot, std::size_t at, std::uint64_t number,
         std::size_t octets) {
  for (std::size_t i = 0; i < octets; ++i) {
    slot[at + i] = static_cast<Octet>(number >> (8 * i));
  }
}

std::uint64_t get(Octets slot, std::size_t at, std::size_t octets) {
  std::uint64_t number = 0;
  for (std::size_t i = octets; i-- > 0;) number = number << 8 | slot[at + i];
  return number;
}

DropId id_at(Octets slot, std::size_t at) {
  DropId id{};
  std::ranges::copy(slot.subspan(at, id.size()), id.begin());
  return id;
}

}  // namespace

std::vector<Octet> write(const DropNote& note) {
  PK_CHECK(note.done.size() <= drop_ids_max);
  std::vector<Octet> slot(drop_slot_octets);
  std::ranges::copy(octets(magic), slot.begin());
  put(slot, 8, note.sequence, 8);
  std::ranges::copy(note.id, slot.begin() + 16);
  put(slot, 32, note.inode, 8);
  put(slot, 40, note.offset, 8);
  put(slot, 48, note.octets, 8);
  put(slot, 56, note.checksum, 4);
  put(slot, 60, note.done.size(), 4);
  auto at = slot.begin() + ids_at;
  for (const DropId& id : note.done) at = std::ranges::copy(id, at).out;
  put(slot, checksum_at, crc32c(Octets(slot).first(checksum_at)), 4);
  return slot;
}

std::optional<DropNote> read_drop_note(Octets slot) {
  if (slot.size() != drop_slot_octets ||
      !std::ranges::equal(slot.first(magic.size()), octets(magic)) ||
      get(slot, checksum_at, 4) != crc32c(slot.first(checksum_at))) {
    return std::nullopt;
  }
  DropNote note{.sequence = get(slot, 8, 8),
                .id = id_at(slot, 16),
                .inode = get(slot, 32, 8),
                .offset = get(slot, 40, 8),
                .octets = get(slot, 48, 8),
                .checksum = static_cast<std::uint32_t>(get(slot, 56, 4)),
                .done = {}};
  const std::uint64_t count = get(slot, 60, 4);
  if (count > drop_ids_max) return std::nullopt;
  for (std::uint64_t i = 0; i < count; ++i) {
    note.done.push_back(id_at(slot, ids_at + i * sizeof(DropId)));
  }
  return note;
}

}  // namespace postkeep::mbox
