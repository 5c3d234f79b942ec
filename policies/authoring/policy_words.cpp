#include "policies/authoring/policy_words.h"

#include <algorithm>
#include <limits>

#include "policies/language/single_records.h"
#include "policies/language/value_list.h"
#include "policies/screening/party_check.h"

namespace tidewaiter {
namespace {

std::string grouped_digits(std::string digits) {
  const std::size_t first = digits.starts_with('-') ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string literal_words(const Expr& expr) {
  const std::string text = format_value(expr.literal, expr.type);
  return expr.type == ValueType::kInt64 && !is_null(expr.literal) ? grouped_digits(text) : text;
}

std::string_view match_words(const TextPattern& pattern) {
  switch (pattern.mode) {
    case TextPattern::Mode::kEquals:
      return pattern.cased ? " is exactly " : " is ";
    case TextPattern::Mode::kContains:
      return pattern.cased ? " contains exactly " : " contains ";
    case TextPattern::Mode::kStartsWith:
      return pattern.cased ? " begins exactly with " : " begins with ";
    case TextPattern::Mode::kEndsWith:
      return pattern.cased ? " ends exactly with " : " ends with ";
    case TextPattern::Mode::kWildcard:
      return pattern.cased ? " looks exactly like " : " looks like ";
    case TextPattern::Mode::kRegex:
      return pattern.cased ? " matches exactly the expression " : " matches the expression ";
  }
  return " is ";
}

/// How tightly a form binds: a looser one inside a tighter one needs brackets.
enum Level : int { kJoined = 1, kSaid = 2, kSum = 3, kProduct = 4, kWhole = 5 };

class Speaker {
 public:
  explicit Speaker(const Policy& policy) : policy_(policy) {}

  [[nodiscard]] std::string say(const Expr& expr, int outer) const {
    const auto [text, level] = form(expr);
    return level < outer ? "(" + text + ")" : text;
  }

 private:
  struct Form {
    std::string text;
    int level;
  };

  [[nodiscard]] Form form(const Expr& expr) const {
    switch (expr.op) {
      case ExprOp::kLiteral:
        return {literal_words(expr), kWhole};
      case ExprOp::kField:
        return {std::string(field(expr.index).name), kWhole};
      case ExprOp::kColumn:
        return {"column " + std::to_string(expr.index), kWhole};
      case ExprOp::kMeasure:
        return {policy_.measures.at(expr.index).name, kWhole};
      case ExprOp::kNot:
        return negation(expr.args.front());
      case ExprOp::kAnd:
        return {joined(expr, " and ", kSaid), expr.args.size() > 1 ? kJoined : kSaid};
      case ExprOp::kOr:
        return {joined(expr, " or ", kSaid), expr.args.size() > 1 ? kJoined : kSaid};
      case ExprOp::kEq:
        return {joined(expr, " is ", kSum), kSaid};
      case ExprOp::kNe:
        return {joined(expr, " is not ", kSum), kSaid};
      case ExprOp::kLt:
        return {joined(expr, " is below ", kSum), kSaid};
      case ExprOp::kLe:
        return {joined(expr, " is at most ", kSum), kSaid};
      case ExprOp::kGt:
        return {joined(expr, " is above ", kSum), kSaid};
      case ExprOp::kGe:
        return {joined(expr, " is at least ", kSum), kSaid};
      case ExprOp::kIn:
        return {membership(expr), kSaid};
      case ExprOp::kInList:
        return {say(expr.args.front(), kSum) + " stands in the list " + expr.list->name(), kSaid};
      case ExprOp::kExists:
        return {say(expr.args.front(), kWhole) + " is given", kSaid};
      case ExprOp::kTextMatch:
        return {say(expr.args.front(), kSum) + std::string(match_words(expr.text)) + "“" +
                    expr.text.pattern + "”",
                kSaid};
      case ExprOp::kPartyCheck:
        return {expr.check->summary(), kJoined};
      case ExprOp::kPartyFigure:
        return {"how near it comes", kWhole};
      case ExprOp::kCidr:
        return {say(expr.args.front(), kSum) + " lies in the network " + expr.text.pattern, kSaid};
      case ExprOp::kAdd:
      case ExprOp::kConcat:
        return {joined(expr, " + ", kSum), kSum};
      case ExprOp::kSub:
        return {pair(expr, " − "), kSum};
      case ExprOp::kMul:
        return {joined(expr, " × ", kProduct), kProduct};
      case ExprOp::kDiv:
        return {pair(expr, " ÷ "), kProduct};
      case ExprOp::kMod:
        return {pair(expr, " modulo "), kProduct};
      case ExprOp::kNeg:
        return {"−" + say(expr.args.front(), kWhole), kProduct};
      case ExprOp::kIf:
      case ExprOp::kDefault:
      case ExprOp::kRound:
      case ExprOp::kFloor:
      case ExprOp::kCeil:
      case ExprOp::kAbs:
      case ExprOp::kLeast:
      case ExprOp::kGreatest:
      case ExprOp::kLower:
      case ExprOp::kTruncate:
      case ExprOp::kHourOf:
      case ExprOp::kWeekdayOf:
      case ExprOp::kDayOf:
      case ExprOp::kWeekOf:
      case ExprOp::kMonthOf:
      case ExprOp::kYearOf:
      case ExprOp::kParseTime:
      case ExprOp::kToInt:
      case ExprOp::kToDouble:
      case ExprOp::kToString:
      case ExprOp::kSeconds:
      case ExprOp::kSketchDistance:
        return {call(expr), kWhole};
    }
    return {to_text(expr), kJoined};
  }

  [[nodiscard]] Form negation(const Expr& inner) const {
    if (inner.op == ExprOp::kExists) {
      return {say(inner.args.front(), kWhole) + " is not given", kSaid};
    }
    return {"not (" + say(inner, kJoined) + ")", kSaid};
  }

  [[nodiscard]] std::string joined(const Expr& expr, std::string_view between, int level) const {
    std::string out;
    for (const Expr& arg : expr.args) {
      if (!out.empty()) out += between;
      out += say(arg, level);
    }
    return out;
  }

  /// The right side must not join what comes after it.
  [[nodiscard]] std::string pair(const Expr& expr, std::string_view between) const {
    const int level = expr.op == ExprOp::kSub ? kSum : kProduct;
    return say(expr.args[0], level) + std::string(between) + say(expr.args[1], level + 1);
  }

  [[nodiscard]] std::string membership(const Expr& expr) const {
    std::string out = say(expr.args.front(), kSum);
    out += expr.args.size() == 2 ? " is exactly " : " is one of ";
    for (std::size_t i = 1; i < expr.args.size(); ++i) {
      out += (i > 1 ? ", " : "") + say(expr.args[i], kSum);
    }
    return out;
  }

  /// Calls keep the name that the language has for them: what stands before the bracket.
  [[nodiscard]] std::string call(const Expr& expr) const {
    const std::string text = to_text(expr);
    std::string out = text.substr(0, text.find('(')) + "(";
    for (std::size_t i = 0; i < expr.args.size(); ++i) {
      out += (i > 0 ? ", " : "") + say(expr.args[i], kJoined);
    }
    return out + ")";
  }

  const Policy& policy_;
};

std::string pattern_words(const Measure& measure) {
  const StepPattern& pattern = *measure.pattern;
  const std::string within = format_duration(pattern.within);
  if (measure.aggregate == Aggregate::kMissing) {
    return "how often " + pattern.steps[0].selection + " was not followed by " +
           pattern.steps[1].selection + " within " + within;
  }
  std::string out = "how often ";
  for (std::size_t i = 0; i < pattern.steps.size(); ++i) {
    out += (i > 0 ? ", then " : "") + pattern.steps[i].selection;
  }
  out += " came one after the other within " + within;
  if (pattern.without) out += ", without " + pattern.without->selection + " in between";
  return out;
}

std::string figure_words(const TrailingFigure& figure, const std::string& argument) {
  using Kind = TrailingFigure::Kind;
  switch (figure.kind) {
    case Kind::kRecords:
      return "the number of records";
    case Kind::kSteps:
      return "the number of rules that have matched";
    case Kind::kDistinct:
      return "how many different values " + argument + " has";
    case Kind::kSum:
      return "the sum of " + argument;
    case Kind::kMean:
      return "the mean of " + argument;
    case Kind::kPercentile:
      return "the percentile " + to_text({ExprOp::kEq, figure.percent}).substr(3) + " of " +
             argument;
    case Kind::kShare:
      return "the share in per cent that a new value of " + argument + " has";
  }
  return argument;
}

std::string trailing_words(const Measure& measure, const std::string& argument) {
  const StepPattern& pattern = *measure.pattern;
  std::string out = "at how many instants, over the " + format_duration(pattern.within) +
                    " before, of records of ";
  for (std::size_t i = 0; i < pattern.steps.size(); ++i) {
    out += (i > 0 ? ", " : "") + pattern.steps[i].selection;
  }
  out += ", " + figure_words(*pattern.trailing, argument) + " is";
  for (std::size_t i = 0; i < pattern.trailing->limits.size(); ++i) {
    out += (i > 0 ? " and " : " ") + to_text(pattern.trailing->limits[i]);
  }
  return out;
}

std::string deviation_words(const Measure& measure, const Policy& policy) {
  if (!measure.baseline) return "how unusual a figure is";
  const std::string length = format_duration(measure.baseline->length);
  std::string history = "subject's own last " + length;
  if (measure.by_size_band) {
    history = "last " + length + " of the other clusters of about as many accounts";
  } else if (compares_peers(measure)) {
    history = "last " + length + " of the other subjects with the same " +
              in_words(*measure.group, policy);
  }
  return "how far " + policy.measures.at(measure.baseline->measure).name +
         " is from its median over the " + history + ", in units of its usual spread";
}

std::string aggregate_text(const Measure& measure, const std::string& argument,
                           const Policy& policy) {
  switch (measure.aggregate) {
    case Aggregate::kCount:
      return policy.reads == RecordKind::kFinding ? "the number of findings"
                                                  : "the number of requests";
    case Aggregate::kSum:
      return counts_records(measure) ? "the number of records" : "the sum of " + argument;
    case Aggregate::kMin:
      return "the least " + argument;
    case Aggregate::kMax:
      return "the greatest " + argument;
    case Aggregate::kDistinct:
      return "how many different values " + argument + " has";
    case Aggregate::kQuantile:
      return "the value below or at which " + std::to_string(measure.quantile.numerator) + "/" +
             std::to_string(measure.quantile.denominator) + " of the values of " + argument +
             " lie";
    case Aggregate::kAvg:
      return "the mean of " + argument;
    case Aggregate::kRate:
      return measure.argument ? "the sum of " + argument + " a second" : "requests a second";
    case Aggregate::kStddev:
      return "the standard deviation of " + argument;
    case Aggregate::kCv:
      return "the standard deviation over the mean of " +
             (measure.argument ? argument : std::string("the times between records"));
    case Aggregate::kEntropy:
      return "the variety of " + argument + " in bits";
    case Aggregate::kTopShare:
      return "the share of requests that the " + std::to_string(measure.top) +
             " most frequent values of " + argument + " have";
    case Aggregate::kGini:
      return "how unequally the total of " + argument + " is spread over " +
             (measure.group ? in_words(*measure.group, policy) : std::string()) + ", 0 to 1";
    case Aggregate::kFirst:
      return argument + " of the earliest record";
    case Aggregate::kLast:
      return argument + " of the latest record";
    case Aggregate::kDeviation:
      return deviation_words(measure, policy);
    case Aggregate::kCompleted:
    case Aggregate::kMissing:
      return measure.pattern ? pattern_words(measure) : std::string();
    case Aggregate::kMatched:
      return measure.pattern ? trailing_words(measure, argument) : std::string();
    case Aggregate::kCusum:
      if (!measure.baseline) return "how far a figure has risen so far";
      return "by how much " + policy.measures.at(measure.baseline->measure).name +
             " has stayed above the subject's own median, summed over its last " +
             format_duration(measure.baseline->length) + ", in units of its usual spread";
    case Aggregate::kLockstep:
      return "how closely those of different " +
             (measure.group ? in_words(*measure.group, policy) : std::string()) + " act in step" +
             (measure.argument ? ", with the same " + argument : std::string()) + ", in slots of " +
             format_duration(measure.slot) + ", 0 to 1";
    case Aggregate::kFormula:
      return measure.formula ? in_words(*measure.formula, policy) : std::string();
  }
  return argument;
}

std::string cluster_words(const Linkage& linkage) {
  std::string out = "each cluster of accounts that have in common";
  for (std::size_t i = 0; i < linkage.links.size(); ++i) {
    const Link& link = linkage.links[i];
    if (i > 0) out += i + 1 == linkage.links.size() ? " or" : ",";
    out +=
        " " + std::string(field(link.field).name) + " (where at most " +
        std::to_string(link.at_most) + " have it" +
        (link.window.us > 0 ? " within " + format_duration(link.window) : "") +
        (link.except ? ", and it is not in list:" + link.except->list : "") +
        (linkage.threshold > 0 ? ", weight " + std::to_string(link.weight) : "") +
        (link.half_life.us > 0 ? ", half of it for each " + format_duration(link.half_life) : "") +
        ")";
  }
  for (const LockstepLink& link : linkage.lockstep) {
    out += (&link == &linkage.lockstep.front() && linkage.links.empty() ? " " : ", or ") +
           std::to_string(link.percent) + " % of what they do" +
           (link.target ? " by " + std::string(field(*link.target).name) : "") +
           " within the same " + format_duration(link.slot) + " (" + std::to_string(link.at_least) +
           " times or more in " + format_duration(link.over) + ", where at most " +
           std::to_string(link.at_most) + " do" +
           (linkage.threshold > 0 ? ", weight " + std::to_string(link.weight) : "") + ")";
  }
  if (linkage.threshold > 0) out += ", of " + std::to_string(linkage.threshold) + " in weight";
  return out;
}

}  // namespace

std::string in_words(const Expr& expr, const Policy& policy) {
  return Speaker(policy).say(expr, kJoined);
}

std::string in_words(const Measure& measure, const Policy& policy) {
  const std::string argument = measure.argument ? in_words(*measure.argument, policy) : "";
  std::string out = aggregate_text(measure, argument, policy);
  if (measure.where) out += ", where " + in_words(*measure.where, policy);
  return out;
}

std::string subject_words(const Policy& policy) {
  if (policy.linkage) return cluster_words(*policy.linkage);
  std::string out;
  for (const FieldId id : policy.for_each) {
    out += (out.empty() ? "each " : " with ") + std::string(field(id).name);
  }
  return out;
}

std::string window_words(const Window& window) {
  std::string out = window.calendar ? "each " + span_text(window) : format_duration(window.length);
  if (window.session) {
    out = "each session: records that follow one another in less than " +
          format_duration(*window.session) + ", for at most " + format_duration(window.length);
  }
  if (window.every != window.length) {
    out += ", looked at every " + format_duration(window.every);
  }
  if (!window.wait_for_late) {
    out += "; what comes late still counts for as long as the sources settle";
  } else if (window.wait_for_late->us > 0) {
    out += "; what comes up to " + format_duration(*window.wait_for_late) + " late still counts";
  }
  return out;
}

std::string basis_words(const Basis& basis) {
  std::string out = (basis.type == "red_flag" ? "red flag" : basis.type) + ": " + basis.text;
  std::string details = basis.jurisdiction;
  if (!basis.citation.empty()) details += (details.empty() ? "" : ", ") + basis.citation;
  if (!basis.settled.empty())
    details += (details.empty() ? "" : "; ") + ("settled: " + basis.settled);
  for (const Interval& interval : basis.in_force) {
    details += (details.empty() ? "" : "; ") + ("in force " + interval_words(interval));
  }
  if (!basis.text_sha256.empty()) {
    details += (details.empty() ? "" : "; ") + ("SHA-256 of the text: " + basis.text_sha256);
  }
  return details.empty() ? out : out + " (" + details + ")";
}

std::string interval_words(const Interval& interval) {
  std::string out;
  if (interval.from.us != std::numeric_limits<std::int64_t>::min()) {
    out = "from " + format_time(interval.from);
  }
  if (interval.to.us != std::numeric_limits<std::int64_t>::max()) {
    out += (out.empty() ? "until " : " until ") + format_time(interval.to);
  }
  return out;
}

}  // namespace tidewaiter
