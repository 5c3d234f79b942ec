// No secret and no content reaches a file that the daemon writes, its log at the most talkative
// level, or its command line. Every secret of the configuration and every member of an answer that
// may hold content is a canary; the servers that hand them out (canary_vendors.h) and the files
// (canary_inputs.h) are written for this, and the daemon is seen to bring each secret where it
// belongs. Every kind of source has its part in it.
#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "canary_inputs.h"
#include "canary_vendors.h"
#include "daemon/sources/connector.h"
#include "daemon_process.h"
#include "policies/model/time.h"
#include "tests/unit/app/temporary_folder.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;

/// The sources of the configuration over HTTP, and those over none.
constexpr auto kOverHttp =
    std::to_array<const char*>({"o1", "o2", "o3", "o4", "a1", "a2", "a3", "a4", "a5", "a6", "a7",
                                "g1", "g2", "n1", "i1", "p1", "h1", "l1", "r1"});
constexpr auto kOverNone = std::to_array<const char*>({"f1", "f2", "f3", "b1", "t1", "u1"});
/// How a credential that begins with a canary begins in base64 (`Authorization: Basic`).
constexpr const char* kEncodedCanary = "YzRuNHJ5";

/// What the server calls each endpoint.
const std::vector<std::string> kAsked = {
    "audio_speeches",   "audio_transcriptions", "completions",       "embeddings",
    "images",           "moderations",          "openai-costs",      "openai-users",
    "openai-projects",  "openai-keys",          "openai-admin-keys", "openai-audit",
    "messages",         "anthropic-costs",      "anthropic-users",   "anthropic-workspaces",
    "anthropic-keys",   "analytics-usage",      "analytics-cost",    "user-profiles",
    "service-accounts", "activities",           "spend-logs",        "litellm-keys",
    "litellm-users",    "litellm-teams",        "litellm-customers", "newapi-logs",
    "scim-users",       "stripe-customers",     "stripe-cards",      "list",
    "list-on",          "observations",         "router-keys",       "router-activity"};

class CanaryTest : public testing::Test {
 protected:
  CanaryTest() {
    // One secret of each kind of reference.
    write_file(folder_ / "key-file", canary("file") + "\n");
    ::chmod((folder_ / "key-file").c_str(), 0600);
    std::filesystem::create_directory(folder_ / "credentials");
    write_file(folder_ / "credentials" / "key", canary("credential"));
    write_file(folder_ / "credentials" / "hook-url", vendors_.host() + "/secret/" + canary("url"));
    write_file(folder_ / "credentials" / "login", canary("user") + ":" + canary("login"));
    for (const char* const name : {"key", "hook-url", "login"}) {
      ::chmod((folder_ / "credentials" / name).c_str(), 0600);
    }
    write_file(folder_ / "credentials" / "push", canary("push-token"));
    ::chmod((folder_ / "credentials" / "push").c_str(), 0600);
    write_usage_files(folder_ / "inputs", days_ago(1));
    write_owner_files(folder_ / "inputs");
    // Findings for both channels, however late a source's records come.
    for (const char* const channel : {"operations", "chat"}) {
      std::string policies = volume_policy(std::string("test.") + channel, "1", channel);
      const std::string wait = "wait_for_late: 2h";
      policies.replace(policies.find(wait), wait.size(), "wait_for_late: 60d");
      write_file(folder_ / (std::string(channel) + ".yaml"), policies);
    }
    write_file(folder_ / "tidewaiter.yaml", configuration());
  }

