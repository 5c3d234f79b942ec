// A ledger as the files of a tile log: what is exported, and that no byte of it can be changed.
#include "storage/verify/tile_log.h"

#include <fstream>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/model/digest.h"
#include "storage/ledger/log_export.h"
#include "storage/ledger/log_files.h"
#include "storage/ledger/signed_note.h"
#include "storage/ledger/tiles.h"
#include "storage/verify/report.h"
#include "tests/unit/verify/shared_vectors.h"
#include "tests/unit/verify/small_ledger.h"
#include "tests/unit/verify/tampering.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;
using test::all_problems;
using test::must;
using test::read_file;
using test::SmallLedger;
using testing::HasSubstr;

void write(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

class TileLog : public testing::Test {
 protected:
  static void SetUpTestSuite() { small_ = new SmallLedger(); }
  static void TearDownTestSuite() {
    delete small_;
    small_ = nullptr;
  }

  TileLog() { std::filesystem::copy_file(small_->paths().database, paths_.database); }

  Result<LogExport> export_all() {
    const auto ledger = must(Ledger::open(paths_, Ledger::Mode::kReadOnly));
    return export_log(*ledger, folder_ / "log", [](std::int64_t, std::int64_t) {});
  }

  [[nodiscard]] fs::path log() const { return folder_ / "log"; }
  [[nodiscard]] VerifyReport verify() const { return verify_tile_log(log(), key()); }
  static const std::string& key() { return small_->verifier_key(); }

  static SmallLedger* small_;
  test::ScratchFolder folder_;
  LedgerPaths paths_{folder_ / "ledger.db", small_->paths().lock, small_->paths().key,
                     small_->paths().vault};
};
SmallLedger* TileLog::small_ = nullptr;

TEST_F(TileLog, HoldsWhatIsSignedAndVerifies) {
  const LogExport done = must(export_all());
  EXPECT_EQ(done.written, 3);  // a bundle, a tile, the checkpoint
  EXPECT_EQ(done.checkpoint.head.size, SmallLedger::kSigned);
  EXPECT_TRUE(is_tile_log(log()));
  const VerifyReport report = verify();
  EXPECT_TRUE(report.ok()) << verdict_text(report);
  EXPECT_EQ(report.head, done.checkpoint.head);
  EXPECT_EQ(report.signed_size, SmallLedger::kSigned);
  EXPECT_EQ(report.origin, "ledger.example.org/test");
}

TEST_F(TileLog, EachFileCanBeReadAlone) {
  must(export_all());
  const auto ledger = must(Ledger::open(paths_, Ledger::Mode::kReadOnly));
  int files = 0;
  for (const auto& file : fs::recursive_directory_iterator(log() / "tile")) {
    if (!file.is_regular_file()) continue;
    const std::string path = fs::relative(file.path(), log()).string();
    EXPECT_EQ(must(read_log_file(*ledger, SmallLedger::kSigned, path)), read_file(file.path()))
        << path;
    ++files;
  }
  EXPECT_EQ(files, 2);
}

// More than one tile, and a level above: 600 entries.
TEST(ServedLog, IsWhatAnExportOfManyEntriesWrites) {
  const test::ScratchFolder folder;
  const LedgerPaths paths{folder / "ledger.db", folder / "lock.db", folder / "ledger.key",
                          folder / "vault.db"};
  must(Ledger::create(paths, "ledger.example.org/test", UtcTime{0}));
  const auto ledger = must(Ledger::open(paths, Ledger::Mode::kReadWrite));
  LedgerCommit commit;
  for (int i = 0; i < 599; ++i) {
    commit.events.push_back({"config.changed", R"({"change":")" + std::to_string(i) + "\"}"});
  }
  must(ledger->commit(commit, UtcTime{0}));
  must(ledger->sign(UtcTime{0}));
  must(export_log(*ledger, folder / "log", [](std::int64_t, std::int64_t) {}));
  std::vector<std::string> files;
  for (const auto& file : fs::recursive_directory_iterator(folder / "log" / "tile")) {
    if (!file.is_regular_file()) continue;
    files.push_back(fs::relative(file.path(), folder / "log").string());
    EXPECT_EQ(must(read_log_file(*ledger, 600, files.back())), read_file(file.path()))
        << files.back();
  }
  EXPECT_THAT(files, testing::UnorderedElementsAre("tile/0/000", "tile/0/001", "tile/0/002.p/88",
                                                   "tile/1/000.p/2", "tile/entries/000",
                                                   "tile/entries/001", "tile/entries/002.p/88"));
}

