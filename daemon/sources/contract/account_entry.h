#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/sources/contract/contract_config.h"
#include "daemon/sources/contract/page_json.h"
#include "policies/model/field.h"
#include "policies/model/record.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// What a vendor's directory says of one project, user or key: what is kept of an entry, and
/// nothing else is. Empty texts are absent.
struct AccountEntry {
  std::string_view kind;  ///< `account.kind`: "project", "user", "key"
  std::string id;         ///< within its kind
  std::string name;
  std::string project;       ///< that it is or belongs to
  std::string api_key;       ///< that it is
  std::string end_user;      ///< that it is
  std::string organization;  ///< that it belongs to, where the configuration names none
  std::string owner;         ///< user or service account that it belongs to
  std::string owner_name;
  std::string email;             ///< its own or its owner's; only the domain goes into a record
  std::string account;           ///< the party judged, where it is none of these ids
  std::string country_declared;  ///< alpha_two() of what the entry states
  std::string country_billing;   ///< … of its billing address
  /// Of payment instruments, as the vendor writes them: ContractSource seals them.
  std::vector<std::string> fingerprints;
  std::optional<UtcTime> created;
  std::vector<std::string> enforcement;  ///< measures in force: "banned"
  std::string reseller;                  ///< who resells to it, or the vendor's word for that
};

/// How entries become records.
struct AccountReading {
  std::string_view connector;     ///< "openai": part of identities, and scheme of identifiers
  std::string_view endpoint;      ///< part of identities
  std::string_view source;        ///< its name: part of identities
  std::string_view organization;  ///< empty: absent
  AccountChoice account = AccountChoice::kProject;
  Interval day;  ///< of which the record tells how things stood at its end
};

/// The record of an entry. `account` is the entry's, or what the choice names, if the entry has
/// that, and else the entry's own id, so that no record is without one. `identifiers` names the
/// entry itself and `owners.identifier` its owner in the same way ("openai:user-7"), so that a link
/// over them brings together what belongs to one user; `owners` is its name, if that is told.
///
/// A record's id is SHA-256 over length-framed connector, source, endpoint, width and start of the
/// day, project and id.
[[nodiscard]] Record account_record(const AccountEntry& entry, const AccountReading& reading);

/// The fields that such records may have, beside the fixed ones.
[[nodiscard]] std::set<FieldId> account_fields(const ContractConfig& config);

/// A country as two letters of ISO 3166-1 in upper case; empty if the text is not two letters.
[[nodiscard]] std::string alpha_two(std::string_view text);

/// Adds the measure `expired`, once, where the time `name` of the object lies at or before `end`.
/// A fault as take_time()'s.
[[nodiscard]] PageRead take_expiry(const nlohmann::json& object, const char* name, UtcTime end,
                                   AccountEntry& entry);

/// An entry of a list as a tree of at most eight levels. A fault if it is not, or has a member
/// twice.
[[nodiscard]] PageRead parse_entry(std::string_view entry, nlohmann::json& out);

/// A text member: nothing if it is absent or null; a fault if it is another thing, is longer than
/// kLongestPageText, or holds a NUL.
[[nodiscard]] PageRead take_text(const nlohmann::json& object, const char* name, std::string& out);
/// A text member that must be there and not be empty.
[[nodiscard]] PageRead need_text(const nlohmann::json& object, const char* name, std::string& out);
/// A time in seconds since the epoch, or a text of RFC 3339.
[[nodiscard]] PageRead take_time(const nlohmann::json& object, const char* name,
                                 std::optional<UtcTime>& out);

}  // namespace tidewaiter
