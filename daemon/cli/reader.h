#pragma once

#include <cstdint>

#include "daemon/cli/command.h"
#include "policies/model/error.h"

namespace tidewaiter {

struct Stores;

/// What a command shows of what the stores have.
enum class Shows : std::uint8_t {
  kAll,     ///< personal fields among it
  kMasked,  ///< all, and where masked() says so no personal field (masked_case.h)
  /// No subject, no record, and no word of an act, to nobody; or nothing before an entry says who
  /// looks (evidence_view.h), whose rules then judge it.
  kNothingPersonal,
};

/// Whether whoever reads is shown no personal field. Viewers are not; nor is, where the site uses
/// passwords, who does not say who they are. It is --as that says it, proven as for an act, or else
/// the Unix user of the name, where that proves it without a password. Errors: as acting_person(),
/// those of people().
[[nodiscard]] Result<bool> reads_masked(const Invocation& run, const Stores& stores);

/// Whether whoever reads is an admin, or nobody is asked who they are. Errors: as reads_masked().
[[nodiscard]] Result<bool> reads_as_admin(const Invocation& run, const Stores& stores);

/// Whether whoever reads may see all. Errors: as reads_masked(); kRefused for whom that is so: of a
/// viewer it is recorded as an attempt.
[[nodiscard]] Result<void> may_see_all(const Invocation& run, const Stores& stores);

}  // namespace tidewaiter
