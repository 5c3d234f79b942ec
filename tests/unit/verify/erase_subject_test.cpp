#include "storage/ledger/erase_subject.h"

#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/evidence/vault.h"
#include "storage/verify/verify.h"
#include "tests/unit/verify/small_ledger.h"

namespace tidewaiter {
namespace {

using test::must;
using testing::HasSubstr;
using testing::Not;

std::string all_bytes(const std::filesystem::path& folder) {
  std::string all;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().filename().string().starts_with("older")) continue;
    std::ifstream in(file.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(in), {});
  }
  return all;
}

/// Findings `a` about ann, `b` about bob and `d` about dan, `c` about nobody.
class EraseSubject : public testing::Test {
 protected:
  [[nodiscard]] FindingState finding(char letter) const {
    FindingQuery query;
    query.id_prefix = std::string(8, letter);
    const auto ledger = must(Ledger::open(small_.paths(), Ledger::Mode::kReadOnly));
    return must(ledger->findings(query)).at(0);
  }

  test::SmallLedger small_;
};

TEST_F(EraseSubject, LeavesALedgerThatHoldsAndNamesNobody) {
  EXPECT_EQ(must(traces_of_subject(small_.paths(), "account:/ann")).findings, 1);
  const std::string root = to_hex(verify_ledger(small_.input()).head.root);
  const SubjectTraces traces = must(erase_subject(small_.paths(), "account:/ann", std::nullopt));
  must(compact_ledger(small_.paths()));
  // Of `a`: opened with subject, model and peers; restated with these and the figures before;
  // closed with subject, model and peers. 3 + 5 + 3.
  EXPECT_EQ(traces.findings, 1);
  EXPECT_EQ(traces.disclosures, 11);
  EXPECT_EQ(traces.keys, 1);
  const VerifyReport report = verify_ledger(small_.input());
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
  EXPECT_EQ(to_hex(report.head.root), root);

  EXPECT_EQ(finding('a').subject, "");
  EXPECT_EQ(finding('a').figures.at(0).value, Value(std::int64_t{1'250'000'000}));
  EXPECT_TRUE(is_null(finding('a').figures.at(2).value)) << "a text may have told who it is";
  EXPECT_EQ(finding('b').subject, "account:/bob");
  EXPECT_EQ(finding('d').subject, "account:/dan");
  EXPECT_FALSE(is_null(finding('d').figures.at(2).value));
  const Vault vault = must(Vault::open(small_.paths().vault));
  EXPECT_FALSE(must(vault.find("account:/ann")));
  EXPECT_TRUE(must(vault.find("account:/bob")));
  // base64url of `"account:/ann"` at each of the three places that it can begin at, without the
  // first and last digits, which depend on what stands beside it.
  const std::string bytes = all_bytes(small_.paths().database.parent_path());
  for (const char* const digits :
       {"account:/ann", "hY2NvdW50Oi9hbm", "YWNjb3VudDovYW5u", "FjY291bnQ6L2Fub"}) {
    EXPECT_THAT(bytes, Not(HasSubstr(digits)));
  }
}

TEST_F(EraseSubject, ForgetsWhatFiguresOfOthersSayOfIt) {
  // All findings have the figure `peers` with `a` and `b`; of the erased `a` it tells somebody
  // else.
  const SubjectTraces traces = must(erase_subject(small_.paths(), "account:/a", std::nullopt));
  EXPECT_EQ(traces.findings, 0);
  EXPECT_EQ(traces.keys, 0);
  // `peers` of four openings, of the restatement twice, and of the closing.
  EXPECT_EQ(traces.disclosures, 7);
  EXPECT_EQ(finding('b').subject, "account:/bob");
  EXPECT_TRUE(is_null(finding('a').figures.at(3).value));
  EXPECT_FALSE(is_null(finding('a').figures.at(2).value));
  EXPECT_TRUE(verify_ledger(small_.input()).ok());
}

TEST_F(EraseSubject, MovesThePositionThatItIsAboutAlone) {
  const auto position = [this] {
    return must(must(Ledger::open(small_.paths(), Ledger::Mode::kReadOnly))->position());
  };
  const LogOffset before = position().offset;
  MovedPosition moved{"records-1", before, {before.seq, sha256("anew")}};
  moved.before.log_hash = sha256("another");
  must(erase_subject(small_.paths(), "account:/ann", moved));
  EXPECT_EQ(position().offset, before);
  moved.before = before;
  must(erase_subject(small_.paths(), "account:/ann", moved));
  EXPECT_EQ(position().offset, moved.after);
  must(erase_subject(small_.paths(), "account:/ann", moved));
  EXPECT_EQ(position().offset, moved.after) << "asked again";
}

TEST_F(EraseSubject, TakesOneIdAlone) {
  EXPECT_EQ(erase_subject(small_.paths(), "ann", std::nullopt).error().code,
            ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace tidewaiter
