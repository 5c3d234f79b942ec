#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/language/expression.h"
#include "policies/language/trailing_figure.h"
#include "policies/linkage/linkage.h"
#include "policies/model/digest.h"
#include "policies/model/field.h"
#include "policies/model/finding.h"
#include "policies/model/time.h"
#include "policies/model/time_zone.h"
#include "policies/screening/consequence_table.h"

namespace tidewaiter {

/// docs/evaluation.md, What is judged. The numbers are part of a policy's hash: new ones come last.
enum class PolicyStatus : std::uint8_t { kDraft, kActive, kRetired, kShadow };

/// What a measure computes over the records of a window. docs/evaluation.md, Measures, has the
/// formulas. Over no values: count, distinct, sum and rate are 0, the others null.
enum class Aggregate : std::uint8_t {
  kCount,      ///< int64: sum of the records' `requests` weights
  kSum,        ///< int64, double, money or duration: the argument's type; unweighted
  kMin,        ///< the argument's type
  kMax,        ///< the argument's type
  kDistinct,   ///< int64: how many different values of the argument
  kQuantile,   ///< the argument's type: nearest rank, the smallest value v such that at least
               ///< ceil(q·n) of the n values are <= v; unweighted
  kAvg,        ///< arithmetic mean: double; of money and durations the same type, rounded to even
  kRate,       ///< double: count() or sum(x) a second of the window's length
  kStddev,     ///< double: population standard deviation
  kCv,         ///< double: standard deviation over mean, of values or of the times between records
  kEntropy,    ///< double: Shannon entropy in bits of the values, weighted by `requests`
  kTopShare,   ///< double, 0 to 1: share of `requests` that the `top` most frequent values have
  kGini,       ///< double, 0 to 1: how unequally the argument's total is spread over groups
  kFirst,      ///< the argument's type: its value in the earliest record, the least of one time
  kLast,       ///< … in the latest one, the greatest of one time
  kDeviation,  ///< double: how far an earlier measure is from own history, or from its peers'
  kCompleted,  ///< int64: how often the steps of `pattern` were completed
  kMissing,    ///< int64: how often the second step of `pattern` did not follow the first in time
  kCusum,      ///< double, at least 0: how far an earlier measure has risen over its history so far
  kLockstep,   ///< double, 0 to 1: how closely the values of `group` act in the same slots of time
  kMatched,    ///< int64: at how many instants what `pattern` trails met its limits
  kFormula,    ///< no aggregate: `formula` over earlier measures
};
[[nodiscard]] std::string_view aggregate_name(Aggregate aggregate);

/// An exact fraction, in lowest terms.
struct Fraction {
  std::int64_t numerator = 0;
  std::int64_t denominator = 1;
  bool operator==(const Fraction&) const = default;
};

/// What a deviation, or a cumulative sum, compares an earlier measure with: its values, this
/// subject's or its peers', in the windows of the same length that follow one another without a gap
/// up to the window judged, as far back as `length` reaches.
struct Baseline {
  std::uint16_t measure = 0;
  Duration length;
};

/// Records that follow one another: what `sequence` and `absent` look for; or that come together,
/// as a correlation of Sigma has it.
struct StepPattern {
  struct Step {
    std::string selection;
    Expr where;
  };
  static constexpr std::size_t kMostSteps = 16;

