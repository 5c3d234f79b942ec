// Runs the rows of docs/policy-language.md that say what each modifier, condition, operator,
// function and measure comes to, and holds them to what the language has.

#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <regex>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/authoring/vocabulary.h"
#include "policies/engine/evaluation.h"
#include "policies/engine/policy_test.h"
#include "policies/engine/test_log.h"
#include "policies/language/load.h"
#include "tests/unit/markdown_blocks.h"

namespace tidewaiter {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;

constexpr std::string_view kPage = "policy-language.md";
constexpr std::array kEngines = {EngineKind::kColumnar, EngineKind::kReference};

/// One row of a table of the page.
struct WorkedRow {
  std::vector<std::string> cells;
  int line = 0;
};

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

/// The cells of `| a | b |`, in which `\|` is a bar.
std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> cells;
  std::string cell;
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size() && line[i + 1] == '|') {
      cell += line[++i];
    } else if (line[i] == '|') {
      cells.push_back(trimmed(cell));
      cell.clear();
    } else {
      cell += line[i];
    }
  }
  return cells;
}

/// The tables of the page that begin with these columns.
std::vector<std::vector<WorkedRow>> tables_of(std::string_view head) {
  std::vector<std::vector<WorkedRow>> tables;
  const std::vector<std::string> lines = read_lines(std::string(kPage));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].starts_with(head)) continue;
    tables.emplace_back();
    for (i += 2; i < lines.size() && lines[i].starts_with('|'); ++i) {
      tables.back().push_back({cells_of(lines[i]), static_cast<int>(i) + 1});
    }
  }
  return tables;
}

/// The rows of all of them.
std::vector<WorkedRow> rows_of(std::string_view head) {
  std::vector<WorkedRow> rows;
  for (const std::vector<WorkedRow>& table : tables_of(head)) {
    rows.insert(rows.end(), table.begin(), table.end());
  }
  EXPECT_THAT(rows, testing::Not(IsEmpty())) << head;
  return rows;
}

/// What stands in backticks; nothing in a cell without, which is for people.
std::optional<std::string> code_of(const std::string& cell) {
  const std::size_t first = cell.find('`');
  const std::size_t last = cell.rfind('`');
  if (first == std::string::npos || first == last) return std::nullopt;
  return cell.substr(first + 1, last - first - 1);
}

/// The lists and licenses that rows name, as further documents of a file.
std::string shared_documents() {
  std::string documents;
  for (const Block& block : read_blocks(std::string(kPage))) {
    if (block.kind == "yaml rows") documents += "---\n" + block.text;
  }
  return documents;
}

std::string policy_text(const std::string& parts) {
  return "policy: worked.row\nversion: 1\ntitle: A row of the page\nbasis: [{terms: t}]\n"
         "kind: access\nseverity: low\n" +
         parts + shared_documents();
}

std::optional<Policy> loaded(const std::string& text) {
  const std::vector<PolicyText> texts = {{"row.yaml", text}};
  LoadOutcome outcome = load_policies(texts, parse_time("2026-01-02").value());
  for (const Diagnostic& told : outcome.diagnostics) {
    EXPECT_NE(told.level, DiagnosticLevel::kError) << to_text(told);
  }
  if (outcome.set.policies.size() != 1) return std::nullopt;
  return std::move(outcome.set.policies.front());
}

/// Lines of `select`, and perhaps of `condition`, over one record, by both engines. `holds` is
/// true, false or unknown.
void expect_truth(const std::string& select, const std::string& record_cell,
                  const std::string& holds) {
  ASSERT_THAT(holds, testing::AnyOf("true", "false", "unknown"));
  const std::string fields = code_of(record_cell).value_or("");
  std::string record = "kind: usage, account: a";
  if (!fields.starts_with("time:")) record += ", time: 2026-03-01T10:00:00Z";
  if (!fields.empty()) record += ", " + fields;
  const std::optional<Policy> policy = loaded(policy_text(
      select + "tests:\n  - name: row\n    given: [{" + record +
      "}]\n    covered_from: 2026-01-01\n    drained_to: 2028-01-01\n    expect: [{findings: " +
      (holds == "true" ? "1" : "0") + ", not_evaluable: " + (holds == "unknown" ? "1" : "0") +
      "}]\n"));
  ASSERT_TRUE(policy);
  for (const EngineKind engine : kEngines) {
    const std::vector<PolicyTestResult> results = run_policy_tests(*policy, {}, engine);
    ASSERT_EQ(results.size(), 1U);
    EXPECT_THAT(results.front().failures, IsEmpty())
        << (engine == EngineKind::kColumnar ? "columnar" : "reference");
  }
}

