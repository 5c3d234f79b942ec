#include <algorithm>
#include <array>
#include <utility>

#include "policies/model/input_text.h"
#include "policies/sigma/document_parts.h"
#include "policies/sigma/rule_reader.h"
#include "policies/sigma/sigma_scalar.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 7> kKeys = {"type",     "rules",     "aliases", "group-by",
                                                   "timespan", "condition", "generate"};

struct OrderWord {
  std::string_view key;
  SigmaOrder order;
  bool negated;
};

constexpr std::array<OrderWord, 6> kOrderWords = {{{"gt", SigmaOrder::kGreater, false},
                                                   {"gte", SigmaOrder::kGreaterOrEqual, false},
                                                   {"lt", SigmaOrder::kLess, false},
                                                   {"lte", SigmaOrder::kLessOrEqual, false},
                                                   {"eq", SigmaOrder::kEqual, false},
                                                   {"neq", SigmaOrder::kEqual, true}}};

bool is_temporal(SigmaCorrelationType type) {
  return type == SigmaCorrelationType::kTemporal || type == SigmaCorrelationType::kTemporalOrdered;
}

class CorrelationReader {
 public:
  explicit CorrelationReader(DocumentReader& reader) : reader_(reader) {}

  std::optional<SigmaCorrelationDraft> read(const YamlNode& document) {
    auto head = read_head(reader_, document, "a correlation");
    const YamlNode& body = *document.find("correlation");
    if (!check_keys(reader_.yaml(), body, kKeys, reader_.diagnostics())) good_ = false;
    if (body.kind == YamlNode::Kind::kMap) {
      read_type(body);
      read_rules(body);
      read_group_by(body);
      read_aliases(body);
      const YamlNode* timespan = require(body, "timespan");
      if (timespan != nullptr) out().timespan = read_timespan(reader_, *timespan);
      read_condition(body);
      read_generate(body.find("generate"));
      read_generate(document.find("generate"));
    }
    if (!head || !good_ || !out().timespan) return std::nullopt;
    out().head = *std::move(head);
    const auto place = [&](std::string_view key) {
      const YamlNode* node = body.find(key);
      return node != nullptr ? node->span : out().head.span;
    };
    out().places = {place("rules"), place("group-by"), place("timespan"), place("condition")};
    return std::move(draft_);
  }

 private:
  SigmaCorrelation& out() { return draft_.correlation; }

  void refuse(const SourceSpan& span, const DiagnosticCode& code, std::string message,
              std::string hint) {
    reader_.error(span, code, std::move(message), std::move(hint));
    good_ = false;
  }

  const YamlNode* require(const YamlNode& body, std::string_view key) {
    const YamlNode* node = require_member(reader_, body, key, "a correlation");
    good_ = good_ && node != nullptr;
    return node;
  }

  void read_type(const YamlNode& body) {
    const YamlNode* node = require(body, "type");
    if (node == nullptr) return;
    const auto type = find_correlation_type(node->scalar);
    if (type) {
      out().type = *type;
      return;
    }
    refuse(node->span, kSigmaWord, in_backticks(node->scalar) + " is no type of correlation",
           "one of: event_count, value_count, value_sum, value_avg, value_percentile, temporal, "
           "temporal_ordered");
  }

  void read_rules(const YamlNode& body) {
    const YamlNode* node = require(body, "rules");
    if (node == nullptr) return;
    for (const YamlNode* rule : DocumentReader::items(*node)) {
      const auto name = scalar_text(reader_, *rule, "the id or name of a rule");
      good_ = good_ && name.has_value();
      if (!name) continue;
      out().rules.push_back({false, 0, *name});
      draft_.rule_spans.push_back(rule->span);
    }
    if (out().rules.empty() && good_) {
      refuse(node->span, kSigmaMissing, "a correlation needs a rule", "name one under `rules:`");
    }
  }

  void read_group_by(const YamlNode& body) {
    const YamlNode* node = body.find("group-by");
    if (node == nullptr) return;
    for (const YamlNode* field : DocumentReader::items(*node)) {
      const auto name = scalar_text(reader_, *field, "the name of a field");
      good_ = good_ && name.has_value();
      if (name) out().group_by.push_back(*name);
    }
  }

  void read_aliases(const YamlNode& body) {
    const YamlNode* node = body.find("aliases");
    if (node == nullptr) return;
    if (node->kind != YamlNode::Kind::kMap) return refuse_alias(*node);
    for (const auto& [alias, fields] : node->members) {
      if (fields.kind != YamlNode::Kind::kMap) {
        refuse_alias(fields);
        continue;
      }
      std::vector<std::string>& of_rules = out().aliases[alias.scalar];
      of_rules.resize(out().rules.size());
      for (const auto& [rule, field] : fields.members) read_alias(rule, field, of_rules);
    }
  }

  void refuse_alias(const YamlNode& node) {
    refuse(node.span, kSigmaShape, "an alias is a map of rules",
           "write `aliases: {alias: {rule: field}}`");
  }

