#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "policies/linkage/linkage.h"
#include "policies/model/field.h"

namespace tidewaiter {

/// A value that several accounts hold. Of a linkage with a threshold it may be evidence for several
/// clusters: `accounts` are those of the cluster, and all that hold it are counted.
struct CommonValue {
  FieldId field = 0;
  std::string source;  ///< whose value it is, if only its source makes it unique; else empty
  std::string text;
  std::vector<LinkedAccount> accounts;  ///< at least 2, in order
  std::int64_t holders = 0;             ///< all of them; 0 in clusters without a threshold
  double weight = 0;                    ///< for any two of them; 0 without a threshold
  bool operator==(const CommonValue&) const = default;
};

/// Accounts that belong together, and why: every two of them are joined by a way over `links`. With
/// a threshold it takes several links to join two, and some of these may join none.
struct AccountCluster {
  LinkedAccount name;                   ///< the least of them
  std::vector<LinkedAccount> accounts;  ///< at least 2, in order
  std::vector<CommonValue> links;       ///< by field name, source and text
  bool operator==(const AccountCluster&) const = default;
};

/// Two accounts that are joined, and by what.
struct EvidenceStep {
  LinkedAccount from;
  LinkedAccount to;
  std::vector<CommonValue> values;  ///< of these two alone; how many hold each is told
  bool operator==(const EvidenceStep&) const = default;
};

}  // namespace tidewaiter
