#include <string>
#include <variant>

#include <nlohmann/json.hpp>

#include "daemon/cli/case_page.h"
#include "daemon/cli/case_text.h"
#include "daemon/cli/finding_text.h"
#include "daemon/cli/list_use.h"
#include "daemon/cli/masked_case.h"
#include "daemon/cli/stored_evidence.h"
#include "daemon/report/usual_plot.h"

namespace tidewaiter {
namespace {

nlohmann::ordered_json issues_json(const ToldCase& told, UtcTime now) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const PolicyHere& here : told.policies) {
    if (!here.stated.text) continue;
    for (const IssueStanding& issue : issues_looked_into(*here.stated.text)) {
      if (!issue.is_there()) continue;
      all.push_back({{"policy", here.id},
                     {"list", issue.published},
                     {"issue", issue.id},
                     {"retrieved", format_time(issue.retrieved)},
                     {"days", days_since(issue.retrieved, now)}});
    }
  }
  return all;
}

/// Of other cases the names alone stay, and of the subjects of a lead their number.
void say_masked(nlohmann::ordered_json& json, const ToldCase& told) {
  for (nlohmann::ordered_json& finding : json["all_findings"]) {
    say_withheld(finding, kWithheldOfFinding);
  }
  for (nlohmann::ordered_json& one : json["named"]) one["subject"] = nullptr;
  json["named_without_findings"] = nullptr;
  json["named_without_findings_count"] = told.unknown_unnamed;
  say_withheld(json, kWithheldOfActs);
}

}  // namespace

void print_case_json(Invocation& run, const ToldCase& told,
                     const std::optional<LeadClusters>& clusters, bool evidence) {
  nlohmann::ordered_json json = case_json(*told.standing, told.clocks(), run.now());
  nlohmann::ordered_json findings = nlohmann::ordered_json::array();
  for (const FindingState& finding : told.standing->findings) {
    findings.push_back(finding_json(finding));
  }
  json["all_findings"] = findings;
  nlohmann::ordered_json listed = nlohmann::ordered_json::array();
  for (const PolicyHere& here : told.policies) {
    if (!here.hits.asks) continue;
    listed.push_back({{"policy", here.id},
                      {"finding", here.last.id},
                      {"parties", hits_json(here.hits, evidence)}});
  }
  json["listed"] = listed;
  json["links"] = nullptr;
  if (told.links) json["links"] = case_links_json(*told.links);
  json["peers"] = nullptr;
  if (told.peers) json["peers"] = peers_json(*told.peers);
  json["usual"] = usual_json(told.usual);
  json["lists"] = issues_json(told, run.now());
  nlohmann::ordered_json acts = nlohmann::ordered_json::array();
  for (const ToldAct& act : told.acts) {
    nlohmann::ordered_json one = act_json(act.act);
    one["confidential"] = nullptr;
    if (act.content) one["confidential"] = *act.content;
    one["words_missing"] = act.sealed;
    one["words_withheld"] = act.withheld;
    acts.push_back(one);
  }
  json["acts"] = acts;
  nlohmann::ordered_json named = nlohmann::ordered_json::array();
  for (const Case* const c : told.named)
    named.push_back({{"case", c->id}, {"subject", c->subject}});
  json["reports"] = reports_about_json(*told.reports, *told.book, *told.standing);
  json["named"] = named;
  json["named_without_findings"] = told.unknown;
  json["named_in_clusters"] = nullptr;
  if (clusters) json["named_in_clusters"] = lead_clusters_json(*clusters);
  if (told.masked) say_masked(json, told);
  if (evidence) {
    json["evidence_records"] = evidence_json(told.evidence);
    json["evidence_gone"] = told.evidence_gone;
  }
  json["records_error"] = nullptr;
  if (told.damage) json["records_error"] = to_text(*told.damage);
  print_json(run, json);
}

}  // namespace tidewaiter
