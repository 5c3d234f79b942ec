#include "policies/engine/columns.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <variant>

namespace tidewaiter {
namespace {

constexpr std::size_t kUnused = std::numeric_limits<std::size_t>::max();

}  // namespace

std::uint32_t Dictionary::intern(std::string_view text) {
  if (last_ != kNoText && texts_[last_] == text) return last_;
  const auto hash = static_cast<std::uint32_t>(std::hash<std::string_view>()(text));
  if (texts_.size() >= slots_.size() / 2) grow();
  for (std::size_t at = hash;; ++at) {
    Slot& slot = slots_[at & (slots_.size() - 1)];
    if (slot.id == kNoText) {
      texts_.emplace_back(text);
      slot = {hash, static_cast<std::uint32_t>(texts_.size() - 1)};
      return last_ = slot.id;
    }
    if (slot.hash == hash && texts_[slot.id] == text) return last_ = slot.id;
  }
}

void Dictionary::grow() {
  constexpr std::size_t kLeast = 16;
  std::vector<Slot> old(std::max(kLeast, slots_.size() * 2));
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.id == kNoText) continue;
    std::size_t at = slot.hash;
    while (slots_[at & (slots_.size() - 1)].id != kNoText) ++at;
    slots_[at & (slots_.size() - 1)] = slot;
  }
}

ColumnSet::ColumnSet() : slot_(fields().size(), kUnused) {
  dictionaries_.resize(fields().size());
  for (auto& dictionary : dictionaries_) dictionary = std::make_unique<Dictionary>();
}

void ColumnSet::use(FieldId id) {
  if (slot_[id] != kUnused) return;
  slot_[id] = columns_.size();
  const ValueType type = columns_.emplace_back().type = field(id).type;
  if (id <= kFieldSource) fixed_.push_back(id);
  if (type == ValueType::kStringList) lists_.push_back(slot_[id]);
}

void ColumnSet::forget_uses() {
  slot_.assign(slot_.size(), kUnused);
  columns_.clear();
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

void ColumnSet::store(std::size_t row, Column& column, Dictionary& dictionary, const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    column.ints[row] = *number;
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    column.texts[row] = dictionary.intern(*text);
  } else if (const auto* real = std::get_if<double>(&value)) {
    column.doubles[row] = *real;
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    column.ints[row] = *flag ? 1 : 0;
  } else if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
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
    if (slot != kUnused) store(row, columns_[slot], *dictionaries_[id], value);
  }
  for (const std::size_t slot : lists_) {
    Column& column = columns_[slot];
    column.offsets[row + 1] = static_cast<std::uint32_t>(column.items.size());
  }
}

void ColumnSet::load(std::span<const Record* const> rows) {
  rows_.assign(rows.begin(), rows.end());
  for (Column& column : columns_) reset(column, rows.size());
  for (const FieldId id : fixed_) load_fixed(id, columns_[slot_[id]]);
  for (std::size_t row = 0; row < rows.size(); ++row) load_fields(row);
}

}  // namespace tidewaiter
