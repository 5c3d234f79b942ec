#pragma once

#include <memory>
#include <string>

#include "policies/engine/evaluation.h"

namespace tidewaiter {

/// An evaluation of two layers: an engine for the policies over records, and one above it for those
/// that read findings, which judges the log that the steps of the first come to
/// (finding_records.h). What both say is put together by log entry: see docs/evaluation.md,
/// Findings as records. `over_records` names its findings by `log_id`; the names that the other
/// engine gives are replaced.
[[nodiscard]] std::unique_ptr<Evaluation> make_layered_evaluation(
    std::unique_ptr<Evaluation> over_records, std::unique_ptr<Evaluation> over_findings,
    std::string log_id);

}  // namespace tidewaiter
