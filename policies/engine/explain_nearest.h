#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policies/engine/explain_record.h"
#include "policies/engine/shortfall.h"
#include "policies/language/policy.h"
#include "policies/model/log.h"

namespace tidewaiter {

/// One part of a condition below its `and or not`, over one record.
struct LeafVerdict {
  const Expr* leaf = nullptr;                            ///< in the policy
  bool negated = false;                                  ///< it has to be false
  reference::Truth answer = reference::Truth::kUnknown;  ///< of the leaf as it is written
  /// The fields that it reads, each once, with what the record has there: null is missing.
  std::vector<std::pair<FieldId, Value>> values;
  Shortfall shortfall;  ///< of a comparison or `in`; of another leaf all null

  [[nodiscard]] bool is_as_needed() const {
    return answer == (negated ? reference::Truth::kFalse : reference::Truth::kTrue);
  }
};

/// "(output_tokens > 10): output_tokens is 5, 6 short", "model equals `a`: model is missing".
[[nodiscard]] std::string leaf_text(const LeafVerdict& verdict);

/// A record that does not count, part by part. Pointers are into the policy.
struct NearRecord {
  std::int64_t seq = 0;
  UtcTime time;
  RecordFate fate = RecordFate::kNotSelected;  ///< or kUnknown, kExempt
  double distance = 0.0;                       ///< distance_from() of the condition's being true
  std::vector<LeafVerdict> condition;
  /// Of the exemption that takes the record out, or that may: the first. Its leaves as they would
  /// have to be for the record to count.
  std::optional<std::size_t> exemption;
  std::string exemption_name = {};  ///< that of exemption_name(); empty without one
  std::vector<LeafVerdict> exempt;
};

/// "(model == a): model is b; (output_tokens > 10): output_tokens is 5, 6 short": what keeps the
/// record from counting.
[[nodiscard]] std::string near_text(const NearRecord& record);

/// Keeps the records in question that do not count, each at its last revision, to tell which of
/// them came nearest. Memory grows with them. One thread at a time.
class NearBook {
 public:
  /// `policy` outlives this.
  explicit NearBook(const Policy& policy) : policy_(policy) {}

  void take(std::int64_t seq, const Record& record, const Subject& subject, RecordFate fate);
  /// A version that another replaces.
  void forget(const Record& record) { records_.erase({record.time, record.id}); }

  /// At most `most`, the nearest first: those of which it cannot be told, then those that an
  /// exemption took out, then the others by distance; then by sequence number.
  [[nodiscard]] std::vector<NearRecord> nearest(
      std::size_t most, const std::function<bool(const Subject&)>& is_asked) const;

 private:
  struct Entry {
    std::int64_t seq = 0;
    RecordFate fate = RecordFate::kNotSelected;
    double distance = 0.0;
    Subject subject;
    Record record;
  };
  [[nodiscard]] NearRecord told(const Entry& entry) const;

  const Policy& policy_;
  std::map<std::pair<UtcTime, Digest>, Entry> records_;
};

/// Why it cannot be told what the inputs of a window come to: "organization is missing in 1 record,
/// so that nobody can tell whether it is exempt". Empty where it is no record's fault. Pure.
[[nodiscard]] std::string doubt_text(const Policy& policy,
                                     const std::vector<const reference::Input*>& inputs);

}  // namespace tidewaiter
