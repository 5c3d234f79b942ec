// Tokens that `openssl ts` made for the heads of a real ledger, and what the verifier says of them.
#include "storage/verify/timestamp_check.h"

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "storage/ledger/key_file.h"
#include "storage/ledger/log_export.h"
#include "storage/verify/report.h"
#include "storage/verify/tile_log.h"
#include "tests/unit/timestamp/openssl_authority.h"
#include "tests/unit/verify/shared_vectors.h"
#include "tests/unit/verify/small_ledger.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;
using test::must;
using test::SmallLedger;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class TimestampVerdict : public testing::Test {
 protected:
  /// The head of that size, as the ledger has signed it.
  Checkpoint signed_head(std::int64_t size) {
    SQLite::Database database(small_.paths().database.string(), SQLite::OPEN_READONLY);
    for (const StoredHead& head : read_checkpoints(database)) {
      if (head.size != size) continue;
      Checkpoint made = must(read_head(head.note));
      made.note = head.note;
      return made;
    }
    throw std::runtime_error("no such head");
  }

  /// Has a token for a head put into the folder; gives the file's path.
  fs::path stamp(const Checkpoint& head) {
    TimestampFolder folder(stamps_);
    const VerifierKey log = must(parse_verifier_key(small_.verifier_key()));
    const PendingTimestamp asked = must(folder.ask(head, log, ""));
    must(folder.take(openssl_.answer(asked.der), authorities_));
    for (const StoredTimestamp& token : must(folder.tokens())) {
      if (token.size == head.head.size) return stamps_ / token.file;
    }
    throw std::runtime_error("no such token");
  }

  VerifyReport verify(bool with_authorities = true) {
    VerifyInput input = small_.input();
    if (with_authorities) input.authorities = &authorities_;
    return verify_ledger(input);
  }

  /// The messages of the problems; all of them are about timestamps.
  static std::string problems(const VerifyReport& report) {
    std::string all;
    for (const VerifyProblem& problem : report.problems) {
      EXPECT_EQ(problem.failure, VerifyFailure::kTimestamp) << problem.message;
      all += problem.message + "\n";
    }
    return all;
  }

  OpensslAuthority openssl_;
  TimestampAuthorities authorities_ = must(TimestampAuthorities::from_pem(openssl_.root()));
  SmallLedger small_;
  fs::path stamps_ = small_.folder() / "timestamps";
};

TEST_F(TimestampVerdict, SaysWhenTheHeadWasThere) {
  stamp(signed_head(10));
  stamp(signed_head(14));
  const VerifyReport report = verify();
  EXPECT_EQ(problems(report), "");
  ASSERT_TRUE(report.timestamps);
  ASSERT_EQ(report.timestamps->size(), 2U);
  EXPECT_EQ(report.timestamps->at(0).size, 10);
  EXPECT_EQ(report.timestamps->at(1).size, 14);
  EXPECT_EQ(report.timestamps->at(1).authority, "CN=Test TSA");
  EXPECT_THAT(verdict_text(report),
              HasSubstr("\n  stamped: 14 entries, " + format_time(report.timestamps->at(1).time) +
                        " ±1s500ms100us, CN=Test TSA\n"));
}

TEST_F(TimestampVerdict, SaysThatATokenWasNotJudged) {
  EXPECT_THAT(verify(false).notes, Not(Contains(HasSubstr("timestamp"))));
  stamp(signed_head(14));
  const VerifyReport report = verify(false);
  EXPECT_EQ(problems(report), "");
  EXPECT_FALSE(report.timestamps);
  EXPECT_THAT(report.notes, Contains(HasSubstr("1 timestamp is there; whether an authority signed "
                                               "it was not checked: give its certificates")));
}

TEST_F(TimestampVerdict, FailsWhereOneIsAskedForAndNoneIsThere) {
  const VerifyReport report = verify();
  EXPECT_THAT(problems(report), HasSubstr("there is no timestamp"));
  EXPECT_EQ(verify_exit_code(report), 20);
}

