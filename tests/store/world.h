// World: a store on a simulated disk, that may stop, crash and start again.
//
// Here:      World, Quiet (a log that keeps its events), what tests look at.
// Not here:  the simulated ports (tests/sim).
// Grammar:   none.
// Laws:      none of its own.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "sim/sim_clock.h"
#include "sim/sim_disk.h"
#include "sim/sim_random.h"
#include "store/maildir_store.h"

namespace postkeep::store {

class Quiet final : public Log {
 public:
  void line(Severity severity, std::string_view event,
            std::initializer_list<Field> fields) override {
    std::string line(event);
    for (const Field& field : fields) {
      line += ' ';
      line += field.key;
      line += '=';
      line += field.value;
    }
    lines.push_back(std::move(line));
    errors += severity == Severity::error ? 1U : 0U;
  }
  [[nodiscard]] std::size_t count(std::string_view event) const {
    std::size_t found = 0;
    for (const std::string& line : lines) {
      found += line.substr(0, event.size()) == event ? 1U : 0U;
    }
    return found;
  }
  std::vector<std::string> lines;
  std::size_t errors = 0;
};

inline DeliveryId delivery_id(Octet number) {
  DeliveryId id{};
  id.fill(number);
  return id;
}

inline std::string text_of(Octets octets) {
  return {octets.begin(), octets.end()};
}

// What a folder holds, by UID: the text and the flags.
using Contents = std::map<Uid, std::pair<std::string, Flags>>;

inline Contents contents_of(Folder& folder) {
  Contents contents;
  std::vector<Uid> uids;
  for (const Message& message : folder.messages()) uids.push_back(message.uid);
  for (const Uid uid : uids) {
    const auto text = folder.text(uid);
    PK_CHECK(text.has_value());
    contents[uid] = {text_of((*text)->octets()), folder.find(uid)->flags};
  }
  return contents;
}

// What another program does to a tree: `path` is of directories below the root,
// the last part a file's name.
class Elsewhere {
 public:
  explicit Elsewhere(Disk& disk) : disk_(disk) {}

  void write(const std::vector<std::string>& path, std::string_view text) {
    in(path, [&](DirectoryHandle directory, const std::string& name) {
      const auto file = disk_.open(directory, name, Open::write_create);
      PK_CHECK(file.has_value());
      PK_CHECK(disk_.resize(*file, 0).has_value());
      PK_CHECK(disk_.write(*file, 0, octets(text)).has_value());
      disk_.close(*file);
    });
  }
  std::string read(const std::vector<std::string>& path) {
    std::string text;
    in(path, [&](DirectoryHandle directory, const std::string& name) {
      const auto file = disk_.open(directory, name, Open::read);
      PK_CHECK(file.has_value());
      std::vector<Octet> room(disk_.status(*file)->octets);
      PK_CHECK(disk_.read(*file, 0, room).has_value());
      text.assign(room.begin(), room.end());
      disk_.close(*file);
    });
    return text;
  }
  void rename(const std::vector<std::string>& from,
              const std::vector<std::string>& to) {
    in(from, [&](DirectoryHandle one, const std::string& old_name) {
      in(to, [&](DirectoryHandle other, const std::string& new_name) {
        PK_CHECK(disk_.rename(one, old_name, other, new_name).has_value());
      });
    });
  }
  void remove(const std::vector<std::string>& path) {
    in(path, [&](DirectoryHandle directory, const std::string& name) {
      PK_CHECK(disk_.remove(directory, name).has_value());
    });
  }
  void make(const std::vector<std::string>& path) {
    in(path, [&](DirectoryHandle directory, const std::string& name) {
      PK_CHECK(disk_.make_directory(directory, name).has_value());
    });
  }
  // The names in a directory, sorted.
  std::vector<std::string> names(const std::vector<std::string>& path) {
    std::vector<std::string> below = path;
    below.emplace_back();
    std::vector<std::string> names;
    in(below, [&](DirectoryHandle directory, const std::string& /*none*/) {
      const auto entries = disk_.list(directory);
      for (const DirectoryEntry& entry : *entries) {
        names.push_back(entry.name);
      }
    });
    std::ranges::sort(names);
    return names;
  }

 private:
  template <typename Do>
  void in(const std::vector<std::string>& path, const Do& act) {
    std::vector<DirectoryHandle> opened;
    DirectoryHandle at = disk_.root();
    for (std::size_t n = 0; n + 1 < path.size(); ++n) {
      const auto next = disk_.open_directory(at, path[n]);
      PK_CHECK(next.has_value());
      opened.push_back(*next);
      at = *next;
    }
    act(at, path.back());
    for (const DirectoryHandle one : opened) disk_.close(one);
  }
  Disk& disk_;
};

class World {
 public:
  explicit World(std::uint64_t seed = 1) : random(seed) { start(); }
  explicit World(sim::SimDisk a_disk, std::uint64_t seed = 2)
      : disk(std::move(a_disk)), random(seed) {
    start();
  }

  // Not started yet.
  struct Later {};
  World(sim::SimDisk a_disk, Later /*how*/)
      : disk(std::move(a_disk)), random(2) {}

  void start() {
    auto opened = MaildirStore::open({disk, clock, random, log}, limits);
    if (opened) {
      store = *std::move(opened);
      why = {};
    } else {
      why = opened.error();
    }
  }
  void stop() { store.reset(); }
  void restart() {
    stop();
    start();
  }
  // The process dies; what it told the kernel stays.
  void die() {
    disk.before_operation(nullptr);
    disk.stop_before(0);
    static_cast<void>(disk.make_directory(disk.root(), "stop"));
    store.reset();
  }
  void kill() {
    die();
    disk = disk.after_kill();
    start();
  }

  std::shared_ptr<Folder> folder(std::string_view name = "INBOX") {
    auto opened = store->open(name);
    EXPECT_TRUE(opened.has_value())
        << name << ": "
        << (log.lines.empty() ? std::string() : log.lines.back());
    return opened ? *opened : nullptr;
  }
  StoreResult<Placed> deliver(Octet id, std::string_view text,
                              std::string_view mailbox = "INBOX") {
    const Octets piece = octets(text);
    return store->deliver(delivery_id(id), mailbox, {&piece, 1}, 1767225600);
  }
  Uid append(std::string_view text, Flags flags = {},
             std::string_view mailbox = "INBOX") {
    const auto uid = folder(mailbox)->append(octets(text), flags, 1000);
    EXPECT_TRUE(uid.has_value());
    return uid.value_or(0);
  }

  sim::SimDisk disk;
  sim::SimClock clock;
  sim::SimRandom random;
  Quiet log;
  MaildirLimits limits;
  std::unique_ptr<MaildirStore> store;
  std::optional<StoreError> why;
};

}  // namespace postkeep::store
