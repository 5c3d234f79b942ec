#include "daemon/cli/review_labels.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sources/csv_reader.h"
#include "policies/model/did_you_mean.h"
#include "policies/model/input_text.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"finding", "policy", "subject", "time",
                                                    "label"};

/// As much of a name that is none as a message shows.
constexpr std::size_t kMostPolicyBytes = 128;

/// What one line says, by name.
using Members = std::map<std::string, std::string, std::less<>>;

/// The lines of a text that are not blank, with their numbers from 1.
std::vector<std::pair<std::int64_t, std::string_view>> lines_of(std::string_view text) {
  std::vector<std::pair<std::int64_t, std::string_view>> lines;
  for (std::int64_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") != std::string_view::npos) lines.emplace_back(number, line);
  }
  return lines;
}

bool is_known(std::string_view name) { return std::ranges::find(kNames, name) != kNames.end(); }

Result<Members> members_of_json(std::string_view line) {
  const auto object = nlohmann::json::parse(line, nullptr, false);
  if (!object.is_object()) return fail(ErrorCode::kInvalidInput, "expected a JSON object");
  Members members;
  for (const auto& [name, value] : object.items()) {
    if (!is_known(name)) {
      return fail(ErrorCode::kInvalidInput, "unknown member " + in_backticks(name, 64) +
                                                ": expected finding, policy, subject, time, label");
    }
    if (value.is_null()) continue;
    if (!value.is_string()) {
      return fail(ErrorCode::kInvalidInput, "`" + name + "` must be a text");
    }
    members[name] = value.get<std::string>();
  }
  return members;
}

Result<std::vector<std::string>> cells_of(std::string_view line) {
  CsvSplitter splitter(',');
  switch (splitter.split(line)) {
    case CsvSplitter::Outcome::kRecord:
      break;
    case CsvSplitter::Outcome::kOpenQuote:
      return fail(ErrorCode::kInvalidInput, "a quoted cell is not closed");
    case CsvSplitter::Outcome::kBad:
      return fail(ErrorCode::kInvalidInput, splitter.problem());
  }
  return std::vector<std::string>(splitter.cells().begin(), splitter.cells().end());
}

Result<std::vector<std::string>> header_of(std::string_view line) {
  Result<std::vector<std::string>> names = cells_of(line);
  if (!names) return names;
  for (const std::string& name : *names) {
    if (is_known(name) && std::ranges::count(*names, name) == 1) continue;
    return fail(ErrorCode::kInvalidInput,
                "expected columns finding, policy, subject, time, label, each at most once, got " +
                    in_backticks(name, 64));
  }
  return names;
}

Result<Members> members_of_row(const std::vector<std::string>& header, std::string_view line) {
  Result<std::vector<std::string>> cells = cells_of(line);
  if (!cells) return tl::unexpected(cells.error());
  if (cells->size() != header.size()) {
    return fail(ErrorCode::kInvalidInput, "expected " + std::to_string(header.size()) +
                                              " cells as in the header, got " +
                                              std::to_string(cells->size()));
  }
  Members members;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (!(*cells)[i].empty()) members[header[i]] = std::move((*cells)[i]);
  }
  return members;
}

Result<ReviewLabel> label_of(Members members) {
  ReviewLabel label;
  label.finding = members["finding"];
  label.policy = members["policy"];
  label.subject = members["subject"];
  const std::string& word = members["label"];
  if (word != "true_positive" && word != "false_positive") {
    return fail(ErrorCode::kInvalidInput,
                "expected `label` true_positive or false_positive, got " + in_backticks(word, 64));
  }
  label.is_true = word == "true_positive";
  const bool by_id = !label.finding.empty();
  const bool by_subject = !label.policy.empty() && !label.subject.empty();
  if (by_id == by_subject) {
    return fail(ErrorCode::kInvalidInput, "expected either `finding`, or `policy` and `subject`");
  }
  if (const std::string& text = members["time"]; !text.empty()) {
    const Result<UtcTime> time = parse_time(text, true);
    if (!time) return tl::unexpected(time.error());
    label.time = *time;
  }
  return label;
}

bool speaks_of(const ReviewLabel& label, const SettledFinding& finding) {
  if (!label.finding.empty()) return label.finding == finding.id;
  if (label.policy != finding.policy || label.subject != to_text(finding.subject)) return false;
  return !label.time || (finding.run.from <= *label.time && *label.time < finding.run.to);
}

}  // namespace

Result<std::vector<ReviewLabel>> read_review_labels(std::string_view text,
                                                    const std::string& path) {
  std::vector<ReviewLabel> labels;
  std::optional<std::vector<std::string>> header;
  const auto lines = lines_of(text);
  if (lines.empty()) {
    return fail(ErrorCode::kInvalidInput,
                "the file is empty: expected a header such as `policy,subject,time,label`, or a "
                "JSON object a line",
                path + ":1");
  }
  const bool is_json =
      lines.front().second.find('{') == lines.front().second.find_first_not_of(" \t");
  for (const auto& [number, line] : lines) {
    const std::string where = path + ":" + std::to_string(number);
    if (!is_json && !header) {
      Result<std::vector<std::string>> names = header_of(line);
      if (!names) return fail(names.error().code, names.error().message, where);
      header = *std::move(names);
      continue;
    }
    Result<Members> members = is_json ? members_of_json(line) : members_of_row(*header, line);
    if (!members) return fail(members.error().code, members.error().message, where);
    Result<ReviewLabel> label = label_of(*std::move(members));
    if (!label) return fail(label.error().code, label.error().message, where);
    label->line = number;
    labels.push_back(*std::move(label));
  }
  return labels;
}

LabelledFindings match_labels(const std::string& policy, std::span<const SettledFinding> findings,
                              std::span<const ReviewLabel> labels) {
  LabelledFindings result;
  for (const SettledFinding& finding : findings) {
    const auto last =
        std::find_if(labels.rbegin(), labels.rend(),
                     [&finding](const ReviewLabel& label) { return speaks_of(label, finding); });
    if (last == labels.rend()) {
      ++result.undecided;
    } else {
      ++(last->is_true ? result.confirmed : result.refuted);
    }
  }
  for (const ReviewLabel& label : labels) {
    const bool answered = std::ranges::any_of(
        findings, [&label](const SettledFinding& finding) { return speaks_of(label, finding); });
    if (label.is_true && label.policy == policy && !answered) ++result.missed;
  }
  return result;
}

std::vector<std::string> labels_of_no_policy(std::span<const ReviewLabel> labels,
                                             std::span<const std::string_view> tried,
                                             const std::string& path) {
  struct Stray {
    const ReviewLabel* first;
    std::int64_t count;
  };
  std::vector<Stray> strays;
  for (const ReviewLabel& label : labels) {
    if (label.policy.empty() || std::ranges::find(tried, label.policy) != tried.end()) continue;
    const auto known = std::ranges::find_if(
        strays, [&label](const Stray& stray) { return stray.first->policy == label.policy; });
    if (known == strays.end()) {
      strays.push_back({&label, 1});
    } else {
      ++known->count;
    }
  }
  std::vector<std::string> lines;
  for (const Stray& stray : strays) {
    std::string line =
        path + ":" + std::to_string(stray.first->line) + ": " +
        in_backticks(stray.first->policy, kMostPolicyBytes) +
        " is none of the policies that were tried: " +
        (stray.count == 1 ? "its label is" : "its " + std::to_string(stray.count) + " labels are") +
        " not compared";
    if (const auto near = did_you_mean(stray.first->policy, tried)) {
      line += "; did you mean `" + *near + "`?";
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace tidewaiter
