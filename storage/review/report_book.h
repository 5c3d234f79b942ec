#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/ledger/act.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// Where a report stands. It follows from its acts alone.
enum class ReportState : std::uint8_t {
  kDraft,     ///< waits for another person, or for counsel too
  kApproved,  ///< may go out
  kRejected,  ///< ends here: another one is drawn
  kIssued,
  kWithdrawn,  ///< went out, and holds no more
};

[[nodiscard]] std::string_view report_state_name(ReportState state);  // "draft", "approved", …

/// Somebody asks that an issued report hold no more.
struct Withdrawal {
  RecordedAct asked;
  std::vector<RecordedAct> opinions;  ///< in the order of the ledger
  bool approved = false;              ///< by an approver
  bool counsel_approved = false;      ///< by counsel
  bool rejected = false;              ///< ends here: another may be asked for
};

/// An issued report that corrects or supplements another one.
struct ReportFollower {
  FollowingAs as = FollowingAs::kCorrects;
  std::string id;
  std::int64_t seen = 0;   ///< entries that the ledger had when it was drawn
  bool withdrawn = false;  ///< it is none any more
};

/// Somebody was given an issued report.
struct HandOver {
  RecordedAct given;
  std::optional<RecordedAct> received;  ///< the act that says that it came

  [[nodiscard]] const ReportHandedOver& handed() const {
    return std::get<ReportHandedOver>(given.act.act.body);
  }
};

/// A report and all that people did about it.
struct ReportFile {
  std::string id;  ///< "r-" and twelve hexadecimal digits
  RecordedAct draft;
  std::vector<RecordedAct> opinions;  ///< in the order of the ledger
  std::optional<RecordedAct> issued;
  ReportState state = ReportState::kDraft;
  bool approved = false;                       ///< by an approver
  bool counsel_approved = false;               ///< by counsel
  std::vector<Withdrawal> withdrawals = {};    ///< the last one holds, or waits, or was rejected
  std::vector<ReportFollower> followers = {};  ///< in the order in which they were issued
  std::vector<HandOver> hand_overs = {};       ///< in the order of the ledger

  [[nodiscard]] const ReportDrafted& drafted() const {
    return std::get<ReportDrafted>(draft.act.act.body);
  }
  /// The withdrawal that waits for another person; null where none does.
  [[nodiscard]] const Withdrawal* waiting_withdrawal() const;
  /// The one that holds; null where none does.
  [[nodiscard]] const Withdrawal* withdrawal() const;
  /// The report that has taken its place, and was not withdrawn itself; null where none has.
  [[nodiscard]] const ReportFollower* correction() const;
};

/// All reports of a ledger, in the order in which they were drawn. A draft is approved by an
/// approver, and where it says so by counsel too; the first who rejects it ends it. So is the
/// withdrawal of an issued one. A plain value.
class ReportBook {
 public:
  /// Takes what is about reports of `acts`, and leaves the rest. Errors: kCorruption for an act
  /// about a report that is not there, or two of one id.
  [[nodiscard]] static Result<ReportBook> make(std::span<const RecordedAct> acts);
  [[nodiscard]] static Result<ReportBook> read(const Ledger& ledger);

  [[nodiscard]] const std::vector<ReportFile>& reports() const { return reports_; }
  /// Null if there is none of exactly this id.
  [[nodiscard]] const ReportFile* find(std::string_view id) const;
  /// The one report whose id begins with `prefix`, "r-" before its digits or not. Errors:
  /// kNotFound if there is none, or more than one.
  [[nodiscard]] Result<const ReportFile*> lookup(std::string_view prefix) const;

 private:
  [[nodiscard]] Result<void> take(const RecordedAct& act);
  [[nodiscard]] Result<void> take_custody(ReportFile& report, const RecordedAct& act);
  [[nodiscard]] Result<void> take_issue(ReportFile& report, const RecordedAct& act);
  void take_opinion(ReportFile& report, const RecordedAct& act);
  void take_withdrawal(const ReportFile& report);

  std::vector<ReportFile> reports_;
  std::map<std::string, std::size_t, std::less<>> places_;
};

/// Says whether `id` has the form of a report's.
[[nodiscard]] bool is_report_id(std::string_view id);

}  // namespace tidewaiter
