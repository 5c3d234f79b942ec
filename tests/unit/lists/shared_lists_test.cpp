// Real lists load completely: as many entries as their README counts, or Python's csv where the
// README counts line ends, and no row that is lost unseen.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <ostream>
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

  /// The folder's `sdn.csv` or `cons_prim.csv` with the files beside it.
  ParsedList ofac(const std::string& folder) {
    const fs::path path = folder_ / folder;
    const bool is_sdn = fs::exists(path / "sdn.csv");
    const std::string begin = is_sdn ? "" : "cons_";
    return parse_list({content(path / (is_sdn ? "sdn.csv" : "cons_prim.csv")),
                       content(path / (begin + "alt.csv")), content(path / (begin + "add.csv")),
                       content(path / (is_sdn ? "sdn_comments.csv" : "cons_comments.csv"))})
        .value();
  }
  Result<ParsedList> one(const std::string& file) {
    return parse_list({content(folder_ / file), {}, {}});
  }

  fs::path folder_;
};

/// What the entries of lists have; weak aliases are counted apart.
struct Values {
  std::size_t aliases = 0;
  std::size_t weak_aliases = 0;
  std::size_t countries = 0;
  std::size_t identifiers = 0;
  std::size_t programs = 0;
  bool operator==(const Values&) const = default;
  friend void PrintTo(const Values& values, std::ostream* out) {
    *out << values.aliases << " aliases, " << values.weak_aliases << " weak ones, "
         << values.countries << " countries, " << values.identifiers << " identifiers, "
         << values.programs << " programmes";
  }
};

void add_values(Values& values, const ParsedList& list) {
  for (const ListEntry& entry : list.entries) {
    for (const ListedName& alias : entry.aliases) {
      ++(alias.is_weak ? values.weak_aliases : values.aliases);
    }
    values.countries += entry.countries.size();
    values.identifiers += entry.identifiers.size();
    values.programs += entry.programs.size();
  }
}

Values values_of(const ParsedList& list) {
  Values values;
  add_values(values, list);
  return values;
}

std::set<std::string> ids_of(const ParsedList& list) {
  std::set<std::string> ids;
  for (const ListEntry& entry : list.entries) ids.insert(entry.id);
  return ids;
}

