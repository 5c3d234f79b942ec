#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "policies/sigma/event.h"

namespace re2 {
class RE2;
}

namespace tidewaiter {

/// A Sigma text with wildcards, cut into its elements.
///
/// As the rules specification has it ("Escaping"): `*` is any run of characters, `?` one; a
/// backslash before `*`, `?` or another backslash makes that plain; any other backslash is plain.
struct SigmaGlob {
  struct Element {
    enum class Kind : std::uint8_t {
      kText,  ///< stands as it is
      kRun,   ///< any run of code points, the empty one included
      kOne,   ///< one code point
      kDash,  ///< one of - / – — ―, which `windash` takes for each other
    };
    Kind kind = Kind::kText;
    std::string text = {};  ///< kText
    bool operator==(const Element&) const = default;
  };
  std::vector<Element> elements;  ///< no two kText and no two kRun side by side

  void add_text(std::string_view text);
  void add(Element::Kind kind);

  [[nodiscard]] bool is_plain() const;     ///< nothing but text
  [[nodiscard]] std::string text() const;  ///< the text of a plain one
};

[[nodiscard]] SigmaGlob read_glob(std::string_view written);

/// The pattern again in Sigma's writing: read_glob gives the same back. kDash stands as `-`.
[[nodiscard]] std::string write_glob(const SigmaGlob& glob);

/// Puts wildcards around a pattern: `contains`, `startswith` (at the end), `endswith` (at the
/// start).
void open_start(SigmaGlob& glob);
void open_end(SigmaGlob& glob);

/// Every dash of the pattern's text becomes kDash.
void loosen_dashes(SigmaGlob& glob);

/// A pattern made ready for many values. Case does not matter unless `cased`: ASCII letters are
/// folded, and Unicode's simple case folding is used where the pattern has other letters. Time is
/// linear in the value for patterns of at most two texts, else at most their product. Const use is
/// safe from any thread; copies share what is immutable.
class SigmaText {
 public:
  SigmaText(SigmaGlob glob, bool cased);

  [[nodiscard]] bool matches(const SigmaValue& value) const;
  [[nodiscard]] const SigmaGlob& glob() const { return glob_; }
  [[nodiscard]] bool cased() const { return cased_; }

 private:
  enum class Shape : std::uint8_t { kEqual, kStarts, kEnds, kContains, kAny, kGlob, kFolded };
  [[nodiscard]] bool matches_elements(std::string_view value) const;

  SigmaGlob glob_;  ///< folded if case does not matter
  bool cased_;
  Shape shape_ = Shape::kGlob;
  std::string needle_;                      ///< of the simple shapes
  std::shared_ptr<const re2::RE2> folded_;  ///< kFolded: shared by copies, never changed
};

}  // namespace tidewaiter
