#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "policies/screening/issue_standing.h"
#include "policies/screening/party_issue.h"

namespace tidewaiter {

/// The issue of a published list that a policy set looks into.
struct SyncedIssue {
  IssueStanding standing;
  std::shared_ptr<const PartyIssue> issue;  ///< null where `standing` has none
};

/// By the name of the published list: what the `synced` lists of a set stand for.
using SyncedLists = std::map<std::string, SyncedIssue, std::less<>>;

}  // namespace tidewaiter
