#pragma once

#include <optional>
#include <string>

#include "daemon/cli/command.h"

namespace tidewaiter {

/// `--from` and `--to` as they were written.
struct TimeOptions {
  std::string from;
  std::string to;
};

/// Adds `--from` and `--to`. `what` says what they bound: "Findings that begin".
void add_time_options(CLI::App& verb, TimeOptions& options, const std::string& what);

/// The interval that they name: RFC 3339 or a date (its midnight UTC), open where one is left out;
/// nothing if both are. Errors: kNotFound, which the command line answers for, if one cannot be
/// read or they are out of order.
[[nodiscard]] Result<std::optional<Interval>> interval_of(const TimeOptions& options);

/// One instant as the command line writes it. Errors as interval_of().
[[nodiscard]] Result<UtcTime> instant_of(const std::string& option, const std::string& text);

}  // namespace tidewaiter
