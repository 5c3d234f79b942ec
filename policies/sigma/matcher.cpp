#include <algorithm>
#include <memory>
#include <utility>

#include "policies/language/strict_yaml.h"
#include "policies/model/input_text.h"
#include "policies/sigma/logsource.h"
#include "policies/sigma/source_binding.h"

namespace tidewaiter {
namespace {

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
  SigmaBinding binding = bind_sigma(set_.rules[rule], mapping_->sources);
  for (const std::size_t source : binding.sources) rules_of_[source].push_back(rule);
  if (binding.sources.empty()) faults_.push_back({rule, std::move(binding.missing)});
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
    const auto file = std::ranges::find(texts, rule.head.span.file, &PolicyText::path);
    const YamlText text(rule.head.span.file,
                        file != texts.end() ? std::string_view(file->text) : std::string_view());
    DocumentReader reader(text, found);
    tell_unbound(rule, fault.field, in_backticks(mapping_->name), reader);
  }
  return found;
}

}  // namespace tidewaiter
