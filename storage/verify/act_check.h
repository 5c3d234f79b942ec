#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "storage/ledger/act.h"
#include "storage/ledger/regrouping.h"
#include "storage/verify/entry_form.h"
#include "storage/verify/problem_list.h"
#include "storage/verify/statement_check.h"
#include "storage/verify/step_order.h"

namespace tidewaiter {

/// Checks what people did about cases (docs/ledger-format.md §14): the form of each act, that its
/// signer signed it, that nobody gave the second opinion on a decision, a report, a ruling, a
/// clearance, a hold or an erasure of their own, that a report was issued as it was drawn and
/// approved, that what it corrects or supplements, or what is withdrawn, was issued and still
/// holds, that a request was entered before it is answered or closed, and closed once, that what is
/// done about a ruling or a clearance comes after it, that a clearance is of what its policy has
/// opened, approved once and lifted once, that a case that is split off has a name of
/// its own, findings that were opened, and nothing done about it before, that no two exhibits
/// have one payload, that the clock by which a
/// report is due is one of its case, that a silence has a name of its own and is ended once, that
/// what was erased was asked for, approved, and kept by no hold, that a report was issued before it
/// is handed over, and handed over before it is received, once, that what the program says of cases
/// whose clusters merged or split is about findings that were opened, and what statement_check.h
/// has.
class ActCheck {
 public:
  /// `steps` has taken the steps before each entry that is added; kept.
  ActCheck(ProblemList& problems, const StepOrder& steps) : problems_(problems), steps_(steps) {}

  /// Takes the entries in order. `origin` is the ledger's.
  void add(std::int64_t index, const ReadEntry& entry, const std::string& origin);

 private:
  ProblemList& problems_;
  const StepOrder& steps_;
  /// A draft, and whether it was approved as far as it asks.
  struct Draft {
    SignedAct act;
    bool approved = false;
    bool counsel_approved = false;
    bool rejected = false;
  };
  void add_second(std::int64_t index, const SignedAct& act, const SecondOpinion& second);
  void add_report(std::int64_t index, const SignedAct& act);
  void add_opinion(std::int64_t index, const SignedAct& act, const ReportApproved& opinion);
  void add_draft(std::int64_t index, const SignedAct& act, const ReportDrafted& drafted);
  void add_issue(std::int64_t index, const SignedAct& act, const ReportIssued& issued);
  /// A report that went out.
  struct GoneOut {
    std::int64_t draft = 0;
    std::int64_t index = 0;
    bool withdrawn = false;
    bool waits = false;        ///< a withdrawal, for another person
    std::string corrected_by;  ///< id; empty: none holds
  };
  /// Somebody asked that a report hold no more.
  struct AskedWithdrawal {
    std::string report;
    std::string asked_by;  ///< verifier key
    bool approved = false;
    bool counsel_approved = false;
    bool ended = false;  ///< it holds, or was rejected
  };
  [[nodiscard]] const ReportDrafted& drafted_as(const GoneOut& report) const;
  void refuse_unless_followed(std::int64_t index, const ReportDrafted& later);
  void refuse_unless_of_scope(std::int64_t index, const ReportDrafted& later,
                              const ReportDrafted& earlier);
  [[nodiscard]] std::string goes_on_as(std::string id) const;
  void refuse_corrected(std::int64_t index, const GoneOut& report);
  void add_withdrawal(std::int64_t index, const SignedAct& act, const ReportWithdrawn& withdrawn);
  void add_withdrawal_opinion(std::int64_t index, const SignedAct& act,
                              const ReportApproved& opinion, AskedWithdrawal& withdrawal);
  void add_hand_over(std::int64_t index, const SignedAct& act, const ReportHandedOver& handed);
  void add_receipt(std::int64_t index, const SignedAct& act, const ReportReceived& received);
  void withdraw(const std::string& id, GoneOut& report);
  void add_request_act(std::int64_t index, const SignedAct& act);
  void refuse_unless_open(std::int64_t index, const std::string& request);
  /// A hold, and the act of it that waits for another person.
  struct HeldParty {
    std::string id;
    std::string party;
    std::optional<std::int64_t> waits;
    std::string asked_by;  ///< verifier key of whoever did what waits
    bool keeps = true;
    bool releasing = false;
  };
  struct AskedErasure {
    std::string id;
    std::string party;
    std::string asked_by;  ///< verifier key
    bool judged = false;   ///< another person has approved or rejected it
    bool approved = false;
    bool executed = false;
  };
  void add_party(std::int64_t index, const SignedAct& act, const nlohmann::json& document);
  void add_release(std::int64_t index, const SignedAct& act, const HoldReleased& release);
  void add_hold_opinion(std::int64_t index, const SignedAct& act, const HoldApproved& opinion);
  void add_erasure_opinion(std::int64_t index, const SignedAct& act,
                           const ErasureApproved& opinion);
  void add_erased(std::int64_t index, const nlohmann::json& document);
  void refuse_if_held(std::int64_t index, const std::string& party);
  [[nodiscard]] bool is_known(const std::string& id) const;
  void add_ruling(std::int64_t index, const SignedAct& act);
  /// Of a name of an account, by whoever gave it.
  struct NamedClearance {
    std::int64_t given = 0;  ///< index
    std::string signer;      ///< verifier key
    bool judged = false;     ///< another person has approved or rejected it
    bool ended = false;      ///< it was rejected, or lifted
  };
  void add_clearance(std::int64_t index, const SignedAct& act);
  void add_given(std::int64_t index, const SignedAct& act, const NameCleared& given);
  void add_clearance_opinion(std::int64_t index, const SignedAct& act,
                             const ClearanceApproved& opinion);
  void add_split(std::int64_t index, const SignedAct& act, const CaseSplit& split);
  void refuse_unless_part(std::int64_t index, const std::string& id);
  void take_clocks(std::int64_t index, const Act& act);
  void give_clocks(const std::string& from, const std::string& to);
  void add_regrouping(std::int64_t index, std::string_view type, const nlohmann::json& document);
  void unite(const Regrouping& what);
  void part(const Regrouping& what);
  void refuse_unless_started(std::int64_t index, const ReportDrafted& drafted);
  void add_notice_act(std::int64_t index, const SignedAct& act);
  void refuse(std::int64_t index, const std::string& why);

