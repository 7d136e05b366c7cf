// Plays every story of tests/dialogs/imap: whole, octet by octet, and with a
// client that takes a few octets of an answer at a time.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/imap/dialog.h"

namespace postkeep::imap {
namespace {

std::vector<std::string> stories() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(
           POSTKEEP_TOP "/tests/dialogs/imap")) {
    if (entry.path().extension() == ".dialog") {
      paths.push_back(entry.path().string());
    }
  }
  std::ranges::sort(paths);
  return paths;
}

class ImapDialog : public testing::TestWithParam<std::string> {};

TEST_P(ImapDialog, goes_as_written) {
  EXPECT_EQ(play(GetParam(), {}).value_or(""), "");
}

TEST_P(ImapDialog, goes_as_written_octet_by_octet) {
  EXPECT_EQ(play(GetParam(), {1, 1 << 20}).value_or(""), "");
}

TEST_P(ImapDialog, goes_as_written_to_a_slow_reader) {
  EXPECT_EQ(play(GetParam(), {7, 3}).value_or(""), "");
}

INSTANTIATE_TEST_SUITE_P(
    Imap, ImapDialog, testing::ValuesIn(stories()), [](const auto& story) {
      return std::filesystem::path(story.param).stem().string();
    });

}  // namespace
}  // namespace postkeep::imap
