// Each vendor over real HTTP, in every mode of the simulated provider: how a pull ends, and what it
// has stored and stated by then.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/vendor_scene.h"

namespace tidewaiter {
namespace {

using enum HostileMode;
using Modes = std::set<HostileMode>;

/// What a mode comes to with every vendor, but for what `ends_otherwise` says. Nothing: the pull
/// reads all that it is given.
std::optional<ErrorCode> usual_end(HostileMode mode) {
  static const Modes kLater = {kAbsurdWait, kFailing,    kSlowLoris,  kCut,
                               kNoQuota,    kClockAhead, kClockBehind};
  static const Modes kWrong = {kRepeatedToken, kWrongObject, kNoToken, kMoved,
                               kRedirect,      kDeepJson,    kOutside};
  static const Modes kRefused = {kDenied, kGzipBomb};
  if (kLater.contains(mode)) return ErrorCode::kUnavailable;
  if (kWrong.contains(mode)) return ErrorCode::kInvalidInput;
  if (kRefused.contains(mode)) return ErrorCode::kRefused;
  return std::nullopt;
}

/// Modes that one vendor has no place for, or another word.
using Ends = std::map<HostileMode, std::optional<ErrorCode>>;
const Ends& ends_otherwise(const VendorUnderTest& vendor) {
  // A directory tells of no time.
  static const Ends kDirectory = {{kOutside, std::nullopt}};
  static const std::map<std::string, Ends> kOthers = {
      // Asked for by time: the numbers of pages matter within a second alone.
      {"LiteLlmSpend", {{kRepeatedToken, std::nullopt}}},
      // The program says that with the status 200, as it says that its database is away.
      {"NewApiLogs", {{kDenied, ErrorCode::kUnavailable}}},
      // Their sources have no narrower question.
      {"AnthropicMessages", {{kNoKeys, ErrorCode::kInvalidInput}}},
      {"AnthropicAnalytics", {{kNoKeys, ErrorCode::kInvalidInput}}},
      {"AnthropicAnalyticsCosts", {{kNoKeys, ErrorCode::kInvalidInput}}},
      // A key's day is one row of a page.
      {"OpenRouterActivity", {{kBadRow, ErrorCode::kInvalidInput}}},
  };
  static const Ends kNoOthers;
  const auto found = kOthers.find(vendor.name);
  if (found != kOthers.end()) return found->second;
  return vendor.record == RecordKind::kAccount ? kDirectory : kNoOthers;
}

std::optional<ErrorCode> end_of(HostileMode mode, const VendorUnderTest& vendor) {
  const Ends& others = ends_otherwise(vendor);
  const auto other = others.find(mode);
  return other == others.end() ? usual_end(mode) : other->second;
}

/// Modes that are a nuisance and no more: the records are those of an honest provider.
bool tells_the_truth(HostileMode mode, const VendorUnderTest& vendor) {
  static const Modes kHonest = {kNone, kRateLimited, kRateLimitedBare, kFlaky, kForgetsTokens};
  if (kHonest.contains(mode)) return true;
  const std::string name = vendor.name;
  if (name == "LiteLlmSpend") return mode == kRepeatedToken;
  if (name == "StripeDirectory" || name == "ScimUsers") return mode == kOutside;
  const bool directory = vendor.record == RecordKind::kAccount;
  return directory && (mode == kOutside || mode == kNullActors);
}

class ModesTest : public VendorTest {
 protected:
  /// A thousand pages are read in vain: small ones do. Where each third request is to wait a second
  /// there are few.
  [[nodiscard]] std::int64_t entries_of_a_page(HostileMode mode) const {
    if (is_by_request()) return 100;
    return mode == kRateLimited || GetParam().bucket == kHour ? 48 : 3;
  }

  void expect_end(HostileMode mode, const Pulled& pulled) {
    const std::optional<ErrorCode> end = end_of(mode, GetParam());
    ASSERT_EQ(pulled.error.has_value(), end.has_value())
        << (pulled.error ? pulled.error->message : "it did not fail");
    if (!end) return;
    EXPECT_EQ(pulled.error->code, *end) << pulled.error->message;
    EXPECT_FALSE(covered_) << "coverage was stated over what was not read";
  }
};

TEST_P(ModesTest, EveryModeEndsAsItShould) {
  const Provider honest(kNone, 24, noon);
  ASSERT_FALSE(pull(source(honest), "honest").error);
  const std::map<Digest, std::string> truth = lines();
  EXPECT_GE(truth.size(), is_directory() ? 5 * GetParam().endpoints.size() : 15U);
  for (const HostileModeName& mode : hostile_modes()) {
    if (is_endless(mode.mode, GetParam())) continue;
    SCOPED_TRACE(mode.name);
    const Provider provider(mode.mode, entries_of_a_page(mode.mode), noon);
    SourceConfig config = source(provider);
    if (mode.mode == kBadRow) config.max_bad_share = 0.6;
    if (mode.mode == kSlowLoris) config.contract->deadline = kSecond;  // it ends by this alone
    const Pulled pulled = pull(config, std::string(mode.name));
    ASSERT_NO_FATAL_FAILURE(expect_end(mode.mode, pulled));
    if (pulled.error) continue;
    EXPECT_TRUE(covered_);
    if (tells_the_truth(mode.mode, GetParam())) {
      EXPECT_EQ(lines(), truth);
    }
    EXPECT_EQ(pulled.quarantined > 0, mode.mode == kBadRow);
  }
}

TEST_P(ModesTest, TheKeyStandsInNoFileThatWasWritten) {
  const Provider provider(kNone, 3, noon);
  pull(source(provider), "log");
  expect_no_key_in(folder_.path());
}

INSTANTIATE_TEST_SUITE_P(Each, ModesTest, testing::ValuesIn(vendors()),
                         [](const auto& vendor) { return std::string(vendor.param.name); });

}  // namespace
}  // namespace tidewaiter
