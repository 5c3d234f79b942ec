#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "policies/model/digest.h"
#include "policies/model/field.h"
#include "policies/model/record.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// A source says that it has delivered everything it has for event times in `covered`. The union
/// of a source's statements runs from the earliest `from` to the latest `to`; the latest `to` is
/// the source's drained watermark.
struct SourceDrained {
  std::string source;
  RecordKind kind = RecordKind::kUsage;
  Interval covered;
};

/// A source delivered nothing for longer than its `idle` limit: it no longer holds back the
/// watermark, until its next SourceDrained. What settles meanwhile lacks whatever it may still
/// deliver, and is not closed.
struct SourceIdle {
  std::string source;
  RecordKind kind = RecordKind::kUsage;
};

/// The configuration has the source no longer: nothing more comes from it. From the watermark at
/// this entry on it is not asked for; what it had not drained before that stays open for good.
struct SourceRemoved {
  std::string source;
  RecordKind kind = RecordKind::kUsage;
};

/// How long what a source says of a time may still change after it. Policies without a
/// `wait_for_late` of their own wait that long. 0 until it is said; the last statement holds.
struct SourceSettles {
  std::string source;
  RecordKind kind = RecordKind::kUsage;
  Duration within;  ///< >= 0
};

/// From here on this policy set is in force. The texts are stored beside the log under the hash.
struct PolicySetActivated {
  Digest set_hash;
};

/// Retention has dropped every record whose time is before `before`: from here on the log goes back
/// no further. Never later than the start of an interval that a finding's step has stated.
struct RecordsDropped {
  UtcTime before;
};

/// What a policy holds in memory had grown beyond what the configuration gives to all of them: from
/// here on it knows nothing of records before `before`, and begins anew there. Evaluation depends
/// on no memory, so that the decision stands in the log. Without effect on a policy that is not in
/// force at the entry, or that reads findings.
struct StateEvicted {
  std::string policy;  ///< its id
  UtcTime before;      ///< later than every record of the policy's kind in the log
};

/// An account of one source, as a ruling names it.
struct RuledAccount {
  std::string source;
  std::string name;
  auto operator<=>(const RuledAccount&) const = default;
};

/// A value of a linked field. Where only its source makes a value unique it is the account's.
struct RuledValue {
  FieldId field = 0;
  std::string text;
  auto operator<=>(const RuledValue&) const = default;
};

/// A person has ruled on what links accounts. It holds from this entry on, for records of all
/// times, those that come later too, until it is lifted. It is one of three things:
///
///   cut      one account, and values: that it has them is evidence for nothing. Others that have
///            them weigh as before, so that a cut joins nobody.
///   joined   two accounts and no value: they are joined, whatever they have in common.
///   lifted   no account: the ruling of this id holds no more.
///
/// A ruling of an id that has been said already says nothing; nor does the lifting of one that was
/// not, or that is lifted.
struct LinkRuled {
  std::string ruling;  ///< its id
  UtcTime at;          ///< when the person signed it
  std::vector<RuledAccount> accounts;
  std::vector<RuledValue> values;
  [[nodiscard]] bool lifts() const { return accounts.empty(); }
  bool operator==(const LinkRuled&) const = default;
};

using Control = std::variant<SourceDrained, SourceIdle, SourceRemoved, SourceSettles,
                             PolicySetActivated, RecordsDropped, StateEvicted, LinkRuled>;

/// The kind of record that a source's statement is about; nothing of an entry that is none.
[[nodiscard]] inline std::optional<RecordKind> stated_kind(const Control& control) {
  return std::visit(
      [](const auto& entry) -> std::optional<RecordKind> {
        if constexpr (requires { entry.kind; }) return entry.kind;
        return std::nullopt;
      },
      control);
}

/// The version of a record that a later one replaces.
struct ReplacedRecord {
  std::int64_t seq = 0;
  Record record;
};

/// One element of the record log. Everything that evaluation may depend on comes through here.
struct LogEntry {
  std::int64_t seq = 0;   ///< 1, 2, 3, …: never reused; retention leaves gaps
  bool backfill = false;  ///< belongs to a source's first drain of stored history
  std::variant<Record, Control> body;
  /// For a record with revision > 0: the version that it replaces.
  std::optional<ReplacedRecord> replaces = {};
  /// A record that changes at one with the entry before it: windows are judged after the last of
  /// them, and steps bear its number. Only among records of kind kFinding.
  bool joined = false;
};

/// A place in the log: everything up to and including `seq` has been used. `log_hash` is the
/// running hash there (see storage/records/record_log.h); seq 0 has an all-zero hash.
struct LogOffset {
  std::int64_t seq = 0;
  Digest log_hash;
  auto operator<=>(const LogOffset&) const = default;
};

}  // namespace tidewaiter
