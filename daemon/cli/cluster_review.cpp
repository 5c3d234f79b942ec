#include "daemon/cli/cluster_review.h"

#include <algorithm>
#include <set>
#include <utility>

#include "daemon/cli/finding_text.h"

namespace tidewaiter {

Subject cluster_subject(const LinkedAccount& name) {
  return {{kFieldCluster}, {name.name}, name.source};
}

Result<ClusterReview> ClusterReview::read(const Ledger& ledger) {
  ClusterReview review;
  Result<std::vector<FindingState>> findings = ledger.findings({});
  if (!findings) return tl::unexpected(findings.error());
  Result<CaseBook> book = CaseBook::read(ledger);
  if (!book) return tl::unexpected(book.error());
  Result<ReportBook> reports = ReportBook::read(ledger);
  if (!reports) return tl::unexpected(reports.error());
  review.reports_ = std::move(*reports);
  review.findings_ = std::move(*findings);
  review.book_ = std::move(*book);
  for (std::size_t i = 0; i < review.findings_.size(); ++i) {
    review.findings_by_subject_[review.findings_[i].subject].push_back(i);
  }
  const std::vector<Case>& cases = review.book_.cases();
  for (std::size_t i = 0; i < cases.size(); ++i) {
    // A case that others have been merged into has findings about their subjects, too.
    std::set<std::string> subjects{cases[i].subject};
    for (const FindingState& finding : cases[i].findings) subjects.insert(finding.subject);
    for (const std::string& subject : subjects) review.cases_by_subject_[subject].push_back(i);
  }
  return review;
}

ClusterReview::About ClusterReview::about(const std::vector<LinkedAccount>& accounts) const {
  std::set<std::size_t> findings;
  std::set<std::size_t> cases;
  for (const LinkedAccount& account : accounts) {
    const std::string subject = to_text(cluster_subject(account));
    const auto found = findings_by_subject_.find(subject);
    if (found != findings_by_subject_.end()) {
      findings.insert(found->second.begin(), found->second.end());
    }
    const auto of_case = cases_by_subject_.find(subject);
    if (of_case != cases_by_subject_.end()) {
      cases.insert(of_case->second.begin(), of_case->second.end());
    }
  }
  About about;
  about.findings.reserve(findings.size());
  for (const std::size_t i : findings) about.findings.push_back(&findings_[i]);
  about.cases.reserve(cases.size());
  for (const std::size_t i : cases) about.cases.push_back(&book_.cases()[i]);
  return about;
}

std::int64_t ClusterReview::About::standing() const {
  return std::ranges::count_if(findings, [](const FindingState* f) { return !is_withdrawn(*f); });
}

std::optional<Severity> ClusterReview::About::worst() const {
  std::optional<Severity> worst;
  for (const FindingState* finding : findings) {
    if (!is_withdrawn(*finding))
      worst = std::max(worst.value_or(Severity::kLow), finding->severity);
  }
  return worst;
}

std::int64_t ClusterReview::About::open_cases() const {
  return std::ranges::count_if(cases, [](const Case* c) {
    return c->state == CaseState::kOpen || c->state == CaseState::kProposed;
  });
}

}  // namespace tidewaiter
