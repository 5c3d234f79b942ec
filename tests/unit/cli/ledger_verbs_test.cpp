#include <cstring>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/model/base64.h"
#include "storage/ledger/checkpoint.h"
#include "storage/ledger/merkle.h"
#include "storage/ledger/signed_note.h"
#include "storage/verify/proof.h"
#include "storage/verify/report.h"
#include "storage/verify/tile_log.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void patch(const fs::path& path, std::size_t offset, const std::string& bytes) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>(offset));
  file << bytes;
}

/// An entry that nobody has signed yet.
void append_unsigned(const SmallSite& site) {
  const auto ledger = Ledger::open(site.ledger_paths(), Ledger::Mode::kReadWrite);
  ASSERT_TRUE(ledger) << ledger.error().message;
  LedgerCommit commit;
  commit.events.push_back({"daemon.started", "{}"});
  const auto receipt = (*ledger)->commit(commit, site.now);
  ASSERT_TRUE(receipt) << receipt.error().message;
}

std::string line_of(std::istringstream& lines) {
  std::string line;
  std::getline(lines, line);
  return line;
}

/// The third line of the checkpoint: what the verifier prints, too.
std::string signed_root(const nlohmann::json& head) {
  std::istringstream note(head["signed"]["note"].get<std::string>());
  for (int i = 0; i < 2; ++i) line_of(note);
  return line_of(note);
}

TEST(LedgerHead, ShowsTheSignedNoteAndAShape) {
  const SmallSite site;
  site.cycle();
  const auto json = site({"ledger", "head", "--json"}).json();
  EXPECT_EQ(json["origin"], "small.example/ledger");
  EXPECT_EQ(json["signed"]["size"], json["size"]);
  EXPECT_EQ(json["signed"]["root"], json["root"]);
  const Answer text = site({"ledger", "head"});
  EXPECT_EQ(text.status, 0);
  EXPECT_THAT(text.out, HasSubstr("\nroot          " + signed_root(json) + "\n"));
  EXPECT_THAT(text.out, HasSubstr(json["signed"]["note"].get<std::string>()));
  EXPECT_EQ(read_file(site.path("state/ledger.vkey")),
            json["verifier_key"].get<std::string>() + "\n");
}

TEST(LedgerHead, SaysWhatIsNotSignedYet) {
  const SmallSite site;
  site.cycle();
  append_unsigned(site);
  EXPECT_THAT(site({"ledger", "head"}).out, HasSubstr("(1 not signed yet)"));
}

TEST(LedgerLog, HasARowForEachEntryAndAShape) {
  const SmallSite site;
  site.cycle();
  const auto json = site({"ledger", "log", "--json"}).json();
  ASSERT_EQ(json["entries"].size(), json["size"]);
  EXPECT_EQ(json["entries"][0]["entry"]["typ"], "ledger.created");
  EXPECT_EQ(json["entries"][1]["entry"]["typ"], "policy.published");
  const Answer text = site({"ledger", "log"});
  EXPECT_EQ(text.status, 0);
  EXPECT_THAT(text.out, AllOf(HasSubstr("finding.opened"), HasSubstr("test.volume"),
                              Not(HasSubstr("{"))));  // the policy's id, not its JSON
  const std::int64_t size = json["size"];
  EXPECT_THAT(text.out, HasSubstr("entries 0 to " + std::to_string(size - 1) + ", of " +
                                  std::to_string(size) + " in all\n"));
  const auto one = site({"ledger", "log", "--from", "1", "--limit", "1", "--json"}).json();
  ASSERT_EQ(one["entries"].size(), 1U);
  EXPECT_EQ(one["entries"][0]["index"], 1);
}

TEST(LedgerLog, RefusesPlacesBeyondTheLedger) {
  const SmallSite site;
  site.cycle();
  const Answer beyond = site({"ledger", "log", "--from", "99"});
  EXPECT_EQ(beyond.status, 2);
  EXPECT_EQ(beyond.out, "");
  EXPECT_THAT(beyond.err, HasSubstr("there is no entry 99"));
  // 2^63 - 1: adding the limit would overflow.
  EXPECT_EQ(site({"ledger", "log", "--from", "9223372036854775807"}).status, 2);
}

