// The configuration of sources over HTTP.
#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/config.h"
#include "daemon/app/source_supply.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

ConfigOutcome read_text(std::string_view text) {
  Environment environment;
  environment.working_folder = "/home/op";
  environment.host_name = "gate1";
  return load_config("/etc/tw/tidewaiter.yaml", text, environment);
}

std::string told(const ConfigOutcome& outcome) {
  std::string out;
  for (const Diagnostic& diagnostic : outcome.diagnostics) out += to_text(diagnostic) + "\n";
  return out;
}

constexpr std::string_view kWhole = R"(sources:
  - name: api
    kind: openai
    url: https://proxy.example.org/openai/v1/
    token: {credential: admin-key}
    endpoints: [embeddings, completions]
    organization: org-9
    account: principal
    bucket: 1m
    since: 2026-10-01
    overlap: 3h
    deadline: 30s
    requests_per_minute: 90
    lists: repeat
    private_addresses: true
    proxy: http://proxy.example.org:3128
    proxy_login: {env: PROXY_LOGIN}
    ca: ca.pem
    certificate: {file: us.pem, key: /keys/us.key}
    poll: {every: 5m, jitter: 10s}
    settles: 1h
    idle: 6h
    max_bad: 2%
)";

void expect_whole(const SourceConfig& source) {
  EXPECT_EQ(source.kind, "openai");
  EXPECT_EQ(source.record, RecordKind::kUsage);
  ASSERT_TRUE(source.contract);
  const ContractConfig& contract = *source.contract;
  EXPECT_EQ(contract.url, "https://proxy.example.org/openai/v1");
  EXPECT_EQ(contract.key, (SecretRef{SecretRef::Kind::kCredential, "admin-key"}));
  EXPECT_THAT(contract.endpoints, ElementsAre("embeddings", "completions"));
  EXPECT_EQ(contract.organization, "org-9");
  EXPECT_EQ(contract.account, AccountChoice::kPrincipal);
  EXPECT_EQ(contract.bucket, kMinute);
  EXPECT_EQ(contract.since, parse_time("2026-10-01T00:00:00Z").value());
  EXPECT_EQ(contract.overlap, Duration{3 * kHour.us});
  EXPECT_EQ(contract.deadline, Duration{30 * kSecond.us});
  EXPECT_EQ(contract.requests_per_minute, 90);
  EXPECT_FALSE(contract.bracketed_lists);
  EXPECT_TRUE(contract.route.private_addresses);
  EXPECT_EQ(contract.route.proxy, "http://proxy.example.org:3128");
  EXPECT_EQ(contract.proxy_login, (SecretRef{SecretRef::Kind::kEnv, "PROXY_LOGIN"}));
  EXPECT_EQ(contract.route.ca, "/etc/tw/ca.pem");
  EXPECT_EQ(contract.route.certificate, "/etc/tw/us.pem");
  EXPECT_EQ(contract.route.certificate_key, "/keys/us.key");
  EXPECT_EQ(source.poll_every, Duration{5 * kMinute.us});
  EXPECT_EQ(source.settles, kHour);
  EXPECT_EQ(source.idle, Duration{6 * kHour.us});
  EXPECT_DOUBLE_EQ(source.max_bad_share, 0.02);
}

TEST(ConfigContract, TakesEveryKeyAndShowsItAgain) {
  const ConfigOutcome outcome = read_text(kWhole);
  ASSERT_TRUE(outcome.diagnostics.empty()) << told(outcome);
  expect_whole(outcome.config.sources.at(0));
  const ConfigOutcome again = read_text(show_config(outcome.config));
  ASSERT_TRUE(again.diagnostics.empty()) << told(again) << show_config(outcome.config);
  expect_whole(again.config.sources.at(0));
}

