#include "storage/verify/projection.h"

#include "policies/model/jcs.h"

namespace tidewaiter {

namespace {

using nlohmann::json;

/// Columns of `finding`, in the schema's order.
enum Column : std::size_t {
  kIdx,
  kId,
  kState,
  kEnded,
  kPolicy,
  kPolicyVersion,
  kPolicyHash,
  kSeverity,
  kSubject,
  kRunFrom,
  kRunTo,
  kWindows,
  kFigures,
  kHistorical,
  kReason,
  kEvidence,
  kEvidenceTotal,
  kOpenedSeq,
  kOpenedOrdinal,
  kRecorded,
};

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

/// Text of JSON that was read by the format's grammar and so has a canonical form.
std::string canonical(const json& value) { return to_jcs(value).value_or(std::string()); }

std::int64_t time_us(const json& text) {
  const Result<UtcTime> time = parse_time(text.get<std::string>());
  return time ? time->us : 0;  // the grammar was checked before
}

std::string figures_with_values(json figures, const Disclosed& disclosed) {
  for (json& figure : figures) {
    const auto value = disclosed.find("figures/" + figure["name"].get<std::string>());
    if (value != disclosed.end() && is_disclosed_figure(figure)) figure["value"] = value->second;
  }
  return canonical(figures);
}

std::string cell_text(const Cell& cell) {
  if (std::holds_alternative<std::monostate>(cell)) return "NULL";
  if (const auto* number = std::get_if<std::int64_t>(&cell)) return std::to_string(*number);
  return "`" + std::get<std::string>(cell).substr(0, 60) + "`";
}

}  // namespace

void Projection::open(std::int64_t index, const ReadEntry& entry, const StepPlace& place) {
  FindingRow& row = findings_[index];
  row[kIdx] = index;
  row[kId] = entry.document["finding"].get<std::string>();
  row[kSubject] = std::string();
  row[kFigures] = std::string("[]");
  row[kEvidence] = std::string("[]");
  row[kEvidenceTotal] = std::int64_t{0};
  row[kOpenedSeq] = place.seq;
  row[kOpenedOrdinal] = place.ordinal;
  row[kRecorded] = entry.ts.us;
  row[kEnded] = std::int64_t{0};
}

void Projection::state(FindingRow& row, const ReadEntry& entry, const Disclosed& disclosed) {
  const json& document = entry.document;
  const Cell run_from = time_us(document["run"]["from"]);
  const Cell run_to = time_us(document["run"]["to"]);
  if (entry.type == "finding.closed") row[kEnded] = std::int64_t{1};
  if (entry.type == "finding.restated" && (row[kRunFrom] != run_from || row[kRunTo] != run_to)) {
    row[kEnded] = std::int64_t{0};
  }
  row[kState] = entry.type;
  row[kPolicy] = document["policy"]["id"].get<std::string>();
  row[kPolicyVersion] = document["policy"]["version"].get<std::int64_t>();
  row[kPolicyHash] = document["policy"]["hash"].get<std::string>();
  row[kSeverity] = document["severity"].get<std::string>();
  row[kRunFrom] = run_from;
  row[kRunTo] = run_to;
  row[kWindows] = document["windows"].get<std::int64_t>();
  row[kHistorical] = std::int64_t{document.contains("historical") ? 1 : 0};
  row[kReason] = document.value("reason", std::string());
  if (const auto subject = disclosed.find("subject"); subject != disclosed.end()) {
    row[kSubject] = subject->second.get<std::string>();
  }
  if (document.contains("figures")) {
    row[kFigures] = figures_with_values(document["figures"], disclosed);
  }
  if (document.contains("evidence")) {
    const auto& evidence = document["evidence"];
    row[kEvidence] = canonical(evidence[evidence.contains("findings") ? "findings" : "seqs"]);
    row[kEvidenceTotal] = evidence["total"].get<std::int64_t>();
  }
}

void Projection::add(std::int64_t index, const ReadEntry& entry, const StepPlace& place,
                     const Disclosed& disclosed) {
  last_ = place;
  if (!place.opener) {
    steps_.push_back({place.seq, place.ordinal, index, std::monostate{}});
    return;
  }
  steps_.push_back({place.seq, place.ordinal, index, *place.opener});
  if (*place.opener == index) open(index, entry, place);
  state(findings_[*place.opener], entry, disclosed);
}

void Projection::compare(SQLite::Database& database) const {
  compare_steps(database);
  compare_findings(database);
  compare_position(database);
}

void Projection::compare_steps(SQLite::Database& database) const {
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
  for (const StepRow& expected : steps_) {
    const std::int64_t index = std::get<std::int64_t>(expected[2]);
    const auto found = stored.find({expected[0], expected[1]});
    if (found == stored.end()) {
      problems_.add(VerifyFailure::kProjection, index,
                    "table `step` lacks " + name(expected) + " of entry " + std::to_string(index));
      continue;
    }
    if (found->second != expected) {
      problems_.add(VerifyFailure::kProjection, index,
                    "table `step` has another entry or finding for " + name(expected) +
                        " than entry " + std::to_string(index) + " says");
    }
    stored.erase(found);
  }
  for (const auto& [place, row] : stored) {
    const auto* const index = std::get_if<std::int64_t>(&row[2]);
    problems_.add(VerifyFailure::kProjection, index != nullptr ? *index : -1,
                  "table `step` has " + name(row) + ", which no entry is");
  }
}

void Projection::compare_findings(SQLite::Database& database) const {
  SQLite::Statement select(database, "SELECT * FROM finding ORDER BY idx");
  auto expected = findings_.begin();
  const auto lacks = [this, &expected] {
    problems_.add(VerifyFailure::kProjection, expected->first,
                  "table `finding` lacks the finding that entry " +
                      std::to_string(expected->first) + " opened");
    ++expected;
  };
  while (select.executeStep()) {
    const std::int64_t index = select.getColumn(0).getInt64();
    while (expected != findings_.end() && expected->first < index) lacks();
    if (expected == findings_.end() || expected->first != index) {
      problems_.add(
          VerifyFailure::kProjection, index,
          "table `finding` has a finding that entry " + std::to_string(index) + " did not open");
      continue;
    }
    for (std::size_t i = 0; i < kFindingColumns; ++i) {
      const Cell cell = read_cell(select, static_cast<int>(i));
      if (cell == expected->second[i]) continue;
      problems_.add(VerifyFailure::kProjection, index,
                    "table `finding`: `" + std::string(kColumnNames[i]) +
                        "` of the finding of entry " + std::to_string(index) + " is " +
                        cell_text(cell) + ", the entries say " + cell_text(expected->second[i]));
    }
    ++expected;
  }
  while (expected != findings_.end()) lacks();
}

void Projection::compare_position(SQLite::Database& database) const {
  SQLite::Statement select(database, "SELECT one, log_id, seq FROM position");
  const bool has_row = select.executeStep();
  if (!last_) return;
  const std::int64_t index = std::get<std::int64_t>(steps_.back()[2]);
  if (!has_row) {
    problems_.add(VerifyFailure::kProjection, index,
                  "table `position` has no row, though entry " + std::to_string(index) +
                      " is a step that was judged");
    return;
  }
  if (read_cell(select, 1) != Cell(last_->log)) {
    problems_.add(VerifyFailure::kProjection, index,
                  "table `position` names another record log than the last step");
  }
  if (select.getColumn(2).getInt64() < last_->seq) {
    problems_.add(
        VerifyFailure::kProjection, index,
        "table `position` is behind the last step, which is at " + std::to_string(last_->seq));
  }
}

}  // namespace tidewaiter
