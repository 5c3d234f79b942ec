#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "policies/language/expression.h"
#include "policies/language/text_match.h"

namespace tidewaiter {

/// Many patterns over one text: which of them it matches, by one pass for each of three sorts (with
/// case, without it, expressions without it) instead of one for each pattern. The meaning of each
/// is that of matches_text(). Each pass may keep 16 MiB of what it has seen (RE2's automaton).
/// Not thread-safe: one thread at a time.
class PatternSet {
 public:
  PatternSet();
  ~PatternSet();
  PatternSet(const PatternSet&) = delete;
  PatternSet& operator=(const PatternSet&) = delete;

  /// `mark` is what match() gives for it; several patterns may have the same.
  void add(const TextPattern& pattern, std::uint32_t mark);

  /// Adds the marks of all patterns that match, in no order. After the first call none is added.
  void match(std::string_view text, std::vector<std::uint32_t>& marks);

 private:
  class Sort;
  /// One that no set takes, or among few.
  struct Single {
    TextMatcher matcher;
    std::uint32_t mark = 0;
  };

  [[nodiscard]] Sort* sort_of(const TextPattern& pattern);
  void make_ready();

  std::vector<Single> singles_;
  std::unique_ptr<Sort> cased_;
  std::unique_ptr<Sort> lowered_;
  std::unique_ptr<Sort> uncased_regex_;
  bool is_ready_ = false;
};

}  // namespace tidewaiter
