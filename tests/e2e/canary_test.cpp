// No secret and no content reaches a file that the daemon writes, its log at the most talkative
// level, or its command line. Every secret of the configuration and every member of an answer that
// may hold content is a canary; the server that hands them out is written here, and checks that the
// daemon did bring each secret to it.
#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "daemon_process.h"
#include "policies/model/time.h"
#include "tests/unit/app/temporary_folder.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Json = nlohmann::ordered_json;

/// All canaries have it in common, and nothing else has it.
constexpr const char* kCanary = "c4n4ry";
/// The sources of the configuration.
constexpr auto kSources = std::to_array<const char*>(
    {"o1", "o2", "o3", "a1", "a2", "a3", "g1", "g2", "n1", "i1", "p1", "h1"});

/// What records of a source do keep of its answers: so looking for canaries would find them too.
std::string kept(const std::string& source) { return "kept-of-" + source; }

std::string canary(const std::string& what) { return std::string(kCanary) + "-" + what; }

/// Members that no vendor's contract has, and that content would stand in if one came to.
Json with_content(Json object) {
  for (const char* const name : {"prompt", "messages", "response", "input", "output", "content",
                                 "metadata", "user_agent", "proxy_server_request"}) {
    if (!object.contains(name)) object[name] = canary(name);
  }
  object["nested"] = {{"text", canary("nested")}, {"list", {canary("list")}}};
  return object;
}

/// The vendors' servers, a chat service's, and nobody else's.
class Vendors {
 public:
  Vendors() {
    serve_openai();
    serve_anthropic();
    serve_litellm();
    serve_newapi();
    serve_scim();
    serve_stripe();
    serve_list();
    server_.Post("/hook", [this](const httplib::Request& request, httplib::Response&) {
      note(request, "hook");
      const std::scoped_lock lock(mutex_);
      posted_ += request.body;
    });
    server_.Post("/secret/" + canary("url"),
                 [this](const httplib::Request& request, httplib::Response&) {
                   note(request, "secret-url");
                 });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~Vendors() {
    server_.stop();
    thread_.join();
  }
  Vendors(const Vendors&) = delete;
  Vendors& operator=(const Vendors&) = delete;

  [[nodiscard]] std::string host() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] bool was_asked(const std::string& what) const {
    const std::scoped_lock lock(mutex_);
    return keys_.contains(what);
  }
  /// The key that was brought.
  [[nodiscard]] std::string key(const std::string& what) const {
    const std::scoped_lock lock(mutex_);
    const auto found = keys_.find(what);
    return found == keys_.end() ? std::string() : found->second;
  }
  [[nodiscard]] std::string posted() const {
    const std::scoped_lock lock(mutex_);
    return posted_;
  }

 private:
  void note(const httplib::Request& request, const std::string& what) {
    const std::scoped_lock lock(mutex_);
    const std::string bearer = request.get_header_value("Authorization");
    keys_[what] = bearer.empty() ? request.get_header_value("x-api-key") : bearer;
  }

  template <class Make>
  void serve(const std::string& path, const std::string& what, const Make& make) {
    server_.Get("/v1" + path,
                [this, what, make](const httplib::Request& request, httplib::Response& response) {
                  note(request, what);
                  response.set_header("Request-Id", canary("header"));
                  response.set_content(make(request).dump(), "application/json");
                });
  }

  /// A page with one bucket, the first that was asked for, and one row in it, and a row that is
  /// bad.
  static Json openai_page(const httplib::Request& request, Json row) {
    const std::int64_t start = std::stoll(request.get_param_value("start_time"));
    const std::int64_t width = request.get_param_value("bucket_width") == "1h" ? 3'600 : 86'400;
    Json bad = row;
    bad["project_id"] = {{"why", canary("bad-row")}};
    return with_content({{"object", "page"},
                         {"data",
                          {with_content({{"object", "bucket"},
                                         {"start_time", start},
                                         {"end_time", start + width},
                                         {"results", {with_content(row), with_content(bad)}}})}},
                         {"has_more", false},
                         {"next_page", nullptr}});
  }

