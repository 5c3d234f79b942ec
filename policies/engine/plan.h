#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "policies/engine/bitmap.h"
#include "policies/engine/columns.h"
#include "policies/engine/field_classes.h"
#include "policies/engine/read_addresses.h"
#include "policies/language/expression.h"

namespace tidewaiter {

using NodeId = std::uint32_t;

/// The values of one expression for each row. int64-held values and truth values stand in `ints`,
/// texts and lists as numbers that are equal for equal texts; doubles in `doubles`.
struct ValueBits {
  bool real = false;  ///< which of the two vectors holds them
  Bitmap valid;
  std::vector<std::int64_t> ints;
  std::vector<double> doubles;
};

/// One graph of all expressions of all policies over one kind of record. Expressions of one
/// meaning are one node, and a node is computed at most once for a batch, and only when asked for.
class Plan {
 public:
  /// `columns` outlives the plan.
  explicit Plan(ColumnSet& columns);
  ~Plan();
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  /// Adds a truth value, or finds the node that means the same.
  [[nodiscard]] NodeId add_truth(const Expr& expr);
  /// Adds an expression whose values are asked for.
  [[nodiscard]] NodeId add_values(const Expr& expr);

  /// Forgets what was computed: the columns hold another batch.
  void start_batch();

  /// Valid until start_batch().
  [[nodiscard]] const TruthBits& truth(NodeId id);
  [[nodiscard]] const ValueBits& values(NodeId id);

 private:
  struct TruthNode;
  struct ValueNode;

  /// The predicates of one field that are answered by its value, at once.
  struct FieldNodes {
    FieldClasses classes;
    std::vector<TruthNode*> nodes;    ///< by place
    std::vector<TruthBits*> answers;  ///< of these
  };

  [[nodiscard]] bool join_field(TruthNode& node);
  void answer_field(FieldId field);
  void note_computed(TruthNode& node);
  void compute(TruthNode& node);
  void compute_joined(TruthNode& node);
  void put_in_order(TruthNode& node, bool is_and);
  [[nodiscard]] bool asks_by_row(TruthNode& node, std::size_t rows);
  void join_by_row(NodeId id, bool is_and, Bitmap& open, Bitmap& unknown);
  [[nodiscard]] std::optional<bool> truth_at(NodeId id, std::size_t row);
  [[nodiscard]] std::optional<std::int64_t> whole_at(NodeId id, std::size_t row) const;
  [[nodiscard]] std::optional<bool> joined_truth_at(TruthNode& node, std::size_t row);
  [[nodiscard]] bool can_ask_by_row(const TruthNode& node) const;
  [[nodiscard]] std::vector<NodeId> add_parts(const Expr& expr);
  void compute_dated_texts(TruthNode& node);
  void compute_comparison(TruthNode& node);
  void compute_parties(TruthNode& node);
  void compute_by_row(TruthNode& node);
  void compute(ValueNode& node);
  void compute_arithmetic(ValueNode& node);
  void compute_parties(ValueNode& node);
  void compute_by_row(ValueNode& node);

  ColumnSet& columns_;
  std::vector<ReadAddresses> addresses_;                  ///< by field
  std::vector<std::unique_ptr<FieldNodes>> field_nodes_;  ///< likewise; null: none
  std::vector<std::unique_ptr<TruthNode>> truths_;
  std::vector<std::unique_ptr<ValueNode>> values_;
  std::unordered_map<std::string, NodeId> truth_ids_;
  std::unordered_map<std::string, NodeId> value_ids_;
};

}  // namespace tidewaiter
