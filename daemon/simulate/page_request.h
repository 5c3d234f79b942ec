#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "daemon/simulate/hostile_mode.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// What a page is asked for by. `entry` is what of the path names one: a customer, a project.
struct PageRequest {
  std::multimap<std::string, std::string> params;
  std::string entry;
};

/// Where a server stands when a page is asked for.
struct PageState {
  UtcTime now;
  HostileMode mode = HostileMode::kNone;
  std::int64_t asked = 0;  ///< requests before this one
  std::int64_t most = 24;  ///< entries of a page, whatever was asked for: so that there is paging
  std::int64_t again = 0;  ///< times that this very page was asked for before
};

/// The first parameter of the name; empty if there is none.
[[nodiscard]] std::string text_in(const PageRequest& request, const char* name);
/// Nothing if there is none, or it is no whole number.
[[nodiscard]] std::optional<std::int64_t> number_in(const PageRequest& request, const char* name);
/// A number that may be left out. Nothing if it is there and is none, or lies outside both ends.
[[nodiscard]] std::optional<std::int64_t> number_in(const PageRequest& request, const char* name,
                                                    std::int64_t usual, std::int64_t least,
                                                    std::int64_t most);
/// An instant in seconds since the epoch that a record can have.
[[nodiscard]] std::optional<UtcTime> seconds_in(const PageRequest& request, const char* name);
/// The same as RFC 3339 has it.
[[nodiscard]] std::optional<UtcTime> time_in(const PageRequest& request, const char* name);

}  // namespace tidewaiter
