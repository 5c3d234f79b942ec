#include "storage/ledger/unchanged_entries.h"

#include <string_view>

#include <nlohmann/json.hpp>

#include "policies/model/finding.h"
#include "storage/ledger/restatement_reason.h"

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
Result<bool> has_same_figures(const ReadDisclosures& read_disclosures, const SaidStep& step) {
  const auto figures = step.body.value("figures", nlohmann::json::array());
  if (figures != step.body.value("previous", nlohmann::json::array())) return false;
  std::vector<Disclosure> disclosures;
  for (const auto& figure : figures) {
    if (figure.contains("value")) continue;
    if (disclosures.empty()) {
      auto read = read_disclosures(step.index);
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

Result<bool> says_the_same(const ReadDisclosures& read_disclosures, const SaidStep& before,
                           const SaidStep& step) {
  const bool restates =
      step.is(StepKind::kRestated) && !before.is(StepKind::kWithdrawn) &&
      step.body.value("reason", "") == kMoreNamesCleared &&
      step.body.value("run", nlohmann::json()) == before.body.value("run", nlohmann::json()) &&
      step.body.value("severity", "") == before.body.value("severity", "");
  if (!restates) return false;
  return has_same_figures(read_disclosures, step);
}

/// Empty where no entry was made for names that were cleared, as of most findings.
Result<std::vector<SaidStep>> parse_said(std::span<const FindingEntry> entries) {
  bool may_repeat = false;
  for (const FindingEntry& entry : entries) {
    may_repeat = may_repeat || entry.body.find(kMoreNamesCleared) != std::string::npos;
  }
  std::vector<SaidStep> steps;
  if (!may_repeat) return steps;
  steps.reserve(entries.size());
  for (const FindingEntry& entry : entries) {
    steps.push_back({entry.index, nlohmann::json::parse(entry.body, nullptr, false)});
    if (!steps.back().body.is_object()) {
      return fail(ErrorCode::kCorruption,
                  "entry " + std::to_string(entry.index) + " of the ledger is damaged");
    }
  }
  return steps;
}

}  // namespace

Result<std::vector<std::int64_t>> unchanged_entries(std::span<const FindingEntry> entries,
                                                    const ReadDisclosures& read_disclosures) {
  auto steps = parse_said(entries);
  if (!steps) return tl::unexpected(steps.error());
  std::vector<std::int64_t> unchanged;
  for (std::size_t i = 1; i < steps->size(); ++i) {
    SaidStep& before = (*steps)[i - 1];
    SaidStep& step = (*steps)[i];
    const Result<bool> same = says_the_same(read_disclosures, before, step);
    if (!same) return tl::unexpected(same.error());
    if (!*same) continue;
    // That a run has ended was no news where nothing came after it.
    if (before.is(StepKind::kClosed)) unchanged.push_back(before.index);
    unchanged.push_back(step.index);
  }
  return unchanged;
}

}  // namespace tidewaiter
