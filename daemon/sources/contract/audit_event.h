#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string_view>

#include "daemon/sources/contract/contract_config.h"
#include "daemon/sources/contract/feed.h"
#include "daemon/sources/contract/page_json.h"
#include "daemon/sources/contract/row_identity.h"
#include "policies/model/field.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Classes of events by their names in OCSF 1.x: what `class` of audit records says.
namespace ocsf {
inline constexpr std::string_view kAccountChange = "Account Change";                 // 3001
inline constexpr std::string_view kAuthentication = "Authentication";                // 3002
inline constexpr std::string_view kUserAccessManagement = "User Access Management";  // 3005
inline constexpr std::string_view kGroupManagement = "Group Management";             // 3006
inline constexpr std::string_view kApiActivity = "API Activity";                     // 6003
}  // namespace ocsf

/// What `outcome` says.
inline constexpr std::string_view kOutcomeSuccess = "success";
inline constexpr std::string_view kOutcomeFailure = "failure";

/// What an entry of a vendor's audit feed says of one event: what is kept of it, and nothing else
/// is. Texts stand as long as the document does; nothing, or an empty one, is absent.
struct AuditEvent {
  using Text = std::optional<std::string_view>;
  Text id;
  std::optional<UtcTime> time;
  Text action;  ///< the vendor's own word for what was done
  std::string_view event_class;
  std::string_view outcome;
  Text actor_id;
  Text actor_type;
  Text target_id;
  Text target_type;
  Text organization;  ///< that it belongs to, where the configuration names none
  Text project;
  Text api_key;     ///< of the actor
  Text address;     ///< as it stands there; one that is none is absent
  Text country;     ///< as it stands there; what is not two letters is absent
  Text autonomous;  ///< the number of the address's autonomous system, with or without "AS"
  Text user_agent;
  Text ja4;
  bool own = false;  ///< it tells of a request of this program, and becomes no record
};

/// How events become records.
struct AuditReading {
  std::string_view connector;     ///< "openai": part of identities
  std::string_view endpoint;      ///< part of identities
  std::string_view source;        ///< its name: part of identities
  std::string_view organization;  ///< empty: the event's own
  AccountChoice account = AccountChoice::kPrincipal;
  Interval window;  ///< that all of them lie in
};

/// What all identities of a reading's records begin with.
[[nodiscard]] RowIdentity audit_identity(const AuditReading& reading);

/// Adds the record of an event to `answer`, or, of an `own` one, its time. `account` is the actor,
/// the project or the actor's key, by the reading's choice, and absent if the event has none.
/// Country and autonomous system are the vendor's word, which no lookup replaces.
///
/// A record's id is SHA-256 over length-framed connector, source, endpoint and the event's id: an
/// event that is told twice is one record.
///
/// A fault of the row if it has no id, time or action, of the page if its time lies outside the
/// window.
[[nodiscard]] PageRead take_audit_event(const AuditEvent& event, const AuditReading& reading,
                                        RowIdentity& identity, FeedAnswer& answer);

/// The fields that the records of any audit feed may have, beside the fixed ones. `more`: what the
/// vendor tells besides.
[[nodiscard]] std::set<FieldId> audit_fields(const ContractConfig& config,
                                             std::set<FieldId> more = {});

}  // namespace tidewaiter
