#include "policies/lint/allow_comments.h"

#include <algorithm>
#include <set>
#include <string>

#include "policies/language/code_points.h"
#include "policies/language/load.h"
#include "policies/lint/lint_code.h"
#include "policies/model/input_text.h"
#include "policies/model/trimmed.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kMarker = "lint: allow";

std::size_t indent_of(std::string_view line) { return line.find_first_not_of(' '); }

/// Lines that belong to a text which began on an earlier line: there `#` begins no comment.
class TextLines {
 public:
  TextLines(const YamlText& text, const std::vector<YamlNode>& documents) : text_(text) {
    for (const YamlNode& document : documents) visit(document);
  }

  [[nodiscard]] bool contains(std::int32_t line) const { return lines_.contains(line); }

 private:
  void visit(const YamlNode& node) {
    if (node.kind == YamlNode::Kind::kScalar && node.quoted) add(node.span);
    for (const YamlNode& item : node.items) visit(item);
    for (const auto& [key, value] : node.members) {
      visit(key);
      visit(value);
    }
  }

  void add(const SourceSpan& start) {
    std::string_view rest = text_.line(start.line);
    for (std::int32_t i = 1; i < start.column && !rest.empty(); ++i) {
      rest.remove_prefix(code_point_length(rest, 0));
    }
    if (rest.starts_with('|') || rest.starts_with('>')) {
      add_block(start.line);
    } else if (rest.starts_with('"') || rest.starts_with('\'')) {
      add_quoted(start.line, rest.front(), rest.substr(1));
    }
  }

  /// The lines as far in as the first that is not blank.
  void add_block(std::int32_t line) {
    std::size_t indent = std::string_view::npos;
    for (++line; line <= kMostLines; ++line) {
      const std::string_view content = text_.line(line);
      const std::size_t here = indent_of(content);
      if (here == std::string_view::npos) {
        if (content.data() == nullptr) return;  // past the end
        continue;
      }
      if (indent == std::string_view::npos) indent = here;
      if (here < indent || here == 0) return;
      lines_.insert(line);
    }
  }

  void add_quoted(std::int32_t line, char quote, std::string_view rest) {
    for (;;) {
      for (std::size_t i = 0; i < rest.size(); ++i) {
        if (quote == '"' && rest[i] == '\\') {
          ++i;
        } else if (rest[i] == quote) {
          const bool doubled = quote == '\'' && i + 1 < rest.size() && rest[i + 1] == quote;
          if (!doubled) return;
          ++i;
        }
      }
      rest = text_.line(++line);
      if (rest.data() == nullptr) return;
      lines_.insert(line);
    }
  }

  static constexpr std::int32_t kMostLines = kMostListFileBytes;  // a line has at least one byte
  const YamlText& text_;
  std::set<std::int32_t> lines_;
};

struct Allow {
  SourceSpan code_place;
  std::string code;
  bool has_reason = false;
  std::int32_t target = 0;  ///< the line that it is about; 0: none follows
  bool used = false;
};

/// About an allow itself: such a warning cannot be allowed in turn.
bool is_about_allows(std::string_view code) { return code.starts_with("TW129"); }

std::vector<Allow> find_allows(const YamlText& text, const TextLines& inside) {
  std::vector<Allow> allows;
  std::size_t waiting = 0;  // allows[waiting..] have no target yet
  for (std::int32_t number = 1; text.line(number).data() != nullptr; ++number) {
    const std::string_view line = text.line(number);
    const std::string_view content = trimmed(line, " \t");
    if (content.empty() && !inside.contains(number)) continue;
    if (inside.contains(number) || !content.starts_with('#')) {
      for (; waiting < allows.size(); ++waiting) allows[waiting].target = number;
      continue;
    }
    std::string_view comment = trimmed(content.substr(1), " \t");
    if (!comment.starts_with(kMarker)) continue;
    comment = trimmed(comment.substr(kMarker.size()), " \t");
    const std::size_t end = std::min(comment.find_first_of(" \t,:"), comment.size());
    Allow allow;
    allow.code = std::string(comment.substr(0, end));
    allow.has_reason = comment.find_first_not_of(" \t,:-", end) != std::string_view::npos;
    const std::size_t offset = allow.code.empty()
                                   ? line.find('#')
                                   : static_cast<std::size_t>(comment.data() - line.data());
    allow.code_place = {text.path(), number, 1 + count_code_points(line.substr(0, offset)),
                        std::max(1, count_code_points(allow.code))};
    allows.push_back(std::move(allow));
  }
  return allows;
}

Diagnostic warning(const YamlText& text, const Allow& allow, const DiagnosticCode& code,
                   std::string message, std::string hint) {
  return text.at(allow.code_place, DiagnosticLevel::kWarning, std::string(code.code),
                 std::move(message), std::move(hint));
}

void judge(const YamlText& text, const Allow& allow, std::vector<Diagnostic>& diagnostics) {
  const std::string shown_code = in_backticks(allow.code);
  if (!is_warning_code(allow.code) || is_about_allows(allow.code)) {
    diagnostics.push_back(warning(
        text, allow, kNotAllowable,
        allow.code.empty() ? "the comment names no code" : shown_code + " cannot be allowed",
        "write the code of a warning and why: `# lint: allow TW1203 …`"));
    return;
  }
  if (!allow.used) {
    diagnostics.push_back(warning(text, allow, kAllowsNothing,
                                  "the next line has no warning " + shown_code,
                                  "remove the comment, or put it right above the line"));
  }
  if (!allow.has_reason) {
    diagnostics.push_back(warning(text, allow, kAllowWithoutReason,
                                  shown_code + " is allowed without a reason",
                                  "write after the code why it is right here"));
  }
}

}  // namespace

void apply_allow_comments(const YamlText& text, const std::vector<YamlNode>& documents,
                          std::vector<Diagnostic>& diagnostics) {
  std::vector<Allow> allows = find_allows(text, TextLines(text, documents));
  if (allows.empty()) return;
  std::erase_if(diagnostics, [&](const Diagnostic& d) {
    if (d.level != DiagnosticLevel::kWarning) return false;
    bool allowed = false;
    for (Allow& allow : allows) {
      if (allow.target != d.span.line || allow.code != d.code) continue;
      allow.used = allowed = true;
    }
    return allowed;
  });
  for (const Allow& allow : allows) judge(text, allow, diagnostics);
}

}  // namespace tidewaiter
