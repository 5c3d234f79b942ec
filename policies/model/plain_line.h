#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <simdjson.h>

#include "policies/model/record.h"
#include "policies/model/record_json_members.h"

namespace tidewaiter {

/// Reads native lines as nearly all sources write them: one flat object without escapes, of members
/// that are known, each once, with values that may stand there. It has no words for what is wrong:
/// whatever it does not take, good or bad, is for RecordJsonReader's general way to read, and what
/// it takes that way reads alike.
///
/// It goes over the tokens that simdjson's first stage finds, which has checked UTF-8, that texts
/// end, and that no control character stands in them. A flat object of m members has 4m + 1: a
/// brace, and for each member its name, a colon, its value, and a comma or the last brace.
class PlainLineReader {
 public:
  PlainLineReader() { next_.fill(kMemberSlots); }

  /// Behind `line` lie simdjson::SIMDJSON_PADDING bytes that may be read. False: the line is not
  /// taken, and the record holds nothing of worth.
  [[nodiscard]] bool read(std::string_view line, const Record& defaults, Record& record);

 private:
  /// A place in others_.
  struct Elsewhere {
    std::size_t place = 0;
  };
  /// A value before it is one of the record's, whose order is another. Trivial, so that it costs
  /// nothing to move; a text lies in the line.
  using Reading = std::variant<bool, std::int64_t, double, std::string_view, Elsewhere>;
  /// A set of slots.
  using Slots = std::array<std::uint64_t, kMemberSlots / 64>;

  [[nodiscard]] bool find_tokens(std::string_view line);
  [[nodiscard]] bool take_members(std::string_view line, Record& record);
  [[nodiscard]] bool take(std::uint8_t slot, std::string_view token, Record& record);
  [[nodiscard]] bool take_field(FieldId id, std::string_view token, Record& record);
  [[nodiscard]] bool take_text(ValueType type, std::string_view text, Reading& reading);
  [[nodiscard]] bool finish(Record& record);
  void append_field(FieldId id, Record& record);

  std::unique_ptr<simdjson::internal::dom_parser_implementation> tokens_;
  std::span<const MemberPattern> patterns_ = member_patterns();
  std::span<const Field> catalogue_ = fields();
  /// By slot, and at kMemberSlots the first one: the member that came after it the last time, for
  /// lines of one source mostly have theirs in the same order.
  std::array<std::uint8_t, kMemberSlots + 1> next_;

  // Of the line in hand.
  std::array<Reading, kMemberSlots> readings_;  ///< by FieldId, of those that have arrived
  std::vector<std::string> others_;             ///< texts that do not lie in the line
  Slots seen_{};
  Slots arrived_{};  ///< outside the four fixed fields
  std::size_t arrivals_ = 0;
  std::string_view id_;
};

}  // namespace tidewaiter
