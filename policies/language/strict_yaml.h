#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/diagnostic.h"

namespace tidewaiter {

/// A YAML document as a plain tree that remembers where each thing stood. The one way in which
/// policies and the configuration are read; yaml-cpp's types do not leave strict_yaml.cpp.
struct YamlNode {
  enum class Kind : std::uint8_t { kNull, kScalar, kSequence, kMap };
  Kind kind = Kind::kNull;
  std::string scalar;
  bool quoted = false;          ///< kScalar: written with quotes or as a block
  std::vector<YamlNode> items;  ///< kSequence
  std::vector<std::pair<YamlNode, YamlNode>> members;  ///< kMap, in file order; keys are scalars
  SourceSpan span;

  // Defined where the type is complete: clang 14 will not make them up for a type that holds
  // pairs of itself.
  YamlNode();
  ~YamlNode();
  YamlNode(const YamlNode&);
  YamlNode& operator=(const YamlNode&);
  YamlNode(YamlNode&&) noexcept;
  YamlNode& operator=(YamlNode&&) noexcept;

  /// The member's value or nullptr.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
};

/// How much of a file is read; what has more is refused, for yaml-cpp's time goes by bytes and
/// values. What hostile files of this size cost is measured by tests/bench/hostile.cpp.
struct YamlLimits {
  std::size_t bytes = std::size_t{512} << 10U;  ///< whole KiB
  std::size_t values = std::size_t{16} << 10U;  ///< scalars, maps and lists, keys included
  /// A line is read whole before anything of it is known, and a place in it is counted from its
  /// start: time is quadratic in it.
  std::size_t line_bytes = std::size_t{64} << 10U;
  /// What the parser takes in before it tells of anything: a collection in brackets that may turn
  /// out to be a key, a text of many lines and a run of comments are each read whole first, and a
  /// byte in brackets takes a hundredfold of memory.
  std::size_t ahead_bytes = std::size_t{64} << 10U;
  std::size_t errors = 100;  ///< of the YAML; what stands after the last is not read
};
inline constexpr YamlLimits kYamlLimits{};

/// One file's text with its lines, for diagnostics. Keeps a reference to `text`: outlive it.
class YamlText {
 public:
  YamlText(std::string path, std::string_view text);

  /// Parses every document of the stream. Refused, each with its own code and place: syntax
  /// errors, duplicate keys, anchors and aliases, tags, non-scalar keys, depth above 32, what is
  /// above `limits`, invalid UTF-8.
  [[nodiscard]] std::vector<YamlNode> parse(std::vector<Diagnostic>& diagnostics,
                                            const YamlLimits& limits = kYamlLimits) const;

  /// A diagnostic at a place of this file, its source line filled in unless it is very long.
  [[nodiscard]] Diagnostic at(const SourceSpan& span, DiagnosticLevel level, std::string code,
                              std::string message, std::string hint = {}) const;
  [[nodiscard]] std::string_view line(std::int32_t number) const;
  /// The line as diagnostics show it: empty if it is very long.
  [[nodiscard]] std::string shown_line(std::int32_t number) const;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::int32_t line_count() const { return static_cast<std::int32_t>(lines_.size()); }

 private:
  /// Whether the text may be given to the parser; else why not is told.
  [[nodiscard]] bool readable(const YamlLimits& limits, std::vector<Diagnostic>& diagnostics) const;

  std::string path_;
  std::string_view text_;
  std::vector<std::string_view> lines_;
};

/// Adds an error for each key of `map` that is not in `known`, with "did you mean" for near ones.
/// Errors also if `map` is not a map.
bool check_keys(const YamlText& text, const YamlNode& map, std::span<const std::string_view> known,
                std::vector<Diagnostic>& diagnostics);

}  // namespace tidewaiter
