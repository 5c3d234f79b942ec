#include "daemon/simulate/provider_server.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <ctime>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include <httplib.h>

#include "daemon/simulate/analytics_page.h"
#include "daemon/simulate/audit_page.h"
#include "daemon/simulate/directory_page.h"
#include "daemon/simulate/gateway_page.h"
#include "daemon/simulate/gzip_bomb.h"
#include "daemon/simulate/langfuse_page.h"
#include "daemon/simulate/newapi_page.h"
#include "daemon/simulate/openrouter_page.h"
#include "daemon/simulate/report_page.h"
#include "daemon/simulate/scim_page.h"
#include "daemon/simulate/stripe_page.h"
#include "daemon/simulate/vendor_words.h"

namespace tidewaiter {
namespace {

using enum HostileMode;

constexpr std::int64_t kAbsurdSeconds = 24'158'986;
constexpr std::size_t kBombBytes = std::size_t{256} << 20U;

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
std::string http_date(UtcTime time) {
  const auto seconds = static_cast<std::time_t>(time.us / kSecond.us);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  // The names of the "C" locale, which a program that never calls setlocale() has.
  std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return text.data();
}

/// A time as LiteLLM takes it, and in no other form.
std::optional<UtcTime> spend_time_in(const PageRequest& request, const char* name) {
  const std::string text = text_in(request, name);
  constexpr std::size_t kLength = std::string_view("2026-11-23 12:00:00").size();
  if (text.size() != kLength || text[10] != ' ') return std::nullopt;
  const Result<UtcTime> time = parse_time(text, true);
  if (!time || !is_record_time(*time)) return std::nullopt;
  return *time;
}

GatewayPaging paging_in(const PageRequest& request, const char* size) {
  GatewayPaging paging;
  paging.page = number_in(request, "page").value_or(paging.page);
  paging.size = number_in(request, size).value_or(paging.size);
  return paging;
}

/// Pages that path and parameters say all of.
struct Route {
  const char* path;
  Result<std::string> (*page)(const ProviderModel&, const PageRequest&, const PageState&);
};

constexpr auto kRoutes = std::to_array<Route>({
    {"/api/log/", newapi_log_page},
    {"/api/public/v2/observations", langfuse_page},
    {"/api/v1/keys", openrouter_keys},
    {"/api/v1/activity", openrouter_activity},
    {"/v1/compliance/activities", anthropic_activities},
    {"/v1/organizations/analytics/usage", analytics_usage},
    {"/v1/organizations/analytics/cost", analytics_costs},
    {"/v1/customers", stripe_customers},
    {"/v1/customers/([A-Za-z0-9_-]+)/payment_methods", stripe_payment_methods},
    {"/v1/organization/audit_logs", openai_audit_page},
    {"/scim/v2/Users", scim_users},
});

/// What the place of a first page is called, for each name of a parameter that has one.
constexpr auto kFirstPlaces = std::to_array<std::pair<const char*, std::string_view>>({
    {"page", "1"},
    {"p", "1"},
    {"startIndex", "1"},
    {"offset", "0"},
    {"after", ""},
    {"after_id", ""},
    {"cursor", ""},
    {"starting_after", ""},
});

bool has_token(const httplib::Request& request) {
  return std::ranges::any_of(kFirstPlaces, [&request](const auto& place) {
    return request.has_param(place.first) && request.get_param_value(place.first) != place.second;
  });
}

bool groups_by_key(const httplib::Request& request) {
  return std::ranges::any_of(request.params, [](const auto& param) {
    return param.first.starts_with("group_by") && param.second == "api_key_id";
  });
}

class HttplibProvider : public ProviderServer {
 public:
  explicit HttplibProvider(ProviderOptions options) : options_(std::move(options)) {
    serve_report("/v1/organization/usage/completions", UsageReport::kOpenAiUsage);
    serve_report("/v1/organization/costs", UsageReport::kOpenAiCosts);
    serve_report("/v1/organizations/usage_report/messages", UsageReport::kAnthropicUsage);
    serve_report("/v1/organizations/cost_report", UsageReport::kAnthropicCosts);
    serve_list("/v1/organization/users", DirectoryList::kOpenAiUsers);
    serve_list("/v1/organization/projects", DirectoryList::kOpenAiProjects);
    serve_list("/v1/organization/projects/([A-Za-z0-9_-]+)/api_keys",
               DirectoryList::kOpenAiProjectKeys);
    serve_list("/v1/organization/admin_api_keys", DirectoryList::kOpenAiAdminKeys);
    serve_list("/v1/organizations/users", DirectoryList::kAnthropicUsers);
    serve_list("/v1/organizations/workspaces", DirectoryList::kAnthropicWorkspaces);
    serve_list("/v1/organizations/api_keys", DirectoryList::kAnthropicKeys);
    serve_list("/v1/organizations/service_accounts", DirectoryList::kAnthropicServiceAccounts);
    serve_list("/v1/user_profiles", DirectoryList::kAnthropicProfiles);
    serve_spend();
    serve_gateway("/key/list", "size", GatewayList::kKeys);
    serve_gateway("/user/list", "page_size", GatewayList::kUsers);
    serve_gateway("/v2/team/list", "page_size", GatewayList::kTeams);
    serve_gateway("/customer/list", "page_size", GatewayList::kCustomers);
    for (const Route& route : kRoutes) {
      serve(route.path,
            [this, page = route.page](const PageRequest& request, const PageState& state) {
              return page(options_.model, request, state);
            });
    }
  }