TEST(LedgerExport, WritesWhatTheVerifierTakesAndTellsWhatIsNotSigned) {
  const SmallSite site;
  site.cycle();
  const auto head = site({"ledger", "head", "--json"}).json();
  append_unsigned(site);
  const std::string folder = site.path("log").string();
  const Answer text = site({"ledger", "export", folder});
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("  root   " + signed_root(head) + "\n"),
                              HasSubstr("3 written, 0 there already"),
                              HasSubstr("tidewaiter-verify " + folder)));
  EXPECT_THAT(text.err, HasSubstr("the last 1 entry is not signed yet"));
  const VerifyReport report = verify_tile_log(folder, head["verifier_key"]);
  EXPECT_TRUE(report.ok()) << verdict_text(report);
  EXPECT_THAT(verdict_text(report), HasSubstr("root:    " + signed_root(head) + "\n"));
  EXPECT_EQ(report.head.size, head["size"]);
  const auto again = site({"ledger", "export", folder, "--json"}).json();
  EXPECT_EQ(again["origin"], head["origin"]);
  EXPECT_EQ(again["size"], head["size"]);
  EXPECT_EQ(again["root"], head["root"]);
  EXPECT_EQ(again["written"], 0);
  EXPECT_EQ(again["unchanged"], 3);
}

TEST(LedgerExport, RefusesAFolderOfOtherFiles) {
  const SmallSite site;
  site.cycle();
  const Answer refused = site({"ledger", "export", site.path("state").string()});
  EXPECT_EQ(refused.status, 4);
  EXPECT_THAT(refused.err, HasSubstr("is neither empty nor an earlier export"));
}

TEST(LedgerExport, RefusesAFolderThatIsAFile) {
  const SmallSite site;
  site.cycle();
  const Answer refused = site({"ledger", "export", site.path("state/ledger.vkey").string()});
  EXPECT_EQ(refused.status, 5);
  EXPECT_EQ(refused.out, "");
  EXPECT_THAT(refused.err, HasSubstr("cannot make the folder `"));
}

// The proof is read and checked here as its specification says, with nothing but the log's key.
TEST(LedgerProof, IsATransparencyLogProofThatVerifies) {
  const SmallSite site;
  site.cycle();
  const std::int64_t size = site({"ledger", "log", "--json"}).json()["size"];
  ASSERT_GE(size, 3);
  const auto ledger = Ledger::open(site.ledger_paths(), Ledger::Mode::kReadOnly);
  ASSERT_TRUE(ledger) << ledger.error().message;
  std::string vkey = read_file(site.path("state/ledger.vkey"));
  vkey.pop_back();
  const auto key = parse_verifier_key(vkey);
  ASSERT_TRUE(key) << key.error().message;
  for (std::int64_t index = 0; index < size; ++index) {
    const Answer answer = site({"ledger", "proof", std::to_string(index)});
    ASSERT_EQ(answer.status, 0) << answer.err;
    std::istringstream lines(answer.out);
    EXPECT_EQ(line_of(lines), "c2sp.org/tlog-proof@v1");
    EXPECT_EQ(line_of(lines), "index " + std::to_string(index));
    std::vector<Digest> path;
    for (std::string line = line_of(lines); !line.empty(); line = line_of(lines)) {
      const auto bytes = from_base64(line, Base64::kStandard);
      ASSERT_TRUE(bytes) << line;
      ASSERT_EQ(bytes->size(), 32U);
      std::memcpy(path.emplace_back().bytes.data(), bytes->data(), 32);
    }
    const std::string note(std::istreambuf_iterator<char>(lines), {});
    const auto verified = verify_note(note, std::span(&*key, 1));
    ASSERT_TRUE(verified) << verified.error().message;
    const auto checkpoint = parse_checkpoint_body(verified->text);
    ASSERT_TRUE(checkpoint) << checkpoint.error().message;
    const auto entry = (*ledger)->entry(index);
    ASSERT_TRUE(entry);
    EXPECT_TRUE(verify_inclusion(leaf_hash(*entry), index, checkpoint->head.size, path,
                                 checkpoint->head.root));
    EXPECT_FALSE(verify_inclusion(leaf_hash(*entry + " "), index, checkpoint->head.size, path,
                                  checkpoint->head.root));
    const auto json = site({"ledger", "proof", std::to_string(index), "--json"}).json();
    EXPECT_EQ(json["tlog_proof"], answer.out);
    EXPECT_EQ(json["leaf_hash"], to_hex(leaf_hash(*entry)));
    EXPECT_EQ(json["size"], checkpoint->head.size);
    EXPECT_EQ(json["root"], to_hex(checkpoint->head.root));
    EXPECT_EQ(json["hashes"].size(), path.size());
  }
}

