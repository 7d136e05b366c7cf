// SqliteDatabase: a database that is a cache, in house style.
//
// Here:      SqliteDatabase and its Statement.
// Not here:  what is in it (store/index.cc); files (store/sqlite_vfs.h).
// Grammar:   none.
// Laws:      nothing it says is trusted: numbers and blobs are checked by who
//            asked; every failure is a false, and code() says which.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "base/octets.h"
#include "store/sqlite_vfs.h"

struct sqlite3;
struct sqlite3_stmt;

namespace postkeep::store {

class SqliteDatabase {
 public:
  // Opens `name`, or makes it; false: see code().
  [[nodiscard]] bool open(const SqliteVfs& vfs, const char* name);
  SqliteDatabase() = default;
  ~SqliteDatabase();
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  // Runs statements that give no rows.
  [[nodiscard]] bool run(const char* statements);
  // SQLite's number for the last failure.
  [[nodiscard]] int code() const { return code_; }

  class Statement {
   public:
    Statement(SqliteDatabase& database, const char* text);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    // Ends the reading: nothing is locked or kept in memory for it.
    void reset();
    // Starts anew with these numbers for ?1, ?2, ….
    void bind(std::initializer_list<std::int64_t> numbers);
    // The octets must stay where they are until the statement has run.
    void bind_octets(int at, Octets octets);
    enum class Step : std::uint8_t { row, done, failed };
    [[nodiscard]] Step step();
    [[nodiscard]] bool run() { return step() == Step::done; }
    [[nodiscard]] std::int64_t number(int column) const;
    // Valid until the next step.
    [[nodiscard]] Octets octets(int column) const;

   private:
    SqliteDatabase& database_;
    sqlite3_stmt* statement_ = nullptr;
  };

 private:
  sqlite3* connection_ = nullptr;
  int code_ = 0;
};

}  // namespace postkeep::store
