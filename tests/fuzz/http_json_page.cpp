#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sources/http_json/json_feed.h"
#include "policies/language/expression.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

Expr list_expression(std::string_view text, const ExprScope& scope) {
  std::vector<Diagnostic> diagnostics;
  auto expr = parse_expression(text, scope, {}, diagnostics);
  if (!expr) std::abort();
  return *std::move(expr);
}

SourceConfig list_config(JsonListing::Paging paging) {
  SourceConfig config;
  config.name = "list";
  config.format = FileFormat::kJson;
  config.contract.emplace();
  config.contract->url = "https://api.example/v1";
  config.listing.emplace();
  config.listing->rows = "/data";
  config.listing->paging = paging;
  config.listing->parameter = "p";
  config.listing->next = "/next";
  config.listing->id = "id";
  ExprScope scope;
  scope.columns = {
      {"id", ValueType::kString}, {"at", ValueType::kTimestamp}, {"n", ValueType::kInt64}};
  config.mapping = Mapping{.columns = scope.columns,
                           .pointers = {"/id", "/at", "/usage/in"},
                           .where = {},
                           .time = list_expression("at", scope),
                           .duration = std::nullopt,
                           .requests = std::nullopt,
                           .fields = {{*find_field("input_tokens"), list_expression("n", scope)}},
                           .identity_by_place = false};
  return config;
}

void check_list(const JsonFeed& feed, const HttpResponse& response) {
  const FeedQuestion question{{{1'790'121'600 * kSecond.us}, {1'790'294'400 * kSecond.us}}, {}};
  const auto answer = feed.read_response(response, question);
  if (!answer) {
    if (answer.error().code != ErrorCode::kInvalidInput) std::abort();
    return;
  }
  std::set<Digest> ids;
  for (const Record& record : answer->records) {
    if (record.time < question.window.from || record.time >= question.window.to) std::abort();
    if (!ids.insert(record.id).second) std::abort();
    std::string line;
    write_record_json(record, line);
    if (!RecordJsonReader().read(line, {})) std::abort();
  }
  const std::string url = feed.ask({question.window, answer->next}).url;
  // RFC 3986, 3.2: the authority ends before a slash, a question mark or a number sign.
  constexpr std::string_view kOrigin = "https://api.example";
  if (!url.starts_with(kOrigin)) std::abort();
  if (const std::string rest = url.substr(kOrigin.size()); rest[0] != '/' && rest[0] != '?')
    std::abort();
  if (url.find_first_of(" \"<>#") != std::string::npos) std::abort();
}

}  // namespace
}  // namespace tidewaiter

// Whatever a server answers, in its body or in its header `Link`, what is made of it holds, and
// what it goes on with is asked of the same host.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tidewaiter;
  static const JsonFeed by_cursor(list_config(JsonListing::Paging::kCursor));
  static const JsonFeed by_page(list_config(JsonListing::Paging::kPage));
  static const JsonFeed by_link(list_config(JsonListing::Paging::kLink));
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  HttpResponse response;
  response.status = 200;
  const std::size_t line = text.find('\n');
  response.link = std::string(text.substr(0, line));
  response.body = line == text.npos ? std::string() : std::string(text.substr(line + 1));
  for (const JsonFeed* const feed : {&by_cursor, &by_page, &by_link}) check_list(*feed, response);
  return 0;
}
