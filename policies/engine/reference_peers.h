#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "policies/engine/reference_measures.h"

namespace tidewaiter::reference {

class Coverage;

/// Inputs by record identity: id and time.
using Inputs = std::map<std::pair<Digest, UtcTime>, Input>;

/// One subject as the others see it.
struct PeerRecord {
  std::vector<const Input*> inputs;  ///< all, certain or not, in any order
  /// Its figures in the windows that are known and have a certain input.
  std::map<std::int64_t, std::vector<Figure>> figures;
  std::int64_t accounts = 1;  ///< of a cluster
};
using PeerRecords = std::map<Subject, PeerRecord>;

/// How many accounts a cluster has.
using ClusterSize = std::function<std::int64_t(const Subject& cluster)>;

/// What the subjects of a policy are to each other; nothing if no measure asks. Points into
/// `inputs`. `size_of` is asked where the subjects are clusters. Pure.
[[nodiscard]] PeerRecords peer_records(const Policy& policy, const Inputs& inputs,
                                       const Coverage& coverage, const ClusterSize& size_of);

/// A history of peers (docs/evaluation.md, Peers), before what retention says about it.
struct PeerHistory {
  std::vector<double> values;    ///< none where they do not say what is usual
  bool by_window_alone = false;  ///< the group is that of the window's own inputs
};

/// What `subject` is compared with in window k by measure m, which compares peers. Pure.
[[nodiscard]] PeerHistory peer_history(const Policy& policy, std::size_t m, const Subject& subject,
                                       std::int64_t k, const PeerRecords& records);

}  // namespace tidewaiter::reference
