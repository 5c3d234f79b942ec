#pragma once

#include <map>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "policies/model/record_json.h"
#include "tests/e2e/provider_scene.h"
#include "tests/unit/temporary_folder.h"

namespace tidewaiter {

// Sources of all vendors that the simulated provider speaks for, on one day.

/// The clock of all in these tests.
inline UtcTime noon() { return parse_time("2026-11-20T12:34:56Z").value(); }

struct VendorUnderTest {
  const char* name;
  const char* kind;
  RecordKind record;
  std::vector<std::string> endpoints;
  Duration bucket;  ///< 0: each request is a record; of audit feeds, which have none, a day
  const char* path = "/v1";
  std::int64_t endless_pages = 1000;  ///< of its first endpoint, in one pull; 0: it finds them out
};

/// In the names of tests; the bytes of an object would be others in each run.
inline void PrintTo(const VendorUnderTest& vendor, std::ostream* out) { *out << vendor.name; }

inline const std::vector<VendorUnderTest>& vendors() {
  constexpr RecordKind kUsage = RecordKind::kUsage;
  constexpr RecordKind kAccount = RecordKind::kAccount;
  constexpr RecordKind kAudit = RecordKind::kAudit;
  static const std::vector<VendorUnderTest> all = {
      {"OpenAiCosts", "openai", kUsage, {"costs"}, kDay},
      {"OpenAiDirectory",
       "openai",
       kAccount,
       {"users", "projects", "api_keys", "admin_api_keys"},
       kDay},
      {"AnthropicMessages", "anthropic", kUsage, {"messages"}, kHour},
      {"AnthropicCosts", "anthropic", kUsage, {"costs"}, kDay},
      {"AnthropicDirectory", "anthropic", kAccount, {"users", "workspaces", "api_keys"}, kDay},
      {"OpenAiAudit", "openai", kAudit, {"audit_logs", "tenant_audit_logs"}, kDay},
      {"AnthropicActivities", "anthropic", kAudit, {"activities"}, kDay},
      {"AnthropicAnalytics", "anthropic", kUsage, {"analytics_usage"}, kHour},
      {"AnthropicAnalyticsCosts", "anthropic", kUsage, {"analytics_costs"}, kDay},
      {"AnthropicProfiles",
       "anthropic",
       kAccount,
       {"user_profiles", "service_accounts"},
       kDay,
       "/v1",
       10'000},
      {"LiteLlmSpend", "litellm", kUsage, {"spend_logs"}, {}, "", 10'000},
      {"LiteLlmDirectory",
       "litellm",
       kAccount,
       {"keys", "users", "teams", "customers"},
       kDay,
       "",
       10'000},
      {"NewApiLogs", "newapi", kUsage, {"logs"}, {}, "", 10'000},
      {"LangfuseObservations", "langfuse", kUsage, {"observations"}, {}, "", 10'000},
      {"OpenRouterActivity", "openrouter", kUsage, {"activity"}, kDay, "/api/v1", 10'000},
      {"StripeDirectory",
       "stripe",
       kAccount,
       {"customers", "payment_methods"},
       kDay,
       "/v1",
       10'000},
      {"ScimUsers", "scim", kAccount, {"users"}, kDay, "/scim/v2", 10'000},
  };
  return all;
}

inline const VendorUnderTest& vendor(std::string_view name) {
  for (const VendorUnderTest& one : vendors()) {
    if (one.name == name) return one;
  }
  throw std::invalid_argument("no such vendor");
}

/// How far back sources go: where each request is told by itself three hours are enough.
inline UtcTime days_since() { return align_down(noon() - Duration{4 * kDay.us}, kDay); }
inline UtcTime hours_since() { return align_down(noon(), kHour) - Duration{2 * kHour.us}; }

/// A source that reads all that the vendor tells.
inline SourceConfig source_of_vendor(const VendorUnderTest& vendor, const std::string& host) {
  SourceConfig source;
  source.name = "api";
  source.kind = vendor.kind;
  source.record = vendor.record;
  ContractConfig& contract = source.contract.emplace();
  contract.url = host + vendor.path;
  contract.key = {SecretRef::Kind::kEnv, "KEY"};
  contract.endpoints = vendor.endpoints;
  contract.bucket = vendor.bucket;
  contract.version = "2023-06-01";
  if (source.record == RecordKind::kAudit) {
    contract.account = AccountChoice::kPrincipal;
    contract.overlap = Duration{5 * kDay.us};  // whole windows are read again
  }
  contract.beta = "analytics-usage-cost-2026-08-24";
  if (source.kind == "openrouter") contract.account = AccountChoice::kApiKey;
  if (source.kind == "stripe" || source.kind == "scim") {
    contract.account = AccountChoice::kPrincipal;
  }
  if (source.kind == "stripe") contract.fingerprint_key = {SecretRef::Kind::kEnv, "SEAL"};
  if (source.record == RecordKind::kAccount) {
    contract.overlap = {};
  } else {
    contract.since = vendor.bucket.us == 0 ? hours_since() : days_since();
  }
  return source;
}

/// Pages without end: another test counts them.
inline bool is_endless(HostileMode mode, const VendorUnderTest& vendor) {
  return mode == HostileMode::kEndless ||
         (mode == HostileMode::kRepeatedToken && std::string("OpenRouterActivity") == vendor.name);
}

class VendorTest : public testing::TestWithParam<VendorUnderTest> {
 protected:
  [[nodiscard]] bool is(std::string_view kind) const { return GetParam().kind == kind; }
  [[nodiscard]] bool is_audit() const { return GetParam().record == RecordKind::kAudit; }
  [[nodiscard]] bool is_directory() const { return GetParam().record == RecordKind::kAccount; }
  /// Each request is told by itself: of three hours, there are enough.
  [[nodiscard]] bool is_by_request() const { return GetParam().bucket.us == 0; }

  [[nodiscard]] SourceConfig source(const Provider& provider) const {
    return source_of_vendor(GetParam(), provider.host());
  }

  /// One pull into the log of `name`.
  Pulled pull(const SourceConfig& source, const std::string& name) {
    RetryRule quick;
    quick.first = {1'000};
    quick.tries = 3;
    const auto log = RecordLog::open(folder_ / (name + ".db"), RecordLog::Mode::kReadWrite).value();
    Pulled pulled = pull_once(source, *log, quick, noon);
    stored_ = stored_in(*log);
    covered_ = log->source("api").value().covered;
    return pulled;
  }

  /// What is stored, but for when it was read.
  [[nodiscard]] std::map<Digest, std::string> lines() const {
    std::map<Digest, std::string> lines;
    for (auto [id, record] : stored_) {
      record.observed = {};
      record.completeness = Completeness::kFinal;
      record.revision = 0;
      write_record_json(record, lines[id]);
    }
    return lines;
  }

  /// What a server restates gives revisions, and what it tells of late is found by a second pull.
  void expect_revisions_and_late_ones() {
    const Provider restating(HostileMode::kRestated, 100, noon);
    ASSERT_FALSE(pull(source(restating), "restated").error);
    EXPECT_GT(pull(source(restating), "restated").revised, 0);
    const Provider honest(HostileMode::kNone, 100, noon);
    ASSERT_FALSE(pull(source(honest), "honest").error);
    const std::map<Digest, std::string> truth = lines();
    const Provider late(HostileMode::kLate, 100, noon);
    ASSERT_FALSE(pull(source(late), "late").error);
    EXPECT_NE(lines(), truth);
    EXPECT_GT(pull(source(late), "late").added, 0);
    EXPECT_EQ(lines(), truth);
  }

  TemporaryFolder folder_;
  UtcTime since_ = days_since();
  UtcTime hours_since_ = hours_since();
  std::map<Digest, Record> stored_;
  std::optional<Interval> covered_;
};

}  // namespace tidewaiter
