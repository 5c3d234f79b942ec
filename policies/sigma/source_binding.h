#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/language/document_reader.h"
#include "policies/sigma/logsource.h"
#include "policies/sigma/rule.h"

namespace tidewaiter {

/// The sources that a rule reads, by their places.
struct SigmaBinding {
  std::vector<std::size_t> sources;
  /// If there are none: the first field that a source lacks which the log source means; empty: no
  /// source is meant.
  std::string missing;
};

/// A source is for a rule if it states every part of the rule's logsource alike, and, of records,
/// has each of the rule's fields.
[[nodiscard]] SigmaBinding bind_sigma(const SigmaRule& rule, std::span<const SigmaSource> sources);

/// An error at the rule's log source (TW1020), or at the field that is missing (TW1021).
/// `mapping`, in words, is what the writer is told to add it to.
void tell_unbound(const SigmaRule& rule, const std::string& missing, std::string_view mapping,
                  DocumentReader& reader);

}  // namespace tidewaiter
