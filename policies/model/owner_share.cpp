#include "policies/model/owner_share.h"

#include <algorithm>

namespace tidewaiter {
namespace {

constexpr Share kPercent = kWholeShare / 100;

}  // namespace

std::optional<Share> parse_share(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  text.remove_suffix(1);
  if (text.ends_with(' ')) text.remove_suffix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view decimals = text.substr(std::min(point + 1, text.size()));
  if (whole.empty() || whole.size() > 3 || (point < text.size() && decimals.empty())) {
    return std::nullopt;
  }
  Share share = 0;
  Share unit = kPercent;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!std::ranges::all_of(whole, is_digit) || !std::ranges::all_of(decimals, is_digit)) {
    return std::nullopt;
  }
  for (const char c : whole) share = share * 10 + (c - '0') * kPercent;
  for (const char c : decimals) {
    unit /= 10;
    if (unit == 0) return std::nullopt;
    share += (c - '0') * unit;
  }
  return share <= kWholeShare ? std::optional(share) : std::nullopt;
}

std::string share_text(Share share) {
  std::string decimals = std::to_string(share % kPercent + kPercent).substr(1);
  decimals.erase(decimals.find_last_not_of('0') + 1);
  return std::to_string(share / kPercent) + (decimals.empty() ? "" : "." + decimals) + "%";
}

std::optional<ShareRange> parse_share_range(std::string_view text) {
  if (const auto exact = parse_share(text)) return ShareRange{*exact, *exact};
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  std::string_view low = text.substr(0, dash);
  std::string_view high = text.substr(dash + 1);
  const bool above = low.starts_with('>');
  const bool below = high.starts_with('<');
  if (above) low.remove_prefix(1);
  if (below) high.remove_prefix(1);
  const auto least = parse_share(low);
  const auto most = parse_share(high);
  if (!least || !most) return std::nullopt;
  // Shares are whole hundred-millionths: the next one is the least that is more.
  const ShareRange range{*least + (above ? 1 : 0), *most - (below ? 1 : 0)};
  return range.least <= range.most ? std::optional(range) : std::nullopt;
}

std::string share_range_text(const ShareRange& range) {
  if (range.is_exact()) return share_text(range.least);
  const bool above = range.least % kPercent == 1;
  const bool below = range.most % kPercent == kPercent - 1;
  return (above ? ">" : "") + share_text(range.least - (above ? 1 : 0)) + "-" + (below ? "<" : "") +
         share_text(range.most + (below ? 1 : 0));
}

}  // namespace tidewaiter
