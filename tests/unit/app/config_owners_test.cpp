// The configuration of sources of ownership statements.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/config.h"
#include "daemon/app/source_supply.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

ConfigOutcome read_owners(const std::string& keys) {
  Environment environment;
  environment.working_folder = "/home/op";
  environment.host_name = "gate1";
  return load_config("/etc/tw/tidewaiter.yaml", "sources:\n  - {name: reg, " + keys + "}\n",
                     environment);
}

std::string complaints(const std::string& keys) {
  std::string out;
  for (const Diagnostic& diagnostic : read_owners(keys).diagnostics) {
    out += to_text(diagnostic) + "\n";
  }
  return out;
}

TEST(OwnersConfig, IsReadAndShown) {
  const ConfigOutcome outcome = read_owners(
      "kind: bods, path: \"reg/*.json\", accounts: map.csv, account_in: ACME-CRM, "
      "since: 2026-01-01, max_bad: 2%, poll: {every: 10m}");
  ASSERT_TRUE(outcome.diagnostics.empty()) << to_text(outcome.diagnostics[0]);
  const SourceConfig& source = outcome.config.sources.at(0);
  EXPECT_EQ(source.kind, "bods");
  EXPECT_EQ(source.record, RecordKind::kAccount);
  ASSERT_TRUE(source.owners);
  EXPECT_EQ(source.owners->accounts, "map.csv");
  EXPECT_EQ(source.owners->account_in, "acme-crm");
  EXPECT_EQ(source.owners->since, parse_time("2026-01-01").value());
  EXPECT_EQ(source.poll_every, Duration{10 * kMinute.us});
  EXPECT_THAT(show_config(outcome.config), AllOf(HasSubstr("    path: \"/etc/tw/reg/*.json\"\n"),
                                                 HasSubstr("    accounts: \"/etc/tw/map.csv\"\n"),
                                                 HasSubstr("    account_in: \"acme-crm\"\n"),
                                                 HasSubstr("    since: 2026-01-01T00:00:00Z\n")));
}

TEST(OwnersConfig, SaysWhatItGives) {
  const ConfigOutcome outcome = read_owners("kind: ftm, path: f.json, accounts: map.csv");
  ASSERT_TRUE(outcome.diagnostics.empty()) << to_text(outcome.diagnostics[0]);
  EXPECT_EQ(outcome.config.sources.at(0).poll_every, kHour);
  const auto supplies = source_supplies(outcome.config);
  ASSERT_TRUE(supplies.at(0).fields);
  EXPECT_EQ(supplies[0].bucket, kDay);
  for (const char* const name : {"owners", "owners.share", "owners.identifier", "owners.of",
                                 "controllers", "legal_name", "identifiers", "account"}) {
    EXPECT_THAT(*supplies[0].fields, Contains(*find_field(name))) << name;
  }
  EXPECT_FALSE(supplies[0].fields->contains(*find_field("kyc")));
}

TEST(OwnersConfig, SaysWhatIsMissingAndWhatDoesNotBelong) {
  EXPECT_THAT(complaints("kind: bods, path: f.json"),
              HasSubstr("needs `accounts` or `account_in`"));
  EXPECT_THAT(complaints("kind: bods, accounts: a.csv"), HasSubstr("a source needs `path`"));
  EXPECT_THAT(complaints("kind: ftm, path: f, accounts: a, record: usage"),
              HasSubstr("a source of kind `ftm` gives accounts"));
  EXPECT_THAT(complaints("kind: ftm, path: f, accounts: a, format: csv"), HasSubstr("`format`"));
  EXPECT_THAT(complaints("kind: bods, path: f, account_in: \"lei:\""),
              HasSubstr("`account_in` is no scheme: `lei:`"));
  EXPECT_THAT(complaints("kind: bods, path: f, accounts: a, since: soon"),
              HasSubstr("`since` is no time: `soon`"));
}

}  // namespace
}  // namespace tidewaiter
