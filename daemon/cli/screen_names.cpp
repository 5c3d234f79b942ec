#include <cmath>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/cli/interrupt.h"
#include "daemon/cli/list_faults.h"
#include "daemon/cli/list_files.h"
#include "daemon/cli/looked_in.h"
#include "daemon/cli/progress_line.h"
#include "daemon/cli/screen.h"
#include "daemon/cli/shown_part.h"
#include "daemon/cli/text_table.h"
#include "daemon/report/consequence_json.h"
#include "daemon/report/csv_text.h"
#include "policies/lists/name_pairs.h"

namespace tidewaiter {
namespace {

/// What was found for one name.
struct ScreenedName {
  WantedName wanted;
  std::vector<BookHit> hits;
  std::vector<std::vector<std::string>> parts;  ///< of each hit
  std::size_t more = 0;                         ///< hits that are not shown
  std::string problem;                          ///< why it could not be looked for; else empty
};

nlohmann::ordered_json hit_json(const BookHit& hit, const std::vector<std::string>& parts,
                                UtcTime now) {
  return {{"score", score_number(hit.score)},
          {"listed_name", hit.listed_name()},
          {"weak_alias", hit.is_weak()},
          {"entry", hit.entry->id},
          {"entry_name", hit.entry->name},
          {"kind", party_kind_name(hit.kind)},
          {"list", hit.source->name},
          {"programs", hit.entry->programs},
          {"countries", hit.entry->countries},
          {"identifiers", hit.entry->identifiers},
          {"parts", parts},
          {"consequences", follows_json(hit.source->follows(*hit.entry, now))},
          {"licence", licence_json(hit.entry->licence)}};
}

nlohmann::ordered_json name_json(const ScreenedName& one, UtcTime now) {
  nlohmann::ordered_json hits = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < one.hits.size(); ++i) {
    hits.push_back(hit_json(one.hits[i], one.parts[i], now));
  }
  nlohmann::ordered_json out{{"name", one.wanted.name}};
  if (!one.wanted.id.empty()) out["id"] = one.wanted.id;
  if (!one.problem.empty()) out["problem"] = one.problem;
  out["hits"] = std::move(hits);
  out["more"] = one.more;
  return out;
}

/// Prints names one after the other: a file of names may be long.
class NamePrinter {
 public:
  NamePrinter(Invocation& run, const ScreenOptions& options, const LookedIn& in)
      : run_(run), options_(options), in_(in) {
    if (options_.csv) {
      run_.out << csv_row({"line", "id", "name", "score", "listed_name", "weak_alias", "entry",
                           "entry_name", "kind", "list", "programs", "countries", "parts",
                           "obligations", "licence", "problem"});
    }
  }

  void add(const ScreenedName& one) {
    hits_ += one.hits.size() + one.more;
    more_ += one.more;
    if (options_.csv) {
      print_csv(one);
    } else if (options_.json) {
      names_.push_back(name_json(one, run_.now()));
    } else {
      add_rows(one);
    }
  }

  void finish(std::size_t names) {
    if (options_.csv) return;
    if (options_.json) {
      print_json(run_, {{"names", names_}, {"lists", looked_in_json(in_, run_.now())}});
      return;
    }
    if (!table_.empty()) run_.out << table_.render(run_.terminal);
    if (more_ > 0) run_.out << left_out(hits_, hits_ - more_, "hit", "hits");
    run_.out << counted(static_cast<std::int64_t>(hits_), "hit") << " for "
             << counted(static_cast<std::int64_t>(names), "name") << " in "
             << counted(static_cast<std::int64_t>(in_.book->entry_count()), "entry", "entries")
             << " (" << counted(static_cast<std::int64_t>(in_.book->name_count()), "listed name")
             << ")\n";
  }

 private:
  static constexpr std::size_t kCsvColumns = 16;

  /// The words for what follows from being listed, by the law of now.
  [[nodiscard]] std::string asked_by(const BookHit& hit) const {
    return obligations_text(hit.source->follows(*hit.entry, run_.now()));
  }

  /// Empty for a name of the command line.
  static std::string line_text(const ScreenedName& one) {
    return one.wanted.line == 0 ? std::string() : std::to_string(one.wanted.line);
  }

