#include "daemon/lsp/json_access.h"

#include <nlohmann/json.hpp>

namespace tidewaiter {

const nlohmann::json* member(const nlohmann::json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
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