TEST(ConfigContract, NeedsANameAKindAndAToken) {
  const ConfigOutcome outcome =
      read_text("sources: [{name: api, kind: openai, token: {env: KEY}}]\n");
  ASSERT_TRUE(outcome.diagnostics.empty()) << told(outcome);
  const SourceConfig& source = outcome.config.sources.at(0);
  EXPECT_EQ(source.contract->url, "https://api.openai.com/v1");
  EXPECT_FALSE(source.contract->route.private_addresses);
  EXPECT_THAT(source.contract->endpoints, ElementsAre("completions"));
  EXPECT_EQ(source.poll_every, Duration{15 * kMinute.us});
  EXPECT_EQ(source.settles, Duration{48 * kHour.us});
  EXPECT_FALSE(source.contract->since);
}

TEST(ConfigContract, CostsAndDirectoriesHaveDefaultsOfTheirOwn) {
  const ConfigOutcome outcome = read_text(
      "sources:\n"
      "  - {name: bills, kind: openai, token: {env: K}, endpoints: [costs]}\n"
      "  - {name: people, kind: openai, token: {env: K}, record: account, names_of: bills}\n"
      "  - {name: claude, kind: anthropic, token: {env: K}}\n"
      "  - {name: claude-bills, kind: anthropic, token: {env: K}, endpoints: [costs],\n"
      "     version: 2026-10-21, overlap: 1d}\n"
      "  - {name: claude-people, kind: anthropic, token: {env: K}, record: account}\n");
  ASSERT_TRUE(outcome.diagnostics.empty()) << told(outcome);
  const auto& sources = outcome.config.sources;
  EXPECT_EQ(sources[0].contract->bucket, kDay);
  EXPECT_EQ(sources[0].contract->overlap, Duration{35 * kDay.us});
  EXPECT_EQ(sources[0].settles, Duration{3 * kDay.us});
  EXPECT_EQ(sources[0].poll_every, kHour);
  EXPECT_EQ(sources[1].record, RecordKind::kAccount);
  EXPECT_THAT(sources[1].contract->endpoints, ElementsAre("api_keys", "projects", "users"));
  EXPECT_EQ(sources[1].settles, Duration{});
  EXPECT_EQ(sources[2].contract->url, "https://api.anthropic.com/v1");
  EXPECT_EQ(sources[2].contract->version, "2023-06-01");
  EXPECT_EQ(sources[2].contract->overlap, kDay);
  EXPECT_EQ(sources[2].contract->bucket, kHour);
  EXPECT_THAT(sources[2].contract->endpoints, ElementsAre("messages"));
  EXPECT_EQ(sources[3].contract->version, "2026-10-21");
  EXPECT_EQ(sources[3].settles, kDay);
  EXPECT_THAT(sources[4].contract->endpoints, ElementsAre("api_keys", "users", "workspaces"));
  const ConfigOutcome again = read_text(show_config(outcome.config));
  ASSERT_TRUE(again.diagnostics.empty()) << told(again) << show_config(outcome.config);
  EXPECT_EQ(show_config(again.config), show_config(outcome.config));
}

TEST(ConfigContract, AGatewayTellsOfEachRequest) {
  const ConfigOutcome outcome = read_text(
      "sources:\n"
      "  - {name: gateway, kind: litellm, token: {env: K}, url: \"https://gateway.example.org/\",\n"
      "     account: end_user}\n"
      "  - {name: people, kind: litellm, token: {env: K}, url: \"https://gateway.example.org\",\n"
      "     record: account, bucket: 1h}\n");
  ASSERT_TRUE(outcome.diagnostics.empty()) << told(outcome);
  const auto& sources = outcome.config.sources;
  EXPECT_EQ(sources[0].contract->url, "https://gateway.example.org");
  EXPECT_EQ(sources[0].contract->account, AccountChoice::kEndUser);
  EXPECT_EQ(sources[0].contract->overlap, Duration{2 * kHour.us});
  EXPECT_EQ(sources[0].poll_every, Duration{5 * kMinute.us});
  EXPECT_THAT(sources[0].contract->endpoints, ElementsAre("spend_logs"));
  EXPECT_EQ(sources[1].contract->bucket, kHour);
  EXPECT_THAT(sources[1].contract->endpoints, ElementsAre("customers", "keys", "teams", "users"));
  const std::vector<SourceSupply> supplies = source_supplies(outcome.config);
  EXPECT_FALSE(supplies[0].bucket);
  EXPECT_TRUE(supplies[0].counts_requests);
  EXPECT_TRUE(supplies[0].fields->contains(*find_field("client.address")));
  EXPECT_TRUE(supplies[1].fields->contains(*find_field("end_user")));
  const ConfigOutcome again = read_text(show_config(outcome.config));
  ASSERT_TRUE(again.diagnostics.empty()) << told(again) << show_config(outcome.config);
  EXPECT_EQ(show_config(again.config), show_config(outcome.config));
}

