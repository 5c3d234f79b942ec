#include "daemon/cli/finding_hits.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/cli/prose.h"
#include "daemon/cli/text_table.h"
#include "daemon/report/consequence_json.h"
#include "policies/language/cleared_policies.h"
#include "policies/screening/ownership.h"
#include "storage/review/clearance_rules.h"

namespace tidewaiter {
namespace {

const PartyCheck* check_within(const Expr& expr) {
  if (expr.op == ExprOp::kPartyCheck) return expr.check.get();
  for (const Expr& arg : expr.args) {
    if (const PartyCheck* found = check_within(arg)) return found;
  }
  return nullptr;
}

std::string account_named_by(const Record& record) {
  static const FieldId account = *find_field("account");
  const Value* const name = find_value(record, account);
  const auto* const text = name == nullptr ? nullptr : std::get_if<std::string>(name);
  return text == nullptr ? std::string() : *text;
}

void add_hits(const Screening& screening, const ClearedNames* cleared, std::int64_t seq,
              const Record& record, FindingHits& out) {
  for (ScreenHit& hit : screening.hits(record)) {
    FindingHit one{seq, record.source, account_named_by(record), std::move(hit), {}, {}};
    one.agreed = agreed_with(record, one.hit.party);
    const NameClearance* by =
        cleared == nullptr ? nullptr
                           : ClearedNames::find(cleared->about(record), record, one.hit.field,
                                                one.hit.name, one.hit.list, one.hit.party);
    if (by != nullptr) one.cleared_by = by->id;
    out.hits.push_back(std::move(one));
  }
}

std::string_view hit_standing_name(HitStanding standing) {
  switch (standing) {
    case HitStanding::kCounts:
      return "counts";
    case HitStanding::kCannotBeTold:
      return "cannot-be-told";
    case HitStanding::kFallsShort:
      break;
  }
  return "falls-short";
}

/// Whether the figures are those of a policy that looks for parties, where its words are gone.
bool has_party_figure(const FindingState& finding) {
  return std::ranges::any_of(finding.figures, [](const Figure& figure) {
    return figure.name == "score" || figure.name == "share";
  });
}

/// Why not all can be told by the records that are there.
std::string why_not_all(const FindingState& finding, const FindingHits& hits, std::size_t there) {
  const std::string explain =
      ": `tidewaiter policy explain " + finding.id.substr(0, 8) + "` looks at all that is stored";
  const std::size_t named = finding.evidence.size();
  if (there < named) {
    return "of the " + counted(static_cast<std::int64_t>(named), "evidence record") + " " +
           std::to_string(named - there) + " cannot be had any more: whom " +
           (named - there == 1 ? "it hits" : "they hit") + " is not known";
  }
  if (static_cast<std::int64_t>(named) < finding.evidence_total) {
    return "the finding names " + std::to_string(named) + " of its " +
           counted(finding.evidence_total, "record") + explain;
  }
  if (hits.hits.empty() && hits.lines.empty()) {
    return "the records, as they are stored now, hit nobody: their names were erased, or another "
           "version of the program compares them otherwise";
  }
  return {};
}

nlohmann::ordered_json finding_hit_json(const FindingHit& one, bool names) {
  const ScreenHit& hit = one.hit;
  nlohmann::ordered_json out = {
      {"list", hit.list},     {"entry", hit.reference()},
      {"ids", hit.party.ids}, {"party", hit.party.name},
      {"listed", hit.listed}, {"alias", hit.is_alias},
      {"weak", hit.is_weak},  {"score", static_cast<double>(hit.score) / kSameName},
      {"issue", nullptr},     {"standing", hit_standing_name(hit.standing)},
      {"cleared_by", nullptr}};
  out["consequences"] = follows_json(hit.follows);
  out["licence"] = licence_json(hit.party.licence);
  if (hit.issue) out["issue"] = hit.issue->id;
  if (!one.cleared_by.empty()) out["cleared_by"] = one.cleared_by;
  if (!names) return out;
  out["seq"] = one.seq;
  out["field"] = field(hit.field).name;
  out["name"] = hit.name;
  out["parts"] = hit.parts;
  out["text"] = hit.text;
  out["agreed"] = agreements_json(one.agreed);
  return out;
}

}  // namespace

FindingHits hits_of_finding(const FindingState& finding, const StatedPolicy& policy,
                            std::span<const LogEntry> evidence) {
  FindingHits out;
  if (!policy.text) {
    out.asks = has_party_figure(finding);
    out.unknown = "the policy's words as they were then are not stored, or cannot be read";
    return out;
  }
  const PartyCheck* const check = check_within(policy.text->condition);
  if (check == nullptr) return out;
  out.asks = true;
  const auto screening = screening_of(*policy.text);
  const auto cleared = cleared_names_of(*policy.text);
  std::size_t there = 0;
  for (const LogEntry& entry : evidence) {
    const auto* const record = std::get_if<Record>(&entry.body);
    if (record == nullptr) continue;
    ++there;
    if (screening != nullptr) {
      add_hits(*screening, cleared.get(), entry.seq, *record, out);
    } else if (check->judge(*record, NameLookup::kIndex).truth != false) {
      for (std::string& line : check->grounds(*record).lines) out.lines.push_back(std::move(line));
      out.lines_are_own &=
          is_about_account(finding.subject, record->source, account_named_by(*record));
    }
  }
  std::ranges::stable_sort(out.hits, {}, [](const FindingHit& one) { return one.hit.standing; });
  out.unknown = why_not_all(finding, out, there);
  return out;
}

FindingHits hits_of_finding(const Stores& stores, const FindingState& finding,
                            const StatedPolicy& policy) {
  // Most policies ask for nobody who is listed, and the records of a finding may be thousands.
  if (!policy.text || check_within(policy.text->condition) == nullptr) {
    return hits_of_finding(finding, policy, {});
  }
  std::vector<LogEntry> evidence;
  std::optional<Error> damage;
  for (const std::int64_t seq : finding.evidence) {
    if (stores.records == nullptr) break;
    Result<LogEntry> entry = stores.records->entry(seq);
    if (entry) {
      evidence.push_back(*std::move(entry));
    } else if (entry.error().code != ErrorCode::kNotFound) {
      damage = entry.error();
    }
  }
  FindingHits hits = hits_of_finding(finding, policy, evidence);
  if (hits.asks && damage) hits.unknown = to_text(*damage);
  return hits;
}

std::vector<AgreedValue> agreed_with(const Record& record, const ListedParty& party) {
  std::vector<AgreedValue> all;
  for (Agreement& one : agreements_of(record, party)) {
    all.push_back({std::string(corroboration_name(one.kind)), std::move(one.value)});
  }
  return all;
}

std::string agreements_text(std::span<const AgreedValue> agreed) {
  std::string text;
  for (const AgreedValue& one : agreed) {
    text += text.empty() ? "" : ", ";
    text += one.what + " `" + one.value + "`";
  }
  return text;
}

nlohmann::ordered_json agreements_json(std::span<const AgreedValue> agreed) {
  auto all = nlohmann::ordered_json::array();
  for (const AgreedValue& one : agreed) all.push_back({{"what", one.what}, {"value", one.value}});
  return all;
}

void print_hits(Invocation& run, const FindingHits& hits) {
  if (!hits.asks) return;
  run.out << "\nListed parties that are hit\n";
  for (const FindingHit& one : hits.hits) {
    print_prose(run, "  " + one.hit.reference() + "  ",
                one.hit.text + (one.cleared_by.empty() ? "" : ": cleared by " + one.cleared_by), 4);
    for (const std::string& line : follows_lines(one.hit.follows)) {
      print_prose(run, "    asks  ", line, 4);
    }
    if (!one.hit.party.licence.is_empty()) {
      print_prose(run, "    licence  ", licence_text(one.hit.party.licence), 4);
    }
    if (!one.agreed.empty()) print_prose(run, "    in common  ", agreements_text(one.agreed), 4);
  }
  for (const std::string& line : hits.lines) print_prose(run, "  ", line, 4);
  if (!hits.unknown.empty()) print_prose(run, "  unknown: ", hits.unknown, 4);
}

std::string listed_party_text(const FindingHit& one) {
  const ScreenHit& hit = one.hit;
  std::string text = "`" + hit.party.name + "` (" + hit.reference() + ")";
  if (hit.is_alias) {
    text += ", by the " + std::string(hit.is_weak ? "weak " : "") + "alias `" + hit.listed + "`";
  }
  text += ", score " + score_text(hit.score) + ", asks " + obligations_text(hit.follows);
  if (hit.issue) text += ", " + issue_text(*hit.issue);
  if (hit.standing != HitStanding::kCounts) {
    text += hit.standing == HitStanding::kCannotBeTold ? ", which cannot be told" : ", not enough";
  }
  return one.cleared_by.empty() ? text : text + ", cleared by " + one.cleared_by;
}

void print_hit_lines(Invocation& run, const FindingHits& hits, bool names) {
  for (const FindingHit& hit : hits.hits) {
    const std::string text = hit.hit.text + ", asks " + obligations_text(hit.hit.follows);
    print_prose(run, "  hits ", names ? text : listed_party_text(hit), 4);
  }
  for (const std::string& line : hits.lines) {
    print_prose(run, "  rests on ", names ? line : "owners: --evidence names them", 4);
  }
  if (hits.asks && !hits.unknown.empty()) print_prose(run, "  hits unknown: ", hits.unknown, 4);
}

nlohmann::ordered_json hits_json(const FindingHits& hits, bool names) {
  if (!hits.asks) return nullptr;
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const FindingHit& one : hits.hits) all.push_back(finding_hit_json(one, names));
  nlohmann::ordered_json out = {{"hits", std::move(all)}, {"unknown", nullptr}};
  if (names) out["lines"] = hits.lines;
  if (!hits.unknown.empty()) out["unknown"] = hits.unknown;
  return out;
}

}  // namespace tidewaiter
