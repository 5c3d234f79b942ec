#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "policies/screening/compared_name.h"
#include "policies/screening/name_match.h"
#include "policies/screening/word_likeness.h"

namespace tidewaiter {

/// Names of one kind, made ready to be looked for. Immutable once made; safe from any thread.
///
/// Words of the names weigh by how rare they are among them: 0.6 + 0.05 · ⌊log₂(N/n) + 1⌋ of their
/// weight, at most all of it, for a word that n of the N names have.
class NameIndex {
 public:
  NameIndex(PartyKind kind, std::vector<ComparedName> names);

  [[nodiscard]] PartyKind kind() const { return kind_; }
  [[nodiscard]] const std::vector<ComparedName>& names() const { return names_; }

  /// `name` with the weights that its words have among the names.
  [[nodiscard]] ComparedName weighed(ComparedName name) const;

 private:
  friend class NameSearch;
  struct Word {
    NameWord form;
    std::vector<std::uint32_t> names;  ///< that have it, each once
  };
  using Places = std::vector<std::uint32_t>;

  [[nodiscard]] std::int32_t rarity(std::size_t count) const;
  void add_words();
  void add_keys();

  PartyKind kind_;
  std::vector<ComparedName> names_;
  /// What tells most words apart at a glance.
  struct Glance {
    SoundMarks marks;
    std::uint8_t traits = 0;
  };
  [[nodiscard]] static Glance glance_at(const NameWord& word);
  [[nodiscard]] static bool may_be_alike(const Glance& a, const Glance& b);

  std::vector<Glance> glances_;  ///< of words_
  std::vector<Word> words_;      ///< by the length of their sounds
  struct Use {
    std::uint32_t word = 0;
    std::int32_t weight = 0;
  };
  std::vector<Use> uses_;                                  ///< of words by names, name by name
  std::vector<std::uint32_t> uses_begin_;                  ///< by name, and the end
  std::unordered_map<std::string, std::uint32_t> counts_;  ///< names by letters
  std::unordered_map<std::string, Places> near_keys_;      ///< words by near_keys() of their sounds
  std::unordered_map<std::uint16_t, Places> nicknames_;    ///< words by group
  std::unordered_map<char32_t, Places> signs_;             ///< words by sign
  Places abjad_words_;
  std::unordered_map<char, Places> by_initial_;                ///< words by first letter
  std::unordered_map<char, Places> initials_;                  ///< words that are one letter
  std::unordered_map<std::size_t, Places> words_by_skeleton_;  ///< words by skeleton_hash
  std::unordered_map<std::size_t, Places> runs_;    ///< names by JoinedWords::skeleton_hash
  std::unordered_map<std::string, Places> joined_;  ///< names by ComparedName::joined
  std::uint32_t long_begin_ = 0;  ///< the first of words_ that near_keys_ does not hold
};

/// A name of an index that is like the one that was looked for.
struct IndexHit {
  std::uint32_t name = 0;
  Score score = 0;
  bool operator==(const IndexHit&) const = default;
};

/// Looks names up in an index, with scratch memory and the words that it has looked up before: one
/// for each thread. The index outlives it.
class NameSearch {
 public:
  explicit NameSearch(const NameIndex& index);

  /// The names whose score is at least `least`, by their place. `name` is of the index's kind and
  /// not weighed yet.
  ///
  /// A name is compared where one of its words that carry weight, or several joined, is at least
  /// `least` like one of `name`: a mean of likenesses is not above the greatest. What is lost is a
  /// name in which only light words (particles, titles, words like `group`) are that like;
  /// docs/screening.md has how much that is.
  [[nodiscard]] std::vector<IndexHit> find(const ComparedName& name, Score least);
  /// The same by comparing every name.
  [[nodiscard]] std::vector<IndexHit> scan(const ComparedName& name, Score least);

 private:
  void add_like(const NameWord& word, Score least);
  void look_up(const NameWord& word, Score least, NameIndex::Places& found);
  void consider(const NameIndex::Places& names, bool joined);
  [[nodiscard]] Score score_of(const ComparedName& name, std::uint32_t place, Score least);
  [[nodiscard]] Score likeness(std::size_t row, const NameWord& word, std::uint32_t place);

  const NameIndex& index_;
  NameMatcher matcher_;
  std::vector<std::uint32_t> considered_;     ///< names, once each
  std::vector<std::uint32_t> considered_at_;  ///< by name: the number of the search
  std::vector<std::uint32_t> joined_at_;      ///< the same, of names with joined words in common
  std::vector<std::uint32_t> seen_at_;        ///< by word: the number of the look-up
  std::uint32_t search_ = 0;
  std::uint32_t look_up_ = 0;
  struct Memo {
    std::uint32_t search = 0;
    Score score = 0;
  };
  std::vector<std::vector<Memo>> memos_;  ///< by word of the name, by word of the index
  std::vector<NameIndex::Glance> rows_;   ///< by word of the name
  std::vector<Score> matrix_;
  std::unordered_map<std::string, NameIndex::Places> looked_up_;
  Score looked_up_least_ = 0;
};

}  // namespace tidewaiter
