#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/command.h"
#include "daemon/cli/link_report.h"
#include "daemon/cli/stores.h"
#include "storage/review/case_book.h"

namespace tidewaiter {

/// Why the accounts of a case's cluster are linked: by a shortest way of evidence from the first of
/// them, after which it is named, to each other one.
struct CaseLinks {
  Linkage linkage;
  std::vector<LinkReason> ways;  ///< to the first others by name, at most kMostWays
  std::int64_t more = 0;         ///< others, to which there are ways as well
  std::string unknown;           ///< why it cannot be told; empty: it is
  static constexpr std::size_t kMostWays = 8;
};

/// As accounts are linked now, by the records that are stored: those of the moment of a finding may
/// have been others. Nothing where the case is about no cluster, or there is no record log. Reads
/// the whole log; progress goes to standard error. REQUIRES: whoever reads may see all.
[[nodiscard]] std::optional<CaseLinks> links_of_case(Invocation& run, const Stores& stores,
                                                     const Case& c);

/// For a terminal, with what `cluster show --path` prints of each way.
void print_case_links(Invocation& run, const Case& c, const CaseLinks& links);
/// {"ways": as `link --why` has each, "more", "unknown"}
[[nodiscard]] nlohmann::ordered_json case_links_json(const CaseLinks& links);

}  // namespace tidewaiter
