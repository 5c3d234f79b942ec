#include "daemon/simulate/provider_server.h"

#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <ctime>
#include <map>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <httplib.h>
#include <nlohmann/json.hpp>
#include <zlib.h>

#include "daemon/simulate/openai_page.h"

namespace tidewaiter {
namespace {

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

std::string error_body(const std::string& code, const std::string& message) {
  const nlohmann::ordered_json error = {
      {"message", message}, {"type", "invalid_request_error"}, {"param", nullptr}, {"code", code}};
  return nlohmann::ordered_json{{"error", error}}.dump();
}

std::optional<std::int64_t> number_in(const httplib::Request& request, const char* name) {
  const std::string text = request.get_param_value(name);
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, number);
  if (text.empty() || problem != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::optional<UsagePageRequest> read_request(const httplib::Request& request, UtcTime now) {
  static const std::map<std::string, Duration> kWidths = {
      {"", kDay}, {"1m", kMinute}, {"1h", kHour}, {"1d", kDay}};
  UsagePageRequest asked;
  const auto start = number_in(request, "start_time");
  const auto width = kWidths.find(request.get_param_value("bucket_width"));
  constexpr std::int64_t kLast = kRecordTimes.to.us / kSecond.us;
  if (!start || *start < 0 || *start > kLast || width == kWidths.end()) return std::nullopt;
  const std::int64_t end = number_in(request, "end_time").value_or(now.us / kSecond.us);
  if (end < 0 || end > kLast) return std::nullopt;
  asked.start = {*start * kSecond.us};
  asked.end = {end * kSecond.us};
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
    server_.Get("/v1/organization/usage/completions",
                [this](const httplib::Request& request, httplib::Response& response) {
                  answer(request, response);
                });
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
  void answer(const httplib::Request& request, httplib::Response& response) {
    const std::int64_t before = asked_++;
    response.set_header("Date", http_date(shown_time()));
    if (request.get_header_value("Authorization").rfind("Bearer ", 0) != 0) {
      refuse(response, 401, "invalid_api_key", "bring a bearer token");
      return;
    }
    if (answer_with_status(request, response, before) || answer_with_bytes(response)) return;
    const std::optional<UsagePageRequest> asked = read_request(request, options_.now());
    if (!asked) {
      refuse(response, 400, "invalid_value", "a parameter is missing or out of range");
      return;
    }
    const UsagePageState state{options_.now(), options_.mode, before, options_.most_buckets};
    const Result<std::string> page = usage_page(options_.model, *asked, state);
    if (!page) {
      refuse(response, 400, "invalid_value", page.error().message);
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

  static void refuse(httplib::Response& response, int status, const std::string& code,
                     const std::string& message) {
    response.status = status;
    response.set_content(error_body(code, message), kJson);
  }

  /// Modes that a status is all of. False: the request is to be answered.
  bool answer_with_status(const httplib::Request& request, httplib::Response& response,
                          std::int64_t before) {
    const auto limit = [&response](const std::string& wait) {
      refuse(response, 429, "rate_limit_exceeded", "slow down");
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
        refuse(response, 429, "insufficient_quota", "no more");
        return true;
      case kDenied:
        refuse(response, 401, "invalid_api_key", "no");
        return true;
      case kFlaky:
        if (before % 2 == 0) refuse(response, 500, "server_error", "try again");
        return before % 2 == 0;
      case kFailing:
        refuse(response, 503, "server_error", "try again");
        return true;
      case kForgetsTokens:
        if (request.has_param("page") && !forgot_.exchange(true)) {
          refuse(response, 400, "invalid_value", "no such page");
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
