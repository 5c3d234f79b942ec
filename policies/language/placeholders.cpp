#include "policies/language/placeholders.h"

#include <algorithm>
#include <utility>

#include "policies/language/interval_set.h"
#include "policies/language/named_lists.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

bool is_placeholder_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return begins_name(c) || is_digit(c) || c == '-' || c == '.';
  });
}

constexpr std::size_t kMostPlaceholders = 64;                    ///< in one value
constexpr std::size_t kMostFilledBytes = std::size_t{4} << 20U;  ///< of all ways together

std::size_t bytes_of(const std::vector<FilledText>& ways) {
  std::size_t bytes = 0;
  for (const FilledText& way : ways) {
    for (const std::string& piece : way.pieces) bytes += piece.size();
  }
  return bytes;
}

std::size_t bytes_of(const ValueList& list) {
  std::size_t bytes = 0;
  for (const auto& [text, times] : list.texts()) bytes += text.size();
  return bytes;
}

tl::unexpected<ExprProblem> too_large(const SourceSpan& span, std::string what) {
  return tl::unexpected(ExprProblem{span, kExpressionTooLarge, "this value " + std::move(what),
                                    "use fewer placeholders in one value, or shorter lists"});
}

/// Each way so far with each value of the list behind it.
std::vector<FilledText> longer(const std::vector<FilledText>& ways, const ValueList& list) {
  std::vector<FilledText> out;
  for (const FilledText& way : ways) {
    for (const auto& [text, times] : list.texts()) {
      std::vector<Interval> during = common_parts(way.during, times);
      if (during.empty()) continue;
      FilledText& next = out.emplace_back(way);
      next.pieces.emplace_back(text);
      next.during = std::move(during);
    }
  }
  return out;
}

}  // namespace

std::vector<PlaceholderSegment> split_placeholders(std::string_view text) {
  std::vector<PlaceholderSegment> segments(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '%') {
      segments.back().text += text[++i];
      continue;
    }
    const std::size_t end = text[i] == '%' ? text.find('%', i + 1) : std::string_view::npos;
    if (end != std::string_view::npos && is_placeholder_name(text.substr(i + 1, end - i - 1))) {
      segments.push_back({true, std::string(text.substr(i + 1, end - i - 1))});
      segments.push_back({});
      i = end;
    } else {
      segments.back().text += text[i];
    }
  }
  return segments;
}

tl::expected<std::vector<FilledText>, ExprProblem> fill_placeholders(std::string_view text,
                                                                     const SourceSpan& span,
                                                                     const ExprScope& scope) {
  const std::string too_long =
      "stands for more than " + std::to_string(kMostFilledBytes >> 20U) + " MiB of others";
  std::vector<FilledText> ways(1);
  std::size_t filled = 0;
  for (const PlaceholderSegment& segment : split_placeholders(text)) {
    if (!segment.is_placeholder) {
      if (bytes_of(ways) + ways.size() * segment.text.size() > kMostFilledBytes) {
        return too_large(span, too_long);
      }
      for (FilledText& way : ways) way.pieces.push_back(segment.text);
      continue;
    }
    if (++filled > kMostPlaceholders) {
      return too_large(span,
                       "has more than " + std::to_string(kMostPlaceholders) + " placeholders");
    }
    const auto list = list_of_texts(ascii_lower(segment.text), span, scope);
    if (!list) return tl::unexpected(list.error());
    if (ways.size() * (*list)->size() > kMostListedTexts) {
      return too_large(span,
                       "stands for more than " + std::to_string(kMostListedTexts) + " others");
    }
    if (bytes_of(ways) * (*list)->size() + ways.size() * bytes_of(**list) > kMostFilledBytes) {
      return too_large(span, too_long);
    }
    ways = longer(ways, **list);
  }
  return ways;
}

}  // namespace tidewaiter
