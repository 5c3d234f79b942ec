#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "policies/screening/name_form.h"

namespace tidewaiter {

/// How like two names are, in millionths: 0 is not at all, kSameName is the same.
using Score = std::int32_t;
inline constexpr Score kSameName = 1'000'000;

/// "0.93", "0.906667": as a decimal fraction, without zeros at its end.
[[nodiscard]] std::string score_text(Score score);

/// The Jaro–Winkler similarity of two words, 0 to 1.
///
///   jaro   = (m/|a| + m/|b| + (m − t)/m) / 3, or 0 if m is 0
///   winkler = jaro + 0.1 · l · (1 − jaro) where jaro > 0.7, else jaro
///
/// m counts the code points of a that are matched, in turn, with the first equal one of b that is
/// still free and at most max(|a|, |b|)/2 − 1 places away; t is half the number of matched ones
/// that stand in another order in b; l is the length of the common beginning, at most 4. Source: W.
/// E. Winkler, "String Comparator Metrics and Enhanced Decision Rules in the Fellegi–Sunter Model
/// of Record Linkage", American Statistical Association, 1990, with the bound of 0.7 of its
/// strcmp95.c.
[[nodiscard]] double jaro_winkler(std::u32string_view a, std::u32string_view b);

/// Two words that are less like each other than this do not match at all: chance alone makes most
/// pairs of words about half alike.
inline constexpr Score kLeastWordScore = 800'000;

/// jaro_winkler() to the nearest millionth; 0 below kLeastWordScore.
[[nodiscard]] Score word_score(std::u32string_view a, std::u32string_view b);

/// One bit for each letter that a word has; some letters share one.
[[nodiscard]] std::uint32_t letter_marks(std::u32string_view word);

/// False only where word_score() is 0: told by lengths, letters and beginnings, without comparing
/// the words. `a_marks` and `b_marks` are their letter_marks().
[[nodiscard]] bool may_be_alike(std::u32string_view a, std::uint32_t a_marks, std::u32string_view b,
                                std::uint32_t b_marks);

/// How like two names are, whatever the order of their words:
///
///   score = Σ (|a_i| + |b_j|) · word_score(a_i, b_j) / (Σ |a_i| + Σ |b_j|)
///
/// over the pairs of the best assignment of the words of one name to those of the other, each to at
/// most one, cut to the millionth; kSameName if the words written as one are the same. Symmetric.
/// Sources: words by their best partners, A. E. Monge and C. P. Elkan, "The field matching
/// problem", KDD 1996; one partner each, H. W. Kuhn, "The Hungarian method for the assignment
/// problem", 1955.
[[nodiscard]] Score name_score(const NameForm& a, const NameForm& b);

}  // namespace tidewaiter
