// Attacks on a ledger, each caught and named (docs/ledger-format.md §12), as far as they are not in
// tamper_test.cpp, verify_test.cpp and tile_log_test.cpp.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "policies/model/base64.h"
#include "policies/model/jcs.h"
#include "storage/ledger/log_export.h"
#include "storage/ledger/tiles.h"
#include "storage/verify/report.h"
#include "storage/verify/tile_log.h"
#include "storage/verify/verify.h"
#include "tests/unit/verify/shared_vectors.h"
#include "tests/unit/verify/small_ledger.h"
#include "tests/unit/verify/tampering.h"

namespace tidewaiter {
namespace {

using test::all_problems;
using test::must;
using test::SmallLedger;
using testing::HasSubstr;

/// Says whether a problem of this kind names the entry in these words.
testing::AssertionResult is_named(const VerifyReport& report, VerifyFailure failure,
                                  std::int64_t index, std::string_view words) {
  const bool named = std::ranges::any_of(report.problems, [&](const VerifyProblem& problem) {
    return problem.failure == failure && problem.index == index &&
           problem.message.find(words) != std::string::npos;
  });
  if (named) return testing::AssertionSuccess();
  return testing::AssertionFailure() << words << " is not among\n" << all_problems(report);
}

/// Each works on copies of all parts of one ledger.
class Attack : public testing::Test {
 protected:
  static void SetUpTestSuite() { small_ = new SmallLedger(); }
  static void TearDownTestSuite() {
    delete small_;
    small_ = nullptr;
  }

  Attack() { copy_parts(small_->paths(), paths_); }

  static LedgerPaths parts_in(const test::ScratchFolder& folder) {
    return {folder / "ledger.db", folder / "lock.db", folder / "ledger.key", folder / "vault.db"};
  }

  static void copy_parts(const LedgerPaths& from, const LedgerPaths& to) {
    for (const auto member :
         {&LedgerPaths::database, &LedgerPaths::lock, &LedgerPaths::key, &LedgerPaths::vault}) {
      std::filesystem::copy_file(from.*member, to.*member);
    }
  }

  [[nodiscard]] VerifyReport verify() const {
    return verify_ledger({paths_.database, paths_.lock, small_->verifier_key()});
  }
  [[nodiscard]] std::string entry(std::int64_t index) const {
    SQLite::Database database(paths_.database.string(), SQLite::OPEN_READONLY);
    SQLite::Statement select(database, "SELECT body FROM entry WHERE idx = ?");
    select.bind(1, index);
    return select.executeStep() ? select.getColumn(0).getString() : std::string();
  }

  /// Appends an event and signs.
  static void grow(const LedgerPaths& paths, const std::string& fields, UtcTime now) {
    const auto ledger = must(Ledger::open(paths, Ledger::Mode::kReadWrite));
    LedgerCommit commit;
    commit.events = {{"config.changed", fields}};
    must(ledger->commit(commit, now));
    must(ledger->sign(now));
  }

  static constexpr UtcTime kLater{1'790'000'000'000'000 + kDay.us};
  static SmallLedger* small_;
  test::ScratchFolder folder_;
  LedgerPaths paths_ = parts_in(folder_);
};
SmallLedger* Attack::small_ = nullptr;

// Entries 1 and 2 are events of one commit: no form and no time speaks against another order.
TEST_F(Attack, EntriesThatChangedPlacesAreNamed) {
  const std::string first = "x'" + test::hex_of(entry(1)) + "'";
  const std::string second = "x'" + test::hex_of(entry(2)) + "'";
  test::tamper(paths_.database, {"UPDATE entry SET body = CASE idx WHEN 1 THEN " + second +
                                 " ELSE " + first + " END WHERE idx IN (1, 2)"});
  EXPECT_TRUE(is_named(verify(), VerifyFailure::kTree, 1, "does not have the leaf hash"));
  // The tree with them, as somebody does who knows the format; nothing is replaced in entry 0.
  test::forge_entry(paths_.database, 0, "{", "{", SmallLedger::kSigned);
  EXPECT_TRUE(is_named(verify(), VerifyFailure::kHead, -1, "another root than the entries"));
}

// Who has key, ledger and lock store of one day has a log of his own from then on.
TEST_F(Attack, AForkByAStolenKeyIsNamedByTheTrueLockStore) {
  const test::ScratchFolder elsewhere;
  const LedgerPaths stolen = parts_in(elsewhere);
  copy_parts(paths_, stolen);
  grow(paths_, R"({"hash":"01"})", kLater);
  grow(stolen, R"({"hash":"02"})", kLater);
  const VerifyReport alone = verify_ledger({stolen.database, stolen.lock, small_->verifier_key()});
  EXPECT_TRUE(alone.ok()) << "of two heads by one key each holds alone\n" << all_problems(alone);
  EXPECT_TRUE(is_named(verify_ledger({stolen.database, paths_.lock, small_->verifier_key()}),
                       VerifyFailure::kLock, -1, "they were changed, or the log has forked"));
  // And who has an export of the true log notices that the other one does not go on from it.
  const auto all = [](std::int64_t, std::int64_t) {};
  must(export_log(*must(Ledger::open(paths_, Ledger::Mode::kReadOnly)), folder_ / "log", all));
  const auto refused =
      export_log(*must(Ledger::open(stolen, Ledger::Mode::kReadOnly)), folder_ / "log", all);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("is of another log"));
}

TEST_F(Attack, AClockThatIsSetForthAndBackPutsNothingOutOfOrder) {
  grow(paths_, R"({"hash":"01"})", kLater + kHour);
  grow(paths_, R"({"hash":"02"})", kLater);
  grow(paths_, R"({"hash":"03"})", kLater - kHour);
  const VerifyReport report = verify();
  EXPECT_TRUE(report.ok()) << all_problems(report);
  // 2026-09-21T14:13:20Z is second 1,790,000,000; a day and an hour later, three times.
  for (const std::int64_t index : {15, 16, 17}) {
    EXPECT_THAT(entry(index), HasSubstr("\"ts\":\"2026-09-22T15:13:20Z\"")) << index;
  }
}

TEST_F(Attack, AnEntryThatClaimsAnEarlierTimeIsNamed) {
  grow(paths_, R"({"hash":"01"})", kLater);
  test::forge_entry(paths_.database, 15, "2026-09-22T14", "2026-09-20T14", 16);
  EXPECT_TRUE(is_named(verify(), VerifyFailure::kEntry, 15,
                       "its time is before that of the entry in front"));
}

class ExportAttack : public Attack {
 protected:
  /// The export's entries as they are, changed by `change`, in one bundle.
  void rewrite(const std::function<void(std::vector<std::string>&)>& change) {
    must(export_log(*must(Ledger::open(paths_, Ledger::Mode::kReadOnly)), log_,
                    [](std::int64_t, std::int64_t) {}));
    const auto file = log_ / bundle_path(0, SmallLedger::kSigned);
    const std::string bytes = test::read_file(file);
    std::vector<std::string> entries;
    for (const std::string_view one : must(parse_bundle(bytes, SmallLedger::kSigned))) {
      entries.emplace_back(one);
    }
    change(entries);
    std::ofstream out(file, std::ios::binary);
    for (const std::string& one : entries) {
      // C2SP tlog-tiles: each entry behind its length, two bytes, big-endian.
      out << static_cast<char>(one.size() >> 8U) << static_cast<char>(one.size() & 0xFFU) << one;
    }
  }
  [[nodiscard]] VerifyReport verify_export() const {
    return verify_tile_log(log_, small_->verifier_key());
  }

