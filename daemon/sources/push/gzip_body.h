#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "policies/model/error.h"

namespace tidewaiter {

/// Decompresses a whole gzip file (RFC 1952), one member or several. Errors: kRefused if it comes
/// to more than `most` bytes; kInvalidInput if it is none, damaged or cut off, or if something else
/// stands behind it.
[[nodiscard]] Result<std::string> gunzip(std::string_view bytes, std::size_t most);

}  // namespace tidewaiter
