#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tidewaiter {

/// A mistake that people make in YAML, where it stands: a line and a byte of it, from 0.
struct YamlCause {
  std::size_t line = 0;
  std::size_t byte = 0;
  std::string message;
  std::string hint;
};

/// Where the parser gave up, from 0.
struct YamlFault {
  std::size_t line = 0;
  std::size_t byte = 0;
};

/// What most likely made the parser give up at `fault`: a quote that is not closed, a tab or a
/// no-break space where a blank belongs, a bracket that is not closed, typographic quotes, or an
/// unquoted text that YAML cuts: one with `: `, in brackets also one with a bracket or a comma in
/// it, or one that begins as YAML's own signs do. Nothing where none of these stands there. One
/// walk over `lines`.
[[nodiscard]] std::optional<YamlCause> likely_cause(std::span<const std::string_view> lines,
                                                    const YamlFault& fault);

}  // namespace tidewaiter
