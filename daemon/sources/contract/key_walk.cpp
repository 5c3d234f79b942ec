#include "daemon/sources/contract/key_walk.h"

#include <algorithm>
#include <array>

namespace tidewaiter {
namespace {

constexpr std::size_t kLongestWalkId = 128;
constexpr std::size_t kLongestWalkPlace = kLongestWalkId + 32;

bool is_id_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

/// What stands up to the next dot; nothing if there is no dot.
std::optional<std::string_view> take_part(std::string_view& rest) {
  const std::size_t dot = rest.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view part = rest.substr(0, dot);
  rest.remove_prefix(dot + 1);
  return part;
}

}  // namespace

bool is_walk_id(std::string_view id) {
  return !id.empty() && id.size() <= kLongestWalkId && std::ranges::all_of(id, is_id_character);
}

bool is_walk_place(std::string_view text) {
  return !text.empty() && text.size() <= kLongestWalkPlace &&
         std::ranges::all_of(text, [](char c) { return c == '@' || is_id_character(c); });
}

std::string to_text(const KeyWalk& walk) {
  std::string text = walk.after_project + "." + walk.after_key + ".";
  for (const std::string& project : walk.projects) text += project + ".";
  return text;
}

std::optional<KeyWalk> key_walk_from_text(std::string_view text) {
  KeyWalk walk;
  const std::optional<std::string_view> place = take_part(text);
  if (!place || (!place->empty() && !is_walk_place(*place))) return std::nullopt;
  walk.after_project = *place;
  const std::optional<std::string_view> key = take_part(text);
  if (!key || (!key->empty() && !is_walk_id(*key))) return std::nullopt;
  walk.after_key = *key;
  while (!text.empty()) {
    const std::optional<std::string_view> part = take_part(text);
    if (!part || !is_walk_id(*part)) return std::nullopt;
    walk.projects.emplace_back(*part);
  }
  return walk;
}

}  // namespace tidewaiter
