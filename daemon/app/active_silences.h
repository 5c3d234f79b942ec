#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "policies/model/error.h"
#include "policies/model/time.h"
#include "storage/review/silence_book.h"

namespace tidewaiter {

/// A silence that holds, with what it is about.
struct ActiveSilence {
  std::string id;
  UtcTime until;
  SilenceMatch match;
};

/// Those of the book that hold now, in its order. One whose words are erased, missing or not those
/// that were signed is left out: an alarm too many rather than one too few. `state`: the folder
/// with the words of acts. Errors: those of reading them, but kCorruption.
[[nodiscard]] Result<std::vector<ActiveSilence>> active_silences(const std::filesystem::path& state,
                                                                 const SilenceBook& book,
                                                                 UtcTime now);

/// The first of them that is about the finding; null if none.
[[nodiscard]] const ActiveSilence* silence_of(const FindingState& finding,
                                              const std::vector<ActiveSilence>& silences);

}  // namespace tidewaiter
