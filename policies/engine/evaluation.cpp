#include "policies/engine/evaluation.h"

#include <utility>

#include "policies/engine/columnar_evaluation.h"
#include "policies/engine/reference_evaluation.h"

namespace tidewaiter {

std::unique_ptr<Evaluation> make_evaluation(EngineKind kind, std::string log_id) {
  if (kind == EngineKind::kReference) return make_reference_evaluation(std::move(log_id));
  return make_columnar_evaluation(std::move(log_id));
}

}  // namespace tidewaiter
