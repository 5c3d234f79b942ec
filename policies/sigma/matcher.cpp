#include <algorithm>
#include <memory>
#include <utility>

#include "policies/language/strict_yaml.h"
#include "policies/model/did_you_mean.h"
#include "policies/model/input_text.h"
#include "policies/sigma/logsource.h"

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

/// The event with Sigma's names beside the source's own.
std::unique_ptr<SigmaEvent> with_names(const SigmaSource& source, const SigmaEvent& event) {
  auto view = std::make_unique<SigmaEvent>(event);
  for (const auto& [sigma, own] : source.fields) {
    const std::vector<SigmaValue>* values = event.find(own);
    if (values == nullptr || event.find(sigma) != nullptr) continue;
    for (const SigmaValue& value : *values) view->add(sigma, value);
  }
  return view;
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

bool selects(const SigmaSource& source, const SigmaEvent& event) {
  return !source.where || holds(*source.where, event);
}

}  // namespace

SigmaMatcher::SigmaMatcher(const SigmaSet& set, const SigmaMapping* mapping)
    : set_(set), mapping_(mapping) {
  if (mapping_ == nullptr) return;
  rules_of_.resize(mapping_->sources.size());
  for (std::size_t rule = 0; rule < set_.rules.size(); ++rule) bind(rule);
}

void SigmaMatcher::bind(std::size_t rule) {
  bool bound = false;
  Fault fault{rule, {}};
  for (std::size_t s = 0; s < mapping_->sources.size(); ++s) {
    const SigmaSource& source = mapping_->sources[s];
    if (!covers(set_.rules[rule].logsource, source.logsource)) continue;
    if (auto missing = missing_field(source, set_.rules[rule])) {
      if (fault.field.empty()) fault.field = *std::move(missing);
      continue;
    }
    rules_of_[s].push_back(rule);
    bound = true;
  }
  if (!bound) faults_.push_back(std::move(fault));
}

SigmaMatcher::Matches SigmaMatcher::matches(const SigmaEvent& event) const {
  Matches matches;
  if (mapping_ == nullptr) {
    for (std::size_t rule = 0; rule < set_.rules.size(); ++rule) {
      if (holds(set_.rules[rule].detection, event)) matches.found.push_back({rule, &event});
    }
    return matches;
  }
  std::vector<bool> done(set_.rules.size());
  for (std::size_t s = 0; s < rules_of_.size(); ++s) {
    const SigmaSource& source = mapping_->sources[s];
    if (!source.reads && selects(source, event)) judge(s, event, done, matches);
  }
  std::ranges::sort(matches.found, {}, &Match::rule);
  return matches;
}

SigmaMatcher::Matches SigmaMatcher::matches(const Record& record) const {
  Matches matches;
  if (mapping_ == nullptr) return matches;
  matches.views.push_back(std::make_unique<SigmaEvent>(event_of_record(record)));
  const SigmaEvent& event = *matches.views.front();
  std::vector<bool> done(set_.rules.size());
  for (std::size_t s = 0; s < rules_of_.size(); ++s) {
    const SigmaSource& source = mapping_->sources[s];
    if (source.reads == record.kind && selects(source, event)) judge(s, event, done, matches);
  }
  std::ranges::sort(matches.found, {}, &Match::rule);
  return matches;
}

/// A rule that matches through one source is not asked again through another.
void SigmaMatcher::judge(std::size_t s, const SigmaEvent& event, std::vector<bool>& done,
                         Matches& matches) const {
  if (rules_of_[s].empty()) return;
  const SigmaSource& source = mapping_->sources[s];
  const SigmaEvent* seen = &event;
  if (!source.fields.empty()) {
    matches.views.push_back(with_names(source, event));
    seen = matches.views.back().get();
  }
  for (const std::size_t rule : rules_of_[s]) {
    if (done[rule] || !holds(set_.rules[rule].detection, *seen)) continue;
    done[rule] = true;
    matches.found.push_back({rule, seen});
  }
}

std::vector<Diagnostic> SigmaMatcher::unbound(std::span<const PolicyText> texts) const {
  std::vector<Diagnostic> found;
  for (const Fault& fault : faults_) {
    const SigmaRule& rule = set_.rules[fault.rule];
    const bool of_source = fault.field.empty();
    const SourceSpan span =
        of_source ? rule.logsource_span : span_of_field(rule.detection, fault.field);
    const auto file = std::ranges::find(texts, span.file, &PolicyText::path);
    const YamlText text(span.file,
                        file != texts.end() ? std::string_view(file->text) : std::string_view());
    found.push_back(text.at(span, DiagnosticLevel::kError,
                            std::string((of_source ? kSigmaLogsource : kSigmaField).code),
                            of_source ? "nothing maps the log source " + to_text(rule.logsource)
                                      : "nothing maps the field " + in_backticks(fault.field) +
                                            " of " + to_text(rule.logsource),
                            of_source
                                ? "add a source to `" + mapping_->name + "` that says the same"
                                : "add it to the source's `fields` in `" + mapping_->name + "`"));
  }
  return found;
}

}  // namespace tidewaiter
