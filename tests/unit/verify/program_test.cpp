// The program itself: what its command line makes of a ledger.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "tests/unit/verify/small_ledger.h"

namespace tidewaiter {
namespace {

/// The exit status of the program; `arguments` are words of a shell.
int verifier(const std::string& arguments) {
  const std::string command = "'" TIDEWAITER_VERIFIER "' " + arguments + " >/dev/null 2>&1";
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

}  // namespace
}  // namespace tidewaiter
