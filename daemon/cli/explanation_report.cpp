#include "daemon/cli/explanation_report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <nlohmann/json.hpp>

#include "daemon/cli/condition_text.h"
#include "daemon/cli/explained_records.h"
#include "daemon/cli/finding_text.h"
#include "policies/authoring/policy_words.h"
#include "policies/language/comparison.h"
#include "policies/language/exemption_name.h"
#include "policies/language/times_in_force.h"
#include "policies/language/value_list.h"

namespace tidewaiter {
namespace {

using reference::Truth;

constexpr std::size_t kWindowsShown = 12;
constexpr std::size_t kItemsShown = 5;

std::string bullet_line(std::string_view text, Tone tone, std::string_view mark,
                        const Terminal& terminal) {
  return "  " + painted(mark, tone, terminal) + ' ' +
         wrapped(printable(text), terminal.width, 4, 4) + '\n';
}

std::string place(const SourceSpan& span) {
  if (span.file.empty()) return {};
  return span.file + ":" + std::to_string(span.line) + ":" + std::to_string(span.column);
}

std::string window_state(const ExplainedWindow& window) {
  if (window.dropped) return "begins before what retention has left";
  if (window.closed) return "closed";
  if (!window.settled && window.begins_covered) return "not closed yet";
  const std::string text = window.settled ? "settled, but " : "not closed yet, and ";
  return text + (window.begins_covered ? "a source was idle: what it still has is missing"
                                       : "it began before what the sources cover");
}

std::string_view answer_text(Truth answer) {
  switch (answer) {
    case Truth::kTrue:
      return "holds";
    case Truth::kFalse:
      return "does not hold";
    case Truth::kUnknown:
      break;
  }
  return "cannot be told";
}

std::string headline(const Explanation& e) {
  const auto holding = std::ranges::count_if(e.windows, &ExplainedWindow::holds);
  const auto all = static_cast<std::int64_t>(e.windows.size());
  if (e.is_between_sessions()) return "no session holds the time asked for";
  if (all == 0) return "no window has a record that counts";
  return grouped(holding) + " of " + counted(all, "window") + " with records " +
         (holding == 1 ? "holds" : "hold");
}

/// Looks for the comparison whose left side is drawn, window by window, against the right one.
class DrawnClause {
 public:
  explicit DrawnClause(const ExplainedWindow& window) : window_(window) {
    for (const Figure& figure : window.figures) figures_.push_back(figure.value);
  }

  /// The first of a part that decides: of a window that holds one that holds, else one that failed;
  /// among alternatives in the first that holds, else in the nearest. Null where nothing is
  /// ordered.
  [[nodiscard]] const ClauseVerdict* in(const Expr& part, bool negated) const {
    if (part.op == ExprOp::kNot) return in(part.args[0], !negated);
    if (!is_logical(part.op)) return ordered(part);
    if ((part.op == ExprOp::kAnd) == negated) return in(alternative(part, negated), negated);
    const ClauseVerdict* first = nullptr;
    for (const Expr& arg : part.args) {
      const ClauseVerdict* found = in(arg, negated);
      if (found == nullptr) continue;
      if (!window_.holds() && !found->is_as_needed()) return found;  // what failed matters
      if (first == nullptr) first = found;
    }
    return first;
  }

 private:
  [[nodiscard]] const ClauseVerdict* ordered(const Expr& clause) const {
    if (clause.op < ExprOp::kLt || clause.op > ExprOp::kGe) return nullptr;
    const auto found = std::ranges::find(window_.clauses, &clause, &ClauseVerdict::clause);
    return found == window_.clauses.end() ? nullptr : &*found;
  }

  [[nodiscard]] double distance(const Expr& part, bool negated) const {
    return distance_from(part, !negated, {nullptr, {}, figures_});
  }

  [[nodiscard]] const Expr& alternative(const Expr& part, bool negated) const {
    return *std::ranges::min_element(part.args, {},
                                     [&](const Expr& arg) { return distance(arg, negated); });
  }

