#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "policies/model/record.h"

namespace tidewaiter {

/// Fields by name, in any order.
using Wanted = std::vector<std::pair<const char*, Value>>;

/// That the record has these and no others.
inline void expect_fields(const Record& record, const Wanted& wanted) {
  std::vector<std::pair<FieldId, Value>> fields;
  for (const auto& [name, value] : wanted) fields.emplace_back(*find_field(name), value);
  std::ranges::sort(fields, {}, &std::pair<FieldId, Value>::first);
  EXPECT_EQ(record.fields, fields);
}

}  // namespace tidewaiter
