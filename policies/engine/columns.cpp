#include "policies/engine/columns.h"

#include <algorithm>
#include <array>
#include <limits>
#include <variant>

namespace tidewaiter {
namespace {

constexpr std::size_t kUnused = std::numeric_limits<std::size_t>::max();

}  // namespace

ColumnSet::ColumnSet() : slot_(fields().size(), kUnused) {
  dictionaries_.resize(fields().size());
  for (auto& dictionary : dictionaries_) dictionary = std::make_unique<Dictionary>();
}

void ColumnSet::use(FieldId id) {
  if (slot_[id] != kUnused) return;
  slot_[id] = columns_.size();
  const ValueType type = columns_.emplace_back().type = field(id).type;
  Unnumbered& unnumbered = unnumbered_.emplace_back();
  if (type == ValueType::kString || type == ValueType::kIp) {
    unnumbered.texts.resize(kStretch);
    unnumbered.rows.resize(kStretch);
  }
  fields_.push_back(id);
  if (id <= kFieldSource) fixed_.push_back(id);
  if (type == ValueType::kStringList) lists_.push_back(slot_[id]);
}

void ColumnSet::forget_uses() {
  slot_.assign(slot_.size(), kUnused);
  columns_.clear();
  unnumbered_.clear();
  fields_.clear();
  fixed_.clear();
  lists_.clear();
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

/// `value` is of the column's type, or null.
inline void ColumnSet::store(std::size_t row, std::size_t slot, const Value& value) {
  Column& column = columns_[slot];
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    column.ints[row] = *number;
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    Unnumbered& unnumbered = unnumbered_[slot];
    unnumbered.texts[unnumbered.count] = *text;
    unnumbered.rows[unnumbered.count++] = static_cast<std::uint32_t>(row);
  } else if (const auto* real = std::get_if<double>(&value)) {
    column.doubles[row] = *real;
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    column.ints[row] = *flag ? 1 : 0;
  } else if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    Dictionary& dictionary = *dictionaries_[fields_[slot]];
    for (const std::string& item : *list) column.items.push_back(dictionary.intern(item));
  } else {
    return;
  }
  column.valid.set(row);
}

/// One of the four that every record has.
void ColumnSet::load_fixed(FieldId id, Column& column) {
  column.valid.assign(rows_.size(), true);
  if (id == kFieldSource) {
    Dictionary& dictionary = *dictionaries_[id];
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      column.texts[row] = dictionary.intern(rows_[row]->source);
    }
    return;
  }
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    const Record& record = *rows_[row];
    column.ints[row] = id == kFieldTime       ? record.time.us
                       : id == kFieldDuration ? record.duration.us
                                              : record.requests;
  }
}

void ColumnSet::load_fields(std::size_t row) {
  for (const auto& [id, value] : rows_[row]->fields) {
    const std::size_t slot = slot_[id];
    if (slot != kUnused) store(row, slot, value);
  }
  for (const std::size_t slot : lists_) {
    Column& column = columns_[slot];
    column.offsets[row + 1] = static_cast<std::uint32_t>(column.items.size());
  }
}

void ColumnSet::number_texts() {
  for (std::size_t slot = 0; slot < columns_.size(); ++slot) {
    Unnumbered& unnumbered = unnumbered_[slot];
    if (unnumbered.count == 0) continue;
    std::array<std::uint32_t, kStretch> numbers;
    const std::span<const std::string_view> texts(unnumbered.texts.data(), unnumbered.count);
    dictionaries_[fields_[slot]]->intern_all(texts, std::span(numbers).first(texts.size()));
    std::vector<std::uint32_t>& numbered = columns_[slot].texts;
    for (std::size_t i = 0; i < texts.size(); ++i) numbered[unnumbered.rows[i]] = numbers[i];
    unnumbered.count = 0;
  }
}

void ColumnSet::load(std::span<const Record* const> rows) {
  rows_.assign(rows.begin(), rows.end());
  for (Column& column : columns_) reset(column, rows.size());
  for (const FieldId id : fixed_) load_fixed(id, columns_[slot_[id]]);
  for (std::size_t row = 0; row < rows.size();) {
    const std::size_t end = std::min(rows.size(), row + kStretch);
    for (; row < end; ++row) load_fields(row);
    number_texts();
  }
}

}  // namespace tidewaiter
