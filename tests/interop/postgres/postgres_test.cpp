// The `postgres` source against a PostgreSQL: the tables of LiteLLM and of new-api, as their
// schemas make them, read by a role that may only look. What should have been read is what SQL
// counts.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/postgres/postgres_client.h"
#include "daemon/sources/postgres/table_question.h"
#include "postgres_server.h"
#include "tests/e2e/provider_scene.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Stands in every column that may hold content, and nowhere else.
constexpr const char* kContent = "c4n4ry-content";

/// Tables as the gateways' migrations make them, shortened by columns that are like others.
constexpr const char* kTables = R"(
CREATE TABLE "LiteLLM_SpendLogs" (
  request_id text PRIMARY KEY, call_type text NOT NULL, api_key text NOT NULL DEFAULT '',
  spend double precision NOT NULL DEFAULT 0, total_tokens integer NOT NULL DEFAULT 0,
  prompt_tokens integer NOT NULL DEFAULT 0, completion_tokens integer NOT NULL DEFAULT 0,
  "startTime" timestamp(3) NOT NULL, "endTime" timestamp(3) NOT NULL,
  model text NOT NULL DEFAULT '', model_group text DEFAULT '', custom_llm_provider text DEFAULT '',
  api_base text DEFAULT '', "user" text DEFAULT '', metadata jsonb DEFAULT '{}',
  request_tags jsonb DEFAULT '[]', team_id text, organization_id text, end_user text,
  requester_ip_address text, messages jsonb DEFAULT '{}', response jsonb DEFAULT '{}',
  proxy_server_request jsonb DEFAULT '{}', session_id text, status text);
CREATE INDEX ON "LiteLLM_SpendLogs" ("startTime", request_id);
CREATE TABLE "LiteLLM_VerificationToken" (
  token text PRIMARY KEY, key_name text, key_alias text, user_id text, team_id text,
  organization_id text, blocked boolean, created_at timestamp(3), metadata jsonb DEFAULT '{}');
CREATE TABLE "LiteLLM_UserTable" (
  user_id text PRIMARY KEY, user_alias text, user_email text, password text,
  organization_id text, created_at timestamp(3));
CREATE TABLE "LiteLLM_TeamTable" (
  team_id text PRIMARY KEY, team_alias text, organization_id text,
  blocked boolean NOT NULL DEFAULT false, created_at timestamp(3));
CREATE TABLE "LiteLLM_EndUserTable" (
  user_id text PRIMARY KEY, alias text, blocked boolean NOT NULL DEFAULT false);
CREATE TABLE logs (
  id bigserial PRIMARY KEY, user_id bigint, created_at bigint, type bigint, content text,
  username text DEFAULT '', token_name text DEFAULT '', model_name text DEFAULT '',
  quota bigint DEFAULT 0, prompt_tokens bigint DEFAULT 0, completion_tokens bigint DEFAULT 0,
  use_time bigint DEFAULT 0, is_stream boolean, channel_id bigint, token_id bigint DEFAULT 0,
  "group" text, ip text DEFAULT '', other text);
CREATE ROLE reader LOGIN PASSWORD 'canary-k3y-0042';
GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
)";

class PostgresTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto programs = postgres_programs();
    if (!programs) GTEST_SKIP() << "PostgreSQL is not installed";
    server_ = std::make_unique<PostgresServer>(*programs);
    owner_ = std::make_unique<Sql>(server_->owner());
    owner_->run(kTables);
  }

  [[nodiscard]] SourceConfig source(const std::string& endpoint) const {
    SourceConfig source;
    source.name = "api";
    source.kind = "postgres";
    source.contract.emplace();
    source.contract->url = "postgresql://reader@/postgres?host=" + percent_encoded(server_->host());
    source.contract->key = {SecretRef::Kind::kEnv, "KEY"};  // the role's password
    source.contract->endpoints = {endpoint};
    source.contract->account = AccountChoice::kPrincipal;
    source.contract->bucket = {};
    source.contract->overlap = {2 * kHour.us};
    source.contract->since = align_down(provider_time() - Duration{4 * kHour.us}, kHour);
    source.contract->deadline = {20 * kSecond.us};
    return source;
  }

  /// One pull into the log of `name`.
  Pulled pull(const SourceConfig& source, const std::string& name = "log") {
    RetryRule once;
    once.tries = 1;
    const auto log = RecordLog::open(folder_ / (name + ".db"), RecordLog::Mode::kReadWrite).value();
    Pulled pulled = pull_once(source, *log, once);
    stored_ = stored_in(*log);
    return pulled;
  }

  /// Whoever reads the requests waits until the connection ends its transaction.
  [[nodiscard]] Sql lock_requests() {
    Sql blocking = server_->owner();
    blocking.run("BEGIN");
    blocking.run(R"(LOCK TABLE "LiteLLM_SpendLogs" IN ACCESS EXCLUSIVE MODE)");
    return blocking;
  }

  /// Requests of three hours ago, evenly over an hour; all that can hold content does.
  void insert_requests(int count, const std::string& id = "chatcmpl-", int minutes_ago = 180) {
    const std::string n = std::to_string(count);
    owner_->run(R"(INSERT INTO "LiteLLM_SpendLogs" (request_id, call_type, api_key, spend, )"
                R"(prompt_tokens, completion_tokens, "startTime", "endTime", model, model_group, )"
                R"("user", metadata, request_tags, end_user, requester_ip_address, messages, )"
                R"(response, proxy_server_request, status) SELECT ')" +
                id + "' || i, 'acompletion', 'hash-' || i % 7, i * 1e-6, i, i % 50, t, " +
                "t + interval '1.5 seconds', 'openai/m-4', 'm-4', 'user-' || i % 3, " +
                R"(jsonb_build_object('usage_object', jsonb_build_object('prompt_tokens_details', )"
                R"(jsonb_build_object('cached_tokens', i / 2)), 'cost_breakdown', '{}'::jsonb, )"
                R"('spend_logs_metadata', ')" +
                kContent + "'), '[\"" + kContent +
                "\"]', 'end-user', '203.0.113.7', jsonb_build_array('" + kContent +
                "'), jsonb_build_array('" + kContent + "'), jsonb_build_object('a', '" + kContent +
                "'), 'success' FROM (SELECT i, (now() AT TIME ZONE 'UTC') - interval '" +
                std::to_string(minutes_ago) + " minutes' + i * interval '3500 seconds' / " + n +
                " AS t FROM generate_series(0, " + n + " - 1) AS i) AS rows");
  }

  [[nodiscard]] std::int64_t sum_of(const char* field) const {
    std::int64_t sum = 0;
    for (const auto& [id, record] : stored_) {
      const std::int64_t number = number_of(record, field);
      sum += number == -1 && is_null(field_value(record, *find_field(field))) ? 0 : number;
    }
    return sum;
  }

  TemporaryFolder folder_;
  std::unique_ptr<PostgresServer> server_;
  std::unique_ptr<Sql> owner_;
  std::map<Digest, Record> stored_;
};

