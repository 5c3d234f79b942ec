#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "policies/language/policy.h"
#include "policies/lint/lint.h"

namespace tidewaiter {

/// What the configured sources give of the records that a policy reads.
class Supply {
 public:
  /// Keeps pointers into `sources`.
  Supply(const Policy& policy, std::span<const SourceSupply> sources);

  [[nodiscard]] const std::vector<const SourceSupply*>& suppliers() const { return suppliers_; }
  [[nodiscard]] bool fields_are_known() const;  ///< of each supplier
  /// Where they are known: whether any gives the field.
  [[nodiscard]] bool gives(FieldId id) const;

  using Unsupplied = std::function<void(FieldId, const SourceSpan&)>;
  /// Calls `tell` for each field that an expression cannot do without and nobody gives. `exists`
  /// and `default` are how a policy gets by without one.
  void look_at(const Expr& expr, const Unsupplied& tell) const;

 private:
  std::vector<const SourceSupply*> suppliers_;
};

/// The source whose accounts a source names.
[[nodiscard]] const std::string& names_in(const SourceSupply& source);

/// A source whose records the condition of a policy never takes, for all of them are as long as its
/// buckets.
[[nodiscard]] bool never_takes(const Policy& policy, const SourceSupply& source);

/// Where a policy counts or weighs by requests, of which each supplier gives 0; null: nowhere.
[[nodiscard]] const SourceSpan* uncounted_requests(const Policy& policy, const Supply& supply);

/// A link of a linkage by which none of the accounts that a policy judges is linked.
struct UnsuppliedLink {
  FieldId field = 0;
  const SourceSupply* other = nullptr;  ///< gives the field, of accounts that are not judged
};
/// Any kind of record links accounts, whatever the policy reads.
[[nodiscard]] std::vector<UnsuppliedLink> unsupplied_links(const Linkage& linkage,
                                                           const Supply& supply,
                                                           std::span<const SourceSupply> sources);

/// What a policy asks for and the configured sources do not give, so that nothing, or not all, of
/// it can be told, whatever comes.
struct SupplyGap {
  bool no_source = false;                ///< of the kind that it reads
  std::vector<FieldId> fields;           ///< that none gives; sorted
  std::vector<std::string> never_taken;  ///< sources, see never_takes()
  bool uncounted_requests = false;       ///< see uncounted_requests()
  std::vector<FieldId> links;            ///< see unsupplied_links()

  [[nodiscard]] bool is_empty() const {
    return !no_source && fields.empty() && never_taken.empty() && !uncounted_requests &&
           links.empty();
  }
};

/// `sources` are all that there are. Of a policy that reads findings nothing is missing. Where a
/// source does not say which fields it gives, none is called missing.
[[nodiscard]] SupplyGap supply_gap(const Policy& policy, std::span<const SourceSupply> sources);

}  // namespace tidewaiter
