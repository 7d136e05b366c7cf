#include "store/index.h"

#include <array>
#include <map>
#include <string>

#include "base/checksum.h"
#include "store/index_shown.h"
#include "store/sqlite_database.h"
#include "store/state_file.h"

namespace postkeep::store {
namespace {

constexpr const char* file_name = "postkeep-index";
constexpr std::array<std::string_view, 3> all_files{
    "postkeep-index", "postkeep-index-wal", "postkeep-index-journal"};
constexpr std::int64_t schema_version = 1;
constexpr std::size_t rows_copied_max = 1'000;  // In one transaction.

constexpr const char* set_up =
    "PRAGMA locking_mode=EXCLUSIVE;"  // No shared memory: before the next.
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=NORMAL;"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA cache_size=-1024;"
    "PRAGMA cell_size_check=ON;";

constexpr const char* schema =
    "BEGIN;"
    "CREATE TABLE folder(id INTEGER PRIMARY KEY, stamp INTEGER,"
    " history_from INTEGER);"
    "CREATE TABLE message(folder INTEGER, uid INTEGER, modification INTEGER,"
    " flags INTEGER, PRIMARY KEY(folder, uid)) WITHOUT ROWID;"
    "CREATE TABLE expunged(folder INTEGER, modification INTEGER, uid INTEGER,"
    " PRIMARY KEY(folder, modification, uid)) WITHOUT ROWID;"
    "CREATE TABLE summary(folder INTEGER, uid INTEGER, checksum INTEGER,"
    " octets BLOB, PRIMARY KEY(folder, uid)) WITHOUT ROWID;"
    "PRAGMA user_version=1;";

std::int64_t signed_of(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

std::int64_t number_of(const Flags& flags) {
  return flags.system | std::int64_t{flags.keywords} << 8;
}

using Statement = SqliteDatabase::Statement;

bool is_uid(std::int64_t number) {
  return number > 0 && number < signed_of(uid_end);
}

}  // namespace

struct Index::Inside {
  struct Waiting {
    std::string octets;
    std::shared_ptr<const message::Summary> summary;
  };
  using Key = std::pair<FolderId, Uid>;

  explicit Inside(const Ports& its_ports)
      : ports(its_ports),
        vfs(its_ports.disk, its_ports.clock, its_ports.random) {}

  [[nodiscard]] bool is_ready();
  [[nodiscard]] bool is_there();
  [[nodiscard]] bool open();
  void discard(std::string_view why);
  [[nodiscard]] bool waits() const {
    return !waiting.empty() || shown.waiting() > 0;
  }
  [[nodiscard]] bool write_waiting();
  void write_when_many();
  [[nodiscard]] bool write_rows(FolderId folder,
                                std::span<const IndexedMessage> changed,
                                std::span<const Uid> removed,
                                std::span<const Expunged> expunged,
                                ModificationSequence history_from);
  [[nodiscard]] bool read_rows(FolderId folder, IndexedFolder& result);
  [[nodiscard]] bool copy_rows(FolderId from, FolderId to,
                               std::span<const std::pair<Uid, Uid>> uids);
  [[nodiscard]] bool run_all(std::initializer_list<const char*> statements,
                             FolderId folder);

  Ports ports;
  SqliteVfs vfs;
  // Ends the database; what is asked of it next is asked of another.
  void close();

