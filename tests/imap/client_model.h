// What a client must believe of its mailbox, from the responses alone (RFC
// 9051 section 7.4 and 7.5): the other side of imap/session_view.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postkeep::imap {

class ClientModel {
 public:
  // One response, with its literals and CRLF.
  void hear(std::string_view response);

  // The first response that a client could not make sense of.
  [[nodiscard]] const std::optional<std::string>& fault() const {
    return fault_;
  }
  [[nodiscard]] std::size_t size() const { return uids_.size(); }
  // 0: not told yet.
  [[nodiscard]] const std::vector<std::uint32_t>& uids() const { return uids_; }
  // How many answers each tag had; "*" for BAD without a tag.
  [[nodiscard]] const std::map<std::string, int>& answers() const {
    return answers_;
  }
  [[nodiscard]] std::uint64_t answer_count() const;

 private:
  void hear_number(std::uint32_t number, std::string_view what,
                   std::string_view rest, std::string_view response);
  void hear_vanished(std::string_view set, std::string_view response);
  void vanish(std::uint32_t uid, std::string_view response);
  void hear_tagged(std::string_view response);
  void fail(std::string_view why, std::string_view response);

  std::vector<std::uint32_t> uids_;
  std::map<std::string, int> answers_;
  bool heard_expunge_ = false;  // Since the last tagged answer.
  bool enabled_quick_resync_ = false;
  std::optional<std::string> fault_;
};

}  // namespace postkeep::imap
