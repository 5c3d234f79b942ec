#include "storage/evidence/payload_folder.h"

#include <array>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "storage/files/durable_file.h"
#include "tests/unit/ledger/ledger_fixture.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

constexpr std::int64_t kRoom = 1 << 20;

class PayloadFolderTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(Vault::create(dir_.path() / "vault.db")); }

  [[nodiscard]] std::filesystem::path write(const std::string& name, std::string_view text) const {
    const std::filesystem::path path = dir_.path() / name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  [[nodiscard]] StoredPayload kept(std::string_view text) const {
    const auto kept = folder_.keep(write("given", text), kRoom);
    EXPECT_TRUE(kept) << kept.error().message;
    return kept->stored;
  }
  [[nodiscard]] std::string text_in(const StoredPayload& payload) const {
    const auto to = dir_.path() / "taken";
    std::filesystem::remove(to);
    const auto taken = folder_.take_out(payload, std::nullopt, to);
    if (!taken) return "refused: " + taken.error().message;
    return *read_whole_file(to, kRoom);
  }
  [[nodiscard]] std::int64_t keys() const {
    std::int64_t count = 0;
    auto vault = Vault::open(dir_.path() / "vault.db");
    EXPECT_TRUE(vault->destroy([&count](const std::string& /*name*/) {
      ++count;
      return false;
    }));
    return count;
  }

  TempDir dir_;
  PayloadFolder folder_{dir_.path() / "payloads", dir_.path() / "vault.db", {}};
};

