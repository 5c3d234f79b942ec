#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "policies/linkage/linkage.h"
#include "policies/model/log.h"
#include "policies/model/record.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Says which accounts belong together, entry by entry of a log: the stage between the records and
/// their evaluation. A function of (linkage, entries so far, where the log begins): no clock, no
/// I/O. Not thread-safe: one thread at a time.
///
/// A *fact* is that a record of any kind that names an account holds a value of a linked field for
/// it. Every record in the log states its facts, however late it came; a revision takes back those
/// of the version before it; what retention drops states nothing any more. A text of no length is
/// no value. Values of fields that only their source makes unique are the same only in one source.
///
/// A value *links* the accounts that have it if these are at least two and at most `at_most`.
/// Clusters are the connected components of the accounts under these links, and the least account
/// by (name, source) names its cluster. So membership and names depend on the set of facts alone,
/// never on the order in which they came: an account that joins may rename a cluster, a value that
/// becomes too common splits it.
///
/// A simple engine: the clusters that a changed value touches are computed anew, in time
/// proportional to their accounts and values (times log n), so that one cluster that grows to n
/// accounts one by one costs n² in all. It keeps every record's facts, and the distinct values and
/// accounts.
class Linker {
 public:
  static constexpr UtcTime kNothingDropped{std::numeric_limits<std::int64_t>::min()};

  /// `dropped_before` is where the log that it is about to read begins.
  explicit Linker(Linkage linkage, UtcTime dropped_before = kNothingDropped);

  /// Takes the next entry. The accounts that belong to another cluster after it, in order; an
  /// account that was not known was alone.
  std::vector<ClusterMove> take(const LogEntry& entry);

  /// The name of the account's cluster now: its own, if nothing links it.
  [[nodiscard]] LinkedAccount cluster_of(const LinkedAccount& account) const;

 private:
  using AccountNumber = std::uint32_t;
  using ValueNumber = std::uint32_t;
  struct Fact {
    AccountNumber account = 0;
    ValueNumber value = 0;
    bool operator==(const Fact&) const = default;
  };
  struct SharedValue {
    std::int64_t at_most = 0;
    std::map<AccountNumber, std::int64_t> holders;  ///< how many facts say so, > 0
    [[nodiscard]] bool links() const {
      return holders.size() >= 2 && holders.size() <= static_cast<std::uint64_t>(at_most);
    }
  };
  struct Account {
    LinkedAccount name;
    AccountNumber cluster = 0;           ///< the account that names it
    std::set<ValueNumber> values;        ///< that it holds now
    std::vector<AccountNumber> members;  ///< of the cluster that it names; empty if it names none
  };

  [[nodiscard]] std::vector<Fact> facts_of(const Record& record);
  AccountNumber number_of(LinkedAccount name);
  ValueNumber number_of(const Link& link, std::string source, std::string text);
  void state(const Record& record);
  void take_back(const Record& record);
  void drop(UtcTime before);
  void add(const Fact& fact);
  void remove(const Fact& fact);
  /// Notes that the clusters of all that hold the value have to be computed anew.
  void note_holders(const SharedValue& value);
  [[nodiscard]] std::vector<AccountNumber> reached_from(AccountNumber start) const;
  std::vector<ClusterMove> regroup();

  Linkage linkage_;
  UtcTime dropped_before_;
  std::map<LinkedAccount, AccountNumber> account_numbers_;
  std::vector<Account> accounts_;
  std::map<std::tuple<FieldId, std::string, std::string>, ValueNumber> value_numbers_;
  std::vector<SharedValue> values_;
  std::map<UtcTime, std::vector<Fact>> facts_;  ///< by the time of the record that states them
  std::set<AccountNumber> disturbed_;  ///< accounts whose links the entry in hand has changed
};

}  // namespace tidewaiter
