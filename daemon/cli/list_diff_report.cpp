#include "daemon/cli/list_diff_report.h"

#include <algorithm>
#include <vector>

#include "daemon/cli/list_faults.h"
#include "daemon/cli/shown_part.h"
#include "daemon/cli/text_table.h"
#include "daemon/report/csv_text.h"

namespace tidewaiter {
namespace {

using Entries = std::vector<const ListEntry*>;

std::int64_t number_of(const auto& range) { return static_cast<std::int64_t>(range.size()); }

std::string kind_text(const ListEntry& entry) {
  return entry.kind ? std::string(party_kind_name(*entry.kind)) : std::string();
}

std::string headed(std::string_view head, std::size_t number, const Terminal& terminal) {
  return '\n' + painted(head, Tone::kStrong, terminal) + "  " +
         counted(static_cast<std::int64_t>(number), "entry", "entries") + '\n';
}

std::string entries_text(std::string_view head, const Entries& entries, std::size_t most,
                         const Terminal& terminal) {
  if (entries.empty()) return {};
  TextTable table({{"ENTRY"},
                   {"NAME", false, true},
                   {"KIND"},
                   {"PROGRAMS", false, true},
                   {"COUNTRIES", false, true}});
  for (const ListEntry* const entry : shown_part(entries, most)) {
    table.add_row({{entry->id},
                   {entry->name},
                   {kind_text(*entry)},
                   {joined_parts(entry->programs, ", ")},
                   {joined_parts(entry->countries, ", ")}});
  }
  return headed(head, entries.size(), terminal) + table.render(terminal) +
         left_out(entries.size(), most, "entry", "entries");
}

std::string field_text(const FieldChange& change, const Terminal& terminal) {
  std::string out;
  const auto add = [&](char sign, Tone tone, const std::vector<std::string>& values) {
    for (const std::string& value : values) {
      const std::string text = std::string(change.field) + ": " + sign + ' ' + printable(value);
      out += "  " + painted(wrapped(text, terminal.width, 6, 2), tone, terminal) + '\n';
    }
  };
  add('-', Tone::kBad, change.removed);
  add('+', Tone::kGood, change.added);
  return out;
}

std::string changes_text(const std::vector<EntryChange>& changes, std::size_t most,
                         const Terminal& terminal) {
  if (changes.empty()) return {};
  std::string out = headed("Changed", changes.size(), terminal);
  for (const EntryChange& change : shown_part(changes, most)) {
    out += printable(change.after->id) + "  " + printable(change.after->name) + '\n';
    for (const FieldChange& field : change.fields) out += field_text(field, terminal);
  }
  return out + left_out(changes.size(), most, "entry", "entries");
}

nlohmann::ordered_json entries_json(const Entries& entries) {
  auto all = nlohmann::ordered_json::array();
  for (const ListEntry* const entry : entries) {
    auto aliases = nlohmann::ordered_json::array();
    for (const ListedName& alias : entry->aliases) {
      aliases.push_back({{"name", alias.text}, {"weak", alias.is_weak}});
    }
    all.push_back({{"entry", entry->id},
                   {"name", entry->name},
                   {"kind", entry->kind ? nlohmann::ordered_json(kind_text(*entry)) : nullptr},
                   {"aliases", aliases},
                   {"countries", entry->countries},
                   {"identifiers", entry->identifiers},
                   {"programs", entry->programs}});
  }
  return all;
}

nlohmann::ordered_json changes_json(const std::vector<EntryChange>& changes) {
  auto all = nlohmann::ordered_json::array();
  for (const EntryChange& change : changes) {
    auto fields = nlohmann::ordered_json::array();
    for (const FieldChange& field : change.fields) {
      fields.push_back(
          {{"field", field.field}, {"removed", field.removed}, {"added", field.added}});
    }
    all.push_back({{"entry", change.after->id}, {"name", change.after->name}, {"fields", fields}});
  }
  return all;
}

nlohmann::ordered_json issue_json(const std::string& path, const ParsedList& list) {
  return {{"file", path},
          {"format", list.format},
          {"entries", list.entries.size()},
          {"faults", list.faults.size()}};
}

/// "from old.csv, 12 entries, 1 row not read"
std::string issue_text(std::string_view which, const std::string& path, const ParsedList& list) {
  std::string text = std::string(which) + " " + printable(path) + ", " +
                     counted(number_of(list.entries), "entry", "entries");
  if (list.faults.empty()) return text;
  return text + ", " + counted(number_of(list.faults), "row") + " not read";
}

}  // namespace

std::string list_diff_text(const ListDiffReport& report, std::size_t most,
                           const Terminal& terminal) {
  const ListDiff& diff = report.diff;
  const auto line = [&terminal](const std::string& text) {
    return wrapped(text, terminal.width, 2) + '\n';
  };
  return line(issue_text("from", report.before_path, report.before)) +
         line(issue_text("to", report.after_path, report.after)) +
         line(grouped(number_of(diff.added)) + " added, " + grouped(number_of(diff.removed)) +
              " removed, " + grouped(number_of(diff.changed)) + " changed, " +
              grouped(static_cast<std::int64_t>(diff.same)) + " as they were") +
         entries_text("Added", diff.added, most, terminal) +
         entries_text("Removed", diff.removed, most, terminal) +
         changes_text(diff.changed, most, terminal);
}

nlohmann::ordered_json list_diff_json(const ListDiffReport& report) {
  return {{"before", issue_json(report.before_path, report.before)},
          {"after", issue_json(report.after_path, report.after)},
          {"same", report.diff.same},
          {"added", entries_json(report.diff.added)},
          {"removed", entries_json(report.diff.removed)},
          {"changed", changes_json(report.diff.changed)}};
}

std::string list_diff_csv(const ListDiffReport& report) {
  std::string out = csv_row({"change", "entry", "name", "field", "removed", "added"});
  for (const ListEntry* const entry : report.diff.added) {
    out += csv_row({"added", entry->id, entry->name, "", "", ""});
  }
  for (const ListEntry* const entry : report.diff.removed) {
    out += csv_row({"removed", entry->id, entry->name, "", "", ""});
  }
  for (const EntryChange& change : report.diff.changed) {
    for (const FieldChange& field : change.fields) {
      out += csv_row({"changed", change.after->id, change.after->name, std::string(field.field),
                      joined_parts(field.removed, "; "), joined_parts(field.added, "; ")});
    }
  }
  return out;
}

}  // namespace tidewaiter