  [[nodiscard]] std::string configuration() const {
    const auto source = [this](const std::string& head, const std::string& token,
                               const std::string& path = "/v1") {
      return "  - {" + head + ", token: " + token + ", url: \"" + vendors_.host() + path +
             "\", private_addresses: true, max_bad: 60%}\n";
    };
    const std::string file = "{file: " + (folder_ / "key-file").string() + "}";
    return "state: state\npolicies: [operations.yaml, chat.yaml]\n"
           "push: {listen: '127.0.0.1:0', patience: 1m, tokens: [{token: {credential: "
           "push}}]}\nlog: {level: "
           "error}\nsources:\n" +
           source(
               "name: o1, kind: openai, endpoints: [audio_speeches, audio_transcriptions, "
               "completions, embeddings, images, moderations], "
               "proxy: \"http://127.0.0.1:9\", proxy_login: {credential: login}",
               "{env: CANARY_KEY}") +
           source("name: o2, kind: openai, endpoints: [costs]", file) +
           source(
               "name: o3, kind: openai, record: account, "
               "endpoints: [users, projects, api_keys, admin_api_keys]",
               "{credential: key}") +
           source("name: o4, kind: openai, record: audit", "{env: CANARY_KEY}") +
           source("name: a1, kind: anthropic", "{env: CANARY_KEY}") +
           source("name: a2, kind: anthropic, endpoints: [costs]", file) +
           source("name: a3, kind: anthropic, record: account", "{credential: key}") +
           source("name: a4, kind: anthropic, endpoints: [analytics_usage]", "{env: CANARY_KEY}") +
           source("name: a5, kind: anthropic, endpoints: [analytics_costs]", file) +
           source(
               "name: a6, kind: anthropic, record: account, auth: bearer, "
               "endpoints: [service_accounts, user_profiles]",
               "{credential: key}") +
           source("name: a7, kind: anthropic, record: audit", file) +
           source("name: g1, kind: litellm, since: " + days_ago(1), "{env: CANARY_KEY}") +
           source("name: g2, kind: litellm, record: account", file) +
           source("name: n1, kind: newapi, user: 1, since: " + days_ago(1), file) +
           source("name: i1, kind: scim", "{env: CANARY_KEY}", "/v1/scim") +
           source("name: p1, kind: stripe, account_in: tw, fingerprint_key: {credential: key}",
                  "{env: CANARY_KEY}") +
           source(
               "name: h1, kind: http_json, header: x-api-key, rows: /rows, id: id, "
               "window: {from: from, to: to}, paging: {style: link}, columns: {id: string, at: "
               "timestamp, "
               "team: string}, mapping: {time: at, account: team}, since: " +
                   days_ago(1),
               "{credential: key}") +
           source("name: l1, kind: langfuse, since: " + days_ago(1), "{env: CANARY_KEY}",
                  "/v1/langfuse") +
           source("name: r1, kind: openrouter, since: " + days_ago(2), file, "/v1/router") +
           sources_over_none() +
           "notify:\n  channels:\n"
           "    - {name: operations, kind: webhook, url: \"" +
           vendors_.host() +
           "/hook\", token: {env: CANARY_TOKEN}}\n"
           "    - {name: chat, kind: webhook, url: {credential: hook-url}}\n";
  }

  [[nodiscard]] std::string sources_over_none() const {
    std::string sources =
        "  - {name: f1, kind: file, path: inputs/f1.jsonl, max_bad: 99%}\n"
        "  - {name: f2, kind: file, path: inputs/f2.csv, format: csv, max_bad: 90%, columns: "
        "{at: timestamp, who: string, n: int64}, mapping: {time: at, account: who, "
        "input_tokens: n}}\n"
        "  - {name: f3, kind: file, path: inputs/f3.json, format: json, max_bad: 90%, columns: "
        "{at: timestamp, who: string, n: int64}, mapping: {time: at, account: who, "
        "input_tokens: n}}\n"
        "  - {name: b1, kind: bods, path: inputs/b1.jsonl, accounts: inputs/accounts.csv, "
        "max_bad: 90%}\n"
        "  - {name: t1, kind: ftm, path: inputs/t1.json, accounts: inputs/accounts.csv}\n"
        "  - {name: u1, kind: push, max_bad: 90%}\n";
    if (database_ != nullptr) {
      sources +=
          "  - {name: d1, kind: postgres, endpoints: [litellm], token: {env: CANARY_KEY}, url: "
          "\"postgresql://reader@/postgres?host=" +
          percent_encoded(database_->host()) + "\", since: " + days_ago(1) + "}\n";
    }
    return sources;
  }