  const ExplainedWindow& window_;
  std::vector<Value> figures_;
};

std::optional<double> number(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  return std::nullopt;
}

/// One bar of at most `width` columns, a mark where the threshold stands.
std::string bar(std::optional<double> value, std::optional<double> limit, double most,
                std::size_t width, bool unicode) {
  const auto columns = [&](double x) {
    const double share = most > 0 ? std::clamp(x / most, 0.0, 1.0) : 0.0;
    return static_cast<std::size_t>(std::lround(share * static_cast<double>(width)));
  };
  const std::size_t filled = value ? columns(*value) : 0;
  const std::size_t mark = limit ? std::min(columns(*limit), width - 1) : width;
  std::string out;
  for (std::size_t i = 0; i < width; ++i) {
    if (i == mark) {
      out += unicode ? "┃" : "|";
    } else {
      out += i < filled ? (unicode ? "█" : "#") : (unicode ? "·" : ".");
    }
  }
  return out;
}

/// The windows around the shown one, at most kWindowsShown of them.
std::span<const ExplainedWindow> around_shown(const Explanation& e) {
  const std::size_t count = std::min(e.windows.size(), kWindowsShown);
  const std::size_t half = kWindowsShown / 2;
  std::size_t first = *e.shown > half ? *e.shown - half : 0;
  first = std::min(first, e.windows.size() - count);
  return std::span(e.windows).subspan(first, count);
}

std::string picture(const Policy& policy, const Explanation& e, const Terminal& terminal) {
  const ClauseVerdict* drawn = DrawnClause(e.windows[*e.shown]).in(policy.report_when, false);
  if (drawn == nullptr) return {};
  const auto clause = [&](const ExplainedWindow& window) -> const ClauseVerdict& {
    return *std::ranges::find(window.clauses, drawn->clause, &ClauseVerdict::clause);
  };
  const auto shown = around_shown(e);
  double most = 0.0;
  for (const ExplainedWindow& window : shown) {
    most = std::max({most, number(clause(window).shortfall.left).value_or(0.0),
                     number(clause(window).shortfall.right).value_or(0.0)});
  }
  const std::string title = "\n" + std::string("Windows: ") +
                            to_text(drawn->clause->args[0], measure_scope(policy)) + " against " +
                            to_text(drawn->clause->args[1], measure_scope(policy)) + '\n';
  std::string out = title;
  const std::size_t width = terminal.width > 0 && terminal.width < 72 ? 16 : 32;
  for (const ExplainedWindow& window : shown) {
    const ClauseVerdict& verdict = clause(window);
    const Figure figure{"", drawn->clause->args[0].type, verdict.shortfall.left, true};
    const std::string from = interval_text(window.span).substr(0, 16);
    const bool is_shown = window.span == e.windows[*e.shown].span;
    out += std::string(is_shown ? (terminal.unicode ? "▸ " : "> ") : "  ") + from + ' ' +
           painted(bar(number(verdict.shortfall.left), number(verdict.shortfall.right), most, width,
                       terminal.unicode),
                   window.holds() ? Tone::kBad : Tone::kPlain, terminal) +
           ' ' + printable(figure_value_text(figure)) +
           (window.holds()                     ? " holds"
            : window.answer == Truth::kUnknown ? " unknown"
                                               : "") +
           '\n';
  }
  if (shown.size() < e.windows.size()) {
    out += "  " +
           wrapped("(" + grouped(static_cast<std::int64_t>(shown.size())) + " of " +
                       grouped(static_cast<std::int64_t>(e.windows.size())) +
                       " windows; --at and --from choose others)",
                   terminal.width, 2, 2) +
           '\n';
  }
  return out;
}

/// A line with the mark of its answer, of a clause or leaf that is as a finding needs it or not.
std::string verdict_line(const std::string& text, bool as_needed, Truth answer,
                         const Terminal& terminal) {
  if (as_needed) return bullet_line(text, Tone::kGood, terminal.unicode ? "✓" : "+", terminal);
  if (answer == Truth::kUnknown) return bullet_line(text, Tone::kWarning, "?", terminal);
  return bullet_line(text, Tone::kBad, terminal.unicode ? "✗" : "-", terminal);
}

std::string unknown_cause(const ExplainedWindow& window) {
  if (window.maybe > 0) return "unknown records could change it";
  if (window.closed) return "a value is missing";
  if (!window.begins_covered) return open_text(window) + ": what it lacks will not come";
  return "the window is not closed: more may still come";
}

std::string clauses_text(const Policy& policy, const ExplainedWindow& window,
                         const Terminal& terminal) {
  std::string out;
  for (const ClauseVerdict& verdict : window.clauses) {
    std::string text = clause_text(policy, verdict);
    if (!verdict.is_as_needed() && verdict.answer == Truth::kUnknown) {
      text += " (" + unknown_cause(window) + ")";
    }
    out += verdict_line(text, verdict.is_as_needed(), verdict.answer, terminal);
  }
  return out;
}

std::string shown_window(const Policy& policy, const Explanation& e, const Terminal& terminal) {
  const ExplainedWindow& window = e.windows[*e.shown];
  std::string out = '\n' +
                    painted(window.holds() ? "First window that holds" : "Nearest window",
                            Tone::kStrong, terminal) +
                    "\n  " + interval_text(window.span) + " UTC\n";
  out += "  " +
         wrapped(std::string(answer_text(window.answer)) + "; " + window_state(window) + "; " +
                     counted(window.certain, "record") + " certain, " + grouped(window.maybe) +
                     " unknown",
                 terminal.width, 2, 2) +
         '\n';
  out += "  " + wrapped("report_when: " + printable(condition_text(policy)), terminal.width, 4, 2) +
         '\n';
  return out + clauses_text(policy, window, terminal) + picture(policy, e, terminal);
}

std::string leaf_lines(const std::vector<LeafVerdict>& leaves, const Terminal& terminal) {
  std::string out;
  for (const LeafVerdict& leaf : leaves) {
    out += verdict_line(leaf_text(leaf), leaf.is_as_needed(), leaf.answer, terminal);
  }
  return out;
}

/// Nothing of one without an end, as clearances are.
std::string until_text(const Exemption& exemption) {
  if (exemption.until == kAlways.to) return {};
  return " (until " + format_time(exemption.until) + ")";
}

std::string near_record(const Policy& policy, const NearRecord& near, const Terminal& terminal) {
  std::string out = "  " +
                    wrapped("entry " + grouped(near.seq) + " of " + format_time(near.time) + ": " +
                                std::string(fate_name(near.fate)),
                            terminal.width, 4, 2) +
                    '\n' + leaf_lines(near.condition, terminal);
  if (!near.exemption) return out;
  const Exemption& exemption = policy.exempt[*near.exemption];
  out += "  " +
         wrapped(printable(near.exemption_name) + " " +
                     (near.fate == RecordFate::kExempt ? "takes it out: " : "may take it out: ") +
                     printable(exemption.reason) + until_text(exemption),
                 terminal.width, 4, 2) +
         '\n';
  return out + leaf_lines(near.exempt, terminal);
}

/// The record that came nearest to counting, or several.
std::string near_records(const Policy& policy, const Explanation& e, bool all,
                         const Terminal& terminal) {
  if (e.near.empty() || e.any_holds()) return {};
  // Of a window that has what counts, its figures are the answer.
  if (!all && e.shown && e.windows[*e.shown].maybe == 0) return {};
  const std::size_t count = all ? e.near.size() : 1;
  std::string out = '\n' +
                    painted(count == 1 ? "Nearest record that does not count"
                                       : "Nearest records that do not count",
                            Tone::kStrong, terminal) +
                    '\n';
  for (std::size_t i = 0; i < count; ++i) out += near_record(policy, e.near[i], terminal);
  return out;
}

std::string tallies_text(std::string_view verb, const std::vector<ItemTally>& tallies,
                         const Terminal& terminal) {
  std::string out;
  for (std::size_t i = 0; i < std::min(kItemsShown, tallies.size()); ++i) {
    const ItemTally& tally = tallies[i];
    const std::string where = place(tally.span);
    out +=
        "    " +
        wrapped(std::string(verb) + " by " + printable(tally.text) + ": " +
                    counted(tally.records, "record") + ", the first is entry " +
                    grouped(tally.first_seq) + (where.empty() ? "" : " (" + printable(where) + ")"),
                terminal.width, 6, 4) +
        '\n';
  }
  return out;
}

/// When the policy judges, with what limits that.
std::string force_text(const Policy& policy, const Terminal& terminal) {
  std::string times;
  for (const Interval& interval : times_in_force(policy)) {
    times += (times.empty() ? "" : "; ") + interval_words(interval);
  }
  std::string out = "  " +
                    wrapped("not in force: the policy judges " + (times.empty() ? "never" : times),
                            terminal.width, 4, 2) +
                    '\n';
  for (const Basis& basis : policy.basis) {
    if (basis.in_force.empty()) continue;
    out += "    " + wrapped(printable(basis_words(basis)), terminal.width, 6, 4) + '\n';
  }
  return out;
}

std::string records_text(const Policy& policy, const Explanation& e, const Terminal& terminal) {
  std::string counts;
  for (std::size_t fate = 0; fate < kRecordFates; ++fate) {
    if (e.records[fate] == 0) continue;
    counts += (counts.empty() ? "" : ", ") + grouped(e.records[fate]) + " " +
              std::string(fate_name(static_cast<RecordFate>(fate)));
  }
  if (counts.empty()) counts = e.outside_time > 0 ? "none in the time asked for" : "none";
  if (e.outside_time > 0) counts += "; " + grouped(e.outside_time) + " at other times";
  std::string out = "\n" + painted("Records of the subject", Tone::kStrong, terminal) + "\n  " +
                    wrapped(counts, terminal.width, 2, 2) + '\n';
  if (e.count(RecordFate::kNotInForce) > 0) out += force_text(policy, terminal);
  out += tallies_text("not selected", e.not_selected_by, terminal);
  out += tallies_text("unknown", e.unknown_by, terminal);
  for (const auto& [index, count] : e.exempt_by) {
    const Exemption& exemption = policy.exempt[index];
    out +=
        "    " +
        wrapped(printable(exemption_name(policy, index)) + " took out " + counted(count, "record") +
                    ": " + printable(exemption.reason) + until_text(exemption),
                terminal.width, 6, 4) +
        '\n';
  }
  for (const auto& [id, count] : e.missing) {
    out +=
        "    " + std::string(field(id).name) + " is missing in " + counted(count, "record") + '\n';
  }
  if (e.without_subject > 0) {
    out += "  " +
           wrapped(counted(e.without_subject, "record") +
                       " of nobody in particular: a field of for_each is missing",
                   terminal.width, 2, 2) +
           '\n';
  }
  return out;
}

/// Which listed parties the records name, or how near they came.
std::string grounds_text(const Explanation& e, const Terminal& terminal) {
  if (e.grounds.lines.empty()) return {};
  std::string out = '\n' +
                    painted(e.grounds.counts ? "Listed parties" : "Nearest listed party",
                            Tone::kStrong, terminal) +
                    '\n';
  for (const std::string& line : e.grounds.lines) {
    out += "  " + wrapped(printable(line), terminal.width, 4, 2) + '\n';
  }
  return out;
}

std::string steps_text(const Explanation& e, const Terminal& terminal) {
  std::string out;
  for (const Step& step : e.steps) {
    if (step.kind == StepKind::kGap) continue;
    out += "  " +
           wrapped("entry " + grouped(step.seq) + "  " + std::string(step_name(step.kind)) + "  " +
                       interval_text(step.run) +
                       (step.reason.empty() ? "" : " (" + printable(step.reason) + ")"),
                   terminal.width, 4, 2) +
           '\n';
  }
  if (out.empty()) return {};
  return '\n' + painted("What the engine did", Tone::kStrong, terminal) + '\n' + out;
}

void add_shortfall(const Expr& comparison, const Shortfall& shortfall,
                   nlohmann::ordered_json& out) {
  out["left"] = value_json(shortfall.left, comparison.args[0].type);
  out["right"] = value_json(shortfall.right, comparison.args[1].type);
  if (is_null(shortfall.by)) return;
  out["short_by"] = value_json(shortfall.by, shortfall_type(comparison, shortfall));
  out["rise"] = shortfall.rise;
}

nlohmann::ordered_json clause_json(const Policy& policy, const ClauseVerdict& verdict) {
  const Expr& clause = *verdict.clause;
  nlohmann::ordered_json out = {{"clause", to_text(clause, measure_scope(policy))},
                                {"negated", verdict.negated},
                                {"answer", answer_text(verdict.answer)},
                                {"distance", verdict.distance},
                                {"as_needed", verdict.is_as_needed()},
                                {"stands", verdict.stands},
                                {"left", nullptr},
                                {"right", nullptr},
                                {"short_by", nullptr}};
  if (!verdict.remark.empty()) {
    out["remark"] = verdict.remark;
    out["lacks"] = verdict.lacks;
  }
  if (verdict.late_by) out["late_by"] = format_duration(*verdict.late_by);
  if (!verdict.detail.empty()) out["detail"] = verdict.detail;
  if (!has_shortfall(clause.op)) return out;
  add_shortfall(clause, verdict.shortfall, out);
  return out;
}

nlohmann::ordered_json leaf_json(const LeafVerdict& verdict) {
  nlohmann::ordered_json values = nlohmann::ordered_json::object();
  for (const auto& [id, value] : verdict.values) {
    values[std::string(field(id).name)] = value_json(value, field(id).type);
  }
  nlohmann::ordered_json out = {{"leaf", item_text(*verdict.leaf)},
                                {"negated", verdict.negated},
                                {"answer", answer_text(verdict.answer)},
                                {"as_needed", verdict.is_as_needed()},
                                {"values", values},
                                {"left", nullptr},
                                {"right", nullptr},
                                {"short_by", nullptr}};
  if (has_shortfall(verdict.leaf->op)) add_shortfall(*verdict.leaf, verdict.shortfall, out);
  return out;
}

nlohmann::ordered_json leaves_json(const std::vector<LeafVerdict>& leaves) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const LeafVerdict& leaf : leaves) out.push_back(leaf_json(leaf));
  return out;
}

