#pragma once

#include <cstddef>
#include <vector>

namespace tidewaiter {

/// Which parties own one another, directly or through others: of `owned[p]`, the parties of which p
/// has a share, the strongly connected components. Equal numbers are one ring; a party that is in
/// none has a number of its own. Takes time in proportion to parties and shares, by Kosaraju's two
/// passes (Aho, Hopcroft and Ullman, Data Structures and Algorithms, 1983, section 6.7). Pure.
[[nodiscard]] std::vector<std::size_t> owner_rings(
    const std::vector<std::vector<std::size_t>>& owned);

}  // namespace tidewaiter
