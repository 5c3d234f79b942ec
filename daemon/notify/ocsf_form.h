#pragma once

#include <string>
#include <string_view>

#include "daemon/notify/notice.h"

namespace tidewaiter {

/// A message as an event of the Open Cybersecurity Schema Framework, one JSON object in one line.
/// Its attributes are those that 1.1.0 has and later versions keep; it states 1.3.0. Word of a
/// finding, and of several that go together, is a Detection Finding (2004), anything else a Base
/// Event (0). `metadata.uid` is the notice's key, the same at each attempt; `time` is that of the
/// attempt. `version` is the program's.
[[nodiscard]] std::string ocsf_event(const Notice& notice, std::string_view version);

}  // namespace tidewaiter
