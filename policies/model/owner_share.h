#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tidewaiter {

/// A share of an account or of one of its owners, in hundred-millionths: kWholeShare is all of it.
using Share = std::int64_t;
inline constexpr Share kWholeShare = 100'000'000;

/// The share that a percentage says: `50%`, `33.333333 %`. Nothing for any other text, for more
/// than six decimals and for more than 100 %.
[[nodiscard]] std::optional<Share> parse_share(std::string_view text);

/// "50%", "33.3%": the least text that parse_share() reads back.
[[nodiscard]] std::string share_text(Share share);

/// What is stated of a share: it is no less than `least` and no more than `most`.
struct ShareRange {
  Share least = 0;
  Share most = kWholeShare;

  [[nodiscard]] bool is_exact() const { return least == most; }
  bool operator==(const ShareRange&) const = default;
};

/// What `owners.share` says: a percentage, or a range of two, `25%-50%`. `>` before the first and
/// `<` before the second say that the share is not that one itself: `>25%-<50%`. Nothing for any
/// other text, and for a range that holds no share.
[[nodiscard]] std::optional<ShareRange> parse_share_range(std::string_view text);

/// "50%", "25%-50%", ">25%-50%": a text that parse_share_range() reads back. A range of no more
/// than one share is that share.
[[nodiscard]] std::string share_range_text(const ShareRange& range);

}  // namespace tidewaiter
