#include <algorithm>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/cli/list_faults.h"
#include "daemon/cli/list_files.h"
#include "daemon/cli/progress_line.h"
#include "daemon/cli/screen.h"
#include "daemon/cli/text_table.h"
#include "daemon/report/csv_text.h"
#include "policies/lists/name_pairs.h"
#include "policies/screening/name_match.h"

namespace tidewaiter {
namespace {

struct ScoredPair {
  NamePair pair;
  PartyKind kind = PartyKind::kPerson;
  std::optional<Score> score;  ///< nothing: they cannot be compared
  std::vector<std::string> parts;
  std::string problem;  ///< why they cannot; else empty
};

/// One name that is an organisation's by its words makes both so: a company has no namesakes among
/// persons that share its words.
PartyKind kind_of(const NamePair& pair, std::optional<PartyKind> chosen) {
  if (pair.kind) return *pair.kind;
  if (chosen) return *chosen;
  const bool organisation = likely_kind(pair.a) == PartyKind::kOrganisation ||
                            likely_kind(pair.b) == PartyKind::kOrganisation;
  return organisation ? PartyKind::kOrganisation : PartyKind::kPerson;
}

/// Of a name that cannot be compared nobody can tell whether it is another's.
ScoredPair scored(NameMatcher& matcher, const NamePair& pair, PartyKind kind) {
  ScoredPair out;
  out.pair = pair;
  out.kind = kind;
  const Result<ComparedName> a = compared_name(pair.a, kind);
  const Result<ComparedName> b = compared_name(pair.b, kind);
  if (!a || !b) {
    out.problem = "`" + (a ? pair.b : pair.a).substr(0, 80) + "`: " + (a ? b : a).error().message;
    return out;
  }
  const NameMatch match = matcher.match(*a, *b);
  out.score = match.score;
  out.parts = parts_of(match, *a, *b);
  return out;
}

void print_pairs_json(Invocation& run, const std::vector<ScoredPair>& pairs,
                      const std::vector<ListFault>& faults) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const ScoredPair& one : pairs) {
    nlohmann::ordered_json row{{"line", one.pair.line}, {"name1", one.pair.a},
                               {"name2", one.pair.b},   {"kind", party_kind_name(one.kind)},
                               {"score", nullptr},      {"parts", one.parts}};
    if (one.score) {
      row["score"] = score_number(*one.score);
    } else {
      row["problem"] = one.problem;
    }
    rows.push_back(std::move(row));
  }
  nlohmann::ordered_json bad = nlohmann::ordered_json::array();
  for (const ListFault& fault : faults)
    bad.push_back({{"line", fault.line}, {"message", fault.message}});
  print_json(run, {{"pairs", rows}, {"faults", bad}});
}

void print_pairs_csv(Invocation& run, const std::vector<ScoredPair>& pairs) {
  run.out << csv_row({"line", "name1", "name2", "kind", "score", "parts", "problem"});
  for (const ScoredPair& one : pairs) {
    run.out << csv_row({std::to_string(one.pair.line), one.pair.a, one.pair.b,
                        std::string(party_kind_name(one.kind)),
                        one.score ? score_text(*one.score) : std::string(),
                        joined_parts(one.parts, "; "), one.problem});
  }
}

void print_pairs_table(Invocation& run, const std::vector<ScoredPair>& pairs) {
  TextTable table(
      {{"SCORE", true}, {"NAME"}, {"OTHER NAME"}, {"KIND"}, {"BY", false, false, true}});
  for (const ScoredPair& one : pairs) {
    table.add_row({{one.score ? score_text(*one.score) : "–"},
                   {one.pair.a},
                   {one.pair.b},
                   {std::string(party_kind_name(one.kind))},
                   one.score ? TextTable::Cell{joined_parts(one.parts, ", "), Tone::kFaint}
                             : TextTable::Cell{one.problem, Tone::kWarning}});
  }
  run.out << table.render(run.terminal) << counted(static_cast<std::int64_t>(pairs.size()), "pair")
          << '\n';
}

}  // namespace

int screen_pairs(Invocation& run, const ScreenOptions& options) {
  const Result<std::string> text = whole_file(run.environment.working_folder / options.pairs);
  if (!text) return fail_with(run, text.error());
  const NameTable<NamePair> table = parse_name_pairs(*text);
  if (!table.has_header) {
    run.err << printable(options.pairs)
            << ": no header with `name1` and `name2`: the first two columns are the names\n";
  }
  tell_faults(run, options.pairs, table.faults);
  NameMatcher matcher;
  std::vector<ScoredPair> pairs;
  ProgressLine progress(run.err, run.terminal);
  constexpr std::size_t kEach = 1'000;
  for (const NamePair& pair : table.rows) {
    if (pairs.size() % kEach == 0) {
      progress.show("comparing " + grouped(static_cast<std::int64_t>(pairs.size())) + " of " +
                    counted(static_cast<std::int64_t>(table.rows.size()), "pair"));
    }
    pairs.push_back(scored(matcher, pair, kind_of(pair, chosen_kind(options))));
  }
  progress.clear();
  if (options.json) {
    print_pairs_json(run, pairs, table.faults);
  } else if (options.csv) {
    print_pairs_csv(run, pairs);
  } else {
    print_pairs_table(run, pairs);
  }
  const bool all_told =
      std::ranges::all_of(pairs, [](const ScoredPair& one) { return one.score.has_value(); });
  return code(table.faults.empty() && all_told ? ExitStatus::kOk : ExitStatus::kCheckFailed);
}

}  // namespace tidewaiter