TEST_F(TileLog, ASmallerLogsFilesAreThereAndNoOthers) {
  const auto ledger = must(Ledger::open(paths_, Ledger::Mode::kReadOnly));
  const std::int64_t size = SmallLedger::kSigned;
  const std::string whole = must(read_log_file(*ledger, size, tile_path({0, 0, size}))).value();
  for (std::int64_t width = 1; width <= size; ++width) {
    const auto hashes = must(read_log_file(*ledger, size, tile_path({0, 0, width})));
    EXPECT_EQ(hashes, whole.substr(0, static_cast<std::size_t>(32 * width)));
    EXPECT_TRUE(must(read_log_file(*ledger, size, bundle_path(0, width))));
  }
  EXPECT_FALSE(must(read_log_file(*ledger, size, tile_path({0, 0, size + 1}))));
  EXPECT_FALSE(must(read_log_file(*ledger, size, bundle_path(1, 1))));
  EXPECT_FALSE(must(read_log_file(*ledger, size, tile_path({1, 0, 1}))));
  EXPECT_FALSE(must(read_log_file(*ledger, size, "checkpoint")));
  const std::int64_t more = must(ledger->head()).size + 1;
  EXPECT_EQ(read_log_file(*ledger, more, tile_path({0, 0, 1})).error().code,
            ErrorCode::kInvalidInput);
}

TEST_F(TileLog, HoldsNoSubject) {
  must(export_all());
  const std::string bundle = read_file(log() / bundle_path(0, SmallLedger::kSigned));
  EXPECT_THAT(bundle, HasSubstr("spend-limit"));
  for (const char* subject : {"ann", "bob", "dan"}) {
    EXPECT_EQ(bundle.find("account:" + std::string(subject)), std::string::npos);
  }
}

TEST_F(TileLog, IsLeftAsItIsByTheSameExport) {
  must(export_all());
  const LogExport again = must(export_all());
  EXPECT_EQ(again.written, 0);
  EXPECT_EQ(again.unchanged, 3);
}

TEST_F(TileLog, GrowsWithTheLedger) {
  fs::remove(paths_.database);
  fs::copy_file(small_->older_database(), paths_.database);
  EXPECT_EQ(must(export_all()).checkpoint.head.size, 5);
  fs::remove(paths_.database);
  fs::copy_file(small_->paths().database, paths_.database);
  EXPECT_EQ(must(export_all()).written, 3);
  EXPECT_TRUE(verify().ok());
}

TEST_F(TileLog, IsPutBesideNothingButAnEarlierExport) {
  fs::create_directories(log());
  write(log() / "passwd", "x");
  const auto refused = export_all();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("is neither empty nor an earlier export"));
  EXPECT_FALSE(fs::exists(log() / "tile"));
  EXPECT_FALSE(fs::exists(log() / "checkpoint"));
  fs::remove(log() / "passwd");
  must(export_all());
  write(log() / "index.html", "of the web server");
  must(export_all());
  fs::remove(log() / "index.html");
  fs::remove(log() / "checkpoint");  // as an export leaves it that was interrupted
  EXPECT_EQ(must(export_all()).written, 1);
}

TEST_F(TileLog, IsNotReplacedByAnOlderHead) {
  must(export_all());
  fs::remove(paths_.database);
  fs::copy_file(small_->older_database(), paths_.database);
  const auto refused = export_all();
  EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("a head of 14 entries, the ledger one of 5"));
  EXPECT_TRUE(verify().ok());
}

TEST_F(TileLog, DoesNotMixWithAnother) {
  const SmallLedger other;  // same origin, other key and entries
  const auto ledger = must(Ledger::open(other.paths(), Ledger::Mode::kReadOnly));
  must(export_log(*ledger, log(), [](std::int64_t, std::int64_t) {}));
  const auto refused = export_all();
  EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("is of another log"));
  EXPECT_TRUE(verify_tile_log(log(), other.verifier_key()).ok());
  EXPECT_EQ(verify_exit_code(verify()), 15);  // by the key of the first
}

TEST_F(TileLog, IsNotMadeOfEntriesThatWereChanged) {
  test::tamper(paths_.database, {"UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), "
                                 "'spend', 'Spend') AS BLOB) WHERE idx = 6"});
  const auto refused = export_all();
  EXPECT_EQ(refused.error().code, ErrorCode::kCorruption);
  EXPECT_FALSE(is_tile_log(log()));
}