TEST(ConfigContract, ADatabaseIsReachedByItsUrl) {
  const ConfigOutcome outcome = read_text(
      "sources:\n"
      "  - {name: gateway, kind: postgres, url: \"postgresql://reader@db.example.org/litellm\",\n"
      "     token: {env: K}, endpoints: [litellm], account: end_user}\n"
      "  - {name: people, kind: postgres, url: \"postgresql://reader@/litellm?host=/run/pg\",\n"
      "     record: account}\n");
  ASSERT_TRUE(outcome.diagnostics.empty()) << told(outcome);
  const auto& sources = outcome.config.sources;
  EXPECT_EQ(sources[0].contract->key, (SecretRef{SecretRef::Kind::kEnv, "K"}));
  EXPECT_EQ(sources[0].poll_every, kMinute);
  EXPECT_TRUE(sources[1].contract->key.name.empty());
  EXPECT_EQ(sources[1].contract->endpoints.size(), 4U);
  const std::string shown = show_config(outcome.config);
  EXPECT_THAT(shown, testing::Not(HasSubstr("private_addresses")));
  const ConfigOutcome again = read_text(shown);
  ASSERT_TRUE(again.diagnostics.empty()) << told(again) << shown;
  EXPECT_EQ(show_config(again.config), shown);
}

std::string listing(const std::string& more) {
  return "sources:\n  - name: a\n    kind: http_json\n    url: https://g.example/a?b=c\n"
         "    token: {env: K}\n    columns: {at: timestamp, id: string}\n"
         "    mapping: {time: at}\n" +
         more;
}

TEST(ConfigContract, AListIsReadByAMapping) {
  for (const char* const paging :
       {"", "    paging: {style: cursor, parameter: c, next: /meta/next}\n",
        "    paging: {style: page, parameter: p, first: 0}\n", "    paging: {style: link}\n"}) {
    const ConfigOutcome outcome = read_text(
        listing("    rows: /data\n    id: id\n    header: x-api-key\n    where: exists(id)\n"
                "    window: {from: start, to: end, as: milliseconds}\n" +
                std::string(paging)));
    ASSERT_TRUE(outcome.diagnostics.empty()) << told(outcome);
    const SourceConfig& source = outcome.config.sources.at(0);
    EXPECT_EQ(source.contract->url, "https://g.example/a?b=c");
    EXPECT_EQ(source.listing->header, "x-api-key");
    EXPECT_EQ(source.listing->times, JsonListing::TimeForm::kMilliseconds);
    EXPECT_THAT(source.mapping->pointers, ElementsAre("/at", "/id"));
    const ConfigOutcome again = read_text(show_config(outcome.config));
    ASSERT_TRUE(again.diagnostics.empty()) << told(again) << show_config(outcome.config);
    EXPECT_EQ(show_config(again.config), show_config(outcome.config));
  }
}

TEST(ConfigContract, SaysWhatIsWrongWithAList) {
  const std::string window = "    window: {from: s, to: e}\n";
  const std::vector<std::pair<std::string, const char*>> faults = {
      {"", "needs `window`"},
      {"    window: {from: s}\n", "needs `to`"},
      {window + "    rows: data\n", "no JSON pointer"},
      {window + "    id: call\n", "no column `call`"},
      {window + "    header: \"a b\"\n", "no name of a header"},
      {window + "    account: project\n", "belongs to sources of a vendor"},
      {window + "    account_in: id\n", "`account_in` belongs to sources of a vendor"},
      {window + "    endpoints: [users]\n", "`endpoints` belongs to sources of a vendor"},
      {window + "    fingerprint_key: {env: S}\n", "`fingerprint_key` belongs to sources of a"},
      {window + "    user: 1\n", "`user` belongs to sources of a vendor"},
      {window + "    version: v1\n", "`version` belongs to sources of a vendor"},
      {window + "    record: account\n", "`usage` or `audit`"},
      {window + "    paging: {style: link, parameter: p, style2: x}\n", "style2"},
      {window + "    paging: {parameter: p}\n", "needs `style`"},
      {window + "    paging: {style: page, parameter: p, first: 2}\n", "`first`"},
      {window + "    paging: {style: cursor, parameter: p, next: /n}\n", "an array has no cursor"}};
  for (const auto& [more, message] : faults) {
    const ConfigOutcome outcome = read_text(listing(more));
    ASSERT_EQ(outcome.diagnostics.size(), 1U) << more << told(outcome);
    EXPECT_THAT(told(outcome), HasSubstr(message)) << more;
  }
}

