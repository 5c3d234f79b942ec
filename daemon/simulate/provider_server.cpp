#include "daemon/simulate/provider_server.h"

#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <ctime>
#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <httplib.h>
#include <nlohmann/json.hpp>
#include <zlib.h>

#include "daemon/simulate/directory_page.h"
#include "daemon/simulate/gateway_page.h"
#include "daemon/simulate/report_page.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;
using enum HostileMode;

constexpr const char* kJson = "application/json";
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

/// `size` zero digits, compressed piece by piece.
std::string make_bomb(std::size_t size) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    return {};
  }
  std::string piece(std::size_t{1} << 20U, '0');
  std::string out;
  std::string buffer(std::size_t{64} << 10U, '\0');
  for (std::size_t done = 0; done < size; done += piece.size()) {
    stream.next_in = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_in = static_cast<uInt>(piece.size());
    const int flush = done + piece.size() >= size ? Z_FINISH : Z_NO_FLUSH;
    do {
      stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
      stream.avail_out = static_cast<uInt>(buffer.size());
      deflate(&stream, flush);
      out.append(buffer.data(), buffer.size() - stream.avail_out);
    } while (stream.avail_out == 0);
  }
  deflateEnd(&stream);
  return out;
}

/// Whose words a request is answered in: Anthropic's admin API lies under `organizations`.
bool speaks_anthropic(const httplib::Request& request) {
  return request.path.rfind("/v1/organizations/", 0) == 0;
}

/// The type that Anthropic's errors have at a status.
const char* anthropic_type(int status) {
  switch (status) {
    case 401:
      return "authentication_error";
    case 404:
      return "not_found_error";
    case 429:
      return "rate_limit_error";
    case 500:
    case 503:
      return "api_error";
    default:
      return "invalid_request_error";
  }
}

std::string error_body(bool anthropic, int status, const std::string& code,
                       const std::string& message) {
  if (anthropic) {
    return Json{{"type", "error"},
                {"error", {{"type", anthropic_type(status)}, {"message", message}}}}
        .dump();
  }
  const Json error = {
      {"message", message}, {"type", "invalid_request_error"}, {"param", nullptr}, {"code", code}};
  return Json{{"error", error}}.dump();
}

std::optional<std::int64_t> number_in(const httplib::Request& request, const char* name) {
  const std::string text = request.get_param_value(name);
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, number);
  if (text.empty() || problem != std::errc() || stop != end) return std::nullopt;
  return number;
}

/// An instant of a request: OpenAI's in seconds, Anthropic's as RFC 3339 has it.
std::optional<UtcTime> time_in(const httplib::Request& request, const char* seconds,
                               const char* text) {
  if (speaks_anthropic(request)) {
    const Result<UtcTime> time = parse_time(request.get_param_value(text));
    if (!time || !is_record_time(*time)) return std::nullopt;
    return *time;
  }
  constexpr std::int64_t kLast = kRecordTimes.to.us / kSecond.us;
  const auto number = number_in(request, seconds);
  if (!number || *number < 0 || *number > kLast) return std::nullopt;
  return UtcTime{*number * kSecond.us};
}

/// A time as LiteLLM takes it, and in no other form.
std::optional<UtcTime> spend_time_in(const httplib::Request& request, const char* name) {
  const std::string text = request.get_param_value(name);
  constexpr std::size_t kLength = std::string_view("2026-11-23 12:00:00").size();
  if (text.size() != kLength || text[10] != ' ') return std::nullopt;
  const Result<UtcTime> time = parse_time(text, true);
  if (!time || !is_record_time(*time)) return std::nullopt;
  return *time;
}

GatewayPaging paging_in(const httplib::Request& request, const char* size) {
  GatewayPaging paging;
  paging.page = number_in(request, "page").value_or(paging.page);
  paging.size = number_in(request, size).value_or(paging.size);
  return paging;
}

