#include "daemon/cli/case_text.h"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

#include "daemon/cli/finding_text.h"
#include "daemon/cli/masked_case.h"
#include "daemon/cli/statement_text.h"
#include "policies/model/day_text.h"
#include "storage/review/case_licences.h"
#include "storage/review/clock_rules.h"

namespace tidewaiter {
namespace {

const Decided& decided_of(const RecordedAct& act) { return std::get<Decided>(act.act.act.body); }

std::string severity_text(const Case& c) {
  const auto worst = c.worst();
  return worst ? std::string(severity_name(*worst)) : "-";
}

struct Words {
  std::string operator()(const Assigned& act) const { return "assigned to " + act.to; }
  std::string operator()(const Commented& act) const {
    return act.privileged ? "commented, privileged" : "commented";
  }
  std::string operator()(const Exhibit& act) const {
    const std::string privileged = act.privileged ? ", privileged" : "";
    if (!act.sha256) return "recorded an exhibit that stays where it is" + privileged;
    return "attached an exhibit of " + counted(act.bytes, "byte") +
           (act.payload.empty() ? ", SHA-256 " : " encrypted, SHA-256 of that ") +
           to_hex(*act.sha256).substr(0, 16) + "…" + privileged;
  }
  std::string operator()(const ActionTaken& act) const {
    return "recorded an action of " + format_time(act.taken);
  }
  std::string operator()(const Decided& act) const {
    return "decided: " + std::string(outcome_name(act.outcome)) +
           (act.until ? " until " + format_time(*act.until) : "");
  }
  std::string operator()(const SecondOpinion& act) const {
    return std::string(act.approves ? "approved" : "rejected") + " the decision of entry " +
           std::to_string(act.decision);
  }
  std::string operator()(const Appealed& /*act*/) const {
    return "appealed: the case is open again";
  }
  std::string operator()(const Merged& act) const { return "merged into " + act.into; }
  std::string operator()(const CaseSplit& act) const {
    return "split " + counted(static_cast<std::int64_t>(act.findings.size()), "finding") +
           " off, into " + act.into;
  }
  std::string operator()(const ClockStarted& act) const {
    return "started the clock " + act.rule + " from " + day_text(act.from) + ", due " +
           day_text(act.due);
  }
  std::string operator()(const LicenceRecorded& act) const {
    return "recorded: " + licence_text(act);
  }
  std::string operator()(const LeadReceived& act) const {
    return "entered a lead of " + format_time(act.received) + " about " +
           counted(act.subjects, "subject") + ", " + act.handling;
  }
  std::string operator()(const EvidenceViewed& act) const {
    return act.records         ? "looked at " + counted(*act.records, "record")
           : act.findings == 0 ? "looked at evidence"
                               : "looked at the evidence of " + counted(act.findings, "finding");
  }
  std::string operator()(const ReportDrafted& act) const {
    return "drew a report: " + act.kind + (act.about.empty() ? "" : ", about " + act.about);
  }
  std::string operator()(const ReportApproved& act) const {
    return std::string(act.approves ? "approved" : "rejected") + " the report of entry " +
           std::to_string(act.draft) + (act.counsel ? ", as counsel" : "");
  }
  std::string operator()(const ReportIssued& act) const {
    return "issued the report of entry " + std::to_string(act.draft);
  }
  std::string operator()(const RequestReceived& /*act*/) const { return "entered a request"; }
  std::string operator()(const RequestClosed& act) const {
    return "closed the request: " + std::string(request_end_name(act.end));
  }
  std::string operator()(const NoticesSilenced& act) const {
    return "silenced messages until " + format_time(act.until);
  }
  std::string operator()(const SilenceEnded& act) const {
    return "ended the silence of entry " + std::to_string(act.silence);
  }
  std::string operator()(const NoticesRetried& act) const {
    return "asked to send again what was given up for `" + act.channel + "`";
  }
  std::string operator()(const NameCleared& act) const {
    return "cleared a name that the finding " + act.finding.substr(0, 8) + " shows as a hit";
  }
  std::string operator()(const ClearanceLifted& /*act*/) const { return "lifted the clearance"; }
  std::string operator()(const ClearanceApproved& act) const {
    return std::string(act.approves ? "approved" : "rejected") + " the clearance of entry " +
           std::to_string(act.about);
  }
  std::string operator()(const ReportWithdrawn& act) const {
    return "asked to withdraw the report that entry " + std::to_string(act.issued) + " issued";
  }
  std::string operator()(const ReportHandedOver& act) const {
    return "handed the report over by " + act.channel + ", " + format_time(act.handed);
  }
  std::string operator()(const ReportReceived& act) const {
    return "said that what entry " + std::to_string(act.handover) + " handed over was received, " +
           format_time(act.received);
  }
  std::string operator()(const AttributionStated& act) const {
    return "stated who is behind it, with " + std::string(confidence_name(act.confidence)) +
           " confidence, on " +
           counted(static_cast<std::int64_t>(act.findings.size() + act.exhibits.size()),
                   "piece of evidence", "pieces of evidence");
  }
  std::string operator()(const AttributionApproved& act) const {
    return std::string(act.approves ? "approved" : "rejected") + " the statement of entry " +
           std::to_string(act.statement) + " of who is behind it";
  }
  std::string operator()(const AttributionWithdrawn& act) const {
    return "withdrew the statement of entry " + std::to_string(act.statement) +
           " of who is behind it";
  }
  std::string operator()(const ConclusionStated& /*act*/) const {
    return "stated a legal conclusion, privileged";
  }
  std::string operator()(const ConclusionReleased& act) const {
    return "released the conclusion of entry " + std::to_string(act.conclusion) +
           " to reports of the kind " + act.kind;
  }
  std::string operator()(const LinkCut& act) const {
    return "cut an account off " + counted(act.values, "value");
  }
  std::string operator()(const LinkJoined& /*act*/) const { return "joined two accounts"; }
  std::string operator()(const RulingLifted& /*act*/) const { return "lifted the ruling"; }
  std::string operator()(const RulingApproved& act) const {
    return std::string(act.approves ? "approved" : "rejected") + " what entry " +
           std::to_string(act.about) + " says";
  }
  std::string operator()(const HoldPlaced& /*act*/) const { return "placed a hold"; }
  std::string operator()(const HoldReleased& act) const {
    return "asked to release the hold of entry " + std::to_string(act.hold);
  }
  std::string operator()(const HoldApproved& act) const {
    return std::string(act.approves ? "approved" : "rejected") + " entry " +
           std::to_string(act.about) + " about a hold";
  }
  std::string operator()(const ErasureRequested& act) const {
    return std::string("asked for an erasure") +
           (act.despite_retention ? ", despite retention" : "");
  }
  std::string operator()(const ErasureApproved& act) const {
    return std::string(act.approves ? "approved" : "rejected") + " the erasure of entry " +
           std::to_string(act.request);
  }
};

nlohmann::ordered_json text_or_null(const std::string& text) {
  if (text.empty()) return nullptr;
  return text;
}

nlohmann::ordered_json decision_json(const Case& c) {
  if (!c.decision) return nullptr;
  const Decided& decided = decided_of(*c.decision);
  return {{"outcome", std::string(outcome_name(decided.outcome))},
          {"until", decided.until ? nlohmann::ordered_json(format_time(*decided.until)) : nullptr},
          {"by", c.decision->act.act.by},
          {"entry", c.decision->index},
          {"second_needed", c.decision->second_needed},
          {"approved_by", c.second ? nlohmann::ordered_json(c.second->act.act.by) : nullptr}};
}

nlohmann::ordered_json licences_json(const Case& c, UtcTime now) {
  nlohmann::ordered_json licences = nlohmann::ordered_json::array();
  for (const CaseLicence& one : licences_of(c)) {
    const LicenceRecorded& licence = one.licence;
    nlohmann::ordered_json json = {{"entry", one.entry},
                                   {"kind", std::string(licence_kind_name(licence.kind))},
                                   {"authority", licence.authority},
                                   {"number", licence.number},
                                   {"from", day_text(licence.from)},
                                   {"until", nullptr},
                                   {"file", nullptr},
                                   {"ended", licence_has_ended(licence, now)},
                                   {"by", one.by}};
    if (licence.until) json["until"] = day_text(*licence.until);
    if (licence.file) json["file"] = to_hex(*licence.file);
    licences.push_back(std::move(json));
  }
  return licences;
}

nlohmann::ordered_json clocks_json(const std::vector<CaseClock>& clocks, UtcTime now) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const CaseClock& clock : clocks) {
    const Result<ClockRule> rule = clock_rule(clock.started.rule);
    nlohmann::ordered_json left = nullptr;
    if (rule) left = days_left(*rule, clock.started.due, now);
    all.push_back({{"entry", clock.entry},
                   {"rule", clock.started.rule},
                   {"from", day_text(clock.started.from)},
                   {"due", day_text(clock.started.due)},
                   {"days_left", left},
                   {"answered_by", text_or_null(clock.answered_by)}});
  }
  return all;
}

}  // namespace