  static Json list(Json entry) {
    return with_content({{"object", "list"},
                         {"data", {with_content(std::move(entry))}},
                         {"first_id", "a"},
                         {"last_id", "a"},
                         {"has_more", false}});
  }

  void serve_openai() {
    for (const char* const endpoint : {"audio_speeches", "audio_transcriptions", "completions",
                                       "embeddings", "images", "moderations"}) {
      serve(std::string("/organization/usage/") + endpoint, endpoint,
            [endpoint](const httplib::Request& request) {
              return openai_page(
                  request, {{"object", std::string("organization.usage.") + endpoint + ".result"},
                            {"input_tokens", 7},
                            {"num_model_requests", 1},
                            {"project_id", kept("o1")}});
            });
    }
    serve("/organization/costs", "openai-costs", [](const httplib::Request& request) {
      return openai_page(request, {{"object", "organization.costs.result"},
                                   {"amount", {{"value", 0.5}, {"currency", "usd"}}},
                                   {"line_item", canary("line-item")},
                                   {"project_id", kept("o2")}});
    });
    const Json owner = {
        {"id", "user-1"}, {"name", kept("o3")}, {"email", canary("mail") + "@m.example"}};
    serve("/organization/users", "openai-users", [](const httplib::Request&) {
      return list({{"object", "organization.user"},
                   {"id", "user-1"},
                   {"name", kept("o3")},
                   {"email", canary("mail") + "@m.example"},
                   {"role", canary("role")}});
    });
    serve("/organization/projects", "openai-projects", [](const httplib::Request&) {
      return list({{"object", "organization.project"},
                   {"id", "proj_1"},
                   {"name", kept("o3")},
                   {"external_key_id", canary("external-key")}});
    });
    serve("/organization/projects/proj_1/api_keys", "openai-keys",
          [owner](const httplib::Request&) {
            return list({{"object", "organization.project.api_key"},
                         {"id", "key_1"},
                         {"name", kept("o3")},
                         {"redacted_value", canary("redacted")},
                         {"owner", {{"type", "user"}, {"user", owner}}}});
          });
    serve("/organization/admin_api_keys", "openai-admin-keys", [owner](const httplib::Request&) {
      return list({{"object", "organization.admin_api_key"},
                   {"id", "key_2"},
                   {"name", kept("o3")},
                   {"value", canary("value")},
                   {"redacted_value", canary("redacted")},
                   {"owner", owner}});
    });
  }

  static Json anthropic_page(const httplib::Request& request, Json row) {
    const UtcTime start = parse_time(request.get_param_value("starting_at")).value();
    const Duration width = request.get_param_value("bucket_width") == "1h" ? kHour : kDay;
    return with_content({{"data",
                          {with_content({{"starting_at", format_time(start)},
                                         {"ending_at", format_time(start + width)},
                                         {"results", {with_content(std::move(row))}}})}},
                         {"has_more", false},
                         {"next_page", nullptr}});
  }

  void serve_anthropic() {
    serve("/organizations/usage_report/messages", "messages", [](const httplib::Request& request) {
      return anthropic_page(request, {{"uncached_input_tokens", 7},
                                      {"output_tokens", 7},
                                      {"cache_creation", {{"note", canary("cache")}}},
                                      {"workspace_id", kept("a1")}});
    });
    serve("/organizations/cost_report", "anthropic-costs", [](const httplib::Request& request) {
      return anthropic_page(request, {{"amount", "12.5"},
                                      {"currency", "USD"},
                                      {"description", canary("description")},
                                      {"workspace_id", kept("a2")}});
    });
    serve("/organizations/users", "anthropic-users", [](const httplib::Request&) {
      return list({{"id", "user_1"},
                   {"type", "user"},
                   {"name", kept("a3")},
                   {"email", canary("mail") + "@m.example"},
                   {"role", canary("role")}});
    });
    serve("/organizations/workspaces", "anthropic-workspaces", [](const httplib::Request&) {
      return list({{"id", "w_1"},
                   {"type", "workspace"},
                   {"name", kept("a3")},
                   {"tags", {{"note", canary("tag")}}}});
    });
    serve("/organizations/api_keys", "anthropic-keys", [](const httplib::Request&) {
      return list({{"id", "apikey_1"},
                   {"type", "api_key"},
                   {"name", kept("a3")},
                   {"partial_key_hint", canary("hint")}});
    });
  }

