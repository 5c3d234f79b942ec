#include "daemon/cli/report_material.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/app/acts.h"
#include "daemon/app/people.h"
#include "daemon/cli/daily_usage.h"
#include "daemon/cli/listed_material.h"
#include "daemon/cli/lists_in_force.h"
#include "daemon/cli/model_usage.h"
#include "daemon/cli/screening_material.h"
#include "daemon/cli/source_text.h"
#include "daemon/cli/stated_policy.h"
#include "daemon/cli/subject_volume.h"
#include "daemon/cli/told_case.h"
#include "daemon/pipeline/coverage_json.h"
#include "daemon/report/reported_statements.h"
#include "policies/model/json_member.h"
#include "storage/review/case_statements.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kUsageEntries = 500'000;
constexpr std::size_t kUsageSlots = 72;

/// The policies of the findings, each version once, with the last finding that states it.
Result<std::vector<PolicyInForce>> policies_drawn(
    const Stores& stores, const std::vector<const FindingState*>& findings) {
  std::map<std::pair<std::string, std::int64_t>, const FindingState*> last;
  for (const FindingState* const finding : findings) {
    last[{finding->policy, finding->policy_version}] = finding;
  }
  std::map<std::tuple<std::string, std::int64_t, Digest>, PolicyInForce> all;
  for (const auto& [key, finding] : last) {
    Result<StatedPolicy> stated = stated_policy(stores, *finding);
    if (!stated) return tl::unexpected(stated.error());
    all.try_emplace({key.first, stated->version, stated->hash},
                    PolicyInForce{key.first, stated->version, stated->hash, stated->text});
  }
  std::vector<PolicyInForce> list;
  list.reserve(all.size());
  for (auto& [key, policy] : all) list.push_back(std::move(policy));
  return list;
}

/// Entries that say what a policy did not see, recorded within `period` if there is one.
Result<std::vector<ReportedGap>> gaps_of_ledger(const Ledger& ledger, std::int64_t size,
                                                const std::optional<Interval>& period) {
  std::vector<ReportedGap> gaps;
  for (std::int64_t index = 0; index < size; ++index) {
    const Result<std::string> body = ledger.entry(index);
    if (!body) return tl::unexpected(body.error());
    if (body->find(R"("typ":"coverage.gap")") == std::string::npos) continue;
    const auto entry = nlohmann::json::parse(*body, nullptr, false);
    if (text_member(entry, "typ") != "coverage.gap") continue;
    ReportedGap gap;
    gap.entry = index;
    gap.policy = text_member(entry.value("policy", nlohmann::json::object()), "id").value_or("");
    gap.reason = text_member(entry, "reason").value_or("");
    gap.count = number_member(entry, "count").value_or(0);
    const Result<UtcTime> recorded = parse_time(text_member(entry, "ts").value_or(""));
    if (!recorded) continue;
    gap.recorded = *recorded;
    const bool outside = period && (gap.recorded < period->from || !(gap.recorded < period->to));
    if (!outside) gaps.push_back(std::move(gap));
  }
  return gaps;
}

/// A release up to so long before the first finding is one that it may have to do with.
constexpr Duration kReleaseBefore{28 * kDay.us};

std::optional<ReportedModels> models_of(const Stores& stores, const Case& c,
                                        const std::vector<PolicyInForce>& policies) {
  if (stores.records == nullptr || c.subject.empty() || c.findings.empty()) return std::nullopt;
  const Interval span = span_of(c);
  for (const PolicyInForce& policy : policies) {
    if (!policy.text || policy.text->reads != RecordKind::kUsage) continue;
    const Result<ModelUsage> usage =
        model_usage(*stores.records, *policy.text, c.subject, kUsageEntries);
    if (!usage) continue;
    return model_shares(*usage, release_calendar(*stores.records),
                        {span.from - kReleaseBefore, span.to});
  }
  return std::nullopt;
}

std::optional<ReportedSeries> usage_of(const Stores& stores, const Case& c,
                                       const std::vector<PolicyInForce>& policies) {
  if (stores.records == nullptr || c.subject.empty() || c.findings.empty()) return std::nullopt;
  const Interval found = span_of(c);
  const Interval span{found.from - kDay, found.to + kDay};
  for (const PolicyInForce& policy : policies) {
    if (!policy.text || policy.text->reads == RecordKind::kFinding) continue;
    const Result<SubjectVolume> volume =
        subject_volume(*stores.records, *policy.text, c.subject, span, kUsageSlots, kUsageEntries);
    if (!volume) continue;
    return ReportedSeries{"Requests over time", "requests",           volume->chart.span.from,
                          volume->chart.slot,   volume->chart.values, {},
                          volume->complete};
  }
  return std::nullopt;
}

