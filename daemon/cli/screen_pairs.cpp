#include <ostream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/cli/csv_text.h"
#include "daemon/cli/list_faults.h"
#include "daemon/cli/list_files.h"
#include "daemon/cli/progress_line.h"
#include "daemon/cli/screen.h"
#include "daemon/cli/text_table.h"
#include "policies/lists/name_pairs.h"
#include "policies/screening/name_match.h"

namespace tidewaiter {
namespace {

struct ScoredPair {
  NamePair pair;
  PartyKind kind = PartyKind::kPerson;
  Score score = 0;
  std::vector<std::string> parts;
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

/// A name that cannot be compared is like no other, and says why.
ScoredPair scored(NameMatcher& matcher, const NamePair& pair, PartyKind kind) {
  ScoredPair out{pair, kind, 0, {}};
  const Result<ComparedName> a = compared_name(pair.a, kind);
  const Result<ComparedName> b = compared_name(pair.b, kind);
  if (!a || !b) {
    out.parts = {(a ? b : a).error().message};
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
    rows.push_back({{"line", one.pair.line},
                    {"name1", one.pair.a},
                    {"name2", one.pair.b},
                    {"kind", party_kind_name(one.kind)},
                    {"score", score_number(one.score)},
                    {"parts", one.parts}});
  }
  nlohmann::ordered_json bad = nlohmann::ordered_json::array();
  for (const ListFault& fault : faults)
    bad.push_back({{"line", fault.line}, {"message", fault.message}});
  print_json(run, {{"pairs", rows}, {"faults", bad}});
}

void print_pairs_csv(Invocation& run, const std::vector<ScoredPair>& pairs) {
  run.out << csv_row({"line", "name1", "name2", "kind", "score", "parts"});
  for (const ScoredPair& one : pairs) {
    run.out << csv_row({std::to_string(one.pair.line), one.pair.a, one.pair.b,
                        std::string(party_kind_name(one.kind)), score_text(one.score),
                        joined_parts(one.parts, "; ")});
  }
}

void print_pairs_table(Invocation& run, const std::vector<ScoredPair>& pairs) {
  TextTable table(
      {{"SCORE", true}, {"NAME"}, {"OTHER NAME"}, {"KIND"}, {"BY", false, false, true}});
  for (const ScoredPair& one : pairs) {
    table.add_row({{score_text(one.score)},
                   {one.pair.a},
                   {one.pair.b},
                   {std::string(party_kind_name(one.kind))},
                   {joined_parts(one.parts, ", "), Tone::kFaint}});
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
  return code(table.faults.empty() ? ExitStatus::kOk : ExitStatus::kCheckFailed);
}

}  // namespace tidewaiter