TEST(LedgerProof, WritesTheEntrysBytes) {
  const SmallSite site;
  site.cycle();
  const std::string file = site.path("entry").string();
  const Answer answer = site({"ledger", "proof", "1", "--entry", file});
  ASSERT_EQ(answer.status, 0) << answer.err;
  std::string vkey = read_file(site.path("state/ledger.vkey"));
  vkey.pop_back();
  const ProofReport report =
      verify_entry_proof(answer.out, read_file(file), *parse_verifier_key(vkey));
  EXPECT_FALSE(report.problem) << proof_text(report);
  EXPECT_EQ(site({"ledger", "proof", "1", "--entry", ""}).status, 2);
  EXPECT_EQ(site({"ledger", "proof", "1", "--consistency", "--entry", file}).status, 2);
  EXPECT_EQ(site({"ledger", "proof", "1", "--entry", site.path("no/entry").string()}).status, 5);
}

TEST(LedgerProof, RefusesWhatNoCheckpointCovers) {
  const SmallSite site;
  site.cycle();
  const std::int64_t size = site({"ledger", "log", "--json"}).json()["size"];
  append_unsigned(site);
  const Answer unsigned_entry = site({"ledger", "proof", std::to_string(size)});
  EXPECT_EQ(unsigned_entry.status, 2);
  EXPECT_EQ(unsigned_entry.out, "");
  EXPECT_THAT(unsigned_entry.err, AllOf(HasSubstr("is not signed yet"), HasSubstr("run --once")));
  const Answer none = site({"ledger", "proof", std::to_string(size + 1), "--json"});
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.err, HasSubstr("there is no entry"));
  EXPECT_EQ(site({"ledger", "proof", "0", "--size", "2"}).status, 2);
}

TEST(LedgerProof, ProvesThatTheLedgerOnlyGrew) {
  const SmallSite site;
  site.cycle();
  const auto json = site({"ledger", "proof", "1", "--consistency", "--size", "3", "--json"}).json();
  std::vector<Digest> path;
  for (const auto& hash : json["hashes"]) {
    path.push_back(*digest_from_hex(hash.get<std::string>()));
  }
  const auto ledger = Ledger::open(site.ledger_paths(), Ledger::Mode::kReadOnly);
  ASSERT_TRUE(ledger);
  std::vector<Digest> leaves;
  for (std::int64_t index = 0; index < 3; ++index)
    leaves.push_back(leaf_hash(*(*ledger)->entry(index)));
  EXPECT_TRUE(verify_consistency(1, leaves[0], 3, tree_root(leaves), path));
  EXPECT_THAT(site({"ledger", "proof", "1", "--consistency", "--size", "3"}).out,
              StartsWith("consistency proof by RFC 6962, old_size 1, size 3, "));
}

// An officer looks at these figures first, and whoever can write ledger.db can change them.
TEST(LedgerVerify, SaysWhatItDoesNotCoverAndSoDoesStatus) {
  const SmallSite site;
  site.cycle();
  EXPECT_THAT(site({"ledger", "verify"}).out, HasSubstr("note: the coverage figures of"));
  EXPECT_THAT(site({"status"}).out, HasSubstr("no signature covers them"));
}

TEST(LedgerVerify, GivesTheVerdictWithTheFoldersKeyAndLock) {
  const SmallSite site;
  site.cycle();
  const Answer answer = site({"ledger", "verify", "--json"});
  EXPECT_EQ(answer.status, 0) << answer.out;
  EXPECT_TRUE(answer.json().is_object());
  EXPECT_THAT(answer.err, HasSubstr("the key came from the state folder itself"));
  const Answer outside =
      site({"ledger", "verify", "--key-file", site.path("state/ledger.vkey").string()});
  EXPECT_EQ(outside.status, 0) << outside.out;
  EXPECT_EQ(outside.err, "");
  const Answer nonsense = site({"ledger", "verify", "--key", "nonsense"});
  EXPECT_EQ(nonsense.status, 2);
  EXPECT_THAT(nonsense.err, HasSubstr("a file with it is --key-file"));
  const std::string empty = site.path("empty.vkey").string();
  std::ofstream(empty) << "";
  const Answer nothing = site({"ledger", "verify", "--key-file", empty});
  EXPECT_EQ(nothing.status, 2);
  EXPECT_THAT(nothing.err, HasSubstr("empty.vkey` is empty"));
  // As with a variable that is not set: no pass on the key beside the ledger.
  EXPECT_EQ(site({"ledger", "verify", "--key", ""}).status, 2);
  EXPECT_EQ(site({"ledger", "verify", "--key-file", ""}).status, 2);
}

