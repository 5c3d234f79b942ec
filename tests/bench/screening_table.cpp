// How good the matcher of `tidewaiter screen` is, by stratum of what makes two names differ
// (tests/bench/name_stratum.h): the labelled pairs, the aliases that official lists give, names in
// other scripts; and how many honest names it hits. Figures are of the given material
// (TIDEWAITER_SHARED); without it nothing is judged and the status is 77. The status is 1 where a
// figure is below what docs/screening.md has.

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "policies/lists/column_meaning.h"
#include "tests/bench/listed_names.h"
#include "tests/bench/name_stratum.h"

namespace tidewaiter::bench {
namespace {

namespace fs = std::filesystem;

constexpr Score kDefault = 850'000;  // of `screen --score`
constexpr Score kLowest = 700'000;   // below which honest names are not looked for
constexpr double kBudget = 0.001;    // honest names that are hit
constexpr int kSkipped = 77;

/// What docs/screening.md says is reached; a change of the matcher does not go below it unseen.
constexpr double kLeastF1 = 0.85;      // of the labelled pairs, at kDefault
constexpr double kLeastRecall = 0.90;  // of official aliases that are similar, in the budget

struct Tally {
  double same = 0;         ///< pairs of one party
  double same_found = 0;   ///< of them above the score
  double other = 0;        ///< pairs of two
  double other_found = 0;  ///< taken for one
  void add(bool is_same, bool found) {
    (is_same ? same : other) += 1;
    (is_same ? same_found : other_found) += found ? 1 : 0;
  }
  [[nodiscard]] double recall() const { return same_found / same; }
  [[nodiscard]] double precision() const { return same_found / (same_found + other_found); }
  [[nodiscard]] double f1() const {
    return 2 * same_found / (2 * same_found + other_found + (same - same_found));
  }
};
using Tallies = std::map<std::string, Tally>;

/// "0.876"; "–" for a ratio of nothing.
std::string figure(double value) {
  if (!(value >= 0.0)) return "    –";
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", value);
  return text;
}

void print_table(const Tallies& tallies) {
  std::printf("%-34s %7s %7s %7s %9s %6s\n", "stratum", "same", "other", "recall", "precision",
              "F1");
  for (const auto& [name, tally] : tallies) {
    std::printf("%-34s %7.0f %7.0f %7s %9s %6s\n", name.c_str(), tally.same, tally.other,
                figure(tally.recall()).c_str(), figure(tally.precision()).c_str(),
                figure(tally.f1()).c_str());
  }
}

struct LabelledPair {
  std::string stratum;
  bool same = false;
  Score score = 0;
};

Score score_of(NameMatcher& matcher, const std::string& a, const std::string& b, PartyKind kind,
               const NameIndex* index) {
  auto left = compared_name(a, kind);
  auto right = compared_name(b, kind);
  if (!left || !right) return 0;
  if (index == nullptr) return matcher.score(*left, *right);
  return matcher.score(index->weighed(*std::move(left)), index->weighed(*std::move(right)));
}

Tally all_at(const std::vector<LabelledPair>& pairs, Score least) {
  Tally all;
  for (const LabelledPair& pair : pairs) all.add(pair.same, pair.score >= least);
  return all;
}

/// names/nomenklatura/cases.csv, as `screen --pairs` scores it.
Result<std::vector<LabelledPair>> labelled_pairs(const fs::path& data) {
  const auto rows = rows_of(data / "names/nomenklatura/cases.csv", ',');
  if (!rows) return tl::unexpected(rows.error());
  NameMatcher matcher;
  std::vector<LabelledPair> pairs;
  for (auto row = rows->begin() + 1; row != rows->end(); ++row) {
    const PartyKind kind = kind_from((*row)[1]).value_or(PartyKind::kOrganisation);
    pairs.push_back({name_stratum((*row)[2], (*row)[3], kind), (*row)[4] == "true",
                     score_of(matcher, (*row)[2], (*row)[3], kind, nullptr)});
  }
  return pairs;
}

bool tell_labelled(const std::vector<LabelledPair>& pairs) {
  std::printf("\n## %zu labelled pairs\n\n", pairs.size());
  for (Score least = kLowest; least <= 950'000; least += 50'000) {
    const Tally all = all_at(pairs, least);
    std::printf("score %s: recall %s, precision %s, F1 %s\n",
                figure(static_cast<double>(least) / kSameName).c_str(),
                figure(all.recall()).c_str(), figure(all.precision()).c_str(),
                figure(all.f1()).c_str());
  }
  Tallies tallies;
  for (const LabelledPair& pair : pairs) {
    tallies[pair.stratum].add(pair.same, pair.score >= kDefault);
  }
  std::printf("\nby stratum, at 0.850:\n");
  print_table(tallies);
  return all_at(pairs, kDefault).f1() >= kLeastF1;
}

/// The lowest score that at most kBudget of the honest names reach with any listed name.
Result<Score> score_in_budget(const fs::path& data, const NameIndex& persons) {
  const auto names = honest_names(data);
  if (!names) return tl::unexpected(names.error());
  NameSearch search(persons);
  std::vector<Score> best;
  for (const std::string& text : *names) {
    const auto name = compared_name(text, PartyKind::kPerson);
    if (!name) continue;
    Score highest = 0;
    for (const IndexHit& hit : search.find(*name, 800'000)) highest = std::max(highest, hit.score);
    best.push_back(highest);
  }
  std::ranges::sort(best, std::ranges::greater{});
  const auto allowed = static_cast<std::size_t>(kBudget * static_cast<double>(best.size()));
  std::printf("\n## %zu honest names of persons, held against %zu listed names of persons\n\n",
              best.size(), persons.names().size());
  for (const Score least : {800'000, 850'000, 900'000, 950'000}) {
    const auto hit = std::ranges::count_if(best, [&](Score score) { return score >= least; });
    std::printf("score %s: %td hit (%.2f %%)\n",
                figure(static_cast<double>(least) / kSameName).c_str(), hit,
                100.0 * static_cast<double>(hit) / static_cast<double>(best.size()));
  }
  const Score least = best.size() > allowed ? best[allowed] + 1 : kDefault;
  std::printf("one false alert in 1,000 names: score %.6f\n",
              static_cast<double>(least) / kSameName);
  return least;
}

struct Indices {
  const NameIndex& persons;
  const NameIndex& organisations;
  [[nodiscard]] const NameIndex& of(PartyKind kind) const {
    return kind == PartyKind::kPerson ? persons : organisations;
  }
};

/// Aliases of parties, by kind and stratum.
struct AliasTallies {
  std::map<PartyKind, Tallies> strata;
  Tally similar;
  Tally halves[2];     ///< of the similar, by the parties' numbers: even is what was looked at
  Tally similar_wide;  ///< with all that is in two scripts, other names too

  void add(PartyKind kind, const std::string& stratum, bool is_even, bool found) {
    strata[kind][stratum].add(true, found);
    if (is_similar(stratum) || is_in_two_scripts(stratum)) similar_wide.add(true, found);
    if (!is_similar(stratum)) return;
    similar.add(true, found);
    halves[is_even ? 0 : 1].add(true, found);
  }
};

/// The alias and the primary name of each row, with the words' weights in all lists.
void add_aliases(const std::vector<std::vector<std::string>>& rows, std::size_t kind_at,
                 std::size_t alias_at, const Indices& indices, Score least, AliasTallies& out) {
  NameMatcher matcher;
  std::map<std::string, bool> scripts;  // rows of one party repeat its original script
  for (auto row = rows.begin() + 1; row != rows.end(); ++row) {
    if (row->size() <= alias_at) continue;
    const bool person = (*row)[kind_at] == "individual";
    const PartyKind kind = person ? PartyKind::kPerson : PartyKind::kOrganisation;
    const bool is_even = (*row)[0].back() % 2 == 0;  // of a digit, the digit's own
    const auto add = [&](const std::string& name, const std::string& alias, PartyKind of) {
      const Score score = score_of(matcher, name, alias, of, &indices.of(of));
      out.add(of, name_stratum(name, alias, of), is_even, score >= least);
    };
    add((*row)[2], (*row)[alias_at], kind);
    const std::string original = alias_at == 4 ? (*row)[3] : "";
    if (!original.empty() && scripts.emplace((*row)[0], true).second) {
      add((*row)[2], original, kind);
    }
  }
}

Result<double> tell_aliases(const fs::path& data, const Indices& indices, Score least) {
  AliasTallies tallies;
  const auto ofac = rows_of(data / "names/official/ofac_alias_pairs_2021.csv", ',');
  if (!ofac) return tl::unexpected(ofac.error());
  add_aliases(*ofac, 1, 5, indices, least, tallies);
  const auto un = rows_of(data / "names/official/un_alias_pairs_2026.csv", ',');
  if (!un) return tl::unexpected(un.error());
  add_aliases(*un, 1, 4, indices, least, tallies);
  for (const auto& [kind, strata] : tallies.strata) {
    std::printf("\n## official aliases of %ss by the primary name, at one false alert in 1,000\n\n",
                std::string(party_kind_name(kind)).c_str());
    std::printf("%-34s %7s %7s\n", "stratum", "pairs", "recall");
    for (const auto& [name, tally] : strata) {
      std::printf("%-34s %7.0f %7s\n", name.c_str(), tally.same, figure(tally.recall()).c_str());
    }
  }
  const auto tell = [](const char* which, const Tally& tally) {
    std::printf("official aliases that are similar%s: recall %s of %.0f\n", which,
                figure(tally.recall()).c_str(), tally.same);
  };
  std::printf("\n");
  tell("", tallies.similar);
  tell(", parties of even number", tallies.halves[0]);
  tell(", parties of odd number", tallies.halves[1]);
  tell(", or in two scripts and any name", tallies.similar_wide);
  return tallies.similar.recall();
}

/// "ك ا م ل" as one word.
std::string closed_up(std::string text) {
  std::erase(text, ' ');
  return text;
}

/// Words that Wikidata has in two scripts, two and two as a name of a person: the same words are
/// one party, one of them and another word are two.
Result<void> tell_scripts(const fs::path& data, const NameIndex& persons, Score least) {
  Tallies tallies;
  NameMatcher matcher;
  for (const char* script : {"arabic", "chinese", "hebrew", "japanese", "korean", "russian"}) {
    const auto rows = rows_of(
        data / "names/transliteration" / ("wd_" + std::string(script) + "_80.tsv.zst"), '\t');
    if (!rows) return tl::unexpected(rows.error());
    const std::size_t step = rows->size() / 2'000;
    for (std::size_t i = 0; i + 2 * step < rows->size(); i += step) {
      const auto& first = (*rows)[i];
      const auto& second = (*rows)[i + step / 2];
      const auto& third = (*rows)[i + step];
      const std::string name = first[0] + " " + second[0];
      const std::string same = closed_up(first[1]) + " " + closed_up(second[1]);
      const std::string other = closed_up(first[1]) + " " + closed_up(third[1]);
      const auto found = [&](const std::string& one) {
        return score_of(matcher, name, one, PartyKind::kPerson, &persons) >= least;
      };
      tallies[script].add(true, found(same));
      tallies[script].add(false, found(other));
    }
  }
  std::printf("\n## names of two words in two scripts, at one false alert in 1,000\n\n");
  print_table(tallies);
  return {};
}

int fail_with(const Error& error) {
  std::cerr << (error.where.empty() ? "" : error.where + ": ") << error.message << '\n';
  return 1;
}

int run() {
  const auto data = given_data();
  if (!data) {
    std::cout << "skipped: TIDEWAITER_SHARED has no data/lists and data/names\n";
    return kSkipped;
  }
  const auto pairs = labelled_pairs(*data);
  if (!pairs) return fail_with(pairs.error());
  const bool pairs_hold = tell_labelled(*pairs);
  const auto book = all_given_lists(*data);
  if (!book) return fail_with(book.error());
  const NameIndex persons = index_of(**book, PartyKind::kPerson);
  const NameIndex organisations = index_of(**book, PartyKind::kOrganisation);
  const auto least = score_in_budget(*data, persons);
  if (!least) return fail_with(least.error());
  const auto recall = tell_aliases(*data, {persons, organisations}, *least);
  if (!recall) return fail_with(recall.error());
  if (const auto told = tell_scripts(*data, persons, *least); !told) return fail_with(told.error());
  if (!pairs_hold) std::cerr << "F1 over the labelled pairs is below " << kLeastF1 << '\n';
  if (*recall < kLeastRecall) {
    std::cerr << "recall of similar aliases is below " << kLeastRecall << '\n';
  }
  return pairs_hold && *recall >= kLeastRecall ? 0 : 1;
}

}  // namespace
}  // namespace tidewaiter::bench

int main() { return tidewaiter::bench::run(); }
