#include "daemon/notify/notice.h"

#include <utility>

#include <nlohmann/json.hpp>

namespace tidewaiter {

Notice make_notice(std::int64_t id, std::string key, std::string body, UtcTime at) {
  Notice notice;
  notice.id = id;
  const auto json = nlohmann::json::parse(body, nullptr, false);
  const auto member = [&json](const char* name) {
    const bool has = json.is_object() && json.contains(name) && json[name].is_string();
    return has ? json[name].get<std::string>() : std::string();
  };
  notice.type = member("type");
  notice.origin = member("origin");
  notice.text = member("text");
  notice.finding = member("finding");
  notice.policy = member("policy");
  notice.severity = member("severity");
  notice.key = std::move(key);
  notice.body = std::move(body);
  notice.at = at;
  return notice;
}

std::string as_header(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) out += c >= ' ' && c <= '~' ? c : '?';
  return out;
}

}  // namespace tidewaiter
