#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "policies/language/policy.h"
#include "policies/model/finding.h"
#include "policies/model/log.h"

namespace tidewaiter {

/// Whether a record is of a finding that does not hold any more: no policy selects it, whatever
/// else is known of it.
[[nodiscard]] bool is_withdrawn(const Record& record);

/// A log of findings, for the policies that read them: what the steps about findings and the
/// statements of the sources come to as records of kind finding (docs/evaluation.md, Findings as
/// records). Its entries have sequence numbers of their own.
///
/// A finding that is opened is a record; one that is restated with another run, version, kind or
/// severity is revised; one that is withdrawn is revised to `finding.withdrawn`. The first one
/// after an eviction, of the same policy about the same subject, is no record. What one log entry
/// does is joined into one occasion. A source's statement about records of some kind is one about
/// findings, as far back as the longest window of the policies that read that kind.
///
/// Pure; one thread at a time. Memory: one record a finding that is not withdrawn.
class FindingRecords {
 public:
  /// The policies whose findings come from here on.
  void set_policies(const PolicySet& policies);

  /// Appends what the next entries of the log come to. `steps`: those that the policies made at
  /// these entries, all of them, in order. A log's own records of kind finding (as a policy's
  /// tests have them) pass as they are; a log has either these or policies that make findings.
  void take(std::span<const LogEntry> entries, std::span<const Step> steps,
            std::vector<LogEntry>& findings);
  /// Likewise, for the activation of a policy set.
  void take_activation(std::span<const Step> steps, std::vector<LogEntry>& findings);

  /// The findings as they are now, and what the sources have said, as the entries of a log.
  /// Judging these leaves the coverage that judging all entries so far has left.
  [[nodiscard]] std::vector<LogEntry> standing();

  /// The next sequence number: that of the log's own entry if it is free.
  std::int64_t next_seq(std::int64_t log_seq);
  /// The log's own entry that an entry made since forget_origins() comes from.
  [[nodiscard]] std::int64_t origin(std::int64_t seq) const { return origins_.at(seq); }
  /// The finding that a record is, or was since forget_origins(); nothing for one of the log's own.
  [[nodiscard]] const std::string* finding_of(std::int64_t seq) const;
  /// The log's own entry that a record of its own stands in.
  [[nodiscard]] std::int64_t own_seq(std::int64_t seq) const;
  void forget_origins();

  /// For snapshots, between two entries; set_policies() is called before as it was.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(kinds_, last_seq_, standing_, evicted_, untold_, sources_, said_, open_, names_,
            replaced_, own_seqs_, own_origins_);
  }

 private:
  struct Standing {
    std::int64_t seq = 0;  ///< of its last version
    Record record;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(seq, record);
    }
  };
  struct SourceState {
    UtcTime from;
    bool idle = false;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(from, idle);
    }
  };

  void take_step(const Step& step, bool backfill, std::vector<LogEntry>& group);
  void revise(Standing& standing, Record record, const Step& step, bool backfill,
              std::vector<LogEntry>& group);
  LogEntry entry_of(const Step& step, Record record, bool backfill);
  [[nodiscard]] Record record_of(const Step& step) const;
  LogEntry own_entry(LogEntry entry);
  void take_control(const LogEntry& entry, std::vector<LogEntry>& findings);
  [[nodiscard]] SourceDrained about_findings(const SourceDrained& drained) const;
  void keep(const SourceDrained& drained);
  void keep(const SourceIdle& idle);
  void keep(const SourceRemoved& removed);

  std::array<Duration, kRecordKinds.size()> longest_{};  ///< window of the policies that read it
  std::map<std::string, std::string> kinds_;             ///< of each policy, by its id
  std::int64_t last_seq_ = 0;
  std::map<std::string, Standing> standing_;  ///< by finding id
  /// Policies and subjects one of whose findings an eviction has closed: its run may go on, as
  /// another finding.
  std::set<std::pair<std::string, std::string>> evicted_;
  std::set<std::string> untold_;  ///< ids of findings that are no records, for they may be such
  std::map<std::string, SourceState> sources_;
  /// What the sources have said about findings. Statements that only reach further are one: those
  /// from `open_` on, between which no source came, went idle or away, or began earlier.
  std::vector<Control> said_;
  std::size_t open_ = 0;
  std::unordered_map<std::int64_t, std::string> names_;  ///< finding ids, by sequence number
  std::unordered_map<std::int64_t, std::int64_t> origins_;
  std::vector<std::int64_t> replaced_;                          ///< since forget_origins()
  std::unordered_map<std::int64_t, std::int64_t> own_seqs_;     ///< by the log's
  std::unordered_map<std::int64_t, std::int64_t> own_origins_;  ///< the other way round
};

}  // namespace tidewaiter
