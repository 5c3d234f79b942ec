#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/command.h"
#include "daemon/cli/stated_policy.h"
#include "policies/model/finding.h"
#include "policies/model/log.h"
#include "policies/screening/screen_hit.h"
#include "storage/review/clearance_words.h"

namespace tidewaiter {

/// A listed party that an evidence record of a finding hits.
struct FindingHit {
  std::int64_t seq = 0;  ///< of the record
  std::string source;
  std::string account;  ///< whose record it is; empty where it does not say
  ScreenHit hit;
  std::vector<AgreedValue> agreed;  ///< what else than the name the record has of the party
  std::string cleared_by;  ///< the clearance that took it away when the policy judged; may be empty
};

/// Whom a finding is about among those who are listed: by the evidence records that it names, and
/// the issues that its policy looked into when its figures were stated.
struct FindingHits {
  bool asks = false;               ///< the policy looks for parties in lists, or that is not known
  std::vector<FindingHit> hits;    ///< of a `screen`; those that count first
  std::vector<std::string> lines;  ///< of an `ownership`: what it rests on, in words
  bool lines_are_own = true;       ///< of the account that the finding is about, all of them
  std::string unknown;             ///< why some of it cannot be told; empty: all is told
};

/// `evidence` are those of the records that the finding names that are still there. The policy is
/// the one under which the figures were stated.
[[nodiscard]] FindingHits hits_of_finding(const FindingState& finding, const StatedPolicy& policy,
                                          std::span<const LogEntry> evidence);

/// The same, with the records that the log has. Where it cannot be read that is among what is
/// unknown.
[[nodiscard]] FindingHits hits_of_finding(const Stores& stores, const FindingState& finding,
                                          const StatedPolicy& policy);

/// What else than the name they have in common, in the words of a clearance.
[[nodiscard]] std::vector<AgreedValue> agreed_with(const Record& record, const ListedParty& party);
/// "country `SY`, identifiers `PASSPORT:N7`"; empty where there are none.
[[nodiscard]] std::string agreements_text(std::span<const AgreedValue> agreed);
/// [{"what", "value"}]
[[nodiscard]] nlohmann::ordered_json agreements_json(std::span<const AgreedValue> agreed);

/// For a terminal: nothing where the policy does not ask about parties.
void print_hits(Invocation& run, const FindingHits& hits);

/// Whom it hits without anything of the account's: "`Martha King` (csl:306), by the alias `Queen
/// Bee`, score 0.97, asks block, issue …".
[[nodiscard]] std::string listed_party_text(const FindingHit& hit);

/// A line for each hit, and why some of it cannot be told. Without `names` nothing of the
/// account's: that is for who looks at the evidence.
void print_hit_lines(Invocation& run, const FindingHits& hits, bool names);

/// {"hits": [{"seq", "field", "name", "list", "entry", "ids", "party", "listed", "alias", "weak",
/// "score", "parts", "consequences", "licence", "issue", "standing", "cleared_by", "text",
/// "agreed"}], "lines", "unknown"}; consequences as follows_json() has them; null where the policy
/// does not ask. Without `names` nothing of the account's: "seq", "field", "name", "parts", "text",
/// "agreed" and "lines" are left out.
[[nodiscard]] nlohmann::ordered_json hits_json(const FindingHits& hits, bool names = true);

}  // namespace tidewaiter
