#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "policies/model/digest.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Which issue of a published list a policy looks into, and up to when it is known to hold.
struct IssueStanding {
  std::string published;  ///< the list, by its name in the configuration
  std::string id;     ///< of the issue, as `tidewaiter list status` has it; empty: there is none
  Digest digest;      ///< of its parties' text (party_issue.h); zeros if there is none
  UtcTime retrieved;  ///< when its bytes came
  /// Event time from which on nobody has confirmed it: whoever is not found then may be listed.
  UtcTime known_until{INT64_MIN};
  /// When it was confirmed again after `known_until` had passed. Part of the meaning of a policy,
  /// so that what could not be told in between is judged again.
  std::optional<UtcTime> resumed = {};

  [[nodiscard]] bool is_there() const { return !id.empty(); }
  bool operator==(const IssueStanding&) const = default;
};

/// "issue a1b2c3d4e5f6 of 2026-05-01, sha256:…"; "no issue of it has been fetched".
[[nodiscard]] std::string issue_text(const IssueStanding& standing);

}  // namespace tidewaiter
