#include "daemon/report/report_json.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/report/consequence_json.h"
#include "daemon/report/figure_words.h"
#include "daemon/report/models_plot.h"
#include "daemon/report/screening_json.h"
#include "daemon/report/usual_plot.h"
#include "policies/model/json_member.h"

namespace tidewaiter {
namespace {

using Ordered = nlohmann::ordered_json;

Ordered or_null(const std::string& text) { return text.empty() ? Ordered(nullptr) : Ordered(text); }

template <class Rows, class Make>
Ordered list_of(const Rows& rows, Make make) {
  Ordered list = Ordered::array();
  for (const auto& one : rows) list.push_back(make(one));
  return list;
}

Ordered span_json(const Interval& span) {
  return {{"from", format_time(span.from)}, {"to", format_time(span.to)}};
}

Ordered policy_json(const ReportedPolicy& policy) {
  const auto basis = [](const ReportedBasis& one) -> Ordered {
    return {{"type", one.type},
            {"text", one.text},
            {"jurisdiction", or_null(one.jurisdiction)},
            {"citation", or_null(one.citation)},
            {"settled", or_null(one.settled)},
            {"in_force", one.in_force}};
  };
  return {{"id", policy.id},
          {"version", policy.version},
          {"sha256", to_hex(policy.hash)},
          {"words_known", policy.known},
          {"title", policy.title},
          {"description", policy.description},
          {"basis", list_of(policy.basis, basis)},
          {"may_be_innocent", policy.may_be_innocent}};
}

Ordered figure_json(const ReportedFigure& figure) {
  Ordered json = {{"name", figure.name}, {"exact", figure.exact}, {"withheld", figure.withheld}};
  json["value"] = figure.withheld ? Ordered(nullptr) : Ordered(figure.value);
  return json;
}

Ordered party_json(const ReportedParty& party) {
  return {{"list", party.list},
          {"entry", party.entry},
          {"ids", party.ids},
          {"party", party.party},
          {"listed", party.listed},
          {"alias", party.is_alias},
          {"weak", party.is_weak},
          {"score", static_cast<double>(party.score) / kSameName},
          {"told", party.is_told},
          {"consequences", follows_json(party.follows)},
          {"licence", licence_json(party.licence)},
          {"issue", or_null(party.issue)},
          {"issue_text", or_null(party.issue_text)},
          {"field", or_null(party.field)},
          {"name", or_null(party.name)}};
}

Ordered listing_json(const std::optional<ReportedListing>& listing) {
  if (!listing) return nullptr;
  return {{"parties", list_of(listing->parties, party_json)},
          {"grounds", listing->grounds},
          {"withheld", listing->withheld},
          {"unknown", or_null(listing->unknown)}};
}

Ordered reported_finding_json(const ReportedFinding& finding) {
  return {{"id", finding.id},
          {"case", finding.case_id},
          {"standing", finding.standing},
          {"policy", finding.policy},
          {"policy_version", finding.policy_version},
          {"severity", std::string(severity_name(finding.severity))},
          {"subject", finding.subject},
          {"run", span_json(finding.run)},
          {"windows", finding.windows},
          {"figures", list_of(finding.figures, figure_json)},
          {"figures_of", std::string(figures_of(finding))},
          {"records", finding.records},
          {"historical", finding.historical},
          {"recorded", format_time(finding.recorded)},
          {"entries", finding.entries},
          {"listed", listing_json(finding.listing)},
          {"lists", list_ages_json(finding.lists)}};
}

Ordered reported_decision_json(const ReportedDecision& decision) {
  Ordered json = {
      {"case", decision.case_id},       {"outcome", decision.outcome}, {"by", decision.by},
      {"at", format_time(decision.at)}, {"entry", decision.entry},     {"waits", decision.waits},
      {"approved_by", nullptr},         {"approved_at", nullptr},      {"approval_entry", nullptr}};
  if (decision.approved_by) json["approved_by"] = *decision.approved_by;
  if (decision.approved_at) json["approved_at"] = format_time(*decision.approved_at);
  if (decision.approval_entry) json["approval_entry"] = *decision.approval_entry;
  return json;
}

Ordered series_json(const ReportedSeries& series) {
  return {
      {"title", series.title},
      {"unit", series.unit},
      {"from", format_time(series.from)},
      {"slot", format_duration(series.slot)},
      {"values", series.values},
      {"marks", list_of(series.marks, [](UtcTime time) -> Ordered { return format_time(time); })},
      {"complete", series.complete}};
}

Ordered follows_json(const std::optional<ReportedFollowing>& follows) {
  if (!follows) return nullptr;
  return {
      {"as", follows->as},
      {"report", follows->report},
      {"manifest", to_hex(follows->manifest)},
      {"drawn", format_time(follows->drawn)},
      {"issued", format_time(follows->issued)},
      {"issued_entry", follows->issued_entry},
      {"why", follows->why},
      {"changes", list_of(follows->changes, [](const ReportedChange& one) -> Ordered {
         return {{"finding", one.finding}, {"what", one.what}, {"was", one.was}, {"is", one.is}};
       })}};
}

Ordered sources_json(const std::optional<std::vector<ReportedSource>>& sources) {
  if (!sources) return nullptr;
  return list_of(*sources, [](const ReportedSource& one) -> Ordered {
    return {{"source", one.name},
            {"configured", one.configured},
            {"covered", one.covered ? span_json(*one.covered) : Ordered(nullptr)},
            {"missing", list_of(one.missing, span_json)}};
  });
}

Ordered deadline_json(const std::optional<ReportedDeadline>& deadline) {
  if (!deadline) return nullptr;
  return {{"rule", deadline->rule},
          {"what", deadline->what},
          {"citation", deadline->citation},
          {"from", format_time(deadline->from)},
          {"due", format_time(deadline->due)},
          {"by", deadline->by},
          {"entry", deadline->entry}};
}

/// What the picture shows, so that a program can draw it again.
Ordered cluster_json_of(const std::optional<DrawnGraph>& cluster) {
  if (!cluster) return nullptr;
  const ClusterGraph& graph = cluster->graph;
  return {{"title", graph.title},
          {"accounts", list_of(graph.accounts,
                               [](const GraphAccount& one) -> Ordered {
                                 return {{"name", one.name}, {"accounts", one.accounts}};
                               })},
          {"values", list_of(graph.values,
                             [](const GraphValue& one) -> Ordered {
                               return {{"type", one.type},
                                       {"name", one.name},
                                       {"note", one.note},
                                       {"links", one.links},
                                       {"values", one.values}};
                             })},
          {"edges", list_of(graph.edges,
                            [&graph](const GraphEdge& one) -> Ordered {
                              return {{"account", one.account},
                                      {"value", one.value},
                                      {"type", graph.values[one.value].type},
                                      {"note", one.note},
                                      {"holdings", one.holdings}};
                            })},
          {"drawn_together", cluster->aggregated}};
}

Ordered licence_json(const ReportedLicence& licence) {
  return {{"kind", licence.kind},
          {"authority", licence.authority},
          {"number", licence.number},
          {"from", format_time(licence.from)},
          {"until", licence.until ? Ordered(format_time(*licence.until)) : Ordered(nullptr)},
          {"file", licence.file ? Ordered(to_hex(*licence.file)) : Ordered(nullptr)},
          {"ended", licence.ended},
          {"case", licence.case_id},
          {"by", licence.by},
          {"entry", licence.entry}};
}

Ordered sealed_or_null(const std::optional<Digest>& digest) {
  return digest ? Ordered(to_hex(*digest)) : Ordered(nullptr);
}

Ordered attribution_json(const ReportedAttribution& one) {
  return {{"name", one.withheld ? Ordered(nullptr) : Ordered(one.name)},
          {"withheld", one.withheld},
          {"confidence", one.confidence},
          {"by", one.by},
          {"at", format_time(one.at)},
          {"entry", one.entry},
          {"sealed", sealed_or_null(one.sealed)},
          {"approved_by", one.approved_by},
          {"approved_at", format_time(one.approved_at)},
          {"approval_entry", one.approval_entry},
          {"findings", one.findings},
          {"exhibits", one.exhibits}};
}

Ordered conclusion_json(const std::optional<ReportedConclusion>& conclusion) {
  if (!conclusion) return nullptr;
  return {{"text", conclusion->withheld ? Ordered(nullptr) : Ordered(conclusion->text)},
          {"withheld", conclusion->withheld},
          {"by", conclusion->by},
          {"at", format_time(conclusion->at)},
          {"entry", conclusion->entry},
          {"sealed", sealed_or_null(conclusion->sealed)},
          {"released_by", conclusion->released_by},
          {"release_entry", conclusion->release_entry}};
}

Ordered element_json(const CheckedElement& element) {
  return {{"name", element.name},
          {"question", element.question},
          {"state", std::string(element_state_name(element.state))}};
}

void add_tables(const Report& report, Ordered& json) {
  json["policies"] = list_of(report.policies, policy_json);
  json["findings"] = list_of(report.findings, reported_finding_json);
  json["decisions"] = list_of(report.decisions, reported_decision_json);
  json["subjects"] = list_of(report.subjects, [](const ReportedSubject& one) -> Ordered {
    return {{"name", one.name},
            {"withheld", one.withheld},
            {"erased", one.erased},
            {"cases", one.cases},
            {"findings", one.findings}};
  });
  json["attributions"] = nullptr;
  if (report.attributions) json["attributions"] = list_of(*report.attributions, attribution_json);
  json["conclusion"] = conclusion_json(report.conclusion);
  json["licences"] = list_of(report.licences, licence_json);
  json["timeline"] = list_of(report.timeline, [](const ReportedEvent& one) -> Ordered {
    return {{"entry", one.entry},
            {"at", format_time(one.at)},
            {"who", or_null(one.who)},
            {"what", one.what}};
  });
}

void add_limits_of(const Report& report, Ordered& json) {
  json["coverage"] = list_of(report.coverage, [](const ReportedCoverage& one) -> Ordered {
    return {{"policy", one.policy},
            {"windows_told", one.windows_told},
            {"windows_not_evaluable", one.windows_not_evaluable},
            {"records_unknown", one.records_unknown},
            {"records_too_late", one.records_too_late}};
  });
  json["gaps"] = list_of(report.gaps, [](const ReportedGap& one) -> Ordered {
    return {{"entry", one.entry},
            {"policy", one.policy},
            {"recorded", format_time(one.recorded)},
            {"reason", one.reason},
            {"count", one.count}};
  });
  json["sources"] = sources_json(report.sources);
  json["series"] = list_of(report.series, series_json);
  json["usual"] = usual_json(report.usual);
  json["models"] = models_json(report.models);
  json["cluster"] = cluster_json_of(report.cluster);
  json["members"] = members_json(report.members);
  json["clusters"] = clusters_json(report.clusters);
  json["screening"] = screening_json(report.screening);
  json["withheld"] = list_of(report.withheld, [](const WithheldPart& one) -> Ordered {
    return {{"what", one.what}, {"count", one.count}, {"why", one.why}, {"by", one.by}};
  });
  json["limits"] = report.limits;
  json["elements"] = list_of(report.elements, element_json);
}

Ordered recipient_json(const std::optional<ReportedRecipient>& recipient) {
  if (!recipient) return nullptr;
  return {{"id", recipient->id},
          {"profile", recipient->profile},
          {"withholds", recipient->withholds},
          {"handling_at_most", or_null(recipient->handling_at_most)}};
}

Ordered document_json(const std::optional<ReportedDocument>& document) {
  if (!document) return nullptr;
  return {{"name", or_null(document->name)},
          {"bytes", document->bytes},
          {"sha256", to_hex(document->sha256)}};
}

}  // namespace

std::string report_json(const Report& report) {
  Ordered json = {{"format", kReportFormat},
                  {"id", report.id},
                  {"kind", report.kind},
                  {"title", report.title},
                  {"drawn", format_time(report.drawn)},
                  {"author", report.author},
                  {"ledger",
                   {{"origin", report.origin},
                    {"verifier_key", report.verifier_key},
                    {"entries", report.ledger_entries}}},
                  {"case", or_null(report.case_id)},
                  {"period", span_json(report.period)},
                  {"policy_mode", report.policy_mode},
                  {"handling", report.handling},
                  {"profile", report.profile},
                  {"recipient", recipient_json(report.recipient)},
                  {"request", or_null(report.request)},
                  {"request_document", document_json(report.request_document)},
                  {"follows", follows_json(report.follows)},
                  {"deadline", deadline_json(report.deadline)}};
  json["statements"] = Ordered::object();
  for (const auto& [name, text] : report.statements) json["statements"][name] = text;
  add_tables(report, json);
  add_limits_of(report, json);
  return json.dump(2, ' ', false, Ordered::error_handler_t::replace) + "\n";
}

Result<DrawnReport> drawn_report_of_json(std::string_view text) {
  const auto document = nlohmann::json::parse(text, nullptr, false);
  const auto findings = document.find("findings");
  const auto said = document.find("statements");
  const Result<UtcTime> drawn = parse_time(text_member(document, "drawn").value_or(""));
  if (!document.is_object() || !drawn || findings == document.end() || !findings->is_array() ||
      said == document.end() || !said->is_object()) {
    return fail(ErrorCode::kCorruption, "this is not a report");
  }
  DrawnReport report;
  report.drawn = *drawn;
  for (const auto& [element, words] : said->items()) {
    if (words.is_string()) report.statements[element] = words.get<std::string>();
  }
  if (const auto to = document.find("recipient"); to != document.end() && to->is_object()) {
    report.recipient = text_member(*to, "id").value_or("");
  }
  for (const auto& one : *findings) {
    if (!one.is_object()) return fail(ErrorCode::kCorruption, "a finding of the report is none");
    CitedFinding cited;
    cited.id = text_member(one, "id").value_or("");
    cited.standing = text_member(one, "standing").value_or("");
    cited.erased = text_member(one, "subject") == std::string(kErasedSubject);
    for (const auto& entry : one.value("entries", nlohmann::json::array())) {
      if (entry.is_number_integer()) {
        cited.last_entry = std::max(cited.last_entry, entry.get<std::int64_t>());
      }
    }
    if (cited.id.empty() || cited.standing.empty()) {
      return fail(ErrorCode::kCorruption, "a finding of the report has no id or no standing");
    }
    report.findings.push_back(std::move(cited));
  }
  return report;
}

Result<std::optional<DrawnDeadline>> deadline_of_json(std::string_view text) {
  const auto document = nlohmann::json::parse(text, nullptr, false);
  if (!document.is_object()) return fail(ErrorCode::kCorruption, "this is not a report");
  const auto deadline = document.find("deadline");
  // One that was drawn before there were deadlines has none.
  if (deadline == document.end() || deadline->is_null()) return std::optional<DrawnDeadline>();
  const Result<UtcTime> from = parse_time(text_member(*deadline, "from").value_or(""));
  const Result<UtcTime> due = parse_time(text_member(*deadline, "due").value_or(""));
  auto rule = text_member(*deadline, "rule");
  if (!from || !due || !rule) {
    return fail(ErrorCode::kCorruption, "the deadline of the report has no rule or no days");
  }
  return std::optional(DrawnDeadline{std::move(*rule), *from, *due});
}

Result<std::vector<CheckedElement>> elements_of_json(std::string_view text) {
  const auto document = nlohmann::json::parse(text, nullptr, false);
  const auto list = document.find("elements");
  if (!document.is_object() || list == document.end() || !list->is_array()) {
    return fail(ErrorCode::kCorruption, "this is not a report");
  }
  std::vector<CheckedElement> all;
  for (const auto& one : *list) {
    CheckedElement element;
    element.name = text_member(one, "name").value_or("");
    element.question = text_member(one, "question").value_or("");
    const std::string state = text_member(one, "state").value_or("");
    for (const ElementState known :
         {ElementState::kPresent, ElementState::kAbsent, ElementState::kUnknown}) {
      if (element_state_name(known) == state) element.state = known;
    }
    if (element.name.empty() || element_state_name(element.state) != state) {
      return fail(ErrorCode::kCorruption, "an element of the report has no name or no state");
    }
    all.push_back(std::move(element));
  }
  return all;
}

}  // namespace tidewaiter
