#include "storage/postgres/ledger_schema.h"

#include <regex>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::HasSubstr;

std::string between(const std::string& text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) return {};
  return text.substr(at, text.find(to, at) - at);
}

TEST(LedgerSchema, IsOneTransaction) {
  const std::string sql = ledger_schema_sql("tidewaiter");
  EXPECT_TRUE(sql.starts_with("BEGIN;\n"));
  EXPECT_TRUE(sql.ends_with("COMMIT;\n"));
}

TEST(LedgerSchema, GrantsOfTheLogInsertAndSelectAlone) {
  const std::string sql = ledger_schema_sql("tidewaiter");
  const std::regex grants(R"(GRANT ([^;]*) ON ([^;]*) TO "tidewaiter";)");
  std::set<std::string> log_rights;
  for (std::sregex_iterator it(sql.begin(), sql.end(), grants), end; it != end; ++it) {
    const std::string rights = (*it)[1];
    EXPECT_EQ(rights.find("DELETE"), std::string::npos) << rights;
    EXPECT_EQ(rights.find("TRUNCATE"), std::string::npos) << rights;
    EXPECT_EQ(rights.find("ALL"), std::string::npos) << rights;
    const std::string tables = (*it)[2];
    if (tables.find("tidewaiter.entry") != std::string::npos) log_rights.insert(rights);
  }
  EXPECT_THAT(log_rights, testing::ElementsAre("SELECT, INSERT"));
  EXPECT_THAT(between(sql, "GRANT SELECT, INSERT, UPDATE (sent)", ";"), HasSubstr("outbox"));
}

TEST(LedgerSchema, QuotesTheRole) {
  EXPECT_THAT(ledger_schema_sql("tide waiter"), HasSubstr(" TO \"tide waiter\";"));
  EXPECT_THAT(ledger_schema_sql("x\"; DROP TABLE y; --"),
              HasSubstr(" TO \"x\"\"; DROP TABLE y; --\";"));
}

}  // namespace
}  // namespace tidewaiter
