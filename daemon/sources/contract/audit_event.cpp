#include "daemon/sources/contract/audit_event.h"

#include <charconv>
#include <string>
#include <utility>

#include "daemon/sources/contract/account_entry.h"
#include "daemon/sources/contract/field_writer.h"
#include "policies/model/field_catalogue.h"
#include "policies/model/ip_text.h"

namespace tidewaiter {
namespace {

using Text = AuditEvent::Text;

/// "55256" or "AS55256".
std::optional<std::int64_t> system_number(const Text& text) {
  if (!text) return std::nullopt;
  std::string_view digits = *text;
  if (digits.starts_with("AS")) digits.remove_prefix(2);
  std::uint32_t number = 0;  // RFC 6793: of four octets
  const char* const end = digits.data() + digits.size();
  const auto [stop, problem] = std::from_chars(digits.data(), end, number);
  if (digits.empty() || problem != std::errc() || stop != end) return std::nullopt;
  return number;
}

Text party_judged(const AuditEvent& event, AccountChoice choice) {
  if (choice == AccountChoice::kPrincipal) return event.actor_id;
  return choice == AccountChoice::kApiKey ? event.api_key : event.project;
}

void write_client(const AuditEvent& event, FieldWriter& write) {
  if (event.address) {
    if (const auto address = canonical_ip(*event.address)) {
      write.text(field_id("client.address"), *address);
    }
  }
  const std::string country = alpha_two(event.country.value_or(std::string_view()));
  write.text(field_id("client.country"), not_empty(country));
  write.number(field_id("client.asn"), system_number(event.autonomous));
  write.text(field_id("user_agent"), not_empty(event.user_agent));
  write.text(field_id("tls.ja4"), not_empty(event.ja4));
}

void write_event(const AuditEvent& event, const AuditReading& reading, Record& record) {
  constexpr std::size_t kMost = 16;
  FieldWriter write(record, kMost);
  const Text organization = not_empty(reading.organization);
  write.text(field_id("organization"), organization ? organization : not_empty(event.organization));
  write.text(field_id("project"), not_empty(event.project));
  write.text(field_id("account"), not_empty(party_judged(event, reading.account)));
  write.text(field_id("api_key"), not_empty(event.api_key));
  write_client(event, write);
  write.text(field_id("action"), event.action);
  write.text(field_id("class"), not_empty(event.event_class));
  write.text(field_id("actor.id"), not_empty(event.actor_id));
  write.text(field_id("actor.type"), not_empty(event.actor_type));
  write.text(field_id("target.id"), not_empty(event.target_id));
  if (not_empty(event.target_id)) {
    write.text(field_id("target.type"), not_empty(event.target_type));
  }
  write.text(field_id("outcome"), not_empty(event.outcome));
}

}  // namespace

RowIdentity audit_identity(const AuditReading& reading) {
  return RowIdentity{reading.connector, reading.source, reading.endpoint};
}

PageRead take_audit_event(const AuditEvent& event, const AuditReading& reading,
                          RowIdentity& identity, FeedAnswer& answer) {
  if (!not_empty(event.id)) return row_fault("`id` is missing");
  if (!not_empty(event.action)) return row_fault("`type` is missing");
  if (!event.time) return row_fault("its time is missing");
  if (*event.time < reading.window.from || *event.time >= reading.window.to) {
    return page_fault("an event lies outside the time that was asked for");
  }
  if (event.own) {
    answer.own.push_back(*event.time);
    return std::nullopt;
  }
  Record record;
  record.kind = RecordKind::kAudit;
  record.time = *event.time;
  record.id = identity.add(*event.id).finish();
  write_event(event, reading, record);
  answer.records.push_back(std::move(record));
  return std::nullopt;
}

std::set<FieldId> audit_fields(const ContractConfig& config, std::set<FieldId> more) {
  for (const char* const name :
       {"project", "account", "api_key", "client.address", "user_agent", "action", "class",
        "actor.id", "actor.type", "target.id", "target.type", "outcome"}) {
    more.insert(*find_field(name));
  }
  if (!config.organization.empty()) more.insert(field_id("organization"));
  return more;
}

}  // namespace tidewaiter
