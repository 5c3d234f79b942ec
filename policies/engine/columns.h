#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/engine/bitmap.h"
#include "policies/model/record.h"

namespace tidewaiter {

/// Log entries that are judged together. Large enough to spread the cost of a predicate, small
/// enough that the bitmaps of some hundred predicates stay in the cache.
inline constexpr std::size_t kBatchEntries = 2048;

inline constexpr std::uint32_t kNoText = 0xFFFFFFFF;

/// Numbers the different texts of one field, 0, 1, 2, …, for the life of an evaluation.
class Dictionary {
 public:
  [[nodiscard]] std::uint32_t intern(std::string_view text);
  [[nodiscard]] const std::string& text(std::uint32_t id) const { return texts_[id]; }
  [[nodiscard]] std::size_t size() const { return texts_.size(); }

 private:
  /// A text by part of its hash, so that other texts are mostly told apart without a look at them.
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t id = kNoText;
  };

  void grow();

  std::deque<std::string> texts_;  // does not move its elements: text() gives references
  /// Open addressing: a power of two, at least half of it free. A chain of nodes would cost a cache
  /// miss more for each text.
  std::vector<Slot> slots_;
  std::uint32_t last_ = kNoText;  ///< logs come in stretches of one text
};

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

 private:
  static void reset(Column& column, std::size_t rows);
  static void store(std::size_t row, Column& column, Dictionary& dictionary, const Value& value);
  void load_fixed(FieldId id, Column& column);
  void load_fields(std::size_t row);

  std::vector<const Record*> rows_;
  std::vector<Column> columns_;
  std::vector<FieldId> fixed_;      ///< of those that are in use: the ones outside field lists
  std::vector<std::size_t> lists_;  ///< columns of lists
  std::vector<std::size_t> slot_;   ///< by FieldId; npos if not in use
  std::vector<std::unique_ptr<Dictionary>> dictionaries_;
  Dictionary computed_;
};

}  // namespace tidewaiter