  std::unique_ptr<SqliteDatabase> database;
  // Asked once a message: to prepare it costs more than to run it.
  std::unique_ptr<Statement> ask_summary;
  int discarded = 0;
  bool left_alone = false;
  std::map<Key, Waiting> waiting;
  std::size_t waiting_octets = 0;
  ShownWords shown;
};

Index::Index(const Ports& ports) : inside_(std::make_unique<Inside>(ports)) {}

Index::~Index() {
  if (inside_->waits() && inside_->is_ready()) {
    static_cast<void>(inside_->write_waiting());
  }
}

bool Index::Inside::open() {
  database = std::make_unique<SqliteDatabase>();
  if (!database->open(vfs, file_name) || !database->run(set_up)) return false;
  std::int64_t version = 0;
  {
    Statement ask(*database, "PRAGMA user_version");
    if (ask.step() != Statement::Step::row) return false;
    version = ask.number(0);
  }
  if (version == schema_version) return database->run(ShownWords::schema);
  return version == 0 && database->run(schema) &&
         database->run(ShownWords::schema) && database->run("COMMIT");
}

// Opened with the first question, or for the first summaries that are many:
// most deliveries do not wait for it.
bool Index::Inside::is_ready() {
  if (left_alone) return false;
  if (database) return true;
  if (open()) return true;
  discard("open");
  return !left_alone && (database || open());
}

// A question alone does not make a database.
bool Index::Inside::is_there() {
  if (!database && !left_alone &&
      !ports.disk.status(ports.disk.root(), file_name)) {
    return false;
  }
  return is_ready();
}

void Index::Inside::close() {
  ask_summary.reset();
  shown.close();
  database.reset();
}

void Index::Inside::discard(std::string_view why) {
  const int code = database ? database->code() : 0;
  close();
  for (const std::string_view file : all_files) {
    static_cast<void>(ports.disk.remove(ports.disk.root(), file));
  }
  discarded += 1;
  left_alone = discarded > 1;
  ports.log.line(Severity::warning, "index_discarded",
                 {{"doing", why},
                  {"code", std::to_string(code)},
                  {"next", left_alone ? "none" : "made anew"}});
}

std::optional<IndexedFolder> Index::read(FolderId folder, std::uint64_t stamp) {
  if (!inside_->is_there()) return std::nullopt;
  IndexedFolder result;
  {
    Statement ask(*inside_->database,
                  "SELECT stamp, history_from FROM folder WHERE id=?1");
    ask.bind({signed_of(folder)});
    const auto step = ask.step();
    if (step == Statement::Step::done) return std::nullopt;
    if (step == Statement::Step::row && ask.number(0) != signed_of(stamp)) {
      return std::nullopt;
    }
    if (step == Statement::Step::row && ask.number(1) > 0) {
      result.history_from = static_cast<ModificationSequence>(ask.number(1));
    }
  }
  if (result.history_from == 0 || !inside_->read_rows(folder, result)) {
    inside_->discard("read");
    return std::nullopt;
  }
  return result;
}

// False: a failure, or numbers that were never written.
bool Index::Inside::read_rows(FolderId folder, IndexedFolder& result) {
  Statement rows(*database,
                 "SELECT uid, modification, flags FROM message"
                 " WHERE folder=?1 ORDER BY uid");
  rows.bind({signed_of(folder)});
  auto step = rows.step();
  for (; step == Statement::Step::row; step = rows.step()) {
    const std::int64_t flags = rows.number(2);
    if (!is_uid(rows.number(0)) || rows.number(1) <= 0 || flags < 0 ||
        flags >> 8 >= std::int64_t{1} << folder_keywords_max) {
      return false;
    }
    const Uid uid = static_cast<Uid>(rows.number(0));
    if (!result.messages.empty() && result.messages.back().uid >= uid) {
      return false;
    }
    result.messages.push_back(
        {uid,
         static_cast<ModificationSequence>(rows.number(1)),
         {static_cast<std::uint8_t>(flags & 0xFF),
          static_cast<std::uint32_t>(flags >> 8)}});
  }
  if (step == Statement::Step::failed) return false;
  Statement gone(*database,
                 "SELECT modification, uid FROM expunged"
                 " WHERE folder=?1 ORDER BY modification, uid");
  gone.bind({signed_of(folder)});
  for (step = gone.step(); step == Statement::Step::row; step = gone.step()) {
    if (!is_uid(gone.number(1)) || gone.number(0) <= 0) return false;
    if (result.expunged.size() == expunged_history_max) return false;
    result.expunged.push_back(
        {static_cast<ModificationSequence>(gone.number(0)),
         static_cast<Uid>(gone.number(1))});
  }
  return step == Statement::Step::done;
}

bool Index::Inside::run_all(std::initializer_list<const char*> statements,
                            FolderId folder) {
  for (const char* text : statements) {
    Statement statement(*database, text);
    statement.bind({signed_of(folder)});
    if (!statement.run()) return false;
  }
  return true;
}

bool Index::Inside::write_rows(FolderId folder,
                               std::span<const IndexedMessage> changed,
                               std::span<const Uid> removed,
                               std::span<const Expunged> expunged,
                               ModificationSequence history_from) {
  const std::int64_t id = signed_of(folder);
  Statement drop(*database, "DELETE FROM message WHERE folder=?1 AND uid=?2");
  Statement drop_summary(*database,
                         "DELETE FROM summary WHERE folder=?1 AND uid=?2");
  Statement drop_shown(*database,
                       "DELETE FROM shown WHERE folder=?1 AND uid=?2");
  for (const Uid uid : removed) {
    drop.bind({id, uid});
    drop_summary.bind({id, uid});
    drop_shown.bind({id, uid});
    if (!drop.run() || !drop_summary.run() || !drop_shown.run()) return false;
  }
  Statement put(*database,
                "INSERT OR REPLACE INTO message VALUES(?1, ?2, ?3, ?4)");
  for (const IndexedMessage& one : changed) {
    put.bind({id, one.uid, signed_of(one.modification_sequence),
              number_of(one.flags)});
    if (!put.run()) return false;
  }
  Statement gone(*database,
                 "INSERT OR IGNORE INTO expunged VALUES(?1, ?2, ?3)");
  for (const Expunged& one : expunged) {
    gone.bind({id, signed_of(one.modification_sequence), one.uid});
    if (!gone.run()) return false;
  }
  const std::int64_t from =
      expunged.empty() ? signed_of(history_from)
                       : signed_of(expunged.front().modification_sequence);
  Statement forget(*database,
                   "DELETE FROM expunged WHERE folder=?1 AND modification<?2");
  forget.bind({id, from});
  return forget.run();
}

bool Index::write(FolderId folder, std::uint64_t stamp, bool anew,
                  std::span<const IndexedMessage> changed,
                  std::span<const Uid> removed,
                  std::span<const Expunged> expunged,
                  ModificationSequence history_from) {
  if (!inside_->is_ready()) return false;
  SqliteDatabase& database = *inside_->database;
  const auto written = [&] {
    if (!database.run("BEGIN")) return false;
    if (anew && !inside_->run_all({"DELETE FROM message WHERE folder=?1",
                                   "DELETE FROM expunged WHERE folder=?1"},
                                  folder)) {
      return false;
    }
    if (!inside_->write_rows(folder, changed, removed, expunged,
                             history_from)) {
      return false;
    }
    Statement put(database, "INSERT OR REPLACE INTO folder VALUES(?1, ?2, ?3)");
    put.bind({signed_of(folder), signed_of(stamp), signed_of(history_from)});
    return put.run() && database.run("COMMIT");
  }();
  if (!written) {
    inside_->discard("write");
    return false;
  }
  for (const Uid uid : removed) {
    inside_->waiting.erase({folder, uid});
    inside_->shown.forget(folder, uid);
  }
  if (inside_->waits()) static_cast<void>(inside_->write_waiting());
  return true;
}

void Index::remove(FolderId folder) {
  std::erase_if(inside_->waiting,
                [&](const auto& one) { return one.first.first == folder; });
  inside_->shown.forget(folder);
  if (!inside_->is_there()) return;
  const bool removed = inside_->database->run("BEGIN") &&
                       inside_->run_all({"DELETE FROM folder WHERE id=?1",
                                         "DELETE FROM message WHERE folder=?1",
                                         "DELETE FROM expunged WHERE folder=?1",
                                         "DELETE FROM summary WHERE folder=?1",
                                         "DELETE FROM shown WHERE folder=?1"},
                                        folder) &&
                       inside_->database->run("COMMIT");
  if (!removed) inside_->discard("remove");
}

std::shared_ptr<const message::Summary> Index::summary(FolderId folder, Uid uid,
                                                       std::uint32_t octets) {
  const auto found = inside_->waiting.find({folder, uid});
  if (found != inside_->waiting.end()) return found->second.summary;
  if (!inside_->is_there()) return nullptr;
  if (!inside_->ask_summary) {
    inside_->ask_summary = std::make_unique<Statement>(
        *inside_->database,
        "SELECT checksum, octets FROM summary WHERE folder=?1 AND uid=?2");
  }
  Statement& ask = *inside_->ask_summary;
  ask.bind({signed_of(folder), uid});
  const auto step = ask.step();
  std::shared_ptr<const message::Summary> summary;
  if (step == Statement::Step::row) {
    // Of another version, or damaged: to be read anew from the text.
    const Octets kept = ask.octets(1);
    if (ask.number(0) == std::int64_t{crc32c(kept)}) {
      auto read = message::read_octets(kept);
      if (read && read->octets == octets) {
        summary = std::make_shared<const message::Summary>(*std::move(read));
      }
    }
  }
  ask.reset();
  if (step == Statement::Step::failed) inside_->discard("summary");
  return summary;
}

void Index::keep(FolderId folder, Uid uid,
                 std::shared_ptr<const message::Summary> summary) {
  Inside& in = *inside_;
  if (in.left_alone) return;
  std::string octets = message::write_octets(*summary);
  in.waiting_octets += octets.size();
  in.waiting[{folder, uid}] = {std::move(octets), std::move(summary)};
  in.write_when_many();
}

void Index::copy(FolderId from, FolderId to,
                 std::span<const std::pair<Uid, Uid>> uids) {
  Inside& in = *inside_;
  std::vector<std::pair<Uid, Uid>> written;
  for (const auto& [uid, copied] : uids) {
    const auto found = in.waiting.find({from, uid});
    if (found == in.waiting.end()) {
      written.emplace_back(uid, copied);
    } else {
      in.waiting_octets += found->second.octets.size();
      in.waiting[{to, copied}] = found->second;
      in.write_when_many();
    }
  }
  if (written.empty() || !in.is_there()) return;
  if (!in.copy_rows(from, to, written)) in.discard("copy");
}

bool Index::Inside::copy_rows(FolderId from, FolderId to,
                              std::span<const std::pair<Uid, Uid>> uids) {
  if (!database->run("BEGIN")) return false;
  Statement put(*database,
                "INSERT OR IGNORE INTO summary"
                " SELECT ?3, ?4, checksum, octets FROM summary"
                " WHERE folder=?1 AND uid=?2");
  std::size_t rows = 0;
  for (const auto& [uid, copied] : uids) {
    put.bind({signed_of(from), uid, signed_of(to), copied});
    if (!put.run()) return false;
    // What one transaction holds is bounded.
    if (++rows % rows_copied_max == 0 && !database->run("COMMIT;BEGIN")) {
      return false;
    }
  }
  return database->run("COMMIT");
}

void Index::Inside::write_when_many() {
  if (waiting.size() < summaries_waiting_max &&
      shown.waiting() < summaries_waiting_max &&
      waiting_octets + shown.waiting_octets() < summaries_waiting_octets_max) {
    return;
  }
  if (is_ready()) static_cast<void>(write_waiting());
}

void Index::keep_shown(FolderId folder, Uid uid, ShownOf of,
                       std::string_view words) {
  Inside& in = *inside_;
  // Who reads all messages anew has enough to write: the words come with the
  // next reading.
  if (in.left_alone || in.waiting.contains({folder, uid})) return;
  in.shown.keep(folder, uid, of, words);
  in.write_when_many();
}

std::optional<std::string_view> Index::shown(FolderId folder, Uid uid,
                                             ShownOf of) {
  Inside& in = *inside_;
  bool must_ask = false;
  const auto words = in.shown.find(folder, uid, of, must_ask);
  if (!must_ask || !in.is_there()) return words;
  if (!in.shown.read(*in.database, folder, uid, of.form)) {
    in.discard("shown");
    return std::nullopt;
  }
  return in.shown.find(folder, uid, of, must_ask);
}

bool Index::Inside::write_waiting() {
  const auto written = [&] {
    if (!database->run("BEGIN")) return false;
    Statement put(*database,
                  "INSERT OR REPLACE INTO summary VALUES(?1, ?2, ?3, ?4)");
    for (const auto& [key, one] : waiting) {
      const Octets octets = postkeep::octets(one.octets);
      put.bind({signed_of(key.first), key.second, crc32c(octets)});
      put.bind_octets(4, octets);
      if (!put.run()) return false;
    }
    return shown.write(*database) && database->run("COMMIT");
  }();
  waiting.clear();
  waiting_octets = 0;
  if (!written) discard("summaries");
  return written;
}

}  // namespace postkeep::store
