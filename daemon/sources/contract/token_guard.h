#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>

namespace tidewaiter {

/// The tokens by which the pages of the window under way were asked for: tells where a server's
/// pages lead in a circle, whatever pulls it is spread over, in memory of sixteen bytes a page of
/// one pull.
class TokenGuard {
 public:
  /// Another window, or the same from its beginning: nothing is remembered.
  void begin_window();
  /// The pull ends in the midst of the window. What finds long circles stays.
  void end_pull() { tokens_.clear(); }

  /// Whether the page of `token` is followed by one that was asked for before.
  [[nodiscard]] bool leads_back(std::string_view token, std::string_view next);
  /// The window's page `page` (counted from 1) was asked for by `token`, and the window goes on.
  void passed(std::string_view token, std::int64_t page);
  /// `other` is asked for in the place of a token that the server refused. False: it was before, in
  /// this window.
  [[nodiscard]] bool replaces(std::string_view other);

 private:
  /// Half of a token's hash: a window may have a million of them, and each be as long as a page of
  /// ids.
  using TokenMark = std::array<std::byte, 16>;
  static TokenMark mark_of(std::string_view token);

  std::set<TokenMark> tokens_;  ///< in this pull
  /// One of the window's tokens, which another replaces at each power of two of its pages: a circle
  /// of any length meets it (R. P. Brent, "An improved Monte Carlo factorization algorithm", BIT
  /// 20, 1980).
  std::optional<TokenMark> anchor_;
  std::set<TokenMark> replaced_;  ///< what came in the place of refused tokens
};

}  // namespace tidewaiter
