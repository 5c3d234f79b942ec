#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "policies/screening/compared_name.h"
#include "policies/screening/name_match.h"
#include "policies/screening/word_index.h"

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
  using Places = std::vector<std::uint32_t>;
  /// A word of a name, with what most often tells that it is not like another: beside each other,
  /// because a name's words are anywhere among all.
  struct Use {
    WordIndex::Traits traits;
    std::uint32_t word = 0;  ///< its place in words_
    std::int32_t weight = 0;
  };
  struct RunPlace {
    std::uint32_t name = 0;
    std::uint8_t first = 0;
  };
  /// So many words in a row of some names that are written the same when joined.
  struct Run {
    JoinedWords words;
    std::vector<RunPlace> places;
  };

  [[nodiscard]] std::int32_t rarity(std::size_t count) const;
  void add_words();
  void add_users();
  void add_joined();
  void weigh_all();
  [[nodiscard]] std::span<const Use> uses(std::uint32_t name) const {
    return {&uses_[uses_begin_[name]], uses_begin_[name + 1] - uses_begin_[name]};
  }
  /// Asks for where the words of a name begin, so that fetch() need not wait for it.
  void fetch_begin(std::uint32_t name) const { __builtin_prefetch(&uses_begin_[name]); }
  /// Asks for the words of a name, so that they are there when it is looked at: they are anywhere
  /// in memory, and most names are looked at for less time than it takes to fetch them.
  void fetch(std::uint32_t name) const {
    const Use* const first = &uses_[uses_begin_[name]];
    __builtin_prefetch(first);
    __builtin_prefetch(first + 2);
  }
  /// A name that has a word, and what the word weighs in it, as often as it is there.
  struct User {
    std::uint32_t name = 0;
    std::int32_t weight = 0;
  };
  /// The names that have a word, each once.
  [[nodiscard]] std::span<const User> users(std::uint32_t word) const {
    return {&users_[users_begin_[word]], users_begin_[word + 1] - users_begin_[word]};
  }

  PartyKind kind_;
  std::vector<ComparedName> names_;
  std::unique_ptr<const WordIndex> words_;
  std::vector<Use> uses_;                                   ///< name by name
  Places uses_begin_;                                       ///< by name, and the end
  std::vector<User> users_;                                 ///< word by word
  Places users_begin_;                                      ///< by word, and the end
  std::unordered_map<std::string, std::uint32_t> counts_;   ///< names by letters
  std::unordered_map<std::size_t, std::vector<Run>> runs_;  ///< by JoinedWords::skeleton_hash
  std::unordered_map<std::string, Places> joined_;          ///< by ComparedName::joined and ::spelt
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
  /// `searches`: how many are taken to have been made with it.
  explicit NameSearch(const NameIndex& index, std::uint32_t searches = 0);

  /// The names whose score is at least `least`, by their place. `name` is of the index's kind and
  /// not weighed yet.
  ///
  /// Loses none. A score is not above that of the likest pair of words: a name is looked at where
  /// several of its words joined are one of `name`, or the other way round, where it is the same
  /// written as one, where one of its words is more than `least` like one of `name`, and, for those
  /// whose pairs are all just that like, where it has one like a certain word of `name`, which then
  /// cannot be left over. Of those that are looked at ScoreBound tells which are compared: first by
  /// the words that are `least` alike, which are known; each other one of `name` is worth nothing
  /// at most, and takes something away if it is like none.
  [[nodiscard]] std::vector<IndexHit> find(const ComparedName& name, Score least);
  /// The same by comparing every name.
  [[nodiscard]] std::vector<IndexHit> scan(const ComparedName& name, Score least);

 private:
  /// Where the likeness of a word of the index to each word of the name is.
  struct Row {
    std::uint32_t search = 0;  ///< in which it was made
    std::uint32_t begin = 0;
  };
  /// Words in a row of one name that count as one of the other (joined_likeness()).
  struct Joined {
    std::uint32_t other = 0;  ///< name of the index
    WordPair pair;            ///< of the name and the other
  };
  /// What is known of a name of the index by the words that are at least `least` like one of its.
  struct Tally {
    std::uint32_t search = 0;   ///< in which it was made
    std::int64_t worth = 0;     ///< of those words and their like, by ScoreBound::worth()
    std::uint64_t covered = 0;  ///< a bit for each word of the name that is one of those
  };
  using Best = std::array<Score, kMostNameWords>;

  void begin(const ComparedName& wanted, Score least);
  void count_search();
  void look_at_same(const std::string& written_as_one);
  void look_at_joined(const ScoreBound& bound);
  void find_joined();
  void look_at_words(const ScoreBound& bound);
  void tally(std::size_t i, std::span<const LikeWord> like, const ScoreBound& bound,
             bool with_least);
  template <class LikenessOf>
  [[nodiscard]] bool may_reach(std::uint32_t place, const ScoreBound& bound,
                               const LikenessOf& likeness_of);
  void look_at(std::uint32_t place, const ScoreBound& bound, std::span<const Joined> joined);
  void compare(std::uint32_t place);
  [[nodiscard]] bool is_new(std::uint32_t place);
  [[nodiscard]] const std::vector<LikeWord>& like(const NameWord& word);
  [[nodiscard]] Score glance(std::size_t i, const NameIndex::Use& use);
  [[nodiscard]] Score likeness(std::size_t i, std::uint32_t word);
  [[nodiscard]] bool may_reach(std::span<const NameIndex::Use> uses, const ScoreBound& bound,
                               std::span<const Joined> joined, bool is_exact);

  const NameIndex& index_;
  NameMatcher matcher_;
  std::uint32_t search_;  ///< the number of the search at hand; what has another is old
  Score least_ = 0;
  ComparedName name_;                      ///< that is looked for, weighed
  std::vector<WordIndex::Traits> traits_;  ///< of its words
  std::vector<IndexHit> hits_;
  std::vector<std::uint32_t> looked_at_;  ///< by name: the number of the search
  std::vector<Tally> tallies_;            ///< by name
  std::vector<std::uint32_t> tallied_;    ///< names of this search
  std::vector<std::size_t> by_weight_;    ///< words of the name, the weightiest first
  std::vector<Row> rows_;                 ///< by word of the index
  std::vector<Score> cells_;              ///< row by row; below 0: not known yet
  std::vector<Joined> joined_;
  Best best_{};        ///< by word of the name: its likeness to the likest of the other at most
  Best other_best_{};  ///< the same of the other
  std::vector<Score> matrix_;
  /// For least_, by word_identity(); forgotten when they are many.
  std::unordered_map<std::string, std::vector<LikeWord>> looked_up_;
  std::size_t kept_ = 0;
};

}  // namespace tidewaiter
