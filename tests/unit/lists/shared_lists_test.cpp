// Real lists load completely: as many entries as their README counts, or Python's csv where the
// README counts line ends, and no row that is lost unseen.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "policies/lists/list_diff.h"
#include "policies/lists/list_format.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> lists_folder() {
  const char* root = std::getenv("TIDEWAITER_SHARED");
  if (root == nullptr) return std::nullopt;
  fs::path folder = fs::path(root) / "data/lists";
  return fs::exists(folder) ? std::optional(folder) : std::nullopt;
}

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class SharedLists : public testing::Test {
 protected:
  void SetUp() override {
    const auto folder = lists_folder();
    if (!folder) GTEST_SKIP() << "TIDEWAITER_SHARED has no data/lists";
    folder_ = *folder;
  }

  ParsedList ofac(const std::string& primary, const std::string& aliases,
                  const std::string& addresses) {
    return parse_list({content(folder_ / primary), content(folder_ / aliases),
                       content(folder_ / addresses)})
        .value();
  }
  Result<ParsedList> one(const std::string& file) {
    return parse_list({content(folder_ / file), {}, {}});
  }

  fs::path folder_;
};

std::size_t aliases_of(const ParsedList& list) {
  std::size_t count = 0;
  for (const ListEntry& entry : list.entries) count += entry.aliases.size();
  return count;
}

std::set<std::string> ids_of(const ParsedList& list) {
  std::set<std::string> ids;
  for (const ListEntry& entry : list.entries) ids.insert(entry.id);
  return ids;
}