  /// The routes of a gateway, which lie at its root; here below the same path as the others'.
  void serve_litellm() {
    serve("/spend/logs/v2", "spend-logs", [](const httplib::Request& request) {
      std::string start = request.get_param_value("start_date");
      start[10] = 'T';
      Json row = with_content({{"request_id", "r-" + start},
                               {"startTime", start + "Z"},
                               {"endTime", start + "Z"},
                               {"team_id", kept("g1")},
                               {"prompt_tokens", 7},
                               {"api_base", canary("base")},
                               {"request_tags", {canary("tag")}}});
      row["metadata"] = with_content({{"user_api_key_alias", canary("alias")},
                                      {"usage_object", with_content({{"prompt_tokens", 7}})},
                                      {"error_information", {{"error_message", canary("error")}}},
                                      {"spend_logs_metadata", canary("caller")}});
      Json bad = row;
      bad["team_id"] = {{"why", canary("bad-row")}};
      return with_content({{"data", {row, bad}}, {"page", 1}, {"page_size", 100}});
    });
    const auto entry = [](const char* id) {
      return with_content({{id, "e-1"},
                           {"key_name", canary("masked")},
                           {"key_alias", kept("g2")},
                           {"user_alias", kept("g2")},
                           {"team_alias", kept("g2")},
                           {"alias", kept("g2")},
                           {"user_email", canary("mail") + "@m.example"},
                           {"permissions", {{"note", canary("permission")}}}});
    };
    serve("/key/list", "litellm-keys", [entry](const httplib::Request&) {
      return with_content({{"keys", {entry("token")}}, {"total_pages", 1}});
    });
    serve("/user/list", "litellm-users", [entry](const httplib::Request&) {
      return with_content({{"users", {entry("user_id")}}, {"total_pages", 1}});
    });
    serve("/v2/team/list", "litellm-teams", [entry](const httplib::Request&) {
      return with_content({{"teams", {entry("team_id")}}, {"total_pages", 1}});
    });
    serve("/customer/list", "litellm-customers",
          [entry](const httplib::Request&) { return Json::array({entry("user_id")}); });
  }

  void serve_newapi() {
    serve("/api/log/", "newapi-logs", [](const httplib::Request& request) {
      Json row = with_content({{"id", std::stoll(request.get_param_value("start_timestamp"))},
                               {"created_at", std::stoll(request.get_param_value("end_timestamp"))},
                               {"type", 2},
                               {"group", kept("n1")},
                               {"quota", 7},
                               {"token_id", 4},
                               {"username", canary("user-name")},
                               {"token_name", canary("token-name")},
                               {"other", Json{{"note", canary("other")}}.dump()}});
      Json bad = row;
      bad["group"] = {{"why", canary("bad-row")}};
      return with_content(
          {{"success", true},
           {"data", with_content({{"page", 1}, {"page_size", 100}, {"items", {row, bad}}})}});
    });
  }

  void serve_scim() {
    serve("/scim/Users", "scim-users", [](const httplib::Request&) {
      const Json mail = {{"value", canary("mail") + "@m.example"},
                         {"display", canary("mail-name")}};
      const Json place = {{"country", "NL"}, {"streetAddress", canary("street")}};
      const Json user = with_content({{"id", "u-1"},
                                      {"displayName", kept("i1")},
                                      {"userName", canary("user-name")},
                                      {"emails", {mail}},
                                      {"addresses", {place}},
                                      {"phoneNumbers", {{{"value", canary("phone")}}}}});
      // Servers write what somebody logs in with, or an address, where nobody has given a name.
      Json login = user;
      login["id"] = "u-2";
      login["displayName"] = canary("user-name");
      Json address = user;
      address["id"] = "u-3";
      address["displayName"] = canary("mail") + "@m.example";
      address["name"] = {{"formatted", "<" + canary("mail") + "@m.example>"}};
      return with_content({{"totalResults", 3}, {"Resources", {user, login, address}}});
    });
  }

