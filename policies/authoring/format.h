#pragma once

#include <span>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "policies/language/policy.h"
#include "policies/model/diagnostic.h"

namespace tidewaiter {

/// Why a file is left as it is.
struct FormatRefusal {
  std::vector<Diagnostic> errors;  ///< of the file
  std::string reason;              ///< where there are none: one line, as messages are
};

/// A policy file in its canonical layout (layout.h), or the errors for which it is left alone.
///
/// Certain rather than clever: the result is read again, and is given only if it holds the same
/// values, the same comments and policies of the same hashes and tests. Laying out the result once
/// more gives it again. `others` are the files that it is read together with; they are looked at
/// only if it does not load alone.
/// Threads: pure.
[[nodiscard]] tl::expected<std::string, FormatRefusal> format_policies(
    const PolicyText& file, std::span<const PolicyText> others = {});

}  // namespace tidewaiter
