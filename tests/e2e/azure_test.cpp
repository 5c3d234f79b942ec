#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/trace_run.h"

// The Azure example against SQL written from docs/evaluation.md and the text of its policies.

namespace tidewaiter {
namespace {

constexpr std::string_view kTrace = "data/traces/azure-llm-2023/AzureLLMInferenceTrace_code.csv";

std::filesystem::path config() {
  return std::filesystem::path(TIDEWAITER_SOURCE_DIR) / "docs/examples/azure/tidewaiter.yaml";
}

/// Holding windows that neighbour each other, as one line each.
std::vector<std::string> runs(Oracle& oracle, const std::string& policy, std::int64_t every,
                              const std::string& figure) {
  const std::string e = std::to_string(every);
  return oracle.texts(
      "WITH islands AS (SELECT *, s - " + e +
      " * row_number() OVER (ORDER BY s) AS island FROM held),"
      " first AS (SELECT *, min(s) AS begin, count(*) AS k FROM islands GROUP BY island) "
      "SELECT '" +
      policy +
      "|organization:azure-code/azure-code|' || begin || '|' ||"
      " (begin + (k - 1) * " +
      e + " + 600) || '|' || k || '|" + figure + "=' || " + figure +
      " || ',requests_made=' || requests_made FROM first");
}

std::vector<std::string> expected(const std::string& csv) {
  Oracle oracle;
  oracle.load("raw", csv);
  // Whole seconds tell the window; the covered span is compared by its microseconds.
  oracle.execute(
      "CREATE TABLE r AS SELECT CAST(strftime('%s', substr(TIMESTAMP, 1, 19)) AS INTEGER) AS t,"
      " CAST(substr(TIMESTAMP, 21, 6) AS INTEGER) AS us,"
      " CAST(ContextTokens AS INTEGER) AS i, CAST(GeneratedTokens AS INTEGER) AS o FROM raw");
  oracle.execute(
      "CREATE TABLE span AS SELECT min(t * 1000000 + us) AS f, max(t * 1000000 + us) AS u FROM r");
  // A sum that is over a threshold stays over it: windows at the edges count too.
  oracle.execute(
      "CREATE TABLE held AS SELECT * FROM (SELECT t / 600 * 600 AS s, sum(i) AS tokens,"
      " count(*) AS requests_made FROM r GROUP BY 1)"
      " WHERE tokens > 4000000 AND requests_made > 1000");
  std::vector<std::string> all = runs(oracle, "azure.bulk-intake", 600, "tokens");
  // A share may still fall: whole windows only.
  oracle.execute("DROP TABLE held");
  oracle.execute(
      "CREATE TABLE held AS SELECT s, terse, requests_made FROM (SELECT s,"
      " sum(i >= 2000 AND o <= 10) AS terse, count(*) AS requests_made FROM"
      " (SELECT t / 300 * 300 AS s, i, o FROM r UNION ALL"
      "  SELECT t / 300 * 300 - 300 AS s, i, o FROM r) GROUP BY s), span"
      " WHERE s * 1000000 >= f AND (s + 600) * 1000000 <= u"
      " AND requests_made >= 500 AND 6 * terse > requests_made");
  const auto terse = runs(oracle, "azure.terse-answers", 300, "terse");
  all.insert(all.end(), terse.begin(), terse.end());
  std::ranges::sort(all);
  return all;
}

void expect_same(const TraceRun& run, const std::vector<std::string>& want) {
  EXPECT_EQ(run.records, 8819);
  EXPECT_EQ(run.quarantined, 0);
  EXPECT_GE(want.size(), 2U);
  EXPECT_EQ(run.findings, want);
}

TEST(AzureTest, LibraryAgreesWithSql) {
  const auto path = shared_file(kTrace);
  if (path.empty()) {
    GTEST_SKIP() << kTrace << " is not in the shared folder; set TIDEWAITER_SHARED";
  }
  expect_same(run_library(config()), expected(read_trace(path)));
}

TEST(AzureTest, ProgramAgreesWithSql) {
  const auto path = shared_file(kTrace);
  if (path.empty()) {
    GTEST_SKIP() << kTrace << " is not in the shared folder; set TIDEWAITER_SHARED";
  }
  expect_same(run_program(config()), expected(read_trace(path)));
}

}  // namespace
}  // namespace tidewaiter
