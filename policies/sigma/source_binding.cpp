#include "policies/sigma/source_binding.h"

#include <optional>
#include <utility>

#include "policies/model/input_text.h"

namespace tidewaiter {
namespace {

/// The first field that a source of records has not, or nothing.
std::optional<std::string> missing_field(const SigmaSource& source, const SigmaRule& rule) {
  if (!source.reads) return std::nullopt;
  for (const std::string& name : fields_of(rule.detection)) {
    if (source.fields.contains(name)) continue;
    const auto id = find_field(name);
    if (!id || !has_kind(field(*id), *source.reads)) return name;
  }
  return std::nullopt;
}

SourceSpan span_of_field(const SigmaDetection& detection, const std::string& name) {
  for (const SigmaSelection& selection : detection.selections) {
    for (const auto& items : selection.alternatives) {
      for (const SigmaItem& item : items) {
        if (item.field == name) return item.span;
      }
    }
  }
  // `fieldref` names it: the selection will do.
  return detection.selections.front().span;
}

}  // namespace

SigmaBinding bind_sigma(const SigmaRule& rule, std::span<const SigmaSource> sources) {
  SigmaBinding binding;
  for (std::size_t s = 0; s < sources.size(); ++s) {
    if (!covers(rule.logsource, sources[s].logsource)) continue;
    if (auto missing = missing_field(sources[s], rule)) {
      if (binding.missing.empty()) binding.missing = *std::move(missing);
      continue;
    }
    binding.sources.push_back(s);
  }
  return binding;
}

void tell_unbound(const SigmaRule& rule, const std::string& missing, std::string_view mapping,
                  DocumentReader& reader) {
  if (missing.empty()) {
    reader.error(rule.logsource_span, kSigmaLogsource,
                 "nothing maps the log source " + to_text(rule.logsource),
                 "add a source to " + std::string(mapping) + " that says the same");
    return;
  }
  reader.error(span_of_field(rule.detection, missing), kSigmaField,
               "nothing maps the field " + in_backticks(missing) + " of " + to_text(rule.logsource),
               "add it to the source's `fields` in " + std::string(mapping));
}

}  // namespace tidewaiter
