#include "daemon/enrich/address_facts.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

/// Enterprise databases keep what is about the network below `traits`.
const nlohmann::json* member(const nlohmann::json& record, const char* name) {
  if (!record.is_object()) return nullptr;
  if (const auto found = record.find(name); found != record.end()) return &*found;
  const auto traits = record.find("traits");
  if (traits == record.end() || !traits->is_object()) return nullptr;
  const auto found = traits->find(name);
  return found == traits->end() ? nullptr : &*found;
}

std::optional<std::string> text(const nlohmann::json* value) {
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return value->get<std::string>();
}

std::optional<std::string> country_code(const nlohmann::json& record, const char* name) {
  const nlohmann::json* const country = member(record, name);
  return country == nullptr ? std::nullopt : text(member(*country, "iso_code"));
}

struct Flag {
  const char* member;
  std::string_view anonymizer;
};

/// A flag is there only where it is true, and is looked at all the same.
constexpr std::array kFlags = {
    Flag{"is_tor_exit_node", "tor"},        Flag{"is_anonymous_vpn", "vpn"},
    Flag{"is_public_proxy", "proxy"},       Flag{"is_residential_proxy", "proxy"},
    Flag{"is_hosting_provider", "hosting"},
};

}  // namespace

AddressFacts address_facts(const nlohmann::json& record) {
  AddressFacts facts;
  facts.country = country_code(record, "country");
  facts.registered = country_code(record, "registered_country");
  if (const nlohmann::json* asn = member(record, "autonomous_system_number")) {
    if (asn->is_number_integer()) facts.asn = asn->get<std::int64_t>();
  }
  facts.organization = text(member(record, "autonomous_system_organization"));
  for (const Flag& flag : kFlags) {
    const nlohmann::json* const value = member(record, flag.member);
    const bool is_set = value != nullptr && value->is_boolean() && value->get<bool>();
    const std::string name(flag.anonymizer);
    if (!is_set || std::ranges::find(facts.anonymizers, name) != facts.anonymizers.end()) continue;
    facts.anonymizers.push_back(name);
  }
  return facts;
}

}  // namespace tidewaiter
