#include "policies/authoring/test_coverage.h"

#include <algorithm>
#include <utility>

#include "policies/authoring/policy_parts.h"
#include "policies/engine/explain_clauses.h"
#include "policies/engine/explain_windows.h"
#include "policies/language/exemption_name.h"
#include "policies/language/interpret.h"
#include "policies/language/single_records.h"

namespace tidewaiter {
namespace {

using reference::Truth;
using PartKind = CoveredPart::Kind;

Truth truth(const Expr& expr, const Record& record) {
  return reference::truth_of(interpret(expr, {&record, {}, {}}));
}

void count(CoveredPart& part, Truth answer) {
  switch (answer) {
    case Truth::kTrue:
      ++part.yes;
      break;
    case Truth::kFalse:
      ++part.no;
      break;
    case Truth::kUnknown:
      ++part.unknown;
      break;
  }
}

/// A part that is asked of records or windows, and where its counts go.
struct Probe {
  const Expr* expr = nullptr;
  std::size_t part = 0;
  const Exemption* exemption = nullptr;  ///< asked before its `until` alone
};

class Counter {
 public:
  explicit Counter(const Policy& policy) : policy_(policy) {
    coverage_.policy = policy.id;
    for (const auto& [name, expr] : policy.selections) {
      by_record(PartKind::kSelection, "selection " + name, expr);
      items_of(name, expr, expr);
    }
    branches_of(policy.condition);
    for (std::size_t i = 0; i < policy.exempt.size(); ++i) {
      by_record(PartKind::kExemption, exemption_name(policy, i), policy.exempt[i].where);
      records_.back().exemption = &policy.exempt[i];
    }
    for (const Measure& measure : policy.measures) {
      if (measure.where) by_record(PartKind::kWhere, "where of " + measure.name, *measure.where);
    }
    for (const Measure& measure : policy.measures) {
      if (is_filled_in(measure, policy)) continue;
      measures_.emplace_back(&measure,
                             add(PartKind::kMeasure, "measure " + measure.name,
                                 measure_text(measure, measure_scope(policy)), measure.span));
    }
    if (!reports_any(policy)) clauses_of(policy.report_when, "report_when");
  }

  void take(const TestLog& log) {
    InputBook book(policy_);
    for (const LogEntry& entry : log.entries) {
      const std::optional<RecordVerdict> verdict = book.take(entry);
      if (verdict && verdict->fate != RecordFate::kNotInForce) {
        ask_record(std::get<Record>(entry.body));
      }
    }
    for (const Subject& subject : book.subjects()) {
      for (const JudgedWindow& window : book.windows(subject)) ask_window(window);
    }
  }

  TestCoverage result() && {
    for (const CoveredPart& part : coverage_.parts) {
      coverage_.reached += part.reached();
      coverage_.wanted += part.wanted();
    }
    return std::move(coverage_);
  }

 private:
  std::size_t add(PartKind kind, std::string name, std::string text, const SourceSpan& span) {
    coverage_.parts.push_back({kind, std::move(name), std::move(text), span, 0, 0, 0});
    return coverage_.parts.size() - 1;
  }
  void by_record(PartKind kind, std::string name, const Expr& expr) {
    records_.push_back({&expr, add(kind, std::move(name), to_text(expr), expr.span), nullptr});
  }

  /// The comparisons of a selection; none where it is one itself.
  void items_of(const std::string& name, const Expr& selection, const Expr& expr) {
    if (is_logical(expr.op)) {
      for (const Expr& arg : expr.args) items_of(name, selection, arg);
    } else if (&expr != &selection) {
      by_record(PartKind::kItem, "item of " + name, expr);
    }
  }

  [[nodiscard]] bool is_selection(const Expr& expr) const {
    return std::ranges::any_of(policy_.selections, [&expr](const auto& selection) {
      return same_meaning(selection.second, expr);
    });
  }

  /// What the condition joins, down to the selections that stand in it.
  void branches_of(const Expr& expr) {
    if (!is_logical(expr.op) || is_selection(expr)) return;
    for (const Expr& arg : expr.args) {
      by_record(PartKind::kBranch, "branch of condition", arg);
      branches_of(arg);
    }
  }

  void clauses_of(const Expr& expr, const std::string& name) {
    const std::string text = to_text(expr, measure_scope(policy_));
    windows_.push_back({&expr, add(PartKind::kClause, name, text, expr.span), nullptr});
    if (!is_logical(expr.op)) return;
    for (const Expr& arg : expr.args) clauses_of(arg, "part of report_when");
  }

  void ask_record(const Record& record) {
    for (const Probe& probe : records_) {
      if (probe.exemption != nullptr && record.time >= probe.exemption->until) continue;
      count(coverage_.parts[probe.part], truth(*probe.expr, record));
    }
  }

  void ask_window(const JudgedWindow& window) {
    for (const auto& [measure, part] : measures_) {
      if (has_certain_input(*measure, window)) ++coverage_.parts[part].yes;
    }
    for (const Probe& probe : windows_) {
      count(coverage_.parts[probe.part], judge_part(policy_, window, *probe.expr));
    }
  }

  static bool has_certain_input(const Measure& measure, const JudgedWindow& window) {
    return std::ranges::any_of(window.inputs, [&measure](const reference::Input* input) {
      return input->truth == Truth::kTrue &&
             (!measure.where || truth(*measure.where, input->record) == Truth::kTrue);
    });
  }

  const Policy& policy_;
  TestCoverage coverage_;
  std::vector<Probe> records_;
  std::vector<Probe> windows_;
  std::vector<std::pair<const Measure*, std::size_t>> measures_;  ///< and their parts
};

}  // namespace

TestCoverage measure_test_coverage(const Policy& policy, std::span<const TestLog> logs) {
  Counter counter(policy);
  for (const TestLog& log : logs) counter.take(log);
  return std::move(counter).result();
}

}  // namespace tidewaiter
