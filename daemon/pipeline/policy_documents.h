#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "policies/language/cleared_policies.h"
#include "policies/language/policy.h"
#include "policies/language/synced_lists.h"
#include "policies/model/error.h"
#include "policies/screening/consequence_table.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// What a policy set that judges was compiled from.
struct PackedSet {
  std::vector<PolicyText> texts;
  std::vector<IssueStanding> lists;              ///< the published lists that it looks into
  std::vector<PolicyClearance> clearances = {};  ///< of names, by people
  /// Of the lists that its texts name by a code; none of a set that an earlier version of the
  /// program stored.
  ConsequenceTable rules = {};
};

/// What follows from being on the lists that a stored set names: by the rules that are stored with
/// it, so that what was judged stays judged by them, and by the program's of any other.
[[nodiscard]] ConsequenceTable table_of(const PackedSet& set);

[[nodiscard]] bool same_texts(std::span<const PolicyText> a, std::span<const PolicyText> b);
/// Whether a set differs from the one before it by further clearances alone. Another issue of a
/// list is another matter, even if all figures stay: somebody else may be hit. So are other rules.
[[nodiscard]] bool only_clears_more(const PackedSet& before, const PackedSet& after);

/// The texts of a policy set as one text, from which, with the issues of lists that it names, the
/// same set can be compiled again: a JSON array of {"path","text"} in the order of `texts`, and
/// behind them of {"list","issue","parties","retrieved","known_until","resumed"} by the lists'
/// names, of {"clearance","policy","version","among","entry","account","name"} as they are given,
/// and of packed_consequences() by their codes (docs/records-format.md). `rules` are those of the
/// set (PolicySet::rules).
[[nodiscard]] std::string pack_documents(std::span<const PolicyText> texts,
                                         const SyncedLists& lists = {},
                                         std::span<const PolicyClearance> clearances = {},
                                         const ConsequenceTable& rules = {});

/// {"list","issue","parties","retrieved","known_until"}, without the last four where there is no
/// issue.
[[nodiscard]] nlohmann::json standing_json(const IssueStanding& standing);

/// Errors: kCorruption.
[[nodiscard]] Result<PackedSet> unpack_documents(std::string_view packed);

/// Gives the issue that has a digest. Errors: kNotFound, kCorruption.
using IssueFinder = std::function<Result<std::shared_ptr<const PartyIssue>>(const Digest&)>;

/// The issues that these are about. Errors: kUnavailable as `find` has it; else kCorruption if one
/// is not to be had, by its list and digest. An empty `find` has no issues.
[[nodiscard]] Result<SyncedLists> issues_of(std::span<const IssueStanding> standings,
                                            const IssueFinder& find);

/// Compiles packed texts, by table_of() what is packed, and compares the set's hash with `hash`. A
/// set that an earlier version stored may have judged by issues without programmes as if their
/// parties had none: it is compiled so if that is what it meant.
/// Errors: kCorruption if the texts are not those of the hash, or an issue that they name is not to
/// be had, by its list and digest; kUnsupported if this version of the program does not take them
/// any more, or gives them another meaning; those of issues_of().
[[nodiscard]] Result<PolicySet> compile_documents(std::string_view packed, const Digest& hash,
                                                  const IssueFinder& find = {});

/// The same of a set that is unpacked.
[[nodiscard]] Result<PolicySet> compile_set(const PackedSet& set, const Digest& hash,
                                            const IssueFinder& find);

/// The issues that a record log keeps, read and made ready: those of the sets that were compiled
/// last are there already. One thread at a time.
class IssueShelf {
 public:
  /// `records` outlives it.
  explicit IssueShelf(const RecordLog& records) : records_(records) {}

  /// Errors: those of RecordLog::list_issue() and read_party_issue().
  [[nodiscard]] Result<std::shared_ptr<const PartyIssue>> find(const Digest& digest);
  [[nodiscard]] bool empty() const { return read_.empty(); }
  /// Forgets the others.
  void keep(std::span<const IssueStanding> lists);

 private:
  const RecordLog& records_;
  std::map<Digest, std::shared_ptr<const PartyIssue>> read_;  // shared with the sets that use them
};

/// A policy set, and what it was compiled from: pack_documents() of its texts, lists, clearances
/// and rules.
struct CompiledSet {
  std::string documents;
  std::shared_ptr<const PolicySet> set;  // shared with the evaluation
};

/// The policy set that the log has under a hash: that of `known`, which may be null, if it was
/// compiled from the same. Errors: those of RecordLog::policy_documents() and compile_documents().
[[nodiscard]] Result<CompiledSet> stored_policy_set(const RecordLog& records, const Digest& hash,
                                                    IssueShelf& issues, const CompiledSet* known);
/// The same for one set.
[[nodiscard]] Result<PolicySet> stored_policy_set(const RecordLog& records, const Digest& hash);

/// The issues that the active set looks into, by the name of the published list. None where none is
/// active. Errors: those of the log and of unpack_documents().
[[nodiscard]] Result<std::map<std::string, IssueStanding>> issues_in_force(
    const RecordLog& records);

}  // namespace tidewaiter
