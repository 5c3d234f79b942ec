#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tidewaiter {

/// Which of a vendor's ids `account`, the party judged, is.
enum class AccountChoice : std::uint8_t { kProject, kPrincipal, kApiKey, kEndUser };

/// How a configuration writes them, in their order. Cursors that are stored hold to the words: one
/// that is written anew makes their sources read from the beginning.
inline constexpr std::array<std::string_view, 4> kAccountWords = {"project", "principal", "api_key",
                                                                  "end_user"};

constexpr std::string_view account_word(AccountChoice choice) {
  return kAccountWords[static_cast<std::size_t>(choice)];
}
static_assert(account_word(AccountChoice::kProject) == "project");
static_assert(account_word(AccountChoice::kPrincipal) == "principal");
static_assert(account_word(AccountChoice::kApiKey) == "api_key");
static_assert(account_word(AccountChoice::kEndUser) == "end_user");

}  // namespace tidewaiter
