#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "storage/ledger/act.h"

namespace tidewaiter {

/// The acts that made a report: recorded in the log, signed, and in order.
struct IssuedReport {
  RecordedAct draft;
  std::vector<RecordedAct> opinions;
  RecordedAct issued;
  std::optional<RecordedAct> withdrawn;  ///< what asked for it, if all approved that who have to
  std::vector<RecordedAct> followers;    ///< drafts of those that were issued, follow it and hold
};

/// The acts about reports of a log, which anybody may have written: sorted by what they are about
/// as they come, so that no order and no number of them costs more than reading them. A plain
/// value.
class ReportActs {
 public:
  /// In the order of the ledger.
  void add(RecordedAct act);

  [[nodiscard]] std::span<const RecordedAct> acts() const { return acts_; }

  /// The first report that was issued with this manifest, and what came of it as far as the log
  /// goes; nothing if none was.
  [[nodiscard]] std::optional<IssuedReport> issued_with(const Digest& manifest) const;

 private:
  /// What people said about one draft or withdrawal.
  struct Said {
    std::vector<std::size_t> places;
    bool approver = false;
    bool counsel = false;
    bool rejected = false;
  };
  /// By report: the first withdrawal of each that holds with an approver alone, and with counsel.
  struct Withdrawn {
    std::map<std::string, std::size_t> by_approver;
    std::map<std::string, std::size_t> by_counsel_too;
  };
  [[nodiscard]] const RecordedAct* draft_of(const RecordedAct& issue) const;
  [[nodiscard]] Withdrawn withdrawn() const;
  [[nodiscard]] std::optional<RecordedAct> withdrawal_of(const RecordedAct& draft,
                                                         const Withdrawn& withdrawn) const;

  std::vector<RecordedAct> acts_;
  std::map<std::int64_t, std::size_t> drafts_;              ///< places, by entry
  std::map<std::string, std::vector<std::size_t>> follow_;  ///< drafts, by what they follow
  std::vector<std::size_t> issues_;
  std::set<std::int64_t> drafts_issued_;  ///< entries
  std::vector<std::size_t> withdrawals_;
  std::map<std::int64_t, Said> said_;  ///< by the entry of what it is about
};

}  // namespace tidewaiter
