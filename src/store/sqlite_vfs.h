// SqliteVfs: SQLite's files, kept below Disk::root().
//
// Here:      SqliteVfs, registered with SQLite while it lives.
// Not here:  what the database holds (store/index.h).
// Grammar:   none.
// Laws:      no path is ever used: a database has a name of one component,
//            its journals the same with "-wal" and "-journal"; there is no
//            shared memory and no lock, since one process owns the tree; no
//            other file is opened at all.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/disk.h"
#include "base/random.h"

namespace postkeep::store {

class SqliteVfs {
 public:
  SqliteVfs(Disk& disk, Clock& clock, Random& random);
  // Every database opened over it must be closed by then.
  ~SqliteVfs();
  SqliteVfs(const SqliteVfs&) = delete;
  SqliteVfs& operator=(const SqliteVfs&) = delete;

  // For sqlite3_open_v2.
  [[nodiscard]] const char* name() const;

  struct Inside;

 private:
  std::unique_ptr<Inside> inside_;
};

}  // namespace postkeep::store
