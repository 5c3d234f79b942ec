#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/command.h"
#include "policies/language/policy.h"
#include "policies/model/finding.h"
#include "policies/model/record.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// With fewer others a place among them says nothing: as many as `deviation` asks for.
inline constexpr std::size_t kFewestPeers = 7;

/// Where one figure of a subject lies among those of others.
struct PlaceAmongPeers {
  std::string by;          ///< what they have alike: a field, or "size_band"; empty: all there are
  std::string value;       ///< that they have; empty with `by` too, and where it is withheld
  std::int64_t peers = 0;  ///< others with a record in the span
  std::int64_t less = 0;   ///< of these: with less than the subject
  std::int64_t equal = 0;
  std::int64_t more = 0;
  /// The middle of the others' figures, of two the mean. Absent below kFewestPeers.
  std::optional<double> median;
};

/// A figure of the subject over the span, and its places.
struct FigureAmongPeers {
  std::string name;  ///< "requests", "tokens"
  std::int64_t figure = 0;
  std::vector<PlaceAmongPeers> places;  ///< among all, and among those that have something alike
};

/// A subject beside the others of its policy, from records as they are stored. No policy judges by
/// it, and no finding rests on it.
struct SubjectPeers {
  std::string policy;  ///< whose kind of record and of subject is compared
  Interval span;
  std::vector<FigureAmongPeers> figures;  ///< none: no record of the subject was among those read
  std::int64_t ungrouped = 0;             ///< others of which it is not known what they have alike
  std::int64_t nameless = 0;              ///< records of the span that belong to no subject
  bool complete = true;                   ///< false: the log is longer than what was read
};

/// Counts what each subject did in a span. Takes the records of the log in its order; one that was
/// replaced is taken back with the sign -1.
class PeerCounter {
 public:
  PeerCounter(const Policy& policy, std::string subject, Interval span);

  /// `whose`: of a record of the policy's kind, the subject that it belongs to; of a policy about
  /// clusters the cluster, and `accounts` is how many it has. Absent: to none.
  void take(const Record& record, std::int64_t sign, const std::optional<Subject>& whose,
            std::int64_t accounts);

  /// Nothing where the subject itself has no record in the span; where the log is longer than what
  /// was read (`complete` is false) it may have one all the same, and there are no figures. The
  /// subject's peers have alike, by what is known of it: what the policy's own peers have; the plan
  /// of the account, by its own source, as it was told last before the end of the span; the tier
  /// that served it. Of a cluster it is the size band, as policies that compare clusters have it:
  /// of all its accounts. Sums that do not fit stay at the end of what does.
  [[nodiscard]] std::optional<SubjectPeers> among(bool complete) const;

  /// The texts of the others with a record in the span that have alike with the subject what
  /// among() compares; where these are fewer than kFewestPeers, all others, and `by` is empty.
  struct Alike {
    std::string by;
    std::vector<std::string> subjects;
  };
  [[nodiscard]] Alike alike() const;

 private:
  struct Counted {
    std::int64_t records = 0;
    std::int64_t requests = 0;
    std::int64_t tokens = 0;
    std::string tier;  ///< of the last record that has one, or of the policy's own field
    std::string source;
    std::string id;             ///< of one that is an account
    std::int64_t accounts = 0;  ///< of a cluster
  };
  using Grouped = std::map<std::string, std::string>;  ///< what a subject has alike with others

  void take_plan(const Record& record, std::int64_t sign);
  [[nodiscard]] std::string plan_of(const Counted& one) const;
  [[nodiscard]] std::pair<std::string, Grouped> groups() const;

  const Policy& policy_;
  std::string subject_;
  Interval span_;
  std::optional<FieldId> own_field_;  ///< of the policy's `peers(…)`
  bool by_size_ = false;
  std::map<std::string, Counted> counted_;                      // by the subject's text
  using Plans = std::map<UtcTime, std::string>;                 // by when they were told
  std::map<std::pair<std::string, std::string>, Plans> plans_;  // by source and account
  std::int64_t nameless_ = 0;
};

/// The part of a case's page, and of its document.
void print_peers(Invocation& run, const SubjectPeers& peers);
[[nodiscard]] nlohmann::ordered_json peers_json(const SubjectPeers& peers);

}  // namespace tidewaiter
