#include "policies/engine/evaluation.h"

#include <limits>
#include <utility>

#include "policies/engine/columnar_evaluation.h"
#include "policies/engine/reference_evaluation.h"

namespace tidewaiter {

std::unique_ptr<Evaluation> make_evaluation(EngineKind kind, std::string log_id,
                                            std::optional<UtcTime> dropped_before,
                                            std::size_t threads) {
  const UtcTime from = dropped_before.value_or(UtcTime{std::numeric_limits<std::int64_t>::min()});
  if (kind == EngineKind::kReference) return make_reference_evaluation(std::move(log_id), from);
  return make_columnar_evaluation(std::move(log_id), from, threads);
}

}  // namespace tidewaiter