/// What people have stated about the case, as far as a report of the kind may have it.
Result<StatementWords> statement_words(const Stores& stores, const Case& c,
                                       const ReportKind& kind) {
  StatementWords words;
  for (const Attribution& one : attributions_of(c)) {
    if (!kind.attribution || !is_reported(one, c)) continue;
    const auto content = confidential_of(stores.paths.folder, one.stated.act.act);
    if (!content) return tl::unexpected(content.error());
    if (*content && (*content)->contains("to")) {
      words.names.emplace(one.stated.index, (*content)->at("to"));
    }
  }
  const std::optional<Conclusion> last = conclusion_of(c);
  if (!last || last->released_to(kind.name) == nullptr) return words;
  const auto content = confidential_of(stores.paths.folder, last->stated.act.act);
  if (!content) return tl::unexpected(content.error());
  if (*content && (*content)->contains("text")) words.conclusion = (*content)->at("text");
  return words;
}

std::optional<UsualUsage> usual_of(const Stores& stores, const Case& c,
                                   const std::vector<PolicyInForce>& policies) {
  if (stores.records == nullptr || c.subject.empty() || c.findings.empty()) return std::nullopt;
  for (const PolicyInForce& policy : policies) {
    if (!policy.text || policy.text->reads == RecordKind::kFinding) continue;
    auto usual = usual_of_case(*stores.records, *policy.text, c, kUsageEntries);
    if (usual) return std::move(*usual);
  }
  return std::nullopt;
}

/// How far each source has come, whether it is configured or was; nothing without a record log.
std::optional<std::vector<ReportedSource>> sources_of(const Stores& stores) {
  if (stores.records == nullptr) return std::nullopt;
  const Result<std::vector<SourceState>> states = stores.records->sources();
  if (!states) return std::nullopt;
  std::vector<ReportedSource> sources;
  for (const SourceView& view : source_views(stores.config, *states, {})) {
    sources.push_back({view.name, view.config != nullptr, view.state.covered, {}});
  }
  return sources;
}

}  // namespace

Result<ReportMaterial> report_material(const Stores& stores, const CaseBook& book,
                                       std::int64_t entries, const Case* about,
                                       const std::optional<Interval>& period,
                                       const ReportKind& kind, UtcTime now) {
  ReportMaterial material;
  material.origin = stores.ledger->origin();
  material.verifier_key = stores.ledger->verifier_key();
  material.ledger_entries = entries;
  const auto enrolled = people(stores.paths.folder);
  if (!enrolled) return tl::unexpected(enrolled.error());
  material.policy_mode = to_text(policy_mode(*enrolled));
  material.book = &book;
  material.about = about;
  if (kind.screening && period) {
    auto screening = screening_material(stores, entries, *period, now);
    if (!screening) return tl::unexpected(screening.error());
    material.screening = std::move(*screening);
  }
  const ReportedScreening* const told = material.screening ? &*material.screening : nullptr;
  std::vector<const FindingState*> findings;
  for (const Case* const c : cases_drawn(book, about, period, told)) {
    const auto here = findings_drawn(*c, period, told);
    findings.insert(findings.end(), here.begin(), here.end());
  }
  auto policies = policies_drawn(stores, findings);
  if (!policies) return tl::unexpected(policies.error());
  material.policies = std::move(*policies);
  const Result<std::string> text = stores.ledger->coverage();
  if (!text) return tl::unexpected(text.error());
  Result<CoverageReport> coverage = coverage_from_json(*text);
  if (!coverage) return tl::unexpected(coverage.error());
  material.coverage = std::move(coverage->policies);
  auto gaps = gaps_of_ledger(*stores.ledger, entries, about == nullptr ? period : std::nullopt);
  if (!gaps) return tl::unexpected(gaps.error());
  material.gaps = std::move(*gaps);
  material.sources = sources_of(stores);
  auto listings = listed_material(stores, findings);
  if (!listings) return tl::unexpected(listings.error());
  material.listings = std::move(*listings);
  auto ages = ages_of_lists(stores, entries, findings, material.listings);
  if (!ages) return tl::unexpected(ages.error());
  material.list_ages = std::move(*ages);
  if (material.screening) add_untold(material, *material.screening);
  if (about != nullptr) {
    auto words = statement_words(stores, *about, kind);
    if (!words) return tl::unexpected(words.error());
    material.statements = std::move(*words);
  }
  if (about != nullptr) material.models = models_of(stores, *about, material.policies);
  if (about != nullptr) material.usual = usual_of(stores, *about, material.policies);
  if (about != nullptr) material.usage = usage_of(stores, *about, material.policies);
  return material;
}

/// How disclosures of figures are called in entries: docs/ledger-format.md.
constexpr std::string_view kFigureDisclosures = "figures/";

Result<std::vector<ReportedDisclosure>> report_disclosures(const Stores& stores,
                                                           const Report& report,
                                                           const ReportRequest& request) {
  std::vector<ReportedDisclosure> all;
  if (!request.profile->subjects) return all;
  const bool figures = !request.recipient || request.recipient->is_given("figures");
  for (const ReportedFinding& finding : report.findings) {
    for (const std::int64_t entry : finding.entries) {
      auto told = stores.ledger->disclosures(entry);
      if (!told) return tl::unexpected(told.error());
      for (Disclosure& one : *told) {
        if (!figures && one.name.starts_with(kFigureDisclosures)) continue;
        all.push_back({entry, std::move(one.name), std::move(one.text)});
      }
    }
  }
  return all;
}

}  // namespace tidewaiter
