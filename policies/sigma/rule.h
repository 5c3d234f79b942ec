#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "policies/model/diagnostic.h"
#include "policies/sigma/detection.h"

namespace tidewaiter {

/// What a rule says about the events that it is for; empty parts say nothing.
struct SigmaLogsource {
  std::string category;
  std::string product;
  std::string service;
  bool operator==(const SigmaLogsource&) const = default;
};

/// Whether everything that `general` says, `special` says too.
[[nodiscard]] bool covers(const SigmaLogsource& general, const SigmaLogsource& special);

/// "product windows, service security".
[[nodiscard]] std::string to_text(const SigmaLogsource& logsource);

/// What names a Sigma document. Title is there; the rest may be empty.
struct SigmaHead {
  std::string title;
  std::string id;
  std::string name;
  std::string status;
  std::string level;
  std::string description;
  std::vector<std::string> references;
  std::vector<std::string> tags;
  std::vector<std::string> false_positives;
  SourceSpan span;   ///< of the document's title
  SourceSpan begin;  ///< of its first key
};

/// One rule, filters applied.
struct SigmaRule {
  SigmaHead head;
  SigmaLogsource logsource;
  SourceSpan logsource_span;
  SigmaDetection detection;
  std::vector<std::string> filters;  ///< titles of the filters that were applied
  /// Whether its matches are to be told: not of a rule that only serves correlations.
  bool stands_alone = true;
};

}  // namespace tidewaiter