  /// The names of all sources that there are here.
  [[nodiscard]] std::vector<std::string> sources() const {
    std::vector<std::string> names(kOverHttp.begin(), kOverHttp.end());
    names.insert(names.end(), kOverNone.begin(), kOverNone.end());
    if (database_ != nullptr) names.emplace_back("d1");
    return names;
  }

  /// So that a gateway is asked for a day of hours, and not for thirty.
  static std::string days_ago(int days) {
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    return format_time(align_down({now.count() - days * kDay.us}, kSecond));
  }

  [[nodiscard]] bool all_asked() const {
    for (const std::string& what : kAsked) {
      if (!vendors_.was_asked(what)) return false;
    }
    return true;
  }

  /// All that is written below the folder, but for what this test put there.
  [[nodiscard]] std::map<std::string, std::string> written() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      const std::string name = entry.path().filename().string();
      const std::string folder = entry.path().parent_path().filename().string();
      const bool ours = folder == "credentials" || folder == "inputs" || name == "key-file" ||
                        entry.path().extension() == ".yaml";
      if (entry.is_regular_file() && !ours) files[entry.path().string()] = read_all(entry.path());
    }
    return files;
  }

  /// The sources of whose records nothing is in any file, yet.
  [[nodiscard]] std::vector<std::string> sources_not_in_files() const {
    const auto files = written();
    std::vector<std::string> names = sources();
    std::erase_if(names, [&files](const std::string& name) {
      return std::ranges::any_of(files, [word = kept(name)](const auto& file) {
        return file.second.find(word) != std::string::npos;
      });
    });
    return names;
  }

  TemporaryFolder folder_;
  Vendors vendors_;
  std::unique_ptr<PostgresServer> database_ = canary_database(canary("env"));
};

/// Where the daemon takes in what is handed to it, by its log; empty: it has not said so.
std::string push_url(const std::string& log) {
  const std::string word = "event=push_listening url=";
  const std::size_t at = log.find(word);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + word.size();
  std::string url = log.substr(begin, log.find('\n', begin) - begin);
  std::erase(url, '"');
  return url;
}

