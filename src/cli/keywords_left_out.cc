#include "cli/keywords_left_out.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "cli/operator_config.h"
#include "ipc/transfer_messages.h"
#include "store/mailbox.h"

namespace postkeep::cli {
namespace {

constexpr std::size_t told_max = 50;
constexpr std::size_t shown_octets_max = 60;

// RFC 9051 section 9: a flag-keyword is an atom.
bool is_atom(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return c > ' ' && c <= '~' &&
           std::string_view("(){%*\"\\]").find(c) == std::string_view::npos;
  });
}

}  // namespace

void KeywordsLeftOut::fit(std::vector<std::string>& keywords) {
  std::erase_if(keywords, [this](const std::string& keyword) {
    const bool fits = keyword.size() <= store::keyword_octets_max;
    if (!fits) {
      tell_one(keyword, "it has more than " +
                            std::to_string(store::keyword_octets_max) +
                            " octets");
    } else if (!is_atom(keyword)) {
      tell_one(keyword, "no IMAP keyword can have that name");
    }
    return !fits || !is_atom(keyword);
  });
  while (keywords.size() > ipc::transfer_keywords_max) {
    tell_one(keywords.back(), "a message has at most " +
                                  std::to_string(ipc::transfer_keywords_max) +
                                  " keywords");
    keywords.pop_back();
  }
}

void KeywordsLeftOut::tell(const std::string& mailbox,
                           const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    tell_one(name, mailbox + " has " +
                       std::to_string(store::folder_keywords_max) +
                       " others already, and has room for no more");
  }
}

void KeywordsLeftOut::tell_one(const std::string& keyword,
                               const std::string& why) {
  if (told_.size() >= told_max || !told_.insert(keyword).second) return;
  complain("the keyword " + shown(keyword.substr(0, shown_octets_max)) +
           (keyword.size() > shown_octets_max ? "…" : "") +
           " is left out: " + why + ". The messages are imported without it");
}

}  // namespace postkeep::cli
