#pragma once

#include <vector>

#include "policies/engine/reference_measures.h"

namespace tidewaiter::reference {

/// One session of one subject.
struct Session {
  UtcTime first;
  UtcTime last;
  std::vector<const Input*> inputs;  ///< never empty
  bool scattered = false;            ///< its certain inputs alone would be more than one session
};

/// The sessions of one subject's inputs, which come in any order (docs/evaluation.md, Sessions):
/// by laying them all out anew. In the order of time. Pure.
[[nodiscard]] std::vector<Session> sessions_of(const Window& window,
                                               std::vector<const Input*> inputs);

}  // namespace tidewaiter::reference