nlohmann::ordered_json near_json(const NearRecord& near) {
  nlohmann::ordered_json out = {{"entry", near.seq},
                                {"time", format_time(near.time)},
                                {"fate", fate_name(near.fate)},
                                {"distance", near.distance},
                                {"leaves", leaves_json(near.condition)},
                                {"exemption", nullptr},
                                {"exempt_leaves", leaves_json(near.exempt)}};
  if (near.exemption) {
    out["exemption"] = *near.exemption;
    out["exemption_name"] = near.exemption_name;
  }
  return out;
}

nlohmann::ordered_json window_json(const Policy& policy, const ExplainedWindow& window,
                                   bool with_records) {
  nlohmann::ordered_json clauses = nlohmann::ordered_json::array();
  for (const ClauseVerdict& verdict : window.clauses) {
    clauses.push_back(clause_json(policy, verdict));
  }
  nlohmann::ordered_json out = {{"from", format_time(window.span.from)},
                                {"to", format_time(window.span.to)},
                                {"answer", answer_text(window.answer)},
                                {"settled", window.settled},
                                {"closed", window.closed},
                                {"certain", window.certain},
                                {"unknown", window.maybe},
                                {"distance", window.distance},
                                {"figures", figures_json(window.figures)},
                                {"clauses", clauses},
                                {"doubt", nullptr}};
  if (!window.doubt.empty()) out["doubt"] = window.doubt;
  if (with_records) out["records"] = explained_records_json(window);
  return out;
}

