#include "policies/sigma/load.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "policies/language/load.h"
#include "policies/language/strict_yaml.h"
#include "policies/model/did_you_mean.h"
#include "policies/model/input_text.h"
#include "policies/sigma/rule_reader.h"

namespace tidewaiter {
namespace {

/// A correlation that waits for its references, and the file whose lines its diagnostics show.
struct Waiting {
  SigmaCorrelationDraft draft;
  const YamlText* text = nullptr;
};

/// What an id or name stands for: a rule that has loaded, or one of the waiting correlations.
struct Named {
  bool correlation = false;
  std::size_t index = 0;
  std::string place;  ///< "file:line"
};

class Loader {
 public:
  Loader(const SigmaOptions& options, SigmaOutcome& outcome)
      : options_(options), outcome_(outcome) {}

  void read_file(const PolicyText& file) {
    texts_.push_back(std::make_unique<YamlText>(file.path, file.text));
    const YamlText& text = *texts_.back();
    for (const YamlNode& document : parse_policy_file(file, text, outcome_.diagnostics)) {
      if (document.kind != YamlNode::Kind::kNull) add_document(text, document);
    }
  }

  void add_document(const YamlText& text, const YamlNode& document) {
    ++outcome_.documents;
    read_document(text, document);
  }

  void finish() {
    apply_filters();
    resolve();
    std::ranges::stable_sort(outcome_.diagnostics, {}, [](const Diagnostic& d) {
      return std::tuple(d.span.file, d.span.line, d.span.column);
    });
  }

 private:
  void read_document(const YamlText& text, const YamlNode& document) {
    DocumentReader reader(text, outcome_.diagnostics);
    if (document.kind != YamlNode::Kind::kMap) {
      reader.error(document.span, kSigmaShape, "a Sigma document is a map",
                   "it has `title`, and `detection`, `correlation` or `filter`");
    } else if (const YamlNode* action = document.find("action")) {
      reader.error(action->span, kSigmaCollection,
                   "`action: " + action->scalar + "` documents are of Sigma 1 and are not read",
                   "write each rule whole");
      collection_ = text.path();
    } else if (collection_ == text.path()) {
      reader.error(document.span, kSigmaCollection,
                   "this document is a part of the `action` document before it",
                   "write each rule whole");
    } else if (document.find("correlation") != nullptr) {
      add(read_sigma_correlation(reader, document), reader);
    } else if (document.find("filter") != nullptr) {
      add(read_sigma_filter(reader, document, options_.placeholders), text);
    } else {
      add(read_sigma_rule(reader, document, options_.placeholders), reader);
    }
  }

  void add(std::optional<SigmaRuleDraft> draft, DocumentReader& reader) {
    if (!draft) return;
    if (draft->aggregation) {
      add_aggregation(*std::move(draft), reader);
    } else if (take_names(draft->rule.head, {false, outcome_.set.rules.size(), {}}, reader)) {
      outcome_.set.rules.push_back(std::move(draft->rule));
    }
  }

  /// A rule of Sigma 1 with a pipe: a rule for what stands before it, one more for `near`, and the
  /// correlation, which has the names.
  void add_aggregation(SigmaRuleDraft draft, DocumentReader& reader) {
    SigmaAggregation& aggregation = *draft.aggregation;
    if (!take_names(draft.rule.head, {true, waiting_.size(), {}}, reader)) return;
    SigmaCorrelationDraft made;
    made.correlation.head = draft.rule.head;
    const SourceSpan& place = draft.rule.head.span;
    made.correlation.places = {place, place, place, place};
    made.correlation.type = aggregation.type;
    made.correlation.fields = std::move(aggregation.fields);
    made.correlation.group_by = std::move(aggregation.group_by);
    made.correlation.thresholds = std::move(aggregation.thresholds);
    made.correlation.timespan = aggregation.timespan;
    draft.rule.stands_alone = false;
    const auto add_part = [&](SigmaRule part) {
      made.correlation.rules.push_back({false, outcome_.set.rules.size(), part.head.title});
      outcome_.set.rules.push_back(std::move(part));
    };
    if (aggregation.near) {
      SigmaRule second = draft.rule;
      second.detection.condition = *std::move(aggregation.near);
      made.correlation.thresholds = {{SigmaOrder::kGreaterOrEqual, false, 2}};
      add_part(std::move(draft.rule));
      add_part(std::move(second));
    } else {
      add_part(std::move(draft.rule));
    }
    waiting_.push_back({std::move(made), &reader.yaml()});
  }

