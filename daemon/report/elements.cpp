#include "daemon/report/elements.h"

#include <algorithm>
#include <array>
#include <string>

#include "daemon/report/source_reach.h"
#include "storage/review/subject_names.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 3> kStateWords{"present", "absent", "unknown"};

ElementState present_if(bool there) {
  return there ? ElementState::kPresent : ElementState::kAbsent;
}

ElementState stated(const Report& report, std::string_view name) {
  const auto said = report.statements.find(std::string(name));
  if (said == report.statements.end()) return ElementState::kAbsent;
  if (said->second.find_first_not_of(" \t\r\n") == std::string::npos) return ElementState::kAbsent;
  return said->second == kNotKnown ? ElementState::kUnknown : ElementState::kPresent;
}

/// What policies could not tell is told of what sources had told of.
ElementState coverage_state(const Report& report) {
  if (report.coverage.empty() || is_unseen(report)) return ElementState::kAbsent;
  return is_partly_unseen(report) ? ElementState::kUnknown : ElementState::kPresent;
}

ElementState policies_state(const Report& report) {
  if (report.policies.empty()) return ElementState::kAbsent;
  const bool all = std::ranges::all_of(report.policies, &ReportedPolicy::known);
  return all ? ElementState::kPresent : ElementState::kUnknown;
}

ElementState decisions_state(const Report& report) {
  const bool holds = std::ranges::any_of(
      report.decisions, [](const ReportedDecision& decision) { return !decision.waits; });
  return present_if(holds);
}

ElementState subject_state(const Report& report) {
  if (report.subjects.empty()) return ElementState::kAbsent;
  if (std::ranges::any_of(report.subjects, &ReportedSubject::erased)) return ElementState::kUnknown;
  if (std::ranges::any_of(report.subjects, &ReportedSubject::withheld)) {
    return ElementState::kAbsent;
  }
  // A cluster is named after one of its accounts: whom else it is about its accounts say, and a
  // report has those of one cluster at most.
  const auto clusters = std::ranges::count_if(report.subjects, is_cluster, &ReportedSubject::name);
  const std::ptrdiff_t told = report.members && report.members->named ? 1 : 0;
  return clusters > told ? ElementState::kUnknown : ElementState::kPresent;
}

ElementState usage_state(const Report& report) {
  const auto usage = std::ranges::find(report.series, "requests", &ReportedSeries::unit);
  if (usage == report.series.end()) return ElementState::kAbsent;
  return usage->complete ? ElementState::kPresent : ElementState::kUnknown;
}

bool has_figures(const Report& report) {
  return std::ranges::any_of(report.findings,
                             [](const ReportedFinding& f) { return !f.figures.empty(); });
}

bool has_steps(const Report& report) {
  return std::ranges::any_of(
      report.timeline, [](const ReportedEvent& event) { return event.what.starts_with("action"); });
}

/// Whether each list has an issue of which it is known what it holds and when it came.
ElementState lists_state(const Report& report) {
  if (!report.screening || report.screening->lists.empty()) return ElementState::kAbsent;
  const auto is_known = [](const ReportedList& list) {
    return std::ranges::all_of(list.issues, [&list](const ReportedIssue& issue) {
      return issue.count.has_value() && (list.written || issue.retrieved.has_value());
    });
  };
  const bool all =
      report.screening->sets_known && std::ranges::all_of(report.screening->lists, is_known);
  return all ? ElementState::kPresent : ElementState::kUnknown;
}

ElementState screened_state(const Report& report) {
  if (!report.screening || report.screening->screens.empty()) return ElementState::kAbsent;
  return report.screening->counted && report.screening->sets_known ? ElementState::kPresent
                                                                   : ElementState::kUnknown;
}

/// That nothing was found is an answer, too, where it is known what was looked into.
ElementState hits_state(const Report& report) {
  if (!report.screening || report.screening->screens.empty()) return ElementState::kAbsent;
  return report.screening->sets_known ? ElementState::kPresent : ElementState::kUnknown;
}

ElementState unscreened_state(const Report& report) {
  if (!report.screening || report.screening->screens.empty()) return ElementState::kAbsent;
  const bool all =
      std::ranges::all_of(report.screening->unscreened,
                          [](const ReportedUnscreened& one) { return one.count.has_value(); });
  return all && report.screening->counted ? ElementState::kPresent : ElementState::kUnknown;
}

struct Derived {
  std::string_view name;
  ElementState (*state)(const Report& report);
};

constexpr std::array<Derived, 14> kDerived{{
    {"coverage", coverage_state},
    {"deadline", [](const Report& r) { return present_if(r.deadline.has_value()); }},
    {"decisions", decisions_state},
    {"figures", [](const Report& r) { return present_if(has_figures(r)); }},
    {"findings", [](const Report& r) { return present_if(!r.findings.empty()); }},
    {"hits", hits_state},
    {"lists", lists_state},
    {"not_screened", unscreened_state},
    {"period", [](const Report& r) { return present_if(r.period.from < r.period.to); }},
    {"policies", policies_state},
    {"screened", screened_state},
    {"steps_taken", [](const Report& r) { return present_if(has_steps(r)); }},
    {"subject", subject_state},
    {"usage", usage_state},
}};

/// Whether a licence holds on a day of the report's period.
bool holds_within(const ReportedLicence& licence, const Interval& period) {
  return licence.from < period.to && (!licence.until || period.from < *licence.until + kDay);
}

/// What was recorded needs no words of the author, whose word goes before it.
ElementState licences_state(const Report& report) {
  const ElementState said = stated(report, "licences");
  if (said != ElementState::kAbsent) return said;
  return present_if(std::ranges::any_of(report.licences, [&report](const ReportedLicence& licence) {
    return holds_within(licence, report.period);
  }));
}

ElementState state_of(const Report& report, const ReportElement& element) {
  if (element.name == "licences") return licences_state(report);
  if (element.stated) return stated(report, element.name);
  const auto* const derived = std::ranges::find(kDerived, element.name, &Derived::name);
  return derived == kDerived.end() ? ElementState::kUnknown : derived->state(report);
}

}  // namespace

std::string_view element_state_name(ElementState state) {
  return kStateWords[static_cast<std::size_t>(state)];
}

std::vector<CheckedElement> check_elements(const Report& report, const ReportKind& kind) {
  std::vector<CheckedElement> all;
  for (const std::string_view name : kind.elements) {
    const ReportElement& element = *report_element(name);
    all.push_back({std::string(name), std::string(element.question), state_of(report, element)});
  }
  return all;
}

std::int64_t gaps_of(const std::vector<CheckedElement>& elements) {
  return std::ranges::count_if(elements, [](const CheckedElement& element) {
    return element.state != ElementState::kPresent;
  });
}

}  // namespace tidewaiter
