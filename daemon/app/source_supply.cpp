#include "daemon/app/source_supply.h"

#include <set>
#include <string>

#include "daemon/sources/contract_kind.h"
#include "daemon/sources/owners/owner_kind.h"

namespace tidewaiter {
namespace {

SourceSupply supply_of(const SourceConfig& source) {
  SourceSupply supply;
  supply.name = source.name;
  supply.record = source.record;
  supply.settles = source.settles;
  supply.names_of = source.names_of;
  if (source.mapping) {
    supply.fields.emplace();
    for (const auto& [id, expr] : source.mapping->fields) supply.fields->insert(id);
    const auto& duration = source.mapping->duration;
    if (duration && duration->op == ExprOp::kLiteral) {
      if (const auto* const us = std::get_if<std::int64_t>(&duration->literal)) {
        supply.bucket = Duration{*us};
      }
    }
  } else if (source.contract) {
    supply.fields = contract_fields(source);
    if (source.contract->bucket.us > 0) supply.bucket = source.contract->bucket;
    supply.counts_requests = counts_requests(source);
  } else if (source.owners) {
    supply.fields = owner_fields();
    supply.bucket = kDay;
  } else if (source.supplies) {
    supply.fields.emplace(source.supplies->begin(), source.supplies->end());
  }
  return supply;
}

}  // namespace

std::vector<SourceSupply> source_supplies(const std::vector<SourceConfig>& sources) {
  std::vector<SourceSupply> supplies;
  supplies.reserve(sources.size());
  for (const SourceConfig& source : sources) supplies.push_back(supply_of(source));
  return supplies;
}

}  // namespace tidewaiter
