#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/cli/command.h"
#include "daemon/cli/history_choice.h"
#include "policies/linkage/held_values.h"
#include "policies/linkage/linker.h"

namespace tidewaiter {

/// A linkage, and where it comes from, for people.
struct ChosenLinkage {
  std::string rule;
  Linkage linkage;
};

/// The accounts that a history names.
class NamedAccounts {
 public:
  void take(const LogEntry& entry);
  [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(names_.accounts()); }

  /// The account that people mean by `SOURCE/NAME`, or by a name that one source alone has.
  /// Errors: kNotFound if no record names it; kInvalidInput for a name of several sources.
  [[nodiscard]] Result<LinkedAccount> meant(const std::string& word) const;

 private:
  HeldValues names_;  // for the names alone
  std::set<std::string> sources_;
};

/// Since which entry of the log each account has been in a cluster with others, without a break.
class LinkedSince {
 public:
  struct Moment {
    std::int64_t seq = 0;  ///< of the entry
    UtcTime time;          ///< of its record; of an entry that is none, that of the record before
    auto operator<=>(const Moment&) const = default;
  };

  /// Takes an entry that the linker has taken, and whom it moved.
  void take(const LogEntry& entry, const std::vector<ClusterMove>& moves, const Linker& linker);
  /// The second least moment of these accounts: when two of them first were in clusters, in most
  /// cases in one. REQUIRES: they are one cluster, of two accounts at least.
  [[nodiscard]] Moment formed(const std::vector<LinkedAccount>& accounts) const;

 private:
  UtcTime time_;  ///< of the last record
  std::map<LinkedAccount, Moment> since_;
};

/// A history that has been read, and who is linked in it.
struct LinkedHistory {
  std::string title;
  ChosenLinkage chosen;
  Linker linker;
  NamedAccounts named;
  LinkedSince since;
};

/// Reads the history and links its accounts; progress goes to standard error. Errors: as
/// choose_history(), and those of reading.
[[nodiscard]] Result<LinkedHistory> link_history(Invocation& run, const HistoryOptions& options,
                                                 ChosenLinkage chosen);

}  // namespace tidewaiter
