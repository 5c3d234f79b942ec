#include "storage/evidence/wrapping_key.h"

#include <fstream>
#include <iterator>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/evidence/vault.h"
#include "tests/unit/ledger/ledger_fixture.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

SubjectKey some_key() {
  SubjectKey key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::byte>(i * 7 + 1);
  return key;
}

TEST(WrappingKey, IsSixtyFourDigitsWithOrWithoutALineEnd) {
  EXPECT_TRUE(WrappingKey::parse(std::string(64, 'a')));
  EXPECT_TRUE(WrappingKey::parse(std::string(64, 'A') + "\r\n"));
  for (const std::string& text : {std::string(), std::string(63, 'a'), std::string(66, 'a'),
                                  std::string(63, 'a') + "g", " " + std::string(64, 'a')}) {
    EXPECT_FALSE(WrappingKey::parse(text)) << text;
  }
}

// HKDF-SHA256 by `openssl kdf -keylen 8 -kdfopt digest:SHA2-256 -kdfopt hexkey:00…00 -kdfopt
// info:tidewaiter/v1/vault-key-id HKDF`.
TEST(WrappingKey, HasTheNameThatItsDerivationGives) {
  EXPECT_EQ(WrappingKey::parse(std::string(64, '0'))->id(), "50409e5698efb551");
}

TEST(WrappingKey, UnwrapsWhatItWrappedForTheSameSubjectOnly) {
  const auto key = WrappingKey::parse(std::string(64, '3'));
  const std::string wrapped = key->wrap(some_key(), "account:a/1");
  EXPECT_EQ(wrapped.size(), WrappingKey::kWrappedSize);
  EXPECT_NE(wrapped, key->wrap(some_key(), "account:a/1"));
  EXPECT_EQ(*key->unwrap(wrapped, "account:a/1"), some_key());
  EXPECT_FALSE(key->unwrap(wrapped, "account:a/2"));
  EXPECT_FALSE(WrappingKey::parse(std::string(64, '4'))->unwrap(wrapped, "account:a/1"));
  for (std::size_t i = 0; i < wrapped.size(); ++i) {
    std::string changed = wrapped;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(key->unwrap(changed, "account:a/1")) << "byte " << i;
  }
  EXPECT_FALSE(key->unwrap(std::string_view(wrapped).substr(1), "account:a/1"));
}

class WrappedVault : public testing::Test {
 protected:
  void SetUp() override {
    write_key(first_, '5');
    write_key(second_, '6');
  }
  static void write_key(const std::filesystem::path& file, char digit) {
    std::ofstream(file) << std::string(64, digit);
    std::filesystem::permissions(file, std::filesystem::perms(0400));
  }
  [[nodiscard]] std::string bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static std::string text_of(const SubjectKey& key) {
    return {reinterpret_cast<const char*>(key.data()), key.size()};
  }
  static Result<void> any_subject(const std::string& /*subject*/) { return {}; }

  TempDir dir_;
  std::filesystem::path path_ = dir_.path() / "vault.db";
  std::filesystem::path first_ = dir_.path() / "first.key";
  std::filesystem::path second_ = dir_.path() / "second.key";
  std::vector<std::string> subjects_{"account:a/1", "account:a/2"};
};

TEST_F(WrappedVault, HoldsNoKeyInPlain) {
  ASSERT_TRUE(Vault::create(path_, first_));
  std::vector<SubjectKey> keys;
  {
    auto vault = Vault::open(path_, first_);
    ASSERT_TRUE(vault) << vault.error().message;
    keys = *vault->keys_for(subjects_, any_subject);
    EXPECT_EQ(*vault->find(subjects_[1]), keys[1]);
  }
  for (const SubjectKey& key : keys) EXPECT_THAT(bytes(), testing::Not(HasSubstr(text_of(key))));
}

TEST_F(WrappedVault, OpensByItsOwnKeyAlone) {
  ASSERT_TRUE(Vault::create(path_, first_));
  EXPECT_EQ(Vault::open(path_).error().code, ErrorCode::kRefused);
  EXPECT_EQ(Vault::open(path_, second_).error().code, ErrorCode::kRefused);
  EXPECT_EQ(Vault::open(path_, dir_.path() / "none.key").error().code, ErrorCode::kNotFound);
  std::filesystem::permissions(first_, std::filesystem::perms(0444));
  EXPECT_EQ(Vault::open(path_, first_).error().code, ErrorCode::kRefused);
}

TEST_F(WrappedVault, IsRewrappedWithoutATraceOfWhatWasPlain) {
  ASSERT_TRUE(Vault::create(path_));
  std::vector<SubjectKey> keys;
  {
    auto vault = Vault::open(path_);
    keys = *vault->keys_for(subjects_, any_subject);
    EXPECT_THAT(bytes(), HasSubstr(text_of(keys[0])));
    EXPECT_EQ(*vault->rewrap(std::move(*wrapping_key_at(first_))), 2);
    EXPECT_EQ(*vault->find(subjects_[0]), keys[0]);
  }
  EXPECT_EQ(**Vault::wrapped_by(path_), WrappingKey::read(first_)->id());
  for (const SubjectKey& key : keys) EXPECT_THAT(bytes(), testing::Not(HasSubstr(text_of(key))));
  auto vault = Vault::open(path_, first_);
  ASSERT_TRUE(vault) << vault.error().message;
  EXPECT_EQ(*vault->rewrap(std::move(*wrapping_key_at(second_))), 2);
  EXPECT_EQ(*Vault::open(path_, second_)->find(subjects_[1]), keys[1]);
}

