#include "daemon/app/config.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/language/load.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;

Environment plain_environment() {
  Environment environment;
  environment.working_folder = "/home/op";
  environment.host_name = "gate1";
  return environment;
}

ConfigOutcome load(std::string_view text) {
  return load_config("/etc/tw/tidewaiter.yaml", text, plain_environment());
}

std::string all_text(const std::vector<Diagnostic>& diagnostics) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics) out += to_text(diagnostic) + "\n";
  return out;
}

constexpr std::string_view kTable = R"(sources:
  - name: bailian
    kind: file
    record: usage
    path: ../x.csv.zst
    format: csv
    csv: {delimiter: ","}
    columns: {client_id: int64, window_start_s: int64, rate_rps: double, model: string}
    mapping:
      time: 'timestamp("2026-01-01") + seconds(window_start_s)'
      duration: "10m"
      requests: round(rate_rps * 600)
      api_key: string(client_id)
      model: model
    identity: place
    poll: {every: 10m, jitter: 30s}
    settles: 5m
    idle: 1h
    max_bad: 0.5%
)";

TEST(Config, NamesOfASourceAreThoseOfAnother) {
  const auto read = [](const std::string& names_of) {
    return load_config("/etc/tw/tidewaiter.yaml",
                       "sources:\n"
                       "  - {name: gateway, kind: file, path: u.jsonl}\n"
                       "  - {name: crm, kind: file, record: account, path: a.jsonl, names_of: " +
                           names_of + "}\n",
                       Environment{});
  };
  const ConfigOutcome good = read("gateway");
  EXPECT_TRUE(good.diagnostics.empty());
  ASSERT_EQ(good.config.sources.size(), 2U);
  EXPECT_EQ(good.config.sources[1].names_of, "gateway");
  const ConfigOutcome typo = read("gatway");
  ASSERT_EQ(typo.diagnostics.size(), 1U);
  EXPECT_EQ(typo.diagnostics[0].code, "TW0603");
  EXPECT_EQ(typo.diagnostics[0].span.line, 3);
  EXPECT_EQ(typo.diagnostics[0].hint, "did you mean `gateway`?");
  const ConfigOutcome itself = read("crm");
  ASSERT_EQ(itself.diagnostics.size(), 1U);
  EXPECT_THAT(itself.diagnostics[0].message, testing::HasSubstr("is the source itself"));
}

TEST(Config, TakesEveryKeyOfATable) {
  const ConfigOutcome outcome = load(kTable);
  ASSERT_TRUE(outcome.diagnostics.empty()) << all_text(outcome.diagnostics);
  ASSERT_EQ(outcome.config.sources.size(), 1U);
  const SourceConfig& source = outcome.config.sources[0];
  EXPECT_EQ(source.name, "bailian");
  EXPECT_EQ(source.kind, "file");
  EXPECT_EQ(source.record, RecordKind::kUsage);
  EXPECT_EQ(source.base, "/etc/tw");
  EXPECT_EQ(source.path, "../x.csv.zst");
  EXPECT_EQ(source.format, FileFormat::kCsv);
  EXPECT_EQ(source.delimiter, ',');
  EXPECT_EQ(source.poll_every, Duration{10 * kMinute.us});
  EXPECT_EQ(source.poll_jitter, Duration{30 * kSecond.us});
  EXPECT_EQ(source.settles, Duration{5 * kMinute.us});
  EXPECT_EQ(source.idle, kHour);
  EXPECT_DOUBLE_EQ(source.max_bad_share, 0.005);
  ASSERT_TRUE(source.mapping.has_value());
  EXPECT_EQ(source.mapping->columns.size(), 4U);
  EXPECT_EQ(source.mapping->columns[2].type, ValueType::kDouble);
  EXPECT_EQ(source.mapping->time.type, ValueType::kTimestamp);
  EXPECT_TRUE(source.mapping->duration.has_value());
  EXPECT_TRUE(source.mapping->requests.has_value());
  EXPECT_EQ(source.mapping->fields.size(), 2U);
  EXPECT_TRUE(source.mapping->identity_by_place);
}

