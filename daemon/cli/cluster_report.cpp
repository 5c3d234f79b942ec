#include "daemon/cli/cluster_report.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/cli/case_text.h"
#include "daemon/cli/finding_text.h"
#include "daemon/cli/link_report.h"
#include "daemon/cli/shown_part.h"
#include "daemon/cli/text_table.h"

namespace tidewaiter {
namespace {

std::string subject_text(const LinkedAccount& name) { return to_text(cluster_subject(name)); }

std::int64_t how_many(const auto& all) { return static_cast<std::int64_t>(all.size()); }

/// "devices 2, payment.fingerprints 1".
std::string counts_text(const std::map<std::string, std::int64_t>& evidence) {
  std::string text;
  for (const auto& [field_name, count] : evidence) {
    text += (text.empty() ? "" : ", ") + field_name + ' ' + grouped(count);
  }
  return text;
}

std::string indented(const std::string& text, std::size_t indent, const Terminal& terminal) {
  return std::string(indent, ' ') + wrapped(text, terminal.width, indent + 2, indent) + '\n';
}

std::string heading(const std::string& title, const Terminal& terminal) {
  return '\n' + painted(title, Tone::kStrong, terminal) + '\n';
}

std::string shared_text(const SharedValue& shared) {
  const CommonValue& value = shared.value;
  std::string text = std::string(field(value.field).name) + ' ' + printable(value.text);
  if (!value.source.empty()) text += " of " + printable(value.source);
  if (shared.standing == EvidenceStanding::kWeighs && value.weight > 0) {
    text += ", weight " + weight_text(value.weight);
  }
  if (value.during) text += ", " + interval_text(*value.during);
  return text;
}

/// "since 2026-03-01 00:00, 3 of them, 5 accounts in all: …".
std::string holders_text(const SharedValue& shared, std::size_t most) {
  const CommonValue& value = shared.value;
  std::string text = "since " + moment_text(shared.shared_since()) + ", " +
                     counted(how_many(value.accounts), "account") + " here";
  if (value.holders > how_many(value.accounts)) text += ", " + grouped(value.holders) + " in all";
  return text + ": " + names_text(value.accounts, most);
}

/// "gateway/a-3 (k-4f8e12ab90cd)": the ids name who said so and why.
std::string with_ids(const std::string& text, const std::vector<std::string>& ids) {
  std::string all;
  for (const std::string& id : ids) all += (all.empty() ? "" : ", ") + id;
  return text + " (" + all + ")";
}

/// Whom a person has cut off the value.
std::string cuts_text(const SharedValue& shared, std::size_t most) {
  std::string text;
  for (const CutHolding& cut : shown_part(shared.cut, most)) {
    text += (text.empty() ? "no evidence for " : ", ") +
            with_ids(printable(name_of(cut.account)), cut.rulings);
  }
  if (most > 0 && shared.cut.size() > most) {
    text += " and " + grouped(how_many(shared.cut) - static_cast<std::int64_t>(most)) + " more";
  }
  return text;
}

std::string joined_text(const std::vector<JoinedPair>& joined, std::size_t most,
                        const Terminal& terminal) {
  if (joined.empty()) return {};
  std::string out = heading("Joined by a person", terminal);
  for (const JoinedPair& pair : shown_part(joined, most)) {
    out += indented(
        with_ids(printable(name_of(pair.first)) + " and " + printable(name_of(pair.second)),
                 pair.rulings),
        2, terminal);
  }
  return out + left_out(joined.size(), most, "pair", "pairs", 2);
}

std::string evidence_text(const ShownCluster& cluster, std::size_t most, const Terminal& terminal) {
  std::vector<const SharedValue*> links;
  std::vector<const SharedValue*> suppressed;
  for (const SharedValue& shared : cluster.evidence.values) {
    (shared.standing == EvidenceStanding::kWeighs ? links : suppressed).push_back(&shared);
  }
  std::string out = heading("Evidence", terminal);
  for (const SharedValue* shared : shown_part(links, most)) {
    out += indented(shared_text(*shared), 2, terminal);
    out += indented(holders_text(*shared, most), 4, terminal);
    if (!shared->cut.empty()) out += indented(cuts_text(*shared, most), 4, terminal);
  }
  out += left_out(links.size(), most, "value", "values", 2);
  if (suppressed.empty()) return out;
  out += heading("In common, and no evidence", terminal);
  for (const SharedValue* shared : shown_part(suppressed, most)) {
    out += indented(shared_text(*shared) + ": " + suppression_text(*shared), 2, terminal);
    out += indented(holders_text(*shared, most), 4, terminal);
  }
  return out + left_out(suppressed.size(), most, "value", "values", 2);
}

/// Who acts in step, each two.
std::string in_step_text(const std::vector<PairInStep>& pairs, std::size_t most,
                         const Terminal& terminal) {
  if (pairs.empty()) return {};
  std::string out = heading("In step", terminal);
  for (const PairInStep& pair : shown_part(pairs, most)) {
    out += indented(pair_text(pair), 2, terminal);
  }
  return out + left_out(pairs.size(), most, "pair", "pairs", 2);
}

std::string review_text(const ShownCluster& cluster, std::size_t most, UtcTime now,
                        const Terminal& terminal) {
  const ClusterReview::About& about = cluster.about;
  std::string out;
  if (!about.findings.empty()) {
    std::vector<FindingState> findings;
    for (const FindingState* finding : shown_part(about.findings, most)) {
      findings.push_back(*finding);
    }
    FindingOutcomes outcomes;
    for (const Case* const c : about.cases) {
      if (c->state != CaseState::kMerged) outcomes.merge(outcomes_of(*c));
    }
    out += heading("Findings", terminal) + findings_table(findings, outcomes).render(terminal) +
           left_out(about.findings.size(), most, "finding", "findings");
  }
  if (!about.cases.empty()) {
    out +=
        heading("Cases", terminal) +
        cases_table(shown_part(about.cases, most), cluster.review->clocks(), now).render(terminal) +
        left_out(about.cases.size(), most, "case", "cases");
  }
  if (out.empty()) out = "\nNo finding is about it.\n";
  return out;
}

nlohmann::ordered_json moment_json(const LinkedSince::Moment& moment) {
  return {{"entry", moment.seq}, {"time", format_time(moment.time)}};
}

nlohmann::ordered_json names_json(const std::vector<LinkedAccount>& accounts) {
  auto all = nlohmann::ordered_json::array();
  for (const LinkedAccount& account : accounts) all.push_back(account_json(account));
  return all;
}

std::string_view standing_name(EvidenceStanding standing) {
  switch (standing) {
    case EvidenceStanding::kWeighs:
      return "links";
    case EvidenceStanding::kTooCommon:
      return "too-common";
    case EvidenceStanding::kExcepted:
      break;
  }
  return "excepted";
}

nlohmann::ordered_json shared_json(const SharedValue& shared) {
  const CommonValue& value = shared.value;
  nlohmann::ordered_json json = {{"field", field(value.field).name},
                                 {"value", value.text},
                                 {"standing", standing_name(shared.standing)}};
  if (!value.source.empty()) json["source"] = value.source;
  if (value.weight > 0) json["weight"] = value.weight;
  json["holders"] = value.holders;
  json["at_most"] = shared.at_most;
  if (!shared.list.empty()) json["list"] = shared.list;
  if (value.during) json["during"] = period_json(*value.during);
  json["since"] = format_time(shared.shared_since());
  auto accounts = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < value.accounts.size(); ++i) {
    accounts.push_back(account_json(value.accounts[i]));
    accounts.back()["since"] = format_time(shared.since[i]);
  }
  json["accounts"] = std::move(accounts);
  auto cut = nlohmann::ordered_json::array();
  for (const CutHolding& holding : shared.cut) {
    cut.push_back(account_json(holding.account));
    cut.back()["rulings"] = holding.rulings;
  }
  if (!cut.empty()) json["cut"] = std::move(cut);
  return json;
}

nlohmann::ordered_json joined_json(const std::vector<JoinedPair>& joined) {
  auto all = nlohmann::ordered_json::array();
  for (const JoinedPair& pair : joined) {
    all.push_back({{"accounts", {account_json(pair.first), account_json(pair.second)}},
                   {"rulings", pair.rulings}});
  }
  return all;
}

nlohmann::ordered_json case_states(const std::vector<const Case*>& cases) {
  auto all = nlohmann::ordered_json::array();
  for (const Case* c : cases) all.push_back({{"id", c->id}, {"state", case_state_name(c->state)}});
  return all;
}

nlohmann::ordered_json listed_json(const ListedCluster& cluster) {
  auto findings = nlohmann::ordered_json::array();
  for (const FindingState* finding : cluster.about.findings) {
    if (!is_withdrawn(*finding)) findings.push_back(finding->id);
  }
  const auto worst = cluster.about.worst();
  return {{"cluster", name_of(cluster.name)},
          {"subject", subject_text(cluster.name)},
          {"size", cluster.accounts.size()},
          {"formed", moment_json(cluster.formed)},
          {"evidence", cluster.evidence},
          {"findings", std::move(findings)},
          {"worst", worst ? nlohmann::ordered_json(severity_name(*worst)) : nullptr},
          {"cases", case_states(cluster.about.cases)},
          {"accounts", names_json(cluster.accounts)}};
}

}  // namespace

