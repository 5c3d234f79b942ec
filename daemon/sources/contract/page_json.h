#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

// How answers are read, member by member, for the readers of this folder and of the vendors'.

/// Why something cannot be read: what stands in the document makes the row bad; what is wrong with
/// the document itself fails the page.
struct PageFault {
  bool whole = false;
  std::string reason;
};
using PageRead = std::optional<PageFault>;  ///< nothing: all is well

[[nodiscard]] PageRead row_fault(std::string reason);
[[nodiscard]] PageRead page_fault(std::string reason);
/// The fault of the value of `name` that simdjson has refused.
[[nodiscard]] PageRead value_fault(std::string_view name, simdjson::error_code code);

/// The error of an answer that cannot be what was asked for. `what` ends "the answer is no …".
[[nodiscard]] tl::unexpected<Error> refused_page(std::string_view what, const std::string& why);

/// The longest text that is taken from an answer.
inline constexpr std::size_t kLongestPageText = 4096;

/// A count, not negative; null leaves `out` as it is.
[[nodiscard]] PageRead read_count(simdjson::ondemand::value& value, std::string_view name,
                                  std::optional<std::int64_t>& out);
/// A text of at most kLongestPageText bytes without NUL; null leaves `out` as it is. A view stands
/// as long as the document does.
[[nodiscard]] PageRead read_text(simdjson::ondemand::value& value, std::string_view name,
                                 std::optional<std::string_view>& out);
[[nodiscard]] PageRead read_text(simdjson::ondemand::value& value, std::string_view name,
                                 std::optional<std::string>& out);
/// A truth, as the text "true" or "false"; null leaves `out` as it is. A view stands for good.
[[nodiscard]] PageRead read_truth(simdjson::ondemand::value& value, std::string_view name,
                                  std::optional<std::string_view>& out);
[[nodiscard]] PageRead read_truth(simdjson::ondemand::value& value, std::string_view name,
                                  std::optional<std::string>& out);
/// The digits of a number, or of a text that holds one; null leaves `out` as it is. A view stands
/// as long as the document does.
[[nodiscard]] PageRead read_digits(simdjson::ondemand::value& value, std::string_view name,
                                   std::optional<std::string_view>& out);
[[nodiscard]] PageRead read_digits(simdjson::ondemand::value& value, std::string_view name,
                                   std::optional<std::string>& out);
/// A time of RFC 3339 that a record can have; all else fails the page.
[[nodiscard]] PageRead read_instant(simdjson::ondemand::value& value, std::string_view name,
                                    std::optional<UtcTime>& out);
/// A time that a record can have, from a text of a row; an absent or empty text gives none. All
/// else is a fault of the row. With `zone_optional`: as parse_time().
[[nodiscard]] PageRead take_row_time(const std::optional<std::string_view>& text,
                                     std::string_view name, std::optional<UtcTime>& out,
                                     bool zone_optional = false);
/// Fails the page unless the value is this text.
[[nodiscard]] PageRead expect_text(simdjson::ondemand::value& value, std::string_view name,
                                   std::string_view wanted);

/// Adds up; absent if either is. False: the sum has no place in int64.
[[nodiscard]] bool add_counts(std::optional<std::int64_t>& to,
                              const std::optional<std::int64_t>& from);

/// Calls `take(name, value)` for the members of an object, in the order of the document, until one
/// has a fault. Names stand as long as the document does.
template <class Take>
PageRead each_member(simdjson::ondemand::object& object, const Take& take) {
  for (auto element : object) {
    if (element.error() != simdjson::SUCCESS) {
      return page_fault(simdjson::error_message(element.error()));
    }
    // Where it stands, without a copy, as `take` has its value: they cost more than to step over
    // one.
    simdjson::ondemand::field&& member = std::move(element).value_unsafe();
    std::string_view name;
    if (const auto code = member.unescaped_key().get(name); code != simdjson::SUCCESS) {
      return page_fault(simdjson::error_message(code));
    }
    if (PageRead fault = take(name, member.value())) return fault;
  }
  return std::nullopt;
}

/// Reads a whole document that is one object by `read_page(object)`, and nothing behind it.
/// Errors: kInvalidInput, in the words of refused_page().
template <class ReadPage>
Result<void> read_document(std::string_view body, std::string_view what,
                           const ReadPage& read_page) {
  const simdjson::padded_string padded(body);
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  simdjson::ondemand::object page;
  auto code = parser.iterate(padded).get(document);
  if (code == simdjson::SUCCESS) code = document.get_object().get(page);
  if (code != simdjson::SUCCESS) {
    return refused_page(what, "is no JSON object: " + std::string(simdjson::error_message(code)));
  }
  if (const PageRead fault = read_page(page)) return refused_page(what, fault->reason);
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
    return refused_page(what, "goes on behind its end");
  }
  return {};
}

/// Tells members that come twice. Their names stand as long as this does: those of a document do.
class MembersSeen {
 public:
  /// False if it came before.
  bool is_first(std::string_view name) {
    const auto end = few_.begin() + count_;
    if (std::find(few_.begin(), end, name) != end) return false;
    if (end == few_.end()) return many_.insert(name).second;
    few_[static_cast<std::size_t>(count_++)] = name;
    return true;
  }

 private:
  std::array<std::string_view, 8> few_;  ///< the first ones: most objects have no more
  std::ptrdiff_t count_ = 0;
  std::set<std::string_view> many_;  ///< the rest
};

/// Calls `take(name, member)` for the members of a part of a row, which is called `what` in
/// words for people; null has none. A fault of the row for a part that is no object, and for a
/// member that comes twice.
template <class Take>
PageRead each_part(simdjson::ondemand::value& value, std::string_view what, const Take& take) {
  bool null = false;
  if (value.is_null().get(null) == simdjson::SUCCESS && null) return std::nullopt;
  simdjson::ondemand::object part;
  if (const auto code = value.get_object().get(part); code != simdjson::SUCCESS) {
    return value_fault(what, code);
  }
  MembersSeen seen;
  const auto take_once = [&](std::string_view name, simdjson::ondemand::value& member) -> PageRead {
    if (seen.is_first(name)) return take(name, member);
    return row_fault("`" + std::string(what) + "` has a member twice");
  };
  return each_member(part, take_once);
}

}  // namespace tidewaiter
