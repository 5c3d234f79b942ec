#include "policies/engine/columns.h"

#include <limits>
#include <variant>

namespace tidewaiter {
namespace {

constexpr std::size_t kUnused = std::numeric_limits<std::size_t>::max();

}  // namespace

std::uint32_t Dictionary::intern(std::string_view text) {
  const auto known = ids_.find(text);
  if (known != ids_.end()) return known->second;
  const auto id = static_cast<std::uint32_t>(texts_.size());
  texts_.emplace_back(text);
  ids_.emplace(texts_.back(), id);
  return id;
}

ColumnSet::ColumnSet() : slot_(fields().size(), kUnused) {
  dictionaries_.resize(fields().size());
  for (auto& dictionary : dictionaries_) dictionary = std::make_unique<Dictionary>();
}

void ColumnSet::use(FieldId id) {
  if (slot_[id] != kUnused) return;
  slot_[id] = columns_.size();
  columns_.emplace_back().type = field(id).type;
  used_.push_back(id);
}

void ColumnSet::forget_uses() {
  slot_.assign(slot_.size(), kUnused);
  columns_.clear();
  used_.clear();
}

void ColumnSet::reset(Column& column, std::size_t rows) {
  column.valid.assign(rows, false);
  switch (column.type) {
    case ValueType::kDouble:
      column.doubles.assign(rows, 0.0);
      break;
    case ValueType::kString:
    case ValueType::kIp:
      column.texts.assign(rows, kNoText);
      break;
    case ValueType::kStringList:
      column.offsets.assign(rows + 1, 0);
      column.items.clear();
      break;
    default:
      column.ints.assign(rows, 0);
      break;
  }
}

void ColumnSet::store(std::size_t row, FieldId id, const Value& value) {
  Column& column = columns_[slot_[id]];
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    column.ints[row] = *number;
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    column.texts[row] = dictionaries_[id]->intern(*text);
  } else if (const auto* real = std::get_if<double>(&value)) {
    column.doubles[row] = *real;
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    column.ints[row] = *flag ? 1 : 0;
  } else if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    for (const std::string& item : *list) column.items.push_back(dictionaries_[id]->intern(item));
  } else {
    return;
  }
  column.valid.set(row);
}

void ColumnSet::load(std::span<const Record* const> rows) {
  rows_.assign(rows.begin(), rows.end());
  for (Column& column : columns_) reset(column, rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (const FieldId id : used_) {
      if (id <= kFieldSource) store(row, id, field_value(*rows[row], id));
    }
    for (const auto& [id, value] : rows[row]->fields) {
      if (slot_[id] != kUnused) store(row, id, value);
    }
    for (Column& column : columns_) {
      if (column.type == ValueType::kStringList) {
        column.offsets[row + 1] = static_cast<std::uint32_t>(column.items.size());
      }
    }
  }
}

}  // namespace tidewaiter
