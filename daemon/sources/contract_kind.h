#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/outbound/http_client.h"
#include "daemon/sources/connector.h"
#include "daemon/sources/contract/feed.h"
#include "daemon/sources/source_config.h"
#include "policies/model/field.h"

namespace tidewaiter {

/// What an endpoint tells of: this decides which keys of the configuration it has.
enum class EndpointTheme : std::uint8_t {
  kUsage,      ///< buckets of requests
  kCosts,      ///< daily bills: a source of them has no other endpoint
  kDirectory,  ///< account records: who there is
  kAudit,      ///< audit records: what somebody did
};

/// The kind of record that endpoints of a theme have.
[[nodiscard]] constexpr RecordKind record_of(EndpointTheme theme) {
  if (theme == EndpointTheme::kDirectory) return RecordKind::kAccount;
  return theme == EndpointTheme::kAudit ? RecordKind::kAudit : RecordKind::kUsage;
}

/// One endpoint of a vendor.
struct ContractEndpoint {
  std::string_view name;  ///< what `endpoints` writes: "completions"
  EndpointTheme theme = EndpointTheme::kUsage;
  bool by_default = false;  ///< asked where `endpoints` is not written, for the source's `record`
  bool seals = false;  ///< its records name payment instruments, so that it needs `fingerprint_key`
  bool counts_requests = true;  ///< of usage; no: it does not say of how many requests it is
  /// The endpoint that tells of the same use: a source that names both would count it twice.
  std::string_view same_as = {};
  std::optional<UtcTime> since = {};  ///< it tells of nothing before; nothing: that is not known
  /// Whether its answers name what `account` chooses; null: as its kind says.
  bool (*can_tell)(AccountChoice account) = nullptr;
};

/// A vendor that is read over HTTP: one row of the table in contract_kind.cpp.
struct ContractKind {
  std::string_view name;  ///< the `kind:` key
  std::string_view url;   ///< where its API begins, if no `url` is written; empty: it must be
  std::span<const ContractEndpoint> endpoints;  ///< sorted by name
  /// The key goes out in it, or as kBasicCredential says; empty: `Authorization: Bearer …`.
  std::string_view key_header = {};
  std::string_view version = {};        ///< default of `version`; empty: it has no such key
  std::string_view other_version = {};  ///< another one that the vendor has; empty: none is known
  std::string_view beta = {};           ///< default of `beta`; empty: it has no such key
  bool takes_bearer = false;  ///< its key may go out as a bearer's instead: it has the key `auth`
  Duration overlap;           ///< default of `overlap`, of usage
  bool by_request = false;    ///< its usage tells of each request: it has no `bucket`
  bool by_day = false;        ///< its usage is by the day, and has no other `bucket`
  /// What its records are a mapping says: there are no endpoints, nor `account` and `organization`.
  bool by_mapping = false;
  Duration poll{15 * kMinute.us};                   ///< default of `poll.every`, of usage
  AccountChoice account = AccountChoice::kProject;  ///< default of `account`
  /// What a `url` must be besides there; null: one that is asked over HTTP.
  Result<void> (*check_url)(std::string_view url) = nullptr;
  /// Checks `account_in`, what of an entry is the account's id; null: it has no such key.
  Result<void> (*check_account_in)(std::string_view text) = nullptr;
  /// Default of `requests_per_minute`: of a vendor that many share; 0: no rate of its own.
  std::int64_t requests_per_minute = 0;
  bool has_user = false;  ///< its server may want `user` beside the key
  /// Who answers its feeds' requests; null: the server at `url`, over HTTP. Where it is set `token`
  /// may be left out, and nothing of how HTTP goes is read.
  std::unique_ptr<HttpClient> (*client)(const SourceConfig& config) = nullptr;
  /// Whether its answers name what `account` chooses.
  bool (*can_tell)(EndpointTheme theme, AccountChoice account);
  /// The feed of an endpoint, whose name outlives it. `config.contract` is set.
  std::unique_ptr<Feed> (*feed)(std::string_view endpoint, const SourceConfig& config);
  /// The fields that its records may have, beside the fixed ones.
  std::set<FieldId> (*fields)(std::string_view endpoint, const ContractConfig& config);
};

/// All of them, sorted by name.
[[nodiscard]] std::span<const ContractKind* const> contract_kinds();
/// Null if there is none of the name.
[[nodiscard]] const ContractKind* find_contract_kind(std::string_view name);
[[nodiscard]] const ContractEndpoint* find_endpoint(const ContractKind& kind,
                                                    std::string_view name);
/// Whether it has endpoints of such records.
[[nodiscard]] bool has_endpoints(const ContractKind& kind, RecordKind record);

/// Whether what all of these endpoints of `theme` answer names what `account` chooses.
[[nodiscard]] bool can_tell(const ContractKind& kind, std::span<const std::string> endpoints,
                            EndpointTheme theme, AccountChoice account);

/// A source of one of these kinds. Errors: kInvalidInput for an endpoint that is not known, and for
/// one that needs a `fingerprint_key` that is not named.
[[nodiscard]] Result<std::unique_ptr<Connector>> make_contract_source(
    const SourceConfig& config, const SourceServices& services);

/// Whether `requests` of a source's records says anything: bills leave it at 0, and so does usage
/// where the vendor counts none. `config.contract` is set.
[[nodiscard]] bool counts_requests(const SourceConfig& config);

/// The fields that the records of a source may have, beside the fixed ones; `config.contract` is
/// set.
[[nodiscard]] std::set<FieldId> contract_fields(const SourceConfig& config);

}  // namespace tidewaiter
