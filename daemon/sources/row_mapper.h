#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sources/source_config.h"
#include "policies/model/error.h"
#include "policies/model/record.h"

namespace tidewaiter {

/// Makes records of table rows by a Mapping. One thread at a time.
///
/// Cells are read by their column's declared type: bool `true` or `false`, int64 and double
/// decimal and finite, timestamps as parse_time with the zone optional, durations as
/// parse_duration, ip in any of its text forms, money a decimal amount of US dollars. An empty cell
/// is null, quoted or not. Columns that are not declared are not looked at.
class RowMapper {
 public:
  /// Checks the mapping's types. Errors: kInvalidInput naming the key of the configuration.
  [[nodiscard]] static Result<RowMapper> make(const SourceConfig& config);

  /// Finds the declared columns in a file's header.
  /// Errors: kInvalidInput, at "path:1", for a missing or repeated column.
  [[nodiscard]] Result<void> bind(std::span<const std::string_view> header, std::string_view path);

  /// Maps one row. Sets kind, source, time, duration, requests and fields, not the identity.
  /// Errors: kInvalidInput: another number of cells than the header, invalid UTF-8, a cell that
  /// is not of its type, no time, a negative duration or amount, a time out of range.
  [[nodiscard]] Result<Record> map(std::span<const std::string_view> cells);

  /// The same in two steps: reads a row, and says whether it is wanted: `where` is true of it, or
  /// there is none. A bad cell makes the row bad unless `where` is false of it all the same.
  /// Errors: as map(), of cells.
  [[nodiscard]] Result<bool> read(std::span<const std::string_view> cells);
  /// The record of the row that was read last. Errors: as map(), of all else.
  [[nodiscard]] Result<Record> record() const;

 private:
  struct Target {
    FieldId field;
    const Expr* expr;
  };

  explicit RowMapper(const SourceConfig& config);
  [[nodiscard]] Result<void> check_count(std::span<const std::string_view> cells) const;
  [[nodiscard]] Result<void> read_cells(std::span<const std::string_view> cells);
  [[nodiscard]] Result<void> set_fixed(Record& record) const;

  RecordKind kind_;
  std::string source_;
  std::shared_ptr<const Mapping> mapping_;   // shared: `targets_` points into it when moved
  std::vector<Target> targets_;              ///< sorted by field
  std::vector<std::size_t> cell_of_column_;  ///< by declared column
  std::size_t header_cells_ = 0;
  std::vector<Value> values_;  ///< of one row, by declared column
};

/// A cell's text as a value of the type; an empty one is null. Errors: kInvalidInput, which says
/// what was expected and quotes nothing of the text.
[[nodiscard]] Result<Value> parse_cell(std::string_view cell, ValueType type);

}  // namespace tidewaiter
