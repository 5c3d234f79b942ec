#include "policies/lint/mending.h"

#include <algorithm>
#include <optional>

#include "policies/language/code_points.h"
#include "policies/language/strict_yaml.h"

namespace tidewaiter {
namespace {

constexpr int kMaxRounds = 8;
constexpr std::size_t kContext = 3;

/// An edit in bytes.
struct ByteEdit {
  std::size_t from;
  std::size_t to;
  std::string text;
};

/// Offset of a column in a line, or nothing if the line is shorter.
std::optional<std::size_t> byte_of(std::string_view line, std::int32_t column) {
  std::size_t offset = 0;
  for (std::int32_t i = 1; i < column; ++i) {
    if (offset >= line.size()) return std::nullopt;
    offset += code_point_length(line, offset);
  }
  return std::min(offset, line.size());
}

std::optional<ByteEdit> byte_edit(const YamlText& text, std::string_view whole,
                                  const TextEdit& edit) {
  const std::string_view line = text.line(edit.span.line);
  const auto from = byte_of(line, edit.span.column);
  const auto to = byte_of(line, edit.span.column + edit.span.length);
  if (line.data() == nullptr || !from || !to) return std::nullopt;
  const auto start = static_cast<std::size_t>(line.data() - whole.data());
  return ByteEdit{start + *from, start + *to, edit.text};
}

bool overlap(const ByteEdit& a, const ByteEdit& b) { return a.from < b.to && b.from < a.to; }

/// All edits of a fix, or none if one of them has no place.
std::vector<ByteEdit> byte_edits(const YamlText& text, std::string_view whole,
                                 const Diagnostic& diagnostic, const std::vector<ByteEdit>& taken) {
  std::vector<ByteEdit> edits;
  for (const TextEdit& edit : diagnostic.fix) {
    auto one = byte_edit(text, whole, edit);
    const bool free = one && std::ranges::none_of(taken, [&](const ByteEdit& other) {
                        return overlap(*one, other) || one->from == other.from;
                      });
    if (!free) return {};
    edits.push_back(*std::move(one));
  }
  return edits;
}

struct Tally {
  std::int64_t errors = 0;
  std::int64_t warnings = 0;
  auto operator<=>(const Tally&) const = default;
};

Tally tally(const std::vector<Diagnostic>& diagnostics, std::string_view path) {
  Tally sum;
  for (const Diagnostic& d : diagnostics) {
    if (d.span.file != path) continue;
    ++(d.level == DiagnosticLevel::kError ? sum.errors : sum.warnings);
  }
  return sum;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

void add_line(std::string& out, char mark, std::string_view line) {
  out += mark;
  out += line;
  if (!line.ends_with('\n')) out += "\n\\ No newline at end of file\n";
}

}  // namespace

std::string apply_fixes(std::string_view path, std::string_view text,
                        std::span<const Diagnostic> diagnostics, std::int64_t& applied) {
  const YamlText lines{std::string(path), text};
  std::vector<ByteEdit> edits;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.span.file != path) continue;
    std::vector<ByteEdit> fix = byte_edits(lines, text, diagnostic, edits);
    if (fix.empty()) continue;
    edits.insert(edits.end(), fix.begin(), fix.end());
    ++applied;
  }
  std::ranges::sort(edits, {}, &ByteEdit::from);
  std::string out;
  std::size_t at = 0;
  for (const ByteEdit& edit : edits) {
    out += text.substr(at, edit.from - at);
    out += edit.text;
    at = edit.to;
  }
  out += text.substr(at);
  return out;
}

MendOutcome mend_policies(const LintRequest& request) {
  MendOutcome outcome;
  outcome.texts.assign(request.texts.begin(), request.texts.end());
  const auto lint_again = [&](std::span<const PolicyText> texts) {
    LintRequest again = request;
    again.texts = texts;
    return lint_policies(again);
  };
  outcome.left = lint_again(outcome.texts);
  std::vector<std::int64_t> fixes(outcome.texts.size());
  for (int round = 0; round < kMaxRounds; ++round) {
    std::vector<PolicyText> next = outcome.texts;
    std::vector<std::int64_t> fresh(next.size());
    for (std::size_t i = 0; i < next.size(); ++i) {
      next[i].text = apply_fixes(next[i].path, next[i].text, outcome.left.diagnostics, fresh[i]);
    }
    const LoadOutcome after = lint_again(next);
    bool changed = false;
    for (std::size_t i = 0; i < next.size(); ++i) {
      if (next[i].text == outcome.texts[i].text) continue;
      const bool better =
          tally(after.diagnostics, next[i].path) < tally(outcome.left.diagnostics, next[i].path);
      if (!better) continue;
      outcome.texts[i] = std::move(next[i]);
      fixes[i] += fresh[i];
      changed = true;
    }
    if (!changed) break;
    outcome.left = lint_again(outcome.texts);
  }
  for (std::size_t i = 0; i < fixes.size(); ++i) {
    if (fixes[i] == 0) continue;
    outcome.mended.push_back(
        {outcome.texts[i].path, request.texts[i].text, outcome.texts[i].text, fixes[i]});
  }
  return outcome;
}

std::string unified_diff(const MendedText& mended) {
  const std::vector<std::string_view> before = lines_of(mended.before);
  const std::vector<std::string_view> after = lines_of(mended.after);
  const std::size_t count = std::min(before.size(), after.size());
  std::string out = "--- " + mended.path + "\n+++ " + mended.path + "\n";
  const auto differs = [&](std::size_t i) { return before[i] != after[i]; };
  for (std::size_t i = 0; i < count; ++i) {
    if (!differs(i)) continue;
    const std::size_t first = i > kContext ? i - kContext : 0;
    std::size_t last = i;  // the last changed line of the hunk
    for (std::size_t j = i; j < count && j <= last + 2 * kContext; ++j) {
      if (differs(j)) last = j;
    }
    const std::size_t end = std::min(last + kContext + 1, count);
    const std::string range = std::to_string(first + 1) + "," + std::to_string(end - first);
    out += "@@ -" + range + " +" + range + " @@\n";
    for (std::size_t j = first; j < end;) {
      if (!differs(j)) {
        add_line(out, ' ', before[j++]);
        continue;
      }
      std::size_t stop = j;
      while (stop < end && differs(stop)) ++stop;
      for (std::size_t k = j; k < stop; ++k) add_line(out, '-', before[k]);
      for (std::size_t k = j; k < stop; ++k) add_line(out, '+', after[k]);
      j = stop;
    }
    i = end - 1;
  }
  return out;
}

}  // namespace tidewaiter
