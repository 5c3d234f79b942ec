#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "policies/model/record.h"

namespace tidewaiter {

/// A text where the source has one: an empty one is none.
[[nodiscard]] inline std::optional<std::string_view> not_empty(
    const std::optional<std::string_view>& text) {
  return text && text->empty() ? std::nullopt : text;
}

/// Gives a new record its fields. In the order of the catalogue that needs no search and moves
/// nothing; in any other order it is set_value(). What is nothing is absent. One thread at a time;
/// `record` outlives it.
class FieldWriter {
 public:
  /// About `most` fields will come.
  FieldWriter(Record& record, std::size_t most) : record_(&record) {
    record_->fields.reserve(most);
  }

  void text(FieldId id, const std::optional<std::string_view>& text) {
    if (text) add<std::string>(id, *text);
  }
  /// A count, or an amount of money.
  void number(FieldId id, const std::optional<std::int64_t>& number) {
    if (number) add<std::int64_t>(id, *number);
  }
  void truth(FieldId id, bool truth) { add<bool>(id, truth); }

 private:
  template <class T, class From>
  void add(FieldId id, const From& from) {
    auto& fields = record_->fields;
    if (!fields.empty() && fields.back().first >= id) {
      return set_value(*record_, id, Value(std::in_place_type<T>, from));
    }
    fields.emplace_back(std::piecewise_construct, std::forward_as_tuple(id),
                        std::forward_as_tuple(std::in_place_type<T>, from));
  }

  Record* record_;
};

}  // namespace tidewaiter
