#include "policies/authoring/layout.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "policies/authoring/layout_tree.h"
#include "policies/authoring/scalar_text.h"
#include "policies/authoring/yaml_surface.h"
#include "policies/language/code_points.h"
#include "policies/language/document_reader.h"
#include "policies/language/yaml_trap.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kStep = 2;

using Place = std::pair<std::int32_t, std::int32_t>;

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(count_code_points(text));
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (true) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

/// Writes one document.
class Renderer {
 public:
  Renderer(const YamlText& text, const YamlSurface& surface, const std::set<Place>& twisted)
      : text_(text), surface_(surface), twisted_(twisted) {}

  [[nodiscard]] std::string render(LayoutGroup& root) {
    settle(root, 0);
    group(root, 0, false);
    return std::move(out_);
  }

 private:
  // --- scalars ---

  /// On one line.
  [[nodiscard]] std::string scalar(const YamlNode& node, bool is_word) const {
    if (node.kind == YamlNode::Kind::kNull) return "null";
    if (node.quoted) {
      return is_plainly_text(node.scalar) ? node.scalar : quoted_scalar(node.scalar);
    }
    const bool twisted = twisted_.contains({node.span.line, node.span.column}) ||
                         (is_word && is_yaml_trap(node.scalar));
    // A plain scalar of several lines has come together on one.
    return twisted ? quoted_scalar(node.scalar) : node.scalar;
  }

  /// Names of one letter stay plain: `n` and `y` are usual names of measures, and the readers in
  /// use keep them.
  [[nodiscard]] static std::string key_text(const YamlNode& key) {
    const bool twisted = key.scalar.size() > 1 && is_yaml_trap(key.scalar);
    const bool one_letter = key.scalar == "n" || key.scalar == "y";
    const bool plain = key.quoted ? one_letter || is_plainly_text(key.scalar) : !twisted;
    return plain ? key.scalar : quoted_scalar(key.scalar);
  }

  [[nodiscard]] bool spans_lines(const YamlNode& node) const {
    const auto last = surface_.last_line.find(&node);
    return last != surface_.last_line.end() && last->second > node.span.line;
  }

  /// The header and lines of a scalar that was written on several lines and stays so. `indent` is
  /// that of its key, of whose line `taken` columns are used.
  [[nodiscard]] std::optional<std::string> block_scalar(const YamlNode& node, std::size_t indent,
                                                        std::size_t taken) const {
    if (node.kind != YamlNode::Kind::kScalar) return std::nullopt;
    const char style = first_character(node);
    if (node.quoted && style == '|') return literal_block(node.scalar);
    if (node.quoted && style == '>') return refolded(node);
    if (!spans_lines(node)) return std::nullopt;
    if (node.scalar.find('\n') != std::string::npos) return literal_block(node.scalar);
    if (taken + columns(node.scalar) <= kWidth) return std::nullopt;
    return folded_block(node.scalar, kWidth - std::min(indent + kStep, kWidth / 2));
  }

  [[nodiscard]] char first_character(const YamlNode& node) const {
    const auto begin = surface_.begins.find(&node);
    if (begin == surface_.begins.end()) return '\0';
    const std::string_view line = text_.line(begin->second.line);
    return begin->second.byte < line.size() ? line[begin->second.byte] : '\0';
  }

  /// A folded block with the line breaks that its author chose.
  [[nodiscard]] std::optional<std::string> refolded(const YamlNode& node) const {
    const bool ended = node.scalar.ends_with('\n');
    const bool regular = !node.scalar.empty() && !node.scalar.ends_with("\n\n") &&
                         node.scalar.front() != ' ' && node.scalar.front() != '\n' &&
                         node.scalar.front() != '\t';
    if (!regular) return std::nullopt;
    std::vector<std::string_view> lines;
    for (std::int32_t n = node.span.line + 1; n <= surface_.last_line.at(&node); ++n) {
      lines.push_back(text_.line(n));
    }
    while (!lines.empty() && lines.back().find_first_not_of(" \t") == std::string_view::npos) {
      lines.pop_back();
    }
    if (lines.empty()) return std::nullopt;
    const std::size_t margin = lines.front().find_first_not_of(' ');
    std::string out = ended ? ">" : ">-";
    for (const std::string_view line : lines) {
      out += '\n';
      if (line.size() > margin) out += line.substr(margin);
    }
    return out;
  }

  // --- between brackets ---

  [[nodiscard]] std::string on_one_line(const LayoutEntry& entry) const {
    std::string out = entry.key != nullptr ? key_text(*entry.key) + ": " : "";
    return out + value_on_one_line(entry);
  }

  [[nodiscard]] std::string value_on_one_line(const LayoutEntry& entry) const {
    const YamlNode& value = *entry.value;
    if (entry.group) return on_one_line(*entry.group);
    if (value.kind == YamlNode::Kind::kMap) return "{}";
    if (value.kind == YamlNode::Kind::kSequence) return "[]";
    return scalar(value, entry.is_word);
  }

  [[nodiscard]] std::string on_one_line(const LayoutGroup& group) const {
    const bool is_map = group.node->kind == YamlNode::Kind::kMap;
    std::string out;
    for (const LayoutEntry& entry : group.entries) {
      if (!out.empty()) out += ", ";
      out += on_one_line(entry);
    }
    return is_map ? "{" + out + "}" : "[" + out + "]";
  }

  /// Whether the group gets a line for each entry. `taken` columns of its line are used.
  [[nodiscard]] bool needs_lines(const LayoutGroup& group, std::size_t taken) const {
    if (!group.inside_brackets || group.has_comments) return true;
    return spans_lines(*group.node) && taken + columns(on_one_line(group)) > kWidth;
  }

  // --- lines ---

