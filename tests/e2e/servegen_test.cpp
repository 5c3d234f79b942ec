#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/trace_run.h"

// The ServeGen example against SQL written from docs/evaluation.md and the text of its policies.

namespace tidewaiter {
namespace {

constexpr std::string_view kTrace = "data/traces/servegen-bailian/client_rates_10min.csv.zst";

std::filesystem::path config() {
  return std::filesystem::path(TIDEWAITER_SOURCE_DIR) / "docs/examples/servegen/tidewaiter.yaml";
}

/// Tables: r(c, t, n) is a client's n requests in the ten minutes from t; span(f, u) is what is
/// covered.
void prepare(Oracle& oracle, const std::string& csv) {
  oracle.load("raw", csv);
  oracle.execute(
      "CREATE TABLE r AS SELECT CAST(client_id AS INTEGER) AS c,"
      " CAST(strftime('%s', '2025-01-06') AS INTEGER) + CAST(window_start_s AS INTEGER) AS t,"
      " CAST(round(CAST(rate_rps AS REAL) * 600) AS INTEGER) AS n FROM raw");
  oracle.execute("CREATE TABLE span AS SELECT min(t) AS f, max(t) + 600 AS u FROM r");
}

/// A table w(s) of the starts of the whole windows within the covered span.
void windows(Oracle& oracle, std::int64_t length, std::int64_t every) {
  const std::string l = std::to_string(length);
  const std::string e = std::to_string(every);
  oracle.execute("DROP TABLE IF EXISTS w");
  oracle.execute("CREATE TABLE w AS WITH RECURSIVE k(s) AS (SELECT (f + " + e + " - 1) / " + e +
                 " * " + e + " FROM span UNION ALL SELECT s + " + e + " FROM k, span WHERE s + " +
                 e + " + " + l + " <= u) SELECT s FROM k");
}

/// Joins neighbouring holding windows of a client: `held` is a table (c, s, figure …).
std::vector<std::string> runs(Oracle& oracle, const std::string& policy, const std::string& held,
                              std::int64_t length, std::int64_t every,
                              const std::vector<std::string>& figures) {
  std::string text;
  for (const std::string& figure : figures) {
    text += (text.empty() ? "'" : "||',") + figure + "='||" + figure;
  }
  const std::string e = std::to_string(every);
  // In a query with one min(), bare columns are those of the row that has it.
  return oracle.texts(
      "WITH islands AS (SELECT *, s - " + e +
      " * row_number() OVER (PARTITION BY c ORDER BY s) AS island FROM " + held +
      "),"
      " first AS (SELECT *, min(s) AS begin, count(*) AS k FROM islands GROUP BY c, island) "
      "SELECT '" +
      policy + "|account:bailian/' || c || '|' || begin || '|' || (begin + (k - 1) * " + e + " + " +
      std::to_string(length) + ") || '|' || k || '|' || " + text + " FROM first");
}

std::vector<std::string> above_own_median(Oracle& oracle) {
  windows(oracle, 86'400, 86'400);
  oracle.execute(
      "CREATE TABLE above AS WITH ranked AS (SELECT c, s, n,"
      " row_number() OVER (PARTITION BY c, s ORDER BY n) AS rank,"
      " count(*) OVER (PARTITION BY c, s) AS size"
      " FROM r JOIN w ON t >= s AND t < s + 86400),"
      " measured AS (SELECT c, s, max(n) AS busiest,"
      " max(CASE WHEN rank = (size * 5 + 9) / 10 THEN n END) AS usual FROM ranked GROUP BY c, s) "
      "SELECT * FROM measured WHERE usual > 100 AND busiest > 20 * usual");
  return runs(oracle, "servegen.above-own-median", "above", 86'400, 86'400, {"busiest", "usual"});
}

std::vector<std::string> never_sleeps(Oracle& oracle) {
  windows(oracle, 86'400, 3600);
  oracle.execute(
      "CREATE TABLE steady AS WITH measured AS (SELECT c, s,"
      " count(DISTINCT CASE WHEN n > 0 THEN t END) AS awake, min(n) AS quietest,"
      " max(n) AS busiest, sum(n) AS total"
      " FROM r JOIN w ON t >= s AND t < s + 86400 GROUP BY c, s) "
      "SELECT * FROM measured WHERE awake >= 144 AND total > 10000 AND busiest <= 2 * quietest");
  return runs(oracle, "servegen.never-sleeps", "steady", 86'400, 3600,
              {"awake", "quietest", "busiest", "total"});
}

std::vector<std::string> sudden_shift(Oracle& oracle) {
  windows(oracle, 21'600, 3600);
  oracle.execute(
      "CREATE TABLE shift AS WITH ranked AS (SELECT c, s, n,"
      " row_number() OVER (PARTITION BY c, s ORDER BY n) AS rank,"
      " count(*) OVER (PARTITION BY c, s) AS size"
      " FROM r JOIN w ON t >= s AND t < s + 21600),"
      " measured AS (SELECT c, s, max(CASE WHEN rank = (size * 2 + 9) / 10 THEN n END) AS low,"
      " max(CASE WHEN rank = (size * 8 + 9) / 10 THEN n END) AS high FROM ranked GROUP BY c, s) "
      "SELECT * FROM measured WHERE low >= 100 AND high > 20 * low");
  return runs(oracle, "servegen.sudden-shift", "shift", 21'600, 3600, {"low", "high"});
}

class ServegenTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const auto path = shared_file(kTrace);
    if (path.empty()) {
      return;
    }
    Oracle oracle;
    prepare(oracle, read_trace(path));
    for (const auto& part :
         {above_own_median(oracle), never_sleeps(oracle), sudden_shift(oracle)}) {
      EXPECT_FALSE(part.empty());
      expected_.insert(expected_.end(), part.begin(), part.end());
    }
    std::ranges::sort(expected_);
  }
  void SetUp() override {
    if (expected_.empty()) {
      GTEST_SKIP() << kTrace << " is not in the shared folder; set TIDEWAITER_SHARED";
    }
  }
  static void expect_same(const TraceRun& run) {
    EXPECT_EQ(run.records, 326'592);
    EXPECT_EQ(run.quarantined, 0);
    EXPECT_EQ(run.findings.size(), expected_.size());
    std::vector<std::string> missing;
    std::vector<std::string> extra;
    std::ranges::set_difference(expected_, run.findings, std::back_inserter(missing));
    std::ranges::set_difference(run.findings, expected_, std::back_inserter(extra));
    EXPECT_THAT(missing, testing::IsEmpty());
    EXPECT_THAT(extra, testing::IsEmpty());
  }

  static inline std::vector<std::string> expected_;
};

TEST_F(ServegenTest, LibraryAgreesWithSql) { expect_same(run_library(config())); }

TEST_F(ServegenTest, ProgramAgreesWithSql) { expect_same(run_program(config())); }

}  // namespace
}  // namespace tidewaiter