  Result<void> bind() {
    const ListenAddress& address = options_.address;
    port_ = address.port;
    const bool bound = address.port == 0
                           ? (port_ = server_.bind_to_any_port(address.host.c_str())) > 0
                           : server_.bind_to_port(address.host.c_str(), address.port);
    if (bound) return {};
    return fail(ErrorCode::kUnavailable, "cannot listen at " + address.host + ":" +
                                             std::to_string(address.port) +
                                             ": another program may have it");
  }

  int port() const override { return port_; }

  Result<void> run(const std::stop_token& stop) override {
    const std::stop_callback end(stop, [this] {
      stopped_ = true;
      server_.stop();
    });
    if (stop.stop_requested() || server_.listen_after_bind()) return {};
    return fail(ErrorCode::kUnavailable, "the provider stopped listening");
  }

 private:
  using MakePage = std::function<Result<std::string>(const PageRequest&, const PageState&)>;

  void serve(const std::string& path, MakePage make_page) {
    server_.Get(path, [this, make_page = std::move(make_page)](const httplib::Request& request,
                                                               httplib::Response& response) {
      answer(request, response, make_page);
    });
  }

  void serve_report(const std::string& path, UsageReport report) {
    serve(
        path,
        [this, report](const PageRequest& request, const PageState& state) -> Result<std::string> {
          const auto asked = read_report_request(request, report, state.now);
          if (!asked) {
            return fail(ErrorCode::kInvalidInput, "a parameter is missing or out of range");
          }
          return report_page(options_.model, *asked,
                             {state.now, state.mode, state.asked, state.most});
        });
  }

  void serve_list(const std::string& path, DirectoryList list) {
    serve(path, [this, list](const PageRequest& request, const PageState& state) {
      DirectoryRequest asked;
      asked.list = list;
      asked.project = request.entry;
      for (const char* const name : {"after", "after_id", "page"}) {
        if (request.params.contains(name)) asked.after = text_in(request, name);
      }
      asked.limit = number_in(request, "limit").value_or(asked.limit);
      return directory_page(options_.model, asked, state.mode, state.asked, state.most);
    });
  }

  void serve_spend() {
    serve("/spend/logs/v2",
          [this](const PageRequest& request, const PageState& state) -> Result<std::string> {
            const auto from = spend_time_in(request, "start_date");
            const auto to = spend_time_in(request, "end_date");
            if (!from || !to) {
              return fail(ErrorCode::kInvalidInput, "a date is not written YYYY-MM-DD HH:MM:SS");
            }
            return spend_page(options_.model, {*from, *to}, paging_in(request, "page_size"), state);
          });
  }

  void serve_gateway(const std::string& path, const char* size, GatewayList list) {
    serve(path, [this, size, list](const PageRequest& request, const PageState& state) {
      return gateway_list(options_.model, list, paging_in(request, size), state);
    });
  }

  /// A bearer token; of Anthropic a key, too, of Langfuse a pair of them.
  static bool is_allowed(const httplib::Request& request, Vendor vendor) {
    const std::string brought = request.get_header_value("Authorization");
    if (vendor == Vendor::kAnthropic && request.has_header("x-api-key")) return true;
    return brought.rfind(vendor == Vendor::kLangfuse ? "Basic " : "Bearer ", 0) == 0;
  }

  PageState state_for(const httplib::Request& request, std::int64_t before) {
    PageState state{options_.now(), options_.mode, before, options_.most_buckets, 0};
    if (options_.mode == kLate || options_.mode == kRestated) {
      const std::scoped_lock lock(mutex_);
      state.again = targets_[request.target]++;
    }
    return state;
  }

  void answer(const httplib::Request& request, httplib::Response& response,
              const MakePage& make_page) {
    const std::int64_t before = asked_++;
    const Vendor vendor = vendor_of(request.path);
    response.set_header("Date", http_date(shown_time()));
    if (!is_allowed(request, vendor)) {
      refuse(vendor, response, 401, "invalid_api_key", "bring a key");
      return;
    }
    if (vendor == Vendor::kAnthropic && request.get_header_value("anthropic-version").empty()) {
      refuse(vendor, response, 400, "", "the header anthropic-version is required");
      return;
    }
    if (request.path.starts_with("/v1/organizations/analytics/") &&
        request.get_header_value("anthropic-beta").empty()) {
      refuse(vendor, response, 400, "", "the header anthropic-beta is required");
      return;
    }
    if (answer_with_status(request, vendor, response, before) ||
        answer_with_bytes(vendor, response)) {
      return;
    }
    PageRequest asked{request.params, request.matches.size() > 1 ? request.matches[1].str() : ""};
    const Result<std::string> page = make_page(asked, state_for(request, before));
    if (!page) {
      const int status = page.error().code == ErrorCode::kNotFound ? 404 : 400;
      refuse(vendor, response, status, "invalid_value", page.error().message);
    } else if (options_.mode == kCut) {
      send_half(*page, content_type_of(vendor), response);
    } else {
      response.set_content(*page, content_type_of(vendor));
    }
  }

