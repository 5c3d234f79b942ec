#pragma once

#include <filesystem>

namespace tidewaiter {

/// Where the files of reports lie that were drawn, a folder each by the report's id.
[[nodiscard]] inline std::filesystem::path reports_folder(const std::filesystem::path& state) {
  return state / "reports";
}

}  // namespace tidewaiter