  std::filesystem::path log_ = folder_ / "log";
};

TEST_F(ExportAttack, AnOmittedEntryIsNamed) {
  rewrite([](std::vector<std::string>& entries) { entries.erase(entries.begin() + 6); });
  // Where it was stands another, and one is missing.
  EXPECT_TRUE(
      is_named(verify_export(), VerifyFailure::kEntry, 6, "it has 13 entries; expected 14"));
  EXPECT_EQ(verify_exit_code(verify_export()), 12);
}

TEST_F(ExportAttack, AnOmittedEntryWhosePlaceIsFilledIsNamed) {
  rewrite([](std::vector<std::string>& entries) {
    entries.erase(entries.begin() + 6);
    entries.push_back(entries.back());
  });
  EXPECT_TRUE(is_named(verify_export(), VerifyFailure::kEntry, 6, "was changed"));
}

class DisclosureAttack : public Attack {
 protected:
  /// A disclosure that nobody's key made, and its digest.
  static std::string text_of(const std::string& name, const nlohmann::json& value) {
    const std::string salt = to_base64(sha256(name).bytes, Base64::kUrl);
    return to_base64(must(to_jcs(nlohmann::json::array({salt, name, value}))), Base64::kUrl);
  }
  static std::string digest_of(const std::string& text) {
    return to_base64(sha256(text).bytes, Base64::kUrl);
  }
  void insert(std::int64_t index, const std::string& name, const std::string& text) {
    test::tamper(paths_.database, {"INSERT INTO disclosure VALUES (" + std::to_string(index) +
                                   ", '" + name + "', '" + text + "')"});
  }
};

TEST_F(DisclosureAttack, OneThatMatchesNoDigestIsNamed) {
  insert(3, "figures/other", text_of("figures/other", "x"));
  EXPECT_TRUE(is_named(verify(), VerifyFailure::kProjection, 3,
                       "the disclosure `figures/other` of entry 3 hashes to no digest of it"));
}

TEST_F(DisclosureAttack, OneThatIsUsedTwiceIsNamed) {
  test::tamper(paths_.database, {"INSERT INTO disclosure SELECT idx, 'twice', text FROM disclosure "
                                 "WHERE idx = 3 AND name = 'subject'"});
  EXPECT_TRUE(is_named(verify(), VerifyFailure::kProjection, 3, "uses a digest twice"));
}

// The entry itself was made for it: its digest is among the entry's, and the tree is the entry's.
TEST_F(DisclosureAttack, OneThatShadowsAnOpenFieldIsNamed) {
  const auto digests = nlohmann::json::parse(entry(3))["_sd"].get<std::vector<std::string>>();
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"severity", "low"}, {"finding", "0"}, {"figures/cost", "1"}, {"_sd", "x"}}) {
    std::filesystem::copy_file(small_->paths().database, paths_.database,
                               std::filesystem::copy_options::overwrite_existing);
    const std::string text = text_of(name, value);
    std::vector<std::string> with = digests;
    // A decoy makes room, or a true one whose row then has no digest, which is told besides.
    with[0] = digest_of(text);
    std::ranges::sort(with);
    test::forge_entry(paths_.database, 3, nlohmann::json(digests).dump(),
                      nlohmann::json(with).dump(), SmallLedger::kSigned);
    insert(3, name, text);
    EXPECT_TRUE(is_named(verify(), VerifyFailure::kProjection, 3,
                         "the disclosure `" + name +
                             "` of entry 3 has a name or a value that its entry has no place for"));
  }
}

}  // namespace
}  // namespace tidewaiter
