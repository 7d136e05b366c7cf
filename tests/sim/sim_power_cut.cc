// SimDisk's durability: what flushes promise and what power cuts leave.
#include <algorithm>
#include <set>

#include "base/check.h"
#include "sim/sim_disk.h"

namespace postkeep::sim {
namespace {

// What became of one write. A write within one sector is not cut.
enum Survival : std::size_t {
  nothing,
  whole,
  size_alone,     // The rest only when the file grew, or is long enough
  front_of_page,  // to be cut.
  back_of_page,
  front_of_sector,
};

// Answers that keep everything, or nothing.
class Always final : public Choices {
 public:
  explicit Always(bool keep) : keep_(keep) {}
  std::size_t pick(std::size_t options) override {
    return keep_ && options > 1 ? whole : nothing;
  }

 private:
  bool keep_;
};

// The boundary of `unit` octets next to the middle of [start, end), if there
// is one inside.
std::uint64_t middle_boundary(std::uint64_t start, std::uint64_t end,
                              std::uint64_t unit) {
  const std::uint64_t middle = start + (end - start) / 2;
  const std::uint64_t below = middle / unit * unit;
  if (below > start) return below;
  const std::uint64_t above = below + unit;
  return above < end ? above : start;
}

}  // namespace

bool SimDisk::share_a_name(const Pending& one, const Pending& other) {
  for (const NameChange& a : one.changes) {
    for (const NameChange& b : other.changes) {
      if (a.directory == b.directory && a.name == b.name) return true;
    }
  }
  return false;
}

void SimDisk::apply(const Pending& pending) {
  switch (pending.kind) {
    case Kind::write:
      lay(inodes_.at(pending.inode).safe, pending.offset, pending.octets);
      return;
    case Kind::resize:
      inodes_.at(pending.inode)
          .safe.resize(static_cast<std::size_t>(pending.offset));
      return;
    case Kind::names:
      for (const NameChange& change : pending.changes) {
        Names& names = inodes_.at(change.directory).names_safe;
        names.erase(change.name);
        if (change.becomes != 0) names.emplace(change.name, change.becomes);
      }
      return;
  }
}

DiskResult<> SimDisk::flush_inode(InodeId id, std::uint64_t mark) {
  const auto concerned = [&](const Pending& one) {
    return one.kind != Kind::names && one.inode == id && one.id < mark;
  };
  if (const auto why = take_fault()) {
    for (Pending& one : pending_) {
      if (concerned(one)) one.lost = true;
    }
    return std::unexpected(*why);
  }
  // What a failed flush lost has not reached the disk by now, and cannot go
  // over what comes after it.
  for (const Pending& one : pending_) {
    if (concerned(one) && !one.lost) apply(one);
  }
  std::erase_if(pending_, concerned);
  return {};
}

// The names of one directory, or all: with everything that they depend on.
void SimDisk::flush_names(std::optional<InodeId> directory,
                          std::uint64_t mark) {
  std::set<std::uint64_t> wanted;
  for (auto one = pending_.rbegin(); one != pending_.rend(); ++one) {
    if (one->kind != Kind::names || one->id >= mark) continue;
    bool is_wanted = wanted.contains(one->id) || !directory;
    for (const NameChange& change : one->changes) {
      is_wanted |= directory && change.directory == *directory;
    }
    for (auto later = pending_.rbegin(); later != one; ++later) {
      is_wanted |= wanted.contains(later->id) && share_a_name(*one, *later);
    }
    if (!is_wanted) continue;
    wanted.insert(one->id);
    if (one->after != 0) wanted.insert(one->after);
  }
  for (const Pending& one : pending_) {
    if (wanted.contains(one.id)) apply(one);
  }
  std::erase_if(pending_,
                [&](const Pending& one) { return wanted.contains(one.id); });
}

DiskResult<> SimDisk::flush_all_until(std::uint64_t mark) {
  if (const auto ok = begin_operation(); !ok) return ok;
  if (const auto why = take_fault()) {
    for (Pending& one : pending_) {
      if (one.kind != Kind::names && one.id < mark) one.lost = true;
    }
    return std::unexpected(*why);
  }
  flush_names(std::nullopt, mark);
  const auto concerned = [&](const Pending& one) {
    return one.kind != Kind::names && one.id < mark;
  };
  for (const Pending& one : pending_) {
    if (concerned(one) && !one.lost) apply(one);
  }
  std::erase_if(pending_, concerned);
  return {};
}

std::size_t SimDisk::options_of(const Pending& pending, std::size_t size_safe) {
  if (pending.kind != Kind::write) return 2;
  const std::uint64_t end = pending.offset + pending.octets.size();
  if (middle_boundary(pending.offset, end, page_octets) != pending.offset) {
    return 6;
  }
  if (middle_boundary(pending.offset, end, sector_octets) != pending.offset) {
    return 5;
  }
  return end > size_safe ? 3 : 2;
}

void SimDisk::apply_torn(const Pending& pending, Choices& choices) {
  std::vector<Octet>& safe = inodes_.at(pending.inode).safe;
  const std::size_t survival = choices.pick(options_of(pending, safe.size()));
  if (survival == nothing) return;
  const std::uint64_t end = pending.offset + pending.octets.size();
  if (survival == whole || pending.kind != Kind::write) return apply(pending);
  if (safe.size() < end) safe.resize(static_cast<std::size_t>(end));
  if (survival == size_alone) return;
  const std::uint64_t page = middle_boundary(pending.offset, end, page_octets);
  const std::uint64_t sector =
      middle_boundary(pending.offset, end, sector_octets);
  const std::uint64_t cut =
      survival == front_of_sector || page == pending.offset ? sector : page;
  const Octets octets{pending.octets};
  const std::size_t front = static_cast<std::size_t>(cut - pending.offset);
  if (survival == back_of_page) {
    lay(safe, cut, octets.subspan(front));
  } else {
    lay(safe, pending.offset, octets.first(front));
  }
}

SimDisk SimDisk::after_power_cut(Choices& choices) const {
  SimDisk back;
  back.inodes_.clear();
  back.next_inode_ = next_inode_;
  back.operations_ = 0;
  for (const auto& [id, inode] : inodes_) {
    Inode kept;
    kept.kind = inode.kind;
    kept.safe = inode.safe;
    kept.names_safe = inode.names_safe;
    kept.modified = inode.modified;
    kept.changed = inode.changed;
    back.inodes_.emplace(id, std::move(kept));
  }
  std::vector<const Pending*> dropped;  // Names only.
  for (const Pending& one : pending_) {
    if (one.kind != Kind::names) {
      back.apply_torn(one, choices);
      continue;
    }
    const bool possible =
        std::ranges::none_of(dropped, [&](const Pending* earlier) {
          return earlier->id == one.after || share_a_name(*earlier, one);
        });
    if (possible && choices.pick(2) == 1) {
      back.apply(one);
    } else {
      dropped.push_back(&one);
    }
  }
  back.forget_unreachable();
  return back;
}

SimDisk SimDisk::after_kill() const {
  SimDisk next = *this;
  next.files_.clear();
  std::erase_if(next.directories_, [&](const auto& one) {
    return one.first != static_cast<std::int32_t>(root());
  });
  for (auto& [id, inode] : next.inodes_) {
    inode.open = 0;
    inode.locked_by = FileHandle::none;
  }
  next.before_operation_ = nullptr;
  next.stop_before_ = UINT64_MAX;
  next.stopped_ = false;
  next.failing_.clear();
  next.failing_reads_.clear();
  return next;
}

// After a power cut: what no name leads to is gone, and the rest is what
// programs see.
void SimDisk::forget_unreachable() {
  std::vector<InodeId> to_visit{id_of(root())};
  std::map<InodeId, Inode> kept;
  while (!to_visit.empty()) {
    const InodeId id = to_visit.back();
    to_visit.pop_back();
    auto [place, fresh] = kept.try_emplace(id);
    place->second.links += 1;
    if (!fresh) continue;
    const std::uint32_t links = place->second.links;
    place->second = std::move(inodes_.at(id));
    place->second.links = links;
    place->second.now = place->second.safe;
    place->second.names_now = place->second.names_safe;
    for (const auto& [name, child] : place->second.names_now) {
      to_visit.push_back(child);
    }
  }
  inodes_ = std::move(kept);
}

std::size_t SimDisk::power_cuts(std::size_t cap) const {
  std::size_t count = 1;
  for (const Pending& one : pending_) {
    const std::size_t safe =
        one.kind == Kind::names ? 0 : inodes_.at(one.inode).safe.size();
    count *= options_of(one, safe);
    if (count >= cap) return cap;
  }
  return count;
}

std::size_t SimDisk::each_power_cut(
    std::size_t cap, std::uint64_t seed,
    const std::function<void(SimDisk&)>& look) const {
  std::size_t count = 0;
  if (power_cuts(cap + 1) <= cap) {
    Enumeration choices;
    do {
      SimDisk back = after_power_cut(choices);
      look(back);
      count += 1;
    } while (choices.next());
    return count;
  }
  for (const bool keep : {false, true}) {
    Always choices{keep};
    SimDisk back = after_power_cut(choices);
    look(back);
    count += 1;
  }
  for (; count < cap; ++count) {
    Chance choices{seed + count};
    SimDisk back = after_power_cut(choices);
    look(back);
  }
  return count;
}

}  // namespace postkeep::sim
