#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/finding.h"
#include "storage/ledger/act.h"
#include "storage/ledger/ledger.h"
#include "storage/ledger/regrouping.h"

namespace tidewaiter {

/// Where a case stands. It follows from its findings and acts alone.
enum class CaseState : std::uint8_t {
  kOpen,      ///< awaits a decision
  kProposed,  ///< somebody has decided, and another person has to approve it
  kClosed,    ///< decided, and nothing was found since
  kMerged,    ///< goes on in another case
};

[[nodiscard]] std::string_view case_state_name(CaseState state);  // "open", "proposed", …

/// The findings about one subject, or a lead, and all that people did about it.
struct Case {
  std::string id;                      ///< "c-", of a lead "l-", of one split off "p-", and digits
  std::string subject;                 ///< to_text(Subject); empty: a lead, or erased
  std::vector<FindingState> findings;  ///< in the order in which they were opened
  std::vector<RecordedAct> acts;       ///< in the order of the ledger
  std::string owner;                   ///< handle; empty: nobody's
  CaseState state = CaseState::kOpen;
  std::optional<RecordedAct> decision;  ///< that holds, or waits for a second person
  std::optional<RecordedAct> second;    ///< that approved it
  std::int64_t found_since = 0;         ///< is_news_after() the decision that holds
  std::string merged_into;              ///< id, of a merged case
  std::string split_from;               ///< id, of one that was split off
  /// The index of the last entry by which it and another case became one, whichever went on in the
  /// other; -1: none. What was stated before it was not stated about what the case is now.
  std::int64_t united_at = -1;
  /// What the program said of the case as its cluster merged or split, in the order of the ledger.
  std::vector<RecordedRegrouping> regroupings;

  /// The index of the entry up to which whoever decided had seen all: the decision's, or that of
  /// the approval. Only where a decision holds.
  [[nodiscard]] std::int64_t decided_at() const { return (second ? second : decision)->index; }
  /// Whether it is closed as a risk that was accepted until a time that has come.
  [[nodiscard]] bool risk_has_ended(UtcTime now) const;
  [[nodiscard]] bool is_lead() const { return id.starts_with("l-"); }
  /// The index after the last entry about the case that tells something: who has seen so many
  /// entries has seen all.
  [[nodiscard]] std::int64_t entries_to() const;
  /// The greatest severity of the findings that are not withdrawn; nothing without any.
  [[nodiscard]] std::optional<Severity> worst() const;
  [[nodiscard]] std::int64_t standing_findings() const;  ///< that are not withdrawn
  /// By its id; null where the case has none such. Holds as long as `findings` stays as it is.
  [[nodiscard]] const FindingState* finding(std::string_view finding_id) const;
  /// Whether it went on in another one because its cluster did, and not because a person said so.
  [[nodiscard]] bool went_with_its_cluster() const;
  /// Nothing stands that was found, and nobody did anything.
  [[nodiscard]] bool is_empty() const { return acts.empty() && standing_findings() == 0; }
};

/// Whether an entry of the finding says something that was not said: a clearance, a new issue of a
/// list or another version of the policy restates what stays as it was, too.
[[nodiscard]] bool tells_something(const FindingState& finding, std::int64_t entry);

/// Whether a finding was opened or restated by an entry after `index` that tells something. The end
/// of its run is no news, and a withdrawn one is none.
[[nodiscard]] bool is_news_after(const FindingState& finding, std::int64_t index);

/// What was decided about a finding of the case; nothing without a decision, while it waits for
/// another person, where it asks for information, and where the finding is news since.
[[nodiscard]] std::optional<Outcome> outcome_of(const Case& c, const FindingState& finding);

/// The id of the case whose first finding is `finding`.
[[nodiscard]] std::string case_id_of(const FindingState& finding);

/// Whether a text that names a subject or a case names a case: it begins as the ids of those do
/// that have a subject.
[[nodiscard]] bool names_case(std::string_view text);

/// All cases of a ledger. A subject's findings are one case, named after the first of them; one
/// whose subject is erased stands alone. What becomes of a case:
///
/// - a decision waits for another person where it says so, and holds otherwise;
/// - one that holds closes the case, unless it asks for information;
/// - an appeal, or a finding that is opened or restated later, opens it again;
/// - a merged case gives its findings and acts to the other one, whose clocks stay; what was stated
///   about either as a whole has lapsed (case_statements.h);
/// - a case that is split gives findings to a new one, which has the acts that it has by then, and
///   so its clocks, and its owner, but no decision. What is found about the subject later comes to
///   the first one. Where what stays there was decided before, that holds again.
/// - a case whose cluster has become part of another one goes on in that one's case as a merged one
///   does, by an entry of the program (storage/ledger/regrouping.h); where that one is nobody's,
///   the owner comes along. What a cluster gives off begins with all that was done about the case
///   that its records were in; where its own case had gone on in that one by such an entry, it goes
///   on by itself again, with its findings but those that somebody has split off meanwhile. Of
///   cases one of which goes on in another one nothing is moved, whatever an entry says.
/// - No finding is in two cases that are not merged.
///
/// A plain value.
class CaseBook {
 public:
  /// Errors: kCorruption for an act about a case that is not there, and for a split into one that
  /// is, or of a finding that the case has not; for a regrouping of cases that are not there.
  [[nodiscard]] static Result<CaseBook> make(std::vector<FindingState> findings,
                                             std::vector<RecordedAct> acts,
                                             std::span<const RecordedRegrouping> regroupings = {});
  /// Reads both from a ledger. Errors: those of make() and of the ledger.
  [[nodiscard]] static Result<CaseBook> read(const Ledger& ledger);

  /// One more act, behind all that it has: the book is then what make() gives of all. Costs what
  /// the cases cost that the act is about. Errors: those of make(); the book is of no use after
  /// one.
  [[nodiscard]] Result<void> add(RecordedAct act);

  /// By the place of what opened them in the ledger.
  [[nodiscard]] const std::vector<Case>& cases() const { return cases_; }
  /// Null if there is none of exactly this id.
  [[nodiscard]] const Case* find(std::string_view id) const;
  /// The one case whose id begins with `prefix`, the two letters before its digits or not; of a
  /// merged one itself. Errors: kNotFound if there is none, or more than one.
  [[nodiscard]] Result<const Case*> lookup(std::string_view prefix) const;
  /// Says whether the ledger has an act of this digest.
  [[nodiscard]] bool has_act(const Digest& digest) const;

 private:
  [[nodiscard]] Result<void> take(RecordedAct act);
  [[nodiscard]] std::vector<std::string> touched_by(const Act& act) const;
  void put_in_order();
  [[nodiscard]] Result<void> take_merge(Case& from, const RecordedAct& act);
  [[nodiscard]] Result<void> take_split(std::size_t from, const RecordedAct& act);
  [[nodiscard]] Result<void> take_regrouping(const RecordedRegrouping& regrouping);
  static void go_on_together(Case& from, Case& into, std::int64_t index);
  static void go_on_apart(Case& from, Case& into);
  [[nodiscard]] Case* holder_of(std::size_t from, const std::string& finding);

  std::vector<Case> cases_;
  std::map<std::string, std::size_t, std::less<>> by_id_;
  std::vector<Digest> digests_;  ///< of all acts, sorted
};

}  // namespace tidewaiter
