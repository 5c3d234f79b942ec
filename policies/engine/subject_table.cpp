#include "policies/engine/subject_table.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace tidewaiter {
namespace {

bool has_texts(ValueType type) { return type == ValueType::kString || type == ValueType::kIp; }

}  // namespace

SubjectTable::SubjectTable(std::vector<FieldId> for_each) : for_each_(std::move(for_each)) {
  for (const FieldId id : for_each_) fields_.push_back(recorded_field(id));
  by_source_ = std::ranges::any_of(fields_, [](FieldId id) { return field(id).id_of_source; });
}

void SubjectTable::use_fields(ColumnSet& columns) const {
  for (const FieldId id : fields_) columns.use(id);
  if (by_source_) columns.use(kFieldSource);
}

std::uint32_t SubjectTable::find_or_add(ColumnSet& columns, const std::string& source) {
  key_bytes_.resize(key_.size() * sizeof(std::uint32_t));
  if (!key_.empty()) std::memcpy(key_bytes_.data(), key_.data(), key_bytes_.size());
  const auto known = ids_.find(key_bytes_);
  if (known != ids_.end()) return known->second;
  Subject subject;
  subject.fields = for_each_;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    subject.values.emplace_back(columns.dictionary(fields_[i]).text(key_[i]));
  }
  if (by_source_) subject.source = source;
  const auto id = static_cast<std::uint32_t>(subjects_.size());
  subjects_.push_back(std::move(subject));
  ids_.emplace(key_bytes_, id);
  return id;
}

std::uint32_t SubjectTable::number_of(ColumnSet& columns, const LinkedAccount& account) {
  key_ = {columns.dictionary(fields_.front()).intern(account.name),
          columns.dictionary(kFieldSource).intern(account.source)};
  return find_or_add(columns, account.source);
}

void SubjectTable::load(ColumnSet& columns) {
  rows_.assign(columns.rows(), kNoSubject);
  std::vector<std::uint32_t> last_key;
  std::uint32_t last_id = kNoSubject;
  for (std::size_t row = 0; row < columns.rows(); ++row) {
    key_.clear();
    bool whole = true;
    for (const FieldId id : fields_) {
      const Column& column = columns.column(id);
      if (!column.valid.test(row)) {
        whole = false;
        break;
      }
      key_.push_back(has_texts(column.type)
                         ? column.texts[row]
                         : columns.dictionary(id).intern(
                               format_value(field_value(columns.record(row), id), column.type)));
    }
    if (!whole) continue;
    if (by_source_) key_.push_back(columns.column(kFieldSource).texts[row]);
    // Logs come in stretches of one subject.
    if (last_id == kNoSubject || key_ != last_key) {
      last_id = find_or_add(columns, columns.record(row).source);
      last_key = key_;
    }
    rows_[row] = last_id;
  }
}

}  // namespace tidewaiter
