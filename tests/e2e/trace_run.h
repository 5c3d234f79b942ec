#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <sqlite3.h>

#include "tests/unit/temporary_folder.h"

namespace tidewaiter {

/// A file below the folder of shared data, or an empty path if it is not there.
std::filesystem::path shared_file(std::string_view name);

/// A file's content, decompressed if it is Zstandard.
std::string read_trace(const std::filesystem::path& path);

/// What a run found: a line a finding, sorted: policy|subject|from|to|windows|name=value,…
/// Times are seconds since the epoch; figures are those of the run's first window.
struct TraceRun {
  std::int64_t records = 0;
  std::int64_t quarantined = 0;
  std::vector<std::string> findings;
};

/// Connector, record log and columnar engine in this process, by an example's configuration.
TraceRun run_library(const std::filesystem::path& config);

/// The built program: `run --once`, then `finding list`.
TraceRun run_program(const std::filesystem::path& config);

/// An SQL database in memory: the other implementation.
class Oracle {
 public:
  Oracle();
  ~Oracle();
  Oracle(const Oracle&) = delete;
  Oracle& operator=(const Oracle&) = delete;

  void execute(const std::string& sql);
  /// Inserts the rows of a CSV text without quotes, all columns as text; the header names them.
  void load(const std::string& table, std::string_view csv);
  /// The first column of the answer.
  std::vector<std::string> texts(const std::string& sql);

 private:
  sqlite3* database_ = nullptr;
};

}  // namespace tidewaiter
