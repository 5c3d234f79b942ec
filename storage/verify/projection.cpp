#include "storage/verify/projection.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace tidewaiter {

namespace {

constexpr std::array<const char*, 20> kColumnNames = {"idx",
                                                      "id",
                                                      "state",
                                                      "ended",
                                                      "policy",
                                                      "policy_version",
                                                      "policy_hash",
                                                      "severity",
                                                      "subject",
                                                      "run_from",
                                                      "run_to",
                                                      "windows",
                                                      "figures",
                                                      "historical",
                                                      "reason",
                                                      "evidence",
                                                      "evidence_total",
                                                      "opened_seq",
                                                      "opened_ordinal",
                                                      "recorded"};

/// Its members are sorted, and none has a name behind `value`.
std::string with_value(std::string_view figure, std::string_view value) {
  std::string whole(figure.substr(0, figure.size() - 1));
  return whole.append(",\"value\":").append(value).append("}");
}

std::string figures_with_values(CanonicalJson::Value figures, const Disclosed& disclosed) {
  std::string list = "[";
  for (const CanonicalJson::Value figure : figures.elements()) {
    const DisclosedValue* const value =
        is_disclosed_figure(figure)
            ? find_disclosed(disclosed, "figures/" + std::string(figure["name"].text()))
            : nullptr;
    if (list.size() > 1) list += ',';
    list +=
        value != nullptr ? with_value(figure.bytes(), value->bytes) : std::string(figure.bytes());
  }
  return list + ']';
}

std::string cell_text(const Cell& cell) {
  if (std::holds_alternative<std::monostate>(cell)) return "NULL";
  if (const auto* number = std::get_if<std::int64_t>(&cell)) return std::to_string(*number);
  return "`" + std::get<std::string>(cell).substr(0, 60) + "`";
}

Cell cell_of(std::int64_t value) { return value; }
Cell cell_of(std::string_view value) { return std::string(value); }

}  // namespace

const DisclosedValue* find_disclosed(const Disclosed& disclosed, std::string_view name) {
  const auto found = std::ranges::find(disclosed, name, &DisclosedValue::name);
  return found == disclosed.end() ? nullptr : &*found;
}

const std::string* Projection::common(std::string_view text) {
  auto found = texts_.find(text);
  if (found == texts_.end()) found = texts_.emplace(text).first;
  return &*found;
}

void Projection::open(std::int64_t index, const ReadEntry& entry, const StepPlace& place) {
  Finding& row = findings_.emplace_back();
  row.index = index;
  entry.document["finding"].text().copy(row.id.data(), row.id.size());
  row.opened_seq = place.seq;
  row.opened_ordinal = place.ordinal;
  row.recorded = entry.ts.us;
}

void Projection::state(Finding& row, const ReadEntry& entry, const Disclosed& disclosed) {
  const CanonicalJson::Value document = entry.document;
  const CanonicalJson::Value policy = document["policy"];
  const std::int64_t run_from = entry.run_from.us;
  const std::int64_t run_to = entry.run_to.us;
  if (entry.type == "finding.closed") row.ended = true;
  if (entry.type == "finding.restated" && (row.run_from != run_from || row.run_to != run_to)) {
    row.ended = false;
  }
  row.state = common(entry.type);
  row.policy = common(policy["id"].text());
  row.policy_version = policy["version"].whole_number();
  row.policy_hash = common(policy["hash"].text());
  row.severity = common(document["severity"].text());
  row.run_from = run_from;
  row.run_to = run_to;
  row.windows = document["windows"].whole_number();
  row.historical = document.contains("historical");
  row.reason = common(document["reason"].text());
  if (const auto* subject = find_disclosed(disclosed, "subject")) row.subject = subject->text;
  if (const auto figures = document["figures"]; figures.exists()) {
    row.figures = figures_with_values(figures, disclosed);
  }
  if (const auto evidence = document["evidence"]; evidence.exists()) {
    row.evidence = evidence[evidence.contains("findings") ? "findings" : "seqs"].bytes();
    row.evidence_total = evidence["total"].whole_number();
  }
}

void Projection::add(std::int64_t index, const ReadEntry& entry, const StepPlace& place,
                     const Disclosed& disclosed) {
  last_log_ = place.log;
  steps_.push_back({place.seq, place.ordinal, index, place.opener});
  if (!place.opener) return;
  if (*place.opener == index) open(index, entry, place);
  state(findings_[place.finding], entry, disclosed);
}

void Projection::compare(SQLite::Database& database) const {
  if (!holds_steps(database)) tell_steps(database);
  compare_findings(database);
  compare_position(database);
}

/// Says whether `step` holds its rows in their order, and no others.
bool Projection::holds_steps(SQLite::Database& database) const {
  SQLite::Statement select(database, "SELECT seq, ordinal, idx, finding FROM step");
  for (const Step& expected : steps_) {
    if (!select.executeStep()) return false;
    const bool holds =
        holds_cell(select, 0, expected.seq) && holds_cell(select, 1, expected.ordinal) &&
        holds_cell(select, 2, expected.index) &&
        (expected.opener ? holds_cell(select, 3, *expected.opener) : select.isColumnNull(3));
    if (!holds) return false;
  }
  return !select.executeStep();
}