// What a script's unset variable gives: the folder's own key must not be taken for it.
TEST(LedgerVerify, AnEmptyKeyIsNoKey) {
  const SmallSite site;
  site.cycle();
  for (const char* option : {"--key", "--key-file"}) {
    const Answer answer = site({"ledger", "verify", option, ""});
    EXPECT_EQ(answer.status, 2) << option;
    EXPECT_EQ(answer.out, "") << option;
  }
}

TEST(LedgerVerify, TellsEntriesThatAreNotSignedYet) {
  const SmallSite site;
  site.cycle();
  EXPECT_EQ(site({"ledger", "verify", "--all-signed"}).status, 0);
  append_unsigned(site);
  const std::int64_t size = site({"ledger", "log", "--json"}).json()["size"];
  const Answer text = site({"ledger", "verify"});
  EXPECT_EQ(text.status, 0) << text.out;
  EXPECT_THAT(text.out, StartsWith("The signed part holds (" + std::to_string(size - 1) + " of " +
                                   std::to_string(size) + " entries).\n"));
  EXPECT_EQ(site({"ledger", "verify", "--all-signed"}).status, 18);
}

// The lock store is what tells an older copy: taking it away must not help.
TEST(LedgerVerify, AnOlderCopyDoesNotPassWithoutItsLockStore) {
  SmallSite site;
  site.cycle();
  const fs::path copy = site.path("older.db");
  fs::copy_file(site.path("state/ledger.db"), copy);
  append_file(site.path("usage.jsonl"), usage_line("b2", "2026-10-05T10:02:00Z", "b") +
                                            usage_line("b3", "2026-10-05T10:03:00Z", "b"));
  site.now = site.now + kHour;
  site.cycle();
  ASSERT_EQ(site({"ledger", "verify"}).status, 0);
  fs::copy_file(copy, site.path("state/ledger.db"), fs::copy_options::overwrite_existing);
  EXPECT_EQ(site({"ledger", "verify"}).status, 16);
  fs::remove(site.path("state/lock.db"));
  const Answer answer = site({"ledger", "verify"});
  EXPECT_EQ(answer.status, 16) << answer.out;
  EXPECT_THAT(answer.out, HasSubstr("lock"));
}

struct Damage {
  const char* name;
  std::size_t offset;  // of four bytes in the file's header (SQLite file format, 1.3)
  int status;
};

class DamagedHeaderTest : public testing::TestWithParam<Damage> {};

TEST_P(DamagedHeaderTest, GetsAVerdictAllTheSame) {
  const SmallSite site;
  site.cycle();
  patch(site.path("state/ledger.db"), GetParam().offset, std::string(4, '\x01'));
  for (const bool with_key_file : {true, false}) {
    if (!with_key_file) fs::remove(site.path("state/ledger.vkey"));
    const Answer answer = site({"ledger", "verify", "--json"});
    EXPECT_GE(answer.status, 10) << answer.err;
    EXPECT_LE(answer.status, 17);
    ASSERT_NE(answer.out, "");
    EXPECT_FALSE(answer.json()["problems"].empty()) << answer.out;
  }
}

INSTANTIATE_TEST_SUITE_P(All, DamagedHeaderTest,
                         testing::Values(Damage{"UserVersion", 60, 11},
                                         Damage{"ApplicationId", 68, 11}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(LedgerVerify, AChangedVerifierKeyGetsAVerdict) {
  const SmallSite site;
  site.cycle();
  std::string vkey = read_file(site.path("state/ledger.vkey"));
  vkey.pop_back();
  const std::string bytes = read_file(site.path("state/ledger.db"));
  std::size_t changed = 0;
  for (std::size_t at = 0; (at = bytes.find(vkey, at)) != std::string::npos; ++at, ++changed) {
    patch(site.path("state/ledger.db"), at + vkey.size() - 1, "!");
  }
  ASSERT_GE(changed, 1U);
  const Answer answer = site({"ledger", "verify", "--json"});
  EXPECT_GE(answer.status, 10);
  EXPECT_LE(answer.status, 17);
  EXPECT_FALSE(answer.json()["problems"].empty());
}

}  // namespace
}  // namespace tidewaiter
