#include "policies/authoring/cursor.h"

#include <algorithm>
#include <utility>

#include "policies/authoring/document_keys.h"

namespace tidewaiter {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
                      text.back() == text.front();
  return quoted ? text.substr(1, text.size() - 2) : text;
}

/// Follows a text up to the cursor, line by line.
class PathFinder {
 public:
  CursorPath find(std::string_view text) {
    while (true) {
      const std::size_t end = text.find('\n');
      last_ = end == std::string_view::npos;
      line(text.substr(0, end));
      if (last_) break;
      text.remove_prefix(end + 1);
    }
    return result();
  }

 private:
  /// A key of a block map and where it stands.
  struct Level {
    std::size_t indent;
    std::string key;
  };
  /// An open bracket.
  struct Bracket {
    bool is_map;
    std::optional<std::string> key;  ///< the key before the place, in a map
  };

  void line(std::string_view line) {
    comment_ = false;
    in_value_ = false;
    if (brackets_.empty()) {
      if (line.starts_with("---") || line.starts_with("...")) {
        levels_.clear();
        document_.clear();
        block_.reset();
        line.remove_prefix(3);
      }
      if (in_block_scalar(line)) return;
      block_line(line);
    } else {
      rest(line);
    }
  }

  /// Lines of a block scalar lie deeper than its key, or are empty.
  bool in_block_scalar(std::string_view line) {
    if (!block_) return false;
    const std::size_t indent = line.find_first_not_of(' ');
    if (indent == std::string_view::npos ? !last_ || line.size() > *block_ : indent > *block_) {
      in_value_ = true;
      return true;
    }
    block_.reset();
    return false;
  }

  void block_line(std::string_view line) {
    std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    bool dash = false;
    while (indent < line.size() && line[indent] == '-' &&
           (indent + 1 == line.size() || line[indent + 1] == ' ')) {
      // A list may begin in the column of its key.
      const std::size_t column = indent;
      std::erase_if(levels_, [&](const Level& level) {
        return level.indent > column || (dash && level.indent == column);
      });
      dash = true;
      ++indent;
      while (indent < line.size() && line[indent] == ' ') ++indent;
    }
    const std::string_view content = line.substr(indent);
    if (content.empty() && !last_) return;
    if (content.starts_with('#')) {
      comment_ = true;
      return;
    }
    if (!dash || !content.empty()) {
      std::erase_if(levels_, [&](const Level& level) { return level.indent >= indent; });
    }
    const std::size_t colon = key_end(content);
    if (colon == std::string_view::npos) {
      rest(content);
      return;
    }
    levels_.push_back({indent, std::string(trimmed(content.substr(0, colon)))});
    if (document_.empty()) document_ = levels_.back().key;
    in_value_ = true;
    const std::string_view value = content.substr(colon + 1);
    const std::string_view bare = trimmed(value);
    if (bare.starts_with('|') || bare.starts_with('>')) block_ = indent;
    rest(value);
  }

  /// Where the colon after a plain or quoted key stands, or npos.
  static std::size_t key_end(std::string_view content) {
    if (content.starts_with('{') || content.starts_with('[')) return std::string_view::npos;
    std::size_t at = 0;
    if (content.starts_with('"') || content.starts_with('\'')) {
      at = content.find(content.front(), 1);
      if (at == std::string_view::npos) return at;
    }
    for (; at < content.size(); ++at) {
      if (content[at] == ':' && (at + 1 == content.size() || is_blank(content[at + 1]))) return at;
      if (content[at] == '#' && at > 0 && is_blank(content[at - 1])) break;
    }
    return std::string_view::npos;
  }