struct Fault {
  const char* name;
  std::string text;
  int line;
  int column;
  const char* code;
  const char* message;
};

std::string api(const std::string& more) {
  return "sources:\n  - {name: a, kind: openai, token: {env: K}, " + more + "}\n";
}

std::string people(const std::string& more) {
  return "sources:\n  - {name: a, kind: scim, " + more +
         ", url: \"https://i.example\", token: {env: K}}\n";
}

std::string customers(const std::string& more) {
  return "sources:\n  - {name: a, kind: stripe, token: {env: K}, endpoints: [customers], " + more +
         "}\n";
}

std::string logs(const std::string& more) {
  return "sources:\n  - {name: a, kind: newapi, url: \"https://g.example\", token: {env: K}, " +
         more + "}\n";
}

TEST(ConfigContract, SaysWhatIsWrongAndWhere) {
  constexpr int kMore = 46;  // the column of what api() is given
  const std::vector<Fault> faults = {
      {"NoToken", "sources:\n  - {name: a, kind: openai}\n", 2, 5, "TW0103", "needs `token`"},
      {"WrittenSecret", "sources:\n  - {name: a, kind: openai, token: sk-1}\n", 2, 36, "TW0602",
       "a secret is written"},
      {"AKeyOfFiles", api("path: x"), 2, kMore, "TW0102", "`path`"},
      {"AnotherRecord", api("record: audit"), 2, kMore + 8, "TW0105",
       "delivers `usage` or `account` records"},
      {"ADirectoryInUsage", api("endpoints: [users]"), 2, kMore + 12, "TW0105",
       "`users` has no usage records"},
      {"UsageInADirectory", api("record: account, endpoints: [costs]"), 2, kMore + 29, "TW0105",
       "`costs` has no account records"},
      {"CostsBesideUsage", api("endpoints: [costs, images]"), 2, kMore + 11, "TW0104",
       "stands beside other endpoints"},
      {"CostsByUser", api("endpoints: [costs], account: principal"), 2, kMore + 29, "TW0105",
       "names no principal"},
      {"CostsByTheHour", api("endpoints: [costs], bucket: 1h"), 2, kMore + 28, "TW0105",
       "`bucket` cannot be `1h`"},
      {"CostsByKeyTooEarly", api("endpoints: [costs], account: api_key, since: 2025-12-05"), 2,
       kMore + 45, "TW0104", "2025-12-06"},
      {"ADirectoryByTheMinute", api("record: account, bucket: 1m"), 2, kMore + 25, "TW0105",
       "`bucket` cannot be `1m`"},
      {"ADirectorysPast", api("record: account, since: 2026-01-01"), 2, kMore + 24, "TW0104",
       "tell of the past"},
      {"ADirectorysOverlap", api("record: account, overlap: 1h"), 2, kMore + 26, "TW0104",
       "tell of the past"},
      {"VersionOfNone", api("version: x"), 2, kMore + 9, "TW0104", "has no `version`"},
      {"AccountInOfNone", api("account_in: id"), 2, kMore + 12, "TW0104", "has no `account_in`"},
      {"ASealOfNone", api("fingerprint_key: {env: S}"), 2, kMore + 17, "TW0104",
       "has no `fingerprint_key`"},
      {"AUserOfNone", api("user: 1"), 2, kMore + 6, "TW0104", "has no `user`"},
      {"UsersHaveNoUsage", people("record: usage"), 2, 35, "TW0105", "delivers `account` records"},
      {"NoIdOfAUser", people("account_in: email"), 2, 39, "TW0105",
       "expected `id`, `externalId` or `userName`"},
      {"InstrumentsUnsealed", "sources:\n  - {name: a, kind: stripe, token: {env: K}}\n", 2, 5,
       "TW0103", "`payment_methods` needs `fingerprint_key`"},
      {"AWrittenSeal",
       "sources:\n  - {name: a, kind: stripe, token: {env: K}, fingerprint_key: sk-1}\n", 2, 63,
       "TW0602", "a secret is written"},
      {"NoKeyOfMetadata", customers("account_in: \"a[b]\""), 2, 82, "TW0105", "no key of metadata"},
      {"ADirectoryOfRequests", logs("record: account"), 2, 80, "TW0105",
       "delivers `usage` records"},
      {"AUserByName", logs("user: root"), 2, 78, "TW0104", "no number of a user"},
      {"MessagesByUser",
       "sources:\n  - {name: a, kind: anthropic, token: {env: K}, account: principal}\n", 2, 58,
       "TW0105", "names no principal"},
      {"AnotherVendorsEndpoint",
       "sources:\n  - {name: a, kind: anthropic, token: {env: K}, endpoints: [images]}\n", 2, 61,
       "TW0105", "images"},
      {"AGatewayWithoutUrl", "sources:\n  - {name: a, kind: litellm, token: {env: K}}\n", 2, 5,
       "TW0103", "needs `url`"},
      {"RequestsInBuckets",
       "sources:\n  - {name: a, kind: litellm, token: {env: K}, url: \"https://g.example\", "
       "bucket: 1h}\n",
       2, 81, "TW0104", "has no `bucket`"},
      {"AnEndUserThatNobodyNames", api("account: end_user"), 2, kMore + 9, "TW0105",
       "names no end_user"},
      {"ATableThatNobodyNamed",
       "sources:\n  - {name: a, kind: postgres, url: \"postgresql://r@/d?host=/run\"}\n", 2, 5,
       "TW0103", "needs `endpoints`"},
      {"APasswordInAUrl",
       "sources:\n  - {name: a, kind: postgres, endpoints: [litellm], url: "
       "\"postgresql://r:sk-1@db.example/d\"}\n",
       2, 58, "TW0605", "holds a password"},
      {"ADatabaseThroughAProxy",
       "sources:\n  - {name: a, kind: postgres, endpoints: [litellm], proxy: \"http://p\", url: "
       "\"postgresql://r@/d?host=/run\"}\n",
       2, 60, "TW0104", "`proxy` belongs to sources over HTTP"},
      {"PlainHttp", api("url: \"http://api.example.org/v1\""), 2, kMore + 5, "TW0605",
       "neither https nor http on this machine"},
      {"UserInUrl", api("url: \"https://u:p@api.example.org\""), 2, kMore + 5, "TW0605", "user"},
      {"APasswordInAProxy", api("proxy: \"http://user:pw@p.example:3128\""), 2, kMore + 7, "TW0605",
       "holds a user or password"},
      {"ALoginForNoProxy", api("proxy_login: {env: L}"), 2, kMore + 13, "TW0104",
       "stands without a `proxy`"},
      {"ALoginForAnEmptyProxy", api("proxy: \"\", proxy_login: {env: L}"), 2, kMore + 7, "TW0112",
       "`proxy` is empty"},
      {"APasswordForSocks4", api("proxy: \"socks4://p:1080\", proxy_login: {env: L}"), 2,
       kMore + 39, "TW0104", "SOCKS 4 takes none"},
      {"APasswordForSocks4a", api("proxy: \"SOCKS4a://p\", proxy_login: {env: L}"), 2, kMore + 35,
       "TW0104", "SOCKS 4 takes none"},
      {"ARateThatIsNone", api("requests_per_minute: many"), 2, kMore + 21, "TW0106",
       "`requests_per_minute`"},
      {"AWrittenLogin", api("proxy: \"http://p\", proxy_login: \"u:p\""), 2, kMore + 32, "TW0602",
       "a secret is written"},
      {"AProxyThatIsNone", api("proxy: \"ftp://p.example\""), 2, kMore + 7, "TW0605",
       "none that is known"},
      {"Query", api("url: \"https://api.example.org/?a=b\""), 2, kMore + 5, "TW0605", "a query"},
      {"ASecretInTheQuery",
       "sources:\n  - name: a\n    kind: http_json\n    url: https://g.example/a?b=c&api_key=sk-1\n"
       "    token: {env: K}\n    columns: {at: timestamp}\n    mapping: {time: at}\n"
       "    window: {from: f, to: t}\n",
       4, 10, "TW0605", "holds a credential: its parameter `api_key`"},
      {"ThisMachine", api("url: \"http://127.0.0.1:1/v1\""), 2, kMore + 5, "TW0605",
       "private network"},
      {"PrivateNetwork", api("url: \"https://192.168.0.9/v1\""), 2, kMore + 5, "TW0605",
       "private network"},
      {"UnknownEndpoint", api("endpoints: [completion]"), 2, kMore + 12, "TW0105", "completion"},
      {"TwiceAnEndpoint", api("endpoints: [images, images]"), 2, kMore + 20, "TW0604", "twice"},
      {"UnknownAccount", api("account: user"), 2, kMore + 9, "TW0105", "`account`"},
      {"UnknownBucket", api("bucket: 2h"), 2, kMore + 8, "TW0105", "`bucket`"},
      {"NoTime", api("since: yesterday"), 2, kMore + 7, "TW0104", "`since` is no time"},
      {"ShortDeadline", api("deadline: 10ms"), 2, kMore + 10, "TW0108", "`deadline`"},
      {"HalfACertificate", api("certificate: {file: a.pem}"), 2, kMore + 13, "TW0103",
       "`file` and `key`"},
  };
  for (const Fault& fault : faults) {
    const ConfigOutcome outcome = read_text(fault.text);
    ASSERT_EQ(outcome.diagnostics.size(), 1U) << fault.name << "\n" << told(outcome);
    const Diagnostic& diagnostic = outcome.diagnostics[0];
    EXPECT_EQ(diagnostic.code, fault.code) << fault.name << told(outcome);
    EXPECT_EQ(diagnostic.span.line, fault.line) << fault.name << told(outcome);
    EXPECT_EQ(diagnostic.span.column, fault.column) << fault.name << told(outcome);
    EXPECT_THAT(diagnostic.message, HasSubstr(fault.message)) << fault.name;
    EXPECT_THAT(told(outcome), testing::Not(HasSubstr("sk-1")));
  }
}

