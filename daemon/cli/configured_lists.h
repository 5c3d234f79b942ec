#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/command.h"
#include "daemon/lists/list_folder.h"
#include "policies/lists/list_book.h"

namespace tidewaiter {

/// A configured list, and how it stands with it.
struct ConfiguredList {
  PublishedList source;
  ListFolder folder;
  ListStanding standing;
};

/// The lists of the configuration that have these names, in its order; without names, all.
/// Errors: kNotFound for a name that no list has, and where none is configured; those of
/// ListFolder::standing().
[[nodiscard]] Result<std::vector<ConfiguredList>> configured_lists(
    const Config& config, const std::vector<std::string>& names);

/// Name, freshness, and the issue with its files: what `list sync` and `list status` print of one.
[[nodiscard]] nlohmann::ordered_json list_standing_json(const ConfiguredList& list, UtcTime now);

/// Reads the last good issue of each, under the list's name. Tells stale ones on standard error.
/// Errors: kNotFound if there is none of one of them; those of ListFolder::list().
[[nodiscard]] Result<std::vector<ListBook::Source>> read_issues(
    Invocation& run, const std::vector<ConfiguredList>& lists);

}  // namespace tidewaiter
