#include "policies/engine/reference_sessions.h"

#include <algorithm>

#include "policies/engine/session_span.h"

namespace tidewaiter::reference {

std::vector<Session> sessions_of(const Window& window, std::vector<const Input*> inputs) {
  std::sort(inputs.begin(), inputs.end(),
            [](const Input* a, const Input* b) { return a->record.time < b->record.time; });
  std::vector<Session> sessions;
  for (const Input* input : inputs) {
    const UtcTime time = input->record.time;
    if (sessions.empty() || !in_one_session(window, sessions.back().last, time)) {
      sessions.push_back({time, time, {}, false});
    }
    sessions.back().last = time;
    sessions.back().inputs.push_back(input);
  }
  for (Session& session : sessions) {
    std::vector<const Input*> certain;
    for (const Input* input : session.inputs) {
      if (input->truth == Truth::kTrue) certain.push_back(input);
    }
    if (certain.size() == session.inputs.size()) continue;
    session.scattered = sessions_of(window, certain).size() > 1;
  }
  return sessions;
}

}  // namespace tidewaiter::reference
