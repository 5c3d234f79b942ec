#include "daemon/sources/contract/contract_cursor.h"

#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

using Json = nlohmann::json;

constexpr int kCursorVersion = 1;

Json feed_json(const FeedState& state) {
  Json out = {{"query", state.query}, {"since", state.since.us}, {"watermark", state.watermark.us}};
  if (state.at) out["at"] = state.at->us;
  if (state.window) out["window"] = {state.window->from.us, state.window->to.us};
  if (!state.token.empty()) out["token"] = state.token;
  if (state.page > 0) out["page"] = state.page;
  if (state.cuts > 0) out["cuts"] = state.cuts;
  if (state.swept) out["swept"] = state.swept->us;
  if (state.own > 0) out["own"] = state.own;
  if (state.page > 0 && state.counted) {
    out["good"] = state.good;
    out["bad"] = state.bad;
  }
  if (state.whole_to) out["whole_to"] = state.whole_to->us;
  return out;
}

FeedState feed_of(const Json& json) {
  FeedState state;
  state.query = json.at("query").get<std::string>();
  state.since = {json.at("since").get<std::int64_t>()};
  state.watermark = {json.at("watermark").get<std::int64_t>()};
  if (json.contains("at")) state.at = UtcTime{json["at"].get<std::int64_t>()};
  if (json.contains("window")) {
    state.window = Interval{{json["window"].at(0).get<std::int64_t>()},
                            {json["window"].at(1).get<std::int64_t>()}};
  }
  state.token = json.value("token", "");
  state.page = json.value("page", std::int64_t{0});
  state.cuts = json.value("cuts", std::int64_t{0});
  if (json.contains("swept")) state.swept = UtcTime{json["swept"].get<std::int64_t>()};
  state.own = json.value("own", std::int64_t{0});
  if (json.contains("whole_to")) state.whole_to = UtcTime{json["whole_to"].get<std::int64_t>()};
  if (state.page == 0) return state;
  state.counted = json.contains("good");
  state.good = json.value("good", std::int64_t{0});
  state.bad = json.value("bad", std::int64_t{0});
  return state;
}

}  // namespace

std::string to_text(const ContractCursor& cursor) {
  Json out = {{"version", kCursorVersion},
              {"feeds", Json::object()},
              {"pages", cursor.pages},
              {"retries", cursor.retries},
              {"skew", cursor.skew.us}};
  for (const auto& [name, state] : cursor.feeds) out["feeds"][name] = feed_json(state);
  for (const auto& [name, state] : cursor.backfill) out["backfill"][name] = feed_json(state);
  if (cursor.stated) out["stated"] = cursor.stated->us;
  if (cursor.part > 0) out["part"] = cursor.part;
  // A token is the server's text, and need not be UTF-8.
  return out.dump(-1, ' ', true, Json::error_handler_t::replace);
}

Result<ContractCursor> contract_cursor_from_text(std::string_view text) try {
  const Json json = Json::parse(text);
  if (json.at("version").get<int>() != kCursorVersion) {
    return fail(ErrorCode::kUnsupported, "the source's cursor was written by a newer version");
  }
  ContractCursor cursor;
  for (const auto& [name, state] : json.at("feeds").items()) {
    cursor.feeds.emplace(name, feed_of(state));
  }
  if (json.contains("backfill")) {
    for (const auto& [name, state] : json["backfill"].items()) {
      cursor.backfill.emplace(name, feed_of(state));
    }
  }
  if (json.contains("stated")) cursor.stated = UtcTime{json["stated"].get<std::int64_t>()};
  cursor.pages = json.at("pages").get<std::int64_t>();
  cursor.part = json.value("part", std::int64_t{0});
  cursor.retries = json.value("retries", std::int64_t{0});
  cursor.skew = {json.value("skew", std::int64_t{0})};
  return cursor;
} catch (const Json::exception&) {
  return fail(ErrorCode::kCorruption, "the source's cursor cannot be read");
}

}  // namespace tidewaiter
