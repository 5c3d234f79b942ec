#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include <simdjson.h>

#include "policies/model/record.h"
#include "policies/model/record_json_members.h"

namespace tidewaiter {

/// A member that a line has.
struct PlainMember {
  std::uint8_t slot = kMemberSlots;
  std::uint8_t position = 0;            ///< in the line
  ValueType type = ValueType::kString;  ///< of a field
  bool nonnegative = false;
};

/// Reads native lines as nearly all sources write them: one flat object without escapes, of members
/// that are known, each once, with values that may stand there. It has no words for what is wrong:
/// whatever it does not take, good or bad, is for RecordJsonReader's general way to read, and what
/// it takes that way reads alike.
///
/// It goes over the tokens that simdjson's first stage finds, which has checked UTF-8, that texts
/// end, and that no control character stands in them. A flat object of m members has 4m + 1: a
/// brace, and for each member its name, a colon, its value, and a comma or the last brace.
///
/// Lines of one source mostly have the same members in the same order. So what follows from the
/// names alone is kept as a shape: a line that has the names of a shape, each compared where it
/// stands, has its members told apart, known, each once, and its fields in their order.
class PlainLineReader {
 public:
  PlainLineReader() { next_.fill(kMemberSlots); }

  /// Behind `line` lie simdjson::SIMDJSON_PADDING bytes that may be read. False: the line is not
  /// taken, and the record holds nothing of worth.
  [[nodiscard]] bool read(std::string_view line, const Record& defaults, Record& record);

 private:
  /// The tokens of the line in hand, a flat object.
  struct Tokens {
    const char* text = nullptr;
    const std::uint32_t* at = nullptr;
    std::size_t members = 0;

    /// Where a token begins. The first one of a member is that before its name.
    [[nodiscard]] const char* token(std::size_t member, std::size_t i) const {
      return text + at[4 * member + i];
    }
  };
  /// Lines that have the same names in the same order.
  struct Shape {
    std::size_t members = 0;
    std::array<std::uint8_t, kMemberSlots> slots;   ///< by position in the line
    std::array<PlainMember, kMemberSlots> by_slot;  ///< the same members by their slots, rising
    std::size_t fields = 0;                         ///< how many lie outside the four fixed ones
    std::uint8_t kinds = 0;                         ///< a bit for each kind that has all of them
    bool has_kind = false;
    bool has_source = false;
    bool has_id = false;
  };
  /// A set of slots.
  using Slots = std::array<std::uint64_t, kMemberSlots / 64>;

  [[nodiscard]] bool find_tokens(std::string_view line, Tokens& tokens);
  [[nodiscard]] static bool is_flat(const Tokens& tokens);
  [[nodiscard]] bool has_shape(const Tokens& tokens, const Shape& shape) const;
  [[nodiscard]] bool learn(const Tokens& tokens, Shape& shape);
  void order_members(const Slots& seen, Shape& shape) const;
  [[nodiscard]] static bool finish(const Shape& shape, std::string_view id, Record& record);

  std::unique_ptr<simdjson::internal::dom_parser_implementation> tokens_;
  std::span<const MemberPattern> patterns_ = member_patterns();
  std::span<const Field> catalogue_ = fields();
  /// By the number of members: a member that some lines lack makes another shape, and not the same
  /// one over and over.
  std::array<Shape, 8> shapes_;
  /// By slot, and at kMemberSlots the first one: the member that came after it the last time.
  std::array<std::uint8_t, kMemberSlots + 1> next_;
};

}  // namespace tidewaiter
