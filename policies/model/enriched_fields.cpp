#include "policies/model/enriched_fields.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "policies/model/field_catalogue.h"

namespace tidewaiter {
namespace {

constexpr FieldId kEnriched = field_id("enriched");

std::string_view field_name_of(std::string_view note) { return note.substr(0, note.find(' ')); }

}  // namespace

void set_enriched(Record& record, FieldId id, Value value, std::string_view by) {
  set_value(record, id, std::move(value));
  std::vector<std::string> notes;
  if (const Value* const before = find_value(record, kEnriched)) {
    notes = std::get<std::vector<std::string>>(*before);
  }
  std::string note(field(id).name);
  if (!by.empty()) note += " " + std::string(by);
  notes.insert(std::ranges::upper_bound(notes, note), std::move(note));
  set_value(record, kEnriched, std::move(notes));
}

void remove_enriched(Record& record) {
  const Value* const found = find_value(record, kEnriched);
  if (found == nullptr) return;
  const auto notes = std::get<std::vector<std::string>>(*found);
  for (const std::string& note : notes) {
    const auto id = find_field(field_name_of(note));
    if (id && *id > kFieldSource) set_value(record, *id, {});
  }
  set_value(record, kEnriched, {});
}

std::optional<std::string_view> enriched_by(const Record& record, FieldId id) {
  const Value* const found = find_value(record, kEnriched);
  if (found == nullptr) return std::nullopt;
  for (const std::string& note : std::get<std::vector<std::string>>(*found)) {
    const std::string_view name = field_name_of(note);
    if (name != field(id).name) continue;
    return std::string_view(note).substr(std::min(note.size(), name.size() + 1));
  }
  return std::nullopt;
}

bool same_delivery(const Record& a, const Record& b) {
  if (find_value(a, kEnriched) == nullptr && find_value(b, kEnriched) == nullptr) {
    return same_content(a, b);
  }
  Record delivered = a;
  Record other = b;
  remove_enriched(delivered);
  remove_enriched(other);
  return same_content(delivered, other);
}

}  // namespace tidewaiter
