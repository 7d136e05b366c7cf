// Plays every story of tests/dialogs/pop3: whole, octet by octet, and with a
// client that takes a few octets of an answer at a time.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/pop3/dialog_protocol.h"

namespace postkeep::pop3 {
namespace {

std::vector<std::string> stories() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(
           POSTKEEP_TOP "/tests/dialogs/pop3")) {
    if (entry.path().extension() == ".dialog") {
      paths.push_back(entry.path().string());
    }
  }
  std::ranges::sort(paths);
  return paths;
}

std::string fault(const std::string& path, imap::PlayHow how) {
  Pop3Protocol protocol;
  return imap::play(path, how, protocol).value_or("");
}

class Pop3Dialog : public testing::TestWithParam<std::string> {};

TEST_P(Pop3Dialog, goes_as_written) { EXPECT_EQ(fault(GetParam(), {}), ""); }

TEST_P(Pop3Dialog, goes_as_written_octet_by_octet) {
  EXPECT_EQ(fault(GetParam(), {1, 1 << 20}), "");
}

TEST_P(Pop3Dialog, goes_as_written_to_a_slow_reader) {
  EXPECT_EQ(fault(GetParam(), {7, 3}), "");
}

INSTANTIATE_TEST_SUITE_P(
    Pop3, Pop3Dialog, testing::ValuesIn(stories()), [](const auto& story) {
      return std::filesystem::path(story.param).stem().string();
    });

}  // namespace
}  // namespace postkeep::pop3
