#include "daemon/sources/contract/key_walk.h"

#include <algorithm>
#include <array>

namespace tidewaiter {
namespace {

constexpr std::size_t kLongestWalkId = 128;

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
  return !id.empty() && id.size() <= kLongestWalkId && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

std::string to_text(const KeyWalk& walk) {
  std::string text = walk.after_project + "." + walk.after_key + ".";
  for (const std::string& project : walk.projects) text += project + ".";
  return text;
}

std::optional<KeyWalk> key_walk_from_text(std::string_view text) {
  KeyWalk walk;
  for (std::string* const id : {&walk.after_project, &walk.after_key}) {
    const std::optional<std::string_view> part = take_part(text);
    if (!part || (!part->empty() && !is_walk_id(*part))) return std::nullopt;
    *id = *part;
  }
  while (!text.empty()) {
    const std::optional<std::string_view> part = take_part(text);
    if (!part || !is_walk_id(*part)) return std::nullopt;
    walk.projects.emplace_back(*part);
  }
  return walk;
}

}  // namespace tidewaiter