  /// What stands behind a key, or between brackets: follows brackets, quotes and comments.
  void rest(std::string_view text) {
    std::size_t start = 0;  // of the word that may be a key
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      const bool fresh = trimmed(text.substr(start, i - start)).empty();
      if ((c == '"' || c == '\'') && fresh) {
        i = std::min(text.find(c, i + 1), text.size() - 1);
      } else if (c == '#' && (i == 0 || is_blank(text[i - 1]))) {
        comment_ = last_;
        return;
      } else if ((c == '[' || c == '{') && (fresh || !brackets_.empty())) {
        brackets_.push_back({c == '{', {}});
        start = i + 1;
      } else if ((c == ']' || c == '}') && !brackets_.empty()) {
        brackets_.pop_back();
        start = i + 1;
      } else if (c == ',' && !brackets_.empty()) {
        brackets_.back().key.reset();
        start = i + 1;
      } else if (c == ':' && !brackets_.empty() && brackets_.back().is_map &&
                 !brackets_.back().key && (i + 1 == text.size() || is_blank(text[i + 1]))) {
        brackets_.back().key = std::string(trimmed(text.substr(start, i - start)));
        start = i + 1;
      }
    }
  }

  [[nodiscard]] CursorPath result() const {
    CursorPath path;
    path.in_comment = comment_;
    path.document = document_;
    for (const Level& level : levels_) path.keys.push_back(level.key);
    bool is_value = in_value_ || !brackets_.empty();
    for (const Bracket& bracket : brackets_) {
      if (!bracket.is_map) continue;
      if (bracket.key) path.keys.push_back(*bracket.key);
      is_value = bracket.key.has_value();
    }
    // Between square brackets stand values of the key before them.
    if (!brackets_.empty() && !brackets_.back().is_map) is_value = true;
    if (is_value && !path.keys.empty()) {
      path.value_of = path.keys.back();
      path.keys.pop_back();
    }
    return path;
  }

  std::string document_;  ///< its first key
  std::vector<Level> levels_;
  std::vector<Bracket> brackets_;
  std::optional<std::size_t> block_;  ///< indentation of the key whose block scalar goes on
  bool in_value_ = false;
  bool comment_ = false;
  bool last_ = false;  ///< the line is the cursor's
};

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}

using Kind = CursorMeaning::Kind;

/// The maps that the keys lead through.
enum class Around {
  kSection,
  kSelectionNames,
  kFieldKeys,
  kMeasureNames,
  kMembers,
  kFigures,
  kNone
};

Around around_after(const KeyRow& row, Section& section) {
  switch (row.form) {
    case ValueForm::kMap:
    case ValueForm::kMaps:
    case ValueForm::kWindow:
    case ValueForm::kWordOrMap:
      section = row.section.value_or(section);
      return Around::kSection;
    case ValueForm::kSelections:
      return Around::kSelectionNames;
    case ValueForm::kSelection:
      return Around::kFieldKeys;
    case ValueForm::kMeasures:
      return Around::kMeasureNames;
    case ValueForm::kRecords:
      return Around::kMembers;
    case ValueForm::kFigures:
      return Around::kFigures;
    default:
      return Around::kNone;
  }
}

Around descend(Around around, const std::string& key, Section& section) {
  switch (around) {
    case Around::kSection:
      if (const KeyRow* row = find_key(section, key)) return around_after(*row, section);
      return Around::kNone;
    case Around::kSelectionNames:
      return Around::kFieldKeys;
    default:
      return Around::kNone;
  }
}

/// Keys of shapes over selections behind which these are named.
bool names_selections(const KeyRow& row, Section section) {
  if (section == Section::kSequence) return row.name == "steps" || row.name == "without";
  return section == Section::kAbsence && (row.name == "select" || row.name == "after");
}

Kind value_kind(const KeyRow& row, Section section) {
  if (names_selections(row, section)) return Kind::kSelectionName;
  switch (row.form) {
    case ValueForm::kWord:
    case ValueForm::kWordOrMap:
      return Kind::kWord;
    case ValueForm::kTexts:
      return row.words.empty() ? Kind::kNothing : Kind::kWord;
    case ValueForm::kFields:
      return Kind::kField;
    case ValueForm::kCondition:
      return Kind::kCondition;
    case ValueForm::kExpression:
      return Kind::kReport;
    case ValueForm::kAmount:
      return Kind::kWhere;
    case ValueForm::kSelection:
      return section == Section::kExemption ? Kind::kWhere : Kind::kSelection;
    default:
      return Kind::kNothing;
  }
}

