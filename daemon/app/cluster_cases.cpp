#include "daemon/app/cluster_cases.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "policies/model/json_member.h"
#include "storage/review/regrouping_rules.h"
#include "storage/review/subject_names.h"

namespace tidewaiter {
namespace {

bool says(const std::string& body, std::string_view words) {
  return body.find(words) != std::string::npos;
}

/// Whether the finding that an entry is about is about a cluster. One that was erased is not.
Result<bool> is_about_cluster(const Ledger& ledger, const std::string& body) {
  const auto entry = nlohmann::json::parse(body, nullptr, false);
  FindingQuery query;
  query.id_prefix = text_member(entry, "finding").value_or("");
  if (query.id_prefix.empty()) return false;
  const auto found = ledger.findings(query);
  if (!found) return tl::unexpected(found.error());
  return found->size() == 1 && is_cluster(found->front().subject);
}

/// The records that an entry names as evidence.
Result<std::vector<std::int64_t>> evidence_of(const Ledger& ledger, std::int64_t index) {
  const Result<std::string> body = ledger.entry(index);
  if (!body) return tl::unexpected(body.error());
  std::vector<std::int64_t> seqs;
  const auto entry = nlohmann::json::parse(*body, nullptr, false);
  const auto evidence = entry.find("evidence");
  if (evidence == entry.end() || !evidence->is_object()) return seqs;
  for (const auto& one : evidence->value("seqs", nlohmann::json::array())) {
    if (one.is_number_integer()) seqs.push_back(one.get<std::int64_t>());
  }
  return seqs;
}

/// What is to be written now; nothing more after it was written and this was asked again.
Result<std::vector<Regrouping>> due_now(const Ledger& ledger) {
  auto findings = ledger.findings({});
  if (!findings) return tl::unexpected(findings.error());
  auto deeds = recorded_deeds(ledger);
  if (!deeds) return tl::unexpected(deeds.error());
  const Result<CaseBook> book =
      CaseBook::make(std::move(*findings), std::move(deeds->acts), deeds->regroupings);
  if (!book) return tl::unexpected(book.error());
  return regroupings_due(*book, deeds->regroupings,
                         [&ledger](std::int64_t entry) { return evidence_of(ledger, entry); });
}

}  // namespace

Result<bool> ClusterCases::has_news(const Ledger& ledger) {
  const auto head = ledger.head();
  if (!head) return tl::unexpected(head.error());
  const std::int64_t from = std::exchange(next_, head->size);
  // Of a ledger that was not read yet one look at all cases costs less than one at each finding.
  if (from == 0) return true;
  for (std::int64_t index = from; index < head->size; ++index) {
    const Result<std::string> body = ledger.entry(index);
    if (!body) return tl::unexpected(body.error());
    const bool may_tell =
        says(*body, R"("typ":"finding.opened")") || says(*body, R"("reason":"merged:)");
    if (!may_tell) continue;
    Result<bool> tells = is_about_cluster(ledger, *body);
    if (!tells || *tells) return tells;
  }
  return false;
}

Result<std::int64_t> ClusterCases::follow(Ledger& ledger, UtcTime now) {
  const std::int64_t from = next_;
  const Result<bool> news = has_news(ledger);
  if (!news) {
    next_ = from;  // looked at again by the next call
    return tl::unexpected(news.error());
  }
  std::int64_t written = 0;
  while (*news) {
    auto due = due_now(ledger);
    if (due && due->empty()) break;
    LedgerCommit commit;
    if (due) {
      for (const Regrouping& one : *due) commit.events.push_back(regrouping_event(one));
    }
    const auto done =
        due ? ledger.commit(commit, now) : Result<LedgerReceipt>(tl::unexpected(due.error()));
    if (!done) {
      next_ = from;
      return tl::unexpected(done.error());
    }
    written += static_cast<std::int64_t>(commit.events.size());
  }
  return written;
}

}  // namespace tidewaiter