std::optional<ReportRequest> read_report_request(const httplib::Request& request, Report report,
                                                 UtcTime now) {
  static const std::map<std::string, Duration> kWidths = {
      {"", kDay}, {"1m", kMinute}, {"1h", kHour}, {"1d", kDay}};
  ReportRequest asked;
  asked.report = report;
  const auto start = time_in(request, "start_time", "starting_at");
  const auto width = kWidths.find(request.get_param_value("bucket_width"));
  if (!start || width == kWidths.end()) return std::nullopt;
  if (is_costs(report) && width->second != kDay) return std::nullopt;
  asked.start = *start;
  asked.end = now;
  if (request.has_param("end_time") || request.has_param("ending_at")) {
    const auto end = time_in(request, "end_time", "ending_at");
    if (!end) return std::nullopt;
    asked.end = *end;
  }
  asked.width = width->second;
  if (request.has_param("limit")) {
    const auto limit = number_in(request, "limit");
    if (!limit || *limit < 1) return std::nullopt;
    asked.limit = *limit;
  }
  asked.page = request.get_param_value("page");
  for (const auto& [name, value] : request.params) {
    if (name == "group_by" || name == "group_by[]") asked.group_by.push_back(value);
    if (name != "page") asked.query += name + "=" + value + "&";
  }
  return asked;
}