Kind key_kind(Around around) {
  switch (around) {
    case Around::kSection:
      return Kind::kKey;
    case Around::kFieldKeys:
      return Kind::kFieldKey;
    case Around::kMembers:
      return Kind::kMember;
    case Around::kFigures:
      return Kind::kMeasureName;
    case Around::kSelectionNames:
    case Around::kMeasureNames:
    case Around::kNone:
      return Kind::kNothing;
  }
  return Kind::kNothing;
}

/// Parts of documents beside policies that are selections over the fields of records.
bool holds_a_selection(std::string_view document, std::string_view key) {
  if (document == "exemption") return key == "where";
  return document == "license" && (key == "parties" || key == "items" || key == "countries");
}

CursorMeaning meaning_beside_policies(const CursorPath& path) {
  CursorMeaning meaning;
  const std::string_view value_of = path.value_of ? *path.value_of : std::string_view();
  if (!path.keys.empty() && holds_a_selection(path.document, path.keys.front())) {
    const bool is_field = value_of.ends_with("|fieldref");
    meaning.kind = !path.value_of ? Kind::kFieldKey : is_field ? Kind::kField : Kind::kNothing;
  } else if (path.value_of && holds_a_selection(path.document, value_of)) {
    meaning.kind = Kind::kSelection;
  } else if (path.document == "license" && value_of == "limits") {
    meaning.kind = Kind::kSelection;
  } else if (path.document == "linkage" && (value_of == "field" || value_of == "target")) {
    meaning.kind = Kind::kField;
  } else {
    meaning.kind = path.value_of ? Kind::kDocumentWord : Kind::kDocumentKey;
  }
  return meaning;
}

}  // namespace

CursorPath cursor_path(std::string_view text, std::size_t offset) {
  return PathFinder().find(text.substr(0, offset));
}

CursorWord word_at(std::string_view text, std::size_t offset, bool dashes) {
  const auto belongs = [&](char c) { return is_word_byte(c) || (dashes && c == '-'); };
  CursorWord word;
  word.begin = std::min(offset, text.size());
  word.end = word.begin;
  while (word.begin > 0 && belongs(text[word.begin - 1])) --word.begin;
  while (word.end < text.size() && belongs(text[word.end])) ++word.end;
  word.text = text.substr(word.begin, word.end - word.begin);
  return word;
}

CursorMeaning meaning_of(const CursorPath& path) {
  CursorMeaning meaning;
  if (path.in_comment) return meaning;
  if (path.document.empty() && path.keys.empty() && !path.value_of) {
    meaning.kind = Kind::kFirstKey;
    return meaning;
  }
  if (is_beside_policies(path.document)) return meaning_beside_policies(path);
  if (path.document == "tests") meaning.section = Section::kTests;
  Around around = Around::kSection;
  const KeyRow* last = nullptr;
  for (const std::string& key : path.keys) {
    last = around == Around::kSection ? find_key(meaning.section, key) : nullptr;
    around = descend(around, key, meaning.section);
  }
  if (!path.value_of) {
    // An item on a line of its own is a value of the key above it.
    const bool is_item = around == Around::kNone && last != nullptr;
    meaning.kind = is_item ? value_kind(*last, meaning.section) : key_kind(around);
    meaning.row = is_item ? last : nullptr;
    return meaning;
  }
  const std::string& key = *path.value_of;
  switch (around) {
    case Around::kSection:
      meaning.row = find_key(meaning.section, key);
      if (meaning.row != nullptr) meaning.kind = value_kind(*meaning.row, meaning.section);
      break;
    case Around::kSelectionNames:
      meaning.kind = Kind::kSelection;
      break;
    case Around::kFieldKeys:
      meaning.kind = key.ends_with("|fieldref") ? Kind::kField : Kind::kNothing;
      break;
    case Around::kMeasureNames:
      meaning.kind = Kind::kMeasure;
      break;
    case Around::kMembers:
    case Around::kFigures:
    case Around::kNone:
      break;
  }
  return meaning;
}

}  // namespace tidewaiter
