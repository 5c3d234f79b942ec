#pragma once

#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "policies/engine/runs.h"
#include "policies/engine/subject_windows.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// What a change of a subject's sessions needs to know of its policy. Everything outlives the call.
struct SessionRules {
  const Window& window;  ///< INVARIANT: has a session
  const MeasureLayout& layout;
  const StatusMap& statuses;
  EvidenceKept kept = EvidenceKept::kNothing;
};

/// Which session each input of one subject belongs to.
///
/// A session is one window of SubjectWindows, of one pane, whose Span has a SessionExtent. Its
/// number is the time of one of the inputs that it has, or has had: it lies within the session, so
/// that numbers are in the order of sessions. A session that grows at either end keeps its number;
/// when two become one, the inputs of the smaller one move over.
///
/// All inputs are kept, since any may come to belong to another session.
class SubjectSessions {
 public:
  /// From the first to the last instant of what an input at `time` is part of, or would be.
  [[nodiscard]] static WindowRun around(const SubjectWindows& windows, const Window& window,
                                        std::int64_t time);

  /// Adds an input: sessions grow, come into being or become one. Its `pane` counts for nothing.
  void add(const SessionRules& rules, SubjectWindows& windows, Input input);
  /// Takes an input back, if it is there: a session shrinks, falls apart or goes.
  void remove(const SessionRules& rules, SubjectWindows& windows, std::int64_t time,
              std::int64_t seq);
  /// Forgets all inputs before `time`. What is left of a session that it cuts is one made anew.
  void forget_before(const SessionRules& rules, SubjectWindows& windows, std::int64_t time);

  template <class Archive>
  void serialize(Archive& archive) {
    archive(inputs_);
  }

 private:
  [[nodiscard]] std::span<Input> between(std::int64_t first, std::int64_t last);
  /// What a session comes to that has lost the input at `gone`: nothing, one part or two.
  [[nodiscard]] std::vector<WindowRun> parts_without(const Window& window, WindowRun session,
                                                     std::tuple<std::int64_t, std::int64_t> gone);
  void move(const SessionRules& rules, SubjectWindows& windows, std::int64_t first,
            std::int64_t last, std::int64_t number);
  /// Says how far the session with this number reaches.
  void describe(const SessionRules& rules, SubjectWindows& windows, std::int64_t number,
                std::int64_t first, std::int64_t last);
  [[nodiscard]] bool is_scattered(const Window& window, std::int64_t first, std::int64_t last);

  std::vector<Input> inputs_;  ///< by (time, seq)
};

}  // namespace tidewaiter