TEST_F(TileLog, WithoutAKeyTellsThatNobodyVouches) {
  must(export_all());
  const VerifyReport report = verify_tile_log(log(), "");
  EXPECT_TRUE(report.ok());
  EXPECT_THAT(verdict_text(report), HasSubstr("which does not show who signed"));
}

TEST_F(TileLog, MissesEachFile) {
  for (const auto& [file, exit_code] : std::map<std::string, int>{
           {"checkpoint", 10}, {"tile/0/000.p/14", 13}, {"tile/entries/000.p/14", 12}}) {
    must(export_all());
    fs::remove(log() / file);
    EXPECT_EQ(verify_exit_code(verify()), exit_code) << file;
  }
}

TEST_F(TileLog, NoticesAnyByteThatIsChanged) {
  must(export_all());
  // Of the entries each 13th alone, for time's sake: sweep_test.cpp has them all in the database.
  for (const auto& [file, stride] : std::map<std::string, std::size_t>{
           {"checkpoint", 1}, {"tile/0/000.p/14", 1}, {"tile/entries/000.p/14", 13}}) {
    const std::string bytes = read_file(log() / file);
    for (std::size_t i = 0; i < bytes.size(); i += stride) {
      std::string other = bytes;
      other[i] = static_cast<char>(other[i] ^ 1);
      write(log() / file, other);
      ASSERT_FALSE(verify().ok()) << "byte " << i << " of " << file;
    }
    write(log() / file, bytes);
  }
  EXPECT_TRUE(verify().ok());
}

// The hash tile beside it is right, for the signed root rests on it.
TEST_F(TileLog, NamesTheEntryThatWasChanged) {
  must(export_all());
  const fs::path bundle = log() / bundle_path(0, SmallLedger::kSigned);
  std::string bytes = read_file(bundle);
  const auto entries = must(parse_bundle(bytes, SmallLedger::kSigned));
  const auto place =
      static_cast<std::size_t>(entries[6].data() - bytes.data()) + entries[6].find("spend-limit");
  bytes[place] = 'S';
  write(bundle, bytes);
  const VerifyReport report = verify();
  EXPECT_EQ(all_problems(report),
            "entry 6: entry 6 in `tile/entries/000.p/14` was changed: its hash is not the one in "
            "`tile/0/000.p/14`\n");
  EXPECT_EQ(verify_exit_code(report), 12);
  EXPECT_THAT(verdict_json(report), HasSubstr("\"index\":6"));
}

TEST_F(TileLog, NamesTheTileThatWasChanged) {
  must(export_all());
  const fs::path tile = log() / tile_path({0, 0, SmallLedger::kSigned});
  std::string bytes = read_file(tile);
  bytes[7 * 32] ^= 1;
  write(tile, bytes);
  EXPECT_EQ(all_problems(verify()), "tree -1: `tile/0/000.p/14` is not what the entries give\n");
}

// Neither gives the signed root, so that nothing shows which of the two is right.
TEST_F(TileLog, NamesTheEntryWhereItsTileWasChangedToo) {
  must(export_all());
  const fs::path bundle = log() / bundle_path(0, SmallLedger::kSigned);
  std::string bytes = read_file(bundle);
  bytes[bytes.find("spend-limit")] = 'S';
  write(bundle, bytes);
  const fs::path tile = log() / tile_path({0, 0, SmallLedger::kSigned});
  std::string hashes = read_file(tile);
  hashes[13 * 32] ^= 1;
  write(tile, hashes);
  const VerifyReport report = verify();
  EXPECT_EQ(report.problems.front().failure, VerifyFailure::kTree);
  EXPECT_THAT(all_problems(report), HasSubstr("tree 13: entry 13 in `tile/entries/000.p/14` or "
                                              "its tile was changed"));
  EXPECT_THAT(all_problems(report), HasSubstr("has another root than the entries"));
}

