#include "policies/language/pack_reader.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "policies/language/text_match.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 6> kPackKeys = {"pack",  "title",       "version",
                                                       "owner", "description", "includes"};
constexpr std::size_t kMaxIncludes = 1024;

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash + 1);
}

bool is_path(std::string_view include) {
  return include.find('/') != std::string_view::npos || include.ends_with(".yaml") ||
         include.ends_with(".yml");
}

/// Whether the path leads out of the folder, or is written in a way that matches no file.
bool leads_out(std::string_view path) {
  return path.starts_with('/') || path == ".." || path.starts_with("../") ||
         path.find("/../") != std::string_view::npos || path.ends_with("/..");
}

/// `path` is relative to the pack's folder.
bool includes_document(std::string_view include, std::string_view path,
                       const std::vector<std::string>& references) {
  if (!is_path(include)) {
    return std::ranges::any_of(
        references, [&](const std::string& reference) { return matches_id(include, reference); });
  }
  if (include.starts_with("./")) include.remove_prefix(2);
  if (include.ends_with('/') || include.empty()) return path.starts_with(include);
  return matches_wildcard(include, path, true);
}

}  // namespace

void Packs::add(const YamlText& text, const YamlNode& document,
                std::vector<Diagnostic>& diagnostics) {
  DocumentReader reader(text, diagnostics);
  check_keys(text, document, kPackKeys, diagnostics);
  Entry entry;
  entry.text = &text;
  entry.diagnostics = &diagnostics;
  entry.folder = folder_of(text.path());
  entry.document.header = read_document_header(reader, document);
  require_key(reader, document, "title", "say in one line what the pack is for");
  require_key(reader, document, "includes", "name files or documents: `includes: [access/]`");
  if (const YamlNode* includes = document.find("includes")) {
    const auto items = DocumentReader::items(*includes);
    if (items.empty() || items.size() > kMaxIncludes) {
      reader.error(includes->span, items.empty() ? kEmptyValue : kTooManyParts,
                   "a pack includes 1 to 1024 things",
                   "name files or documents: `includes: [access/]`");
      return;
    }
    for (const YamlNode* item : items) {
      auto include = reader.text(*item);
      if (!include) continue;
      entry.document.includes.push_back(*include);
      if (leads_out(*include)) {
        reader.error(item->span, kIncludeOutside,
                     "`" + *include + "` is not below the pack's folder",
                     "write a path relative to the pack's file, such as `lists/`");
        continue;
      }
      entry.includes.push_back({*std::move(include), item->span});
    }
  }
  refuse_second(entry, reader);
  entries_.push_back(std::move(entry));
}

void Packs::refuse_second(const Entry& entry, DocumentReader& reader) {
  for (const Entry& other : entries_) {
    const bool same_name = other.document.header.name == entry.document.header.name;
    if (!same_name && other.folder != entry.folder) continue;
    const SourceSpan& place = other.document.header.span;
    reader.error(entry.document.header.span, kDuplicateDocument,
                 same_name ? "pack `" + entry.document.header.name + "` stands at " + place.file +
                                 ":" + std::to_string(place.line) + " already"
                           : "the folder has the pack `" + other.document.header.name +
                                 "` already, at " + place.file + ":" + std::to_string(place.line),
                 same_name ? "give each pack a name of its own" : "a folder has one pack");
    return;
  }
}

Packs::Entry* Packs::governing(std::string_view path) {
  Entry* nearest = nullptr;
  for (Entry& entry : entries_) {
    if (!path.starts_with(entry.folder)) continue;
    if (nearest == nullptr || entry.folder.size() > nearest->folder.size()) nearest = &entry;
  }
  return nearest;
}

bool Packs::admits(const YamlText& text, Candidate document, std::vector<Diagnostic>& diagnostics) {
  if (entries_.empty()) return true;
  const std::string& path = text.path();
  seen_.insert(seen_.end(), document.references.begin(), document.references.end());
  Entry* const pack = governing(path);
  bool included = pack == nullptr || pack->text->path() == path;
  for (Entry& entry : entries_) {
    if (!path.starts_with(entry.folder)) continue;
    const std::string_view relative = std::string_view(path).substr(entry.folder.size());
    seen_.emplace_back(relative);
    for (Include& include : entry.includes) {
      if (!includes_document(include.text, relative, document.references)) continue;
      include.found = true;
      included = included || &entry == pack;
    }
  }
  if (!included) {
    DocumentReader(text, diagnostics)
        .warn(document.span, kNotInPack,
              document.shown + " is not part of the pack `" + pack->document.header.name +
                  "`: it is not loaded",
              "add it to `includes` at " + pack->text->path() + ":" +
                  std::to_string(pack->document.header.span.line) + ", or move it elsewhere");
  } else if (pack != nullptr && !document.is_policy) {
    pack->others.push_back(std::move(document));
  }
  return included;
}

void Packs::report_missing() {
  const std::vector<std::string_view> known(seen_.begin(), seen_.end());
  for (Entry& entry : entries_) {
    for (const Include& include : entry.includes) {
      if (include.found) continue;
      const auto near = did_you_mean(include.text, known);
      DocumentReader(*entry.text, *entry.diagnostics)
          .error(include.span, kIncludeMissing,
                 "the pack includes `" + include.text + "`, which is not there",
                 near ? "did you mean `" + *near + "`?"
                      : "write a path relative to the pack's file, a policy's id, `list:NAME`, "
                        "`license:ID`, `exemption:ID`, `sigma:ID` or `logsource_mapping:NAME`");
    }
  }
}

std::vector<PackDocument> Packs::take(std::span<const Policy> policies) {
  using Place = std::pair<std::string_view, std::int32_t>;
  std::set<Place> places;
  for (const Policy& policy : policies) {
    places.emplace(policy.span.file, policy.span.line);
    if (Entry* const pack = governing(policy.span.file)) {
      pack->document.policies.push_back(policy.id);
    }
  }
  std::vector<PackDocument> packs;
  for (Entry& entry : entries_) {
    std::ranges::sort(entry.document.policies);
    for (const Candidate& other : entry.others) {
      if (places.contains({other.span.file, other.span.line})) continue;
      entry.document.others.push_back(other.references.front());
    }
    packs.push_back(std::move(entry.document));
  }
  entries_.clear();
  return packs;
}

}  // namespace tidewaiter