TEST(ConfigContract, SaysWhatItSupplies) {
  const ConfigOutcome outcome = read_text(
      "sources: [{name: api, kind: openai, token: {env: KEY}, endpoints: [embeddings]}]\n");
  const std::vector<SourceSupply> supplies = source_supplies(outcome.config);
  ASSERT_EQ(supplies.size(), 2U);
  EXPECT_EQ(supplies[1].name, "tidewaiter") << "what is told of sources over HTTP";
  EXPECT_EQ(supplies[1].record, RecordKind::kAudit);
  ASSERT_TRUE(supplies[0].fields);
  EXPECT_TRUE(supplies[0].fields->contains(*find_field("input_tokens")));
  EXPECT_FALSE(supplies[0].fields->contains(*find_field("output_tokens")));
  EXPECT_FALSE(supplies[0].fields->contains(*find_field("client.address")));
  EXPECT_EQ(supplies[0].bucket, kHour);
  EXPECT_TRUE(supplies[0].counts_requests);
}

TEST(ConfigContract, SaysWhoseRecordsCountNoRequests) {
  const ConfigOutcome outcome = read_text(
      "sources:\n  - {name: messages, kind: anthropic, token: {env: K}}\n"
      "  - {name: bills, kind: openai, token: {env: K}, endpoints: [costs], names_of: messages}\n"
      "  - {name: people, kind: anthropic, token: {env: K}, record: account}\n");
  const std::vector<SourceSupply> supplies = source_supplies(outcome.config);
  ASSERT_EQ(supplies.size(), 4U) << told(outcome);
  EXPECT_FALSE(supplies[0].counts_requests);
  EXPECT_FALSE(supplies[1].counts_requests);
  EXPECT_TRUE(supplies[2].counts_requests);
}

