#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sources/owners/account_map.h"
#include "daemon/sources/owners/owner_reading.h"
#include "policies/model/field.h"
#include "policies/model/record.h"

namespace tidewaiter {

/// How readings become records.
struct OwnerRecords {
  std::string_view source;  ///< its name: part of identities
  std::string_view scheme;  ///< of the ids of the files: "bods", "ftm"
  DayNumber first = 0;      ///< the days that are told of
  DayNumber last = 0;
};

/// The records of all accounts: of the last day, the first, and each one between on which something
/// changes. Each is of one account and one organisation. A line of the map that no statement is
/// about gives its account one without owners, so that a policy cannot tell, whatever other lines
/// say of the account. An owner of several names is a row of its share and a row of `0%` for each
/// further name: rows of one identifier are one party. `quarantine` gets what no record can say.
/// Source, observed and completeness are left out. Asks `watch` between two days.
/// Errors: kUnavailable if a stop is requested.
[[nodiscard]] Result<std::vector<Record>> owner_records(const OwnerReading& reading,
                                                        const AccountMap& map,
                                                        const OwnerRecords& how,
                                                        const PullWatch& watch,
                                                        std::vector<QuarantinedInput>& quarantine);

/// The fields that such records may have, beside the fixed ones.
[[nodiscard]] std::vector<FieldId> owner_record_fields();

}  // namespace tidewaiter