/// A text between single quotes, as YAML has it.
std::string quoted(const std::string& text) {
  return "'" + std::regex_replace(text, std::regex("'"), "''") + "'";
}

std::set<std::string> names_of(std::span<const WordRow> words) {
  std::set<std::string> names;
  for (const WordRow& word : words) names.emplace(word.name);
  return names;
}

std::vector<WorkedRow> modifier_rows() { return rows_of("| item | record | holds |"); }
std::vector<WorkedRow> condition_rows() { return rows_of("| condition | record | holds |"); }
std::vector<WorkedRow> expression_rows() { return rows_of("| expression | record | value |"); }
constexpr std::string_view kMeasureHead = "| name | measure | figure |";
std::vector<WorkedRow> measure_rows() { return rows_of(kMeasureHead); }

/// The selections that the page shows before its conditions.
std::string shown_selections() {
  for (const Block& block : read_blocks(std::string(kPage))) {
    if (block.section == "Conditions" && block.kind == "yaml part") {
      return block.text.substr(0, block.text.find("condition:"));
    }
  }
  ADD_FAILURE() << "no selections";
  return {};
}

/// Whether a row's value is what an expression comes to, as a selection that says so.
std::string comparison(const std::string& expression, const std::string& value) {
  if (value == "true" || value == "false") return expression;
  const std::string whole = "(" + expression + ")";
  return whole + " == " + (value == "unknown" ? whole : value);
}

TEST(WorkedRows, EachItemHoldsAsItsRowSays) {
  for (const WorkedRow& row : modifier_rows()) {
    SCOPED_TRACE("line " + std::to_string(row.line));
    ASSERT_EQ(row.cells.size(), 3U);
    const std::string item = code_of(row.cells[0]).value_or("");
    expect_truth("select:\n  row:\n    " + item + "\n", row.cells[1], row.cells[2]);
  }
}

TEST(WorkedRows, EachConditionHoldsAsItsRowSays) {
  const std::string selections = shown_selections();
  for (const WorkedRow& row : condition_rows()) {
    SCOPED_TRACE("line " + std::to_string(row.line));
    ASSERT_EQ(row.cells.size(), 3U);
    const std::string condition = code_of(row.cells[0]).value_or("");
    expect_truth(selections + "condition: " + condition + "\n", row.cells[1], row.cells[2]);
  }
}

TEST(WorkedRows, EachExpressionHasTheValueOfItsRow) {
  for (const WorkedRow& row : expression_rows()) {
    SCOPED_TRACE("line " + std::to_string(row.line));
    ASSERT_EQ(row.cells.size(), 3U);
    const std::string expression = code_of(row.cells[0]).value_or("");
    const std::string value = code_of(row.cells[2]).value_or(row.cells[2]);
    const bool is_truth = value == "false" || value == "unknown";
    expect_truth("select:\n  row: " + quoted(comparison(expression, value)) + "\n", row.cells[1],
                 is_truth ? value : "true");
  }
}

/// The measures of a table as those of one policy, and all records of the page as those of one
/// test. The window that the rows are about is the only one with so many tokens.
std::string policy_of_measures(const std::vector<WorkedRow>& rows) {
  std::string text = "window: 1h\nmeasure:\n";
  for (const WorkedRow& row : rows) {
    text += "  " + row.cells.at(0) + ": " + code_of(row.cells.at(1)).value_or("") + "\n";
  }
  text += "report_when: tokens > 3000\ntests:\n  - name: rows\n    given:\n";
  for (const Block& block : read_blocks(std::string(kPage))) {
    if (block.kind != "yaml records") continue;
    std::istringstream lines(block.text);
    for (std::string line; std::getline(lines, line);) text += "      " + line + "\n";
  }
  return policy_text(text +
                     "    covered_from: 2026-03-01T03:00:00Z\n"
                     "    drained_to: 2026-03-01T11:00:00Z\n    expect: [{findings: 1}]\n");
}