class HttplibProvider : public ProviderServer {
 public:
  explicit HttplibProvider(ProviderOptions options) : options_(std::move(options)) {
    serve_report("/v1/organization/usage/completions", Report::kOpenAiUsage);
    serve_report("/v1/organization/costs", Report::kOpenAiCosts);
    serve_report("/v1/organizations/usage_report/messages", Report::kAnthropicUsage);
    serve_report("/v1/organizations/cost_report", Report::kAnthropicCosts);
    serve_list("/v1/organization/users", DirectoryList::kOpenAiUsers);
    serve_list("/v1/organization/projects", DirectoryList::kOpenAiProjects);
    serve_list("/v1/organization/projects/([A-Za-z0-9_-]+)/api_keys",
               DirectoryList::kOpenAiProjectKeys);
    serve_list("/v1/organization/admin_api_keys", DirectoryList::kOpenAiAdminKeys);
    serve_list("/v1/organizations/users", DirectoryList::kAnthropicUsers);
    serve_list("/v1/organizations/workspaces", DirectoryList::kAnthropicWorkspaces);
    serve_list("/v1/organizations/api_keys", DirectoryList::kAnthropicKeys);
    serve_spend();
    serve_gateway("/key/list", "size", GatewayList::kKeys);
    serve_gateway("/user/list", "page_size", GatewayList::kUsers);
    serve_gateway("/v2/team/list", "page_size", GatewayList::kTeams);
    serve_gateway("/customer/list", "page_size", GatewayList::kCustomers);
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
  using MakePage = std::function<Result<std::string>(const httplib::Request&, std::int64_t before)>;

  void serve(const std::string& path, MakePage make_page) {
    server_.Get(path, [this, make_page = std::move(make_page)](const httplib::Request& request,
                                                               httplib::Response& response) {
      answer(request, response, make_page);
    });
  }

  void serve_report(const std::string& path, Report report) {
    serve(path,
          [this, report](const httplib::Request& request,
                         std::int64_t before) -> Result<std::string> {
            const auto asked = read_report_request(request, report, options_.now());
            if (!asked) {
              return fail(ErrorCode::kInvalidInput, "a parameter is missing or out of range");
            }
            return report_page(options_.model, *asked,
                               {options_.now(), options_.mode, before, options_.most_buckets});
          });
  }

  void serve_list(const std::string& path, DirectoryList list) {
    serve(
        path,
        [this, list](const httplib::Request& request, std::int64_t before) -> Result<std::string> {
          DirectoryRequest asked;
          asked.list = list;
          if (request.matches.size() > 1) asked.project = request.matches[1];
          asked.after = request.get_param_value(speaks_anthropic(request) ? "after_id" : "after");
          asked.limit = number_in(request, "limit").value_or(asked.limit);
          return directory_page(options_.model, asked, options_.mode, before,
                                options_.most_buckets);
        });
  }

  [[nodiscard]] GatewayState gateway_state(std::int64_t before) const {
    return {options_.now(), options_.mode, before, options_.most_buckets};
  }

  void serve_spend() {
    serve("/spend/logs/v2",
          [this](const httplib::Request& request, std::int64_t before) -> Result<std::string> {
            const auto from = spend_time_in(request, "start_date");
            const auto to = spend_time_in(request, "end_date");
            if (!from || !to) {
              return fail(ErrorCode::kInvalidInput, "a date is not written YYYY-MM-DD HH:MM:SS");
            }
            return spend_page(options_.model, {*from, *to}, paging_in(request, "page_size"),
                              gateway_state(before));
          });
  }

  void serve_gateway(const std::string& path, const char* size, GatewayList list) {
    serve(path, [this, size, list](const httplib::Request& request, std::int64_t before) {
      return gateway_list(options_.model, list, paging_in(request, size), gateway_state(before));
    });
  }

  /// A bearer token; of Anthropic, a key and a version.
  static bool is_allowed(const httplib::Request& request) {
    if (!speaks_anthropic(request)) {
      return request.get_header_value("Authorization").rfind("Bearer ", 0) == 0;
    }
    return !request.get_header_value("x-api-key").empty();
  }

  void answer(const httplib::Request& request, httplib::Response& response,
              const MakePage& make_page) {
    const std::int64_t before = asked_++;
    response.set_header("Date", http_date(shown_time()));
    if (!is_allowed(request)) {
      refuse(request, response, 401, "invalid_api_key", "bring a key");
      return;
    }
    if (speaks_anthropic(request) && request.get_header_value("anthropic-version").empty()) {
      refuse(request, response, 400, "", "the header anthropic-version is required");
      return;
    }
    if (answer_with_status(request, response, before) || answer_with_bytes(response)) return;
    const Result<std::string> page = make_page(request, before);
    if (!page) {
      const int status = page.error().code == ErrorCode::kNotFound ? 404 : 400;
      refuse(request, response, status, "invalid_value", page.error().message);
    } else if (options_.mode == kCut) {
      send_half(*page, response);
    } else {
      response.set_content(*page, kJson);
    }
  }

  [[nodiscard]] UtcTime shown_time() const {
    const Duration ten{10 * kMinute.us};
    const UtcTime now = options_.now();
    if (options_.mode == kClockAhead) return now + ten;
    return options_.mode == kClockBehind ? now - ten : now;
  }

  static void refuse(const httplib::Request& request, httplib::Response& response, int status,
                     const std::string& code, const std::string& message) {
    response.status = status;
    response.set_content(error_body(speaks_anthropic(request), status, code, message), kJson);
  }

  static bool has_token(const httplib::Request& request) {
    // The first page of a gateway has a number, too.
    return request.get_param_value("page") != "1" &&
           (request.has_param("page") || request.has_param("after") ||
            request.has_param("after_id"));
  }

  /// Modes that a status is all of. False: the request is to be answered.
  bool answer_with_status(const httplib::Request& request, httplib::Response& response,
                          std::int64_t before) {
    const auto limit = [&](const std::string& wait) {
      refuse(request, response, 429, "rate_limit_exceeded", "slow down");
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
        refuse(request, response, 429, "insufficient_quota", "no more");
        return true;
      case kDenied:
        refuse(request, response, 401, "invalid_api_key", "no");
        return true;
      case kFlaky:
        if (before % 2 == 0) refuse(request, response, 500, "server_error", "try again");
        return before % 2 == 0;
      case kFailing:
        refuse(request, response, 503, "server_error", "try again");
        return true;
      case kForgetsTokens:
        if (has_token(request) && !forgot_.exchange(true)) {
          refuse(request, response, 400, "invalid_value", "no such page");
          return true;
        }
        return false;
      case kRedirect:
        response.set_redirect("http://localhost:" + std::to_string(port_) + request.path);
        return true;
      default:
        return false;
    }
  }

  /// Modes that a body is all of. False: there is to be a page.
  bool answer_with_bytes(httplib::Response& response) {
    switch (options_.mode) {
      case kSlowLoris:
        response.set_content_provider(std::size_t{1} << 30U, kJson,
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
        response.set_content(R"({"object":"page","data":)" + std::string(100'000, '['), kJson);
        return true;
      default:
        return false;
    }
  }

  const std::string& bomb() {
    static const std::string bytes = make_bomb(kBombBytes);
    return bytes;
  }

  /// More bytes are announced than come.
  static void send_half(const std::string& page, httplib::Response& response) {
    response.set_content_provider(page.size(), kJson,
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
};

}  // namespace

Result<std::unique_ptr<ProviderServer>> ProviderServer::listen(ProviderOptions options) {
  auto server = std::make_unique<HttplibProvider>(std::move(options));
  if (auto bound = server->bind(); !bound) return tl::unexpected(bound.error());
  return server;
}

}  // namespace tidewaiter
