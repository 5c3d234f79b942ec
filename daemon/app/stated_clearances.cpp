#include "daemon/app/stated_clearances.h"

#include <algorithm>
#include <utility>

#include "daemon/app/acts.h"
#include "policies/screening/cleared_names.h"
#include "storage/review/clearance_book.h"

namespace tidewaiter {

PolicyClearance policy_clearance(std::string id, const NameCleared& given,
                                 const ClearedName& words) {
  std::vector<Digest> agreed;
  agreed.reserve(words.agreed.size());
  for (const AgreedValue& one : words.agreed) {
    agreed.push_back(cleared_agreement(one.what, one.value));
  }
  std::ranges::sort(agreed);
  agreed.erase(std::unique(agreed.begin(), agreed.end()), agreed.end());
  return {given.policy,
          given.version,
          {std::move(id), words.list, words.entry, cleared_account(words.source, words.account),
           cleared_name(words.field, words.name), std::move(agreed)}};
}

Result<std::vector<PolicyClearance>> stated_clearances(const std::filesystem::path& state,
                                                       const Ledger& ledger, std::int64_t& unsaid) {
  const Result<ClearanceBook> book = ClearanceBook::read(ledger);
  if (!book) return tl::unexpected(book.error());
  std::vector<PolicyClearance> stated;
  stated.reserve(book->clearances().size());
  for (const Clearance& one : book->clearances()) {
    if (one.state != ClearanceState::kHolds) continue;
    const auto words = confidential_of(state, one.given.act.act);
    if (!words && words.error().code != ErrorCode::kCorruption) {
      return tl::unexpected(words.error());
    }
    // A file that somebody has changed stops no daemon: whoever reads the clearance is told.
    const bool has_words = words && words->has_value();
    const auto cleared = read_clearance(has_words ? **words : Confidential());
    if (cleared) {
      stated.push_back(policy_clearance(one.id, one.cleared(), *cleared));
    } else {
      ++unsaid;
    }
  }
  return stated;
}

std::vector<PolicyClearance> clearances_for(const PolicySet& set,
                                            std::span<const PolicyClearance> clearances) {
  std::vector<PolicyClearance> here;
  for (const PolicyClearance& one : clearances) {
    const auto policy = std::ranges::find(set.policies, one.policy, &Policy::id);
    const bool applies = policy != set.policies.end() && policy->version == one.version &&
                         screening_of(*policy) != nullptr;
    if (applies) here.push_back(one);
  }
  return here;
}

}  // namespace tidewaiter
