#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <nlohmann/json_fwd.hpp>

#include "policies/model/error.h"

namespace tidewaiter {

/// What one value of a database may come to. Published records have at most some hundred values,
/// three or four deep. A hostile one needs no more than that to have any number of them: pointers
/// that lead to pairs of pointers double it with each level.
inline constexpr std::size_t kMostMmdbValues = 16'384;
inline constexpr std::size_t kMostMmdbBytes = std::size_t{1} << 20U;  ///< texts and bytes together
inline constexpr int kMostMmdbDepth = 64;

/// Reads the value that begins at byte `at` of a section (data or metadata) of a database in
/// MaxMind's format, version 2 (maxmind.github.io/MaxMind-DB), with all that its pointers lead to:
/// maps and arrays; numbers of 128 bits as decimal texts, bytes as hexadecimal ones. Texts are as
/// they stand there, which need not be UTF-8.
///
/// Errors: kCorruption, for what is no such value or is beyond the bounds above. Pure; time and
/// memory are within the bounds, whatever the section holds.
[[nodiscard]] Result<nlohmann::json> read_mmdb_value(std::span<const std::uint8_t> section,
                                                     std::size_t at);

}  // namespace tidewaiter
