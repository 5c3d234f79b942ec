#include "daemon/sources/contract/page_number.h"

#include <charconv>

namespace tidewaiter {

std::int64_t page_number(std::string_view token) {
  // So many pages that their rows have a number that can be counted on.
  constexpr std::int64_t kLastPage = 1'000'000'000;
  std::int64_t number = 0;
  const char* const end = token.data() + token.size();
  const auto [stop, problem] = std::from_chars(token.data(), end, number);
  const bool good = problem == std::errc() && stop == end && number >= 1 && number <= kLastPage;
  return good ? number : 1;
}

}  // namespace tidewaiter
