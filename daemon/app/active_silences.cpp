#include "daemon/app/active_silences.h"

#include <algorithm>
#include <utility>

#include "daemon/app/acts.h"

namespace tidewaiter {

Result<std::vector<ActiveSilence>> active_silences(const std::filesystem::path& state,
                                                   const SilenceBook& book, UtcTime now) {
  std::vector<ActiveSilence> active;
  for (const Silence& silence : book.silences()) {
    if (!silence.holds(now)) continue;
    const auto words = confidential_of(state, silence.made.act.act);
    if (!words && words.error().code != ErrorCode::kCorruption) {
      return tl::unexpected(words.error());
    }
    if (!words || !*words) continue;
    Result<SilenceMatch> match = read_silence(**words);
    if (!match) continue;
    active.push_back({silence.id, silence.times().until, std::move(*match)});
  }
  return active;
}

const ActiveSilence* silence_of(const FindingState& finding,
                                const std::vector<ActiveSilence>& silences) {
  const auto found = std::ranges::find_if(
      silences, [&finding](const ActiveSilence& one) { return one.match.takes(finding); });
  return found == silences.end() ? nullptr : &*found;
}

}  // namespace tidewaiter