TEST(Config, AColumnOfJsonSaysWhereItStands) {
  const ConfigOutcome outcome = load(
      "sources:\n"
      "  - name: gateway\n"
      "    kind: file\n"
      "    path: x.log\n"
      "    format: json\n"
      "    columns: {began: {at: /start/time, type: timestamp}, a/b: int64, model: string}\n"
      "    where: exists(model)\n"
      "    mapping: {time: began, model: model}\n");
  ASSERT_TRUE(outcome.diagnostics.empty()) << all_text(outcome.diagnostics);
  const SourceConfig& source = outcome.config.sources.at(0);
  EXPECT_EQ(source.format, FileFormat::kJson);
  EXPECT_THAT(source.mapping->pointers, testing::ElementsAre("/start/time", "/a~1b", "/model"));
  EXPECT_TRUE(source.mapping->where);
  const ConfigOutcome again = load(show_config(outcome.config));
  ASSERT_TRUE(again.diagnostics.empty()) << all_text(again.diagnostics);
  EXPECT_EQ(show_config(again.config), show_config(outcome.config));
}

TEST(Config, HasDefaultsThatRun) {
  for (const ConfigOutcome& outcome :
       {load(""), load("# nothing\n"), load("sources:\nnotify:\n  channels:\n")}) {
    ASSERT_TRUE(outcome.diagnostics.empty()) << all_text(outcome.diagnostics);
    EXPECT_EQ(outcome.config.state, "/home/op/.tidewaiter");
    EXPECT_EQ(outcome.config.ledger.lock, "/home/op/.tidewaiter/lock.db");
    EXPECT_EQ(outcome.config.ledger.origin, "gate1/tidewaiter");
    EXPECT_FALSE(outcome.config.ledger.origin_given);
    EXPECT_EQ(outcome.config.keep_records, Duration{1825 * kDay.us});
    EXPECT_EQ(outcome.config.ledger.sign_every, Duration{10 * kSecond.us});
    EXPECT_EQ(outcome.config.log_level, LogLevel::kInfo);
  }
}

TEST(Config, ChoosesTheStateFolderByItsRule) {
  Environment environment = plain_environment();
  EXPECT_EQ(default_config(environment).state, "/home/op/.tidewaiter");
  environment.system_state_usable = true;
  EXPECT_EQ(default_config(environment).state, "/var/lib/tidewaiter");
  environment.variables["STATE_DIRECTORY"] = "/run/state/tw:/run/state/other";
  EXPECT_EQ(default_config(environment).state, "/run/state/tw");
  const ConfigOutcome outcome = load_config("conf/t.yaml", "state: data\n", environment);
  EXPECT_EQ(outcome.config.state, "/home/op/conf/data");
}

struct BadCase {
  const char* name;
  const char* text;
  std::int32_t line;
  std::int32_t column;
  const char* code;
  const char* says;  ///< part of the whole diagnostic
};

class BadConfigTest : public testing::TestWithParam<BadCase> {};

