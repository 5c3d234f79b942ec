#pragma once

#include <string>
#include <variant>
#include <vector>

#include "policies/model/field.h"
#include "policies/model/record.h"

namespace tidewaiter {

/// Calls `visit(std::string)` for the texts that a record has for a field; a list has one for each
/// of its elements.
template <class Visit>
void each_text(const Record& record, FieldId id, const Visit& visit) {
  const Value* const value = find_value(record, id);
  if (value == nullptr) return;
  if (const auto* list = std::get_if<std::vector<std::string>>(value)) {
    for (const std::string& text : *list) visit(text);
  } else if (const auto* text = std::get_if<std::string>(value)) {
    visit(*text);
  } else {
    visit(format_value(*value, field(id).type));
  }
}

/// The field whose value is the account that a record is about.
[[nodiscard]] inline FieldId account_field() {
  static const FieldId id = *find_field("account");
  return id;
}

}  // namespace tidewaiter
