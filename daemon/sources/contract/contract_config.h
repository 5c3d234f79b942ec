#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/outbound/http_client.h"
#include "daemon/outbound/secret.h"
#include "daemon/sources/contract/account_choice.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// How a source over HTTP is reached and read: the keys that all of them share.
struct ContractConfig {
  std::string url;  ///< where the vendor's API begins; without a `/` at its end
  SecretRef key;    ///< without a name: none is needed
  HttpRoute route;
  SecretRef proxy_login;  ///< user and password for `route.proxy`; without a name: it asks for none
  std::string version;    ///< of the API, where the vendor has a header for it
  std::string other_version = {};  ///< another one that the vendor has; empty: none is known
  std::string beta;                ///< the header of what it has in beta
  bool bearer = false;  ///< the key goes out as `Authorization: Bearer …`, whatever is usual
  std::vector<std::string> endpoints;
  std::string organization;  ///< what `organization` is in its records; empty: absent
  AccountChoice account = AccountChoice::kProject;
  Duration bucket = kHour;       ///< width of usage buckets; 0: each request is a record
  std::optional<UtcTime> since;  ///< how far back the first pull goes
  /// Read this time and no other, beside what pulls have read and will: `source backfill`.
  std::optional<Interval> backfill;
  Duration overlap{48 * kHour.us};       ///< how far behind the watermark each pull begins
  std::int64_t requests_per_minute = 0;  ///< of all sources with this key; 0: none of its own
  Duration deadline{120 * kSecond.us};   ///< of one request, from its beginning to its last byte
  bool bracketed_lists = true;           ///< lists in a query: `group_by[]=a`; else `group_by=a`
  /// What of an entry is the account's id, in the words of its vendor; empty: the entry's own id.
  std::string account_in;
  SecretRef fingerprint_key;  ///< of keyed hashes of payment instruments; without a name: none
  std::string user;           ///< who asks, where the vendor wants that beside the key
};

}  // namespace tidewaiter
