#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/report/report.h"
#include "policies/engine/evaluation.h"
#include "policies/language/policy.h"
#include "storage/review/case_book.h"
#include "storage/review/case_clocks.h"
#include "storage/review/report_kinds.h"
#include "storage/review/report_recipient.h"

namespace tidewaiter {

/// What a person asks for.
struct ReportRequest {
  std::string id;
  const ReportKind* kind = nullptr;
  const RedactionProfile* profile = nullptr;
  std::optional<ReportRecipient> recipient;  ///< that the site has configured
  std::string author;
  /// The author may see evidence, and the ledger says that it was looked at.
  bool sees_evidence = false;
  std::string handling;
  std::map<std::string, std::string> statements;  ///< by element, of those that a person states
  std::optional<Interval> period;                 ///< of a case: absent is all of it
  std::optional<ReportedFollowing> follows;       ///< what it corrects or supplements
  std::string answers;                            ///< id of a request; empty: none
  std::optional<ReportedDocument> document = {};  ///< by which that request was made
  std::optional<CaseClock> clock;                 ///< of the case, by which it is due
  UtcTime now;
};

/// A policy under which findings of the report were stated; `text` is absent where its documents
/// are not stored.
struct PolicyInForce {
  std::string id;
  std::int64_t version = 0;
  Digest hash;
  std::optional<Policy> text;
};

/// What it is drawn from, read already.
struct ReportMaterial {
  std::string origin;
  std::string verifier_key;
  std::int64_t ledger_entries = 0;
  std::string policy_mode;  ///< of the site
  const CaseBook* book = nullptr;
  const Case* about = nullptr;  ///< null: a period
  std::vector<PolicyInForce> policies;
  std::vector<PolicyCoverage> coverage;
  std::vector<ReportedGap> gaps;  ///< of all policies and times
  /// With nothing that is missing; absent: the record log cannot be read.
  std::optional<std::vector<ReportedSource>> sources;
  std::optional<ReportedSeries> usage;       ///< of the case's subject
  std::optional<UsualUsage> usual;           ///< of the same, with its peers
  std::optional<ReportedModels> models;      ///< of the same, as they may be told
  std::optional<ClusterGraph> cluster;       ///< of a case about a cluster, with names as they are
  std::optional<ReportedMembers> members;    ///< of the same, as they are
  std::optional<ReportedClusters> clusters;  ///< of a period
  /// Whom findings hit among those who are listed, by the finding's id, with names as they are.
  std::map<std::string, ReportedListing> listings;
  std::map<std::string, std::vector<ListAge>> list_ages;  ///< by the finding's id
  std::optional<ReportedScreening> screening;             ///< of a kind that tells of it
  StatementWords statements;  ///< of a case, as far as its kind may tell of them
};

/// The cases that a report would have findings of, or acts: the case, or all with a finding that
/// findings_drawn() gives, merged ones left to the case in which they go on. Pure.
[[nodiscard]] std::vector<const Case*> cases_drawn(const CaseBook& book, const Case* about,
                                                   const std::optional<Interval>& period,
                                                   const ReportedScreening* screening = nullptr);

/// The findings among those of a case that belong into the report: whose run touches the period.
/// Where it tells of `screening`, those of policies that held something against lists, and also
/// what was recorded in the period: another issue finds whom it hits among what is stored.
[[nodiscard]] std::vector<const FindingState*> findings_drawn(
    const Case& c, const std::optional<Interval>& period,
    const ReportedScreening* screening = nullptr);

/// Draws a report: what was found, decided and done, by the profile. What counsel has marked as
/// privileged is left out, and counted; words that are sealed in acts are in no report. Same
/// arguments, same report: pure.
[[nodiscard]] Report draw_report(const ReportRequest& request, const ReportMaterial& material);

}  // namespace tidewaiter
