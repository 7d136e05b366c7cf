#include "store/foreign_lists.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "store/state_file.h"

namespace postkeep::store {
namespace {

constexpr std::string_view dovecot_uids = "dovecot-uidlist";
constexpr std::string_view dovecot_keywords = "dovecot-keywords";
constexpr std::string_view courier_uids = "courierimapuiddb";
constexpr std::string_view courier_keywords = "courierimapkeywords";
constexpr std::string_view courier_keyword_list = ":list";
constexpr std::size_t piece_octets = 64UL * 1024;

std::string_view uid_list_of(ForeignServer server) {
  return server == ForeignServer::dovecot ? dovecot_uids : courier_uids;
}

// The letter of a keyword, a free one for a new name; nullopt when it cannot
// have one.
std::optional<std::size_t> letter_of(std::vector<std::string>& keywords,
                                     const std::string& keyword, bool may_add) {
  const auto known = std::ranges::find_if(
      keywords, [&](const auto& one) { return same_keyword(one, keyword); });
  if (known != keywords.end()) {
    return static_cast<std::size_t>(known - keywords.begin());
  }
  if (!may_add || keywords.size() == folder_keywords_max ||
      keyword.size() > keyword_octets_max) {
    return std::nullopt;
  }
  keywords.push_back(keyword);
  return keywords.size() - 1;
}

}  // namespace

std::string_view name(ForeignServer server) {
  switch (server) {
    case ForeignServer::none: return "none";
    case ForeignServer::dovecot: return "dovecot";
    case ForeignServer::courier: return "courier";
  }
  check_failed("ForeignServer holds one of its enumerators", __FILE__,
               __LINE__);
}

bool same_keyword(std::string_view one, std::string_view other) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  };
  return std::ranges::equal(one, other, {}, lower, lower);
}

DiskResult<bool> each_line(Disk& disk, DirectoryHandle in,
                           std::string_view name, std::uint64_t octets_max,
                           Unended unended, const ShowLine& show) {
  const auto file = disk.open(in, name, Open::read);
  if (!file && file.error() == Trouble::not_found) return false;
  if (!file) return std::unexpected(file.error());
  std::vector<Octet> room(piece_octets);
  std::string line;
  bool too_long = false;
  const auto end_line = [&] {
    if (too_long) {
      show(std::nullopt);
    } else {
      show(line);
    }
    line.clear();
    too_long = false;
  };
  std::uint64_t offset = 0;
  DiskResult<std::size_t> got = 0;
  do {
    got = disk.read(*file, offset, room);
    if (!got) break;
    offset += *got;
    for (const Octet octet : Octets(room).first(*got)) {
      if (octet == '\n') {
        end_line();
      } else if (line.size() == foreign_line_octets_max) {
        too_long = true;
      } else {
        line += static_cast<char>(octet);
      }
    }
  } while (*got == room.size() && offset < octets_max);
  disk.close(*file);
  if (!got) return std::unexpected(got.error());
  const bool is_cut = *got == room.size();  // The file is longer.
  if (is_cut || unended == Unended::is_bad) too_long = true;
  if (!line.empty() || is_cut) end_line();
  return true;
}

DiskResult<ForeignServer> ForeignLists::server() {
  ForeignServer found = ForeignServer::none;
  std::int64_t written = 0;
  for (const auto one : {ForeignServer::dovecot, ForeignServer::courier}) {
    const auto status = disk_.status(folder_, uid_list_of(one));
    if (!status && status.error() != Trouble::not_found) {
      return std::unexpected(status.error());
    }
    if (!status || status->kind != EntryKind::file) continue;
    if (found != ForeignServer::none && status->modified <= written) continue;
    found = one;
    written = status->modified;
  }
  return found;
}

DiskResult<ForeignLists::Records> ForeignLists::read_records(
    ForeignServer server, const Show* show) {
  Records records;
  bool is_first = true;
  const auto read = each_line(
      disk_, folder_, uid_list_of(server), foreign_list_octets_max,
      Unended::is_bad, [&](std::optional<std::string_view> line) {
        if (!std::exchange(is_first, false)) {
          if (!line) records.bad += 1;
          if (line) read_record(*line, records, show);
          return;
        }
        const auto header =
            line ? reader_.uid_list_header(*line) : std::nullopt;
        if (!header || !header->uid_validity || !header->uid_next) return;
        if (*header->uid_validity == 0 || *header->uid_validity > UINT32_MAX ||
            *header->uid_next == 0 || *header->uid_next > uid_end) {
          return;
        }
        records.header =
            Header{static_cast<std::uint32_t>(*header->uid_validity),
                   *header->uid_next};
      });
  if (!read) return std::unexpected(read.error());
  return records;
}

void ForeignLists::read_record(std::string_view line, Records& records,
                               const Show* show) {
  if (!records.header) return;
  const auto record = reader_.uid_list_record(line);
  if (!record || record->uid <= records.uid_last || record->uid >= uid_end ||
      record->uid >= records.header->uid_next + uids_past_next_max) {
    records.bad += 1;
    return;
  }
  records.uid_last = record->uid;
  if (show != nullptr) (*show)(*record);
}

DiskResult<> ForeignLists::each_record(ForeignServer server, const Show& show) {
  const auto records = read_records(server, &show);
  if (!records) return std::unexpected(records.error());
  return {};
}

