#include "policies/model/did_you_mean.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

/// Words longer than this are never near each other: it bounds the work on hostile input.
constexpr std::size_t kMaxWord = 64;

/// Optimal string alignment distance: insertions, deletions, substitutions and swaps of
/// neighbours, no part edited twice. Source: L. Boytsov, "Indexing methods for approximate
/// dictionary searching", 2011, section 2.2.
std::size_t distance(std::string_view a, std::string_view b) {
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> before(width);
  std::vector<std::size_t> previous(width);
  std::vector<std::size_t> row(width);
  for (std::size_t j = 0; j < width; ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j < width; ++j) {
      const std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({previous[j] + 1, row[j - 1] + 1, previous[j - 1] + cost});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, previous);
    std::swap(previous, row);
  }
  return previous[b.size()];
}

struct Nearest {
  std::optional<std::string> candidate;
  bool alone = true;  ///< no other candidate is as near
};

Nearest find_nearest(std::string_view word, std::span<const std::string_view> candidates) {
  Nearest nearest;
  if (word.empty() || word.size() > kMaxWord) return nearest;
  const std::string lower = ascii_lower(word);
  std::size_t best = word.size() < 5 ? 1 : 2;
  bool found_same_letters = false;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > kMaxWord || candidate == word) continue;
    // Nothing is nearer than the same letters in the other case, nor as near.
    const bool same_letters = lower == ascii_lower(candidate);
    if (!same_letters && found_same_letters) continue;
    const std::size_t d = same_letters ? 0 : distance(word, candidate);
    found_same_letters = found_same_letters || same_letters;
    if (d < best || (d == best && !nearest.candidate)) {
      best = d;
      nearest = {std::string(candidate), true};
    } else if (d == best && candidate != *nearest.candidate) {
      nearest.alone = false;
    }
  }
  return nearest;
}

/// Two words of the same letters that are one edit apart have two neighbours swapped.
bool has_same_letters(std::string a, std::string b) {
  std::ranges::sort(a);
  std::ranges::sort(b);
  return a == b;
}

}  // namespace

std::optional<std::string> did_you_mean(std::string_view word,
                                        std::span<const std::string_view> candidates) {
  return find_nearest(word, candidates).candidate;
}

std::optional<std::string> only_near(std::string_view word,
                                     std::span<const std::string_view> candidates) {
  Nearest nearest = find_nearest(word, candidates);
  return nearest.alone ? std::move(nearest.candidate) : std::nullopt;
}

std::optional<std::string> misspelling_of(std::string_view word,
                                          std::span<const std::string_view> candidates) {
  std::optional<std::string> near = only_near(word, candidates);
  if (!near || ascii_lower(word) == ascii_lower(*near)) return near;
  const bool certain = distance(word, *near) == 1 &&
                       (word.size() >= 5 || has_same_letters(std::string(word), *near));
  return certain ? near : std::nullopt;
}

}  // namespace tidewaiter
