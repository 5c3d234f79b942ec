#include "daemon/cli/finding_lookup.h"

#include <utility>
#include <vector>

namespace tidewaiter {

Result<FindingState> find_finding(const Ledger& ledger, const std::string& id) {
  FindingQuery query;
  query.id_prefix = id;
  Result<std::vector<FindingState>> found = ledger.findings(query);
  if (!found) return tl::unexpected(found.error());
  if (found->empty()) {
    return fail(ErrorCode::kNotFound, "there is no finding whose id begins with `" + id +
                                          "`: `tidewaiter finding list` shows them");
  }
  if (found->size() > 1) {
    return fail(ErrorCode::kNotFound, "`" + id + "` begins the ids of " +
                                          std::to_string(found->size()) +
                                          " findings: give more digits");
  }
  return std::move(found->front());
}

}  // namespace tidewaiter