nlohmann::ordered_json tallies_json(const std::vector<ItemTally>& tallies) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const ItemTally& tally : tallies) {
    out.push_back({{"item", tally.text},
                   {"file", tally.span.file},
                   {"line", tally.span.line},
                   {"column", tally.span.column},
                   {"records", tally.records},
                   {"first_entry", tally.first_seq}});
  }
  return out;
}

}  // namespace

std::string explanation_text(const Policy& policy, const Explanation& e, bool with_records,
                             const Terminal& terminal) {
  // What belongs to a cluster is reported, or not, under the cluster's name.
  const bool is_part = !e.any_holds() && !e.part_of.empty();
  std::string out = painted(e.any_holds() ? "Reported"
                            : is_part     ? "Not reported by this name"
                                          : "Not reported",
                            Tone::kStrong, terminal) +
                    '\n';
  out += "  " +
         wrapped(printable(e.subject) + " under " + printable(policy.id) + ", version " +
                     grouped(policy.version),
                 terminal.width, 4, 2) +
         '\n';
  out += "  " + wrapped(headline(e), terminal.width, 2, 2) + '\n';
  if (!e.any_holds()) {
    out += "  " + wrapped("why not: " + printable(why_not(policy, e)), terminal.width, 4, 2) + '\n';
  }
  if (is_part) {
    out += "  " +
           wrapped("`--subject " + printable(e.part_of) + "` tells what became of it",
                   terminal.width, 4, 2) +
           '\n';
  }
  if (e.shown) out += shown_window(policy, e, terminal);
  out += near_records(policy, e, with_records, terminal);
  out += records_text(policy, e, terminal);
  out += grounds_text(e, terminal);
  return out + steps_text(e, terminal);
}