TEST_F(PayloadFolderTest, GivesBackWhatItWasGiven) {
  for (const std::size_t size : {0U, 1U, 16'383U, 16'384U, 50'000U}) {
    const std::string text(size, 'q');
    const auto kept = folder_.keep(write("given", text), kRoom);
    ASSERT_TRUE(kept) << kept.error().message;
    EXPECT_EQ(kept->content, (FileMeasure{sha256(text), static_cast<std::int64_t>(size)}));
    const auto file = measure_file(folder_.file_of(kept->stored.id), kRoom);
    ASSERT_TRUE(file);
    EXPECT_EQ(*file, (FileMeasure{kept->stored.sha256, kept->stored.bytes}));
    EXPECT_EQ(kept->stored.bytes, payload_length(static_cast<std::int64_t>(size)));
    EXPECT_EQ(text_in(kept->stored), text);
    EXPECT_TRUE(folder_.check(kept->stored));
  }
}

TEST_F(PayloadFolderTest, IsForItsOwnerAndHasNoTextInIt) {
  const StoredPayload payload = kept("the name of somebody");
  struct stat about {};
  ASSERT_EQ(::stat(folder_.file_of(payload.id).c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777U, 0600U);
  ASSERT_EQ(::stat(folder_.folder().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777U, 0700U);
  EXPECT_THAT(*read_whole_file(folder_.file_of(payload.id), kRoom), Not(HasSubstr("somebody")));
}

TEST_F(PayloadFolderTest, LeavesNothingOfAFileThatItCannotKeep) {
  const auto too_large = folder_.keep(write("large", std::string(kRoom + 1, 'x')), kRoom);
  ASSERT_FALSE(too_large);
  EXPECT_EQ(too_large.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(too_large.error().message, HasSubstr("more than 1048576 bytes"));
  EXPECT_EQ(folder_.keep(dir_.path() / "nowhere", kRoom).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(folder_.keep(dir_.path(), kRoom).error().code, ErrorCode::kInvalidInput);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.folder()));
  EXPECT_EQ(keys(), 0);
}

TEST_F(PayloadFolderTest, RefusesWhatIsNotWhatTheEntrySays) {
  const StoredPayload payload = kept("one");
  const StoredPayload other = kept("two");
  StoredPayload claimed = payload;
  claimed.sha256 = other.sha256;
  EXPECT_THAT(text_in(claimed), HasSubstr("is not what the ledger's entry says"));
  EXPECT_EQ(folder_.check(claimed).error().code, ErrorCode::kCorruption);
  claimed = payload;
  ++claimed.bytes;
  EXPECT_EQ(folder_.look_at(claimed).error().code, ErrorCode::kCorruption);
  // The file of one exhibit in the place of another, and an entry that says so, too.
  std::filesystem::copy_file(folder_.file_of(other.id), folder_.file_of(payload.id),
                             std::filesystem::copy_options::overwrite_existing);
  claimed = {payload.id, other.sha256, other.bytes};
  EXPECT_THAT(text_in(claimed), HasSubstr("does not commit to this key"));
  EXPECT_FALSE(std::filesystem::exists(dir_.path() / "taken"));
  EXPECT_FALSE(std::filesystem::exists(dir_.path() / "taken.new"));
}

TEST_F(PayloadFolderTest, HoldsTheTextAgainstWhatWasSigned) {
  const StoredPayload payload = kept("one");
  const auto to = dir_.path() / "taken";
  EXPECT_EQ(folder_.take_out(payload, sha256("two"), to).error().code, ErrorCode::kCorruption);
  EXPECT_FALSE(std::filesystem::exists(to));
  EXPECT_TRUE(folder_.take_out(payload, sha256("one"), to));
  const auto again = folder_.take_out(payload, sha256("one"), to);
  ASSERT_FALSE(again) << "it would take the place of another file";
  EXPECT_EQ(again.error().code, ErrorCode::kRefused);
}

TEST_F(PayloadFolderTest, ErasesKeyAndFileBehindAMark) {
  const StoredPayload payload = kept("one");
  const StoredPayload other = kept("two");
  const std::string before = *read_whole_file(folder_.file_of(payload.id), kRoom);
  ASSERT_TRUE(folder_.erase(std::array{payload.id}, "e-0123456789ab"));
  EXPECT_THAT(*folder_.erased(), ElementsAre(Pair(payload.id, "e-0123456789ab")));
  EXPECT_THAT(*folder_.ids(), ElementsAre(other.id));
  EXPECT_THAT(text_in(payload), HasSubstr("the erasure e-0123456789ab has destroyed them"));
  EXPECT_EQ(text_in(other), "two");
  // Who has kept a copy of the file has nothing: the key is gone.
  std::ofstream(folder_.file_of(payload.id), std::ios::binary) << before;
  EXPECT_THAT(text_in(payload), HasSubstr("the erasure e-0123456789ab has destroyed them"));
  ASSERT_TRUE(folder_.erase(std::array{payload.id}, "e-ffffffffffff"));
  EXPECT_THAT(*folder_.erased(), ElementsAre(Pair(payload.id, "e-0123456789ab")));
  EXPECT_FALSE(std::filesystem::exists(folder_.file_of(payload.id)));
}

// Killed between the mark and the key, or between the key and the file, it is done again.
TEST_F(PayloadFolderTest, GoesOnWithAnErasureThatWasCutOff) {
  const StoredPayload payload = kept("one");
  ASSERT_TRUE(place_file(folder_.mark_of(payload.id), 0600, "e-0123456789ab\n"));
  ASSERT_TRUE(folder_.erase(std::array{payload.id}, "e-0123456789ab"));
  EXPECT_THAT(*folder_.ids(), IsEmpty());
  EXPECT_EQ(keys(), 0);
  ASSERT_TRUE(folder_.erase(std::array{payload.id}, "e-0123456789ab"));
}

TEST_F(PayloadFolderTest, DiscardsWhatNoEntryNames) {
  const StoredPayload payload = kept("one");
  const StoredPayload left = kept("two");
  const auto half = write("payloads/" + std::string(32, 'a') + ".new", "half-written");
  {
    auto vault = Vault::open(dir_.path() / "vault.db");
    const auto any = [](const std::string& /*name*/) { return Result<void>(); };
    ASSERT_TRUE(vault->keys_for(std::array{std::string("account:gateway/1")}, any));
  }
  EXPECT_EQ(folder_.discard_others({payload.id}).value_or(-1), 2);
  EXPECT_FALSE(std::filesystem::exists(half));
  EXPECT_THAT(*folder_.ids(), ElementsAre(payload.id));
  EXPECT_THAT(text_in(left), HasSubstr("is not there"));
  EXPECT_EQ(text_in(payload), "one");
  EXPECT_EQ(keys(), 2) << "that of the exhibit that is named, and the subject's";
  ASSERT_TRUE(folder_.discard(payload.id));
  EXPECT_EQ(keys(), 1);
}

TEST_F(PayloadFolderTest, OfAFolderThatIsNotThereThereIsNone) {
  EXPECT_THAT(*folder_.ids(), IsEmpty());
  EXPECT_THAT(*folder_.erased(), IsEmpty());
  EXPECT_EQ(folder_.discard_others({}).value_or(-1), 0);
  EXPECT_TRUE(folder_.discard(std::string(32, '0')));
}

// A new ledger names none of them, so that no erasure would reach the keys.
TEST_F(PayloadFolderTest, KeysStayWithTheirVault) {
  static_cast<void>(kept("one"));
  const auto next = dir_.path() / "next.db";
  ASSERT_TRUE(Vault::create(next));
  auto to = Vault::open(next);
  const auto from = Vault::open_read_only(dir_.path() / "vault.db");
  EXPECT_EQ(to->take_over(*from).value_or(-1), 0);
}

TEST(PayloadId, IsThirtyTwoDigits) {
  EXPECT_TRUE(is_payload_id("0123456789abcdef0123456789abcdef"));
  EXPECT_FALSE(is_payload_id("0123456789ABCDEF0123456789abcdef"));
  EXPECT_FALSE(is_payload_id("0123456789abcdef"));
  EXPECT_FALSE(is_payload_id("../3456789abcdef0123456789abcdef"));
}

}  // namespace
}  // namespace tidewaiter
