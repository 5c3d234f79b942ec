#pragma once

#include <cstdint>
#include <variant>

#include "policies/model/field.h"

namespace tidewaiter::reference {

/// A value of Kleene's logic, in its order.
enum class Truth : std::uint8_t { kFalse, kUnknown, kTrue };

/// The truth that a value of type bool stands for; null is unknown.
[[nodiscard]] inline Truth truth_of(const Value& value) {
  const bool* const known = std::get_if<bool>(&value);
  if (known == nullptr) return Truth::kUnknown;
  return *known ? Truth::kTrue : Truth::kFalse;
}

}  // namespace tidewaiter::reference
