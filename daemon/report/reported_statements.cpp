#include "daemon/report/reported_statements.h"

#include <algorithm>
#include <variant>

namespace tidewaiter {
namespace {

/// The entry of the statement that an act is, or is about.
std::optional<std::int64_t> statement_of(const Act& act, std::int64_t entry) {
  if (std::holds_alternative<AttributionStated>(act.body)) return entry;
  if (const auto* const opinion = std::get_if<AttributionApproved>(&act.body)) {
    return opinion->statement;
  }
  if (const auto* const withdrawn = std::get_if<AttributionWithdrawn>(&act.body)) {
    return withdrawn->statement;
  }
  return std::nullopt;
}

bool tells(const Case& c, std::int64_t statement) {
  return std::ranges::any_of(attributions_of(c), [&](const Attribution& one) {
    return one.stated.index == statement && is_reported(one, c);
  });
}

std::optional<std::string> attribution_event(const Act& act) {
  if (const auto* const stated = std::get_if<AttributionStated>(&act.body)) {
    return "stated who is behind it, with " + std::string(confidence_name(stated->confidence)) +
           " confidence";
  }
  if (std::holds_alternative<AttributionApproved>(act.body)) {
    return "approved the statement of who is behind it";
  }
  return std::nullopt;
}

}  // namespace

bool is_reported(const Attribution& one, const Case& c) {
  return one.state == AttributionState::kHolds && rests_on_something(one.said(), c);
}

std::int64_t unfounded_attributions(const Case& c) {
  return std::ranges::count_if(attributions_of(c), [&c](const Attribution& one) {
    return one.state == AttributionState::kHolds && !rests_on_something(one.said(), c);
  });
}

std::vector<ReportedAttribution> reported_attributions(const Case& c, const StatementWords& words,
                                                       bool withhold_names) {
  std::vector<ReportedAttribution> all;
  for (const Attribution& one : attributions_of(c)) {
    if (!is_reported(one, c)) continue;
    const Act& stated = one.stated.act.act;
    ReportedAttribution out;
    out.withheld = withhold_names;
    const auto name = words.names.find(one.stated.index);
    if (!withhold_names) {
      out.name = name == words.names.end() ? std::string(kErasedWords) : name->second;
    }
    out.confidence = confidence_name(one.said().confidence);
    out.by = stated.by;
    out.at = stated.at;
    out.entry = one.stated.index;
    out.sealed = stated.confidential;
    out.approved_by = one.opinion->act.act.by;
    out.approved_at = one.opinion->act.act.at;
    out.approval_entry = one.opinion->index;
    out.findings = one.said().findings;
    out.exhibits = one.said().exhibits;
    all.push_back(std::move(out));
  }
  return all;
}

std::optional<ReportedConclusion> reported_conclusion(const Case& c, const StatementWords& words,
                                                      std::string_view kind) {
  const std::optional<Conclusion> last = conclusion_of(c);
  const RecordedAct* const released = last ? last->released_to(kind) : nullptr;
  if (released == nullptr) return std::nullopt;
  const Act& stated = last->stated.act.act;
  return ReportedConclusion{words.conclusion.value_or(std::string(kErasedWords)),
                            stated.by,
                            stated.at,
                            last->stated.index,
                            stated.confidential,
                            released->act.act.by,
                            released->index};
}

std::optional<std::string> statement_event(const Case& c, const Act& act, std::int64_t entry,
                                           bool tells_attribution, std::string_view kind) {
  if (const auto statement = statement_of(act, entry)) {
    return tells_attribution && tells(c, *statement) ? attribution_event(act) : std::nullopt;
  }
  const std::optional<Conclusion> last = conclusion_of(c);
  const RecordedAct* const released = last ? last->released_to(kind) : nullptr;
  if (released == nullptr) return std::nullopt;
  if (last->stated.index == entry) return "stated a legal conclusion";
  if (released->index == entry) return "released that conclusion to reports of this kind";
  return std::nullopt;
}

bool is_about_attribution(const Act& act) { return statement_of(act, 0).has_value(); }

bool is_about_conclusion(const Act& act) {
  return std::holds_alternative<ConclusionStated>(act.body) ||
         std::holds_alternative<ConclusionReleased>(act.body);
}

}  // namespace tidewaiter
