#include "policies/authoring/layout_tree.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace tidewaiter {
namespace {

bool is_blank_line(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

class Builder {
 public:
  Builder(const YamlText& text, const YamlSurface& surface) : text_(text), surface_(surface) {
    for (const YamlComment& comment : surface.comments) {
      commented_.insert(comment.brackets.begin(), comment.brackets.end());
    }
  }

  /// Dashes before this place belong to other documents.
  void begin_at(const YamlPlace& place) {
    const auto& dashes = surface_.dashes;
    next_dash_ = static_cast<std::size_t>(std::ranges::lower_bound(dashes, place) - dashes.begin());
  }

  std::unique_ptr<LayoutGroup> group(const YamlNode& node, LayoutEntry* owner,
                                     std::optional<Section> section) {
    const bool is_map = node.kind == YamlNode::Kind::kMap;
    if (!is_map && node.kind != YamlNode::Kind::kSequence) return nullptr;
    const std::size_t size = is_map ? node.members.size() : node.items.size();
    if (size == 0) return nullptr;
    auto made = std::make_unique<LayoutGroup>();
    made->node = &node;
    made->owner = owner;
    made->bracketed = surface_.bracketed.contains(&node);
    made->inside_brackets = made->bracketed || (owner != nullptr && owner->parent->inside_brackets);
    made->has_comments = commented_.contains(&node);
    made->column = node.span.column;
    if (is_map) made->section = section;
    // A list may begin in the column of the key that it belongs to.
    const bool level = !is_map && owner != nullptr && made->column == owner->parent->column;
    if (level) ++made->column;
    made->entries.reserve(size);
    for (const YamlNode& value : node.items) add(*made, nullptr, value, section);
    for (const auto& [key, value] : node.members) add(*made, &key, value, section);
    return made;
  }

  /// All entries, in the order of the text.
  std::vector<LayoutEntry*> order;

 private:
  void add(LayoutGroup& parent, const YamlNode* key, const YamlNode& value,
           std::optional<Section> section) {
    LayoutEntry& entry = parent.entries.emplace_back();
    entry.key = key;
    entry.value = &value;
    entry.parent = &parent;
    entry.place = place_of(parent, key, value);
    entry.after_blank = !parent.inside_brackets && entry.place.line > 1 &&
                        is_blank_line(text_.line(entry.place.line - 1));
    order.push_back(&entry);
    std::optional<Section> below;
    if (key == nullptr) {
      below = section;  // a list of maps, all of one kind
    } else if (parent.section) {
      if (const KeyRow* row = find_key(*parent.section, key->scalar)) {
        below = row->section;
        entry.is_word = row->form == ValueForm::kWord || (row->form == ValueForm::kWordOrMap &&
                                                          value.kind == YamlNode::Kind::kScalar);
      }
    }
    entry.group = group(value, &entry, below);
  }

  YamlPlace place_of(const LayoutGroup& parent, const YamlNode* key, const YamlNode& value) {
    if (key == nullptr && !parent.inside_brackets) {
      if (next_dash_ < surface_.dashes.size()) return surface_.dashes[next_dash_++];
    }
    const auto found = surface_.begins.find(key != nullptr ? key : &value);
    // A value that is not there has no place: it follows what came before.
    if (found == surface_.begins.end()) return order.empty() ? YamlPlace{} : order.back()->place;
    return found->second;
  }

  const YamlText& text_;
  const YamlSurface& surface_;
  std::set<const YamlNode*> commented_;
  std::size_t next_dash_ = 0;
};

/// Gives each comment to the entry or group that it speaks of.
class Attacher {
 public:
  Attacher(LayoutGroup& root, const std::vector<LayoutEntry*>& order)
      : root_(root), order_(order) {}

  void attach(const YamlComment& comment) {
    const auto next = std::ranges::upper_bound(order_, comment.place, {}, &LayoutEntry::place);
    const auto at = static_cast<std::size_t>(next - order_.begin());
    const YamlNode* bracket = comment.brackets.empty() ? nullptr : comment.brackets.back();
    if (!comment.own_line) {
      behind(comment, at, bracket);
    } else if (bracket != nullptr) {
      between_brackets(comment, at, bracket);
    } else {
      between_lines(comment, at);
    }
  }

 private:
  /// The innermost bracketed group around the entry, or null.
  static const YamlNode* bracket_of(const LayoutEntry& entry) {
    for (const LayoutGroup* group = entry.parent; group != nullptr;
         group = group->owner != nullptr ? group->owner->parent : nullptr) {
      if (group->bracketed) return group->node;
    }
    return nullptr;
  }

  /// The last entry before `at` that stands between the same brackets.
  [[nodiscard]] LayoutEntry* before(std::size_t at, const YamlNode* bracket) const {
    while (at > 0) {
      LayoutEntry* entry = order_[--at];
      if (bracket_of(*entry) == bracket) return entry;
      // Nothing between the brackets yet: the comment stands behind the opening one.
      if (bracket != nullptr && entry->value == bracket) return entry;
    }
    return nullptr;
  }

  [[nodiscard]] LayoutEntry* after(std::size_t at, const YamlNode* bracket) const {
    for (; at < order_.size(); ++at) {
      if (bracket_of(*order_[at]) == bracket) return order_[at];
    }
    return nullptr;
  }

  static void lead(LayoutEntry& entry, const YamlComment& comment) {
    entry.leading.push_back({comment.text, comment.after_blank});
  }
  static void close(LayoutGroup& group, const YamlComment& comment) {
    group.tail.push_back({comment.text, comment.after_blank});
  }

  void behind(const YamlComment& comment, std::size_t at, const YamlNode* bracket) {
    if (LayoutEntry* entry = before(at, bracket)) {
      entry->trailing.push_back(comment.text);
    } else {
      lead(root_.entries.front(), comment);
    }
  }

  void between_brackets(const YamlComment& comment, std::size_t at, const YamlNode* bracket) {
    if (LayoutEntry* next = after(at, bracket)) {
      lead(*next, comment);
      return;
    }
    LayoutEntry* last = before(at, bracket);
    if (last == nullptr) {
      close(root_, comment);
    } else if (last->value == bracket && last->group) {
      close(*last->group, comment);
    } else {
      close(*last->parent, comment);
    }
  }

  void between_lines(const YamlComment& comment, std::size_t at) {
    LayoutEntry* last = before(at, nullptr);
    LayoutEntry* next = after(at, nullptr);
    const bool opens = last == nullptr || (next != nullptr && next->parent->owner == last);
    if (opens) {
      lead(next != nullptr ? *next : root_.entries.front(), comment);
      return;
    }
    for (LayoutGroup* group = last->parent;; group = group->owner->parent) {
      if (next != nullptr && group == next->parent) return lead(*next, comment);
      if (group->owner == nullptr || group->column <= comment.column) return close(*group, comment);
    }
  }

  LayoutGroup& root_;
  const std::vector<LayoutEntry*>& order_;
};

std::size_t rank(const LayoutEntry& entry, std::span<const KeyRow> keys) {
  return static_cast<std::size_t>(
      std::ranges::find(keys, std::string_view(entry.key->scalar), &KeyRow::name) - keys.begin());
}

void sort_keys(LayoutGroup& group) {
  for (LayoutEntry& entry : group.entries) {
    if (entry.group) sort_keys(*entry.group);
  }
  if (!group.section) return;
  const std::span<const KeyRow> keys = keys_of(*group.section);
  std::ranges::stable_sort(group.entries, {},
                           [keys](const LayoutEntry& entry) { return rank(entry, keys); });
  for (LayoutEntry& entry : group.entries) {
    if (entry.group) entry.group->owner = &entry;  // it has moved
  }
}

/// The keys of a document whose kind fixes their order.
std::optional<Section> section_of(const YamlNode& root) {
  if (root.kind != YamlNode::Kind::kMap || root.members.empty()) return std::nullopt;
  const std::string& key = root.members.front().first.scalar;
  if (key == "policy") return Section::kPolicy;
  if (key == "tests") return Section::kTests;
  return std::nullopt;
}

}  // namespace

std::unique_ptr<LayoutGroup> build_layout(const YamlText& text, const YamlNode& root,
                                          const YamlSurface& surface,
                                          const std::vector<YamlComment>& comments) {
  Builder builder(text, surface);
  if (const auto begin = surface.begins.find(&root); begin != surface.begins.end()) {
    builder.begin_at(begin->second);
  }
  auto layout = builder.group(root, nullptr, section_of(root));
  if (!layout) return nullptr;
  Attacher attacher(*layout, builder.order);
  for (const YamlComment& comment : comments) attacher.attach(comment);
  sort_keys(*layout);
  return layout;
}

}  // namespace tidewaiter
