#include "daemon/lsp/json_access.h"

#include <nlohmann/json.hpp>

namespace tidewaiter {

const nlohmann::json* member(const nlohmann::json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

std::optional<std::string> text_member(const nlohmann::json& object, const char* name) {
  const nlohmann::json* value = member(object, name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return value->get<std::string>();
}

std::optional<std::int64_t> number_member(const nlohmann::json& object, const char* name) {
  const nlohmann::json* value = member(object, name);
  if (value == nullptr || !value->is_number_integer()) return std::nullopt;
  return value->get<std::int64_t>();
}

std::optional<LspPosition> position_member(const nlohmann::json& object, const char* name) {
  const nlohmann::json* value = member(object, name);
  if (value == nullptr) return std::nullopt;
  const auto line = number_member(*value, "line");
  const auto character = number_member(*value, "character");
  if (!line || !character || *line < 0 || *character < 0) return std::nullopt;
  return LspPosition{*line, *character};
}

}  // namespace tidewaiter
