#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "policies/model/error.h"
#include "storage/evidence/disclosure.h"

namespace tidewaiter {

/// An entry of a finding: its bytes, and where it stands.
struct FindingEntry {
  std::int64_t index = 0;
  std::string body;
};

/// The disclosures of an entry.
using ReadDisclosures = std::function<Result<std::vector<Disclosure>>(std::int64_t index)>;

/// FindingState::unchanged of a finding with these entries, which are in order. One whose figures
/// are texts that were erased is not told to be as before. Asks for disclosures only where figures
/// need them. Errors: kCorruption for a damaged entry; those of `read_disclosures`.
[[nodiscard]] Result<std::vector<std::int64_t>> unchanged_entries(
    std::span<const FindingEntry> entries, const ReadDisclosures& read_disclosures);

}  // namespace tidewaiter
