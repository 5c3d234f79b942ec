#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "policies/engine/columns.h"
#include "policies/linkage/linkage.h"
#include "policies/model/finding.h"

namespace tidewaiter {

/// Of a record that lacks a field of its subject.
inline constexpr std::uint32_t kNoSubjectNumber = 0xFFFFFFFF;

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

  /// For snapshots: the keys of all subjects by number, which take_up() makes again.
  struct Keys {
    std::uint64_t subjects = 0;
    std::vector<std::uint32_t> texts;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(subjects, texts);
    }
  };
  [[nodiscard]] Keys keys() const { return {subjects_.size(), keys_}; }
  /// Numbers the subjects as they were, in an empty table whose columns have the texts. False: the
  /// keys do not belong to it.
  [[nodiscard]] bool take_up(ColumnSet& columns, const Keys& keys);

  /// For HeldMemory; snapshots have the keys alone.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(keys_, slots_, subjects_);
  }

 private:
  /// The texts of a subject by number: one each of fields_, and its source where that counts.
  using Key = std::span<const std::uint32_t>;

  [[nodiscard]] bool read_key(ColumnSet& columns, std::size_t row, std::span<std::uint32_t> key);
  [[nodiscard]] Key key_of(std::uint32_t id) const {
    return {keys_.data() + std::size_t{id} * width_, width_};
  }
  [[nodiscard]] std::uint32_t find_or_add(ColumnSet& columns, Key key, const std::string& source);
  [[nodiscard]] std::uint32_t add(ColumnSet& columns, Key key, const std::string& source);
  void load_stretch(ColumnSet& columns, std::size_t from, std::size_t to);
  void grow();

  std::vector<FieldId> for_each_;
  std::vector<FieldId> fields_;  ///< of records, one each of for_each_
  bool by_source_ = false;
  std::size_t width_ = 0;             ///< of a key
  std::vector<std::uint32_t> keys_;   ///< of all subjects, one behind the other
  std::vector<std::uint32_t> slots_;  ///< subjects by hash, open addressing: half of it free
  std::vector<Subject> subjects_;
  std::vector<std::uint32_t> rows_;
  std::vector<std::uint32_t> stretch_;  ///< keys of rows that are looked up together
};

}  // namespace tidewaiter
