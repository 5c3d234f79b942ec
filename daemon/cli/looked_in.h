#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/command.h"
#include "daemon/cli/configured_lists.h"
#include "policies/lists/list_book.h"

namespace tidewaiter {

/// What names are looked for in.
struct LookedIn {
  std::unique_ptr<ListBook> book;
  std::vector<ConfiguredList> configured;  ///< each is the book's source of the same place
};

/// Reads the lists of these files, of the code `consequences` if there is one, or, if there are
/// none, the last good issue of each configured list; stale ones are told on standard error.
/// Errors: kNotFound if there is nothing to look in; those of read_list_files() and read_issues().
[[nodiscard]] Result<LookedIn> look_in(Invocation& run, const Config* config,
                                       const std::vector<std::string>& files,
                                       std::string_view consequences = {});

/// The same for a verb: by the configuration if no file is named, with progress, and with each
/// fault of a list told. Nothing where it failed, which is told, and `status` set.
[[nodiscard]] std::optional<LookedIn> open_lists(Invocation& run,
                                                 const std::vector<std::string>& files,
                                                 std::string_view consequences, int& status);

/// `--consequences CODE` of a verb that looks in `--list` files.
void add_consequences_option(CLI::App& verb, std::string& code);

/// Whether every entry of every list was read.
[[nodiscard]] bool all_read(const LookedIn& in);

/// Of files what was read of each, of configured lists how it stands with each.
[[nodiscard]] nlohmann::ordered_json looked_in_json(const LookedIn& in, UtcTime now);

}  // namespace tidewaiter