DiskResult<std::optional<ForeignFolder>> ForeignLists::read(
    ForeignServer server) {
  const auto records = read_records(server, nullptr);
  if (!records) return std::unexpected(records.error());
  if (!records->header) return std::nullopt;
  ForeignFolder folder;
  folder.uid_validity = records->header->uid_validity;
  folder.uid_next = std::max(records->header->uid_next, records->uid_last + 1);
  folder.bad_lines = records->bad;
  if (records->bad > 0) {
    folder.uid_next = std::min(folder.uid_next + uids_left_out, uid_end);
  }
  if (server == ForeignServer::dovecot) {
    const auto read = read_dovecot_keywords(folder);
    if (!read) return std::unexpected(read.error());
  } else {
    const auto read = courier_keyword_bits(folder.keywords, true, &folder);
    if (!read) return std::unexpected(read.error());
  }
  return folder;
}

DiskResult<> ForeignLists::read_dovecot_keywords(ForeignFolder& folder) {
  const auto read = each_line(
      disk_, folder_, dovecot_keywords, foreign_list_octets_max,
      Unended::is_bad, [&](std::optional<std::string_view> line) {
        const auto keyword = line ? reader_.keyword_line(*line) : std::nullopt;
        if (!keyword || !keyword->index) {
          folder.bad_lines += 1;
          return;
        }
        std::vector<std::string>& names = folder.keywords;
        const bool is_known = std::ranges::any_of(names, [&](const auto& one) {
          return same_keyword(one, keyword->keyword);
        });
        // Those beyond the letters are in Dovecot's index alone.
        if (*keyword->index >= folder_keywords_max || is_known ||
            keyword->keyword.size() > keyword_octets_max) {
          folder.keywords_left_out += 1;
          return;
        }
        if (names.size() <= *keyword->index) names.resize(*keyword->index + 1);
        names[*keyword->index] = keyword->keyword;
      });
  if (!read) return std::unexpected(read.error());
  return {};
}

DiskResult<ForeignLists::KeywordBits> ForeignLists::courier_keyword_bits(
    std::vector<std::string>& keywords, bool may_add, ForeignFolder* folder) {
  KeywordBits bits;
  const auto directory = disk_.open_directory(folder_, courier_keywords);
  if (!directory) {
    if (directory.error() == Trouble::not_found ||
        directory.error() == Trouble::wrong_kind) {
      return bits;
    }
    return std::unexpected(directory.error());
  }
  const auto bit_of = [&](const std::string& keyword) -> std::uint32_t {
    const auto letter = letter_of(keywords, keyword, may_add);
    if (letter) return std::uint32_t{1} << *letter;
    if (folder != nullptr) folder->keywords_left_out += 1;
    return 0;
  };
  auto read = read_keyword_list(*directory, bit_of, bits, folder);
  if (read) read = read_keyword_files(*directory, bit_of, bits);
  disk_.close(*directory);
  if (!read) return std::unexpected(read.error());
  return bits;
}

DiskResult<> ForeignLists::read_keyword_list(DirectoryHandle directory,
                                             const BitOf& bit_of,
                                             KeywordBits& bits,
                                             ForeignFolder* folder) {
  std::vector<std::uint32_t> head;
  bool in_head = true;
  const auto bad = [&] {
    if (folder != nullptr) folder->bad_lines += 1;
  };
  const auto read =
      each_line(disk_, directory, courier_keyword_list, foreign_list_octets_max,
                Unended::is_bad, [&](std::optional<std::string_view> line) {
                  if (in_head && line && line->empty()) {
                    in_head = false;
                  } else if (in_head) {
                    // One that cannot be read is counted all the same.
                    const auto keyword =
                        line ? reader_.keyword_line(*line) : std::nullopt;
                    const bool is_name = keyword && !keyword->index;
                    if (!is_name) bad();
                    head.push_back(is_name ? bit_of(keyword->keyword) : 0);
                  } else if (auto one = line ? reader_.keyword_list_line(*line)
                                             : std::nullopt) {
                    std::uint32_t& its = bits[std::move(one->base)] = 0;
                    for (const std::uint64_t index : one->indices) {
                      if (index < head.size()) its |= head[index];
                    }
                  } else {
                    bad();
                  }
                });
  if (!read) return std::unexpected(read.error());
  return {};
}

// Of several files for one message the one without a time counts, else that of
// the latest; each of them more than the list.
DiskResult<> ForeignLists::read_keyword_files(DirectoryHandle directory,
                                              const BitOf& bit_of,
                                              KeywordBits& bits) {
  const auto entries = disk_.list(directory);
  if (!entries) return std::unexpected(entries.error());
  struct File {
    std::uint64_t time = 0;
    std::string name;
  };
  std::map<std::string, File> files;
  for (const DirectoryEntry& entry : *entries) {
    auto name = reader_.keyword_file_name(entry.name);
    if (entry.kind != EntryKind::file || !name) continue;
    const std::uint64_t time = name->time.value_or(UINT64_MAX);
    File& file = files[std::move(name->base)];
    if (file.name.empty() || time > file.time) file = {time, entry.name};
  }
  for (const auto& [base, file] : files) {
    std::uint32_t its = 0;
    const auto read =
        each_line(disk_, directory, file.name, keyword_file_octets_max,
                  Unended::is_bad, [&](std::optional<std::string_view> line) {
                    const auto keyword =
                        line ? reader_.keyword_line(*line) : std::nullopt;
                    if (!keyword || keyword->index) return;
                    its |= bit_of(keyword->keyword);
                  });
    if (!read) return std::unexpected(read.error());
    bits[base] = its;
  }
  return {};
}

}  // namespace postkeep::store
