#pragma once

#include <algorithm>
#include <memory>
#include <string>

#include "policies/engine/policy_runtime.h"
#include "policies/engine/state_archive.h"

namespace tidewaiter {

// What of a PolicyRuntime goes into a snapshot. Apart from policy_runtime.h, so that only who
// writes snapshots reads cereal.

template <class Archive>
void PolicyRuntime::serialize(Archive& archive) {
  archive(next_order, statuses_, horizon_, dropped_before_, evicted_before_, evicted_, judge_);
  if (members_) archive(*members_);
  archive(states_);
  serialize_resting(archive);
  archive(quiet_windows_, awake_, active_, idle_, last_frozen_, frozen_, frozen_panes_,
          latest_pane_);
  archive(counts_, windows_by_answer_, subjects_with_windows_);
  archive(gap_too_late_, gap_not_evaluable_, gaps_by_reason_);
  if constexpr (Archive::is_loading::value) take_in_states();
}

template <class Archive>
void PolicyRuntime::serialize_resting(Archive& archive) {
  for (std::uint32_t subject = 0; subject < states_.size(); ++subject) {
    if (states_.find(subject) == nullptr) continue;  // nor is there one at rest
    std::unique_ptr<std::uint8_t[]>& resting = resting_.at(subject);
    const auto known = bytes_at_rest(resting);
    if constexpr (requires { archive.allocated(known.size()); }) {
      archive.allocated(sizeof(resting) + known.size());
      continue;
    }
    std::string bytes(known.begin(), known.end());
    archive(bytes);
    if (Archive::is_saving::value || bytes.empty()) continue;
    const std::span saved(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    resting = made_at_rest(saved);
  }
}

}  // namespace tidewaiter
