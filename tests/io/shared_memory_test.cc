#include "io/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <string>

#include "gtest/gtest.h"
#include "io/errno.h"

namespace postkeep::io {
namespace {

constexpr int all_seals =
    F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

Descriptor memory_with(std::string_view text, int seals) {
  Descriptor memory =
      own(memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  EXPECT_EQ(write(memory.number(), text.data(), text.size()),
            static_cast<ssize_t>(text.size()));
  EXPECT_EQ(fcntl(memory.number(), F_ADD_SEALS, seals), 0);
  return memory;
}

TEST(IoSharedMemory, the_pieces_are_seen_one_after_the_other) {
  SealedMemory memory;
  std::vector<std::string> texts;
  std::vector<Octets> pieces;
  std::string whole;
  for (std::size_t i = 0; i < 200; ++i) {
    texts.emplace_back(i * 31 % 5000, static_cast<char>('a' + i % 26));
    whole += texts.back();
  }
  for (const std::string& text : texts) pieces.push_back(octets(text));
  const auto sealed = memory.seal(pieces);
  ASSERT_TRUE(sealed);
  const auto view = memory.view(*sealed, whole.size());
  ASSERT_TRUE(view);
  const Octets seen = (*view)->octets();
  EXPECT_EQ(std::string(seen.begin(), seen.end()), whole);
}

TEST(IoSharedMemory, another_descriptor_is_of_the_same_memory) {
  SealedMemory memory;
  const std::array pieces{octets("there once")};
  auto sealed = memory.seal(pieces);
  ASSERT_TRUE(sealed);
  const auto another = memory.another(*sealed);
  ASSERT_TRUE(another);
  EXPECT_NE(another->number(), sealed->number());
  struct stat one{};
  struct stat other{};
  ASSERT_EQ(fstat(sealed->number(), &one), 0);
  ASSERT_EQ(fstat(another->number(), &other), 0);
  EXPECT_EQ(one.st_ino, other.st_ino);
  sealed->reset();
  EXPECT_TRUE(memory.view(*another, 10));
}

TEST(IoSharedMemory, sealed_memory_cannot_be_changed) {
  SealedMemory memory;
  const std::array pieces{octets("as it is")};
  const auto sealed = memory.seal(pieces);
  ASSERT_TRUE(sealed);
  EXPECT_EQ(pwrite(sealed->number(), "X", 1, 0), -1);
  EXPECT_EQ(ftruncate(sealed->number(), 1), -1);
  EXPECT_EQ(ftruncate(sealed->number(), 100), -1);
  EXPECT_EQ(
      mmap(nullptr, 8, PROT_READ | PROT_WRITE, MAP_SHARED, sealed->number(), 0),
      MAP_FAILED);
}

TEST(IoSharedMemory, what_lacks_a_seal_is_refused) {
  SealedMemory memory;
  for (const int missing : {F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE}) {
    const Descriptor given = memory_with("text", all_seals & ~missing);
    EXPECT_EQ(memory.view(given, 100).error(), Trouble::malformed) << missing;
  }
  const Descriptor whole = memory_with("text", all_seals);
  EXPECT_TRUE(memory.view(whole, 4));
}

TEST(IoSharedMemory, what_is_no_memory_or_too_large_is_refused) {
  SealedMemory memory;
  const Descriptor file = own(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(memory.view(file, 1'000'000'000).error(), Trouble::malformed);
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const Descriptor reads = own(ends[0]);
  const Descriptor writes = own(ends[1]);
  EXPECT_EQ(memory.view(reads, 100).error(), Trouble::malformed);
  EXPECT_EQ(memory.view(Descriptor(), 100).error(), Trouble::malformed);
  const Descriptor large = memory_with("12345", all_seals);
  EXPECT_EQ(memory.view(large, 4).error(), Trouble::no_space);
}

TEST(IoSharedMemory, no_octets_are_octets_too) {
  SealedMemory memory;
  const auto sealed = memory.seal({});
  ASSERT_TRUE(sealed);
  const auto view = memory.view(*sealed, 0);
  ASSERT_TRUE(view);
  EXPECT_TRUE((*view)->octets().empty());
}

}  // namespace
}  // namespace postkeep::io
