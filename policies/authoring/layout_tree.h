#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policies/authoring/vocabulary.h"
#include "policies/authoring/yaml_surface.h"
#include "policies/language/strict_yaml.h"

namespace tidewaiter {

/// A comment on a line of its own.
struct LineComment {
  std::string text;
  bool after_blank = false;
};

struct LayoutGroup;

/// A member of a map or an item of a list, with the comments that belong to it.
struct LayoutEntry {
  const YamlNode* key = nullptr;  ///< null: an item of a list
  const YamlNode* value = nullptr;
  YamlPlace place;           ///< of the key, or of the item's dash
  bool after_blank = false;  ///< the line above it is empty
  bool is_word = false;      ///< the language takes one of its words here
  std::vector<LineComment> leading;
  std::vector<std::string> trailing;   ///< on the lines of the entry, behind it
  std::unique_ptr<LayoutGroup> group;  ///< of a map or list that is not empty
  LayoutGroup* parent = nullptr;
};

/// A map or a list with its entries.
struct LayoutGroup {
  const YamlNode* node = nullptr;
  LayoutEntry* owner = nullptr;  ///< null: the document itself
  bool bracketed = false;
  bool inside_brackets = false;      ///< bracketed, or within something that is
  bool has_comments = false;         ///< bracketed with comments inside: needs lines
  std::int32_t column = 1;           ///< where its entries begin; comments left of it lie outside
  std::optional<Section> section;    ///< whose keys it has
  std::vector<LayoutEntry> entries;  ///< never moved once made: entries point to each other
  std::vector<LineComment> tail;     ///< after the last entry
};

/// The document as groups and entries, comments attached, keys in the language's order.
[[nodiscard]] std::unique_ptr<LayoutGroup> build_layout(const YamlText& text, const YamlNode& root,
                                                        const YamlSurface& surface,
                                                        const std::vector<YamlComment>& comments);

}  // namespace tidewaiter