/// All kinds that there are, of what is said to somebody who wrote another.
std::vector<std::string> kinds_of_sources() {
  SourceConfig none;
  none.kind = "?";
  const std::string said = make_connector(none).error().message;
  std::vector<std::string> kinds;
  std::size_t at = said.find("expected");
  while ((at = said.find('`', at)) != std::string::npos) {
    const std::size_t end = said.find('`', at + 1);
    kinds.push_back(said.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return kinds;
}

TEST_F(CanaryTest, EveryKindOfSourceHasItsPart) {
  if (database_ == nullptr) GTEST_SKIP() << "PostgreSQL is not installed";
  const std::vector<std::string> kinds = kinds_of_sources();
  EXPECT_GE(kinds.size(), 14U);
  for (const std::string& kind : kinds) {
    EXPECT_THAT(configuration(), HasSubstr("kind: " + kind + ","));
  }
}

TEST_F(CanaryTest, NoSecretAndNoContentIsWrittenAnywhere) {
  DaemonProcess daemon({"--config", (folder_ / "tidewaiter.yaml").string(), "--log-level", "trace"},
                       folder_ / "output",
                       {{"CANARY_KEY", canary("env")},
                        {"CANARY_TOKEN", canary("token")},
                        {"CREDENTIALS_DIRECTORY", (folder_ / "credentials").string()}});
  const auto printed = [this] { return read_all(folder_ / "output"); };
  ASSERT_TRUE(eventually([&] { return !push_url(printed()).empty(); })) << printed();
  EXPECT_THAT(hand_in(push_url(printed()), canary("push-token"), days_ago(1)), Each(200));
  ASSERT_TRUE(eventually([this] { return all_asked(); })) << printed();
  ASSERT_TRUE(eventually([&] {
    const std::string out = printed();
    // Each source has ended a pull.
    return std::ranges::all_of(sources(), [&out](const std::string& name) {
      return out.find("event=pulled source=" + name + " ") != std::string::npos;
    });
  })) << printed();
  ASSERT_TRUE(eventually([this] {
    return vendors_.was_asked("hook") && vendors_.was_asked("secret-url");
  })) << printed();
  // A pull is told before the cycle that stores it has ended.
  EXPECT_TRUE(eventually([this] { return sources_not_in_files().empty(); }))
      << "no file has what records of these sources keep, so their canaries would not be found "
         "either: "
      << testing::PrintToString(sources_not_in_files());
  const auto proc = std::filesystem::path("/proc") / std::to_string(daemon.pid());
  const std::string command_line = read_all(proc / "cmdline");
  const std::string limits = read_all(proc / "limits");
  EXPECT_EQ(daemon.end(SIGTERM), 0) << printed();

  EXPECT_EQ(vendors_.key("completions"), "Bearer " + canary("env"));
  EXPECT_EQ(vendors_.key("openai-costs"), "Bearer " + canary("file"));
  EXPECT_EQ(vendors_.key("openai-users"), "Bearer " + canary("credential"));
  EXPECT_EQ(vendors_.key("messages"), canary("env"));
  EXPECT_EQ(vendors_.key("anthropic-costs"), canary("file"));
  EXPECT_EQ(vendors_.key("anthropic-users"), canary("credential"));
  EXPECT_EQ(vendors_.key("openai-audit"), "Bearer " + canary("env"));
  EXPECT_EQ(vendors_.key("activities"), canary("file"));
  EXPECT_EQ(vendors_.key("analytics-usage"), canary("env"));
  EXPECT_EQ(vendors_.key("analytics-cost"), canary("file"));
  EXPECT_EQ(vendors_.key("user-profiles"), "Bearer " + canary("credential"));
  EXPECT_EQ(vendors_.key("service-accounts"), "Bearer " + canary("credential"));
  EXPECT_EQ(vendors_.key("spend-logs"), "Bearer " + canary("env"));
  EXPECT_EQ(vendors_.key("litellm-keys"), "Bearer " + canary("file"));
  EXPECT_EQ(vendors_.key("newapi-logs"), "Bearer " + canary("file"));
  EXPECT_EQ(vendors_.key("scim-users"), "Bearer " + canary("env"));
  EXPECT_EQ(vendors_.key("stripe-cards"), "Bearer " + canary("env"));
  EXPECT_EQ(vendors_.key("list"), canary("credential"));

  EXPECT_THAT(vendors_.key("observations"), HasSubstr(kEncodedCanary));
  EXPECT_EQ(vendors_.key("router-activity"), "Bearer " + canary("file"));

  EXPECT_EQ(vendors_.key("hook"), "Bearer " + canary("token"));

  // The log is as talkative as it gets: each request and each page is in it.
  const std::string log = printed();
  for (const char* const name : kOverHttp) {
    EXPECT_THAT(log, HasSubstr("event=source_request source=" + std::string(name) + " "));
  }
  for (const std::string& name : sources()) {
    EXPECT_THAT(log, HasSubstr("event=source_page source=" + name + " "));
  }
  EXPECT_THAT(log, HasSubstr("event=request method=POST "));
  EXPECT_EQ(log.find(kLinkToken), std::string::npos) << "the token of a link is told";

  for (const auto& [path, bytes] : written()) {
    EXPECT_EQ(bytes.find(kCanary), std::string::npos)
        << path << ": " << bytes.substr(bytes.find(kCanary), 40);
    EXPECT_EQ(bytes.find(kEncodedCanary), std::string::npos) << path;
  }
  EXPECT_THAT(command_line, AllOf(HasSubstr("--config"), testing::Not(HasSubstr(kCanary))));
  EXPECT_EQ(vendors_.posted().find(kCanary), std::string::npos);
  // The limit of core files, as the kernel has it: soft and hard.
  EXPECT_THAT(limits, testing::ContainsRegex("Max core file size +0 +0 "));
}

}  // namespace
}  // namespace tidewaiter
