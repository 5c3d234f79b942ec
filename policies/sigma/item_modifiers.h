#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policies/language/document_reader.h"
#include "policies/sigma/detection.h"

namespace tidewaiter {

/// What becomes of a written text before it is compared, in the order of the key.
enum class SigmaTransform : std::uint8_t {
  kContains,
  kStartsWith,
  kEndsWith,
  kWindash,
  kBase64,
  kBase64Offset,
  kUtf16Le,
  kUtf16Be,
  kUtf16,
};

/// What the comparison is.
enum class SigmaKind : std::uint8_t {
  kText,
  kRegex,
  kNetwork,
  kCompare,
  kExists,
  kFieldRef,
  kTimePart,
};

/// A map's key, taken apart: `CommandLine|contains|all`.
struct SigmaKey {
  std::string field;  ///< empty: keywords
  SourceSpan span;
  SigmaKind kind = SigmaKind::kText;
  std::vector<SigmaTransform> transforms;
  SigmaOrder order = SigmaOrder::kEqual;  ///< kCompare, kTimePart
  TimePart part = TimePart::kHourNumber;  ///< kTimePart
  std::string flags;                      ///< kRegex: of i, m, s
  bool all = false;
  bool cased = false;
  bool negated = false;  ///< `neq`
  bool expand = false;
};

/// Reads a key, and sees to it that its modifiers go together.
[[nodiscard]] std::optional<SigmaKey> read_sigma_key(DocumentReader& reader, const YamlNode& key);

}  // namespace tidewaiter
