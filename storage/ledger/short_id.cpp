#include "storage/ledger/short_id.h"

#include <random>

namespace tidewaiter {
namespace {

constexpr std::size_t kShortIdDigits = 12;
constexpr std::string_view kShortIdAlphabet = "0123456789abcdef";

}  // namespace

bool is_short_id(std::string_view id, std::string_view prefix) {
  return id.size() == prefix.size() + kShortIdDigits && id.starts_with(prefix) &&
         id.substr(prefix.size()).find_first_not_of(kShortIdAlphabet) == std::string_view::npos;
}

std::string new_short_id(std::string_view prefix) {
  std::random_device source;
  std::string id(prefix);
  while (id.size() < prefix.size() + kShortIdDigits) {
    id += kShortIdAlphabet[source() % kShortIdAlphabet.size()];
  }
  return id;
}

}  // namespace tidewaiter
