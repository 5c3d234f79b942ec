#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "policies/engine/columns.h"
#include "policies/model/finding.h"

namespace tidewaiter {

/// A record that lacks a field of its subject.
inline constexpr std::uint32_t kNoSubject = 0xFFFFFFFF;

/// Numbers the subjects of one list of `for_each` fields, 0, 1, 2, …, for all policies that have
/// that list, for the life of an evaluation.
class SubjectTable {
 public:
  explicit SubjectTable(std::vector<FieldId> fields);

  /// Puts the fields in use.
  void use_fields(ColumnSet& columns) const;
  /// The subject of each row of the batch.
  void load(ColumnSet& columns);
  [[nodiscard]] std::uint32_t of_row(std::size_t row) const { return rows_[row]; }
  [[nodiscard]] const Subject& subject(std::uint32_t id) const { return subjects_[id]; }

 private:
  [[nodiscard]] std::uint32_t find_or_add(ColumnSet& columns, std::size_t row);

  std::vector<FieldId> fields_;
  bool by_source_ = false;
  std::vector<std::uint32_t> key_;  ///< of the row in hand: its texts by number
  std::string key_bytes_;
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::vector<Subject> subjects_;
  std::vector<std::uint32_t> rows_;
};

}  // namespace tidewaiter