  void comments(const std::vector<LineComment>& lines, std::size_t indent, bool& first) {
    for (const LineComment& comment : lines) {
      if (comment.after_blank && !first) out_ += '\n';
      out_.append(indent, ' ').append(comment.text) += '\n';
      first = false;
    }
  }

  /// From the innermost entries on: what moves to the front of a map moves on with it.
  void settle(LayoutGroup& group, std::size_t indent) {
    for (LayoutEntry& entry : group.entries) {
      const bool lines = entry.group && needs_lines(*entry.group, taken_by_head(entry, indent));
      if (lines) settle(*entry.group, indent + kStep);
      settle_comments(entry, lines);
    }
  }

  [[nodiscard]] static std::string head_of(const LayoutEntry& entry) {
    return entry.key != nullptr ? key_text(*entry.key) + ":" : "-";
  }
  [[nodiscard]] static std::size_t taken_by_head(const LayoutEntry& entry, std::size_t indent) {
    return indent + columns(head_of(entry)) + 1;
  }

  /// Moves what cannot stand behind a value in front of it.
  static void settle_comments(LayoutEntry& entry, bool value_needs_lines) {
    const bool is_item_of_maps = entry.key == nullptr && entry.group != nullptr;
    const std::size_t kept = value_needs_lines && is_item_of_maps ? 0 : 1;
    while (entry.trailing.size() > kept) {
      entry.leading.push_back({entry.trailing.front(), false});
      entry.trailing.erase(entry.trailing.begin());
    }
    if (!value_needs_lines || !is_item_of_maps) return;
    LayoutEntry& head = entry.group->entries.front();
    entry.leading.insert(entry.leading.end(), head.leading.begin(), head.leading.end());
    head.leading.clear();
    head.after_blank = false;
  }

  /// `at_dash`: the first entry goes on behind the dash of the item that the map is.
  void group(LayoutGroup& group, std::size_t indent, bool at_dash) {
    bool first = true;
    for (LayoutEntry& one : group.entries) {
      entry(one, indent, at_dash && &one == &group.entries.front(), first);
      first = false;
    }
    comments(group.tail, indent, first);
  }

  void entry(LayoutEntry& entry, std::size_t indent, bool at_dash, bool first) {
    const std::string head = head_of(entry);
    const bool lines = entry.group && needs_lines(*entry.group, taken_by_head(entry, indent));
    // Empty lines between comments and key stay where they were; the first line has none above.
    comments(entry.leading, indent, first);
    if (entry.after_blank && !first && !at_dash) out_ += '\n';
    if (!at_dash) out_.append(indent, ' ');
    out_ += head;
    if (!lines) {
      value(entry, indent, columns(head));
    } else if (entry.key == nullptr && entry.group->node->kind == YamlNode::Kind::kMap) {
      out_ += ' ';
      group(*entry.group, indent + kStep, true);
    } else {
      end_line(entry);
      group(*entry.group, indent + kStep, false);
    }
  }

  void end_line(const LayoutEntry& entry) {
    for (const std::string& comment : entry.trailing) out_ += "  " + comment;
    out_ += '\n';
  }

  void value(const LayoutEntry& entry, std::size_t indent, std::size_t head) {
    out_ += ' ';
    const std::optional<std::string> block =
        entry.group ? std::nullopt : block_scalar(*entry.value, indent, indent + head + 1);
    if (!block) {
      out_ += value_on_one_line(entry);
      end_line(entry);
      return;
    }
    const std::vector<std::string_view> lines = lines_of(*block);
    out_ += lines.front();
    end_line(entry);
    for (std::size_t i = 1; i < lines.size(); ++i) {
      if (!lines[i].empty()) out_.append(indent + kStep, ' ').append(lines[i]);
      out_ += '\n';
    }
  }

  const YamlText& text_;
  const YamlSurface& surface_;
  const std::set<Place>& twisted_;
  std::string out_;
};

/// How many `---` and `...` stand before a place: what lies between two of them is one document.
std::size_t marks_before(const YamlSurface& surface, const YamlPlace& place) {
  return static_cast<std::size_t>(std::ranges::upper_bound(surface.marks, place) -
                                  surface.marks.begin());
}

/// The document that a comment belongs to: the one between its marks, else the next one, else the
/// last.
std::size_t document_of(const YamlSurface& surface, const YamlComment& comment,
                        const std::vector<const YamlNode*>& roots) {
  const std::size_t wanted = marks_before(surface, comment.place);
  for (std::size_t i = 0; i < roots.size(); ++i) {
    if (marks_before(surface, surface.begins.at(roots[i])) >= wanted) return i;
  }
  return roots.size() - 1;
}

}  // namespace

std::string lay_out(const YamlText& text, const std::vector<YamlNode>& documents,
                    const std::vector<SourceSpan>& twisted) {
  const YamlSurface surface = read_surface(text, documents);
  std::set<Place> places;
  for (const SourceSpan& span : twisted) places.emplace(span.line, span.column);
  std::vector<const YamlNode*> roots;
  for (const YamlNode& document : documents) {
    const bool empty = document.kind == YamlNode::Kind::kNull;
    if (!empty) roots.push_back(&document);
  }
  std::string out;
  if (roots.empty()) {
    for (const YamlComment& comment : surface.comments) out += comment.text + '\n';
    return out;
  }
  std::vector<std::vector<YamlComment>> comments(roots.size());
  for (const YamlComment& comment : surface.comments) {
    comments[document_of(surface, comment, roots)].push_back(comment);
  }
  for (std::size_t i = 0; i < roots.size(); ++i) {
    if (i > 0) out += "\n---\n";
    const auto layout = build_layout(text, *roots[i], surface, comments[i]);
    if (layout) out += Renderer(text, surface, places).render(*layout);
  }
  return out;
}

}  // namespace tidewaiter
