#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "policies/language/strict_yaml.h"

namespace tidewaiter {

/// A byte of a text: lines from 1, bytes of the line from 0.
struct YamlPlace {
  std::int32_t line = 0;
  std::size_t byte = 0;
  auto operator<=>(const YamlPlace&) const = default;
};

struct YamlComment {
  YamlPlace place;
  std::int32_t column = 1;   ///< in code points, from 1
  std::string text;          ///< from `#` on, without blanks at the end
  bool own_line = false;     ///< nothing but blanks, or a document mark, stands before it
  bool after_blank = false;  ///< the line above is empty
  /// The brackets around it, outermost first: nodes of the tree that was read from the text.
  std::vector<const YamlNode*> brackets;
};

/// What a YAML text has beside its values: what a parser drops and an editor must keep.
struct YamlSurface {
  std::vector<YamlComment> comments;                  ///< in order
  std::vector<YamlPlace> dashes;                      ///< before the items of block lists, in order
  std::vector<YamlPlace> marks;                       ///< `---` and `...`, in order
  bool has_directive = false;                         ///< a line such as `%YAML 1.2`
  std::map<const YamlNode*, YamlPlace> begins;        ///< of what has a text
  std::map<const YamlNode*, std::int32_t> last_line;  ///< of scalars and bracketed values
  std::set<const YamlNode*> bracketed;                ///< written with [] or {}
  std::int32_t lines = 0;
};

/// Walks over a text along the tree that YamlText::parse has read from it without an error.
/// Between two values a text has only blanks, indicators and comments, so that every `#` outside a
/// value begins a comment. Pointers are into `documents`, which outlives the result.
[[nodiscard]] YamlSurface read_surface(const YamlText& text,
                                       const std::vector<YamlNode>& documents);

}  // namespace tidewaiter
