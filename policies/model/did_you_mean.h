#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tidewaiter {

/// The nearest candidate within two edits (one for words under five letters), or nothing. An edit
/// inserts, deletes, replaces a byte or swaps neighbours; case is none. Of equal ones the first.
[[nodiscard]] std::optional<std::string> did_you_mean(std::string_view word,
                                                      std::span<const std::string_view> candidates);

/// As did_you_mean, but nothing if another candidate is as near: what may be put in unasked.
[[nodiscard]] std::optional<std::string> only_near(std::string_view word,
                                                   std::span<const std::string_view> candidates);

/// As only_near, but only what can hardly be meant as a word of its own: the candidate's letters in
/// another case, two neighbours of it swapped, or, in a word of five letters and more, one edit.
/// What may be put in unasked where each candidate says something else.
[[nodiscard]] std::optional<std::string> misspelling_of(
    std::string_view word, std::span<const std::string_view> candidates);

}  // namespace tidewaiter
