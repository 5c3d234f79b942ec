#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/language/document_reader.h"
#include "policies/language/policy.h"
#include "policies/model/diagnostic.h"
#include "policies/model/record.h"
#include "policies/sigma/load.h"

namespace tidewaiter {

/// One source of events or records, and what Sigma calls it and its fields.
struct SigmaSource {
  SigmaLogsource logsource;
  std::optional<RecordKind> reads;      ///< records of that kind; nothing: events from outside
  std::optional<SigmaDetection> where;  ///< which of them; nothing: all
  std::map<std::string, std::string, std::less<>> fields;  ///< Sigma's name → the source's own
  std::vector<FieldId> for_each;  ///< of records: whom a finding of the rule is about
};

/// A `logsource_mapping` document: docs/sigma.md#log-sources.
struct SigmaMapping {
  std::string name;
  std::vector<SigmaSource> sources;
};

struct SigmaMappingOutcome {
  SigmaMapping mapping;
  std::vector<Diagnostic> diagnostics;
};

[[nodiscard]] SigmaMappingOutcome load_mapping(const PolicyText& text);

/// The same of a document of a set; what is wrong with it goes to the reader.
[[nodiscard]] SigmaMapping read_mapping(DocumentReader& reader, const YamlNode& document);

/// The mappings that ship, by name: `records` (usage, account and audit records) and `windows`
/// (events of Sysmon and of the Windows channels). Nothing for other names.
[[nodiscard]] std::optional<PolicyText> shipped_mapping(std::string_view name);

/// A set's rules bound to the sources of a mapping, ready to judge events and records.
///
/// A source is for a rule if it states every part of the rule's logsource alike; more parts do
/// not matter, for a rule that says less means more. An event of a source has the source's own
/// field names and Sigma's. A source of records that lacks one of the rule's fields is not for it.
/// Without a mapping every rule judges every event, whatever its logsource says.
///
/// The set and the mapping outlive the matcher. Const use is safe from any thread.
class SigmaMatcher {
 public:
  explicit SigmaMatcher(const SigmaSet& set, const SigmaMapping* mapping = nullptr);

  /// An event as a rule saw it when it matched.
  struct Match {
    std::size_t rule = 0;
    const SigmaEvent* event = nullptr;  ///< with Sigma's names; lives as long as the view
  };
  /// Matches of one event, by rule, and the views of it that they point into.
  struct Matches {
    std::vector<Match> found;
    std::vector<std::unique_ptr<SigmaEvent>> views;
  };

  [[nodiscard]] Matches matches(const SigmaEvent& event) const;
  [[nodiscard]] Matches matches(const Record& record) const;

  /// What no source is for: an error at each such rule's log source (TW1020) or field (TW1021).
  /// `texts` are those that the set was loaded from.
  [[nodiscard]] std::vector<Diagnostic> unbound(std::span<const PolicyText> texts) const;

 private:
  struct Fault {
    std::size_t rule = 0;
    std::string field;  ///< empty: the log source
  };
  void bind(std::size_t rule);
  void judge(std::size_t source, const SigmaEvent& event, std::vector<bool>& done,
             Matches& matches) const;

  const SigmaSet& set_;
  const SigmaMapping* mapping_;
  std::vector<std::vector<std::size_t>> rules_of_;  ///< of each source
  std::vector<Fault> faults_;
};

/// A record as an event: fields by their own names, absent ones left out. Times stand as RFC 3339,
/// durations in seconds, money in US dollars, lists as several values.
[[nodiscard]] SigmaEvent event_of_record(const Record& record);

}  // namespace tidewaiter
