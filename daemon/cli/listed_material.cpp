#include "daemon/cli/listed_material.h"

#include <tuple>
#include <utility>
#include <vector>

#include "daemon/cli/finding_hits.h"
#include "daemon/cli/stated_policy.h"

namespace tidewaiter {
namespace {

ReportedParty reported_party(const FindingHit& found) {
  const ScreenHit& hit = found.hit;
  ReportedParty party;
  party.list = hit.list;
  party.entry = hit.reference();
  party.ids = hit.party.ids;
  party.party = hit.party.name;
  party.listed = hit.listed;
  party.is_alias = hit.is_alias;
  party.is_weak = hit.is_weak;
  party.score = hit.score;
  party.follows = hit.follows;
  party.licence = hit.party.licence;
  party.is_told = hit.standing == HitStanding::kCounts;
  if (hit.issue) {
    party.issue = hit.issue->id;
    party.issue_text = issue_text(*hit.issue);
  }
  party.source = found.source;
  party.account = found.account;
  party.field = field(hit.field).name;
  party.name = hit.name;
  return party;
}

ReportedListing reported_listing(FindingHits hits) {
  ReportedListing listing;
  for (const FindingHit& hit : hits.hits) {
    if (hit.hit.standing == HitStanding::kFallsShort || !hit.cleared_by.empty()) continue;
    listing.parties.push_back(reported_party(hit));
  }
  listing.grounds = std::move(hits.lines);
  listing.grounds_are_own = hits.lines_are_own;
  listing.unknown = std::move(hits.unknown);
  return listing;
}

}  // namespace

Result<std::map<std::string, ReportedListing>> listed_material(
    const Stores& stores, std::span<const FindingState* const> findings) {
  std::map<std::tuple<std::string, Digest>, std::vector<const FindingState*>> by_policy;
  for (const FindingState* const finding : findings) {
    const Result<Digest> hash = stating_hash(*stores.ledger, *finding);
    if (!hash) return tl::unexpected(hash.error());
    by_policy[{finding->policy, *hash}].push_back(finding);
  }
  std::map<std::string, ReportedListing> listings;
  for (const auto& [key, stated_so] : by_policy) {
    const Result<StatedPolicy> policy = stated_policy(stores, *stated_so.front());
    if (!policy) return tl::unexpected(policy.error());
    for (const FindingState* const finding : stated_so) {
      FindingHits hits = hits_of_finding(stores, *finding, *policy);
      if (hits.asks) listings.emplace(finding->id, reported_listing(std::move(hits)));
    }
  }
  return listings;
}

}  // namespace tidewaiter