TEST_F(TimestampVerdict, FailsForAChangedByte) {
  const fs::path token = stamp(signed_head(14));
  std::string bytes = test::read_file(token);
  bytes.back() = static_cast<char>(bytes.back() ^ 0x01);
  std::ofstream(token, std::ios::binary) << bytes;
  const VerifyReport report = verify();
  EXPECT_THAT(problems(report), HasSubstr("its signature is not that of its certificate"));
  EXPECT_THAT(*report.timestamps, IsEmpty());
  EXPECT_EQ(verify_exit_code(report), 20);
}

TEST_F(TimestampVerdict, FailsForANameWithAnotherTime) {
  const fs::path token = stamp(signed_head(14));
  fs::rename(token, stamps_ / "14.20991231T000000Z.tsr");
  EXPECT_THAT(problems(verify()), HasSubstr("its name states another"));
  EXPECT_THAT(problems(verify(false)), HasSubstr("its name states another"));
}

TEST_F(TimestampVerdict, ATokenThatCannotBeReadIsOneThatDoesNotHold) {
  stamp(signed_head(14));
  std::ofstream(stamps_ / "14.20991231T000000Z.tsr") << std::string(70'000, 'x');
  const VerifyReport report = verify();
  EXPECT_THAT(problems(report), HasSubstr("14.20991231T000000Z.tsr"));
  EXPECT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.timestamps->size(), 1U) << "the one that holds";
}

TEST_F(TimestampVerdict, WithoutAKeyATokenIsNotOneMoreProblem) {
  stamp(signed_head(14));
  const TimestampCheck check(stamps_, &authorities_);
  const Checkpoint head = signed_head(14);
  DerivedTree tree;
  tree.origin = head.origin;
  tree.size = 14;
  tree.whole = true;
  tree.roots[14] = head.head.root;
  ProblemList told;
  VerifyReport report;
  check.check(tree, told, report);
  EXPECT_TRUE(told.empty());
  tree.roots[14] = sha256("another history");
  check.check(tree, told, report);
  EXPECT_FALSE(told.empty()) << "what can be told without a key is";
}

TEST_F(TimestampVerdict, FailsForATokenOfAnotherHead) {
  const fs::path older = stamp(signed_head(10));
  const fs::path newer = stamp(signed_head(14));
  fs::copy_file(older, newer, fs::copy_options::overwrite_existing);
  EXPECT_THAT(problems(verify()), HasSubstr("its imprint is"));
  EXPECT_THAT(problems(verify(false)), HasSubstr("about another head than the one beside it"));
}

TEST_F(TimestampVerdict, FailsUnderAnotherRoot) {
  stamp(signed_head(14));
  authorities_ = must(TimestampAuthorities::from_pem(OpensslAuthority().root()));
  EXPECT_THAT(problems(verify()), HasSubstr("was not to be trusted"));
}

TEST_F(TimestampVerdict, FailsWithoutTheHead) {
  stamp(signed_head(14));
  fs::remove(stamps_ / "14.checkpoint");
  EXPECT_THAT(problems(verify()), HasSubstr("the head that it is about is not there"));
}

/// A stolen key signs another history; what was stamped before shows it.
TEST_F(TimestampVerdict, FailsForAForkOfTheSameKey) {
  const SigningKey key = must(read_key_file(small_.paths().key));
  Checkpoint fork = signed_head(10);
  fork.head.root = sha256("another history");
  fork.note = must(sign_note(checkpoint_body(fork.origin, fork.head), fork.origin, key));
  stamp(fork);
  EXPECT_THAT(problems(verify()), HasSubstr("has another root than the entries"));
}

