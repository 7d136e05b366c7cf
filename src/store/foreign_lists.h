// What Dovecot or Courier left in a folder of a Maildir: UIDVALIDITY, UIDs and
// keywords of the messages in it.
//
// Here:      ForeignLists, which reads dovecot-uidlist, dovecot-keywords,
//            courierimapuiddb and courierimapkeywords/.
// Not here:  one line of them (store/foreign_line.h); what is made of them, and
//            when (store/folder_take_over.cc).
// Grammar:   store/foreign_line.h's.
// Laws:      tests/store/take_over_test.cc: a line that cannot be believed
//            leaves numbers out; no number that was given is given again.
//
// A record is believed when its UID is above that of the record before and is
// not far beyond what the header says. Of records that name one file the last
// counts, as with Dovecot.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/disk.h"
#include "store/foreign_line.h"
#include "store/mailbox.h"

namespace postkeep::store {

// Who kept the folder; the numbers stand in state files.
enum class ForeignServer : std::uint8_t { none = 0, dovecot = 1, courier = 2 };
[[nodiscard]] std::string_view name(ForeignServer server);

// More than 5,000,000 messages need.
inline constexpr std::uint64_t foreign_list_octets_max = std::uint64_t{1} << 30;
// The keywords of one message, as Courier keeps them.
inline constexpr std::uint64_t keyword_file_octets_max = 64UL * 1024;
// Dovecot writes the header anew seldom: records behind it may have UIDs that
// it did not know of, but not so many.
inline constexpr std::uint64_t uids_past_next_max = std::uint64_t{1} << 24;
// A line that cannot be read may have had any of the next UIDs.
inline constexpr std::uint64_t uids_left_out = 1024;

struct ForeignFolder {
  std::uint32_t uid_validity = 0;
  std::uint64_t uid_next = 0;  // Above every UID that was given.
  // By letter, "a" first; an empty one has no name.
  std::vector<std::string> keywords;
  std::uint64_t bad_lines = 0;
  std::uint64_t keywords_left_out = 0;  // For whom no letter was left.
};

class ForeignLists {
 public:
  ForeignLists(Disk& disk, DirectoryHandle folder)
      : disk_(disk), folder_(folder) {}

  // Whose list of UIDs is there: of both, the one that was written later.
  [[nodiscard]] DiskResult<ForeignServer> server();
  // nullopt when its header says no UIDVALIDITY or next UID.
  [[nodiscard]] DiskResult<std::optional<ForeignFolder>> read(
      ForeignServer server);
  // Shows every record that is believed.
  using Show = std::function<void(const UidListRecord&)>;
  [[nodiscard]] DiskResult<> each_record(ForeignServer server,
                                         const Show& show);
  // Courier's keywords of each message that has some, by its base name; a bit
  // is one of `keywords`, to which new ones are added if `may_add`. What is
  // bad or left out is counted in `folder`, if any.
  using KeywordBits = std::map<std::string, std::uint32_t, std::less<>>;
  [[nodiscard]] DiskResult<KeywordBits> courier_keyword_bits(
      std::vector<std::string>& keywords, bool may_add,
      ForeignFolder* folder = nullptr);

 private:
  struct Header {
    std::uint32_t uid_validity = 0;
    std::uint64_t uid_next = 0;
  };
  struct Records {
    std::optional<Header> header;
    std::uint64_t uid_last = 0;
    std::uint64_t bad = 0;
  };
  using BitOf = std::function<std::uint32_t(const std::string&)>;

  [[nodiscard]] DiskResult<Records> read_records(ForeignServer server,
                                                 const Show* show);
  void read_record(std::string_view line, Records& records, const Show* show);
  [[nodiscard]] DiskResult<> read_dovecot_keywords(ForeignFolder& folder);
  [[nodiscard]] DiskResult<> read_keyword_list(DirectoryHandle directory,
                                               const BitOf& bit_of,
                                               KeywordBits& bits,
                                               ForeignFolder* folder);
  [[nodiscard]] DiskResult<> read_keyword_files(DirectoryHandle directory,
                                                const BitOf& bit_of,
                                                KeywordBits& bits);

  Disk& disk_;
  DirectoryHandle folder_;
  ForeignLineReader reader_;
};

// What a last line without LF is: of a file that grows, it may have lost some
// of its octets.
enum class Unended : std::uint8_t { is_bad, is_a_line };

// Shows each line of a file, without its LF; of a bad one, or a longer one than
// any of theirs, nullopt. False when there is no such file.
using ShowLine = std::function<void(std::optional<std::string_view>)>;
[[nodiscard]] DiskResult<bool> each_line(Disk& disk, DirectoryHandle in,
                                         std::string_view name,
                                         std::uint64_t octets_max,
                                         Unended unended, const ShowLine& show);

// Whether two keywords are one: RFC 9051 section 2.3.2, whatever the case.
[[nodiscard]] bool same_keyword(std::string_view one, std::string_view other);

}  // namespace postkeep::store
