#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/list_faults.h"
#include "daemon/cli/looked_in.h"
#include "daemon/cli/screen.h"
#include "daemon/cli/shown_part.h"
#include "daemon/cli/verbs.h"
#include "daemon/report/consequence_json.h"
#include "policies/model/day_text.h"
#include "policies/screening/score.h"

namespace tidewaiter {
namespace {

constexpr double kLeastLike = 0.8;

struct ListSearchOptions {
  std::string text;
  std::vector<std::string> lists;  ///< files
  std::string consequences;        ///< the code of the list that they are; may be empty
  double least = kLeastLike;
  std::int64_t limit = 10;
  bool json = false;
};

/// An entry, and by what it is like the text: a name's score, or what of it the text is.
struct FoundEntry {
  const ListBook::Source* source = nullptr;
  const ListEntry* entry = nullptr;
  std::optional<Score> score;
  std::string by;  ///< the name that scores, "its id", "an identifier"
};

/// ASCII letters in small: identifiers are written either way.
std::string in_small(std::string_view text) {
  std::string small(text);
  for (char& c : small) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return small;
}

/// Whether the text stands in it by itself: "DE-77" in "Passport DE-77 (Germany)", not in "DE-778".
bool has_word(std::string_view text, std::string_view word) {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80U;
  };
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || !is_part(text[at - 1]);
    if (begins && (end == text.size() || !is_part(text[end]))) return true;
  }
  return false;
}

/// Entries of which the text is the id, or stands in an identifier.
std::vector<FoundEntry> by_identifier(const ListBook& book, const std::string& text) {
  const std::string small = in_small(text);
  std::vector<FoundEntry> found;
  for (const ListBook::Source& source : book.sources()) {
    for (const ListEntry& entry : source.list.entries) {
      const bool is_id = entry.has_own_id && in_small(entry.id) == small;
      const bool named = std::ranges::any_of(entry.identifiers, [&](const std::string& one) {
        return has_word(in_small(one), small);
      });
      if (is_id || named) {
        found.push_back({&source, &entry, std::nullopt, is_id ? "its id" : "an identifier"});
      }
    }
  }
  return found;
}

/// Those of an identifier first, then the most alike; each entry once. A text that is no name has
/// no names like it.
std::vector<FoundEntry> found_entries(const ListBook& book, const ListSearchOptions& options) {
  std::vector<FoundEntry> all = by_identifier(book, options.text);
  BookSearch search(book);
  const auto least = static_cast<Score>(std::lround(options.least * kSameName));
  const Result<std::vector<BookHit>> hits = search.find(options.text, std::nullopt, least);
  if (!hits) return all;
  for (const BookHit& hit : *hits) {
    if (std::ranges::find(all, hit.entry, &FoundEntry::entry) != all.end()) continue;
    all.push_back({hit.source, hit.entry, hit.score, hit.listed_name()});
  }
  return all;
}

/// Which issue of a configured list it is; nothing of a file.
const ConfiguredList* standing_of(const LookedIn& in, const FoundEntry& found) {
  if (in.configured.empty()) return nullptr;
  return &in.configured[static_cast<std::size_t>(found.source - in.book->sources().data())];
}

nlohmann::ordered_json found_json(const LookedIn& in, const FoundEntry& found, UtcTime now) {
  const ListEntry& entry = *found.entry;
  auto aliases = nlohmann::ordered_json::array();
  for (const ListedName& alias : entry.aliases) {
    aliases.push_back({{"name", alias.text}, {"weak", alias.is_weak}});
  }
  nlohmann::ordered_json json = {{"list", found.source->name},
                                 {"format", found.source->list.format}};
  if (const ConfiguredList* list = standing_of(in, found)) {
    json["issue"] = list->standing.issue->id;
    json["retrieved"] = format_time(list->standing.issue->retrieved);
    json["checked"] = format_time(*list->standing.checked);
    json["freshness"] = freshness_name(freshness(list->source, list->standing, now));
  }
  json["score"] = found.score ? nlohmann::ordered_json(score_number(*found.score)) : nullptr;
  json["by"] = found.by;
  json["entry"] = entry.id;
  json["name"] = entry.name;
  json["kind"] =
      entry.kind ? nlohmann::ordered_json(party_kind_name(*entry.kind)) : nlohmann::ordered_json();
  json["aliases"] = std::move(aliases);
  json["programs"] = entry.programs;
  json["countries"] = entry.countries;
  json["identifiers"] = entry.identifiers;
  json["consequences"] = follows_json(found.source->follows(entry, now));
  json["licence"] = licence_json(entry.licence);
  return json;
}

