#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidewaiter {

/// How far a walk through all projects and the keys of each has come. It is the token of the next
/// page, so that a walk that was broken off goes on where it was.
struct KeyWalk {
  std::vector<std::string> projects;  ///< whose keys are to be read; empty: projects are asked for
  std::string after_project;          ///< the list of projects goes on there; empty: it ended
  std::string after_key;              ///< the first project's keys go on behind it
  bool operator==(const KeyWalk&) const = default;
};

/// Whether an id can stand in a walk and in the path of a request: letters, digits, `_` and `-`, at
/// most 128 of them.
[[nodiscard]] bool is_walk_id(std::string_view id);

/// Whether a text can be where the list of projects goes on: an id, or what a source makes of an id
/// and a time, which has `@` besides and is longer by 32 characters at most.
[[nodiscard]] bool is_walk_place(std::string_view text);

/// One line. All ids of `walk` are is_walk_id(), or empty where they may be; `after_project`
/// is_walk_place().
[[nodiscard]] std::string to_text(const KeyWalk& walk);
/// Nothing if the text is none that to_text() gives.
[[nodiscard]] std::optional<KeyWalk> key_walk_from_text(std::string_view text);

}  // namespace tidewaiter
