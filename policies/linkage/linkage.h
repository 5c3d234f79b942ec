#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "policies/model/digest.h"
#include "policies/model/field.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// An account of one source: only its source makes its name unique. In the order of subjects: by
/// name, then source.
struct LinkedAccount {
  std::string source;
  std::string name;
  bool operator==(const LinkedAccount&) const = default;
  auto operator<=>(const LinkedAccount& other) const {
    return std::tie(name, source) <=> std::tie(other.name, other.source);
  }
};

/// Values that are known to be shared by strangers: those of a named list, with its dates.
struct ExceptedValues {
  std::string list;
  Digest digest;  ///< of what the list means
  std::map<std::string, std::vector<Interval>, std::less<>> times;

  /// Whether the value stands in the list at that time.
  [[nodiscard]] bool holds(std::string_view text, UtcTime time) const;
};

/// One way in which accounts are linked: they have a value of `field` in common.
struct Link {
  FieldId field = 0;
  /// A value that more accounts have links none of them: a shared gateway, a test card. At least 2.
  std::int64_t at_most = 0;
  /// What a value that two accounts have weighs (evidence_weight.h); 0 if the linkage has no
  /// threshold.
  std::int64_t weight = 0;
  /// Values that link nobody, as seen at the time of each record; null: there are none. Shared by
  /// all copies of a linkage, never changed.
  std::shared_ptr<const ExceptedValues> except = {};

  /// Whether both mean the same.
  bool operator==(const Link& other) const;
};

/// How accounts are linked into clusters.
struct Linkage {
  std::vector<Link> links;
  /// What two accounts have in common has to weigh to join them; 0: one value does, of any link.
  std::int64_t threshold = 0;
  bool operator==(const Linkage&) const = default;
};

/// An account that belongs to another cluster than before. Clusters bear the name of one of their
/// accounts: see Linker.
struct ClusterMove {
  LinkedAccount account;
  LinkedAccount from;
  LinkedAccount to;
  auto operator<=>(const ClusterMove&) const = default;
};

}  // namespace tidewaiter
