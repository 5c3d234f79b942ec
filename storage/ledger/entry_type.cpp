#include "storage/ledger/entry_type.h"

#include <algorithm>
#include <functional>
#include <iterator>

namespace tidewaiter {
namespace {

constexpr std::string_view kTypes[] = {
    "anchor",
    "attribution.approved",
    "attribution.stated",
    "attribution.withdrawn",
    "case.action",
    "case.appealed",
    "case.approved",
    "case.assigned",
    "case.clock",
    "case.commented",
    "case.decided",
    "case.exhibit",
    "case.licence",
    "case.merged",
    "case.opened",
    "case.refused",
    "case.split",
    "clearance.approved",
    "clearance.given",
    "clearance.lifted",
    "clock.step",
    "cluster.approved",
    "cluster.cut",
    "cluster.formed",
    "cluster.joined",
    "cluster.lifted",
    "cluster.merged",
    "cluster.split",
    "conclusion.released",
    "conclusion.stated",
    "config.changed",
    "coverage.gap",
    "daemon.started",
    "daemon.stopped",
    "erasure.approved",
    "erasure.executed",
    "erasure.requested",
    "evidence.viewed",
    "exemption.expired",
    "exemption.granted",
    "finding.closed",
    "finding.opened",
    "finding.restated",
    "finding.withdrawn",
    "hold.approved",
    "hold.placed",
    "hold.released",
    "key.rotated",
    "lead.received",
    "ledger.created",
    "list.updated",
    "notice.dead",
    "notice.dropped",
    "notice.grouped",
    "notice.held",
    "notice.retried",
    "notice.silenced",
    "notice.unsilenced",
    "policy.published",
    "policy.retired",
    "policy_set.published",
    "report.affected",
    "report.approved",
    "report.drafted",
    "report.handed-over",
    "report.issued",
    "report.received",
    "report.superseded",
    "report.withdrawn",
    "request.closed",
    "request.received",
};
static_assert(std::ranges::adjacent_find(kTypes, std::ranges::greater_equal{}) == std::end(kTypes),
              "keep types unique and sorted");

}  // namespace

bool is_entry_type(std::string_view name) { return std::ranges::binary_search(kTypes, name); }

bool is_step_type(std::string_view name) {
  return name.starts_with("finding.") || name == "coverage.gap";
}

}  // namespace tidewaiter
