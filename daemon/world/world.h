#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "daemon/world/world_account.h"
#include "daemon/world/world_plan.h"
#include "policies/model/record.h"

namespace tidewaiter {

/// The name of the source that all records of a world come from.
inline constexpr const char* kWorldSource = "world";

/// A provider's customers and what they do, with the truth about each: honest ones, and campaigns
/// planted among them. A function of its plan: the same plan gives the same records. Nobody in it
/// exists. const functions may be called by several threads.
class World {
 public:
  /// `plan` within the bounds that world_plan.h states.
  explicit World(const WorldPlan& plan);

  [[nodiscard]] const WorldPlan& plan() const { return plan_; }
  [[nodiscard]] const std::vector<WorldAccount>& accounts() const { return population_.accounts; }
  [[nodiscard]] const std::vector<Campaign>& campaigns() const { return population_.campaigns; }

  /// The account records and the usage of day `number` (0 … days − 1), in order of time.
  [[nodiscard]] std::vector<Record> day(int number) const;

  /// What the provider knows of its customers, as YAML with `list` documents: those that the packs
  /// ship with invented values, with the values of this world.
  [[nodiscard]] std::string registers() const;

 private:
  WorldPlan plan_;
  Population population_;
};

/// The text of a policy file with the `list` documents of `registers` in the places of those that
/// have their names. Documents are parted by lines of three hyphens.
[[nodiscard]] std::string with_lists_of(const std::string& registers, const std::string& text);

}  // namespace tidewaiter
