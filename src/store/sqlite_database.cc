#include "store/sqlite_database.h"

#include <sqlite3.h>

namespace postkeep::store {

bool SqliteDatabase::open(const SqliteVfs& vfs, const char* name) {
  code_ = sqlite3_open_v2(name, &connection_,
                          SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                              SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                          vfs.name());
  if (code_ != SQLITE_OK) return false;
  // The log is left for the next start: a stop waits for no flush. A damaged
  // file can hold a schema; it shall not run code of its own.
  constexpr int on[] = {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
                        SQLITE_DBCONFIG_DEFENSIVE};
  constexpr int off[] = {SQLITE_DBCONFIG_TRUSTED_SCHEMA,
                         SQLITE_DBCONFIG_ENABLE_TRIGGER,
                         SQLITE_DBCONFIG_ENABLE_VIEW, SQLITE_DBCONFIG_DQS_DDL,
                         SQLITE_DBCONFIG_DQS_DML};
  for (const int what : on) sqlite3_db_config(connection_, what, 1, nullptr);
  for (const int what : off) sqlite3_db_config(connection_, what, 0, nullptr);
  sqlite3_limit(connection_, SQLITE_LIMIT_ATTACHED, 0);
  return true;
}

SqliteDatabase::~SqliteDatabase() { sqlite3_close(connection_); }

bool SqliteDatabase::run(const char* statements) {
  const int code =
      sqlite3_exec(connection_, statements, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) code_ = code;
  return code == SQLITE_OK;
}

SqliteDatabase::Statement::Statement(SqliteDatabase& database, const char* text)
    : database_(database) {
  const int code =
      sqlite3_prepare_v2(database.connection_, text, -1, &statement_, nullptr);
  if (code != SQLITE_OK) database.code_ = code;
}

SqliteDatabase::Statement::~Statement() { sqlite3_finalize(statement_); }

void SqliteDatabase::Statement::reset() { sqlite3_reset(statement_); }

void SqliteDatabase::Statement::bind(
    std::initializer_list<std::int64_t> numbers) {
  sqlite3_reset(statement_);
  int at = 0;
  for (const std::int64_t number : numbers) {
    sqlite3_bind_int64(statement_, ++at, number);
  }
}

void SqliteDatabase::Statement::bind_octets(int at, Octets octets) {
  sqlite3_bind_blob64(statement_, at, octets.data(), octets.size(),
                      nullptr /* SQLITE_STATIC: it stays where it is */);
}

SqliteDatabase::Statement::Step SqliteDatabase::Statement::step() {
  if (statement_ == nullptr) return Step::failed;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return Step::row;
  if (code == SQLITE_DONE) return Step::done;
  database_.code_ = code;
  return Step::failed;
}

std::int64_t SqliteDatabase::Statement::number(int column) const {
  return sqlite3_column_int64(statement_, column);
}

Octets SqliteDatabase::Statement::octets(int column) const {
  const void* blob = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return {static_cast<const Octet*>(blob), static_cast<std::size_t>(size)};
}

}  // namespace postkeep::store
