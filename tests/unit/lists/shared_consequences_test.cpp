// What follows from being on real lists, counted by obligation: against counts that Python's csv
// makes of the programmes and measures as they stand in the files, and the READMEs' own.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "policies/lists/list_code.h"
#include "policies/lists/list_format.h"
#include "policies/lists/listed_parties.h"
#include "policies/screening/party_issue.h"
#include "policies/screening/shipped_consequences.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

using Counts = std::map<std::string, int>;

std::optional<fs::path> given_lists() {
  const char* root = std::getenv("TIDEWAITER_SHARED");
  if (root == nullptr) return std::nullopt;
  fs::path folder = fs::path(root) / "data/lists";
  return fs::exists(folder) ? std::optional(folder) : std::nullopt;
}

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class SharedConsequences : public testing::Test {
 protected:
  void SetUp() override {
    const auto folder = given_lists();
    if (!folder) GTEST_SKIP() << "TIDEWAITER_SHARED has no data/lists";
    folder_ = *folder;
  }

  ParsedList list(const std::string& file) {
    return parse_list({bytes_of(folder_ / file), {}, {}, {}}).value();
  }

  /// How many entries ask for what, at noon of the day; of an entry each word counts once. The
  /// parties of a stored issue say the same as the entries.
  static void count(const ParsedList& list, std::string_view code, const std::string& day,
                    Counts& counts) {
    const auto consequences = shipped_consequences(code);
    ASSERT_NE(consequences, nullptr) << code;
    const UtcTime at = parse_time(day + "T12:00:00Z").value();
    const std::vector<ListedParty> parties = listed_parties(list);
    ASSERT_EQ(parties.size(), list.entries.size());
    for (std::size_t i = 0; i < parties.size(); ++i) {
      const Follows follows = consequences->follow(list.entries[i].programs, at);
      EXPECT_EQ(follows, consequences->follow(parties[i].programs, at));
      for (std::size_t o = 0; o < kObligations; ++o) {
        const auto one = static_cast<Obligation>(o);
        if (follows.has(one)) ++counts[std::string(obligation_name(one))];
      }
      if (!follows.untold.empty()) ++counts["not-known"];
      EXPECT_FALSE(follows.told.empty() && follows.untold.empty()) << list.entries[i].name;
    }
  }

  Counts counted_in(const std::string& file, const std::string& day, std::string_view code = {}) {
    const ParsedList one = list(file);
    Counts counts;
    count(one, code.empty() ? list_code(one, file) : code, day, counts);
    return counts;
  }

  fs::path folder_;
};

TEST_F(SharedConsequences, OfacsNonSdnListByProgramme) {
  // Of 442 entries 286 have UKRAINE-EO13662, 78 NS-PLC, 68 CMIC-EO13959, one 561-Related, and 93,
  // 1, 1 and 1 the four programmes of the menu; two have SDGT, two VENEZUELA-EO13850 and one
  // IRAN-CON-ARMS-EO beside another, of which it is not known what it adds.
  EXPECT_EQ(counted_in("ofac-nonsdn-consolidated/cons_prim.csv", "2026-11-30"),
            (Counts{{"sectoral", 286},
                    {"reject", 78},
                    {"no-securities", 68},
                    {"no-correspondent-account", 1},
                    {"menu-based", 96},
                    {"not-known", 5}}));
}

