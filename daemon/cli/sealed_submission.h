#pragma once

#include <string>

#include "daemon/cli/act_submission.h"

namespace tidewaiter {

/// As hand_in(), with words that are sealed already (daemon/app/sealed_act.h).
[[nodiscard]] int hand_in_sealed(Invocation& run, const Stores& stores, const ActOptions& options,
                                 Act act, const std::string& sealed, bool quiet);

}  // namespace tidewaiter
