#include "daemon/sources/owners/owner_cursor.h"

#include <nlohmann/json.hpp>

namespace tidewaiter {

std::string to_text(const OwnerCursor& cursor) {
  nlohmann::json out = {
      {"version", 1},          {"query", cursor.query},         {"input", cursor.input},
      {"first", cursor.first}, {"from", cursor.from},           {"day", cursor.day},
      {"given", cursor.given}, {"bad_given", cursor.bad_given}, {"complete", cursor.complete}};
  if (cursor.stated) out["stated"] = *cursor.stated;
  return out.dump();
}

Result<OwnerCursor> owner_cursor_from_text(std::string_view text) try {
  const nlohmann::json in = nlohmann::json::parse(text);
  if (in.at("version") != 1) {
    return fail(ErrorCode::kCorruption, "the cursor has a version that is not known");
  }
  OwnerCursor cursor;
  cursor.query = in.at("query").get<std::string>();
  cursor.input = in.at("input").get<std::string>();
  cursor.first = in.at("first").get<DayNumber>();
  cursor.from = in.at("from").get<DayNumber>();
  cursor.day = in.at("day").get<DayNumber>();
  cursor.given = in.at("given").get<std::int64_t>();
  cursor.bad_given = in.at("bad_given").get<std::int64_t>();
  cursor.complete = in.at("complete").get<bool>();
  if (in.contains("stated")) cursor.stated = in["stated"].get<DayNumber>();
  return cursor;
} catch (const nlohmann::json::exception& e) {
  return fail(ErrorCode::kCorruption, std::string("the cursor cannot be read: ") + e.what());
}

}  // namespace tidewaiter
