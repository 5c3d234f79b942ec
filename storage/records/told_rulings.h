#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <span>
#include <string>

#include "policies/model/error.h"
#include "policies/model/log.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Which rulings a record log has. One that it has as lifted is not told afterwards: it would hold
/// for ever.
class ToldRulings {
 public:
  [[nodiscard]] bool has(const LinkRuled& ruled) const {
    return lifted_.contains(ruled.ruling) || (!ruled.lifts() && made_.contains(ruled.ruling));
  }
  void note(const LinkRuled& ruled) { (ruled.lifts() ? lifted_ : made_).insert(ruled.ruling); }

  /// For snapshots of who follows the log.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(made_, lifted_);
  }

 private:
  std::set<std::string> made_;
  std::set<std::string> lifted_;
};

/// Appends to a record log those rulings on links that it does not have, in their order, each as a
/// control entry of its own; says how many. Nobody else may write the log; killed in between it is
/// called again. Errors: kNotFound without a log; kCorruption; kUnavailable.
[[nodiscard]] Result<std::int64_t> tell_rulings(const std::filesystem::path& path,
                                                std::span<const LinkRuled> rulings, UtcTime now);

}  // namespace tidewaiter
