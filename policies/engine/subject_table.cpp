#include "policies/engine/subject_table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace tidewaiter {
namespace {

/// As many misses as a core has under way at once, and a few more.
constexpr std::size_t kStretch = 16;

bool has_texts(ValueType type) { return type == ValueType::kString || type == ValueType::kIp; }

/// Of numbers that are small and come in turn: multiplied, so that each bit counts.
std::size_t hash_of_key(std::span<const std::uint32_t> key) {
  constexpr std::uint64_t kOdd =
      0x9E37'79B9'7F4A'7C15;  // 2^64 by the golden ratio: Knuth, vol. 3, 6.4
  std::uint64_t hash = 0;
  for (const std::uint32_t number : key) hash = (std::rotl(hash, 27) ^ number) * kOdd;
  return hash >> 32U;
}

}  // namespace

SubjectTable::SubjectTable(std::vector<FieldId> for_each) : for_each_(std::move(for_each)) {
  for (const FieldId id : for_each_) fields_.push_back(recorded_field(id));
  by_source_ = std::ranges::any_of(fields_, [](FieldId id) { return field(id).id_of_source; });
  width_ = fields_.size() + (by_source_ ? 1 : 0);
}

void SubjectTable::use_fields(ColumnSet& columns) const {
  for (const FieldId id : fields_) columns.use(id);
  if (by_source_) columns.use(kFieldSource);
}

/// The texts of a row's subject; false where it lacks one.
bool SubjectTable::read_key(ColumnSet& columns, std::size_t row, std::span<std::uint32_t> key) {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const Column& column = columns.column(fields_[i]);
    if (!column.valid.test(row)) return false;
    key[i] =
        has_texts(column.type)
            ? column.texts[row]
            : columns.dictionary(fields_[i])
                  .intern(format_value(field_value(columns.record(row), fields_[i]), column.type));
  }
  if (by_source_) key.back() = columns.column(kFieldSource).texts[row];
  return true;
}

std::uint32_t SubjectTable::find_or_add(ColumnSet& columns, Key key, const std::string& source) {
  if (subjects_.size() >= slots_.size() / 2) grow();
  for (std::size_t at = hash_of_key(key);; ++at) {
    std::uint32_t& slot = slots_[at & (slots_.size() - 1)];
    if (slot == kNoSubjectNumber) return slot = add(columns, key, source);
    if (std::ranges::equal(key_of(slot), key)) return slot;
  }
}

std::uint32_t SubjectTable::add(ColumnSet& columns, Key key, const std::string& source) {
  Subject subject;
  subject.fields = for_each_;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    subject.values.emplace_back(columns.dictionary(fields_[i]).text(key[i]));
  }
  if (by_source_) subject.source = source;
  keys_.insert(keys_.end(), key.begin(), key.end());
  subjects_.push_back(std::move(subject));
  return static_cast<std::uint32_t>(subjects_.size() - 1);
}

void SubjectTable::grow() {
  constexpr std::size_t kLeast = 64;
  slots_.assign(std::max(kLeast, slots_.size() * 2), kNoSubjectNumber);
  for (std::uint32_t id = 0; id < subjects_.size(); ++id) {
    std::size_t at = hash_of_key(key_of(id));
    while (slots_[at & (slots_.size() - 1)] != kNoSubjectNumber) ++at;
    slots_[at & (slots_.size() - 1)] = id;
  }
}

std::uint32_t SubjectTable::number_of(ColumnSet& columns, const LinkedAccount& account) {
  const std::array key{columns.dictionary(fields_.front()).intern(account.name),
                       columns.dictionary(kFieldSource).intern(account.source)};
  return find_or_add(columns, key, account.source);
}

bool SubjectTable::take_up(ColumnSet& columns, const Keys& keys) {
  if (keys.texts.size() != keys.subjects * width_) return false;
  for (std::size_t id = 0; id < keys.subjects; ++id) {
    const Key key(keys.texts.data() + id * width_, width_);
    const std::string source(by_source_ ? columns.dictionary(kFieldSource).text(key.back())
                                        : std::string_view());
    if (find_or_add(columns, key, source) != id) return false;
  }
  return true;
}

void SubjectTable::load(ColumnSet& columns) {
  rows_.assign(columns.rows(), kNoSubjectNumber);
  for (std::size_t from = 0; from < columns.rows(); from += kStretch) {
    load_stretch(columns, from, std::min(columns.rows(), from + kStretch));
  }
}

/// What the rows' subjects need is fetched while others are looked up, as in Dictionary.
void SubjectTable::load_stretch(ColumnSet& columns, std::size_t from, std::size_t to) {
  stretch_.resize(kStretch * width_);
  std::array<std::size_t, kStretch> rows{};
  std::size_t count = 0;
  const auto key = [&](std::size_t i) { return std::span(stretch_).subspan(i * width_, width_); };
  if (slots_.empty()) grow();
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t row = from; row < to; ++row) {
    if (!read_key(columns, row, key(count))) continue;
    __builtin_prefetch(&slots_[hash_of_key(key(count)) & mask]);
    rows[count++] = row;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t id = slots_[hash_of_key(key(i)) & mask];
    if (id != kNoSubjectNumber) __builtin_prefetch(keys_.data() + std::size_t{id} * width_);
  }
  for (std::size_t i = 0; i < count; ++i) {
    rows_[rows[i]] = find_or_add(columns, key(i), columns.record(rows[i]).source);
  }
}

}  // namespace tidewaiter