  std::map<std::int64_t, std::string> deciders_;         ///< verifier keys, by the decision's index
  std::map<std::int64_t, Draft> drafts_;                 ///< by the draft's index
  std::set<std::string> drawn_;                          ///< ids of reports
  std::map<std::string, GoneOut> gone_out_;              ///< by the report's id
  std::map<std::string, bool> requests_;                 ///< by id: whether a person has closed it
  std::map<std::int64_t, AskedWithdrawal> withdrawals_;  ///< by the index of what asked
  /// A report that was given to somebody.
  struct Handed {
    std::string report;  ///< id
    UtcTime handed;
    bool received = false;
  };
  std::map<std::int64_t, Handed> handed_;  ///< by the index of what says so
  StatementCheck statements_;
  std::map<std::int64_t, HeldParty> holds_;           ///< by the index of what placed it
  std::map<std::int64_t, AskedErasure> erasures_;     ///< by the request's index
  std::set<std::string> rulings_;                     ///< ids
  std::map<std::int64_t, SignedAct> ruled_;           ///< rulings, and their liftings, by index
  std::map<std::string, NamedClearance> clearances_;  ///< by id
  std::map<std::int64_t, std::string> silences_;  ///< ids of those that nobody has ended, by index
  std::set<std::string> payloads_;                ///< ids of those that exhibits have
  std::set<std::string> parts_;                   ///< ids of cases that were split off
  /// The indexes of the clocks that a case has, by its id: those of what merged into it, too.
  std::map<std::string, std::set<std::int64_t>> clocks_;
  /// Where a case goes on that was merged.
  struct GoesOn {
    std::string into;
    bool by_program = false;  ///< its cluster became part of the other one's
  };
  std::map<std::string, GoesOn> goes_on_;  ///< by the id of the case that was merged
  std::set<std::string> notice_names_;     ///< of silences, and of what is sent again
};

}  // namespace tidewaiter
