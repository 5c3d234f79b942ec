#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "policies/model/error.h"
#include "policies/model/finding.h"
#include "policies/model/time.h"
#include "storage/evidence/disclosure.h"

namespace tidewaiter {

// Builds the bytes of entries. docs/ledger-format.md §3 and §4 are the grammar.

inline constexpr std::size_t kMaxEntryBytes = 16'384;

/// What every entry has besides its type.
struct EntryStamp {
  UtcTime ts;
  Nonce nonce{};
};

struct BuiltEntry {
  std::string body;                     ///< JCS, at most kMaxEntryBytes
  std::vector<Disclosure> disclosures;  ///< what it holds digests of
  std::size_t evidence = 0;             ///< how many items of evidence are left in it
};

/// What a step shows as evidence, in order: sequence numbers, or the ids of findings.
[[nodiscard]] nlohmann::json evidence_items(const Step& step);

/// An entry that is no step. `fields` is a JSON object of open members.
/// Errors: kInvalidInput for an unknown type or one of a step, for fields that are no object or use
/// a member that every entry has, and for an entry above the limit.
[[nodiscard]] Result<BuiltEntry> build_event(std::string_view type, std::string_view fields,
                                             const EntryStamp& stamp);

/// The entry of a step. `key` is the key of the step's subject. Evidence that does not fit is cut.
/// Errors: kInvalidInput for numbers beyond 2^53 − 1, text that is not UTF-8, a finding's id of
/// another form, or an entry that does not fit even without evidence.
[[nodiscard]] Result<BuiltEntry> build_step(const Step& step, std::string_view log_id,
                                            const SubjectKey& key, const EntryStamp& stamp);

}  // namespace tidewaiter
