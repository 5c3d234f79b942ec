#include "daemon/app/source_supply.h"

#include <algorithm>
#include <set>
#include <string>

#include "daemon/sources/contract_kind.h"
#include "daemon/sources/owners/owner_kind.h"
#include "policies/model/field_catalogue.h"
#include "storage/records/own_records.h"

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

void add_enriched(const AddressConfig& addresses, SourceSupply& supply) {
  if (!supply.fields || !supply.fields->contains(field_id("client.address"))) return;
  supply.fields->insert(field_id("enriched"));
  supply.fields->insert(field_id("client.network"));
  for (const AddressFile& file : addresses.files) {
    if (file.gives_country) supply.fields->insert(field_id("client.country"));
    if (file.gives_asn) supply.fields->insert(field_id("client.asn"));
    if (file.gives_anonymizer || file.form == AddressFile::Form::kList) {
      supply.fields->insert(field_id("client.anonymizer"));
    }
  }
}

/// What Tidewaiter tells of sources over HTTP.
SourceSupply own_supply() {
  SourceSupply supply;
  supply.name = kOwnSource;
  supply.record = RecordKind::kAudit;
  supply.fields = own_fields();
  supply.by_name = true;
  return supply;
}

}  // namespace

std::vector<SourceSupply> source_supplies(const Config& config) {
  std::vector<SourceSupply> supplies;
  supplies.reserve(config.sources.size());
  for (const SourceConfig& source : config.sources) {
    SourceSupply supply = supply_of(source);
    if (config.addresses) add_enriched(*config.addresses, supply);
    supplies.push_back(std::move(supply));
  }
  const auto is_over_http = [](const SourceConfig& one) { return one.contract.has_value(); };
  if (std::ranges::any_of(config.sources, is_over_http)) supplies.push_back(own_supply());
  return supplies;
}

}  // namespace tidewaiter