  void serve_stripe() {
    const Json place = {{"country", "NL"}, {"line1", canary("street")}};
    const Json customer =
        with_content({{"object", "customer"},
                      {"id", "cus_1"},
                      {"name", "Acme"},
                      {"metadata", {{"tw", kept("p1")}, {"note", canary("note")}}},
                      {"email", canary("mail") + "@m.example"},
                      {"address", place},
                      {"description", canary("description")},
                      {"phone", canary("phone")}});
    serve("/customers", "stripe-customers",
          [customer](const httplib::Request&) { return list(customer); });
    serve("/customers/cus_1/payment_methods", "stripe-cards",
          [customer, place](const httplib::Request&) {
            return list({{"object", "payment_method"},
                         {"id", "pm_1"},
                         {"type", "card"},
                         {"customer", customer},
                         {"billing_details", {{"name", canary("billed")}, {"address", place}}},
                         {"card",
                          {{"fingerprint", canary("fingerprint")},
                           {"last4", canary("last4")},
                           {"brand", canary("brand")}}}});
          });
  }

  /// A list that a mapping reads: a row in each window, and one that is bad.
  void serve_list() {
    serve("", "list", [](const httplib::Request& request) {
      Json row = with_content({{"id", request.get_param_value("from")},
                               {"at", request.get_param_value("from")},
                               {"team", kept("h1")}});
      Json bad = row;
      bad["team"] = {{"why", canary("bad-row")}};
      return with_content({{"rows", {row, bad}}});
    });
  }

  httplib::Server server_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> keys_;
  std::string posted_;
  std::thread thread_;
};

/// What the server calls each endpoint.
const std::vector<std::string> kAsked = {"audio_speeches",
                                         "audio_transcriptions",
                                         "completions",
                                         "embeddings",
                                         "images",
                                         "moderations",
                                         "openai-costs",
                                         "openai-users",
                                         "openai-projects",
                                         "openai-keys",
                                         "openai-admin-keys",
                                         "messages",
                                         "anthropic-costs",
                                         "anthropic-users",
                                         "anthropic-workspaces",
                                         "anthropic-keys",
                                         "spend-logs",
                                         "litellm-keys",
                                         "litellm-users",
                                         "litellm-teams",
                                         "litellm-customers",
                                         "newapi-logs",
                                         "scim-users",
                                         "stripe-customers",
                                         "stripe-cards",
                                         "list"};

class CanaryTest : public testing::Test {
 protected:
  CanaryTest() {
    // One secret of each kind of reference.
    write_file(folder_ / "key-file", canary("file") + "\n");
    ::chmod((folder_ / "key-file").c_str(), 0600);
    std::filesystem::create_directory(folder_ / "credentials");
    write_file(folder_ / "credentials" / "key", canary("credential"));
    write_file(folder_ / "credentials" / "hook-url", vendors_.host() + "/secret/" + canary("url"));
    for (const char* const name : {"key", "hook-url"}) {
      ::chmod((folder_ / "credentials" / name).c_str(), 0600);
    }
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
    return "state: state\npolicies: [operations.yaml, chat.yaml]\nlog: {level: debug}\nsources:\n" +
           source(
               "name: o1, kind: openai, endpoints: [audio_speeches, audio_transcriptions, "
               "completions, embeddings, images, moderations]",
               "{env: CANARY_KEY}") +
           source("name: o2, kind: openai, endpoints: [costs]", file) +
           source(
               "name: o3, kind: openai, record: account, "
               "endpoints: [users, projects, api_keys, admin_api_keys]",
               "{credential: key}") +
           source("name: a1, kind: anthropic", "{env: CANARY_KEY}") +
           source("name: a2, kind: anthropic, endpoints: [costs]", file) +
           source("name: a3, kind: anthropic, record: account", "{credential: key}") +
           source("name: g1, kind: litellm, since: " + yesterday(), "{env: CANARY_KEY}") +
           source("name: g2, kind: litellm, record: account", file) +
           source("name: n1, kind: newapi, user: 1, since: " + yesterday(), file) +
           source("name: i1, kind: scim", "{env: CANARY_KEY}", "/v1/scim") +
           source("name: p1, kind: stripe, account_in: tw, fingerprint_key: {credential: key}",
                  "{env: CANARY_KEY}") +
           source(
               "name: h1, kind: http_json, header: x-api-key, rows: /rows, id: id, "
               "window: {from: from, to: to}, columns: {id: string, at: timestamp, "
               "team: string}, mapping: {time: at, account: team}, since: " +
                   yesterday(),
               "{credential: key}") +
           "notify:\n  channels:\n"
           "    - {name: operations, kind: webhook, url: \"" +
           vendors_.host() +
           "/hook\", token: {env: CANARY_TOKEN}}\n"
           "    - {name: chat, kind: webhook, url: {credential: hook-url}}\n";
  }

