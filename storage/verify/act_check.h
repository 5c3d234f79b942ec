#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "storage/verify/entry_form.h"
#include "storage/verify/problem_list.h"

namespace tidewaiter {

/// Checks what people did about cases (docs/ledger-format.md §14): the form of each act, that its
/// signer signed it, and that nobody gave the second opinion on a decision of their own.
class ActCheck {
 public:
  explicit ActCheck(ProblemList& problems) : problems_(problems) {}

  /// Takes the entries in order. `origin` is the ledger's.
  void add(std::int64_t index, const ReadEntry& entry, const std::string& origin);

 private:
  ProblemList& problems_;
  std::map<std::int64_t, std::string> deciders_;  ///< verifier keys, by the decision's index
};

}  // namespace tidewaiter
