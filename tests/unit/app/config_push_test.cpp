// The configuration of what is handed in.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/config.h"
#include "daemon/app/source_supply.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

ConfigOutcome push_config(std::string_view text) {
  Environment environment;
  environment.working_folder = "/home/op";
  environment.host_name = "gate1";
  return load_config("/etc/tw/tidewaiter.yaml", text, environment);
}

std::string all_told(const ConfigOutcome& outcome) {
  std::string out;
  for (const Diagnostic& diagnostic : outcome.diagnostics) out += to_text(diagnostic) + "\n";
  return out;
}

constexpr std::string_view kHandedIn = R"(push:
  listen: 127.0.0.1:9000
  tokens:
    - {token: {file: gw-token}, source: gateway}
    - {token: {credential: any}}
  body: 1MiB
  inbox: 8MiB
  patience: 5s
sources:
  - name: gateway
    kind: push
    lateness: 10m
    supplies: [model]
  - name: meter
    kind: push
    format: json
    columns: {at: {at: /time, type: timestamp}, used: {at: /data/n, type: int64}}
    where: used > 0
    mapping: {time: at, output_tokens: used}
)";

TEST(PushConfig, TakesEveryKey) {
  const ConfigOutcome outcome = push_config(kHandedIn);
  ASSERT_TRUE(outcome.diagnostics.empty()) << all_told(outcome);
  ASSERT_TRUE(outcome.config.push);
  const PushListener& push = *outcome.config.push;
  EXPECT_EQ(push.listen, "127.0.0.1:9000");
  ASSERT_EQ(push.tokens.size(), 2U);
  EXPECT_EQ(push.tokens[0].token, (SecretRef{SecretRef::Kind::kFile, "/etc/tw/gw-token"}));
  EXPECT_EQ(push.tokens[0].source, "gateway");
  EXPECT_EQ(push.tokens[1].source, "");
  EXPECT_EQ(push.body_bytes, std::int64_t{1} << 20U);
  EXPECT_EQ(push.inbox_bytes, std::int64_t{8} << 20U);
  EXPECT_EQ(push.patience, Duration{5 * kSecond.us});
  ASSERT_EQ(outcome.config.sources.size(), 2U);
  const SourceConfig& gateway = outcome.config.sources[0];
  ASSERT_TRUE(gateway.push);
  EXPECT_EQ(gateway.push->lateness, Duration{10 * kMinute.us});
  EXPECT_EQ(gateway.push->listen, "127.0.0.1:9000");
  EXPECT_EQ(gateway.push->tokens.size(), 2U);
  EXPECT_EQ(gateway.path, "http://127.0.0.1:9000/push/gateway");
  const SourceConfig& meter = outcome.config.sources[1];
  EXPECT_EQ(meter.push->tokens.size(), 1U) << "the other token is for `gateway`";
  ASSERT_TRUE(meter.mapping);
  EXPECT_EQ(meter.mapping->pointers, (std::vector<std::string>{"/time", "/data/n"}));
}

TEST(PushConfig, IsShownAsItIsRead) {
  const ConfigOutcome outcome = push_config(kHandedIn);
  const std::string shown = show_config(outcome.config);
  const ConfigOutcome again = push_config(shown);
  ASSERT_TRUE(again.diagnostics.empty()) << all_told(again) << shown;
  EXPECT_EQ(show_config(again.config), shown);
  EXPECT_THAT(shown, HasSubstr("- {token: {credential: 'any'}}"));
}

TEST(PushConfig, SaysWhatItSupplies) {
  const auto supplies = source_supplies(push_config(kHandedIn).config);
  ASSERT_EQ(supplies.size(), 2U);
  EXPECT_EQ(supplies[0].fields, std::set<FieldId>{*find_field("model")});
  EXPECT_EQ(supplies[1].fields, std::set<FieldId>{*find_field("output_tokens")});
}

TEST(PushConfig, SaysWhereAndWhatIsWrong) {
  struct Case {
    const char* text;
    int line;
    const char* problem;
  };
  for (const Case& one : {
           Case{"sources:\n  - {name: gw, kind: push}\n", 2,
                "a source of kind `push` needs a listener"},
           Case{"push: {listen: 127.0.0.1:1}\n", 1, "`push` needs `tokens`"},
           Case{"push: {tokens: []}\n", 1, "`push` needs `tokens`"},
           Case{"push:\n  tokens:\n    - {source: gw}\n", 3, "it needs `token`"},
           Case{"push:\n  tokens:\n    - {token: abc}\n", 3, "a secret is written into"},
           Case{"push:\n  listen: here\n  tokens: [{token: {env: T}}]\n", 2,
                "expected an address and a port"},
           Case{"push:\n  tokens:\n    - token: {env: T}\n      source: gw\n", 4,
                "no source of kind `push` is called `gw`"},
           Case{"push:\n  body: 1KiB\n  tokens: [{token: {env: T}}]\n", 2,
                "`body` is not from 4KiB to 256MiB"},
           Case{"push:\n  inbox: 8KiB\n  tokens: [{token: {env: T}}]\n", 2,
                "`inbox` is smaller than `body`"},
           Case{"push: {tokens: [{token: {env: T}}]}\nsources:\n  - {name: gw, kind: push, path: "
                "x}\n",
                3, "`path`"},
           Case{"push: {tokens: [{token: {env: T}}]}\nsources:\n"
                "  - {name: gw, kind: push, format: csv}\n",
                3, "a source of kind `push` takes no CSV"},
           Case{"push: {tokens: [{token: {env: T}}]}\nsources:\n"
                "  - {name: gw, kind: push, lateness: 1}\n",
                3, "`lateness`"},
       }) {
    const ConfigOutcome outcome = push_config(one.text);
    ASSERT_FALSE(outcome.diagnostics.empty()) << one.text;
    EXPECT_THAT(all_told(outcome), HasSubstr(one.problem)) << one.text;
    EXPECT_EQ(outcome.diagnostics.front().span.line, one.line) << all_told(outcome);
  }
}

TEST(PushConfig, NeverRepeatsAToken) {
  const ConfigOutcome outcome = push_config("push:\n  tokens:\n    - {token: s3cr3t-token}\n");
  EXPECT_THAT(all_told(outcome), testing::Not(HasSubstr("s3cr3t")));
}

}  // namespace
}  // namespace tidewaiter
