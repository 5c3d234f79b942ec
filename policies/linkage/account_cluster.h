#pragma once

#include <string>
#include <vector>

#include "policies/linkage/linkage.h"
#include "policies/model/field.h"

namespace tidewaiter {

/// A value that several accounts hold.
struct CommonValue {
  FieldId field = 0;
  std::string source;  ///< whose value it is, if only its source makes it unique; else empty
  std::string text;
  std::vector<LinkedAccount> accounts;  ///< at least 2, in order
  bool operator==(const CommonValue&) const = default;
};

/// Accounts that belong together, and why: every two of them are joined by a way over `links`.
struct AccountCluster {
  LinkedAccount name;                   ///< the least of them
  std::vector<LinkedAccount> accounts;  ///< at least 2, in order
  std::vector<CommonValue> links;       ///< by field name, source and text
  bool operator==(const AccountCluster&) const = default;
};

}  // namespace tidewaiter
