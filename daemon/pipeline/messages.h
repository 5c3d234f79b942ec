#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "policies/language/policy.h"
#include "policies/model/finding.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// Turns steps into messages for channels. A finding that opens sends one message to each channel
/// that its policy names; historical ones are only counted, and told as one digest a channel when
/// the backfill or activation that brought them is over.
///
/// Messages hold no subject and no evidence: whoever may see those looks the finding up by its id.
class Messages {
 public:
  explicit Messages(std::string origin) : origin_(std::move(origin)) {}

  /// `grouped` says by what the messages of some channels are gathered (daemon/notify): theirs
  /// have the word as `group_by`, from when they are made.
  void set_channels(std::vector<std::string> channels,
                    std::map<std::string, std::string> grouped = {});
  void set_policies(const PolicySet& set);

  /// Takes the next step in order. `fresh`: it is not in the ledger yet.
  void take(const Step& step, bool fresh, std::vector<OutboxMessage>& out);

  /// The end of a backfill or an activation, at log entry `seq`.
  void end_of_history(std::int64_t seq, bool fresh, std::vector<OutboxMessage>& out);

  /// For snapshots: what it has counted.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(history_);
  }

 private:
  struct Counts {
    std::map<std::string, std::int64_t> by_policy;
    std::int64_t all = 0;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(by_policy, all);
    }
  };
  std::string origin_;
  std::set<std::string> channels_;
  std::map<std::string, std::string> grouped_;
  std::map<std::string, std::vector<std::string>> routes_;  ///< policy id → channels that are there
  std::map<std::string, std::vector<std::string>> written_;  ///< policy id → channels as written
  std::map<std::string, Counts> history_;                    ///< by channel
  void rebuild_routes();
};

}  // namespace tidewaiter
