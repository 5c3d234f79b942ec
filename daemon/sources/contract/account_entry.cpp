#include "daemon/sources/contract/account_entry.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "policies/model/ascii.h"
#include "policies/model/digest.h"
#include "policies/model/field_catalogue.h"

namespace tidewaiter {
namespace {

constexpr int kDeepestEntry = 8;

void set_text(Record& record, std::string_view field, std::string_view text) {
  if (!text.empty()) set_value(record, *find_field(field), std::string(text));
}

/// "user@Mail.Example.org" → "mail.example.org"; empty where there is none.
std::string domain_of(std::string_view email) {
  const std::size_t at = email.rfind('@');
  return at == std::string_view::npos ? std::string() : ascii_lower(email.substr(at + 1));
}

std::string_view party_of(const AccountEntry& entry, AccountChoice choice) {
  if (!entry.account.empty()) return entry.account;
  std::string_view party = entry.project;
  if (choice == AccountChoice::kPrincipal) party = entry.owner;
  if (choice == AccountChoice::kApiKey) party = entry.api_key;
  if (choice == AccountChoice::kEndUser) party = entry.end_user;
  return party.empty() ? std::string_view(entry.id) : party;
}

Digest id_of(const AccountEntry& entry, const AccountReading& reading) {
  Sha256 hash;
  hash.update_framed(reading.connector).update_framed(reading.source);
  hash.update_framed(reading.endpoint);
  hash.update_framed(std::to_string((reading.day.to - reading.day.from).us));
  hash.update_framed(std::to_string(reading.day.from.us));
  return hash.update_framed(entry.project).update_framed(entry.id).finish();
}

}  // namespace

Record account_record(const AccountEntry& entry, const AccountReading& reading) {
  const auto named = [&reading](const std::string& id) {
    return std::vector<std::string>{std::string(reading.connector) + ":" + id};
  };
  Record record;
  record.kind = RecordKind::kAccount;
  record.id = id_of(entry, reading);
  record.time = reading.day.from;
  record.duration = reading.day.to - reading.day.from;
  set_text(record, "organization",
           reading.organization.empty() ? entry.organization : reading.organization);
  set_text(record, "account.kind", entry.kind);
  set_text(record, "account", party_of(entry, reading.account));
  set_text(record, "project", entry.project);
  set_text(record, "api_key", entry.api_key);
  set_text(record, "end_user", entry.end_user);
  set_text(record, "name", entry.name);
  set_text(record, "email.domain", domain_of(entry.email));
  set_text(record, "country.declared", entry.country_declared);
  set_text(record, "country.billing", entry.country_billing);
  set_text(record, "reseller", entry.reseller);
  set_value(record, field_id("identifiers"), named(entry.id));
  if (!entry.owner.empty() && entry.owner != entry.id) {
    if (!entry.owner_name.empty()) {
      set_value(record, field_id("owners"), std::vector<std::string>{entry.owner_name});
    }
    set_value(record, field_id("owners.identifier"), named(entry.owner));
  }
  if (entry.created) set_value(record, field_id("created"), entry.created->us);
  if (!entry.fingerprints.empty()) {
    set_value(record, field_id("payment.fingerprints"), entry.fingerprints);
  }
  if (!entry.enforcement.empty()) {
    set_value(record, field_id("enforcement"), entry.enforcement);
  }
  return record;
}

std::set<FieldId> account_fields(const ContractConfig& config) {
  std::set<FieldId> fields;
  for (const char* const name :
       {"account", "account.kind", "project", "api_key", "name", "email.domain", "identifiers",
        "owners.identifier", "created", "enforcement"}) {
    fields.insert(*find_field(name));
  }
  if (!config.organization.empty()) fields.insert(field_id("organization"));
  return fields;
}

std::string alpha_two(std::string_view text) {
  std::string code(text);
  for (char& c : code) {
    c = ascii_upper(c);
    if (c < 'A' || c > 'Z') return {};
  }
  return code.size() == 2 ? code : std::string();
}

PageRead parse_entry(std::string_view entry, nlohmann::json& out) {
  using Event = nlohmann::json::parse_event_t;
  bool too_deep = false;
  bool twice = false;
  std::vector<std::set<std::string>> open;  // the names that each object has so far
  const auto watch = [&](int depth, Event event, nlohmann::json& value) {
    too_deep = too_deep || depth > kDeepestEntry;
    if (too_deep) return false;
    if (event == Event::object_start) open.emplace_back();
    if (event == Event::object_end) open.pop_back();
    if (event == Event::key) {
      twice = twice || !open.back().insert(value.get_ref<const std::string&>()).second;
    }
    return true;
  };
  out = nlohmann::json::parse(entry, watch, false);
  if (too_deep) return row_fault("it is nested too deep");
  if (twice) return row_fault("it has a member twice");
  if (!out.is_object()) return row_fault("it is no object");
  return std::nullopt;
}

PageRead take_text(const nlohmann::json& object, const char* name, std::string& out) {
  const auto member = object.find(name);
  if (member == object.end() || member->is_null()) return std::nullopt;
  if (!member->is_string()) {
    return row_fault("`" + std::string(name) + "` has a value that it cannot have");
  }
  const auto& text = member->get_ref<const std::string&>();
  if (text.size() > kLongestPageText || text.find('\0') != std::string::npos) {
    return row_fault("`" + std::string(name) + "` is too long, or holds a NUL byte");
  }
  out = text;
  return std::nullopt;
}

PageRead need_text(const nlohmann::json& object, const char* name, std::string& out) {
  if (PageRead fault = take_text(object, name, out)) return fault;
  if (out.empty()) return row_fault("`" + std::string(name) + "` is missing");
  return std::nullopt;
}

PageRead take_time(const nlohmann::json& object, const char* name, std::optional<UtcTime>& out) {
  const auto member = object.find(name);
  if (member == object.end() || member->is_null()) return std::nullopt;
  constexpr std::int64_t kLast = kRecordTimes.to.us / kSecond.us;
  if (member->is_number_integer()) {
    const auto seconds = member->get<std::int64_t>();
    const bool wrapped = member->is_number_unsigned() &&
                         member->get<std::uint64_t>() > static_cast<std::uint64_t>(kLast);
    if (!wrapped && seconds >= 0 && seconds < kLast) {
      out = UtcTime{seconds * kSecond.us};
      return std::nullopt;
    }
  } else if (member->is_string()) {
    const Result<UtcTime> time = parse_time(member->get_ref<const std::string&>());
    if (time && is_record_time(*time)) {
      out = *time;
      return std::nullopt;
    }
  }
  return row_fault("`" + std::string(name) + "` is no time");
}

PageRead take_expiry(const nlohmann::json& object, const char* name, UtcTime end,
                     AccountEntry& entry) {
  std::optional<UtcTime> expires;
  if (PageRead fault = take_time(object, name, expires)) return fault;
  const bool known = std::ranges::find(entry.enforcement, "expired") != entry.enforcement.end();
  if (expires && *expires <= end && !known) entry.enforcement.emplace_back("expired");
  return std::nullopt;
}

}  // namespace tidewaiter