std::string suppression_text(const SharedValue& shared) {
  if (shared.standing == EvidenceStanding::kTooCommon) {
    return "a hub: " + counted(shared.value.holders, "account") + " hold it, at most " +
           grouped(shared.at_most) + " may";
  }
  if (shared.standing == EvidenceStanding::kExcepted) {
    return "it stands in list:" + shared.list + " at the time of these records";
  }
  return {};
}

std::string cluster_list_text(const ClusterListing& listing, std::size_t most,
                              const Terminal& terminal) {
  std::string out =
      indented(counted(how_many(listing.clusters), "cluster") +
                   (how_many(listing.clusters) < listing.of ? " of " + grouped(listing.of) : "") +
                   " of " + printable(listing.title),
               0, terminal);
  out += indented("linked by " + printable(listing.rule) + ": " + linkage_text(listing.linkage), 0,
                  terminal);
  if (listing.clusters.empty()) return out;
  TextTable table({{.header = "CLUSTER", .shrinks = true},
                   {.header = "ACCOUNTS", .right = true},
                   {.header = "FORMED (UTC)"},
                   {.header = "FINDINGS", .right = true},
                   {.header = "WORST"},
                   {.header = "OPEN CASES", .right = true},
                   {.header = "EVIDENCE", .folds = true}});
  for (const ListedCluster& cluster : shown_part(listing.clusters, most)) {
    const auto worst = cluster.about.worst();
    table.add_row({{name_of(cluster.name), Tone::kLink},
                   {grouped(how_many(cluster.accounts))},
                   {moment_text(cluster.formed.time)},
                   {grouped(cluster.about.standing())},
                   {worst ? std::string(severity_name(*worst)) : "-",
                    worst ? severity_tone(*worst) : Tone::kFaint},
                   {grouped(cluster.about.open_cases())},
                   {counts_text(cluster.evidence)}});
  }
  return out + '\n' + table.render(terminal) +
         left_out(listing.clusters.size(), most, "cluster", "clusters");
}