/// The figures of the one finding that the policy's test gives.
std::vector<Figure> figures_of(const Policy& policy, EngineKind engine) {
  const Result<TestLog> log = make_test_log(policy, policy.tests.front(), {});
  EXPECT_TRUE(log);
  const std::unique_ptr<Evaluation> evaluation = make_evaluation(engine, "rows");
  std::vector<Step> steps;
  EXPECT_TRUE(evaluation->activate(active_alone(policy), 1, nothing_before(), steps));
  evaluation->apply(log->entries, steps);
  std::set<std::string> findings;
  std::vector<Figure> figures;
  for (const Step& step : steps) {
    if (step.kind != StepKind::kOpened && step.kind != StepKind::kRestated) continue;
    findings.insert(step.finding);
    figures = step.figures;
  }
  EXPECT_EQ(findings.size(), 1U);
  return figures;
}

/// A double is as the row says if it is so to the last decimal that the row has.
bool is_figure(const Figure& figure, const std::string& cell) {
  if (cell == "unknown") return is_null(figure.value);
  const auto* const real = std::get_if<double>(&figure.value);
  if (real == nullptr || figure.type != ValueType::kDouble) {
    return format_value(figure.value, figure.type) == cell;
  }
  const std::size_t point = cell.find('.');
  const auto decimals =
      static_cast<double>(point == std::string::npos ? 0 : cell.size() - point - 1);
  // A row without decimals is of a double that is a whole number.
  const double allowed = point == std::string::npos ? 0.0 : 0.5000001 * std::pow(10.0, -decimals);
  return std::abs(*real - std::stod(cell)) <= allowed;
}

TEST(WorkedRows, EachMeasureHasTheFigureOfItsRow) {
  for (const std::vector<WorkedRow>& rows : tables_of(kMeasureHead)) {
    const std::optional<Policy> policy = loaded(policy_of_measures(rows));
    ASSERT_TRUE(policy);
    for (const EngineKind engine : kEngines) {
      const std::vector<Figure> figures = figures_of(*policy, engine);
      ASSERT_EQ(figures.size(), rows.size());
      for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_TRUE(is_figure(figures[i], rows[i].cells.at(2)))
            << "line " << rows[i].line << ": " << format_value(figures[i].value, figures[i].type);
      }
    }
  }
}

TEST(WorkedRows, EachModifierHasARow) {
  std::set<std::string> shown;
  for (const WorkedRow& row : modifier_rows()) {
    const std::string item = code_of(row.cells.at(0)).value_or("");
    std::string key = item.substr(0, item.find(": "));
    for (std::size_t bar = key.find('|'); bar != std::string::npos; bar = key.find('|')) {
      key.erase(0, bar + 1);
      shown.insert(key.substr(0, key.find('|')));
    }
  }
  EXPECT_THAT(shown, ElementsAreArray(names_of(modifier_words())));
}

TEST(WorkedRows, EachFunctionHasARow) {
  std::set<std::string> shown;
  const std::regex call("\\b([a-z_]+)\\(");
  for (const WorkedRow& row : expression_rows()) {
    const std::string text = code_of(row.cells.at(0)).value_or("");
    for (std::sregex_iterator at(text.begin(), text.end(), call), end; at != end; ++at) {
      shown.insert((*at)[1]);
    }
  }
  EXPECT_THAT(shown, ElementsAreArray(names_of(function_words())));
}

TEST(WorkedRows, EachMeasureHasARow) {
  std::set<std::string> shown;
  for (const WorkedRow& row : measure_rows()) {
    const std::string text = code_of(row.cells.at(1)).value_or("");
    const std::size_t open = text.find('(');
    if (open != std::string::npos) shown.insert(text.substr(0, open));
  }
  EXPECT_THAT(shown, ElementsAreArray(names_of(aggregate_words())));
}

TEST(WorkedRows, EachOperatorHasARow) {
  std::set<std::string> shown;
  for (const auto& [rows, cell] : {std::pair(condition_rows(), 0), std::pair(expression_rows(), 0),
                                   std::pair(measure_rows(), 1)}) {
    for (const WorkedRow& row : rows) {
      std::string text = code_of(row.cells.at(static_cast<std::size_t>(cell))).value_or("");
      text = std::regex_replace(text, std::regex("\"[^\"]*\""), "text");
      const std::regex part("[a-z_.]+|[=!<>]=|[<>+*/%-]");
      for (std::sregex_iterator at(text.begin(), text.end(), part), end; at != end; ++at) {
        shown.insert(at->str());
      }
    }
  }
  std::set<std::string> wanted = names_of(operator_words());
  for (const char* sign : {"==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%"}) {
    wanted.insert(sign);
  }
  for (const std::string& one : wanted) EXPECT_TRUE(shown.contains(one)) << one;
}

}  // namespace
}  // namespace tidewaiter
