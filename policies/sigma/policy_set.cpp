#include "policies/sigma/policy_set.h"

#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/language/foreign_rules.h"
#include "policies/sigma/correlation_policy.h"
#include "policies/sigma/head_policy.h"
#include "policies/sigma/load.h"
#include "policies/sigma/logsource.h"
#include "policies/sigma/placeholder_lists.h"
#include "policies/sigma/rule_policy.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kMapping = "logsource_mapping";

/// A key of ours that begins a document is none of Sigma's business.
bool is_mapping(const YamlNode& document) {
  return document.members.front().first.scalar == kMapping;
}

class SigmaRules final : public ForeignRules {
 public:
  [[nodiscard]] bool takes(const YamlNode& document) const override {
    const bool is_filter =
        document.find("filter") != nullptr && document.find("logsource") != nullptr;
    return is_mapping(document) || is_filter || document.find("detection") != nullptr ||
           document.find("correlation") != nullptr;
  }

  [[nodiscard]] std::vector<std::string> references(const YamlNode& document) const override {
    if (is_mapping(document)) {
      return {std::string(kMapping) + ":" + document.members.front().second.scalar};
    }
    const auto text = [&](std::string_view key) {
      const YamlNode* const node = document.find(key);
      return node != nullptr ? node->scalar : std::string();
    };
    SigmaHead head;
    head.title = text("title");
    head.id = text("id");
    head.name = text("name");
    std::vector<std::string> references;
    if (!head.id.empty()) references.push_back(reference(head.id));
    if (!head.name.empty()) references.push_back(reference(head.name));
    const std::string policy = policy_id_of(head);
    // Without both, as its policy is called.
    if (references.empty()) references.push_back(reference(policy.substr(policy.find('.') + 1)));
    references.push_back(policy);
    return references;
  }

  [[nodiscard]] std::vector<Policy> read(std::span<const Document> documents,
                                         NamedLists& lists) const override {
    std::vector<SigmaSource> sources;
    std::vector<SigmaDocument> rules;
    SigmaOptions options;
    std::map<std::string_view, const Document*> by_path;
    for (const Document& document : documents) {
      by_path.emplace(document.text->path(), &document);
      DocumentReader reader(*document.text, *document.found);
      if (is_mapping(*document.node)) {
        add(read_mapping(reader, *document.node), sources);
      } else if (add_placeholders(reader, *document.node, lists, options.placeholders)) {
        rules.push_back({document.text, document.node});
      }
    }
    if (rules.empty()) return {};
    add(load_mapping(*shipped_mapping("records")).mapping, sources);
    SigmaOutcome outcome = load_sigma(rules, options);
    for (Diagnostic& d : outcome.diagnostics) {
      by_path.at(d.span.file)->found->push_back(std::move(d));
    }
    std::vector<Policy> policies;
    for (const SigmaRule& rule : outcome.set.rules) {
      if (!rule.stands_alone) continue;
      const Document& document = *by_path.at(rule.head.span.file);
      DocumentReader reader(*document.text, *document.found);
      std::vector<Policy> made = policies_of(rule, sources, reader);
      policies.insert(policies.end(), std::make_move_iterator(made.begin()),
                      std::make_move_iterator(made.end()));
    }
    const SigmaCorrelationPolicies::ReaderOf reader_of = [&by_path](const SourceSpan& span) {
      const Document& document = *by_path.at(span.file);
      return DocumentReader(*document.text, *document.found);
    };
    SigmaCorrelationPolicies correlations(outcome.set, sources, reader_of);
    for (const SigmaCorrelation& correlation : outcome.set.correlations) {
      if (!correlation.stands_alone) continue;
      auto made = correlations.policy_of(correlation);
      if (made) policies.push_back(*std::move(made));
    }
    return policies;
  }

  [[nodiscard]] std::string reference(std::string_view rule) const override {
    return "sigma:" + std::string(rule);
  }

  [[nodiscard]] std::string policy_id(std::string_view rule) const override {
    return rule_policy_id(rule);
  }

 private:
  static void add(SigmaMapping mapping, std::vector<SigmaSource>& sources) {
    sources.insert(sources.end(), std::make_move_iterator(mapping.sources.begin()),
                   std::make_move_iterator(mapping.sources.end()));
  }
};

}  // namespace

LoadOutcome load_policy_set(std::span<const PolicyText> texts, UtcTime as_of,
                            const ConsequenceTable& rules) {
  return load_policies(texts, as_of, SigmaRules(), nullptr, rules);
}

LoadOutcome load_policy_set(std::span<const PolicyText> texts, UtcTime as_of,
                            const SyncedLists& synced, std::span<const PolicyClearance> clearances,
                            const ConsequenceTable& rules) {
  LoadOutcome outcome = load_policies(texts, as_of, SigmaRules(), &synced, rules);
  apply_clearances(outcome.set, outcome.documents.lists, clearances);
  return outcome;
}

}  // namespace tidewaiter
