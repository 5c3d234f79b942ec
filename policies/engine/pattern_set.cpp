#include "policies/engine/pattern_set.h"

#include <optional>
#include <utility>

#include <re2/re2.h>
#include <re2/set.h>

#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

/// Of fewer patterns each is looked for by itself: that is faster, and needs no automaton.
constexpr std::size_t kWorthASet = 4;

/// For the automaton of a set, which grows as texts are looked at; what does not fit into it is
/// looked for pattern by pattern.
constexpr std::int64_t kMostMemory = std::int64_t{16} << 20U;

RE2::Options set_options(bool cased) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(cased);
  options.set_max_mem(kMostMemory);
  return options;
}

/// The pattern as a regular expression that is looked for anywhere; nothing if it is none.
std::optional<std::string> as_regex(const TextPattern& pattern) {
  using enum TextPattern::Mode;
  const auto quoted = [&pattern] {
    return RE2::QuoteMeta(pattern.cased ? pattern.pattern : ascii_lower(pattern.pattern));
  };
  switch (pattern.mode) {
    case kRegex:
      return pattern.pattern;
    case kContains:
      return quoted();
    case kStartsWith:
      return "\\A" + quoted();
    case kEndsWith:
      return quoted() + "\\z";
    case kEquals:
      return "\\A" + quoted() + "\\z";
    case kWildcard:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

/// Patterns that one pass looks for.
class PatternSet::Sort {
 public:
  explicit Sort(bool cased) : set_(set_options(cased), RE2::UNANCHORED) {}

  void add(const TextPattern& pattern, std::uint32_t mark) {
    patterns_.push_back(pattern);
    marks_.push_back(mark);
  }

  /// Gives those that no set takes to `singles`.
  void make_ready(std::vector<Single>& singles) {
    std::vector<std::uint32_t> taken;
    std::vector<TextPattern> of_taken;
    for (std::size_t i = 0; i < patterns_.size(); ++i) {
      const bool in_set =
          patterns_.size() >= kWorthASet && set_.Add(*as_regex(patterns_[i]), nullptr) >= 0;
      if (in_set) {
        taken.push_back(marks_[i]);
        of_taken.push_back(patterns_[i]);
      } else {
        singles.push_back({TextMatcher(patterns_[i]), marks_[i]});
      }
    }
    marks_ = std::move(taken);
    patterns_ = std::move(of_taken);
    fits_ = !marks_.empty() && set_.Compile();
  }

  void match(std::string_view text, std::vector<std::uint32_t>& marks) {
    if (marks_.empty()) return;
    RE2::Set::ErrorInfo error{RE2::Set::kNoError};
    found_.clear();
    const bool any = fits_ && set_.Match({text.data(), text.size()}, &found_, &error);
    if (!fits_ || (!any && error.kind != RE2::Set::kNoError)) return match_each(text, marks);
    for (const int one : found_) marks.push_back(marks_[static_cast<std::size_t>(one)]);
  }

 private:
  /// `text` is in the case in which it is to be compared.
  void match_each(std::string_view text, std::vector<std::uint32_t>& marks) {
    if (matchers_.empty()) {
      for (const TextPattern& pattern : patterns_) matchers_.emplace_back(pattern);
    }
    for (std::size_t i = 0; i < matchers_.size(); ++i) {
      if (matchers_[i].matches(text)) marks.push_back(marks_[i]);
    }
  }

  std::vector<TextPattern> patterns_;
  std::vector<std::uint32_t> marks_;
  RE2::Set set_;
  bool fits_ = false;  ///< into the memory that it may have
  std::vector<TextMatcher> matchers_;
  std::vector<int> found_;
};

PatternSet::PatternSet()
    : cased_(std::make_unique<Sort>(true)),
      lowered_(std::make_unique<Sort>(true)),
      uncased_regex_(std::make_unique<Sort>(false)) {}
PatternSet::~PatternSet() = default;

PatternSet::Sort* PatternSet::sort_of(const TextPattern& pattern) {
  if (!as_regex(pattern)) return nullptr;
  if (pattern.cased) return cased_.get();
  return pattern.mode == TextPattern::Mode::kRegex ? uncased_regex_.get() : lowered_.get();
}

void PatternSet::add(const TextPattern& pattern, std::uint32_t mark) {
  if (Sort* const sort = sort_of(pattern)) {
    sort->add(pattern, mark);
  } else {
    singles_.push_back({TextMatcher(pattern), mark});
  }
}

void PatternSet::make_ready() {
  for (Sort* const sort : {cased_.get(), lowered_.get(), uncased_regex_.get()}) {
    sort->make_ready(singles_);
  }
  is_ready_ = true;
}

void PatternSet::match(std::string_view text, std::vector<std::uint32_t>& marks) {
  if (!is_ready_) make_ready();
  for (const Single& single : singles_) {
    if (single.matcher.matches(text)) marks.push_back(single.mark);
  }
  cased_->match(text, marks);
  lowered_->match(ascii_lower(text), marks);
  uncased_regex_->match(text, marks);
}

}  // namespace tidewaiter
