#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include <simdjson.h>

#include "daemon/sources/contract/member_names.h"
#include "daemon/sources/contract/page_json.h"

namespace tidewaiter {

/// Finds the members of the objects of one list, which mostly have the same names in the same
/// order: the name that stands where one stood in the last object is compared with that, byte by
/// byte and by its quote, and what was found then holds. All else is unescaped and looked up. One
/// thread at a time; of one document, which it does not outlive.
template <std::size_t N>
class MemberOrder {
 public:
  /// The place of a member that `names` does not have.
  static constexpr std::size_t kNone = N;

  explicit MemberOrder(const MemberNames<N>& names) : names_(&names) {}

  /// Calls `take(place, value)` for the members of an object, in the order of the document, until
  /// one has a fault.
  template <class Take>
  PageRead each_member(simdjson::ondemand::object& object, const Take& take) {
    std::size_t position = 0;
    for (auto element : object) {
      if (element.error() != simdjson::SUCCESS) {
        return page_fault(simdjson::error_message(element.error()));
      }
      simdjson::ondemand::field&& member = std::move(element).value_unsafe();
      const char* const raw = member.key().raw();
      Name& last = last_[position++ % last_.size()];
      if (!last.stands_at(raw)) {
        std::string_view name;
        if (const auto code = member.unescaped_key().get(name); code != simdjson::SUCCESS) {
          return page_fault(simdjson::error_message(code));
        }
        last = found(raw, name);
      }
      if (PageRead fault = take(last.place, member.value())) return fault;
    }
    return std::nullopt;
  }

 private:
  /// A name as it stands in the document.
  struct Name {
    const char* text = nullptr;
    std::size_t size = 0;  ///< with its quote; 0: none that another can be compared with
    std::size_t place = kNone;

    /// Behind both names lie the bytes that simdjson pads a document with.
    [[nodiscard]] bool stands_at(const char* raw) const {
      if (size == 0) return false;
      for (std::size_t at = 0; at < size; at += kWord) {
        const std::size_t beyond = size - at < kWord ? kWord - (size - at) : 0;
        const std::uint64_t differences = word_at(raw + at) ^ word_at(text + at);
        if (differences << (8 * beyond) != 0) return false;
      }
      return true;
    }
  };
  static constexpr std::size_t kWord = sizeof(std::uint64_t);

  /// The first byte is the lowest.
  static std::uint64_t word_at(const char* at) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, at, sizeof(bytes));
    if constexpr (std::endian::native == std::endian::big) bytes = __builtin_bswap64(bytes);
    return bytes;
  }

  /// `name` is what stands at `raw` without its escapes.
  Name found(const char* raw, std::string_view name) const {
    Name entry;
    entry.place = names_->place_of(name).value_or(kNone);
    // With an escape in it, it is longer than its meaning, or of other bytes.
    if (std::memcmp(raw, name.data(), name.size()) == 0 && raw[name.size()] == '"') {
      entry.text = raw;
      entry.size = name.size() + 1;
    }
    return entry;
  }

  const MemberNames<N>* names_;
  std::array<Name, 32> last_{};  ///< by position; what lies beyond them shares theirs
};

template <std::size_t N>
MemberOrder(const MemberNames<N>&) -> MemberOrder<N>;

}  // namespace tidewaiter