TEST_F(SharedConsequences, TheSdnListBlocksWhereAProgrammeIsInForce) {
  EXPECT_EQ(counted_in("ofac-sdn-2021-full/sdn.csv", "2021-06-01"), (Counts{{"block", 8'976}}));
  // 560 entries have SYRIA alone, 15 SYRIA and SYRIA-CAESAR, 120 ZIMBABWE, 11 BURUNDI, and 65 one
  // of them beside a programme that goes on.
  EXPECT_EQ(counted_in("ofac-sdn-2021-full/sdn.csv", "2026-11-30"),
            (Counts{{"block", 8'976 - 706}, {"not-known", 706 + 65}}));
  EXPECT_EQ(counted_in("ofac-sdn-2019-full/sdn.csv", "2026-11-30"),
            (Counts{{"block", 7'379 - 639}, {"not-known", 639 + 65}}));
}

TEST_F(SharedConsequences, TheScreeningListBySource) {
  EXPECT_EQ(counted_in("csl-partial/csl.csv", "2021-01-01"),
            (Counts{{"block", 28},
                    {"sectoral", 26},
                    {"licence-required", 22},
                    {"reject", 13},
                    {"no-defence-trade", 10},
                    {"no-export", 8},
                    {"red-flag", 4},
                    {"as-notified", 3},
                    {"no-correspondent-account", 1}}));
}

TEST_F(SharedConsequences, TheUnitedNationsAndTheUnion) {
  // Counted by UN_LIST_TYPE: all but the ten of Guinea-Bissau and the thirty of Libya.
  EXPECT_EQ(counted_in("un-consolidated-2026/UN_consolidated.xml", "2026-02-27"),
            (Counts{{"as-notified", 30}, {"asset-freeze", 963}, {"travel-ban", 10}}));
  Counts counts;
  for (const char* part : {"consolidated", "amendments"}) {
    for (const auto& file : fs::directory_iterator(folder_ / "eu-official-journal-2026" / part)) {
      const ParsedList one = parse_list({bytes_of(file.path()), {}, {}, {}}).value();
      count(one, list_code(one, file.path().string()), "2026-11-30", counts);
    }
  }
  EXPECT_EQ(counts, (Counts{{"asset-freeze", 6'453}, {"sectoral", 1'980}}));
}

TEST_F(SharedConsequences, ListsThatTellNeitherByBytesNorByNameAreToldByTheirCode) {
  const std::string folder = "us-export-lists-2026-07/";
  EXPECT_EQ(list_code(list(folder + "bis_entity_list.json"), "bis_entity_list.json"), "");
  EXPECT_EQ(counted_in(folder + "bis_entity_list.json", "2026-07-09", "EL"),
            (Counts{{"licence-required", 3'409}}));
  EXPECT_EQ(counted_in(folder + "bis_meu.json", "2026-07-09", "MEU"),
            (Counts{{"licence-required", 70}}));
  EXPECT_EQ(counted_in(folder + "bis_dpl.json", "2026-07-09", "DPL"), (Counts{{"no-export", 564}}));
  EXPECT_EQ(counted_in(folder + "ofac_nscmic.json", "2026-07-09", "CMIC"),
            (Counts{{"no-securities", 68}}));
  EXPECT_EQ(counted_in(folder + "state_debarred_statutory.json", "2026-07-09", "DTC"),
            (Counts{{"no-defence-trade", 779}}));
  EXPECT_EQ(counted_in(folder + "state_nonproliferation.json", "2026-07-09", "ISN"),
            (Counts{{"as-notified", 528}}));
  EXPECT_EQ(list_code(list("bis-dpl-tsv/dpl.txt"), "bis-dpl-tsv/dpl.txt"), "DPL");
}

TEST_F(SharedConsequences, AStoredIssueKeepsProgrammesAndTermsOfLicences) {
  const ParsedList screening_list = list("csl-partial/csl.csv");
  const auto with_terms = [](const auto& all, auto terms) {
    return std::count_if(all.begin(), all.end(),
                         [terms](const auto& one) { return !terms(one).requirement.empty(); });
  };
  // Python's csv: the 22 rows of the Entity List state a requirement, and no other row does.
  EXPECT_EQ(with_terms(screening_list.entries, [](const ListEntry& one) { return one.licence; }),
            22);
  const std::string text = party_issue_text(listed_parties(screening_list)).value();
  const PartyIssue issue = read_party_issue(text).value();
  // Of five rows of one name four differ in nothing but their street: two parties.
  EXPECT_EQ(
      with_terms(issue.parties->parties(), [](const ListedParty& one) { return one.licence; }), 19);
  Counts counts;
  const auto consequences = shipped_consequences("CSL");
  for (const ListedParty& party : issue.parties->parties()) {
    if (consequences->follow(party.programs, UtcTime{0}).has(Obligation::kSectoral)) {
      ++counts["sectoral"];
    }
  }
  EXPECT_EQ(counts, (Counts{{"sectoral", 26}}));
}

}  // namespace
}  // namespace tidewaiter
