#include "policies/language/pattern_reader.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 5> kSequenceKeys = {"within", "steps", "without", "every",
                                                           "wait_for_late"};
constexpr std::array<std::string_view, 5> kAbsenceKeys = {"select", "after", "for", "every",
                                                          "wait_for_late"};
/// What says otherwise how a policy judges.
constexpr std::array<std::string_view, 3> kOtherShapes = {"window", "measure", "report_when"};

constexpr Duration kLongest{3660 * kDay.us};
/// A record that completes nothing by coming late may be a week behind, as a single one.
constexpr Duration kLateForSteps{7 * kDay.us};
/// Each record is part of within / every + 1 windows: this bounds what one record costs.
constexpr std::int64_t kMostOverlap = 10'000;
/// How finely windows follow one another where nothing says so. Both divide a whole second.
constexpr std::int64_t kWindowsOfSequence = 4;
constexpr std::int64_t kWindowsOfAbsence = 20;

class PatternReader {
 public:
  PatternReader(DocumentReader& reader, const YamlNode& document,
                const std::vector<std::pair<std::string, Expr>>& selections,
                std::set<std::string>& used)
      : reader_(reader), document_(document), selections_(selections), used_(used) {}

  std::optional<PatternShape> read() {
    const std::size_t first = reader_.diagnostics().size();
    const YamlNode* sequence = document_.find("sequence");
    const YamlNode* absence = document_.find("absent");
    check_alone(sequence != nullptr ? "sequence" : "absent");
    shape_.measure.pattern.emplace();
    if (sequence != nullptr) {
      read_sequence(*sequence);
    } else {
      read_absence(*absence);
    }
    const auto& all = reader_.diagnostics();
    const bool failed =
        std::any_of(all.begin() + static_cast<std::ptrdiff_t>(first), all.end(),
                    [](const Diagnostic& d) { return d.level == DiagnosticLevel::kError; });
    if (failed) return std::nullopt;
    return std::move(shape_);
  }

 private:
  StepPattern& pattern() { return *shape_.measure.pattern; }

  void check_alone(std::string_view shape) {
    for (const auto& [key, value] : document_.members) {
      const bool other = std::ranges::find(kOtherShapes, key.scalar) != kOtherShapes.end() ||
                         (key.scalar == "absent" && shape == "sequence");
      if (!other) continue;
      reader_.error(key.span, kPatternBesideMeasures,
                    "`" + key.scalar + "` stands beside `" + std::string(shape) + "`",
                    "a policy has one shape: remove one of them, or write two policies");
    }
  }

  void read_sequence(const YamlNode& node) {
    if (!reader_.expect_map(node, "sequence: {within: 24h, steps: [a, b]}")) return;
    check_keys(reader_.yaml(), node, kSequenceKeys, reader_.diagnostics());
    shape_.measure.name = "completed";
    shape_.measure.aggregate = Aggregate::kCompleted;
    shape_.measure.span = node.span;
    if (const YamlNode* steps = part(node, "steps", "sequence")) read_steps(*steps);
    if (const YamlNode* without = node.find("without")) {
      pattern().without = step(*without);
      check_reachable(*without);
    }
    if (const YamlNode* within = part(node, "within", "sequence")) {
      read_times(node, *within, kWindowsOfSequence);
    }
  }

  void read_absence(const YamlNode& node) {
    if (!reader_.expect_map(node, "absent: {select: a, after: b, for: 30d}")) return;
    check_keys(reader_.yaml(), node, kAbsenceKeys, reader_.diagnostics());
    shape_.measure.name = "missing";
    shape_.measure.aggregate = Aggregate::kMissing;
    shape_.measure.span = node.span;
    for (const std::string_view key : {"after", "select"}) {
      const YamlNode* name = part(node, key, "absent");
      if (name == nullptr) continue;
      if (auto one = step(*name)) pattern().steps.push_back(*std::move(one));
    }
    if (const YamlNode* time = part(node, "for", "absent")) {
      read_times(node, *time, kWindowsOfAbsence);
    }
  }

  const YamlNode* part(const YamlNode& node, std::string_view key, std::string_view shape) {
    const YamlNode* found = node.find(key);
    if (found == nullptr) {
      reader_.error(node.span, kMissingKey,
                    "`" + std::string(key) + "` is missing in `" + std::string(shape) + "`",
                    shape == "sequence" ? "write `sequence: {within: 24h, steps: [a, b]}`"
                                        : "write `absent: {select: a, after: b, for: 30d}`");
    }
    return found;
  }

