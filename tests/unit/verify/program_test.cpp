// The program itself: what its command line makes of a ledger.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "policies/model/base64.h"
#include "tests/unit/verify/shared_vectors.h"
#include "tests/unit/verify/small_ledger.h"

namespace tidewaiter {
namespace {

/// The exit status of the program; `arguments` are words of a shell.
int verifier(const std::string& arguments, const std::string& output = ">/dev/null 2>&1") {
  const std::string command = "'" TIDEWAITER_VERIFIER "' " + arguments + " " + output;
  // NOLINTNEXTLINE(cert-env33-c,concurrency-mt-unsafe): the paths are the test's own
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// `--key "$UNSET"`: what a ledger was to be held against must not be missing without a word.
TEST(VerifierProgram, AnEmptyOptionIsNotOneThatWasLeftOut) {
  const test::SmallLedger ledger;
  const std::string database = "'" + ledger.paths().database.string() + "'";
  const std::string lock = "'" + ledger.paths().lock.string() + "'";
  const std::string key = "'" + ledger.verifier_key() + "'";
  EXPECT_EQ(verifier(database), 0);
  EXPECT_EQ(verifier(database + " --key " + key + " --lock " + lock), 0);
  EXPECT_EQ(verifier(database + " --key ''"), 2);
  EXPECT_EQ(verifier(database + " --key=''"), 2);
  EXPECT_EQ(verifier(database + " --key " + key + " --lock ''"), 2);
  const std::filesystem::path empty = ledger.folder() / "empty.vkey";
  std::ofstream(empty) << "";
  EXPECT_EQ(verifier(database + " --key '" + empty.string() + "'"), 2);
}

TEST(VerifierProgram, TakesAnUnsignedEndUnlessItIsAskedNotTo) {
  const test::SmallLedger ledger;
  const std::string arguments = "'" + ledger.paths().database.string() + "' --key '" +
                                ledger.verifier_key() + "' --lock '" +
                                ledger.paths().lock.string() + "'";
  EXPECT_EQ(verifier(arguments), 0);
  EXPECT_EQ(verifier(arguments + " --all-signed"), 18);
}

/// What the program says on both of its outputs.
std::string words_of(const test::SmallLedger& ledger, const std::string& arguments, int status) {
  const std::filesystem::path said = ledger.folder() / "said";
  EXPECT_EQ(verifier(arguments, ">'" + said.string() + "' 2>&1"), status) << arguments;
  return test::read_file(said);
}

std::string in_quotes(const std::filesystem::path& path) { return "'" + path.string() + "'"; }

TEST(VerifierProgram, SaysItsVersion) {
  const test::SmallLedger ledger;
  EXPECT_THAT(words_of(ledger, "--version", 0),
              testing::MatchesRegex("tidewaiter-verify [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST(VerifierProgram, GivesNoVerdictOnWhatIsNoLedger) {
  const test::SmallLedger ledger;
  const std::filesystem::path folder = ledger.folder() / "folder";
  std::filesystem::create_directory(folder);
  const std::filesystem::path text = ledger.folder() / "text";
  std::ofstream(text) << "no ledger\n";
  const auto expect_nothing = [&](const std::filesystem::path& path, const std::string& why) {
    const std::string said = words_of(ledger, in_quotes(path), 9);
    EXPECT_THAT(said, testing::StartsWith("tidewaiter-verify: nothing was checked: "));
    EXPECT_THAT(said, testing::HasSubstr(why));
    EXPECT_THAT(said, testing::Not(testing::HasSubstr("hold.")));
    EXPECT_THAT(said, testing::Not(testing::HasSubstr("root")));
  };
  expect_nothing(ledger.folder() / "nope.db", "there is no file or folder");
  expect_nothing(folder, "holds no ledger");
  expect_nothing(text, "is no ledger");
  expect_nothing("/dev/null", "is neither a file nor a folder");
  std::filesystem::create_directory(folder / "tile");
  expect_nothing(folder, "and no `checkpoint`: the export is not whole");
  EXPECT_THAT(words_of(ledger, in_quotes(folder) + " --json", 9),
              testing::HasSubstr(R"("verdict":"nothing_checked")"));
}

TEST(VerifierProgram, TellsAKeyFileThatIsNotThereAndOneThatIsEmpty) {
  const test::SmallLedger ledger;
  const std::string database = in_quotes(ledger.paths().database);
  EXPECT_THAT(words_of(ledger, database + " --key nokey", 2),
              testing::HasSubstr("there is no such file"));
  const std::filesystem::path empty = ledger.folder() / "empty.vkey";
  std::ofstream(empty) << "";
  EXPECT_THAT(words_of(ledger, database + " --key " + in_quotes(empty), 2),
              testing::HasSubstr("the file is empty"));
}

// A device that is always full stands for every output that fails.
TEST(VerifierProgram, FailsIfItsVerdictIsLost) {
  const test::SmallLedger ledger;
  const std::string arguments =
      in_quotes(ledger.paths().database) + " --key '" + ledger.verifier_key() + "'";
  ASSERT_TRUE(std::filesystem::exists("/dev/full"));
  EXPECT_EQ(verifier(arguments, ">/dev/full 2>/dev/null"), 5);
  EXPECT_EQ(verifier(arguments + " --json", ">/dev/full 2>/dev/null"), 5);
}

TEST(VerifierProgram, TakesAProofWithItsEntryAndAKey) {
  const test::SmallLedger small;
  const auto ledger = test::must(Ledger::open(small.paths(), Ledger::Mode::kReadOnly));
  std::string text = "c2sp.org/tlog-proof@v1\nindex 3\n";
  for (const Digest& hash : test::must(ledger->inclusion_proof(3, test::SmallLedger::kSigned))) {
    text += to_base64(hash.bytes, Base64::kStandard) + "\n";
  }
  const std::filesystem::path proof = small.folder() / "proof";
  std::ofstream(proof) << text << "\n" << test::must(ledger->signed_head())->note;
  const std::filesystem::path entry = small.folder() / "entry";
  std::ofstream(entry) << test::must(ledger->entry(3));
  const std::string key = " --key '" + small.verifier_key() + "'";
  const std::string arguments = in_quotes(proof) + key + " --entry " + in_quotes(entry);
  EXPECT_THAT(words_of(small, arguments, 0),
              testing::AllOf(testing::StartsWith("The entry is in the log.\n"),
                             testing::HasSubstr("entry:   3 of the 14 that are signed")));
  EXPECT_THAT(words_of(small, arguments + " --json", 0), testing::HasSubstr("\"index\":3"));
  std::ofstream(entry, std::ios::app) << "\n";
  EXPECT_THAT(words_of(small, arguments, 13), testing::HasSubstr("The proof does NOT hold."));
  EXPECT_EQ(verifier(in_quotes(proof) + key), 2);
  EXPECT_EQ(verifier(in_quotes(proof) + " --entry " + in_quotes(entry)), 2);
  EXPECT_EQ(verifier(in_quotes(small.paths().database) + key + " --entry " + in_quotes(entry)), 2);
}

TEST(VerifierProgram, TakesATrustPolicyInThePlaceOfAKey) {
  const test::SmallLedger ledger;
  const std::filesystem::path policy = ledger.folder() / "trust.policy";
  const std::string database = in_quotes(ledger.paths().database) + " --policy ";
  const std::string arguments = database + in_quotes(policy);
  const std::string key = " --key '" + ledger.verifier_key() + "'";
  std::ofstream(policy) << "log " << ledger.verifier_key() << "\nquorum none\n";
  EXPECT_EQ(verifier(arguments), 0);
  EXPECT_EQ(verifier(arguments + key), 2);
  EXPECT_EQ(verifier(database + "''"), 2);
  EXPECT_EQ(verifier(arguments + " --witnessed ''"), 2);
  EXPECT_EQ(verifier(in_quotes(ledger.paths().database) + key + " --witnessed x"), 2);
  std::ofstream(policy) << "quorum none\n";
  EXPECT_EQ(verifier(arguments), 2);
  EXPECT_EQ(verifier(arguments + key), 0);
  std::ofstream(policy) << "log " << ledger.verifier_key() << "\nquorum \x1b[2J\n";
  EXPECT_THAT(words_of(ledger, arguments, 2), testing::HasSubstr("line 2: expected no control"));
  std::ofstream(policy) << "log " << ledger.verifier_key() << "\nquorum \u202e\n";
  EXPECT_THAT(words_of(ledger, arguments, 2), testing::HasSubstr("`\\u{202e}`"));
  std::ofstream(policy) << "log " << ledger.verifier_key()
                        << "\nwitness w witness.example.org/w+8ad98384+"
                           "BCVDuS/xCVURR2rcg2nbbdyTNmWhGXjdoUBO4QZsqVWd\nquorum w\n";
  EXPECT_THAT(words_of(ledger, arguments, 19),
              testing::StartsWith("The ledger is NOT witnessed as the policy asks.\n"));
}

}  // namespace
}  // namespace tidewaiter