// A process that is killed while it wraps keys anew leaves a journal, which is rolled back by
// whoever may write: `ledger rotate-key` must say by which key the vault is wrapped then.
TEST_F(WrappedVault, TellsItsKeyBehindARewrapThatWasCutOff) {
  ASSERT_TRUE(Vault::create(path_, first_));
  for (int i = 0; i < 2000; ++i) subjects_.push_back("account:b/" + std::to_string(i));
  ASSERT_TRUE(Vault::open(path_, first_)->keys_for(subjects_, any_subject));
  const std::filesystem::path killed = dir_.path() / "killed.db";
  {
    SQLite::Database half(path_.string(), SQLite::OPEN_READWRITE);
    half.exec("PRAGMA cache_size = 2");  // so that pages go to the file before the end
    half.exec("BEGIN IMMEDIATE; UPDATE subject_key SET key = zeroblob(length(key))");
    for (const char* suffix : {"", "-journal"}) {
      std::filesystem::copy_file(path_.string() + suffix, killed.string() + suffix);
    }
  }
  EXPECT_FALSE(Vault::wrapped_by(killed));
  const auto wrapped = Vault::wrapped_by(killed, SqliteAccess::kReadWrite);
  ASSERT_TRUE(wrapped) << wrapped.error().message;
  EXPECT_EQ(*wrapped, WrappingKey::read(first_)->id());
  EXPECT_EQ(*Vault::open(killed, first_)->find(subjects_.back()),
            *Vault::open(path_, first_)->find(subjects_.back()));
}

// Two rows that somebody exchanged: each key was wrapped for the other subject.
TEST_F(WrappedVault, TellsOfKeysThatChangedPlaces) {
  ASSERT_TRUE(Vault::create(path_, first_));
  ASSERT_TRUE(Vault::open(path_, first_)->keys_for(subjects_, any_subject));
  SQLite::Database(path_.string(), SQLite::OPEN_READWRITE)
      .exec(
          "UPDATE subject_key SET subject = CASE id WHEN 1 THEN 'x' ELSE subject END;"
          "UPDATE subject_key SET subject = 'account:a/1' WHERE id = 2;"
          "UPDATE subject_key SET subject = 'account:a/2' WHERE id = 1");
  const auto vault = Vault::open(path_, first_);
  EXPECT_EQ(vault->find(subjects_[0]).error().code, ErrorCode::kCorruption);
}

TEST_F(WrappedVault, TakesTheKeysOfAnotherVaultOver) {
  const std::filesystem::path other = dir_.path() / "other.db";
  ASSERT_TRUE(Vault::create(other, second_));
  const std::vector<std::string> others{"account:a/2", "account:a/3"};
  const auto theirs = Vault::open(other, second_)->keys_for(others, any_subject);
  ASSERT_TRUE(Vault::create(path_, first_));
  auto vault = Vault::open(path_, first_);
  const auto own = vault->keys_for(subjects_, any_subject);
  const auto former = Vault::open_read_only(other, second_);
  ASSERT_TRUE(former) << former.error().message;
  EXPECT_EQ(*vault->take_over(*former), 1);
  EXPECT_EQ(*vault->find("account:a/2"), (*own)[1]) << "a subject's key is replaced";
  EXPECT_EQ(*vault->find("account:a/3"), (*theirs)[1]);
}

TEST_F(WrappedVault, OneOfTheFirstSchemaIsBroughtUpToDate) {
  const SubjectKey key = some_key();
  {
    SQLite::Database database(path_.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec(
        "CREATE TABLE subject_key(\n  id INTEGER PRIMARY KEY,\n  subject TEXT NOT NULL UNIQUE,\n"
        "  key BLOB NOT NULL CHECK(length(key) = 32)\n) STRICT");
    SQLite::Statement insert(database, "INSERT INTO subject_key VALUES (1, 'account:a/1', ?)");
    insert.bind(1, key.data(), static_cast<int>(key.size()));
    insert.exec();
    database.exec("PRAGMA application_id = 1415009876; PRAGMA user_version = 1");
  }
  std::filesystem::permissions(path_, std::filesystem::perms(0600));
  auto vault = Vault::open(path_);
  ASSERT_TRUE(vault) << vault.error().message;
  EXPECT_EQ(*vault->find("account:a/1"), key);
  EXPECT_TRUE(vault->rewrap(std::move(*wrapping_key_at(first_))));
  EXPECT_EQ(*Vault::open(path_, first_)->find("account:a/1"), key);
}

}  // namespace
}  // namespace tidewaiter