TEST_F(TimestampVerdict, FailsForAHeadThatTheLogDidNotSign) {
  const SigningKey stranger = must(SigningKey::generate());
  stamp(signed_head(14));
  const Checkpoint head = signed_head(14);
  std::ofstream(stamps_ / "14.checkpoint", std::ios::binary)
      << must(sign_note(checkpoint_body(head.origin, head.head), head.origin, stranger));
  EXPECT_THAT(problems(verify()), HasSubstr("is not signed by the log's key"));
}

/// No lock store is needed to notice an older copy of what was stamped.
TEST_F(TimestampVerdict, FailsForAnOlderCopyOfTheLedger) {
  stamp(signed_head(14));
  fs::copy_file(small_.older_database(), small_.paths().database,
                fs::copy_options::overwrite_existing);
  VerifyInput input = small_.input();
  input.lock.reset();
  input.authorities = &authorities_;
  EXPECT_THAT(problems(verify_ledger(input)), HasSubstr("covers more than the 5 entries"));
}

TEST_F(TimestampVerdict, AnExportedLogCarriesItsTokens) {
  stamp(signed_head(10));
  stamp(signed_head(14));
  const fs::path log = small_.folder() / "log";
  const auto ledger = must(Ledger::open(small_.paths(), Ledger::Mode::kReadOnly));
  const LogExport done = must(export_log(*ledger, log, [](std::int64_t, std::int64_t) {}));
  EXPECT_THAT(problems(verify_tile_log(log, small_.verifier_key(), {}, &authorities_)),
              HasSubstr("there is no timestamp"));
  must(TimestampFolder(stamps_).copy_to(log / "timestamps", done.checkpoint.head.size));
  const VerifyReport report = verify_tile_log(log, small_.verifier_key(), {}, &authorities_);
  EXPECT_EQ(problems(report), "");
  ASSERT_EQ(report.timestamps->size(), 2U);
  EXPECT_EQ(report.timestamps->at(0).size, 10);

  fs::copy_file(stamps_ / "10.checkpoint", log / "timestamps" / "14.checkpoint",
                fs::copy_options::overwrite_existing);
  EXPECT_THAT(problems(verify_tile_log(log, small_.verifier_key(), {}, &authorities_)),
              HasSubstr("the head that it is about has 10 entries"));
}

/// The exit status of the program, what it says in the file `said`.
int verifier(const SmallLedger& ledger, const std::string& arguments) {
  const std::string command = "'" TIDEWAITER_VERIFIER "' " + arguments + " >'" +
                              (ledger.folder() / "said").string() + "' 2>&1";
  // NOLINTNEXTLINE(cert-env33-c,concurrency-mt-unsafe): the paths are the test's own
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(TimestampVerdict, TheProgramTakesTheCertificatesAsAFile) {
  stamp(signed_head(14));
  const std::string ledger =
      "'" + small_.paths().database.string() + "' --key '" + small_.verifier_key() + "' ";
  const std::string root = "--tsa-ca '" + openssl_.path("root.pem").string() + "'";
  EXPECT_EQ(verifier(small_, ledger + root), 0);
  EXPECT_THAT(test::read_file(small_.folder() / "said"), HasSubstr("stamped: 14 entries, "));
  EXPECT_EQ(verifier(small_, ledger + root + " --json"), 0);
  EXPECT_THAT(test::read_file(small_.folder() / "said"), HasSubstr(R"("authority":"CN=Test TSA")"));
  EXPECT_EQ(verifier(small_, ledger), 0);
  EXPECT_THAT(test::read_file(small_.folder() / "said"), HasSubstr("--tsa-ca"));
  const OpensslAuthority other;
  EXPECT_EQ(verifier(small_, ledger + "--tsa-ca '" + other.path("root.pem").string() + "'"), 20);
  EXPECT_EQ(verifier(small_, ledger + "--tsa-ca ''"), 2);
  EXPECT_EQ(verifier(small_, ledger + "--tsa-ca '" + openssl_.path("root.key").string() + "'"), 2);
}

}  // namespace
}  // namespace tidewaiter
