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
};

[[nodiscard]] std::string_view report_state_name(ReportState state);  // "draft", "approved", …

/// A report and all that people did about it.
struct ReportFile {
  std::string id;  ///< "r-" and twelve hexadecimal digits
  RecordedAct draft;
  std::vector<RecordedAct> opinions;  ///< in the order of the ledger
  std::optional<RecordedAct> issued;
  ReportState state = ReportState::kDraft;
  bool approved = false;          ///< by an approver
  bool counsel_approved = false;  ///< by counsel

  [[nodiscard]] const ReportDrafted& drafted() const {
    return std::get<ReportDrafted>(draft.act.act.body);
  }
};

/// All reports of a ledger, in the order in which they were drawn. A draft is approved by an
/// approver, and where it says so by counsel too; the first who rejects it ends it. A plain value.
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

  std::vector<ReportFile> reports_;
  std::map<std::string, std::size_t, std::less<>> places_;
};

/// Says whether `id` has the form of a report's.
[[nodiscard]] bool is_report_id(std::string_view id);

}  // namespace tidewaiter