TEST(ConfigContract, KnowsVendorsOfAccountsAlone) {
  const ConfigOutcome outcome = read_text(
      "sources:\n"
      "  - {name: staff, kind: scim, url: \"https://i.example/v2\", token: {env: K}, "
      "account_in: userName}\n"
      "  - {name: cards, kind: stripe, token: {env: K}, account_in: tidewaiter_account, "
      "fingerprint_key: {credential: seal}}\n"
      "  - {name: names, kind: stripe, token: {env: K}, record: account, endpoints: [customers]}\n"
      "  - {name: gate, kind: newapi, url: \"https://g.example\", token: {env: K}, user: 1}\n");
  ASSERT_TRUE(outcome.diagnostics.empty()) << told(outcome);
  const auto& sources = outcome.config.sources;
  for (const std::size_t i : {0U, 1U, 2U}) {
    EXPECT_EQ(sources[i].record, RecordKind::kAccount);
    EXPECT_EQ(sources[i].contract->account, AccountChoice::kPrincipal);
    EXPECT_EQ(sources[i].contract->bucket, kDay);
    EXPECT_EQ(sources[i].poll_every, kHour);
  }
  EXPECT_THAT(sources[0].contract->endpoints, ElementsAre("users"));
  EXPECT_EQ(sources[0].contract->account_in, "userName");
  EXPECT_THAT(sources[1].contract->endpoints, ElementsAre("customers", "payment_methods"));
  EXPECT_EQ(sources[1].contract->account_in, "tidewaiter_account");
  EXPECT_EQ(sources[1].contract->fingerprint_key,
            (SecretRef{SecretRef::Kind::kCredential, "seal"}));
  EXPECT_EQ(sources[1].contract->version, "2024-06-20");
  EXPECT_EQ(sources[3].record, RecordKind::kUsage);
  EXPECT_EQ(sources[3].contract->user, "1");
  EXPECT_EQ(sources[3].contract->bucket, Duration{0});
  const ConfigOutcome again = read_text(show_config(outcome.config));
  ASSERT_TRUE(again.diagnostics.empty()) << told(again) << show_config(outcome.config);
  EXPECT_EQ(show_config(again.config), show_config(outcome.config));
}