  /// So that a gateway is asked for a day of hours, and not for thirty.
  static std::string yesterday() {
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    return format_time(align_down({now.count() - kDay.us}, kSecond));
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
      const bool ours = entry.path().parent_path().filename() == "credentials" ||
                        name == "key-file" || entry.path().extension() == ".yaml";
      if (entry.is_regular_file() && !ours) files[entry.path().string()] = read_all(entry.path());
    }
    return files;
  }

  TemporaryFolder folder_;
  Vendors vendors_;
};

TEST_F(CanaryTest, NoSecretAndNoContentIsWrittenAnywhere) {
  DaemonProcess daemon({"--config", (folder_ / "tidewaiter.yaml").string()}, folder_ / "output",
                       {{"CANARY_KEY", canary("env")},
                        {"CANARY_TOKEN", canary("token")},
                        {"CREDENTIALS_DIRECTORY", (folder_ / "credentials").string()}});
  const auto printed = [this] { return read_all(folder_ / "output"); };
  ASSERT_TRUE(eventually([this] { return all_asked(); })) << printed();
  ASSERT_TRUE(eventually([&] {
    const std::string out = printed();
    // Each source has ended a pull.
    return std::ranges::all_of(kSources, [&out](const char* name) {
      return out.find("event=pulled source=" + std::string(name) + " ") != std::string::npos;
    });
  })) << printed();
  ASSERT_TRUE(eventually([this] {
    return vendors_.was_asked("hook") && vendors_.was_asked("secret-url");
  })) << printed();
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
  EXPECT_EQ(vendors_.key("spend-logs"), "Bearer " + canary("env"));
  EXPECT_EQ(vendors_.key("litellm-keys"), "Bearer " + canary("file"));
  EXPECT_EQ(vendors_.key("newapi-logs"), "Bearer " + canary("file"));
  EXPECT_EQ(vendors_.key("scim-users"), "Bearer " + canary("env"));
  EXPECT_EQ(vendors_.key("stripe-cards"), "Bearer " + canary("env"));
  EXPECT_EQ(vendors_.key("list"), canary("credential"));

  EXPECT_EQ(vendors_.key("hook"), "Bearer " + canary("token"));

  std::set<std::string> found;
  for (const auto& [path, bytes] : written()) {
    EXPECT_EQ(bytes.find(kCanary), std::string::npos)
        << path << ": " << bytes.substr(bytes.find(kCanary), 40);
    for (const char* const name : kSources) {
      if (bytes.find(kept(name)) != std::string::npos) found.insert(name);
    }
  }
  for (const char* const name : kSources) {
    EXPECT_TRUE(found.contains(name)) << "no file has what records of " << name
                                      << " keep: its canaries would not be found either";
  }
  EXPECT_THAT(command_line, AllOf(HasSubstr("--config"), testing::Not(HasSubstr(kCanary))));
  EXPECT_EQ(vendors_.posted().find(kCanary), std::string::npos);
  // The limit of core files, as the kernel has it: soft and hard.
  EXPECT_THAT(limits, testing::ContainsRegex("Max core file size +0 +0 "));
}

}  // namespace
}  // namespace tidewaiter