  [[nodiscard]] UtcTime shown_time() const {
    const Duration ten{10 * kMinute.us};
    const UtcTime now = options_.now();
    if (options_.mode == kClockAhead) return now + ten;
    return options_.mode == kClockBehind ? now - ten : now;
  }

  static void refuse(Vendor vendor, httplib::Response& response, int status,
                     const std::string& code, const std::string& message,
                     const std::string& param = {}) {
    response.status = status;
    response.set_content(error_body(vendor, status, code, message, param), content_type_of(vendor));
  }

  /// Modes that a status is all of. False: the request is to be answered.
  bool answer_with_status(const httplib::Request& request, Vendor vendor,
                          httplib::Response& response, std::int64_t before) {
    const auto limit = [&](const std::string& wait) {
      refuse(vendor, response, 429, "rate_limit_exceeded", "slow down");
      if (!wait.empty()) response.set_header("Retry-After", wait);
      return true;
    };
    switch (options_.mode) {
      case kRateLimited:
        return before % 3 == 0 && limit("1");
      case kRateLimitedBare:
        return before % 3 == 0 && limit("");
      case kAbsurdWait:
        return limit(std::to_string(kAbsurdSeconds));
      case kNoQuota:
        refuse(vendor, response, 429, "insufficient_quota", "no more");
        return true;
      case kDenied:
        if (vendor == Vendor::kNewApi) return false;  // its page says so, and its status does not
        refuse(vendor, response, 401, "invalid_api_key", "no");
        return true;
      case kFlaky:
        if (before % 2 == 0) refuse(vendor, response, 500, "server_error", "try again");
        return before % 2 == 0;
      case kFailing:
        refuse(vendor, response, 503, "server_error", "try again");
        return true;
      case kForgetsTokens:
        if (has_token(request) && !forgot_.exchange(true)) {
          refuse(vendor, response, 400, "invalid_value", "no such page");
          return true;
        }
        return false;
      case kNoKeys:
        if (!groups_by_key(request)) return false;
        refuse(vendor, response, 400, "", "it cannot be grouped by api_key_id", "group_by");
        return true;
      case kRedirect:
        response.set_redirect("http://localhost:" + std::to_string(port_) + request.path);
        return true;
      default:
        return false;
    }
  }

  /// Modes that a body is all of. False: there is to be a page.
  bool answer_with_bytes(Vendor vendor, httplib::Response& response) {
    switch (options_.mode) {
      case kSlowLoris:
        response.set_content_provider(std::size_t{1} << 30U, content_type_of(vendor),
                                      [this](std::size_t, std::size_t, httplib::DataSink& sink) {
                                        std::this_thread::sleep_for(std::chrono::milliseconds(100));
                                        return !stopped_ && sink.write(" ", 1);
                                      });
        return true;
      case kGzipBomb:
        response.set_header("Content-Encoding", "gzip");
        response.set_content(bomb(), "application/octet-stream");
        return true;
      case kDeepJson:
        response.set_content(R"({"object":"page","data":)" + std::string(100'000, '['),
                             content_type_of(vendor));
        return true;
      default:
        return false;
    }
  }

  const std::string& bomb() {
    static const std::string bytes = make_gzip_bomb(kBombBytes);
    return bytes;
  }

  /// More bytes are announced than come.
  static void send_half(const std::string& page, const char* type, httplib::Response& response) {
    response.set_content_provider(page.size(), type,
                                  [half = page.substr(0, page.size() / 2)](
                                      std::size_t offset, std::size_t, httplib::DataSink& sink) {
                                    if (offset == 0 && sink.write(half.data(), half.size()))
                                      return true;
                                    return false;
                                  });
  }

  ProviderOptions options_;
  httplib::Server server_;
  int port_ = 0;
  std::atomic<std::int64_t> asked_ = 0;
  std::atomic<bool> forgot_ = false;
  std::atomic<bool> stopped_ = false;
  std::mutex mutex_;
  std::map<std::string, std::int64_t> targets_;  ///< times that each was asked for
};

}  // namespace

Result<std::unique_ptr<ProviderServer>> ProviderServer::listen(ProviderOptions options) {
  auto server = std::make_unique<HttplibProvider>(std::move(options));
  if (auto bound = server->bind(); !bound) return tl::unexpected(bound.error());
  return server;
}

}  // namespace tidewaiter
