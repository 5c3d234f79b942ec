#pragma once

#include <string_view>

namespace tidewaiter {

/// Why a finding is restated where nothing has changed but that more names are cleared: of a
/// finding that stands with the figures that it had, nobody is hit who was not hit before.
inline constexpr std::string_view kMoreNamesCleared = "names-cleared";

}  // namespace tidewaiter
