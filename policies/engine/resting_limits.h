#pragma once

#include <cstddef>

namespace tidewaiter {

/// When one policy's state about a subject is put into few bytes, from which the next record makes
/// it again at near a microsecond an input. A subject rests once it has been left alone from one
/// settling of windows to the next; with few inputs also as soon as many have been woken after it;
/// with very many never, for it is one at which something happens all the time. What is found does
/// not depend on any of it.
struct RestingLimits {
  std::size_t few_inputs = 16;
  std::size_t most_inputs = 128;
  std::size_t most_awake = 2048;  ///< by records, of one policy: wakings, the latest ones
  bool may_be_quiet = true;       ///< a subject of which no window can hold has no windows; see
                                  ///< QuietSubjects
};

}  // namespace tidewaiter
