#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/screening/compared_name.h"
#include "policies/screening/word_likeness.h"

namespace tidewaiter {

/// Words of one name that count as words of the other: one each, or several that are joined in the
/// other. Indices are of ComparedName::words.
struct WordPair {
  std::uint8_t a = 0;
  std::uint8_t a_count = 1;
  std::uint8_t b = 0;
  std::uint8_t b_count = 1;
  WordLikeness likeness;
};

/// How like two names are, and by what.
struct NameMatch {
  Score score = 0;
  std::vector<WordPair> pairs;  ///< by `a`; none if the names are the same written as one
  bool same_joined = false;     ///< the same, written as one
  bool reordered = false;       ///< words stand in an order that no family name first explains
  bool forms_differ = false;    ///< both state a legal form, and not of one family
};

/// Raised with every change of what two names score, by the formula, its constants or the tables of
/// words: it is part of the meaning of a policy that compares names.
inline constexpr std::string_view kNameMatcherEdition = "names 3";

/// How like two names of one kind are.
///
/// Words are paired, each with at most one, the likest first (word_likeness()); two or three words
/// in a row may be one word of the other name. With G = Σ w·s and P = Σ w over the pairs (w: the
/// weights of both sides' words, s: their likeness), U and V the weights of the words that are left
/// over on one side and on the other:
///
///   score = G / (P + κ · 2 · min(U, V) + λ · |U − V|)
///
/// What is left over on both sides contradicts (κ); what is left over on one side only is more said
/// or less (λ). κ is 2 for persons and 1 for organisations; λ is 0.25 and 0.5, and 0.5 for a
/// person's name where one plain word alone is in both and one of the names has three words or
/// more. Then times 0.96 for words in another order, if no rotation explains it (0.9 for signs of
/// one script), and times 0.97 for legal forms of two families; cut to the millionth. Persons'
/// names of which one or two plain words alone are in both count times 0.98 if one of these is less
/// than 0.96 alike; with a plain word that the other has not, or one alone in both, names score
/// 0.92 at most. Names that are the same when written as one score at least 0.98; 0.96 if they only
/// sound so, or are three signs or more read aloud, and 0.92 for two signs.
///
/// Symmetric. Source of the form: soft TF–IDF, W. W. Cohen, P. Ravikumar, S. E. Fienberg, "A
/// comparison of string distance metrics for name-matching tasks", IIWeb 2003; docs/screening.md
/// tells how the constants were chosen.
class NameMatcher {
 public:
  /// Keeps scratch memory from call to call: one for each thread.
  [[nodiscard]] NameMatch match(const ComparedName& a, const ComparedName& b);
  [[nodiscard]] Score score(const ComparedName& a, const ComparedName& b);
  /// The same, with the likeness of each word of a and each of b, row by row.
  [[nodiscard]] Score score(const ComparedName& a, const ComparedName& b,
                            std::span<const Score> likeness);

 private:
  struct Proposal {
    WordPair pair;
    Score score = 0;
    std::int32_t weight = 0;
  };
  void propose(const ComparedName& a, const ComparedName& b, std::span<const Score> likeness);
  void propose_joined(const ComparedName& one, const ComparedName& other, bool swapped);
  void choose();
  [[nodiscard]] Score weigh(const ComparedName& a, const ComparedName& b, NameMatch* told) const;

  std::vector<Score> likeness_;
  std::vector<Proposal> proposals_;
  std::vector<Proposal> chosen_;  ///< by their place in a
};

/// How alike two or three words of a name in a row are to the one word of another name that they
/// make when joined; 0 where they do not count as that word.
[[nodiscard]] Score joined_likeness(const JoinedWords& run, const NameWord& word);

/// Tells names apart that cannot score `least`, before their words are paired.
///
/// score ≥ L, in the terms of NameMatcher, is
///
///   Σ w·(s − L) ≥ L · (κ · 2 · min(U, V) + λ · |U − V|)
///
/// over the words of both sides that are in pairs. With f the greatest likeness of a word to any
/// one of the other name, its part of the left side is not above w·(f − L); a word that could have
/// a pair and is left over costs λ·w at least, because 2κ > 2λ. So worth(f) is the most that such
/// a word adds, and U and V are at least the weights of the words that are like none of the other.
/// Not for names that are the same written as one; words joined count by joined_likeness().
class ScoreBound {
 public:
  /// `least` is above 0.
  ScoreBound(PartyKind kind, Score least);

  /// Of a word whose likeness to one of the other name is `best` at most, by its weight; `best` is
  /// above 0.
  [[nodiscard]] std::int64_t worth(Score best) const {
    return std::max(100 * (best - least_), -least_ * surplus_);
  }
  /// `worth`: Σ w · worth(f) of the words of both names that are like one of the other; the weights
  /// of those that are like none. False only for names that score less than `least`.
  [[nodiscard]] bool may_reach(std::int64_t worth, std::int64_t a_alone,
                               std::int64_t b_alone) const;

 private:
  std::int64_t least_;
  std::int64_t contradiction_;  ///< 2κ in hundredths
  std::int64_t surplus_;        ///< λ in hundredths, the lesser
};

/// "family name exact, given name `Bob`/`Robert` nickname, `bin` missing": for people.
[[nodiscard]] std::vector<std::string> parts_of(const NameMatch& match, const ComparedName& a,
                                                const ComparedName& b);

}  // namespace tidewaiter
