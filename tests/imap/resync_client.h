// A disconnected client, as RFC 7162 section 6 describes it: what it keeps of a
// mailbox, and what it makes of what it hears.
//
// Here:      ResyncClient.
// Not here:  what it should have come to know (proptests/imap/resync_prop.cc).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace postkeep::imap {

class ResyncClient {
 public:
  // Says a command, its tag first: each is answered by one tagged line.
  void say(std::string_view command);
  // Hears a connection's responses, each with CRLF, in their order.
  void hear(std::string_view response);
  // The connection is over: what no tagged line has followed does not count
  // for the highest sequence.
  void disconnected();

  // Before SELECT and UID SEARCH: their answers bring what is kept up to date.
  void expect_sync() { syncing_ = true; }
  void synced();
  // What FETCH tells of messages not known yet is kept from now on, until
  // fetched_new().
  void expect_new() { fetching_new_ = true; }
  void fetched_new();

  // By UID, the flags but \Recent, in the order of their names.
  using Kept = std::map<std::uint32_t, std::string>;
  [[nodiscard]] const Kept& kept() const { return kept_; }
  [[nodiscard]] std::uint64_t highest() const { return highest_; }
  [[nodiscard]] std::uint32_t known_up_to() const { return known_up_to_; }
  // "1:5,9" of the kept, and the numbers that they had.
  [[nodiscard]] std::string uids() const;
  [[nodiscard]] std::string numbers() const;
  // What UID SEARCH found: the rest is not there any more.
  void keep_only_found();

 private:
  void hear_code(std::string_view response);
  void hear_fetch(std::uint32_t number, std::string_view data);
  void hear_own_change(std::uint32_t uid);
  void hear_vanished(std::string_view set);
  void hear_tagged();
  void gone(std::uint32_t uid);

  // Of a STORE with .SILENT.
  struct OwnChange {
    char sign = ' ';  // '+', '-', or ' ' for FLAGS.SILENT.
    std::set<std::string> flags;
  };
  static std::optional<OwnChange> own_change(std::string_view command);

  Kept kept_;
  std::uint64_t highest_ = 0;
  std::uint32_t known_up_to_ = 0;
  bool syncing_ = false;
  bool fetching_new_ = false;

  // Of the connection: UIDs by number, 0 where not known.
  std::vector<std::uint32_t> view_;
  std::uint64_t code_ = 0;   // HIGHESTMODSEQ since the last tagged line.
  std::uint64_t heard_ = 0;  // The highest MODSEQ of FETCH since then.
  std::uint64_t code_while_syncing_ = 0;
  std::vector<std::uint32_t> found_;
  // For each command that is not answered yet.
  std::deque<std::optional<OwnChange>> said_;
};

}  // namespace postkeep::imap
