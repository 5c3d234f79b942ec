#pragma once

#include <string>
#include <string_view>

#include "policies/model/error.h"
#include "policies/model/log.h"

namespace tidewaiter {

/// The stored bytes of a control entry: a canonical JSON object (RFC 8785), as
/// docs/records-format.md has it. Errors: kInvalidInput for a source name that is not UTF-8.
[[nodiscard]] Result<std::string> write_control_json(const Control& control);

/// Reads what write_control_json wrote. Errors: kCorruption.
[[nodiscard]] Result<Control> read_control_json(std::string_view text);

}  // namespace tidewaiter
