#include "policies/screening/name_similarity.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <memory>
#include <span>
#include <vector>

#include "policies/screening/best_assignment.h"

namespace tidewaiter {
namespace {

constexpr double kBoostAbove = 0.7;
constexpr double kBoost = 0.1;
constexpr std::size_t kLongestPrefix = 4;

/// `taken` has a place for each letter of b, all false, and `matched` one for each of a.
double jaro(std::u32string_view a, std::u32string_view b, std::span<bool> taken,
            std::span<char32_t> matched) {
  const std::size_t longer = std::max(a.size(), b.size());
  const std::size_t reach = longer / 2 > 0 ? longer / 2 - 1 : 0;
  std::size_t count = 0;  // of matched ones, in the order of a
  for (std::size_t i = 0; i < a.size(); ++i) {
    const std::size_t end = std::min(b.size(), i + reach + 1);
    for (std::size_t j = i > reach ? i - reach : 0; j < end; ++j) {
      if (taken[j] || a[i] != b[j]) continue;
      taken[j] = true;
      matched[count++] = a[i];
      break;
    }
  }
  if (count == 0) return 0.0;
  std::size_t out_of_order = 0;
  std::size_t at = 0;
  for (std::size_t j = 0; j < b.size(); ++j) {
    if (taken[j] && matched[at++] != b[j]) ++out_of_order;
  }
  const auto m = static_cast<double>(count);
  const auto transpositions = static_cast<double>(out_of_order / 2);
  return (m / static_cast<double>(a.size()) + m / static_cast<double>(b.size()) +
          (m - transpositions) / m) /
         3.0;
}

double jaro(std::u32string_view a, std::u32string_view b) {
  constexpr std::size_t kUsual = 32;  // letters of a word: without an allocation
  if (a.size() <= kUsual && b.size() <= kUsual) {
    std::array<bool, kUsual> taken{};
    std::array<char32_t, kUsual> matched;
    return jaro(a, b, taken, matched);
  }
  const auto taken = std::make_unique<bool[]>(b.size());
  std::vector<char32_t> matched(a.size());
  return jaro(a, b, {taken.get(), b.size()}, matched);
}

/// What word_score() rounds up to kLeastWordScore is not below this.
constexpr double kLeastBound = (kLeastWordScore - 1) / static_cast<double>(kSameName);

double boosted(double jaro, std::u32string_view a, std::u32string_view b) {
  if (jaro <= kBoostAbove) return jaro;
  const std::size_t most = std::min({a.size(), b.size(), kLongestPrefix});
  std::size_t prefix = 0;
  while (prefix < most && a[prefix] == b[prefix]) ++prefix;
  return jaro + kBoost * static_cast<double>(prefix) * (1.0 - jaro);
}

}  // namespace

std::string score_text(Score score) {
  std::string decimals = std::to_string(score % kSameName + kSameName).substr(1);
  decimals.erase(decimals.find_last_not_of('0') + 1);
  const std::string whole = std::to_string(score / kSameName);
  return decimals.empty() ? whole : whole + "." + decimals;
}

double jaro_winkler(std::u32string_view a, std::u32string_view b) {
  return boosted(jaro(a, b), a, b);
}

Score word_score(std::u32string_view a, std::u32string_view b) {
  const auto score = static_cast<Score>(std::lround(jaro_winkler(a, b) * kSameName));
  return score < kLeastWordScore ? 0 : score;
}

std::uint32_t letter_marks(std::u32string_view word) {
  std::uint32_t marks = 0;
  for (const char32_t c : word) marks |= std::uint32_t{1} << (c % 32);
  return marks;
}

bool may_be_alike(std::u32string_view a, std::uint32_t a_marks, std::u32string_view b,
                  std::uint32_t b_marks) {
  // A letter whose mark the other word lacks is matched by none of its letters.
  const std::size_t of_a = a.size() - static_cast<std::size_t>(std::popcount(a_marks & ~b_marks));
  const std::size_t of_b = b.size() - static_cast<std::size_t>(std::popcount(b_marks & ~a_marks));
  const std::size_t most = std::min(of_a, of_b);
  // (m/|a| + m/|b| + 1) / 3 < 0.7, in whole numbers: most words end here.
  if (10 * most * (a.size() + b.size()) < 11 * a.size() * b.size()) return false;
  const auto m = static_cast<double>(most);
  const double bound =
      (m / static_cast<double>(a.size()) + m / static_cast<double>(b.size()) + 1.0) / 3.0;
  return boosted(bound, a, b) >= kLeastBound;
}

Score name_score(const NameForm& a, const NameForm& b) {
  const std::size_t a_length = a.length();
  const std::size_t b_length = b.length();
  if (a_length == b_length && a.joined() == b.joined()) return kSameName;
  Worths worths(a.words.size(), std::vector<std::int64_t>(b.words.size()));
  for (std::size_t i = 0; i < a.words.size(); ++i) {
    for (std::size_t j = 0; j < b.words.size(); ++j) {
      const auto length = static_cast<std::int64_t>(a.words[i].size() + b.words[j].size());
      worths[i][j] = length * word_score(a.words[i], b.words[j]);
    }
  }
  return static_cast<Score>(best_assignment(worths) /
                            static_cast<std::int64_t>(a_length + b_length));
}

}  // namespace tidewaiter