  void read_alias(const YamlNode& rule, const YamlNode& field, std::vector<std::string>& of_rules) {
    const auto at = std::ranges::find(out().rules, rule.scalar, &SigmaReference::written);
    if (at == out().rules.end()) {
      refuse(rule.span, kSigmaUnknownRule,
             in_backticks(rule.scalar) + " is not among the correlation's rules",
             "aliases name rules as `rules:` does");
      return;
    }
    const auto name = scalar_text(reader_, field, "the name of a field");
    good_ = good_ && name.has_value();
    if (name) of_rules[static_cast<std::size_t>(at - out().rules.begin())] = *name;
  }

  void read_generate(const YamlNode* node) {
    if (node == nullptr) return;
    const SigmaScalar scalar = read_sigma_scalar(*node);
    if (scalar.kind == SigmaScalar::Kind::kBool) {
      draft_.generate = scalar.truth;
    } else {
      refuse(node->span, kSigmaValue, "`generate` is true or false", "write `generate: true`");
    }
  }

  void read_condition(const YamlNode& body) {
    const YamlNode* node = body.find("condition");
    if (node == nullptr) {
      all_rules_by_default(body);
    } else if (node->kind != YamlNode::Kind::kMap) {
      refuse(node->span, kSigmaCorrelation,
             "a correlation's condition is a map in Sigma 2.1, such as `gte: 10`",
             "write one of gt, gte, lt, lte, eq, neq, and `field:` where values are counted");
    } else {
      for (const auto& [key, value] : node->members) read_criterion(key, value);
      if (good_) check_condition(*node);
    }
  }

  /// temporal: every rule must have matched.
  void all_rules_by_default(const YamlNode& body) {
    if (!is_temporal(out().type)) {
      (void)require(body, "condition");
      return;
    }
    out().thresholds = {
        {SigmaOrder::kGreaterOrEqual, false, static_cast<double>(out().rules.size())}};
  }

  void read_criterion(const YamlNode& key, const YamlNode& value) {
    const auto* const comparison = std::ranges::find(kOrderWords, key.scalar, &OrderWord::key);
    if (comparison != kOrderWords.end()) {
      if (const auto number = read_number(value)) {
        out().thresholds.push_back({comparison->order, comparison->negated, *number});
      }
    } else if (key.scalar == "percentile") {
      out().percentile = read_number(value);
    } else if (key.scalar == "field") {
      for (const YamlNode* field : DocumentReader::items(value)) {
        const auto name = scalar_text(reader_, *field, "the name of a field");
        good_ = good_ && name.has_value();
        if (name) out().fields.push_back(*name);
      }
    } else {
      refuse(key.span, kSigmaCorrelation,
             in_backticks(key.scalar) + " is no part of a correlation's condition",
             "one of: gt, gte, lt, lte, eq, neq, field, percentile");
    }
  }

  std::optional<double> read_number(const YamlNode& node) {
    const SigmaScalar scalar = read_sigma_scalar(node);
    if (scalar.kind == SigmaScalar::Kind::kNumber) return scalar.number;
    refuse(node.span, kSigmaValue, in_backticks(node.scalar) + " is no number",
           "write a number without quotes");
    return std::nullopt;
  }

  void check_condition(const YamlNode& node) {
    const SigmaCorrelationType type = out().type;
    const bool of_values = type != SigmaCorrelationType::kEventCount && !is_temporal(type);
    const std::string name(type_name(type));
    if (out().thresholds.empty()) {
      refuse(node.span, kSigmaCorrelation, "the condition compares with nothing",
             "add one of gt, gte, lt, lte, eq, neq");
    } else if (of_values && out().fields.empty()) {
      refuse(node.span, kSigmaCorrelation, "`" + name + "` needs the field whose values it is of",
             "add `field: …` to the condition");
    } else if (!of_values && !out().fields.empty()) {
      refuse(node.span, kSigmaCorrelation, "`" + name + "` is of events, not of a field's values",
             "leave `field` out, or use value_count");
    } else if (type != SigmaCorrelationType::kValueCount && out().fields.size() > 1) {
      refuse(node.span, kSigmaCorrelation, "`" + name + "` is of one field's values",
             "name one field");
    } else if (out().percentile && (type != SigmaCorrelationType::kValuePercentile ||
                                    *out().percentile < 0 || *out().percentile > 100)) {
      refuse(node.span, kSigmaCorrelation,
             "`percentile` is for value_percentile, and from 0 to 100", "correct it");
    } else if (type == SigmaCorrelationType::kTemporalOrdered && !only_all_rules()) {
      refuse(node.span, kSigmaCorrelation,
             "of rules in an order, some say nothing: the order is that of all",
             "leave the condition out, or use `temporal`");
    }
  }

  /// Whether the condition is met by all rules and by no fewer.
  [[nodiscard]] bool only_all_rules() {
    const auto all = static_cast<double>(out().rules.size());
    return meets(all, out().thresholds) && !meets(all - 1, out().thresholds);
  }

  DocumentReader& reader_;
  SigmaCorrelationDraft draft_;
  bool good_ = true;
};

}  // namespace

std::optional<SigmaCorrelationDraft> read_sigma_correlation(DocumentReader& reader,
                                                            const YamlNode& document) {
  return CorrelationReader(reader).read(document);
}

}  // namespace tidewaiter
