#pragma once

#include <cstdint>
#include <set>
#include <string_view>

#include "policies/model/diagnostic.h"

namespace tidewaiter {

/// Which lines of a configuration may hold a secret that somebody wrote into it: those with a value
/// of a key like `token`, `url` or `password` (also misspelt), the lines that such a value goes on
/// in, and those with a URL that has a user or password. Judged by the text alone, for the faults
/// to be shown may be that it is no YAML.
class SecretLines {
 public:
  explicit SecretLines(std::string_view text);

  [[nodiscard]] bool contains(std::int32_t line) const { return lines_.contains(line); }

  /// Takes out of a diagnostic what may be a secret: its source line, if it is one of these, and
  /// user and password of URLs in its message. Says so in the hint.
  void withhold(Diagnostic& diagnostic) const;

 private:
  std::set<std::int32_t> lines_;  ///< from 1
};

}  // namespace tidewaiter
