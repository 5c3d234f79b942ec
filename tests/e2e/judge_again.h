#pragma once

#include <filesystem>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/app/app.h"

namespace tidewaiter {

/// Judges a copy of the record log of `first` from its beginning, into the state of `again`, which
/// is empty: what an unkilled process says of it.
inline void judge_again(const Config& first, const Config& again) {
  const StatePaths from = state_paths(first);
  std::filesystem::create_directories(again.state);
  for (const char* suffix : {"", "-wal"}) {
    if (!std::filesystem::exists(from.records.string() + suffix)) continue;
    std::filesystem::copy_file(from.records.string() + suffix,
                               state_paths(again).records.string() + suffix);
  }
  std::vector<Diagnostic> diagnostics;
  auto app = App::start(again, {}, diagnostics);
  ASSERT_TRUE(app) << app.error().message;
  const auto report = (*app)->run_once({});
  ASSERT_TRUE(report) << report.error().message;
}

}  // namespace tidewaiter