TEST(ConfigContract, KnowsVendorsOfDaysAndOfRequests) {
  const ConfigOutcome outcome = read_text(
      "sources:\n"
      "  - {name: router, kind: openrouter, token: {env: K}, bucket: 1d}\n"
      "  - {name: traces, kind: langfuse, token: {env: K}, account: end_user}\n");
  ASSERT_TRUE(outcome.diagnostics.empty()) << told(outcome);
  const ContractConfig& router = *outcome.config.sources[0].contract;
  EXPECT_EQ(router.bucket, kDay);
  EXPECT_EQ(router.account, AccountChoice::kApiKey);
  EXPECT_EQ(outcome.config.sources[0].poll_every, Duration{6 * kHour.us});
  const ContractConfig& traces = *outcome.config.sources[1].contract;
  EXPECT_EQ(traces.bucket, Duration{0});
  EXPECT_EQ(traces.account, AccountChoice::kEndUser);
  const ConfigOutcome again = read_text(show_config(outcome.config));
  EXPECT_TRUE(again.diagnostics.empty()) << told(again);

  const ConfigOutcome hourly =
      read_text("sources:\n  - {name: r, kind: openrouter, token: {env: K}, bucket: 1h}\n");
  EXPECT_THAT(told(hourly), HasSubstr("`bucket` of a source of kind `openrouter` is `1d`"));
  const ConfigOutcome projects =
      read_text("sources:\n  - {name: r, kind: openrouter, token: {env: K}, account: project}\n");
  EXPECT_THAT(told(projects), HasSubstr("names no project"));
}

}  // namespace
}  // namespace tidewaiter