std::string case_state_text(const Case& c) {
  switch (c.state) {
    case CaseState::kProposed:
      return "proposed: " + std::string(outcome_name(decided_of(*c.decision).outcome)) + ", by " +
             c.decision->act.act.by;
    case CaseState::kClosed:
      return "closed: " + std::string(outcome_name(decided_of(*c.decision).outcome)) +
             (decided_of(*c.decision).until ? " until " + day_text(*decided_of(*c.decision).until)
                                            : "");
    case CaseState::kMerged:
      return "merged into " + c.merged_into;
    case CaseState::kOpen:
      break;
  }
  if (!c.decision) {
    const bool before = std::ranges::any_of(c.acts, [](const RecordedAct& act) {
      return std::holds_alternative<Decided>(act.act.act.body);
    });
    return before ? "open again" : "open";
  }
  if (c.found_since > 0)
    return "open, " + std::to_string(c.found_since) + " new since the decision";
  return "open: " + std::string(outcome_name(decided_of(*c.decision).outcome));
}

Tone case_state_tone(const Case& c) {
  if (c.state == CaseState::kOpen) return Tone::kStrong;
  return c.state == CaseState::kProposed ? Tone::kWarning : Tone::kFaint;
}

std::string case_subject_text(const Case& c) {
  if (!c.subject.empty()) return c.subject;
  return c.is_lead() ? "a lead" : "(erased)";
}

