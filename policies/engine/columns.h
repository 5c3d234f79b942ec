#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "policies/engine/bitmap.h"
#include "policies/engine/dictionary.h"
#include "policies/model/record.h"

namespace tidewaiter {

/// Log entries that are judged together. Large enough to spread the cost of a predicate, small
/// enough that the bitmaps of some hundred predicates stay in the cache.
inline constexpr std::size_t kBatchEntries = 2048;

/// One field of a batch. Which vector holds the values follows from the field's type.
struct Column {
  ValueType type = ValueType::kInt64;
  Bitmap valid;
  std::vector<std::int64_t> ints;      ///< bool, int64, duration, timestamp, money
  std::vector<double> doubles;         ///< double
  std::vector<std::uint32_t> texts;    ///< string, ip: ids, kNoText where null
  std::vector<std::uint32_t> offsets;  ///< list: items of row r are [offsets[r], offsets[r + 1])
  std::vector<std::uint32_t> items;
};

/// The rows of one kind of record in a batch as columns, only for fields that are in use. The
/// dictionaries outlive batches and policy sets.
class ColumnSet {
 public:
  ColumnSet();

  void use(FieldId id);
  void forget_uses();

  /// The records must stay where they are until the next load.
  void load(std::span<const Record* const> rows);

  [[nodiscard]] std::size_t rows() const { return rows_.size(); }
  [[nodiscard]] const Record& record(std::size_t row) const { return *rows_[row]; }
  /// Only of a field in use.
  [[nodiscard]] const Column& column(FieldId id) const { return columns_[slot_[id]]; }
  [[nodiscard]] Dictionary& dictionary(FieldId id) { return *dictionaries_[id]; }
  /// For texts that come out of an expression.
  [[nodiscard]] Dictionary& computed_texts() { return computed_; }

  /// For snapshots: the dictionaries, which are all that outlives a batch.
  template <class Archive>
  void serialize(Archive& archive) {
    for (const auto& dictionary : dictionaries_) archive(*dictionary);
    archive(computed_);
  }

 private:
  /// Rows whose texts stay in the cache until they have their numbers.
  static constexpr std::size_t kStretch = 256;

  /// Texts of one column that have no number yet, and their rows.
  struct Unnumbered {
    std::vector<std::string_view> texts;  ///< kStretch of them, of which `count` stand there
    std::vector<std::uint32_t> rows;
    std::size_t count = 0;
  };

  static void reset(Column& column, std::size_t rows);
  void store(std::size_t row, std::size_t slot, const Value& value);
  void load_fixed(FieldId id, Column& column);
  void load_fields(std::size_t row);
  void number_texts();

  std::vector<const Record*> rows_;
  std::vector<Column> columns_;
  std::vector<Unnumbered> unnumbered_;  ///< one each of columns_
  std::vector<FieldId> fields_;         ///< likewise
  std::vector<FieldId> fixed_;          ///< of those that are in use: the ones outside field lists
  std::vector<std::size_t> lists_;      ///< columns of lists
  std::vector<std::size_t> slot_;       ///< by FieldId; npos if not in use
  std::vector<std::unique_ptr<Dictionary>> dictionaries_;
  Dictionary computed_;
};

}  // namespace tidewaiter
