#include "store/sqlite_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <span>
#include <string_view>

#include "base/check.h"
#include "store/maildir_name.h"

namespace postkeep::store {

struct SqliteVfs::Inside {
  Disk& disk;
  Clock& clock;
  Random& random;
  std::string name;
  sqlite3_vfs vfs{};
};

namespace {

// SQLite's file: it gives the room, so that this has no constructor run on it.
struct File {
  sqlite3_file base;
  SqliteVfs::Inside* inside;
  FileHandle handle;
};

File& file_of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }

SqliteVfs::Inside& inside_of(sqlite3_vfs* vfs) {
  return *static_cast<SqliteVfs::Inside*>(vfs->pAppData);
}

int close_file(sqlite3_file* file) {
  File& it = file_of(file);
  if (it.handle != FileHandle::none) it.inside->disk.close(it.handle);
  it.handle = FileHandle::none;
  return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* room, int octets,
              sqlite3_int64 offset) {
  const File& it = file_of(file);
  const std::span<Octet> into(static_cast<Octet*>(room),
                              static_cast<std::size_t>(octets));
  const auto got =
      it.inside->disk.read(it.handle, static_cast<std::uint64_t>(offset), into);
  if (!got) return SQLITE_IOERR_READ;
  if (*got == into.size()) return SQLITE_OK;
  // SQLite asks for zeros where the file has ended.
  std::ranges::fill(into.subspan(*got), Octet{0});
  return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* octets, int count,
               sqlite3_int64 offset) {
  const File& it = file_of(file);
  const Octets from(static_cast<const Octet*>(octets),
                    static_cast<std::size_t>(count));
  const auto ok = it.inside->disk.write(
      it.handle, static_cast<std::uint64_t>(offset), from);
  if (ok) return SQLITE_OK;
  return ok.error() == Trouble::no_space ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 octets) {
  const File& it = file_of(file);
  const auto ok =
      it.inside->disk.resize(it.handle, static_cast<std::uint64_t>(octets));
  return ok ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

int flush_file(sqlite3_file* file, int /*how*/) {
  const File& it = file_of(file);
  return it.inside->disk.flush(it.handle) ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

int size_of_file(sqlite3_file* file, sqlite3_int64* octets) {
  const File& it = file_of(file);
  const auto status = it.inside->disk.status(it.handle);
  if (!status) return SQLITE_IOERR_FSTAT;
  *octets = static_cast<sqlite3_int64>(status->octets);
  return SQLITE_OK;
}

// One process owns the tree (postkeep-lock): nobody to lock out.
int lock_file(sqlite3_file* /*file*/, int /*level*/) { return SQLITE_OK; }

int check_lock(sqlite3_file* /*file*/, int* held) {
  *held = 0;
  return SQLITE_OK;
}

int control_file(sqlite3_file* /*file*/, int /*what*/, void* /*argument*/) {
  return SQLITE_NOTFOUND;
}

int sector_octets(sqlite3_file* /*file*/) { return 4096; }

int characteristics(sqlite3_file* /*file*/) {
  return SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN | SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

constexpr sqlite3_io_methods io_methods{1,
                                        close_file,
                                        read_file,
                                        write_file,
                                        truncate_file,
                                        flush_file,
                                        size_of_file,
                                        lock_file,
                                        lock_file,
                                        check_lock,
                                        control_file,
                                        sector_octets,
                                        characteristics,
                                        nullptr,
                                        nullptr,
                                        nullptr,
                                        nullptr,
                                        nullptr,
                                        nullptr};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags,
              int* flags_out) {
  SqliteVfs::Inside& inside = inside_of(vfs);
  File& it = file_of(file);
  it = {{nullptr}, &inside, FileHandle::none};
  // Temporary files stay in memory (temp_store): none comes here. A journal is
  // written once, when a new database turns to its write-ahead log.
  constexpr int known =
      SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL;
  if (name == nullptr || (flags & known) == 0) return SQLITE_CANTOPEN;
  const auto handle = inside.disk.open(
      inside.disk.root(), name,
      (flags & SQLITE_OPEN_CREATE) != 0 ? Open::write_create : Open::write);
  if (!handle) return SQLITE_CANTOPEN;
  it.handle = *handle;
  it.base.pMethods = &io_methods;
  if (flags_out != nullptr) *flags_out = flags;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int /*flush*/) {
  Disk& disk = inside_of(vfs).disk;
  const auto ok = disk.remove(disk.root(), name);
  if (ok || ok.error() == Trouble::not_found) return SQLITE_OK;
  return SQLITE_IOERR_DELETE;
}

int access_file(sqlite3_vfs* vfs, const char* name, int /*how*/,
                int* is_there) {
  Disk& disk = inside_of(vfs).disk;
  const auto status = disk.status(disk.root(), name);
  *is_there = status && status->kind == EntryKind::file ? 1 : 0;
  return SQLITE_OK;
}

int full_name(sqlite3_vfs* /*vfs*/, const char* name, int room, char* out) {
  const std::string_view text(name);
  if (text.find('/') != std::string_view::npos ||
      text.size() + 1 > static_cast<std::size_t>(room)) {
    return SQLITE_CANTOPEN;
  }
  std::memcpy(out, name, text.size() + 1);
  return SQLITE_OK;
}

int fill_random(sqlite3_vfs* vfs, int octets, char* out) {
  inside_of(vfs).random.fill(
      {reinterpret_cast<Octet*>(out), static_cast<std::size_t>(octets)});
  return octets;
}

int sleep_not(sqlite3_vfs* /*vfs*/, int /*microseconds*/) { return 0; }

// A Julian day: 2440587.5 is 1970-01-01T00:00:00Z.
int julian_day(sqlite3_vfs* vfs, double* day) {
  const auto now = inside_of(vfs).clock.wall().time_since_epoch();
  *day = 2440587.5 + static_cast<double>(now.count()) / 86'400e6;
  return SQLITE_OK;
}

int last_trouble(sqlite3_vfs* /*vfs*/, int /*octets*/, char* /*out*/) {
  return 0;
}

// Before SQLite is first used: one thread, and a heap that a damaged file
// cannot make grow without bound.
void configure_sqlite() {
  static const bool done = [] {
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    PK_CHECK(sqlite3_initialize() == SQLITE_OK);
    sqlite3_hard_heap_limit64(std::int64_t{64} * 1024 * 1024);
    return true;
  }();
  static_cast<void>(done);
}

}  // namespace

SqliteVfs::SqliteVfs(Disk& disk, Clock& clock, Random& random)
    : inside_(std::make_unique<Inside>(disk, clock, random)) {
  configure_sqlite();
  // Several stores may live in one process: a name each.
  static std::atomic<std::uint64_t> count{0};
  inside_->name = "postkeep-" + std::to_string(++count);
  sqlite3_vfs& vfs = inside_->vfs;
  vfs.iVersion = 1;
  vfs.szOsFile = sizeof(File);
  vfs.mxPathname = static_cast<int>(file_name_octets_max);
  vfs.zName = inside_->name.c_str();
  vfs.pAppData = inside_.get();
  vfs.xOpen = open_file;
  vfs.xDelete = delete_file;
  vfs.xAccess = access_file;
  vfs.xFullPathname = full_name;
  vfs.xRandomness = fill_random;
  vfs.xSleep = sleep_not;
  vfs.xCurrentTime = julian_day;
  vfs.xGetLastError = last_trouble;
  // As the default, so that chance for the log comes from the port as well.
  PK_CHECK(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK);
}

SqliteVfs::~SqliteVfs() { sqlite3_vfs_unregister(&inside_->vfs); }

const char* SqliteVfs::name() const { return inside_->name.c_str(); }

}  // namespace postkeep::store
