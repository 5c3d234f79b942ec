#pragma once

#include "daemon/sources/contract_kind.h"

namespace tidewaiter {

/// The users of an identity provider or a service, as account records, by SCIM 2.0 (RFC 7643 and
/// 7644). docs/sources/scim.md says what it supplies and what it cannot see.
extern const ContractKind kScimKind;

}  // namespace tidewaiter