/// "issue 4f8e12ab90cd of 2026-10-01, 3d old, stale".
std::string version_text(const ConfiguredList& list, UtcTime now) {
  const ListIssue& issue = *list.standing.issue;
  const std::int64_t days = std::max<std::int64_t>((now - *list.standing.checked).us / kDay.us, 0);
  const ListFreshness state = freshness(list.source, list.standing, now);
  return "issue " + issue.id.substr(0, 12) + " of " + day_text(issue.retrieved) + ", confirmed " +
         (days == 0 ? "today" : counted(days, "day") + " ago") +
         (state == ListFreshness::kFresh ? "" : ", " + std::string(freshness_name(state)));
}

std::string alias_text(const ListEntry& entry) {
  std::string text;
  for (const ListedName& alias : entry.aliases) {
    text += (text.empty() ? "" : "; ") + alias.text + (alias.is_weak ? " (weak)" : "");
  }
  return text;
}

void print_entry(Invocation& run, const LookedIn& in, const FoundEntry& found, UtcTime now) {
  const ListEntry& entry = *found.entry;
  const auto row = [&](const char* title, const std::string& text) {
    if (text.empty()) return;
    std::string begin = "  " + std::string(title);
    begin.resize(14, ' ');
    run.out << begin << wrapped(printable(text), run.terminal.width, 14, 14) << '\n';
  };
  run.out << painted(printable(entry.name), Tone::kStrong, run.terminal) << "  "
          << (found.score ? score_text(*found.score) + " by " : "by ") << printable(found.by)
          << '\n';
  const ConfiguredList* const list = standing_of(in, found);
  row("list", found.source->name + ", entry " + entry.id +
                  (list == nullptr ? "" : "; " + version_text(*list, now)));
  row("kind", entry.kind ? std::string(party_kind_name(*entry.kind)) : "");
  row("aliases", alias_text(entry));
  row("programmes", joined_parts(entry.programs, "; "));
  for (const std::string& line : follows_lines(found.source->follows(entry, now))) {
    row("asks", line);
  }
  row("licence", licence_text(entry.licence));
  row("countries", joined_parts(entry.countries, "; "));
  row("identifiers", joined_parts(entry.identifiers, "; "));
}

int search_lists(Invocation& run, const ListSearchOptions& options) {
  int status = 0;
  const std::optional<LookedIn> in = open_lists(run, options.lists, options.consequences, status);
  if (!in) return status;
  const std::vector<FoundEntry> found = found_entries(*in->book, options);
  const UtcTime now = run.now();
  const auto most = static_cast<std::size_t>(options.limit);
  if (options.json) {
    auto entries = nlohmann::ordered_json::array();
    for (const FoundEntry& one : shown_part(found, most)) {
      entries.push_back(found_json(*in, one, now));
    }
    print_json(run, {{"entries", std::move(entries)},
                     {"of", found.size()},
                     {"lists", looked_in_json(*in, now)}});
  } else {
    for (const FoundEntry& one : shown_part(found, most)) print_entry(run, *in, one, now);
    run.out << left_out(found.size(), most, "entry", "entries")
            << counted(static_cast<std::int64_t>(found.size()), "entry", "entries") << " of "
            << grouped(static_cast<std::int64_t>(in->book->entry_count())) << " in "
            << counted(static_cast<std::int64_t>(in->book->sources().size()), "list")
            << "; that none is like a text clears nobody\n";
  }
  return code(all_read(*in) ? ExitStatus::kOk : ExitStatus::kCheckFailed);
}

}  // namespace

void add_list_search(CLI::App& list, Selection& selection) {
  CLI::App* verb = add_verb(
      list, "search", "shows the entries of lists that are like a text",
      "Prints the entries of the configured lists, or of the files that --list names, of which a\n"
      "name is like the text, or of which it is the id or an identifier: list, issue and when it\n"
      "was confirmed, names and aliases, programmes, what the list asks of whoever deals\n"
      "with them by today's law, countries, identifiers. A stale list is told.\n"
      "It reads lists; `tidewaiter screen` screens names. Exit status 1 if rows of a list cannot\n"
      "be read.",
      "  tidewaiter list search \"Acme Pumps\"\n"
      "  tidewaiter list search 9042 --list sdn.csv\n"
      "  tidewaiter list search roe --score 0.7 --json | jq -r '.entries[].programs[]'");
  auto options = std::make_shared<ListSearchOptions>();
  verb->add_option("text", options->text, "A name, an entry's id or an identifier")
      ->type_name("TEXT")
      ->required();
  verb->add_option("--list", options->lists, "Look in this file instead; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
  add_consequences_option(*verb, options->consequences);
  verb->add_option("--score", options->least, "Only names that are so much like it, from 0.5")
      ->type_name("SCORE")
      ->check(CLI::Range(0.5, 1.0));
  add_number(*verb, "--limit", options->limit, 0, "How many to show; 0 shows all");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return search_lists(run, *options); };
  });
}

}  // namespace tidewaiter
