#include "policies/model/json_member.h"

#include <nlohmann/json.hpp>

namespace tidewaiter {

std::optional<std::string> text_member(const nlohmann::json& object, const char* name) {
  if (!object.is_object()) return std::nullopt;
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::optional<std::int64_t> number_member(const nlohmann::json& object, const char* name) {
  if (!object.is_object()) return std::nullopt;
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<std::int64_t>();
}

std::optional<Digest> digest_member(const nlohmann::json& object, const char* name) {
  const std::string text = text_member(object, name).value_or("");
  const Result<Digest> digest = digest_from_hex(text);
  return digest && to_hex(*digest) == text ? std::optional(*digest) : std::nullopt;
}

}  // namespace tidewaiter
