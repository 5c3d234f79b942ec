#include "policies/sigma/placeholder_lists.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/language/piped_key.h"
#include "policies/language/placeholders.h"
#include "policies/model/ascii.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kExpand = "expand";

bool has_placeholders(const YamlNode& key) {
  const std::vector<PipedKeyPart> parts = split_piped_key(key);
  return std::any_of(parts.begin() + 1, parts.end(),
                     [](const PipedKeyPart& part) { return part.word == kExpand; });
}

class PlaceholderWalk {
 public:
  PlaceholderWalk(DocumentReader& reader, NamedLists& lists, SigmaPlaceholders& placeholders)
      : reader_(reader), lists_(lists), placeholders_(placeholders) {}

  [[nodiscard]] bool good() const { return good_; }

  void walk(const YamlNode& node) {  // NOLINT(misc-no-recursion): YAML is at most 32 deep
    for (const YamlNode& item : node.items) walk(item);
    for (const auto& [key, value] : node.members) {
      if (!has_placeholders(key)) {
        walk(value);
        continue;
      }
      for (const YamlNode* one : DocumentReader::items(value)) look(*one);
    }
  }

 private:
  void look(const YamlNode& value) {
    for (const PlaceholderSegment& segment : split_placeholders(value.scalar)) {
      if (segment.is_placeholder && !placeholders_.contains(segment.text)) {
        good_ = add(segment.text, value.span) && good_;
      }
    }
  }

  bool add(const std::string& name, const SourceSpan& span) {
    const std::string list_name = ascii_lower(name);
    if (lists_.find(list_name) == nullptr) return no_such_list(name, list_name, span);
    const auto list = list_of_texts(lists_, list_name, span);
    if (!list) {
      reader_.error(list.error());
      return false;
    }
    if ((*list)->is_dated()) {
      reader_.error(span, kSigmaNoPolicy,
                    "no policy says this: the values of `list:" + list_name +
                        "` have dates, and those of `%" + name + "%` have none",
                    "leave the dates out, or write a policy: its `expand` minds them");
      return false;
    }
    std::vector<std::string>& values = placeholders_[name];
    for (const auto& [text, times] : (*list)->texts()) values.emplace_back(text);
    return true;
  }

  bool no_such_list(const std::string& name, const std::string& list_name, const SourceSpan& span) {
    std::vector<std::string_view> names;
    for (const auto& [known, entry] : lists_.all()) names.emplace_back(known);
    const auto near = did_you_mean(list_name, names);
    reader_.error(
        span, kSigmaPlaceholder,
        "placeholder `%" + name + "%` has no values: the set has no list `" + list_name + "`",
        near ? "did you mean `%" + *near + "%`?"
             : "add a document that begins with `list: " + list_name + "`");
    return false;
  }

  DocumentReader& reader_;
  NamedLists& lists_;
  SigmaPlaceholders& placeholders_;
  bool good_ = true;
};

}  // namespace

bool add_placeholders(DocumentReader& reader, const YamlNode& document, NamedLists& lists,
                      SigmaPlaceholders& placeholders) {
  PlaceholderWalk walk(reader, lists, placeholders);
  for (const std::string_view part : {"detection", "filter"}) {
    if (const YamlNode* node = document.find(part)) walk.walk(*node);
  }
  return walk.good();
}

}  // namespace tidewaiter