std::string clock_text(const ClockStarted& clock, UtcTime now) {
  std::string text = clock.rule + ": due " + day_text(clock.due);
  const Result<ClockRule> rule = clock_rule(clock.rule);
  if (!rule) return text;
  const std::int64_t left = days_left(*rule, clock.due, now);
  const std::string unit = rule->business ? "business day" : "day";
  if (left < 0) return text + ", " + counted(-left, unit) + " late";
  return text + ", " + (left == 0 ? "today" : counted(left, unit) + " left");
}

TextTable cases_table(std::span<const Case* const> cases, const CaseClocks& clocks, UtcTime now,
                      bool withheld) {
  TextTable table({{.header = "CASE"},
                   {.header = "SEVERITY"},
                   {.header = "SUBJECT", .shrinks = true},
                   {.header = "FINDINGS", .right = true},
                   {.header = "OWNER"},
                   {.header = "STATE"},
                   {.header = "CLOCK", .folds = true}});
  for (const Case* const c : cases) {
    const auto clock = clocks.first_open(*c);
    const auto worst = c->worst();
    table.add_row(
        {{c->id},
         {severity_text(*c), worst ? severity_tone(*worst) : Tone::kFaint},
         {withheld && !c->subject.empty() ? std::string(kWithheldSubject) : case_subject_text(*c)},
         {grouped(c->standing_findings())},
         {c->owner.empty() ? "-" : c->owner},
         {case_state_text(*c) +
              (has_waiting_attribution(*c) ? "; who is behind it awaits a second person" : ""),
          case_state_tone(*c)},
         {clock ? clock_text(*clock, now) : ""}});
  }
  return table;
}

std::string act_words(const Act& act) { return std::visit(Words{}, act.body); }

nlohmann::ordered_json act_json(const RecordedAct& act) {
  const Act& what = act.act.act;
  return {{"entry", act.index},      {"recorded", format_time(act.recorded)},
          {"type", act_type(what)},  {"case", what.case_id},
          {"by", what.by},           {"at", format_time(what.at)},
          {"words", act_words(what)}};
}

nlohmann::ordered_json case_json(const Case& c, const CaseClocks& clocks, UtcTime now) {
  const auto worst = c.worst();
  nlohmann::ordered_json json = {{"id", c.id}};
  json["subject"] = text_or_null(c.subject);
  json["lead"] = c.is_lead();
  json["state"] = case_state_name(c.state);
  json["severity"] = worst ? nlohmann::ordered_json(severity_name(*worst)) : nullptr;
  json["owner"] = text_or_null(c.owner);
  json["findings"] = c.standing_findings();
  json["new_since_decision"] = c.found_since;
  json["risk_has_ended"] = c.risk_has_ended(now);
  json["decision"] = decision_json(c);
  json["merged_into"] = text_or_null(c.merged_into);
  json["split_from"] = text_or_null(c.split_from);
  json["clocks"] = clocks_json(clocks.of(c), now);
  json["licences"] = licences_json(c, now);
  json["attributions"] = attributions_json(c);
  json["conclusion"] = conclusion_json(c);
  json["regroupings"] = regroupings_json(c);
  json["seen"] = c.entries_to();
  return json;
}

}  // namespace tidewaiter
