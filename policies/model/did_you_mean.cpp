#include "policies/model/did_you_mean.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

/// Words longer than this are never near each other: it bounds the work on hostile input.
constexpr std::size_t kMaxWord = 64;

/// Optimal string alignment distance: insertions, deletions, substitutions and swaps of
/// neighbours, no part edited twice; `most` + 1 for any greater one, so that only the places near
/// the diagonal are looked at. Source: L. Boytsov, "Indexing methods for approximate dictionary
/// searching", 2011, section 2.2. Both of at most kMaxWord bytes.
std::size_t distance(std::string_view a, std::string_view b, std::size_t most) {
  const std::size_t apart = a.size() < b.size() ? b.size() - a.size() : a.size() - b.size();
  if (apart > most) return most + 1;
  using Row = std::array<std::size_t, kMaxWord + 2>;
  Row before{};
  Row previous{};
  Row row{};
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = std::min(j, most + 1);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    const std::size_t first = i > most ? i - most : 1;
    const std::size_t last = std::min(b.size(), i + most);
    row[first - 1] = first == 1 ? std::min(i, most + 1) : most + 1;
    for (std::size_t j = first; j <= last; ++j) {
      const std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({previous[j] + 1, row[j - 1] + 1, previous[j - 1] + cost, most + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    row[last + 1] = most + 1;  // beyond the places that count
    std::swap(before, previous);
    std::swap(previous, row);
  }
  return std::min(previous[b.size()], most + 1);
}

bool is_same_but_for_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return ascii_lower(c); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

struct Nearest {
  std::optional<std::string> candidate;
  bool alone = true;  ///< no other candidate is as near
};

Nearest find_nearest(std::string_view word, std::span<const std::string_view> candidates) {
  Nearest nearest;
  if (word.empty() || word.size() > kMaxWord) return nearest;
  std::size_t best = word.size() < 5 ? 1 : 2;
  bool found_same_letters = false;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > kMaxWord || candidate == word) continue;
    // Nothing is nearer than the same letters in the other case, nor as near.
    const bool same_letters = is_same_but_for_case(word, candidate);
    if (!same_letters && found_same_letters) continue;
    const std::size_t d = same_letters ? 0 : distance(word, candidate, best);
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
  const bool certain = distance(word, *near, 1) == 1 &&
                       (word.size() >= 5 || has_same_letters(std::string(word), *near));
  return certain ? near : std::nullopt;
}

}  // namespace tidewaiter
