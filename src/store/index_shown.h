// ShownWords: the words that a protocol made of summaries, in the index.
//
// Here:      what waits to be written, what was read ahead, and its table.
// Not here:  when it is written, and what becomes of a damaged index
//            (store/index.cc); what the words say (imap/fetch.cc).
// Grammar:   none.
// Laws:      tests/store/index_test.cc: words forgotten cost time; those of
//            another message or form are never told.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "store/index.h"
#include "store/sqlite_database.h"

namespace postkeep::store {

class ShownWords {
 public:
  // Came later than the other tables: an index of before gets it.
  static constexpr const char* schema =
      "CREATE TABLE IF NOT EXISTS shown(folder INTEGER, uid INTEGER,"
      " form INTEGER, size INTEGER, checksum INTEGER, words BLOB,"
      " PRIMARY KEY(folder, uid, form)) WITHOUT ROWID;";

  void keep(FolderId folder, Uid uid, ShownOf of, std::string_view words);
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  [[nodiscard]] std::size_t waiting_octets() const { return waiting_octets_; }
  // False: the database failed. What waited is gone either way.
  [[nodiscard]] bool write(SqliteDatabase& database);

  // The words, if they wait or were read ahead; valid until the next call.
  // `must_ask`: read() may find them.
  [[nodiscard]] std::optional<std::string_view> find(FolderId folder, Uid uid,
                                                     ShownOf of,
                                                     bool& must_ask);
  // One row, or as many as one who goes on will want. False: it failed.
  [[nodiscard]] bool read(SqliteDatabase& database, FolderId folder, Uid uid,
                          std::uint8_t form);

  // What waits for a folder, or for a message of it, need not be written.
  void forget(FolderId folder);
  void forget(FolderId folder, Uid uid);
  // The database ends.
  void close();

 private:
  using Key = std::tuple<FolderId, Uid, std::uint8_t>;  // The form is last.
  struct Words {
    std::uint32_t octets = 0;  // Of the message.
    std::string words;
  };
  struct Ahead {
    Uid uid = 0;
    Words words;
  };

  void erase(std::map<Key, Words>::iterator from,
             std::map<Key, Words>::iterator end);

  std::map<Key, Words> waiting_;
  std::size_t waiting_octets_ = 0;

  // All words of one folder and form whose UIDs are ahead_from_ to
  // ahead_until_, by ascending UID.
  std::deque<Ahead> ahead_;
  FolderId ahead_folder_ = 0;
  std::uint8_t ahead_form_ = 0;
  Uid ahead_from_ = 1;
  Uid ahead_until_ = 0;
  Uid asked_ = 0;  // The last one, of ahead_folder_.
  std::unique_ptr<SqliteDatabase::Statement> ask_;
};

}  // namespace postkeep::store