  void add(std::optional<SigmaCorrelationDraft> draft, DocumentReader& reader) {
    if (!draft) return;
    if (!take_names(draft->correlation.head, {true, waiting_.size(), {}}, reader)) return;
    waiting_.push_back({*std::move(draft), &reader.yaml()});
  }

  void add(std::optional<SigmaFilter> filter, const YamlText& text) {
    if (filter) filters_.emplace_back(*std::move(filter), &text);
  }

  /// Takes the document's id and name, both or none, or tells who has one of them already.
  bool take_names(const SigmaHead& head, Named named, DocumentReader& reader) {
    named.place = head.span.file + ":" + std::to_string(head.span.line);
    const std::array<std::string, 2> words = {head.id, head.name};
    for (const std::string& word : words) {
      const auto taken = names_.find(word);
      if (word.empty() || taken == names_.end() || taken->second.place == named.place) continue;
      reader.error(
          head.span, kSigmaDuplicate,
          in_backticks(word) + " names the document at " + taken->second.place + " already",
          "give each document an id and a name of its own");
      return false;
    }
    for (const std::string& word : words) {
      if (!word.empty()) names_.emplace(word, named);
    }
    return true;
  }

  void apply_filters() {
    for (const auto& [filter, text] : filters_) {
      DocumentReader reader(*text, outcome_.diagnostics);
      if (filter.any_rule) {
        for (SigmaRule& rule : outcome_.set.rules) {
          if (covers(filter.logsource, rule.logsource)) apply(filter, rule);
        }
      }
      for (std::size_t i = 0; i < filter.rules.size(); ++i) {
        apply_by_name(filter, filter.rules[i], filter.rule_spans[i], reader);
      }
    }
  }

  void apply_by_name(const SigmaFilter& filter, const std::string& name, const SourceSpan& span,
                     DocumentReader& reader) {
    const auto at = names_.find(name);
    if (at == names_.end() || at->second.correlation) {
      reader.warn(span, kSigmaIdle,
                  "the filter names " + in_backticks(name) + ", which is no rule that has loaded",
                  "load the rule with it, or take it out of the filter");
      return;
    }
    SigmaRule& rule = outcome_.set.rules[at->second.index];
    if (covers(filter.logsource, rule.logsource)) {
      apply(filter, rule);
      return;
    }
    reader.warn(span, kSigmaIdle,
                "the filter is for " + to_text(filter.logsource) + ", the rule for " +
                    to_text(rule.logsource) + ": it is not applied",
                "give both the same log source");
  }

  /// The rule then matches what both match: the filter's condition says what is left over.
  static void apply(const SigmaFilter& filter, SigmaRule& rule) {
    std::vector<SigmaSelection>& selections = rule.detection.selections;
    SigmaCondition added = filter.detection.condition;
    shift(added, selections.size());
    selections.insert(selections.end(), filter.detection.selections.begin(),
                      filter.detection.selections.end());
    SigmaCondition both;
    both.kind = SigmaCondition::Kind::kAnd;
    both.operands.push_back(std::move(rule.detection.condition));
    both.operands.push_back(std::move(added));
    rule.detection.condition = std::move(both);
    rule.filters.push_back(filter.head.title);
  }

  static void shift(SigmaCondition& condition, std::size_t by) {
    if (condition.kind == SigmaCondition::Kind::kSelection) condition.selection += by;
    for (SigmaCondition& operand : condition.operands) shift(operand, by);
  }

  enum class State : std::uint8_t { kUnseen, kOpen, kPlaced, kRefused };

  /// Puts the correlations behind what they refer to.
  void resolve() {
    states_.assign(waiting_.size(), State::kUnseen);
    places_.assign(waiting_.size(), 0);
    for (std::size_t i = 0; i < waiting_.size(); ++i) (void)place(i, 0);
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      if (states_[i] == State::kPlaced) hide_rules_of(i);
    }
  }

