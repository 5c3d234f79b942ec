#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/finding.h"
#include "policies/model/time.h"
#include "storage/ledger/act.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// Which findings a silence is about: all that it names has to agree, and it names something that
/// not all findings have.
struct SilenceMatch {
  std::string policy;                     ///< an id, or its beginning and `*`; empty: any
  std::vector<Severity> severities = {};  ///< empty: any
  std::string subject = {};               ///< to_text(Subject); empty: any

  [[nodiscard]] bool takes(const FindingState& finding) const;
};

/// A match as the words of the act have it, by the names `policy`, `severity` (separated by commas)
/// and `subject`, and back. Errors: kInvalidInput for words that every finding agrees with (none of
/// them, the policy `*`, all severities), a severity that there is not, or a `*` that is not at the
/// end of a policy's id.
[[nodiscard]] Confidential silence_words(const SilenceMatch& match);
[[nodiscard]] Result<SilenceMatch> read_silence(const Confidential& words);

/// Whether a silence may be about this subject, and not about a slip of the pen: a finding has it,
/// or parse_subject_part() reads it. Errors: those of parse_subject_part().
[[nodiscard]] Result<void> check_silenced_subject(const std::string& subject,
                                                  std::span<const FindingState> findings);

/// Word of some findings is held back for a time. A plain value.
struct Silence {
  std::string id;  ///< "s-" and twelve hexadecimal digits
  RecordedAct made;
  std::optional<RecordedAct> ended;  ///< before its time, by a person

  [[nodiscard]] const NoticesSilenced& times() const {
    return std::get<NoticesSilenced>(made.act.act.body);
  }
  /// Half-open in time; from its entry on, whenever it says it begins.
  [[nodiscard]] bool holds(UtcTime now) const;
  /// It will not hold any more.
  [[nodiscard]] bool is_over(UtcTime now) const { return ended || now >= times().until; }
};

/// All silences of a ledger, in the order in which they were made. A plain value.
class SilenceBook {
 public:
  /// Takes what is about them of `acts`, and leaves the rest. Errors: kCorruption for two of one
  /// id, and the end of one that is not there or has ended.
  [[nodiscard]] static Result<SilenceBook> make(std::span<const RecordedAct> acts);

  /// The next act in order, if it is about one. Errors as make().
  [[nodiscard]] Result<void> take(const RecordedAct& act);

  [[nodiscard]] const std::vector<Silence>& silences() const { return silences_; }
  /// Null if there is none of exactly this id.
  [[nodiscard]] const Silence* find(std::string_view id) const;
  /// The one silence whose id begins with `prefix`, "s-" before its digits or not. Errors:
  /// kNotFound if there is none, or more than one.
  [[nodiscard]] Result<const Silence*> lookup(std::string_view prefix) const;
  /// Whether an act that had messages sent again has this name.
  [[nodiscard]] bool is_retry(const std::string& id) const { return retries_.contains(id); }

 private:
  std::vector<Silence> silences_;
  std::set<std::string> retries_;  ///< names of the acts
};

/// Says whether `id` has the form of a silence's.
[[nodiscard]] bool is_silence_id(std::string_view id);

}  // namespace tidewaiter
