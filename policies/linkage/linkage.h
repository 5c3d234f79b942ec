#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "policies/model/field.h"

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

/// One way in which accounts are linked: they have a value of `field` in common.
struct Link {
  FieldId field = 0;
  /// A value that more accounts have links none of them: a shared gateway, a test card. At least 2.
  std::int64_t at_most = 0;
  bool operator==(const Link&) const = default;
};

/// How accounts are linked into clusters.
struct Linkage {
  std::vector<Link> links;
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