TEST_F(SharedLists, OfacOf2019And2021) {
  const ParsedList before = ofac("ofac-sdn-2019-full/sdn.csv", "ofac-sdn-2019-full/alt.csv",
                                 "ofac-sdn-2019-full/add.csv");
  EXPECT_EQ(before.entries.size(), 7'379U);  // Python's csv: the last row has no line's end
  EXPECT_EQ(aliases_of(before), 9'682U);
  EXPECT_TRUE(before.faults.empty()) << before.faults.front().message;
  const ParsedList after = ofac("ofac-sdn-2021-full/sdn.csv", "ofac-sdn-2021-full/alt.csv",
                                "ofac-sdn-2021-full/add.csv");
  EXPECT_EQ(after.entries.size(), 8'976U);
  EXPECT_EQ(aliases_of(after), 11'910U);
  EXPECT_TRUE(after.faults.empty()) << after.faults.front().message;
  const std::set<std::string> old_ids = ids_of(before);
  const std::set<std::string> new_ids = ids_of(after);
  std::size_t added = 0;
  for (const std::string& id : new_ids) added += old_ids.contains(id) ? 0U : 1U;
  std::size_t removed = 0;
  for (const std::string& id : old_ids) removed += new_ids.contains(id) ? 0U : 1U;
  EXPECT_EQ(added, 1'858U);
  EXPECT_EQ(removed, 261U);
}

/// How many entries changed in a field.
std::size_t changed_in(const ListDiff& diff, std::string_view field) {
  const auto has = [field](const FieldChange& change) { return change.field == field; };
  return static_cast<std::size_t>(std::ranges::count_if(
      diff.changed,
      [&](const EntryChange& change) { return std::ranges::any_of(change.fields, has); }));
}

// The figures are those of a comparison with Python's csv.
TEST_F(SharedLists, WhatChangedInOfacsListFrom2019To2021) {
  const ParsedList before = ofac("ofac-sdn-2019-full/sdn.csv", "ofac-sdn-2019-full/alt.csv",
                                 "ofac-sdn-2019-full/add.csv");
  const ParsedList after = ofac("ofac-sdn-2021-full/sdn.csv", "ofac-sdn-2021-full/alt.csv",
                                "ofac-sdn-2021-full/add.csv");
  const ListDiff diff = list_diff(before.entries, after.entries);
  EXPECT_EQ(diff.added.size(), 1'858U);
  EXPECT_EQ(diff.removed.size(), 261U);
  EXPECT_EQ(diff.same + diff.changed.size(), 7'379U - 261U);
  EXPECT_EQ(changed_in(diff, "name"), 20U);
  EXPECT_EQ(changed_in(diff, "kind"), 0U);
  EXPECT_EQ(changed_in(diff, "program"), 311U);
  EXPECT_EQ(changed_in(diff, "country"), 26U);
  const ListDiff back = list_diff(after.entries, before.entries);
  EXPECT_EQ(back.added.size(), 261U);
  EXPECT_EQ(back.removed.size(), 1'858U);
  EXPECT_EQ(back.same, diff.same);
}

TEST_F(SharedLists, OfacNonSdn) {
  const ParsedList list =
      ofac("ofac-nonsdn-consolidated/cons_prim.csv", "ofac-nonsdn-consolidated/cons_alt.csv",
           "ofac-nonsdn-consolidated/cons_add.csv");
  EXPECT_EQ(list.entries.size(), 442U);
  EXPECT_EQ(aliases_of(list), 1'073U);
  EXPECT_TRUE(list.faults.empty()) << list.faults.front().message;
}

TEST_F(SharedLists, UnitedNations) {
  const ParsedList list = one("un-consolidated-2026/UN_consolidated.xml").value();
  std::size_t persons = 0;
  for (const ListEntry& entry : list.entries) persons += entry.kind == PartyKind::kPerson ? 1U : 0U;
  EXPECT_EQ(persons, 730U);
  EXPECT_EQ(list.entries.size(), 730U + 273U);
  EXPECT_TRUE(list.faults.empty());
}

TEST_F(SharedLists, ExportListsOfTheUnitedStates) {
  const std::pair<const char*, std::size_t> counts[] = {{"bis_entity_list", 3'409},
                                                        {"bis_dpl", 564},
                                                        {"bis_meu", 70},
                                                        {"cbp_wro", 67},
                                                        {"dhs_uflpa", 148},
                                                        {"dow_1260h", 80},
                                                        {"dow_1286", 134},
                                                        {"fcc_covered", 15},
                                                        {"ofac_eo14032_annex", 59},
                                                        {"ofac_nscmic", 68},
                                                        {"state_debarred_admin", 8},
                                                        {"state_debarred_statutory", 779},
                                                        {"state_nonproliferation", 528}};
  for (const auto& [name, count] : counts) {
    const ParsedList list = one("us-export-lists-2026-07/" + std::string(name) + ".json").value();
    EXPECT_EQ(list.entries.size() + list.faults.size(), count) << name;
    EXPECT_TRUE(list.faults.empty()) << name << ": " << list.faults.front().message;
  }
  const ParsedList entity_list = one("us-export-lists-2026-07/bis_entity_list.json").value();
  std::size_t with_aliases = 0;
  for (const ListEntry& entry : entity_list.entries)
    with_aliases += entry.aliases.empty() ? 0U : 1U;
  EXPECT_EQ(with_aliases, 1'908U);
}

TEST_F(SharedLists, TablesOfOthers) {
  const std::pair<const char*, std::size_t> counts[] = {
      {"csl-partial/csl.csv", 115},
      {"csl-partial/consolidated_sample.csv", 13},
      {"bis-dpl-tsv/dpl.txt", 581},
      {"opensanctions-curated/cn__sanctions__sanctions.csv", 610},
      {"opensanctions-curated/us__bis_mieu__mieu.csv", 13},
      {"opensanctions-curated/us__dod_chinese_milcorps__sanctions.csv", 397},
      {"opensanctions-curated/us__special_leg__source_files__section_1286.csv", 443},
      {"opensanctions-curated/us__special_leg__source_files__section_353.csv", 167},
      {"opensanctions-curated/us__special_leg__source_files__inksna.csv", 28},
      {"opensanctions-curated/us__cuba_sanctions__restricted_entities.csv", 239},
      {"opensanctions-curated/us__cuba_sanctions__accommodations.csv", 429},
      {"opensanctions-curated/us__fincen_special_measures__details.csv", 490},
      {"opensanctions-curated/ch__fiaa_freezes__freezes.csv", 158},
      {"opensanctions-curated/bg__mft_national__sanctions.csv", 19}};
  for (const auto& [file, count] : counts) {
    const Result<ParsedList> list = one(file);
    ASSERT_TRUE(list) << file << ": " << list.error().message;
    EXPECT_EQ(list->entries.size() + list->faults.size(), count) << file;
    for (const ListFault& fault : list->faults) {
      ADD_FAILURE() << file << ":" << fault.line << ": " << fault.message;
    }
  }
}

TEST_F(SharedLists, OfficialJournalOfTheEuropeanUnion) {
  const auto rows_in = [this](const char* part) {
    std::size_t rows = 0;
    for (const auto& file : fs::directory_iterator(folder_ / "eu-official-journal-2026" / part)) {
      const Result<ParsedList> list = parse_list({content(file.path()), {}, {}});
      if (!list) {
        ADD_FAILURE() << file.path() << ": " << list.error().message;
        continue;
      }
      rows += list->entries.size() + list->faults.size();
    }
    return rows;
  };
  EXPECT_EQ(rows_in("consolidated"), 8'017U);
  EXPECT_EQ(rows_in("amendments"), 417U);
}

}  // namespace
}  // namespace tidewaiter
