#pragma once

#include "daemon/sources/contract_kind.h"

namespace tidewaiter {

/// Any list of JSON over HTTP, by a mapping: docs/sources/http_json.md.
extern const ContractKind kHttpJsonKind;

}  // namespace tidewaiter