TEST_P(BadConfigTest, PointsAtTheFault) {
  const BadCase& c = GetParam();
  const ConfigOutcome outcome = load(c.text);
  ASSERT_TRUE(has_errors(outcome.diagnostics)) << c.text;
  const Diagnostic& first = outcome.diagnostics.front();
  EXPECT_EQ(first.code, c.code) << all_text(outcome.diagnostics);
  EXPECT_EQ(first.span.line, c.line) << all_text(outcome.diagnostics);
  EXPECT_EQ(first.span.column, c.column) << all_text(outcome.diagnostics);
  EXPECT_THAT(to_text(first), HasSubstr(c.says));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadConfigTest,
    testing::Values(
        BadCase{"UnknownKey", "sorces: []\n", 1, 1, "TW0102", "did you mean `sources`?"},
        BadCase{"UnknownSourceKey", "sources:\n  - {name: a, kind: file, path: x, pol: {}}\n", 2,
                36, "TW0102", "did you mean `poll`?"},
        BadCase{"PublishRequired", "publish: {required: maybe}\n", 1, 21, "TW0105", "true"},
        BadCase{"NotAMap", "- a\n", 1, 1, "TW0104", "the configuration is not a map"},
        BadCase{"NotAList", "policies: a.yaml\n", 1, 11, "TW0104", "`policies` is not a list"},
        BadCase{"MissingPath", "sources:\n  - {name: a, kind: file}\n", 2, 5, "TW0103",
                "needs `path`"},
        BadCase{"UnknownKind", "sources:\n  - {name: a, kind: fil, path: x}\n", 2, 21, "TW0105",
                "did you mean `file`?"},
        BadCase{"BadName", "sources:\n  - {name: A b, kind: file, path: x}\n", 2, 12, "TW0603",
                "cannot be `A b`"},
        BadCase{"OwnName", "sources:\n  - {name: tidewaiter, kind: file, path: x}\n", 2, 12,
                "TW0603", "a source cannot be called `tidewaiter`"},
        BadCase{
            "NameTwice",
            "sources:\n  - {name: a, kind: file, path: x}\n  - {name: a, kind: file, path: y}\n", 3,
            12, "TW0604", "two sources have the name `a`"},
        BadCase{"BadDuration", "sources:\n  - {name: a, kind: file, path: x, idle: 1 hour}\n", 2,
                42, "TW0108", "not a duration: `1 hour`"},
        BadCase{"BadShare", "sources:\n  - {name: a, kind: file, path: x, max_bad: 0.01}\n", 2, 45,
                "TW0607", "write a number from 0 to 100 and `%`"},
        BadCase{"JitterTooLong",
                "sources:\n  - {name: a, kind: file, path: x, poll: {every: 1m, jitter: 1m}}\n", 2,
                62, "TW0108", "`jitter` is not shorter than `every`"},
        BadCase{"MappingWithoutCsv", "sources:\n  - {name: a, kind: file, path: x, mapping: {}}\n",
                2, 45, "TW0104", "belongs to a source with `format: csv`"},
        BadCase{"MappedType",
                "sources:\n  - name: a\n    kind: file\n    path: x\n    format: csv\n"
                "    columns: {t: int64, who: int64}\n    mapping:\n"
                "      time: timestamp(\"2026-01-01\") + seconds(t)\n      api_key: who\n",
                9, 16, "TW0606", "`api_key` is string, this expression is int64"},
        BadCase{"MappedColumn",
                "sources:\n  - name: a\n    kind: file\n    path: x\n    format: csv\n"
                "    columns: {when: string}\n    mapping: {time: timestamp(whne)}\n",
                7, 31, "TW0204", "whne"},
        BadCase{"MappedField",
                "sources:\n  - name: a\n    kind: file\n    path: x\n    format: csv\n"
                "    columns: {when: string}\n    mapping: {time: timestamp(when), modle: when}\n",
                7, 38, "TW0102", "did you mean `model`?"},
        BadCase{"NoPointer",
                "sources:\n  - name: a\n    kind: file\n    path: x\n    format: json\n"
                "    columns: {when: {at: when, type: timestamp}}\n    mapping: {time: when}\n",
                6, 14, "TW0104", "`when` is no JSON pointer"},
        BadCase{"NoCondition",
                "sources:\n  - name: a\n    kind: file\n    path: x\n    format: json\n"
                "    columns: {when: timestamp}\n    where: when\n    mapping: {time: when}\n",
                7, 12, "TW0606", "`where` is bool, this expression is timestamp"},
        BadCase{"DelimiterOfJson",
                "sources:\n  - name: a\n    kind: file\n    path: x\n    format: json\n"
                "    csv: {delimiter: \",\"}\n    columns: {when: timestamp}\n"
                "    mapping: {time: when}\n",
                6, 10, "TW0104", "`csv` belongs to a source with `format: csv`"},
        BadCase{"ListWithoutUrl", "lists:\n  - {name: un}\n", 2, 5, "TW0103",
                "a list needs `name` and `url`"},
        BadCase{"ListInTheClear", "lists: [{name: un, url: \"http://example.org/x\"}]\n", 1, 25,
                "TW0605", "neither https nor http on this machine"},
        BadCase{"ListTwice",
                "lists:\n  - {name: un, url: \"https://a.org\"}\n  - {name: un, url: "
                "\"https://b.org\"}\n",
                3, 12, "TW0604", "two lists have the name `un`"},
        BadCase{"ListWithHalfOfOfac",
                "lists:\n  - {name: sdn, url: \"https://a.org\", aliases: \"https://b.org\"}\n", 2,
                5, "TW0103", "needs both `aliases` and `addresses`"},
        BadCase{"ListWithCommentsAlone",
                "lists: [{name: sdn, url: \"https://a.org\", comments: \"https://d.org\"}]\n", 1,
                53, "TW0103", "belongs to OFAC's `aliases` and `addresses`"},
        BadCase{"ListLoss", "lists: [{name: un, url: \"https://a.org\", most_loss: 0.1}]\n", 1, 53,
                "TW0607", "write a number from 0 to 100 and `%`"},
        BadCase{"ListOfNoKnownCode",
                "lists: [{name: un, url: \"https://a.org\", consequences: NU}]\n", 1, 56, "TW0603",
                "expected one of CAP, CMIC, CSL, DPL, DTC, EL, EU, EU-OJ, FSE, ISN, MEU, NS-MBS"},
        BadCase{"BadOrigin", "ledger: {origin: a+b}\n", 1, 18, "TW0603", "without blanks"},
        BadCase{"StampsWithoutCertificates", "ledger: {timestamps: {url: \"https://x.org\"}}\n", 1,
                22, "TW0103", "needs `url` and `ca`"},
        BadCase{"StampsInTheClear", "ledger: {timestamps: {url: \"http://x.org\", ca: x}}\n", 1, 28,
                "TW0605", "neither https nor http on this machine"},
        BadCase{"StampsTooOften",
                "ledger: {timestamps: {url: \"https://x.org\", ca: x, every: 1s}}\n", 1, 59,
                "TW0108", "shorter than 1m"},
        BadCase{"StampsByNoPolicy",
                "ledger: {timestamps: {url: \"https://x.org\", ca: x, policy: any}}\n", 1, 60,
                "TW0603", "is no policy of an authority"},
        BadCase{"LedgerPasswordInUrl",
                "ledger: {postgres: {url: \"postgresql://r:secret@/d?host=/run\"}}\n", 1, 26,
                "TW0605", "holds a password"},
        BadCase{"LedgerInTheClear",
                "ledger: {postgres: {url: \"postgresql://r@db.example/d?sslmode=prefer\"}}\n", 1,
                26, "TW0605", "does not make sure whom it speaks to"},
        BadCase{"LedgerPasswordWrittenOut",
                "ledger: {postgres: {url: \"postgresql://r@localhost/d\", password: hunter2}}\n", 1,
                66, "TW0602", "a secret is written"},
        BadCase{"LedgerNowhere", "ledger: {postgres: {password: {env: A}}}\n", 1, 20, "TW0103",
                "needs `url`"},
        BadCase{"SignTooOften", "ledger: {sign_every: 10ms}\n", 1, 22, "TW0108", "shorter than 1s"},
        BadCase{"PlainHttp",
                "notify: {channels: [{name: a, kind: webhook, url: \"http://example.org/x\"}]}\n",
                1, 51, "TW0605", "neither https nor http on this machine"},
        BadCase{
            "PasswordInUrl",
            "notify: {channels: [{name: a, kind: webhook, url: \"https://u:p@example.org\"}]}\n", 1,
            51, "TW0605", "holds a user or password"},
        BadCase{"TokenInQuery",
                "notify: {channels: [{name: a, kind: webhook, url: \"https://x.org/?token=t\"}]}\n",
                1, 51, "TW0605", "holds a credential: its parameter `token`"},
        BadCase{"LogWithUrl",
                "notify: {channels: [{name: a, kind: log, url: \"https://x.org\"}]}\n", 1, 47,
                "TW0104", "has no `url`"},
        BadCase{
            "TwoTokens",
            "notify: {channels: [{name: a, kind: webhook, url: \"https://x.org\", token: {env: A, "
            "file: b}}]}\n",
            1, 75, "TW0104", "exactly one of"},
        BadCase{"JiraWithAQuery",
                "notify: {channels: [{name: a, kind: jira, url: \"https://x.org/?a=b\", project: "
                "SEC, user: a@x.org, token: {env: A}}]}\n",
                1, 48, "TW0605", "has no query"},
        BadCase{"JiraProjectThatIsNone",
                "notify: {channels: [{name: a, kind: jira, url: \"https://x.org\", project: sec, "
                "user: a@x.org, token: {env: A}}]}\n",
                1, 74, "TW0603", "is no key of a project"},
        BadCase{"JiraWithoutAToken",
                "notify: {channels: [{name: a, kind: jira, url: \"https://x.org\", project: SEC, "
                "user: a@x.org}]}\n",
                1, 21, "TW0103", "needs `token`"},
        BadCase{"WaitWithoutGroup", "notify: {channels: [{name: a, kind: log, group_wait: 1m}]}\n",
                1, 54, "TW0104", "there is none"},
        BadCase{"GroupByUnknown", "notify: {channels: [{name: a, kind: log, group_by: cases}]}\n",
                1, 52, "TW0105", "did you mean `case`?"},
        BadCase{"GiveUpAtOnce", "notify: {channels: [{name: a, kind: log, give_up_after: 1s}]}\n",
                1, 57, "TW0108", "shorter than 1m"},
        BadCase{"InhibitedByLess", "notify: {inhibit: [{while: high, hold: high}]}\n", 1, 40,
                "TW0104", "only what is less grave"},
        BadCase{"InhibitWithoutHold", "notify: {inhibit: [{while: high}]}\n", 1, 20, "TW0103",
                "needs `while` and `hold`"},
        BadCase{"BadLevel", "log: {level: inof}\n", 1, 14, "TW0105", "did you mean `info`?"},
        BadCase{"ShortRetention", "retention: {records: 1h}\n", 1, 22, "TW0108", "shorter than 1d"},
        BadCase{"BadGone", "sources:\n  - {name: a, kind: file, path: x, gone: acept}\n", 2, 42,
                "TW0105", "did you mean `accept`?"},
        BadCase{"BadReserve", "storage: {reserve: 64 MB}\n", 1, 20, "TW0612", "`64MiB`"},
        BadCase{"ReserveTooLarge", "storage: {reserve: 9000000TiB}\n", 1, 20, "TW0612", "TiB"},
        BadCase{"NoThreads", "evaluation: {threads: 0}\n", 1, 23, "TW0106", "from 1 to 64"},
        BadCase{"ThreadsOfAWord", "evaluation: {threads: all}\n", 1, 23, "TW0106",
                "`threads` cannot be `all`"},
        BadCase{"StateWithoutRoom", "evaluation: {state_at_most: 1MiB}\n", 1, 29, "TW0612",
                "`state_at_most` is at least 64MiB"},
        BadCase{"SnapshotsWithoutUnit", "evaluation: {snapshot_every: 5}\n", 1, 30, "TW0108",
                "is not a duration"},
        BadCase{"SecondDocument", "log: {}\n---\nlog: {}\n", 3, 1, "TW0104", "second document"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Config, TellsAllErrorsAtOnce) {
  const ConfigOutcome outcome =
      load("log: {level: loud}\nretention: {records: x}\nsorces: []\nledger: {sign_every: y}\n");
  ASSERT_EQ(outcome.diagnostics.size(), 4U) << all_text(outcome.diagnostics);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(outcome.diagnostics[i].span.line, static_cast<std::int32_t>(i + 1));
  }
}

TEST(Config, NeverRepeatsALiteralSecret) {
  const ConfigOutcome outcome = load(
      "notify:\n  channels:\n    - name: a\n      kind: webhook\n      url: https://x.org\n"
      "      token: hunter2-very-secret\n");
  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_EQ(outcome.diagnostics[0].code, "TW0602");
  EXPECT_EQ(outcome.diagnostics[0].span.line, 6);
  EXPECT_THAT(all_text(outcome.diagnostics), Not(HasSubstr("hunter2")));
  EXPECT_THAT(show_config(outcome.config), Not(HasSubstr("hunter2")));
}

struct SecretCase {
  const char* name;
  const char* text;
};

class SecretInConfigTest : public testing::TestWithParam<SecretCase> {};

// Whatever is wrong, and wherever on the line: what may be a secret is in no diagnostic.
TEST_P(SecretInConfigTest, IsInNoDiagnostic) {
  const ConfigOutcome outcome = load(GetParam().text);
  ASSERT_TRUE(has_errors(outcome.diagnostics));
  EXPECT_THAT(all_text(outcome.diagnostics), Not(HasSubstr("hunter2")));
}

INSTANTIATE_TEST_SUITE_P(
    All, SecretInConfigTest,
    testing::Values(
        SecretCase{"FlowStyle", "notify: {channels: [{name: a, kind: webhok, token: hunter2}]}\n"},
        SecretCase{"FlowStyleOverLines",
                   "notify: {channels: [{name: a, token:\n hunter2, kind: webhok}]}\n"},
        SecretCase{"KeyMisspelt",
                   "notify: {channels: [{name: a, kind: webhook, tokn: hunter2}]}\n"},
        SecretCase{"KeyOfNobody", "webhook_url: https://hooks.example.org/hunter2\n"},
        SecretCase{"QuotedKey", "notify: {channels: [{name: a, \"token\": hunter2, kin: log}]}\n"},
        SecretCase{
            "UserInUrl",
            "notify: {channels: [{name: a, kind: webhook, url: 'https://u:hunter2@x.org'}]}\n"},
        SecretCase{"TokenInQuery",
                   "notify: {channels: [{name: a, kind: webhook, url: "
                   "'https://x.org/?token=hunter2'}]}\n"},
        SecretCase{
            "KeyInTheQueryOfASource",
            "sources: [{name: a, kind: http_json, url: 'https://x.org/?api_key=hunter2'}]\n"},
        SecretCase{"KeyInTheQueryOfAMisspeltSource",
                   "sources: [{name: a, kind: htp_json, url: 'https://x.org/?api_key=hunter2'}]\n"},
        SecretCase{"UserInAnotherPlace",
                   "sources: [{name: 'https://u:hunter2@x.org', kind: file}]\n"},
        SecretCase{"UrlThatIsWrong",
                   "notify: {channels: [{name: a, kind: webhook, url: 'http://x.org/hunter2'}]}\n"},
        SecretCase{"NotYaml", "notify: {channels: [{name: a, token: hunter2\n"},
        SecretCase{"NotYamlBlock", "notify:\n  token: |\n    hunter2\n   x\n"},
        SecretCase{"TokenIsAList",
                   "notify:\n  channels:\n    - name: a\n      kind: webhook\n"
                   "      url: https://x.org\n      token:\n        - hunter2\n"},
        SecretCase{"CredentialWithSlash",
                   "notify: {channels: [{name: a, kind: webhook, url: 'https://x.org',\n"
                   "  token: {credential: hunter2/x}}]}\n"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Config, SaysThatALineIsNotShown) {
  const ConfigOutcome outcome =
      load("notify: {channels: [{name: a, kind: webhok, token: hunter2}]}\n");
  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_EQ(outcome.diagnostics[0].source_line, "");
  EXPECT_THAT(outcome.diagnostics[0].hint, HasSubstr("the line is not shown"));
  EXPECT_THAT(outcome.diagnostics[0].hint, HasSubstr("did you mean `webhook`?"));
}

TEST(Config, ShowsTheLinesThatHoldNoSecret) {
  const ConfigOutcome outcome = load(
      "sources:\n  - name: a\n    kind: fil\n    path: x\n"
      "notify: {channels: [{name: a, kind: webhook, url: 'https://x.org'}]}\n");
  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_EQ(outcome.diagnostics[0].source_line, "    kind: fil");
}

TEST(Config, AUrlCanBeNamedAndIsNeverShown) {
  const ConfigOutcome outcome =
      load("notify: {channels: [{name: a, kind: webhook, url: {credential: hook}}]}\n");
  ASSERT_TRUE(outcome.diagnostics.empty()) << all_text(outcome.diagnostics);
  const ChannelConfig& channel = outcome.config.channels.at(0);
  EXPECT_EQ(channel.url, "");
  EXPECT_EQ(channel.secret_url, (SecretRef{SecretRef::Kind::kCredential, "hook"}));
  EXPECT_THAT(show_config(outcome.config), HasSubstr("url: {credential: 'hook'}"));
}

TEST(Config, ReadsAReserveInBytes) {
  EXPECT_EQ(load("").config.reserve_bytes, 64 * 1024 * 1024);
  EXPECT_EQ(load("storage: {reserve: 3GiB}\n").config.reserve_bytes, 3'221'225'472);
  EXPECT_EQ(load("storage: {reserve: 0B}\n").config.reserve_bytes, 0);
}

TEST(Config, ChecksWhatOnlyAConnectorKnows) {
  EXPECT_TRUE(check_sources(load(kTable).config).empty());
  Config config = load(kTable).config;
  config.sources[0].kind = "none";
  const std::vector<Diagnostic> found = check_sources(config);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].code, "TW0611");
}

TEST(Config, NamesTheDatabaseOfTheLedger) {
  const ConfigOutcome first = load(
      "ledger: {postgres: {url: \"postgresql://tidewaiter@db.example:6432/ledger\", "
      "password: {credential: ledger-password}}}\n");
  ASSERT_TRUE(first.diagnostics.empty()) << all_text(first.diagnostics);
  const std::string shown = show_config(first.config);
  EXPECT_THAT(shown, HasSubstr("    password: {credential: 'ledger-password'}\n"));
  const ConfigOutcome second = load(shown);
  ASSERT_TRUE(second.diagnostics.empty()) << all_text(second.diagnostics) << shown;
  EXPECT_EQ(second.config.ledger.postgres, first.config.ledger.postgres);
  const LedgerPaths ledger = state_paths(second.config).ledger;
  ASSERT_NE(ledger.server, nullptr);
  EXPECT_EQ(place_of_tables(ledger), "postgresql://tidewaiter@db.example:6432/ledger");
  EXPECT_EQ(state_paths(load("").config).ledger.server, nullptr);
}

TEST(Config, ShowsWhatItReadsBack) {
  const std::string text =
      std::string(kTable) +
      "policies: [\"p's/*.yaml\", /abs/x.yaml]\n"
      "ledger: {origin: example.org/l, lock: /mnt/lock.db, sign_every: 20s, timestamps: "
      "{url: \"https://tsa.example.org/tsr\", ca: tsa.pem, every: 12h, policy: 1.2.3.4.1}}\n"
      "notify:\n  channels:\n"
      "    - {name: ops, kind: log, group_by: policy, group_wait: 0s, group_interval: 1h}\n"
      "    - {name: hook, kind: webhook, url: \"https://x.org/a\", token: {credential: tok}, "
      "give_up_after: 2d}\n"
      "    - {name: board, kind: jira, url: \"https://x.org/jira/\", project: SEC, user: a@x.org, "
      "token: {env: JIRA}}\n"
      "  inhibit:\n    - {while: high, hold: medium}\n"
      "publish: {required: true}\n"
      "lists:\n  - {name: un, url: \"https://un.org/x.xml\", stale_after: 36h, most_loss: 5%, "
      "consequences: UN}\n"
      "  - {name: sdn, url: \"https://a.org\", aliases: \"https://b.org\", addresses: "
      "\"https://c.org\", comments: \"https://d.org\"}\n"
      "retention: {records: 400d}\nevaluation: {threads: 3, snapshot_every: 0s, state_at_most: "
      "2GiB}\n"
      "log: {level: debug, format: json}\n";
  const ConfigOutcome first = load(text);
  ASSERT_TRUE(first.diagnostics.empty()) << all_text(first.diagnostics);
  const std::string shown = show_config(first.config);
  const ConfigOutcome second = load(shown);
  ASSERT_TRUE(second.diagnostics.empty()) << all_text(second.diagnostics) << shown;
  EXPECT_EQ(show_config(second.config), shown);
  EXPECT_TRUE(second.config.published_only);
  EXPECT_EQ(second.config.threads, 3U);
  EXPECT_EQ(second.config.snapshot_every, Duration{});
  EXPECT_EQ(second.config.state_at_most, std::int64_t{2} << 30U);
  EXPECT_EQ(second.config.ledger.lock, "/mnt/lock.db");
  EXPECT_EQ(second.config.ledger.timestamps,
            (TimestampConfig{"https://tsa.example.org/tsr", "/etc/tw/tsa.pem",
                             Duration{12 * kHour.us}, "1.2.3.4.1"}));
  EXPECT_EQ(second.config.lists,
            (std::vector<PublishedList>{
                {"un", "https://un.org/x.xml", {}, {}, {}, Duration{36 * kHour.us}, 0.05, "UN"},
                {"sdn", "https://a.org", "https://b.org", "https://c.org", "https://d.org"}}));
  EXPECT_EQ(second.config.channels[1].token, (SecretRef{SecretRef::Kind::kCredential, "tok"}));
  EXPECT_EQ(second.config.channels[0].group_by, NoticeGrouping::kPolicy);
  EXPECT_EQ(second.config.channels[0].group_wait, Duration{0});
  EXPECT_EQ(second.config.channels[0].group_interval, kHour);
  EXPECT_EQ(second.config.channels[1].give_up_after, Duration{2 * kDay.us});
  EXPECT_EQ(second.config.channels[2].url, "https://x.org/jira");
  EXPECT_EQ(second.config.channels[2].issue_type, "Task");
  ASSERT_EQ(second.config.inhibit.size(), 1U);
  EXPECT_EQ(second.config.inhibit[0].least, Severity::kHigh);
  EXPECT_EQ(second.config.inhibit[0].most, Severity::kMedium);
  EXPECT_EQ(second.config.log_format, LogFormat::kJson);
  EXPECT_EQ(second.config.policies,
            (std::vector<std::string>{"/etc/tw/p's/*.yaml", "/abs/x.yaml"}));
  EXPECT_TRUE(
      same_meaning(first.config.sources[0].mapping->time, second.config.sources[0].mapping->time));
}

TEST(Config, ItsExampleIsGood) {
  const ConfigOutcome outcome = load(example_config());
  EXPECT_TRUE(outcome.diagnostics.empty()) << all_text(outcome.diagnostics);
  EXPECT_EQ(outcome.config.sources.size(), 1U);
}

TEST(Config, RefusesRetentionBelowWhatPoliciesLookBack) {
  const std::string policy = R"(policy: test.long
version: 1
title: Long
status: active
owner: trust
basis: [{terms: "none"}]
kind: extraction
severity: low
description: Looks back for a month.
reads: usage
for_each: account
window: {length: 28d, every: 1d, wait_for_late: 3d}
measure: {n: count()}
report_when: n >= 3
respond: [{notify: [nobody]}]
)";
  const std::vector<PolicyText> texts = {{"p.yaml", policy}};
  const LoadOutcome loaded = load_policies(texts, UtcTime{0});
  ASSERT_FALSE(has_errors(loaded.diagnostics)) << all_text(loaded.diagnostics);
  const ConfigOutcome enough = load("retention: {records: 31d}\n");
  const std::vector<Diagnostic> warned = check_policies_fit(enough.config, loaded.set);
  EXPECT_FALSE(has_errors(warned));
  ASSERT_EQ(warned.size(), 1U);
  EXPECT_EQ(warned[0].code, "TW0609");

  const ConfigOutcome less = load("retention: {records: 30d}\n");
  const std::vector<Diagnostic> refused = check_policies_fit(less.config, loaded.set);
  ASSERT_TRUE(has_errors(refused));
  const auto error = std::ranges::find(refused, "TW0608", &Diagnostic::code);
  ASSERT_NE(error, refused.end());
  EXPECT_EQ(error->span.line, 1);
  EXPECT_EQ(error->span.column, 22);
  EXPECT_THAT(to_text(*error), HasSubstr("at least 31d"));
}

}  // namespace
}  // namespace tidewaiter