nlohmann::ordered_json cluster_list_json(const ClusterListing& listing) {
  auto clusters = nlohmann::ordered_json::array();
  for (const ListedCluster& cluster : listing.clusters) clusters.push_back(listed_json(cluster));
  return {{"history", listing.title},
          {"linkage", linkage_json(listing.rule, listing.linkage)},
          {"of", listing.of},
          {"clusters", std::move(clusters)}};
}

std::string cluster_text(const ShownCluster& cluster, std::size_t most, UtcTime now,
                         const Terminal& terminal) {
  const ClusterEvidence& evidence = cluster.evidence;
  std::string out = painted(printable(subject_text(evidence.name)), Tone::kStrong, terminal) +
                    "  " + counted(how_many(evidence.accounts), "account") + '\n';
  if (cluster.formed) {
    out += indented("formed " + moment_text(cluster.formed->time) + " UTC, by entry " +
                        grouped(cluster.formed->seq) + " of the log",
                    2, terminal);
  } else {
    out += "  nothing links it to another account\n";
  }
  out += indented("linked by " + printable(cluster.rule) + ": " + linkage_text(cluster.linkage), 2,
                  terminal);
  out += heading("Accounts", terminal) + indented(names_text(evidence.accounts, most), 2, terminal);
  if (!evidence.values.empty()) out += evidence_text(cluster, most, terminal);
  out += in_step_text(evidence.in_step, most, terminal);
  out += joined_text(evidence.joined, most, terminal);
  if (!cluster.rulings.empty()) {
    out += heading("Rulings on its accounts", terminal) +
           rulings_table(cluster.rulings).render(terminal);
  }
  return out + review_text(cluster, most, now, terminal);
}

nlohmann::ordered_json cluster_json(const ShownCluster& cluster, UtcTime now) {
  auto values = nlohmann::ordered_json::array();
  for (const SharedValue& shared : cluster.evidence.values) values.push_back(shared_json(shared));
  auto findings = nlohmann::ordered_json::array();
  for (const FindingState* finding : cluster.about.findings) {
    findings.push_back(finding_json(*finding));
  }
  auto cases = nlohmann::ordered_json::array();
  for (const Case* c : cluster.about.cases) {
    cases.push_back(case_json(*c, cluster.review->clocks(), now));
  }
  auto rulings = nlohmann::ordered_json::array();
  for (const WordedRuling& ruling : cluster.rulings) rulings.push_back(ruling_json(ruling));
  return {{"cluster", name_of(cluster.evidence.name)},
          {"subject", subject_text(cluster.evidence.name)},
          {"size", cluster.evidence.accounts.size()},
          {"formed", cluster.formed ? moment_json(*cluster.formed) : nullptr},
          {"linkage", linkage_json(cluster.rule, cluster.linkage)},
          {"accounts", names_json(cluster.evidence.accounts)},
          {"values", std::move(values)},
          {"in_step", pairs_json(cluster.evidence.in_step)},
          {"joined", joined_json(cluster.evidence.joined)},
          {"findings", std::move(findings)},
          {"cases", std::move(cases)},
          {"rulings", std::move(rulings)}};
}

}  // namespace tidewaiter