  /// Whether the correlation has a place in the set, now at the latest.
  bool place(std::size_t index, std::size_t depth) {
    if (states_[index] != State::kUnseen) return states_[index] == State::kPlaced;
    states_[index] = State::kOpen;
    SigmaCorrelationDraft& draft = waiting_[index].draft;
    bool good = true;
    for (std::size_t i = 0; i < draft.rule_spans.size(); ++i) {
      good = find(index, i, depth) && good;
    }
    states_[index] = good ? State::kPlaced : State::kRefused;
    if (good) {
      places_[index] = outcome_.set.correlations.size();
      outcome_.set.correlations.push_back(draft.correlation);
    }
    return good;
  }

  /// Finds what the correlation's i-th rule is.
  bool find(std::size_t index, std::size_t i, std::size_t depth) {
    constexpr std::size_t kMaxChain = 64;
    SigmaReference& reference = waiting_[index].draft.correlation.rules[i];
    const SourceSpan& span = waiting_[index].draft.rule_spans[i];
    DocumentReader reader(*waiting_[index].text, outcome_.diagnostics);
    const auto at = names_.find(reference.written);
    if (at == names_.end()) {
      reader.error(
          span, kSigmaUnknownRule,
          in_backticks(reference.written) + " is the id or name of no rule that has loaded",
          near(reference.written));
      return false;
    }
    reference.correlation = at->second.correlation;
    reference.index = at->second.index;
    if (!reference.correlation) return true;
    const bool open = states_[at->second.index] == State::kOpen || depth >= kMaxChain;
    if (open) {
      reader.error(span, kSigmaCycle,
                   in_backticks(reference.written) + " refers back to this correlation",
                   "a correlation builds on others, none of which builds on it; at most 64 deep");
      return false;
    }
    if (!place(at->second.index, depth + 1)) {
      reader.error(span, kSigmaUnknownRule,
                   in_backticks(reference.written) + " is a correlation with errors",
                   "correct that one first");
      return false;
    }
    reference.index = places_[at->second.index];
    return true;
  }

  [[nodiscard]] std::string near(const std::string& word) const {
    std::vector<std::string_view> known;
    for (const auto& [name, named] : names_) known.push_back(name);
    const auto found = did_you_mean(word, known);
    return found ? "did you mean `" + *found + "`?" : "load the rule's file with this one";
  }

  void hide_rules_of(std::size_t index) {
    const Waiting& waiting = waiting_[index];
    if (waiting.draft.generate) return;
    for (const SigmaReference& reference : outcome_.set.correlations[places_[index]].rules) {
      bool& stands = reference.correlation ? outcome_.set.correlations[reference.index].stands_alone
                                           : outcome_.set.rules[reference.index].stands_alone;
      stands = false;
    }
  }

  const SigmaOptions& options_;
  SigmaOutcome& outcome_;
  std::vector<std::unique_ptr<YamlText>> texts_;
  std::map<std::string, Named, std::less<>> names_;
  std::vector<Waiting> waiting_;
  std::vector<std::pair<SigmaFilter, const YamlText*>> filters_;
  std::vector<State> states_;        ///< of waiting_
  std::vector<std::size_t> places_;  ///< of waiting_, where placed: in the set's correlations
  std::string collection_;           ///< the file that an action document has made one of Sigma 1
};

}  // namespace

SigmaOutcome load_sigma(std::span<const PolicyText> texts, const SigmaOptions& options) {
  SigmaOutcome outcome;
  Loader loader(options, outcome);
  for (const PolicyText& text : texts) loader.read_file(text);
  loader.finish();
  return outcome;
}

SigmaOutcome load_sigma(std::span<const SigmaDocument> documents, const SigmaOptions& options) {
  SigmaOutcome outcome;
  Loader loader(options, outcome);
  for (const SigmaDocument& document : documents) {
    loader.add_document(*document.text, *document.node);
  }
  loader.finish();
  return outcome;
}

}  // namespace tidewaiter
