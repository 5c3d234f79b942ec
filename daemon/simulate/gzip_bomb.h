#pragma once

#include <cstddef>
#include <string>

namespace tidewaiter {

/// `size` zero digits as gzip has them: a thousandth of that. Empty if zlib finds no memory.
[[nodiscard]] std::string make_gzip_bomb(std::size_t size);

}  // namespace tidewaiter