  void print_csv(const ScreenedName& one) {
    for (std::size_t i = 0; i < one.hits.size(); ++i) {
      const BookHit& hit = one.hits[i];
      run_.out << csv_row(
          {line_text(one), one.wanted.id, one.wanted.name, score_text(hit.score), hit.listed_name(),
           hit.is_weak() ? "true" : "false", hit.entry->id, hit.entry->name,
           std::string(party_kind_name(hit.kind)), hit.source->name,
           joined_parts(hit.entry->programs, "; "), joined_parts(hit.entry->countries, "; "),
           joined_parts(one.parts[i], "; "), asked_by(hit), licence_text(hit.entry->licence), ""});
    }
    // A name without a row would read as one without a hit.
    if (!one.problem.empty()) {
      std::vector<std::string> row(kCsvColumns);
      row[0] = line_text(one);
      row[1] = one.wanted.id;
      row[2] = one.wanted.name;
      row.back() = one.problem;
      run_.out << csv_row(row);
    }
  }

  void add_rows(const ScreenedName& one) {
    for (std::size_t i = 0; i < one.hits.size(); ++i) {
      const BookHit& hit = one.hits[i];
      std::string listed = hit.listed_name();
      if (hit.alias != nullptr) {
        listed += (hit.is_weak() ? " (weak alias of " : " (alias of ") + hit.entry->name + ")";
      }
      table_.add_row({{score_text(hit.score)},
                      {one.wanted.name},
                      {listed},
                      {hit.entry->id},
                      {hit.source->name},
                      {asked_by(hit)},
                      {joined_parts(one.parts[i], ", "), Tone::kFaint}});
    }
  }

  Invocation& run_;
  const ScreenOptions& options_;
  const LookedIn& in_;
  std::size_t hits_ = 0;  ///< shown or not
  std::size_t more_ = 0;  ///< not shown
  nlohmann::ordered_json names_ = nlohmann::ordered_json::array();
  TextTable table_{{{"SCORE", true},
                    {"NAME", false, true},
                    {"LISTED AS", false, true},
                    {"ENTRY"},
                    {"LIST", false, true},
                    {"ASKS", false, true},
                    {"BY", false, false, true}}};
};

ScreenedName screened(BookSearch& search, const WantedName& wanted, const ScreenOptions& options) {
  ScreenedName out;
  out.wanted = wanted;
  const std::optional<PartyKind> kind = wanted.kind ? wanted.kind : chosen_kind(options);
  const auto least = static_cast<Score>(std::lround(options.least * kSameName));
  Result<std::vector<BookHit>> hits = search.find(wanted.name, kind, least);
  if (!hits) {
    out.problem = hits.error().message;
    return out;
  }
  out.hits = std::move(*hits);
  const auto most = static_cast<std::size_t>(options.limit);
  if (most != 0 && out.hits.size() > most) {
    out.more = out.hits.size() - most;
    out.hits.resize(most);
  }
  for (const BookHit& hit : out.hits) out.parts.push_back(search.parts(wanted.name, hit));
  return out;
}

}  // namespace

int screen_names(Invocation& run, const ScreenOptions& options) {
  NameTable<WantedName> table;
  if (options.input.empty()) {
    table.rows.push_back({0, options.name, std::nullopt, {}});
  } else {
    const Result<std::string> text = whole_file(run.environment.working_folder / options.input);
    if (!text) return fail_with(run, text.error());
    table = parse_wanted_names(*text);
    if (!table.has_header) {
      run.err << printable(options.input)
              << ": no header with `name`: the first column is the name\n";
    }
    tell_faults(run, options.input, table.faults);
  }
  int status = 0;
  const std::optional<LookedIn> in = open_lists(run, options.lists, options.consequences, status);
  if (!in) return status;
  ProgressLine progress(run.err, run.terminal);
  const Interrupt interrupt;  // from here on: reading has no place to stop at, and may be ended
  BookSearch search(*in->book);
  NamePrinter printer(run, options, *in);
  std::size_t done = 0;
  constexpr std::size_t kEach = 200;
  for (const WantedName& wanted : table.rows) {
    if (done % kEach == 0) {
      if (interrupt.token().stop_requested()) {
        return fail_with(run, ExitStatus::kUnavailable, "broken off; what was told is incomplete");
      }
      progress.show("screening " + grouped(static_cast<std::int64_t>(done)) + " of " +
                    counted(static_cast<std::int64_t>(table.rows.size()), "name"));
    }
    ScreenedName one = screened(search, wanted, options);
    if (!one.problem.empty()) {
      table.faults.push_back({wanted.line, "`" + wanted.name.substr(0, 80) + "`: " + one.problem});
      progress.clear();
      tell_faults(run, options.input.empty() ? "NAME" : options.input, {table.faults.back()});
    }
    printer.add(one);
    ++done;
  }
  progress.clear();
  printer.finish(done);
  // Whoever is in a row that could not be read, or cannot be compared, was not cleared.
  return code(table.faults.empty() && all_read(*in) ? ExitStatus::kOk : ExitStatus::kCheckFailed);
}

}  // namespace tidewaiter
