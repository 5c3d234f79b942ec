#include "policies/authoring/yaml_surface.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "policies/language/code_points.h"

namespace tidewaiter {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool is_blank_line(std::string_view line) { return std::ranges::all_of(line, is_blank); }

std::size_t indentation(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

/// A node that has a text of its own.
struct Start {
  const YamlNode* node = nullptr;
  /// Blanks before the block collection that the node stands in: what lies deeper belongs to a
  /// block scalar.
  std::int32_t outer_indent = 0;
  YamlPlace place = {};
};

class StartCollector {
 public:
  std::vector<Start> take() {
    std::ranges::stable_sort(starts_, {}, [](const Start& start) {
      return std::pair(start.node->span.line, start.node->span.column);
    });
    return std::move(starts_);
  }

  void visit(const YamlNode& node, std::int32_t outer_indent) {
    if (node.kind == YamlNode::Kind::kNull) return;
    starts_.push_back({&node, outer_indent});
    const std::int32_t inner = node.span.column - 1;
    for (const YamlNode& item : node.items) visit(item, inner);
    for (const auto& [key, value] : node.members) {
      visit(key, inner);
      visit(value, inner);
    }
  }

 private:
  std::vector<Start> starts_;
};

class Walker {
 public:
  Walker(const YamlText& text, std::vector<Start> starts, YamlSurface& surface)
      : text_(text), starts_(std::move(starts)), out_(surface) {
    settle_places();
  }

  void run() {
    for (line_ = 1; line_ <= out_.lines; ++line_) {
      byte_ = 0;
      document_mark();
      while (byte_ < current().size()) step();
    }
  }

 private:
  [[nodiscard]] std::string_view current() const { return text_.line(line_); }
  [[nodiscard]] YamlPlace here() const { return {line_, byte_}; }

  /// Columns count code points; each line is walked once.
  void settle_places() {
    std::int32_t line = 0;
    std::int32_t column = 1;
    std::size_t byte = 0;
    for (Start& start : starts_) {
      const SourceSpan& span = start.node->span;
      if (span.line != line) {
        line = span.line;
        column = 1;
        byte = 0;
      }
      const std::string_view source = text_.line(line);
      for (; column < span.column && byte < source.size(); ++column) {
        byte += code_point_length(source, byte);
      }
      start.place = {line, byte};
      out_.begins[start.node] = start.place;
    }
  }

  void document_mark() {
    const std::string_view line = current();
    if (line.starts_with('%') && brackets_.empty()) out_.has_directive = true;
    const bool mark = line.starts_with("---") || line.starts_with("...");
    if (!mark || (line.size() > 3 && !is_blank(line[3]))) return;
    out_.marks.push_back(here());
    byte_ = 3;
  }

  void step() {
    while (next_ < starts_.size() && starts_[next_].place < here()) ++next_;
    if (next_ < starts_.size() && starts_[next_].place == here() && begin_node()) return;
    switch (current()[byte_]) {
      case '#':
        comment();
        return;
      case ']':
      case '}':
        if (!brackets_.empty()) {
          out_.last_line[brackets_.back()] = line_;
          brackets_.pop_back();
        }
        break;
      case '-':
        if (brackets_.empty() && is_indicator()) out_.dashes.push_back(here());
        break;
      default:
        break;
    }
    ++byte_;
  }

  [[nodiscard]] bool is_indicator() const {
    return byte_ + 1 == current().size() || is_blank(current()[byte_ + 1]);
  }

  /// Passes the text of the node that begins here; false for a block collection, which has none.
  bool begin_node() {
    const Start& start = starts_[next_++];
    const char first = current()[byte_];
    if (start.node->kind != YamlNode::Kind::kScalar) {
      if (first != '[' && first != '{') return false;
      out_.bracketed.insert(start.node);
      brackets_.push_back(start.node);
      ++byte_;
      return true;
    }
    if (!start.node->quoted) {
      plain(start.node->scalar);
    } else if (first == '|' || first == '>') {
      block(start.outer_indent);
    } else {
      quoted(first);
    }
    out_.last_line[start.node] = line_;
    return true;
  }

  /// A plain scalar has no escapes: its characters stand there in order, with nothing but blanks
  /// and line ends between them.
  void plain(std::string_view value) {
    for (const char c : value) {
      if (is_blank(c) || c == '\n') continue;
      while (line_ <= out_.lines && (byte_ >= current().size() || current()[byte_] != c)) {
        forward();
      }
      ++byte_;
    }
  }

  void quoted(char quote) {
    ++byte_;
    while (line_ <= out_.lines) {
      if (byte_ >= current().size()) {
        forward();
        continue;
      }
      const char c = current()[byte_++];
      if (quote == '"' && c == '\\') {
        forward();
      } else if (c == quote) {
        const bool doubled = quote == '\'' && byte_ < current().size() && current()[byte_] == quote;
        if (!doubled) return;
        ++byte_;
      }
    }
  }

  /// One byte on, or to the next line.
  void forward() {
    if (byte_ < current().size()) {
      ++byte_;
    } else {
      ++line_;
      byte_ = 0;
    }
  }

  /// The header, with its comment, and the lines that lie deeper than what is around them.
  void block(std::int32_t outer_indent) {
    std::size_t explicit_indent = 0;
    for (; byte_ < current().size() && current()[byte_] != '#'; ++byte_) {
      const char c = current()[byte_];
      if (c >= '1' && c <= '9') explicit_indent = static_cast<std::size_t>(c - '0');
    }
    if (byte_ < current().size()) comment();
    const auto outer = static_cast<std::size_t>(std::max(outer_indent, 0));
    std::size_t needed = explicit_indent > 0 ? outer + explicit_indent : 0;
    while (line_ < out_.lines) {
      const std::string_view next = text_.line(line_ + 1);
      if (!is_blank_line(next)) {
        const std::size_t depth = indentation(next);
        if (needed == 0) {
          if (outer_indent >= 0 && depth <= outer) break;
          needed = depth;
        }
        if (depth < needed) break;
      }
      ++line_;
      byte_ = next.size();
    }
  }

  void comment() {
    const std::string_view line = current();
    YamlComment comment;
    comment.place = here();
    comment.column = count_code_points(line.substr(0, byte_)) + 1;
    std::string_view before = line.substr(0, byte_);
    const bool marked = !out_.marks.empty() && out_.marks.back().line == line_;
    if (marked) before.remove_prefix(3);
    comment.own_line = is_blank_line(before);
    comment.after_blank = line_ > 1 && is_blank_line(text_.line(line_ - 1));
    const std::string_view rest = line.substr(byte_);
    comment.text = rest.substr(0, rest.find_last_not_of(" \t") + 1);
    comment.brackets = brackets_;
    out_.comments.push_back(std::move(comment));
    byte_ = line.size();
  }

  const YamlText& text_;
  std::vector<Start> starts_;
  YamlSurface& out_;
  std::vector<const YamlNode*> brackets_;
  std::size_t next_ = 0;
  std::int32_t line_ = 1;
  std::size_t byte_ = 0;
};

}  // namespace

YamlSurface read_surface(const YamlText& text, const std::vector<YamlNode>& documents) {
  YamlSurface surface;
  surface.lines = text.line_count();
  StartCollector collector;
  for (const YamlNode& document : documents) collector.visit(document, -1);
  Walker(text, collector.take(), surface).run();
  return surface;
}

}  // namespace tidewaiter
