// Judges what a policy's `screen` finds by names that others wrote down. The figures are told, and
// bounds keep them from getting worse unseen; docs/screening.md has them, and bench_screening_table
// those by stratum.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "policies/screening/screened_list.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> shared_file(const char* path) {
  const char* root = std::getenv("TIDEWAITER_SHARED");
  if (root == nullptr) return std::nullopt;
  fs::path file = fs::path(root) / "data" / path;
  return fs::exists(file) ? std::optional(file) : std::nullopt;
}

/// RFC 4180 without line breaks within fields.
std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      cells.back() += line[i++];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else if (c != '\r') {
      cells.back() += c;
    }
  }
  return cells;
}

std::vector<std::vector<std::string>> rows_of(const fs::path& path) {
  std::ifstream in(path);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(in, line);) rows.push_back(cells_of(line));
  return rows;
}

/// The score that a list of the one name alone gives the other.
Score score_of(const std::string& a, const std::string& b, PartyKind kind) {
  const auto list = ScreenedList::make("pair", {{a, {}, {}, {}, {{INT64_MIN}, {INT64_MAX}}, kind}});
  if (!list) return 0;
  const auto hits = (*list)->find(b, kind, 1, NameLookup::kScan);
  return hits && !hits->empty() ? hits->front().score : 0;
}

TEST(SharedNames, LabelledPairs) {
  const auto path = shared_file("names/nomenklatura/cases.csv");
  if (!path) GTEST_SKIP() << "TIDEWAITER_SHARED has no names/nomenklatura/cases.csv";
  const auto rows = rows_of(*path);
  ASSERT_EQ(rows.size(), 827U);
  std::vector<Score> scores;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const bool is_person = rows[i][1] == "Person";
    scores.push_back(score_of(rows[i][2], rows[i][3],
                              is_person ? PartyKind::kPerson : PartyKind::kOrganisation));
  }
  double at_packs_score = 0.0;
  for (const Score least : {800'000, 850'000, 900'000, 930'000}) {
    double hits = 0;
    double alarms = 0;
    double misses = 0;
    for (std::size_t i = 1; i < rows.size(); ++i) {
      const bool matches = rows[i][4] == "true";
      const bool found = scores[i - 1] >= least;
      hits += matches && found ? 1 : 0;
      alarms += !matches && found ? 1 : 0;
      misses += matches && !found ? 1 : 0;
    }
    const double precision = hits / (hits + alarms);
    const double recall = hits / (hits + misses);
    const double f1 = 2 * precision * recall / (precision + recall);
    if (least == 850'000) at_packs_score = f1;
    std::cout << "score " << score_text(least) << ": precision " << precision << ", recall "
              << recall << ", F1 " << f1 << '\n';
  }
  EXPECT_GE(at_packs_score, 0.86);
}

TEST(SharedNames, TheIndexLosesNothingOfOfac) {
  const auto path = shared_file("names/official/ofac_alias_pairs_2021.csv");
  if (!path) GTEST_SKIP() << "TIDEWAITER_SHARED has no names/official/ofac_alias_pairs_2021.csv";
  std::map<std::string, ListedParty> parties;
  std::vector<std::string> queries;
  const auto rows = rows_of(*path);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (!name_form(rows[i][2]) || !name_form(rows[i][5])) continue;
    ListedParty& party = parties[rows[i][2]];
    party.name = rows[i][2];
    party.during = {{INT64_MIN}, {INT64_MAX}};
    // Every other alias is in the list, and the others are looked for.
    if (i % 2 == 0) party.aliases.push_back(rows[i][5]);
    if (i % 800 == 1) queries.push_back(rows[i][5]);
  }
  std::vector<ListedParty> all;
  for (auto& [name, party] : parties) all.push_back(std::move(party));
  const auto list = ScreenedList::make("ofac", std::move(all)).value();
  std::size_t hits = 0;
  for (const std::string& query : queries) {
    const auto found = list->find(query, std::nullopt, 800'000, NameLookup::kIndex).value();
    ASSERT_EQ(found, list->find(query, std::nullopt, 800'000, NameLookup::kScan).value()) << query;
    hits += found.size();
  }
  EXPECT_GT(hits, queries.size() / 4);
}

}  // namespace
}  // namespace tidewaiter