// What the holder of the key can write: each file is right, and the checkpoint is signed.
TEST_F(TileLog, RefusesStepsOutOfOrderAndFindingsThatWereNeverOpened) {
  must(export_all());
  const std::string bundle = read_file(log() / bundle_path(0, SmallLedger::kSigned));
  const auto entries = must(parse_bundle(bundle, SmallLedger::kSigned));
  const auto sign_over = [this](const std::vector<std::string_view>& changed) {
    fs::remove_all(log());
    TileWriter writer([this](const std::string& path, std::string_view bytes) -> Result<void> {
      fs::create_directories((log() / path).parent_path());
      write(log() / path, std::string(bytes));
      return {};
    });
    for (const std::string_view entry : changed) must(writer.append(entry));
    must(writer.finish());
    const std::string seed = read_file(small_->paths().key);
    const std::string origin = "ledger.example.org/test";
    const SigningKey signer = must(SigningKey::from_seed(as_byte_span(seed)));
    write(log() / "checkpoint",
          must(sign_note(checkpoint_body(origin, writer.head()), origin, signer)));
  };
  std::vector<std::string_view> twice(entries.begin(), entries.end());
  twice.insert(twice.begin() + 8, twice[7]);  // entry 7 is a gap
  sign_over(twice);
  EXPECT_EQ(all_problems(verify()), "entry 8: entry 8 is a step out of order\n");

  std::vector<std::string_view> never(entries.begin(), entries.end());
  never.erase(never.begin() + 4);  // which opens the finding that entry 6 withdraws
  sign_over(never);
  EXPECT_EQ(all_problems(verify()), "entry 5: entry 5 is about the finding `" +
                                        std::string(32, 'b') + "`, which was never opened\n");
  sign_over({entries.begin(), entries.end()});
  EXPECT_TRUE(verify().ok()) << all_problems(verify());
}

// Fourteen entries are read as far as they go, and the checkpoint is not blamed for the rest.
TEST_F(TileLog, TellsOfACutBundleTheFirstEntryThatIsNotThereAndNoMore) {
  must(export_all());
  const fs::path bundle = log() / bundle_path(0, SmallLedger::kSigned);
  const std::string bytes = read_file(bundle);
  write(bundle, bytes.substr(0, bytes.size() - 1));
  const VerifyReport report = verify();
  EXPECT_EQ(all_problems(report),
            "entry 13: entry 13 cannot be read: `tile/entries/000.p/14` is no bundle of 14 "
            "entries: it ends within its entry 13, counted from 0\n");
  EXPECT_EQ(report.head.size, 13);
  EXPECT_EQ(report.origin, "ledger.example.org/test");
  write(bundle, bytes + "x");
  EXPECT_EQ(all_problems(verify()),
            "entry -1: `tile/entries/000.p/14` is no bundle of 14 entries: it goes on behind its "
            "last entry\n");
}

TEST_F(TileLog, TellsADamagedCheckpointAndNothingThatFollowsFromIt) {
  must(export_all());
  const std::string note = read_file(log() / "checkpoint");
  for (const std::string& other : {std::string(), note.substr(0, 40), note + "x"}) {
    write(log() / "checkpoint", other);
    const VerifyReport report = verify();
    ASSERT_EQ(report.problems.size(), 1U) << all_problems(report);
    EXPECT_THAT(report.problems[0].message, testing::StartsWith("`checkpoint` cannot be read"));
    EXPECT_EQ(verify_exit_code(report), 14);
    EXPECT_THAT(verdict_text(report), testing::Not(HasSubstr("root:")));
    EXPECT_THAT(verdict_json(report), HasSubstr("\"root\":null"));
  }
}

TEST_F(TileLog, BlamesAChangedSizeOnTheSignatureAndNotOnTheBundleThatItAsksFor) {
  must(export_all());
  std::string note = read_file(log() / "checkpoint");
  note.replace(note.find("\n14\n"), 4, "\n15\n");
  write(log() / "checkpoint", note);
  const VerifyReport report = verify();
  ASSERT_EQ(report.problems.size(), 1U) << all_problems(report);
  EXPECT_THAT(report.problems[0].message, HasSubstr("of size 15 is not signed by the log's key"));
  EXPECT_EQ(verify_exit_code(report), 15);
  EXPECT_THAT(report.notes.front(), HasSubstr("entries from 0 on were not checked"));
}

TEST_F(TileLog, NoticesABundleThatIsCutOrLonger) {
  must(export_all());
  const fs::path bundle = log() / bundle_path(0, SmallLedger::kSigned);
  const std::string bytes = read_file(bundle);
  for (const std::string& other : {bytes.substr(0, bytes.size() - 1), bytes + '\0',
                                   bytes + std::string(2, '\0'), std::string()}) {
    write(bundle, other);
    EXPECT_EQ(verify_exit_code(verify()), 12) << other.size();
  }
}

}  // namespace
}  // namespace tidewaiter
