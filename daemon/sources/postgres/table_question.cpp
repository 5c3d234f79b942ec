#include "daemon/sources/postgres/table_question.h"

#include <charconv>
#include <utility>

#include <nlohmann/json.hpp>

namespace tidewaiter {

std::string to_text(const TablePlace& place) {
  return std::to_string(place.time_us) + "." + place.id;
}

TablePlace table_place_from_text(std::string_view text) {
  TablePlace place;
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return {};
  const char* const end = text.data() + dot;
  const auto [stop, problem] = std::from_chars(text.data(), end, place.time_us);
  if (problem != std::errc() || stop != end) return {};
  place.id = text.substr(dot + 1);
  return place.id.empty() ? TablePlace{} : place;
}

HttpRequest to_request(const TableQuestion& question, std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  const nlohmann::json body = {{"endpoint", question.endpoint},
                               {"from", question.window.from.us},
                               {"to", question.window.to.us},
                               {"after", question.after.time_us},
                               {"id", question.after.id}};
  request.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return request;
}

Result<TableQuestion> table_question_of(const HttpRequest& request) {
  const nlohmann::json body = nlohmann::json::parse(request.body, nullptr, false);
  TableQuestion question;
  const auto number = [&body](const char* name, std::int64_t& out) {
    const auto found = body.find(name);
    if (found == body.end() || !found->is_number_integer()) return false;
    out = found->get<std::int64_t>();
    return true;
  };
  const auto text = [&body](const char* name, std::string& out) {
    const auto found = body.find(name);
    if (found == body.end() || !found->is_string()) return false;
    out = found->get<std::string>();
    return true;
  };
  if (!body.is_object() || !number("from", question.window.from.us) ||
      !number("to", question.window.to.us) || !number("after", question.after.time_us) ||
      !text("endpoint", question.endpoint) || !text("id", question.after.id)) {
    return fail(ErrorCode::kInvalidInput, "the request is no question for a table");
  }
  return question;
}

}  // namespace tidewaiter
