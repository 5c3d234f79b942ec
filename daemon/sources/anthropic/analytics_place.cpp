#include "daemon/sources/anthropic/analytics_place.h"

#include <utility>

#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

using Json = nlohmann::json;

template <class Value, std::size_t N>
Json nullable(const std::array<std::optional<Value>, N>& values) {
  Json out = Json::array();
  for (const auto& value : values) out.push_back(value ? Json(*value) : Json(nullptr));
  return out;
}

template <class Value, std::size_t N>
void read_nullable(const Json& json, std::array<std::optional<Value>, N>& values) {
  for (std::size_t i = 0; i < N; ++i) {
    if (!json.at(i).is_null()) values[i] = json[i].get<Value>();
  }
}

}  // namespace

std::string to_text(const AnalyticsPlace& place) {
  Json out = {{"page", place.page}};
  if (place.bucket) out["bucket"] = place.bucket->us;
  for (const auto& [party, figures] : place.held) {
    out["held"].push_back({nullable(party), nullable(figures)});
  }
  return out.dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::optional<AnalyticsPlace> analytics_place_from_text(std::string_view text) try {
  const Json json = Json::parse(text);
  AnalyticsPlace place;
  place.page = json.at("page").get<std::string>();
  if (json.contains("bucket")) place.bucket = UtcTime{json["bucket"].get<std::int64_t>()};
  for (const Json& row : json.value("held", Json::array())) {
    AnalyticsParty party;
    AnalyticsFigures figures;
    read_nullable(row.at(0), party);
    read_nullable(row.at(1), figures);
    place.held.emplace(std::move(party), figures);
  }
  return place;
} catch (const Json::exception&) {
  return std::nullopt;
}

}  // namespace tidewaiter