  /// kCompleted: 2 to kMostSteps, in the order in which they come. kMissing: what is waited after,
  /// and what is waited for. kMatched: 1 to kMostSteps, in any order.
  std::vector<Step> steps;
  std::optional<Step> without;  ///< kCompleted: what may not come between the first and the last
  Duration within;              ///< from the first step to the last, > 0
  std::optional<TrailingFigure> trailing = {};  ///< kMatched, of whose values `argument` is one
};

struct Measure {
  std::string name;
  Aggregate aggregate = Aggregate::kCount;
  std::optional<Expr> argument;      ///< absent for count(), rate(), cv(interarrival), formulas;
                                     ///< kLockstep: what is done, where that counts
  Fraction quantile;                 ///< kQuantile: q, in (0, 1], as its decimal text says
  std::optional<Expr> group;         ///< kGini: what its total is spread over; kLockstep: who acts;
                                     ///< with a baseline: what peers share
  bool by_size_band = false;         ///< with a baseline, of clusters: peers have its size band
  std::int64_t top = 0;              ///< kTopShare: how many values, at least 1
  Duration slot = {};                ///< kLockstep: how long actions count as done together, > 0
  std::optional<Baseline> baseline;  ///< kDeviation, kCusum
  std::optional<StepPattern> pattern = {};  ///< kCompleted, kMissing, kMatched
  std::optional<Expr> formula;              ///< kFormula: over the measures before this one
  std::optional<Expr> where;  ///< further selection of the records that this measure sees
  ValueType type = ValueType::kInt64;
  SourceSpan span;
};

enum class CalendarUnit : std::uint8_t { kDays, kWeeks, kMonths };
[[nodiscard]] std::string_view unit_name(CalendarUnit unit);

/// Windows that are the dates of a place: its days, its weeks from Monday (ISO 8601), its months.
struct Calendar {
  CalendarUnit unit = CalendarUnit::kDays;
  TimeZone zone;
  bool operator==(const Calendar&) const = default;
};

/// Event-time windows. They start at whole multiples of `every` from the epoch and are `length`
/// long. INVARIANT: `every` divides `length`, both > 0; a tumbling window has every == length.
/// With a session each is the time that the inputs of one session take, and `length`, which is
/// `every`, is the stretch of time that no session leaves. With a calendar they tumble, and both
/// are what the unit is taken for where it is only counted: 24 hours, 7 days, 30 days.
struct Window {
  Duration length;
  Duration every;
  /// How far behind the watermark a record may come and still count. Absent: as long as the sources
  /// of the policy's kind settle, as the log says (SourceSettles).
  std::optional<Duration> wait_for_late = {};
  std::optional<Calendar> calendar = {};
  /// Inputs of a subject that lie less than this apart are of one session; > 0, at most `length`.
  std::optional<Duration> session = {};
  /// Whether the writer has said `wait_for_late`: else the language has filled it in.
  bool says_wait = false;
};

/// More than `count` windows in a row can be long: clocks are put back, and months have 31 days.
[[nodiscard]] Duration longest_span(const Window& window, std::int64_t count);

/// "24h every 1h", "calendar month in Europe/Berlin": the windows without their lateness.
[[nodiscard]] std::string span_text(const Window& window);

struct Exemption {
  Expr where;
  UtcTime until;  ///< event time, exclusive: the midnight after the last day
  std::string approved_by;
  std::string reason;
  std::string id = {};  ///< of the `exemption` document that it comes from; empty: the policy's own
};

struct Basis {
  std::string type;  ///< terms | law | contract | control | red_flag
  std::string text;
  std::string text_sha256 = {};   ///< of the quoted document, 64 hexadecimal digits; may be empty
  std::string jurisdiction = {};  ///< of a law; may be empty
  std::string citation = {};      ///< of a law; may be empty
  std::string settled = {};       ///< of a law: yes | no | disputed; may be empty
  std::vector<Interval> in_force = {};  ///< event time, sorted, apart; empty: always
};

struct EvidenceRequest {
  std::vector<FieldId> fields;
  std::int64_t records = 20;
  EvidenceChoice choose = EvidenceChoice::kFirst;
  std::optional<Expr> size;  ///< kLargest: what the largest records are largest by
};

/// When a run of holding windows that goes on is told again, as a finding of its own
/// (docs/evaluation.md, Repeat). At least one of the two is there.
struct Repeat {
  /// A figure in proportion to what it was in the window that the last finding began with.
  struct Growth {
    std::uint16_t measure = 0;  ///< an int64, a double, money or a duration
    Fraction factor;            ///< > 1
  };
  std::optional<Duration> after;  ///< from one finding's first window to the next one's, > 0
  std::optional<Growth> if_grown;
};

/// One `expect` of a test.
struct Expectation {
  std::int64_t findings = 0;
  std::string subject;  ///< to_text(Subject), '*' as a wildcard; empty: any
  std::vector<std::pair<std::string, Value>> measures;
  std::string because;  ///< "exempt[0]": the findings are absent by this exemption; may be empty
  std::optional<std::int64_t> not_evaluable;   ///< windows that could not be told
  std::optional<std::int64_t> restated = {};   ///< how often findings are restated
  std::optional<std::int64_t> withdrawn = {};  ///< findings that are withdrawn
  std::optional<std::int64_t> too_late = {};   ///< records that come too late to be judged
};

struct PolicyTest {
  std::string name;
  std::string fixture;                    ///< path beside the policy's file; empty if inline
  std::vector<std::string> inline_lines;  ///< native records as JSON text, some with `arrives`
  /// Event time that the sources have drained when the test ends; absent: the end of the last
  /// record, or when the last one comes. `covered_from`: absent: the start of the first record.
  std::optional<UtcTime> covered_from;
  std::optional<UtcTime> drained_to;
  std::vector<Expectation> expect;
  SourceSpan span;  ///< its file is that of the document in which the test stands
  SourceSpan name_span = {};
};

/// One policy, checked and typed. A plain value.
struct Policy {
  std::string id;
  std::int64_t version = 1;
  std::string title;
  PolicyStatus status = PolicyStatus::kDraft;
  std::vector<Interval> in_force;  ///< event time; empty: always
  std::string owner;
  std::vector<Basis> basis;
  std::string kind;
  Severity severity = Severity::kLow;
  std::string description;
  std::vector<std::string> false_positives;
  std::vector<std::string> references;

