// Plays tests/dialogs/smtp_client: one story per file.
#include "smtp/client_dialog.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace postkeep::smtp;

namespace {

std::vector<std::filesystem::path> stories() {
  std::vector<std::filesystem::path> all;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path{POSTKEEP_TOP} / "tests/dialogs/smtp_client")) {
    if (entry.path().extension() == ".dialog") all.push_back(entry.path());
  }
  std::ranges::sort(all);
  return all;
}

class SmtpClientDialog : public testing::TestWithParam<std::filesystem::path> {
};

TEST_P(SmtpClientDialog, goes_as_it_is_told) {
  std::ifstream in(GetParam(), std::ios::binary);
  const std::string story{std::istreambuf_iterator<char>(in), {}};
  ASSERT_FALSE(story.empty());
  ClientDialog dialog;
  const auto wrong = dialog.play(story);
  EXPECT_FALSE(wrong) << GetParam() << ": " << wrong.value_or("");
}

std::string name_of(const testing::TestParamInfo<std::filesystem::path>& at) {
  return at.param.stem().string();
}

INSTANTIATE_TEST_SUITE_P(stories, SmtpClientDialog,
                         testing::ValuesIn(stories()), name_of);

}  // namespace
