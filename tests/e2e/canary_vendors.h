#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include <httplib.h>
#include <nlohmann/json.hpp>

#include "policies/model/time.h"

namespace tidewaiter {

using Json = nlohmann::ordered_json;

/// All canaries have it in common, and nothing else has it.
inline constexpr const char* kCanary = "c4n4ry";
/// What records of a source do keep of its answers: so looking for canaries would find them too.
inline std::string kept(const std::string& source) { return "kept-of-" + source; }

/// In the link from a list's first page to its second: cursors keep it, and no log may.
inline constexpr const char* kLinkToken = "l1nk-t0ken";
inline std::string canary(const std::string& what) { return std::string(kCanary) + "-" + what; }

/// Members that no vendor's contract has, and that content would stand in if one came to.
inline Json with_content(Json object) {
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
    serve_analytics();
    serve_litellm();
    serve_newapi();
    serve_scim();
    serve_stripe();
    serve_list();
    serve_langfuse();
    serve_openrouter();
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
                  const bool is_first = !was_asked(what);
                  note(request, what);
                  response.set_header("Request-Id", canary("header"));
                  // What a server says of its troubles may quote anything. The next try is
                  // answered.
                  if (is_first && fails_first(what)) {
                    response.status = 503;
                    response.set_content(trouble().dump(), "application/json");
                    return;
                  }
                  response.set_content(make(request).dump(), "application/json");
                });
  }

  /// One endpoint of each vendor.
  static bool fails_first(const std::string& what) {
    static const std::set<std::string> kFailing = {"openai-costs", "messages",       "litellm-keys",
                                                   "newapi-logs",  "scim-users",     "stripe-cards",
                                                   "observations", "router-activity"};
    return kFailing.contains(what);
  }
  static Json trouble() {
    return with_content({{"success", false},
                         {"message", canary("trouble")},
                         {"detail", canary("trouble")},
                         {"error", {{"message", canary("trouble")}, {"code", "overloaded"}}}});
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

  static Json list(Json entry, Json another = nullptr) {
    Json data = {with_content(std::move(entry))};
    if (!another.is_null()) data.push_back(with_content(std::move(another)));
    return with_content({{"object", "list"},
                         {"data", std::move(data)},
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
    const auto event = [](const std::string& id, const httplib::Request& request) {
      const Json session = with_content(
          {{"user", {{"id", kept("o4")}, {"email", canary("mail") + "@m.example"}}},
           {"ip_address", canary("no-address")},
           {"user_agent", "agent"},
           {"ja3", canary("ja3")},
           {"ip_address_details", {{"country", canary("country")}, {"city", canary("city")}}}});
      return Json{
          {"id", id},
          {"type", "project.updated"},
          {"effective_at", std::stoll(request.get_param_value("effective_at[gte]"))},
          {"project", {{"id", "proj_1"}, {"name", canary("project-name")}}},
          {"actor", {{"type", "session"}, {"session", session}}},
          {"project.updated",
           with_content({{"id", "proj_1"}, {"changes_requested", {{"title", canary("title")}}}})}};
    };
    serve("/organization/audit_logs", "openai-audit", [event](const httplib::Request& request) {
      Json bad = event("b", request);
      bad["actor"] = canary("bad-row");
      return list(event("a", request), std::move(bad));
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

  /// A row of a bucket and of one that cannot be told, so that the page's token is kept with what
  /// is held of it; the next page has a bad one besides.
  static Json analytics_page(const httplib::Request& request, const char* told, Json figures,
                             const std::string& workspace) {
    const UtcTime start = parse_time(request.get_param_value("starting_at")).value();
    const Duration width = request.get_param_value("time_bucket_width") == "1h" ? kHour : kDay;
    const Json actor = {{"type", "user_actor"},
                        {"user_id", "user_1"},
                        {"email_address", canary("mail") + "@m.example"},
                        {"name", canary("actor-name")}};
    Json row = with_content({{"starting_at", format_time(start)},
                             {"ending_at", format_time(start + width)},
                             {"group", with_content({{"actor", with_content(actor)},
                                                     {"slack_channel_id", canary("channel")},
                                                     {"workspace_id", workspace}})},
                             {told, with_content(std::move(figures))}});
    Json untold = row;
    untold["group"]["actor"] = nullptr;
    Json data = {row, untold};
    const bool first = request.get_param_value("page").empty();
    if (!first) {
      data.push_back(untold);
      data.back()["group"]["workspace_id"] = {{"why", canary("bad-row")}};
    }
    return with_content({{"data", std::move(data)},
                         {"has_more", first},
                         {"next_page", first ? Json("page_2") : Json(nullptr)},
                         {"data_refreshed_at", nullptr}});
  }

  void serve_analytics() {
    serve("/organizations/analytics/usage", "analytics-usage", [](const httplib::Request& request) {
      return analytics_page(request, "usage",
                            {{"uncached_input_tokens", 7},
                             {"output_tokens", 7},
                             {"requests", 1},
                             {"cache_creation", {{"note", canary("cache")}}}},
                            kept("a4"));
    });
    serve("/organizations/analytics/cost", "analytics-cost", [](const httplib::Request& request) {
      return analytics_page(request, "cost", {{"amount", "12.5"}, {"currency", "USD"}}, kept("a5"));
    });
    const auto cursor_list = [](Json entry) {
      return with_content({{"data", {with_content(std::move(entry))}}, {"next_page", nullptr}});
    };
    serve("/user_profiles", "user-profiles", [cursor_list](const httplib::Request&) {
      const Json action = {{"id", "enac_1"},
                           {"type", "ban"},
                           {"reason", "fraud_or_abuse"},
                           {"opened_at", "2026-09-01T00:00:00Z"},
                           {"note", canary("action")}};
      return cursor_list({{"id", "uprof_1"},
                          {"type", "user_profile"},
                          {"name", kept("a6")},
                          {"access_type", "passthrough"},
                          {"enforcement_status", "banned"},
                          {"enforcement_actions", {with_content(action)}},
                          {"external_user_details",
                           {{"country", "NL"},
                            {"email_hash", canary("mail-hash")},
                            {"name_hash", canary("name-hash")},
                            {"reference_id", canary("reference")}}}});
    });
    serve("/organizations/service_accounts", "service-accounts",
          [cursor_list](const httplib::Request&) {
            return cursor_list({{"id", "svac_1"},
                                {"type", "service_account"},
                                {"name", kept("a6")},
                                {"description", canary("description")}});
          });
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
    serve("/compliance/activities", "activities", [](const httplib::Request& request) {
      const Json actor = with_content({{"type", "user_actor"},
                                       {"user_id", kept("a7")},
                                       {"email_address", canary("mail") + "@m.example"},
                                       {"ip_address", canary("no-address")},
                                       {"user_agent", "agent"}});
      const Json file = with_content({{"id", "c" + request.get_param_value("created_at.gte")},
                                      {"type", "claude_file_uploaded"},
                                      {"created_at", request.get_param_value("created_at.gte")},
                                      {"actor", actor},
                                      {"claude_file_id", "file_1"},
                                      {"filename", canary("filename")},
                                      {"request_body", canary("body")},
                                      {"url", canary("url")}});
      Json bad = file;
      bad["id"] = "d" + request.get_param_value("created_at.gte");
      bad["claude_file_id"] = {{"why", canary("bad-row")}};
      return list(file, std::move(bad));
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
                               {"channel_name", canary("channel-name")},
                               {"ip", canary("no-address")},
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
                                      {"phoneNumbers", {{{"value", canary("phone")}}}},
                                      {"password", canary("password")},
                                      {"externalId", canary("external")},
                                      {"title", canary("title")},
                                      {"photos", {{{"value", canary("photo")}}}},
                                      {"x509Certificates", {{{"value", canary("certificate")}}}},
                                      {"groups", {{{"display", canary("group")}}}},
                                      {"roles", {{{"value", canary("role")}}}},
                                      {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
                                       {{"employeeNumber", canary("employee")}}}});
      // Servers write what somebody logs in with, or an address, where nobody has given a name.
      Json login = user;
      login["id"] = "u-2";
      login["displayName"] = canary("user-name");
      Json address = user;
      address["id"] = "u-3";
      address["displayName"] = canary("mail") + "@m.example";
      address["name"] = {{"formatted", "<" + canary("mail") + "@m.example>"}};
      Json bad = user;
      bad["id"] = "u-4";
      bad["active"] = canary("active");
      return with_content({{"totalResults", 4}, {"Resources", {user, login, address, bad}}});
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
                      {"shipping", {{"name", canary("recipient")}, {"address", place}}},
                      {"invoice_prefix", canary("prefix")},
                      {"phone", canary("phone")}});
    Json bad = customer;
    bad["id"] = "cus_2";
    bad["created"] = canary("created");
    serve("/customers", "stripe-customers",
          [customer, bad](const httplib::Request&) { return list(customer, bad); });
    serve("/customers/cus_1/payment_methods", "stripe-cards",
          [customer, place](const httplib::Request&) {
            const Json billed = {{"name", canary("billed")}, {"address", place}};
            const Json card = {{"object", "payment_method"},
                               {"id", "pm_1"},
                               {"type", "card"},
                               {"customer", customer},
                               {"billing_details", billed},
                               {"card",
                                {{"fingerprint", canary("fingerprint")},
                                 {"last4", canary("last4")},
                                 {"wallet", {{"dynamic_last4", canary("wallet")}}},
                                 {"brand", canary("brand")}}}};
            const Json account = {{"object", "payment_method"},
                                  {"id", "pm_2"},
                                  {"type", "us_bank_account"},
                                  {"customer", customer},
                                  {"billing_details", billed},
                                  {"us_bank_account",
                                   {{"fingerprint", canary("account-fingerprint")},
                                    {"bank_name", canary("bank")},
                                    {"routing_number", canary("routing")},
                                    {"last4", canary("last4")}}}};
            return list(card, account);
          });
  }

  /// A mapping's list: a row in each window, one that is bad, and a link to a page that is empty.
  void serve_list() {
    server_.Get("/v1", [this](const httplib::Request& request, httplib::Response& response) {
      note(request, "list");
      Json row = with_content({{"id", request.get_param_value("from")},
                               {"at", request.get_param_value("from")},
                               {"team", kept("h1")}});
      Json bad = row;
      bad["team"] = {{"why", canary("bad-row")}};
      response.set_header("Request-Id", canary("header"));
      response.set_header("Link", std::string("</v1/on/") + kLinkToken + R"(>; rel="next")");
      response.set_content(with_content({{"rows", {row, bad}}}).dump(), "application/json");
    });
    serve(std::string("/on/") + kLinkToken, "list-on", [](const httplib::Request&) {
      return with_content({{"rows", Json::array()}});
    });
  }

  void serve_langfuse() {
    serve("/langfuse/api/public/v2/observations", "observations",
          [](const httplib::Request& request) {
            const std::string start = request.get_param_value("fromStartTime");
            Json row = with_content({{"id", "obs-" + start},
                                     {"type", "GENERATION"},
                                     {"startTime", start},
                                     {"endTime", start},
                                     {"projectId", kept("l1")},
                                     {"name", canary("observation-name")},
                                     {"statusMessage", canary("status-message")},
                                     {"traceName", canary("trace-name")},
                                     {"tags", {canary("tag")}},
                                     {"modelParameters", {{"stop", canary("stop")}}},
                                     {"promptName", canary("prompt-name")},
                                     {"usageDetails", {{"input", 7}}}});
            Json bad = row;
            bad["projectId"] = {{"why", canary("bad-row")}};
            return with_content({{"data", {row, bad}}, {"meta", Json::object()}});
          });
  }

  void serve_openrouter() {
    serve("/router/keys", "router-keys", [](const httplib::Request& request) {
      if (request.get_param_value("offset") != "0") return with_content({{"data", Json::array()}});
      return with_content(
          {{"data",
            {with_content(
                {{"hash", "aa"}, {"name", canary("key-name")}, {"label", canary("key-label")}})}}});
    });
    serve("/router/activity", "router-activity", [](const httplib::Request& request) {
      const Json row = with_content({{"date", request.get_param_value("date")},
                                     {"model", "m"},
                                     {"model_permaslug", "m"},
                                     {"endpoint_id", "e"},
                                     {"provider_name", kept("r1")},
                                     {"usage", 0.5},
                                     {"requests", 1}});
      Json bad = row;
      bad["endpoint_id"] = "f";
      bad["requests"] = canary("requests");
      return with_content({{"data", {row, bad}}});
    });
  }

  httplib::Server server_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> keys_;
  std::string posted_;
  std::thread thread_;
};

}  // namespace tidewaiter