  void read_steps(const YamlNode& node) {
    const auto items = DocumentReader::items(node);
    if (items.size() < 2 || items.size() > StepPattern::kMostSteps) {
      reader_.error(node.span, kStepCount,
                    "a sequence of " + std::to_string(items.size()) +
                        (items.size() == 1 ? " step" : " steps"),
                    "expected 2 to 16 names of selections, as in `steps: [a, b]`");
      return;
    }
    for (const YamlNode* item : items) {
      if (auto one = step(*item)) pattern().steps.push_back(*std::move(one));
    }
  }

  std::optional<StepPattern::Step> step(const YamlNode& node) {
    const auto name = reader_.text(node);
    if (!name) return std::nullopt;
    used_.insert(*name);
    const auto found =
        std::ranges::find(selections_, *name, [](const auto& one) { return one.first; });
    if (found != selections_.end()) return StepPattern::Step{*name, found->second};
    std::vector<std::string_view> known;
    for (const auto& [other, expr] : selections_) known.push_back(other);
    const auto near = did_you_mean(*name, known);
    reader_.error(node.span, kUnknownStep, "no selection `" + *name + "`",
                  near ? "did you mean `" + *near + "`?" : "name one that stands under `select`");
    return std::nullopt;
  }

  /// A step between the first and the last that is `without` itself ends every sequence.
  void check_reachable(const YamlNode& node) {
    const auto& without = pattern().without;
    const auto& steps = pattern().steps;
    if (!without || steps.size() < 3) return;
    const bool blocked = std::any_of(
        steps.begin() + 1, steps.end() - 1,
        [&](const StepPattern::Step& one) { return same_meaning(one.where, without->where); });
    if (!blocked) return;
    reader_.error(node.span, kBlockedSequence,
                  "`without: " + without->selection + "` is a step of the sequence itself",
                  "leave out `without`, or name what is no step between the first and the last");
  }

  void read_times(const YamlNode& node, const YamlNode& within, std::int64_t parts) {
    const auto length = reader_.duration(within);
    if (!length) return;
    if (length->us < kSecond.us || *length > kLongest || length->us % kSecond.us != 0) {
      reader_.error(within.span, kBadTimeBetween,
                    "`" + within.scalar + "` cannot be the time between steps",
                    "expected whole seconds, 1s to 3660d");
      return;
    }
    pattern().within = *length;
    Window& window = shape_.window;
    window.every = Duration{length->us / parts};
    if (const YamlNode* every = node.find("every")) read_every(*every, within, window);
    window.length = Duration{length->us + window.every.us};
    window.wait_for_late = kLateForSteps;
    if (const YamlNode* late = node.find("wait_for_late")) {
      window.says_wait = true;
      window.wait_for_late = reader_.duration(*late).value_or(Duration{});
    }
  }

  void read_every(const YamlNode& every, const YamlNode& within, Window& window) {
    const auto step = reader_.duration(every);
    if (!step) return;
    if (step->us <= 0 || pattern().within.us % step->us != 0) {
      reader_.error(every.span, kEveryDoesNotDivide,
                    "`every: " + every.scalar + "` does not divide `" + within.scalar + "`",
                    "write a step that fits a whole number of times");
    } else if (pattern().within.us / step->us >= kMostOverlap) {
      reader_.error(every.span, kTooManyParts, "more than 10000 windows overlap",
                    "write a longer `every`");
    } else {
      window.every = *step;
    }
  }

  DocumentReader& reader_;
  const YamlNode& document_;
  const std::vector<std::pair<std::string, Expr>>& selections_;
  std::set<std::string>& used_;
  PatternShape shape_;
};

}  // namespace

std::optional<PatternShape> read_pattern(
    DocumentReader& reader, const YamlNode& document,
    const std::vector<std::pair<std::string, Expr>>& selections, std::set<std::string>& used) {
  return PatternReader(reader, document, selections, used).read();
}

Expr any_step(const StepPattern& pattern) {
  Expr any;
  any.op = ExprOp::kOr;
  const auto add = [&any](const Expr& where) {
    const bool there = std::ranges::any_of(
        any.args, [&where](const Expr& arg) { return same_meaning(arg, where); });
    if (!there) any.args.push_back(where);
  };
  for (const StepPattern::Step& step : pattern.steps) add(step.where);
  if (pattern.without) add(pattern.without->where);
  if (any.args.size() == 1) return any.args.front();
  any.span = any.args.front().span;
  return any;
}

Expr joined(Expr a, Expr b) {
  const bool* known = std::get_if<bool>(&a.literal);
  if (a.op == ExprOp::kLiteral && known != nullptr && *known) return b;
  Expr both;
  both.op = ExprOp::kAnd;
  both.span = a.span;
  both.args = {std::move(a), std::move(b)};
  return both;
}

}  // namespace tidewaiter
