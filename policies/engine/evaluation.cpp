#include "policies/engine/evaluation.h"

#include <limits>
#include <utility>

#include "policies/engine/columnar_evaluation.h"
#include "policies/engine/layered_evaluation.h"
#include "policies/engine/reference_evaluation.h"

namespace tidewaiter {

std::int64_t EvaluationFootprint::bytes() const {
  std::int64_t all = shared_bytes;
  for (const PolicyFootprint& one : policies) all += one.bytes;
  return all;
}

std::shared_ptr<const PolicySet> active_alone(const Policy& policy) {
  auto set = std::make_shared<PolicySet>();
  set->policies = {policy};
  set->policies.front().status = PolicyStatus::kActive;
  set->hash = policy.hash;
  return set;
}

LogReplay nothing_before() {
  return [](std::int64_t, const auto&) -> Result<void> { return {}; };
}

std::unique_ptr<Evaluation> make_evaluation(EngineKind kind, std::string log_id,
                                            std::optional<UtcTime> dropped_before,
                                            std::size_t threads) {
  const UtcTime from = dropped_before.value_or(UtcTime{std::numeric_limits<std::int64_t>::min()});
  const auto make = [&](UtcTime dropped, std::size_t some_threads) {
    return kind == EngineKind::kReference ? make_reference_evaluation(log_id, dropped)
                                          : make_columnar_evaluation(log_id, dropped, some_threads);
  };
  // Retention takes no findings, and there are too few of them for several threads.
  constexpr UtcTime kNothingDropped{std::numeric_limits<std::int64_t>::min()};
  return make_layered_evaluation(make(from, threads), make(kNothingDropped, 1), log_id);
}

}  // namespace tidewaiter
