#include "policies/sigma/rule_reader.h"

#include <algorithm>
#include <utility>

#include "policies/model/input_text.h"
#include "policies/sigma/condition_reader.h"
#include "policies/sigma/document_parts.h"
#include "policies/sigma/sigma_scalar.h"

namespace tidewaiter {
namespace {

bool is_timeframe(const YamlNode& key, const YamlNode& value) {
  return key.scalar == "timeframe" && value.kind == YamlNode::Kind::kScalar;
}

/// Reads all selections of a map but the keys in `others`.
bool read_selections(DocumentReader& reader, const YamlNode& map,
                     std::initializer_list<std::string_view> others,
                     const SigmaPlaceholders& placeholders,
                     std::vector<SigmaSelection>& selections) {
  bool good = true;
  for (const auto& [key, value] : map.members) {
    const bool other = std::ranges::find(others, key.scalar) != others.end();
    if (other || is_timeframe(key, value)) continue;
    auto selection = read_sigma_selection(reader, key, value, placeholders);
    good = good && selection.has_value();
    if (selection) selections.push_back(*std::move(selection));
  }
  return good;
}

class RuleReader {
 public:
  RuleReader(DocumentReader& reader, const SigmaPlaceholders& placeholders)
      : reader_(reader), placeholders_(placeholders) {}

  std::optional<SigmaRuleDraft> read(const YamlNode& document) {
    auto head = read_head(reader_, document, "a rule");
    const YamlNode* logsource = require_member(reader_, document, "logsource", "a rule");
    std::optional<SigmaLogsource> source;
    if (logsource != nullptr) source = read_logsource(reader_, *logsource);
    const YamlNode* detection = require_member(reader_, document, "detection", "a rule");
    const bool good = detection != nullptr && read_detection(*detection);
    if (!head || !source || !good) return std::nullopt;
    draft_.rule.head = *std::move(head);
    draft_.rule.logsource = *std::move(source);
    draft_.rule.logsource_span = logsource->span;
    return std::move(draft_);
  }

 private:
  bool read_detection(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::kMap) {
      reader_.error(node.span, kSigmaShape, "a detection is a map of selections",
                    "write `selection:` and `condition:` under it");
      return false;
    }
    std::vector<SigmaSelection>& selections = draft_.rule.detection.selections;
    bool good = read_selections(reader_, node, {"condition"}, placeholders_, selections);
    good = read_timeframe(node) && good;
    const YamlNode* condition = require_member(reader_, node, "condition", "a detection");
    // A selection that is refused must not be told as missing, too.
    if (condition == nullptr || !good) return false;
    return read_conditions(*condition);
  }

  bool read_timeframe(const YamlNode& node) {
    const YamlNode* timeframe = node.find("timeframe");
    if (timeframe == nullptr || timeframe->kind != YamlNode::Kind::kScalar) return true;
    timeframe_ = read_timespan(reader_, *timeframe);
    timeframe_span_ = timeframe->span;
    return timeframe_.has_value();
  }

  /// One condition, or a list of which one holds.
  bool read_conditions(const YamlNode& node) {
    const std::vector<const YamlNode*> all = DocumentReader::items(node);
    SigmaCondition whole;
    whole.kind = SigmaCondition::Kind::kOr;
    bool good = !all.empty();
    if (all.empty()) reader_.error(node.span, kSigmaCondition, "no condition stands here", {});
    for (const YamlNode* one : all) {
      auto condition = read_condition(*one, all.size() > 1);
      good = good && condition.has_value();
      if (condition) whole.operands.push_back(*std::move(condition));
    }
    if (!good) return false;
    if (timeframe_ && !draft_.aggregation) {
      reader_.warn(timeframe_span_, kSigmaIdle, "`timeframe` without an aggregation bounds nothing",
                   "write a correlation, or leave it out");
    }
    const bool single = whole.operands.size() == 1;
    SigmaCondition first = whole.operands.front();
    draft_.rule.detection.condition = single ? std::move(first) : std::move(whole);
    return true;
  }

  std::optional<SigmaCondition> read_condition(const YamlNode& node, bool one_of_several) {
    const auto text = scalar_text(reader_, node, "a condition");
    if (!text) return std::nullopt;
    const std::vector<SigmaSelection>& selections = draft_.rule.detection.selections;
    const std::size_t pipe = text->find('|');
    const std::string_view search = std::string_view(*text).substr(0, pipe);
    if (pipe != std::string::npos && !read_pipe(node, text->substr(pipe + 1), one_of_several)) {
      return std::nullopt;
    }
    return read_sigma_condition(reader_, node, search, selections);
  }

  bool read_pipe(const YamlNode& node, const std::string& text, bool one_of_several) {
    if (one_of_several) {
      reader_.error(node.span, kSigmaAggregation,
                    "an aggregation cannot be one of several conditions",
                    "write a correlation and a rule for each condition");
      return false;
    }
    draft_.aggregation =
        read_aggregation(reader_, node, text, draft_.rule.detection.selections, timeframe_);
    return draft_.aggregation.has_value();
  }

  DocumentReader& reader_;
  const SigmaPlaceholders& placeholders_;
  SigmaRuleDraft draft_;
  std::optional<Duration> timeframe_;
  SourceSpan timeframe_span_;
};

}  // namespace

std::optional<SigmaRuleDraft> read_sigma_rule(DocumentReader& reader, const YamlNode& document,
                                              const SigmaPlaceholders& placeholders) {
  return RuleReader(reader, placeholders).read(document);
}

std::optional<SigmaFilter> read_sigma_filter(DocumentReader& reader, const YamlNode& document,
                                             const SigmaPlaceholders& placeholders) {
  SigmaFilter filter;
  auto head = read_head(reader, document, "a filter");
  const YamlNode* logsource = require_member(reader, document, "logsource", "a filter");
  std::optional<SigmaLogsource> source;
  if (logsource != nullptr) source = read_logsource(reader, *logsource);
  const YamlNode* body = document.find("filter");
  if (body == nullptr || body->kind != YamlNode::Kind::kMap) {
    reader.error(document.span, kSigmaShape, "a filter is a map",
                 "write `rules:`, a selection and `condition:` under `filter:`");
    return std::nullopt;
  }
  bool good = read_selections(reader, *body, {"condition", "rules"}, placeholders,
                              filter.detection.selections);
  const YamlNode* rules = require_member(reader, *body, "rules", "a filter");
  const YamlNode* condition = require_member(reader, *body, "condition", "a filter");
  if (rules != nullptr) {
    filter.any_rule = rules->kind == YamlNode::Kind::kScalar && rules->scalar == "any";
    for (const YamlNode* rule : DocumentReader::items(*rules)) {
      const auto name = scalar_text(reader, *rule, "the id or name of a rule");
      good = good && name.has_value();
      if (!name || filter.any_rule) continue;
      filter.rules.push_back(*name);
      filter.rule_spans.push_back(rule->span);
    }
  }
  if (!head || !source || !good || rules == nullptr || condition == nullptr) return std::nullopt;
  const auto text = scalar_text(reader, *condition, "a condition");
  if (!text) return std::nullopt;
  auto read = read_sigma_condition(reader, *condition, *text, filter.detection.selections);
  if (!read) return std::nullopt;
  filter.head = *std::move(head);
  filter.logsource = *std::move(source);
  filter.detection.condition = *std::move(read);
  return filter;
}

}  // namespace tidewaiter
