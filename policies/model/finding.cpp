#include "policies/model/finding.h"

#include <string_view>

namespace tidewaiter {

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::kLow:
      return "low";
    case Severity::kMedium:
      return "medium";
    case Severity::kHigh:
      return "high";
    case Severity::kCritical:
      return "critical";
  }
  return "unknown";
}

std::string_view step_name(StepKind kind) {
  switch (kind) {
    case StepKind::kOpened:
      return "finding.opened";
    case StepKind::kRestated:
      return "finding.restated";
    case StepKind::kWithdrawn:
      return "finding.withdrawn";
    case StepKind::kClosed:
      return "finding.closed";
    case StepKind::kGap:
      return "coverage.gap";
  }
  return "unknown";
}

std::string_view choice_name(EvidenceChoice choice) {
  switch (choice) {
    case EvidenceChoice::kFirst:
      return "first";
    case EvidenceChoice::kLast:
      return "last";
    case EvidenceChoice::kLargest:
      return "largest";
  }
  return "unknown";
}

namespace {

/// Escapes what separates the parts, so that different subjects never have one text.
void append_escaped(std::string& out, std::string_view part, bool has_source) {
  for (const char c : part) {
    if (c == '\\' || c == ' ' || (has_source && (c == '/' || c == ':'))) out += '\\';
    out += c;
  }
}

}  // namespace

std::string to_text(const Subject& subject) {
  std::string out;
  for (std::size_t i = 0; i < subject.fields.size(); ++i) {
    const Field& named = field(subject.fields[i]);
    if (i != 0) out += " + ";
    out += named.name;
    out += ':';
    if (named.id_of_source) {
      append_escaped(out, subject.source, true);
      out += '/';
    }
    append_escaped(out, subject.values[i], named.id_of_source);
  }
  return out;
}

std::string finding_id(std::string_view log_id, std::string_view policy, std::int64_t seq,
                       std::int32_t ordinal) {
  const Digest digest = Sha256()
                            .update_framed(log_id)
                            .update_framed(policy)
                            .update_framed(std::to_string(seq))
                            .update_framed(std::to_string(ordinal))
                            .finish();
  return to_hex(digest).substr(0, 32);
}

}  // namespace tidewaiter
