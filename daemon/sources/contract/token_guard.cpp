#include "daemon/sources/contract/token_guard.h"

#include <algorithm>

#include "policies/model/digest.h"

namespace tidewaiter {

TokenGuard::TokenMark TokenGuard::mark_of(std::string_view token) {
  const Digest digest = sha256(token);
  TokenMark mark{};
  std::copy_n(digest.bytes.begin(), mark.size(), mark.begin());
  return mark;
}

void TokenGuard::begin_window() {
  tokens_.clear();
  anchor_.reset();
  replaced_.clear();
}

bool TokenGuard::leads_back(std::string_view token, std::string_view next) {
  tokens_.insert(mark_of(token));
  const TokenMark mark = mark_of(next);
  return tokens_.contains(mark) || mark == anchor_;
}

void TokenGuard::passed(std::string_view token, std::int64_t page) {
  const bool is_power_of_two = (page & (page - 1)) == 0;
  if (is_power_of_two || !anchor_) anchor_ = mark_of(token);
}

bool TokenGuard::replaces(std::string_view other) {
  if (!replaced_.insert(mark_of(other)).second) return false;
  // What is read again leads to the same tokens.
  tokens_.clear();
  anchor_.reset();
  return true;
}

}  // namespace tidewaiter
