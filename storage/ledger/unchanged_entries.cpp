#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "storage/ledger/ledger_reader.h"
#include "storage/ledger/restatement_reason.h"
#include "storage/sqlite/sqlite_error.h"

namespace tidewaiter {
namespace {

/// An entry of a finding, by what it says.
struct SaidStep {
  std::int64_t index = 0;
  nlohmann::json body;

  [[nodiscard]] bool is(StepKind kind) const { return body.value("typ", "") == step_name(kind); }
};

/// The value of a figure that is told apart from its entry; null where it is not there any more.
Result<nlohmann::json> disclosed_value(const std::vector<Disclosure>& disclosures,
                                       const std::string& name) {
  for (const Disclosure& one : disclosures) {
    if (one.name != name) continue;
    const Result<std::string> text = from_base64url(one.text);
    const auto json = text ? nlohmann::json::parse(*text, nullptr, false) : nlohmann::json(nullptr);
    if (json.is_array() && json.size() == 3) return json[2];
    return fail(ErrorCode::kCorruption, "a stored disclosure of `" + name + "` has another form");
  }
  return nlohmann::json(nullptr);
}

/// Whether a restatement has the figures that it says were there before it.
Result<bool> has_same_figures(SQLite::Database& database, const SaidStep& step) {
  const auto figures = step.body.value("figures", nlohmann::json::array());
  if (figures != step.body.value("previous", nlohmann::json::array())) return false;
  std::vector<Disclosure> disclosures;
  for (const auto& figure : figures) {
    if (figure.contains("value")) continue;
    if (disclosures.empty()) {
      auto read = read_disclosures(database, step.index);
      if (!read) return tl::unexpected(read.error());
      disclosures = std::move(*read);
    }
    const std::string name = figure.value("name", "");
    const auto now = disclosed_value(disclosures, "figures/" + name);
    if (!now) return tl::unexpected(now.error());
    const auto before = disclosed_value(disclosures, "previous/" + name);
    if (!before) return tl::unexpected(before.error());
    if (now->is_null() || *now != *before) return false;
  }
  return true;
}

Result<bool> says_the_same(SQLite::Database& database, const SaidStep& before,
                           const SaidStep& step) {
  const bool restates =
      step.is(StepKind::kRestated) && !before.is(StepKind::kWithdrawn) &&
      step.body.value("reason", "") == kMoreNamesCleared &&
      step.body.value("run", nlohmann::json()) == before.body.value("run", nlohmann::json()) &&
      step.body.value("severity", "") == before.body.value("severity", "");
  if (!restates) return false;
  return has_same_figures(database, step);
}

/// Empty where no entry was made for names that were cleared, as of most findings.
Result<std::vector<SaidStep>> read_said(SQLite::Database& database, std::int64_t finding) {
  SQLite::Statement select(database,
                           "SELECT step.idx, CAST(entry.body AS TEXT) FROM step JOIN entry ON "
                           "entry.idx = step.idx WHERE step.finding = ? ORDER BY step.idx");
  select.bind(1, finding);
  std::vector<std::pair<std::int64_t, std::string>> texts;
  bool may_repeat = false;
  while (select.executeStep()) {
    texts.emplace_back(select.getColumn(0).getInt64(), select.getColumn(1).getString());
    may_repeat = may_repeat || texts.back().second.find(kMoreNamesCleared) != std::string::npos;
  }
  std::vector<SaidStep> steps;
  if (!may_repeat) return steps;
  steps.reserve(texts.size());
  for (const auto& [index, text] : texts) {
    steps.push_back({index, nlohmann::json::parse(text, nullptr, false)});
    if (!steps.back().body.is_object()) {
      return fail(ErrorCode::kCorruption,
                  "entry " + std::to_string(index) + " of the ledger is damaged");
    }
  }
  return steps;
}

}  // namespace

Result<std::vector<std::int64_t>> read_unchanged(SQLite::Database& database, std::int64_t finding) {
  auto steps = read_said(database, finding);
  if (!steps) return tl::unexpected(steps.error());
  std::vector<std::int64_t> unchanged;
  for (std::size_t i = 1; i < steps->size(); ++i) {
    SaidStep& before = (*steps)[i - 1];
    SaidStep& step = (*steps)[i];
    const Result<bool> same = says_the_same(database, before, step);
    if (!same) return tl::unexpected(same.error());
    if (!*same) continue;
    // That a run has ended was no news where nothing came after it.
    if (before.is(StepKind::kClosed)) unchanged.push_back(before.index);
    unchanged.push_back(step.index);
  }
  return unchanged;
}

}  // namespace tidewaiter