TEST_F(PostgresTest, ReadsTenThousandAndOneRequests) {
  insert_requests(10'001);
  const Pulled pulled = pull(source("litellm"));
  ASSERT_FALSE(pulled.error) << pulled.error->message;
  EXPECT_EQ(pulled.added, 10'001);
  EXPECT_EQ(pulled.quarantined, 0);
  EXPECT_EQ(std::to_string(sum_of("input_tokens")),
            owner_->run(R"(SELECT sum(prompt_tokens) FROM "LiteLLM_SpendLogs")"));
  EXPECT_EQ(std::to_string(sum_of("cached_tokens")),
            owner_->run(R"(SELECT sum(prompt_tokens / 2) FROM "LiteLLM_SpendLogs")"));
  // i * 1e-6 USD is i * 1000 nano-USD: that of 0 is there too, for its cost was reckoned.
  EXPECT_EQ(sum_of("cost"), std::int64_t{10'000} * 10'001 / 2 * 1000);
  // Again: what the overlap reads is known.
  const Pulled second = pull(source("litellm"));
  EXPECT_EQ(second.added + second.revised, 0);
}

TEST_F(PostgresTest, NoContentAndNoPasswordIsWrittenOrAskedFor) {
  insert_requests(50);
  ASSERT_FALSE(pull(source("litellm")).error);
  ASSERT_EQ(stored_.size(), 50U);
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
    if (!entry.is_regular_file()) continue;
    ++files;
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    EXPECT_EQ(bytes.find(kContent), std::string::npos) << entry.path();
    EXPECT_EQ(bytes.find(kProviderKey), std::string::npos) << entry.path();
  }
  EXPECT_GE(files, 1);
  // What the server was asked by the source: each page in a transaction that only reads.
  const std::string log = server_->log("server.log");
  const std::string asked = log.substr(log.find("READ ONLY"));
  EXPECT_THAT(asked, HasSubstr("statement_timeout"));
  for (const char* const column : {"messages", "response\"", "proxy_server_request", "INSERT"}) {
    EXPECT_THAT(asked, Not(HasSubstr(column)));
  }
}

TEST_F(PostgresTest, WhatIsCommittedLateIsFound) {
  insert_requests(10);
  Sql slow = server_->owner();
  slow.run("BEGIN");
  slow.run(R"(INSERT INTO "LiteLLM_SpendLogs" (request_id, call_type, "startTime", "endTime") )"
           "SELECT 'late', 'acompletion', t, t FROM (SELECT (now() AT TIME ZONE 'UTC') - "
           "interval '30 minutes' AS t) AS late");
  EXPECT_EQ(pull(source("litellm")).added, 10);
  slow.run("COMMIT");
  EXPECT_EQ(pull(source("litellm")).added, 1);
}

TEST_F(PostgresTest, IdsThatAreUsedAgainAreOtherRows) {
  owner_->run(R"(ALTER TABLE "LiteLLM_SpendLogs" DROP CONSTRAINT "LiteLLM_SpendLogs_pkey")");
  insert_requests(1500, "again-", 180);
  insert_requests(1500, "again-", 120);
  EXPECT_EQ(pull(source("litellm")).added, 3000);

  const std::string insert =
      "INSERT INTO logs (user_id, created_at, type, quota) SELECT 1, extract(epoch FROM now())::"
      "bigint - ";
  const std::string rows = " + i / 100, 2, i FROM generate_series(1, 2500) AS i";
  owner_->run(insert + "7000" + rows);
  EXPECT_EQ(pull(source("newapi"), "logs").added, 2500);
  owner_->run("TRUNCATE logs RESTART IDENTITY");
  owner_->run(insert + "3600" + rows);
  EXPECT_EQ(pull(source("newapi"), "logs").added, 2500);
  EXPECT_EQ(stored_.size(), 5000U);
}

TEST_F(PostgresTest, ARoleThatMayReadSomeColumnsReadsThese) {
  insert_requests(5);
  owner_->run(R"(REVOKE SELECT ON "LiteLLM_SpendLogs" FROM reader)");
  const Pulled nothing = pull(source("litellm"));
  ASSERT_TRUE(nothing.error);
  EXPECT_EQ(nothing.error->code, ErrorCode::kInvalidInput);
  EXPECT_THAT(nothing.error->message, HasSubstr("no table \"LiteLLM_SpendLogs\""));
  owner_->run(
      R"(GRANT SELECT (request_id, "startTime", prompt_tokens) ON "LiteLLM_SpendLogs" TO reader)");
  const Pulled lacking = pull(source("litellm"));
  ASSERT_TRUE(lacking.error);
  EXPECT_THAT(lacking.error->message, HasSubstr("no column `endTime`"));
  owner_->run(R"(GRANT SELECT ("endTime") ON "LiteLLM_SpendLogs" TO reader)");
  EXPECT_EQ(pull(source("litellm")).added, 5);
  for (const auto& [id, record] : stored_) {
    EXPECT_TRUE(is_null(field_value(record, *find_field("end_user"))));
  }
  // The role is one that can do nothing else.
  Sql reader(server_->host(), "reader", kProviderKey);
  EXPECT_EQ(reader.state_of(R"(SELECT messages FROM "LiteLLM_SpendLogs")"), "42501");
  EXPECT_EQ(reader.state_of(R"(DELETE FROM "LiteLLM_SpendLogs")"), "42501");
}

TEST_F(PostgresTest, ReadsWhatNewApiLogged) {
  const std::string ago = "extract(epoch FROM now())::bigint - ";
  owner_->run(
      "INSERT INTO logs (user_id, created_at, type, content, quota, prompt_tokens, "
      "completion_tokens, use_time, is_stream, token_id, \"group\", ip, other) VALUES "
      "(3, " +
      ago +
      "600, 2, 'c4n4ry', 750, 100, 40, 5, true, 12, 'vip', '203.0.113.7', "
      "'{\"note\":\"\\\"cache_tokens\\\":99\",\"cache_tokens\":30}'), "
      "(3, " +
      ago +
      "500, 2, 'c4n4ry', -200, 0, 0, 0, false, 0, 'vip', '', "
      "'{\"quota_delta\":-200}'), "
      "(3, " +
      ago +
      "450, 2, 'c4n4ry', 300, 0, 0, 0, false, 0, 'new', '', "
      "'{\"task_id\":\"t\",\"pre_consumed_quota\":500,\"actual_quota\":800}'), "
      "(3, " +
      ago +
      "440, 2, 'c4n4ry', 1, 100, 0, 0, false, 12, 'claude', '', "
      "'{\"claude\":true,\"cache_tokens\":30,\"cache_creation_tokens\":7}'), "
      "(3, " +
      ago +
      "400, 5, 'c4n4ry', 0, 0, 0, 1, false, 12, 'vip', '', 'no json'), "
      "(3, " +
      ago +
      "300, 6, 'c4n4ry', 500, 0, 0, 0, false, 0, 'vip', '', NULL), "
      "(3, " +
      ago + "200, 1, 'c4n4ry', 9000, 0, 0, 0, false, 0, '', '', '')");
  const Pulled pulled = pull(source("newapi"));
  ASSERT_FALSE(pulled.error) << pulled.error->message;
  EXPECT_EQ(pulled.quarantined, 0);
  std::map<std::string, const Record*> by_status;
  for (const auto& [id, record] : stored_) {
    const std::string group = text_of(record, "project");
    by_status[group == "vip" ? text_of(record, "status") : group] = &record;
  }
  ASSERT_EQ(by_status.size(), 6U);  // a top-up is no use of a model
  EXPECT_EQ(by_status.at("new")->requests, 0);
  EXPECT_EQ(text_of(*by_status.at("new"), "status"), "adjustment");
  EXPECT_EQ(by_status.at("claude")->requests, 1);
  EXPECT_EQ(number_of(*by_status.at("claude"), "input_tokens"), 137);  // 100 + 30 + 7
  EXPECT_EQ(number_of(*by_status.at("success"), "cached_tokens"), 30);
  EXPECT_EQ(number_of(*by_status.at("success"), "cost"), 1'500'000);
  EXPECT_EQ(by_status.at("success")->duration, Duration{5 * kSecond.us});
  EXPECT_EQ(by_status.at("adjustment")->requests, 0);
  EXPECT_EQ(number_of(*by_status.at("refund"), "cost"), -1'000'000);
  EXPECT_EQ(text_of(*by_status.at("error"), "api_key"), "12");
}

TEST_F(PostgresTest, AnOlderTableHasFewerFields) {
  for (const char* const column : {"ip", "token_id", "\"group\"", "other", "use_time"}) {
    owner_->run(std::string("ALTER TABLE logs DROP COLUMN ") + column);
  }
  owner_->run(
      "INSERT INTO logs (user_id, created_at, type, token_name, quota) VALUES "
      "(3, extract(epoch FROM now())::bigint - 600, 2, 'mine', 1)");
  ASSERT_EQ(pull(source("newapi")).added, 1);
  EXPECT_EQ(text_of(stored_.begin()->second, "api_key"), "3/mine");
  EXPECT_EQ(stored_.begin()->second.duration, Duration{});
}

TEST_F(PostgresTest, ReadsWhoThereIs) {
  owner_->run(
      "INSERT INTO \"LiteLLM_UserTable\" VALUES ('user-1', 'First', 'a@m.example', "
      "'c4n4ry', NULL, now() AT TIME ZONE 'UTC')");
  owner_->run(
      "INSERT INTO \"LiteLLM_TeamTable\" SELECT 'team-' || i, 'Team ' || i, 'org-1', "
      "i = 7 FROM generate_series(1, 2001) AS i");
  owner_->run(
      "INSERT INTO \"LiteLLM_VerificationToken\" (token, key_name, user_id, team_id, "
      "blocked, metadata) VALUES ('88dc', 'sk-...c4n4ry', 'user-1', 'team-1', NULL, "
      "'{\"a\": \"c4n4ry\"}')");
  owner_->run("INSERT INTO \"LiteLLM_EndUserTable\" VALUES ('u-55', 'Acme', true)");
  SourceConfig config = source("litellm_customers");
  config.record = RecordKind::kAccount;
  config.contract->endpoints = {"litellm_customers", "litellm_keys", "litellm_teams",
                                "litellm_users"};
  config.contract->bucket = kDay;
  config.contract->since.reset();
  config.contract->overlap = {};
  const Pulled pulled = pull(config);
  ASSERT_FALSE(pulled.error) << pulled.error->message;
  EXPECT_EQ(pulled.added, 2004);
  int blocked = 0;
  for (const auto& [id, record] : stored_) {
    blocked += is_null(field_value(record, *find_field("enforcement"))) ? 0 : 1;
  }
  EXPECT_EQ(blocked, 2);
}

TEST_F(PostgresTest, SaysWhoIsNotLetIn) {
  owner_->run("ALTER ROLE reader PASSWORD 'another'");
  const Pulled pulled = pull(source("litellm"));
  ASSERT_TRUE(pulled.error);
  EXPECT_EQ(pulled.error->code, ErrorCode::kRefused);
  EXPECT_THAT(pulled.error->message, HasSubstr("`reader`"));
  EXPECT_THAT(pulled.error->message, HasSubstr("28P01"));
  EXPECT_THAT(pulled.error->message, Not(HasSubstr(kProviderKey)));
}

TEST_F(PostgresTest, GivesUpWhatTakesTooLongAndComesBack) {
  insert_requests(3);
  Sql blocking = lock_requests();
  SourceConfig config = source("litellm");
  config.contract->deadline = kSecond;
  const auto begun = std::chrono::steady_clock::now();
  const Pulled pulled = pull(config);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(15));
  ASSERT_TRUE(pulled.error);
  EXPECT_EQ(pulled.error->code, ErrorCode::kUnavailable) << pulled.error->message;
  blocking.run("ROLLBACK");
  EXPECT_EQ(pull(config).added, 3);
  server_->stop();
  const Pulled gone = pull(config);
  ASSERT_TRUE(gone.error);
  EXPECT_EQ(gone.error->code, ErrorCode::kUnavailable) << gone.error->message;
}

/// How many connections of the role there are, in a statement or not.
constexpr const char* kSessions = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'reader'";

/// Waits until the database answers a question so. False: it has not within a minute or more.
bool comes_to_answer(Sql& owner, const std::string& question, const std::string& answer) {
  for (int look = 0; look < 3000; ++look) {
    if (owner.run(question) == answer) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

TEST_F(PostgresTest, AStopLeavesNoStatementBehind) {
  insert_requests(3);
  Sql blocking = lock_requests();
  SourceConfig config = source("litellm");
  config.contract->deadline = kHour;
  const auto client = make_postgres_client(config);
  const Secret password(kProviderKey);
  HttpRequest request = to_request({"litellm", {{0}, provider_time()}, {}}, config.contract->url);
  request.bearer = &password;
  std::stop_source stop;
  std::thread asking([&] { EXPECT_FALSE(client->send(request, stop.get_token())); });
  EXPECT_TRUE(comes_to_answer(*owner_, "SELECT count(*) FROM pg_locks WHERE NOT granted", "1"));
  EXPECT_EQ(owner_->run(kSessions), "1");
  stop.request_stop();
  asking.join();
  // The table is still locked, and the statement has an hour: it is the database that looks.
  EXPECT_TRUE(comes_to_answer(*owner_, kSessions, "0"));
  blocking.run("ROLLBACK");
}

TEST_F(PostgresTest, AConnectionThatIsKeptForTheNextPageGoesWhenNoneIsAskedFor) {
  insert_requests(1500);
  const SourceConfig config = source("litellm");
  const auto client = make_postgres_client(config);
  const Secret password(kProviderKey);
  HttpRequest request = to_request({"litellm", {{0}, provider_time()}, {}}, config.contract->url);
  request.bearer = &password;
  const auto answer = client->send(request, {});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(owner_->run("SELECT state FROM pg_stat_activity WHERE usename = 'reader'"), "idle");
  client->rest();
  EXPECT_TRUE(comes_to_answer(*owner_, kSessions, "0"));
  EXPECT_TRUE(client->send(request, {}));
}

TEST_F(PostgresTest, ACheckTellsHowItStands) {
  insert_requests(3);
  SourceServices services;
  services.variables = {{"KEY", kProviderKey}};
  services.now = provider_time;
  const auto connector = make_connector(source("litellm"), services).value();
  const auto told = connector->check("", provider_time());
  ASSERT_TRUE(told) << told.error().message;
  EXPECT_THAT(told->back(), HasSubstr("litellm: answers for"));
}

}  // namespace
}  // namespace tidewaiter
