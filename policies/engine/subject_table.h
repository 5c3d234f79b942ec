#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "policies/engine/columns.h"
#include "policies/linkage/linkage.h"
#include "policies/model/finding.h"

namespace tidewaiter {

/// A record that lacks a field of its subject.
inline constexpr std::uint32_t kNoSubject = 0xFFFFFFFF;

/// Numbers the subjects of one list of `for_each` fields, 0, 1, 2, …, for all policies that have
/// that list, for the life of an evaluation. Of clusters it numbers the accounts: the number of the
/// account that names a cluster is the cluster's.
class SubjectTable {
 public:
  explicit SubjectTable(std::vector<FieldId> for_each);

  /// Puts the fields in use.
  void use_fields(ColumnSet& columns) const;
  /// The subject of each row of the batch.
  void load(ColumnSet& columns);
  [[nodiscard]] std::uint32_t of_row(std::size_t row) const { return rows_[row]; }
  /// The number of an account, of a table of clusters. The columns are those that it loads.
  [[nodiscard]] std::uint32_t number_of(ColumnSet& columns, const LinkedAccount& account);
  [[nodiscard]] const Subject& subject(std::uint32_t id) const { return subjects_[id]; }

 private:
  [[nodiscard]] std::uint32_t find_or_add(ColumnSet& columns, const std::string& source);

  std::vector<FieldId> for_each_;
  std::vector<FieldId> fields_;  ///< of records, one each of for_each_
  bool by_source_ = false;
  std::vector<std::uint32_t> key_;  ///< of the row in hand: its texts by number
  std::string key_bytes_;
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::vector<Subject> subjects_;
  std::vector<std::uint32_t> rows_;
};

}  // namespace tidewaiter
