#include "policies/model/record.h"

#include <algorithm>
#include <cassert>

namespace tidewaiter {

std::string_view completeness_name(Completeness c) {
  switch (c) {
    case Completeness::kOpen:
      return "open";
    case Completeness::kSettling:
      return "settling";
    case Completeness::kFinal:
      return "final";
  }
  return "unknown";
}

namespace {

auto position(auto& fields, FieldId id) {
  return std::lower_bound(fields.begin(), fields.end(), id,
                          [](const auto& entry, FieldId wanted) { return entry.first < wanted; });
}

}  // namespace

const Value* find_value(const Record& record, FieldId id) {
  const auto it = position(record.fields, id);
  return it != record.fields.end() && it->first == id ? &it->second : nullptr;
}

Value field_value(const Record& record, FieldId id) {
  switch (id) {
    case kFieldTime:
      return record.time.us;
    case kFieldDuration:
      return record.duration.us;
    case kFieldRequests:
      return record.requests;
    case kFieldSource:
      return record.source;
    default: {
      const Value* const value = find_value(record, id);
      return value != nullptr ? *value : Value{};
    }
  }
}

void set_value(Record& record, FieldId id, Value value) {
  assert(id > kFieldSource);
  auto& fields = record.fields;
  // Most records have about so many fields, and readers that know their names set them in order.
  constexpr std::size_t kUsual = 12;
  if (fields.capacity() == 0 && !is_null(value)) fields.reserve(kUsual);
  if (!fields.empty() && fields.back().first < id && !is_null(value)) {
    fields.emplace_back(id, std::move(value));
    return;
  }
  const auto it = position(fields, id);
  const bool present = it != fields.end() && it->first == id;
  if (is_null(value)) {
    if (present) fields.erase(it);
  } else if (present) {
    it->second = std::move(value);
  } else {
    fields.emplace(it, id, std::move(value));
  }
}

bool same_content(const Record& a, const Record& b) {
  return a.kind == b.kind && a.source == b.source && a.completeness == b.completeness &&
         a.time == b.time && a.duration == b.duration && a.requests == b.requests &&
         a.fields == b.fields;
}

}  // namespace tidewaiter
