#include "daemon/sources/http_json/json_feed.h"

#include <algorithm>
#include <charconv>

#include "daemon/sources/contract/row_pace.h"
#include "daemon/sources/http_json/json_page.h"
#include "daemon/sources/http_json/link_header.h"
#include "policies/language/expression.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kMostListPages = 10'000;

std::string written_time(UtcTime time, JsonListing::TimeForm form) {
  if (form == JsonListing::TimeForm::kSeconds) return std::to_string(time.us / kSecond.us);
  if (form == JsonListing::TimeForm::kMilliseconds) return std::to_string(time.us / 1000);
  return format_time(time);
}

/// The page that a token names; that of the empty token is the first.
std::int64_t numbered_page(const JsonListing& listing, std::string_view token) {
  std::int64_t number = 0;
  const char* const end = token.data() + token.size();
  const auto [stop, problem] = std::from_chars(token.data(), end, number);
  constexpr std::int64_t kLastPage = 1'000'000'000;
  const bool good = problem == std::errc() && stop == end && number >= 0 && number < kLastPage;
  return good ? number : listing.first;
}

void add_parameter(std::string& url, std::string_view name, std::string_view value) {
  url += url.find('?') == std::string::npos ? '?' : '&';
  url += percent_encoded(name) + "=" + percent_encoded(value);
}

}  // namespace

JsonFeed::JsonFeed(const SourceConfig& config) : config_(config) {}

/// All that decides which records come; how pages are asked for does not.
std::string JsonFeed::series() const {
  std::string text = "rows " + std::string(kind_name(config_.record));
  if (!config_.mapping || !config_.listing) return text;
  const Mapping& mapping = *config_.mapping;
  text += "\n" + config_.listing->rows + "\n" + config_.listing->id;
  for (std::size_t i = 0; i < mapping.columns.size(); ++i) {
    text += "\n" + mapping.columns[i].name + " " + std::string(type_name(mapping.columns[i].type));
    if (i < mapping.pointers.size()) text += " " + mapping.pointers[i];
  }
  for (const std::optional<Expr>& expr : {mapping.where, mapping.duration, mapping.requests}) {
    text += "\n" + (expr ? to_text(*expr) : std::string());
  }
  text += "\n" + to_text(mapping.time);
  for (const auto& [id, expr] : mapping.fields) {
    text += "\n" + std::string(field(id).name) + " " + to_text(expr);
  }
  return text;
}

FeedPace JsonFeed::pace() const {
  return row_pace(Duration{5 * kMinute.us}, config_.contract->overlap, kMostListPages);
}

HttpRequest JsonFeed::ask(const FeedQuestion& question) const {
  HttpRequest request;
  request.method = HttpMethod::kGet;
  request.headers = {{"Accept", "application/json"}};
  request.url = config_.contract->url;
  if (!config_.listing) return request;
  const JsonListing& listing = *config_.listing;
  if (listing.paging == JsonListing::Paging::kLink && !question.token.empty()) {
    // It was looked at when it came; a stored one that is none any more begins the window again.
    const auto link = same_host_link(request.url, question.token);
    if (link) {
      request.url = *link;
      return request;
    }
  }
  add_parameter(request.url, listing.from, written_time(question.window.from, listing.times));
  add_parameter(request.url, listing.to, written_time(question.window.to, listing.times));
  if (listing.paging == JsonListing::Paging::kPage) {
    add_parameter(request.url, listing.parameter,
                  std::to_string(numbered_page(listing, question.token)));
  }
  if (listing.paging == JsonListing::Paging::kCursor && !question.token.empty()) {
    add_parameter(request.url, listing.parameter, question.token);
  }
  return request;
}

bool JsonFeed::tells_path(const FeedQuestion& question) const {
  const bool by_link = config_.listing && config_.listing->paging == JsonListing::Paging::kLink;
  return !by_link || question.token.empty();
}

Result<FeedAnswer> JsonFeed::read(std::string_view body, const FeedQuestion& question) const {
  const std::int64_t page = config_.listing ? numbered_page(*config_.listing, question.token) : 0;
  return read_json_page(body, config_, question.window, page);
}

Result<FeedAnswer> JsonFeed::read_response(const HttpResponse& response,
                                           const FeedQuestion& question) const {
  Result<FeedAnswer> answer = read(response.body, question);
  const bool by_link = config_.listing && config_.listing->paging == JsonListing::Paging::kLink;
  if (!answer || !by_link) return answer;
  const std::optional<std::string> link = next_link(response.link);
  if (!link) return answer;
  Result<std::string> next = same_host_link(config_.contract->url, *link);
  if (!next) return tl::unexpected(next.error());
  answer->more = true;
  answer->next = *std::move(next);
  return answer;
}

}  // namespace tidewaiter