  RecordKind reads = RecordKind::kUsage;
  std::vector<std::pair<std::string, Expr>> selections;
  Expr condition;  ///< over record fields, selections put in; literal true if there is none
  std::vector<FieldId> for_each;   ///< kFieldCluster stands alone
  std::optional<Linkage> linkage;  ///< set if for_each is kFieldCluster
  Window window;
  std::vector<Measure> measures;
  Expr report_when;  ///< over measures
  std::optional<Repeat> repeat;
  std::vector<Exemption> exempt;
  std::vector<std::string> notify;
  std::string review_queue;  ///< respond: case
  std::vector<std::string> proposals;
  EvidenceRequest evidence;
  std::vector<PolicyTest> tests;

  /// Hash of the meaning: leaves out title, owner, description, references, false_positives, tests,
  /// responses and where things stand in the file.
  Digest hash;
  SourceSpan span;
};

/// Whether its history is that of other subjects, not its own: of those which have the field
/// `group` alike, or of the clusters of its size band.
[[nodiscard]] inline bool compares_peers(const Measure& measure) {
  return measure.baseline.has_value() && (measure.group.has_value() || measure.by_size_band);
}

/// The size band of a cluster of `accounts` >= 1 accounts: 1, 2 to 3, 4 to 7, 8 to 15 and so on are
/// one each; equal for clusters that are peers.
[[nodiscard]] constexpr std::int64_t size_band(std::int64_t accounts) {
  return static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(accounts)));
}

/// How many earlier windows of one length a baseline takes in.
[[nodiscard]] std::int64_t windows_of(const Baseline& baseline, const Window& window);

/// How far back of a window's start its answer can depend on records: the longest baseline, or
/// what would lengthen a session.
[[nodiscard]] Duration history_of(const Policy& policy);

/// A file's text as it was read, or why it could not be, which loading tells (TW0011).
struct PolicyText {
  std::string path;
  std::string text;                                      ///< empty if it could not be read
  std::optional<std::string> unreadable = std::nullopt;  ///< lower case, as Diagnostic::message
};

/// INVARIANT: `policies` is sorted by id, ids are unique. `hash` covers the meaning of all.
struct PolicySet {
  std::vector<Policy> policies;
  Digest hash;
  /// Of the table that the set was loaded with, the rules that its `list` documents name by a code.
  ConsequenceTable rules = {};
};

}  // namespace tidewaiter