nlohmann::ordered_json explanation_json(const Policy& policy, const Explanation& e,
                                        bool with_records) {
  nlohmann::ordered_json windows = nlohmann::ordered_json::array();
  for (const ExplainedWindow& window : e.windows) {
    windows.push_back(window_json(policy, window, with_records));
  }
  nlohmann::ordered_json records;
  for (std::size_t fate = 0; fate < kRecordFates; ++fate) {
    std::string name(fate_name(static_cast<RecordFate>(fate)));
    std::ranges::replace(name, ' ', '_');
    records[name] = e.records[fate];
  }
  nlohmann::ordered_json exempt = nlohmann::ordered_json::array();
  for (const auto& [index, count] : e.exempt_by) {
    exempt.push_back(
        {{"exemption", index}, {"name", exemption_name(policy, index)}, {"records", count}});
  }
  nlohmann::ordered_json missing = nlohmann::ordered_json::array();
  for (const auto& [id, count] : e.missing) {
    missing.push_back({{"field", field(id).name}, {"records", count}});
  }
  nlohmann::ordered_json steps = nlohmann::ordered_json::array();
  for (const Step& step : e.steps) {
    steps.push_back({{"entry", step.seq},
                     {"step", step_name(step.kind)},
                     {"from", format_time(step.run.from)},
                     {"to", format_time(step.run.to)},
                     {"figures", figures_json(step.figures)},
                     {"reason", step.reason}});
  }
  nlohmann::ordered_json near = nlohmann::ordered_json::array();
  for (const NearRecord& one : e.near) {
    if (near.empty() || with_records) near.push_back(near_json(one));
  }
  nlohmann::ordered_json document = {{"policy", policy.id},
                                     {"policy_version", policy.version},
                                     {"policy_hash", to_hex(policy.hash)},
                                     {"subject", e.subject},
                                     {"part_of", nullptr},
                                     {"reported", e.any_holds()},
                                     {"why_not", nullptr},
                                     {"shown", nullptr},
                                     {"windows", windows},
                                     {"records", records},
                                     {"outside_time", e.outside_time},
                                     {"not_selected_by", tallies_json(e.not_selected_by)},
                                     {"unknown_by", tallies_json(e.unknown_by)},
                                     {"exempt_by", exempt},
                                     {"missing", missing},
                                     {"nearest_records", near},
                                     {"without_subject", e.without_subject},
                                     {"listed", e.grounds.counts},
                                     {"grounds", e.grounds.lines},
                                     {"steps", steps}};
  if (!e.part_of.empty()) document["part_of"] = e.part_of;
  if (!e.any_holds()) document["why_not"] = why_not(policy, e);
  if (e.shown) document["shown"] = *e.shown;
  return document;
}

}  // namespace tidewaiter