/// Tells in which rows `step` differs, in whatever order they lie.
void Projection::tell_steps(SQLite::Database& database) const {
  using StepRow = std::array<Cell, 4>;
  const auto name = [](const StepRow& row) {
    return "step (" + cell_text(row[0]) + ", " + cell_text(row[1]) + ")";
  };
  std::map<std::pair<Cell, Cell>, StepRow> stored;
  SQLite::Statement select(database, "SELECT seq, ordinal, idx, finding FROM step");
  while (select.executeStep()) {
    StepRow row;
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = read_cell(select, static_cast<int>(i));
    stored[{row[0], row[1]}] = row;
  }
  for (const Step& step : steps_) {
    const StepRow expected{step.seq, step.ordinal, step.index,
                           step.opener ? Cell(*step.opener) : Cell(std::monostate{})};
    const auto found = stored.find({expected[0], expected[1]});
    if (found == stored.end()) {
      problems_.add(
          VerifyFailure::kProjection, step.index,
          "table `step` lacks " + name(expected) + " of entry " + std::to_string(step.index));
      continue;
    }
    if (found->second != expected) {
      problems_.add(VerifyFailure::kProjection, step.index,
                    "table `step` has another entry or finding for " + name(expected) +
                        " than entry " + std::to_string(step.index) + " says");
    }
    stored.erase(found);
  }
  for (const auto& [place, row] : stored) {
    const auto* const index = std::get_if<std::int64_t>(&row[2]);
    problems_.add(VerifyFailure::kProjection, index != nullptr ? *index : -1,
                  "table `step` has " + name(row) + ", which no entry is");
  }
}

template <class See>
void Projection::over_columns(const Finding& row, const See& see) {
  int column = 0;
  const auto number = [&](std::int64_t value) { see(column++, value); };
  const auto text = [&](std::string_view value) { see(column++, value); };
  number(row.index);
  text({row.id.data(), row.id.size()});
  text(*row.state);
  number(row.ended ? 1 : 0);
  text(*row.policy);
  number(row.policy_version);
  text(*row.policy_hash);
  text(*row.severity);
  text(row.subject);
  number(row.run_from);
  number(row.run_to);
  number(row.windows);
  text(row.figures);
  number(row.historical ? 1 : 0);
  text(*row.reason);
  text(row.evidence);
  number(row.evidence_total);
  number(row.opened_seq);
  number(row.opened_ordinal);
  number(row.recorded);
}

void Projection::compare_row(SQLite::Statement& stored, const Finding& expected) const {
  const std::string entry = std::to_string(expected.index);
  over_columns(expected, [&](int column, const auto& value) {
    if (holds_cell(stored, column, value)) return;
    problems_.add(
        VerifyFailure::kProjection, expected.index,
        "table `finding`: `" + std::string(kColumnNames[static_cast<std::size_t>(column)]) +
            "` of the finding of entry " + entry + " is " + cell_text(read_cell(stored, column)) +
            ", the entries say " + cell_text(cell_of(value)));
  });
}

void Projection::compare_findings(SQLite::Database& database) const {
  SQLite::Statement select(database, "SELECT * FROM finding ORDER BY idx");
  auto expected = findings_.begin();
  const auto lacks = [this, &expected] {
    problems_.add(VerifyFailure::kProjection, expected->index,
                  "table `finding` lacks the finding that entry " +
                      std::to_string(expected->index) + " opened");
    ++expected;
  };
  while (select.executeStep()) {
    const std::int64_t index = select.getColumn(0).getInt64();
    while (expected != findings_.end() && expected->index < index) lacks();
    if (expected == findings_.end() || expected->index != index) {
      problems_.add(
          VerifyFailure::kProjection, index,
          "table `finding` has a finding that entry " + std::to_string(index) + " did not open");
      continue;
    }
    compare_row(select, *expected);
    ++expected;
  }
  while (expected != findings_.end()) lacks();
}

void Projection::compare_position(SQLite::Database& database) const {
  SQLite::Statement select(database, "SELECT one, log_id, seq FROM position");
  const bool has_row = select.executeStep();
  if (steps_.empty()) return;
  const std::int64_t index = steps_.back().index;
  const std::int64_t seq = steps_.back().seq;
  if (!has_row) {
    problems_.add(VerifyFailure::kProjection, index,
                  "table `position` has no row, though entry " + std::to_string(index) +
                      " is a step that was judged");
    return;
  }
  if (!holds_cell(select, 1, last_log_)) {
    problems_.add(VerifyFailure::kProjection, index,
                  "table `position` names another record log than the last step");
  }
  if (select.getColumn(2).getInt64() < seq) {
    problems_.add(VerifyFailure::kProjection, index,
                  "table `position` is behind the last step, which is at " + std::to_string(seq));
  }
}

}  // namespace tidewaiter
