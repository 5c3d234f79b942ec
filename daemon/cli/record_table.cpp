#include "daemon/cli/record_table.h"

#include <algorithm>
#include <set>
#include <string>

#include "daemon/cli/finding_text.h"
#include "policies/model/enriched_fields.h"
#include "policies/model/field_catalogue.h"

namespace tidewaiter {
namespace {

std::vector<FieldId> fields_of(std::span<const LogEntry> entries) {
  std::set<FieldId> present;
  for (const LogEntry& entry : entries) {
    const auto* record = std::get_if<Record>(&entry.body);
    if (record == nullptr) continue;
    for (const auto& [id, value] : record->fields) present.insert(id);
  }
  return {present.begin(), present.end()};
}

/// A field that may have been looked up is not shown without the word of where.
bool shows_enriched(std::span<const LogEntry> entries, const std::vector<FieldId>& shown) {
  return std::ranges::any_of(entries, [&shown](const LogEntry& entry) {
    const auto* const record = std::get_if<Record>(&entry.body);
    return record != nullptr && std::ranges::any_of(shown, [record](FieldId id) {
             return enriched_by(*record, id).has_value();
           });
  });
}

}  // namespace

TextTable record_table(std::span<const LogEntry> entries, const std::vector<FieldId>& fields) {
  std::vector<FieldId> shown = {kFieldTime, kFieldRequests};
  for (const FieldId id : fields.empty() ? fields_of(entries) : fields) {
    if (id != kFieldTime && id != kFieldRequests) shown.push_back(id);
  }
  constexpr FieldId kEnriched = field_id("enriched");
  if (std::ranges::find(shown, kEnriched) == shown.end() && shows_enriched(entries, shown)) {
    shown.push_back(kEnriched);
  }
  std::vector<TextTable::Column> columns = {{.header = "  RECORD"}};
  for (const FieldId id : shown) {
    const bool number = field(id).type == ValueType::kInt64;
    columns.push_back({.header = std::string(field(id).name),
                       .right = number,
                       .folds = !number && id != kFieldTime});
  }
  TextTable table(std::move(columns));
  for (const LogEntry& entry : entries) {
    const auto* record = std::get_if<Record>(&entry.body);
    if (record == nullptr) continue;
    std::vector<TextTable::Cell> cells = {{"  " + std::to_string(entry.seq)}};
    for (const FieldId id : shown) {
      const Value value = field_value(*record, id);
      cells.push_back(
          {is_null(value) ? "-" : figure_value_text(Figure{{}, field(id).type, value, true})});
    }
    table.add_row(std::move(cells));
  }
  return table;
}

}  // namespace tidewaiter