// Aliases of alt.csv are 9,682 and 11,910; one of each stands in quotes and is weak. The other weak
// ones stand in the remarks: 2,026 and 2,417 by Python's csv and re, which also counts countries
// (of addresses, nationalities and flags, each once in an entry) and programmes.
TEST_F(SharedLists, OfacOf2019And2021) {
  const ParsedList before = ofac("ofac-sdn-2019-full");
  EXPECT_EQ(before.entries.size(), 7'379U);  // Python's csv: the last row has no line's end
  EXPECT_EQ(values_of(before), (Values{9'681, 2'027, 7'072, 5'521, 8'314}));
  // The comments there are those of a later issue: ten of thirteen are on parties it has beside.
  EXPECT_EQ(before.faults.size(), 10U);
  for (const ListFault& fault : before.faults) {
    EXPECT_EQ(fault.file, ListFile::kComments) << fault.message;
  }
  const ParsedList after = ofac("ofac-sdn-2021-full");
  EXPECT_EQ(after.entries.size(), 8'976U);
  EXPECT_EQ(values_of(after), (Values{11'909, 2'418, 8'813, 7'120, 10'759}));
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
  const ParsedList before = ofac("ofac-sdn-2019-full");
  const ParsedList after = ofac("ofac-sdn-2021-full");
  const ListDiff diff = list_diff(before.entries, after.entries);
  EXPECT_EQ(diff.added.size(), 1'858U);
  EXPECT_EQ(diff.removed.size(), 261U);
  EXPECT_EQ(diff.same + diff.changed.size(), 7'379U - 261U);
  EXPECT_EQ(changed_in(diff, "name"), 20U);
  EXPECT_EQ(changed_in(diff, "kind"), 0U);
  EXPECT_EQ(changed_in(diff, "program"), 311U);
  EXPECT_EQ(changed_in(diff, "country"), 24U);
  EXPECT_EQ(changed_in(diff, "weak_alias"), 25U);
  const ListDiff back = list_diff(after.entries, before.entries);
  EXPECT_EQ(back.added.size(), 261U);
  EXPECT_EQ(back.removed.size(), 1'858U);
  EXPECT_EQ(back.same, diff.same);
}

// 1,073 aliases by the README, the rest by Python as above.
TEST_F(SharedLists, OfacNonSdn) {
  const ParsedList list = ofac("ofac-nonsdn-consolidated");
  EXPECT_EQ(list.entries.size(), 442U);
  EXPECT_EQ(values_of(list), (Values{1'073, 69, 408, 911, 534}));
  EXPECT_TRUE(list.faults.empty()) << list.faults.front().message;
}

TEST_F(SharedLists, UnitedNations) {
  const ParsedList list = one("un-consolidated-2026/UN_consolidated.xml").value();
  std::size_t persons = 0;
  for (const ListEntry& entry : list.entries) persons += entry.kind == PartyKind::kPerson ? 1U : 0U;
  EXPECT_EQ(persons, 730U);
  EXPECT_EQ(list.entries.size(), 730U + 273U);
  // Python's ElementTree; `;` parts values.
  EXPECT_EQ(values_of(list), (Values{2'581, 619, 1'045, 448, 1'003}));
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
    EXPECT_EQ(list.entries.size(), count) << name;
    EXPECT_TRUE(list.faults.empty()) << name << ": " << list.faults.front().message;
  }
  const ParsedList entity_list = one("us-export-lists-2026-07/bis_entity_list.json").value();
  std::size_t with_aliases = 0;
  for (const ListEntry& entry : entity_list.entries)
    with_aliases += entry.aliases.empty() ? 0U : 1U;
  EXPECT_EQ(with_aliases, 1'908U);
  EXPECT_EQ(values_of(entity_list).aliases, 5'172U - 4U);  // four are the entry's own name again
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
      {"opensanctions-curated/bg__mft_national__sanctions.csv", 19},
      {"opensanctions-curated/pk__proscribed_persons__source.json", 4'665},  // Python's json
      {"csl-partial/us_tel.json", 10}};                                      // the same
  for (const auto& [file, count] : counts) {
    const Result<ParsedList> list = one(file);
    ASSERT_TRUE(list) << file << ": " << list.error().message;
    EXPECT_EQ(list->entries.size(), count) << file;
    for (const ListFault& fault : list->faults) {
      ADD_FAILURE() << file << ":" << fault.line << ": " << fault.message;
    }
  }
}

// Python's csv: countries by the end of addresses, nationalities and flags; identifiers without
// websites, risks, orders and the like.
TEST_F(SharedLists, ValuesOfTheConsolidatedScreeningList) {
  EXPECT_EQ(values_of(one("csl-partial/csl.csv").value()), (Values{161, 0, 91, 84, 189}));
  EXPECT_EQ(values_of(one("csl-partial/consolidated_sample.csv").value()),
            (Values{15, 0, 11, 7, 22}));
}

// 8,017 and 417 rows by the README; one record of the amendments has two rows, one for each of its
// measures. The values are counted by Python's csv, which reads a cell's values as rows of `;`.
TEST_F(SharedLists, OfficialJournalOfTheEuropeanUnion) {
  Values values;
  const auto entries_in = [&](const char* part) {
    std::size_t entries = 0;
    for (const auto& file : fs::directory_iterator(folder_ / "eu-official-journal-2026" / part)) {
      const Result<ParsedList> list = parse_list({content(file.path()), {}, {}});
      if (!list) {
        ADD_FAILURE() << file.path() << ": " << list.error().message;
        continue;
      }
      EXPECT_TRUE(list->faults.empty()) << file.path() << ": " << list->faults.front().message;
      entries += list->entries.size();
      add_values(values, *list);
    }
    return entries;
  };
  EXPECT_EQ(entries_in("consolidated"), 8'017U);
  EXPECT_EQ(entries_in("amendments"), 417U - 1U);
  EXPECT_EQ(values, (Values{13'294, 211, 2'838, 4'792, 16'867}));
}

// Descriptions of lists, wallets, legal forms, equipment, and texts taken out of PDF files.
TEST_F(SharedLists, WhatIsNoListOfPartiesIsRefused) {
  for (const char* file :
       {"us-export-lists-2026-07/lists.json",
        "opensanctions-curated/_global__gleif__ref__elf-codes-1.4.1.csv",
        "opensanctions-curated/il__mod_crypto__wallets.csv",
        "opensanctions-curated/us__fcc_covered_list__table.csv",
        "opensanctions-curated/jp__meti_ru__250912_list_daisangoku_tokutei.pdf.txt",
        "opensanctions-curated/jp__meti_ru__250912_list_russia_tokutei.pdf.txt"}) {
    EXPECT_FALSE(one(file)) << file;
  }
}

}  // namespace
}  // namespace tidewaiter
