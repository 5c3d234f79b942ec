#include "storage/records/figures.h"

#include <cstdint>
#include <optional>
#include <variant>

#include "policies/model/field_catalogue.h"
#include "policies/model/money.h"

namespace tidewaiter {
namespace {

/// What was asked for is no figure: `request.max_tokens` is a bound.
bool is_figure(const Field& f) {
  if (!has_kind(f, RecordKind::kUsage) || f.name.starts_with("request.")) return false;
  return f.type == ValueType::kMoney || (f.type == ValueType::kInt64 && f.unit == "tokens");
}

std::string figure_text(const Value* value, ValueType type) {
  const auto* const number = value == nullptr ? nullptr : std::get_if<std::int64_t>(value);
  if (number == nullptr) return "none";
  return type == ValueType::kMoney ? format_money({*number}) + " USD" : std::to_string(*number);
}

}  // namespace

std::vector<FigureChange> changed_figures(const Record& before, const Record& after) {
  std::vector<FigureChange> changes;
  if (before.requests != after.requests) {
    changes.push_back(
        {"requests", std::to_string(before.requests), std::to_string(after.requests)});
  }
  for (std::size_t i = kFieldSource + 1; i < fields().size(); ++i) {
    const Field& f = fields()[i];
    if (!is_figure(f)) continue;
    const auto id = static_cast<FieldId>(i);
    std::string was = figure_text(find_value(before, id), f.type);
    std::string is = figure_text(find_value(after, id), f.type);
    if (was != is) changes.push_back({std::string(f.name), std::move(was), std::move(is)});
  }
  return changes;
}

Record zero_revision(Record record) {
  record.requests = 0;
  for (auto& [id, value] : record.fields) {
    if (is_figure(field(id))) value = std::int64_t{0};
  }
  set_value(record, field_id("status"), std::string(kVanishedStatus));
  return record;
}

bool is_vanished(const Record& record) {
  const Value* const status = find_value(record, field_id("status"));
  const auto* const text = status == nullptr ? nullptr : std::get_if<std::string>(status);
  return text != nullptr && *text == kVanishedStatus && record.requests == 0;
}

}  // namespace tidewaiter
