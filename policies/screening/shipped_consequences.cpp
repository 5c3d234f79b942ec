#include "policies/screening/shipped_consequences.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <utility>

namespace tidewaiter {
namespace {

using Day = std::chrono::sys_days;

constexpr Day day_at(int y, unsigned m, unsigned d) {
  return Day{std::chrono::year{y} / std::chrono::month{m} / std::chrono::day{d}};
}
constexpr Day kEarlier = Day::min();  ///< than any record
constexpr Day kOpen = Day::max();

/// From the first day through the last.
struct Days {
  Day first = kEarlier;
  Day last = kOpen;
};

enum class OwnedParties : std::uint8_t { kNoRule, kOfac, kAffiliates };

/// A rule as it stands in the table below: programmes with `|` between them, none for any other.
struct ConsequenceRow {
  std::string_view code;
  std::string_view programs;
  Obligation obligation;
  std::string_view citation;
  std::string_view note = {};
  OwnedParties owned = OwnedParties::kNoRule;
  Days days = {};
};

constexpr std::string_view kOwnedOrControlled =
    "what such parties own or control is a question of its own, which is not answered here";
constexpr std::string_view kMeasuresInEntry =
    "the measures stand in the entry; whether they extend to what such parties own is a question "
    "of its own, which is not answered here";

/// Where a programme has an end it is that of the order that ended it: what is still listed under
/// it alone is listed under nothing that is known. Sources stand as citations; docs/screening.md
/// says which of them were read where.
constexpr auto kConsequenceRows = std::to_array<ConsequenceRow>({
    {"SDN", "", Obligation::kBlock, "31 CFR chapter V; OFAC, SDN list", "", OwnedParties::kOfac},
    {"SDN",
     "SYRIA",
     Obligation::kBlock,
     "EO 13338 and others; ended by EO 14312",
     "",
     OwnedParties::kOfac,
     {kEarlier, day_at(2025, 6, 30)}},
    {"SDN",
     "ZIMBABWE",
     Obligation::kBlock,
     "EO 13288 and others; ended by EO 14118",
     "",
     OwnedParties::kOfac,
     {kEarlier, day_at(2024, 3, 3)}},
    {"SDN",
     "BURUNDI",
     Obligation::kBlock,
     "EO 13712; ended by EO 14054",
     "",
     OwnedParties::kOfac,
     {kEarlier, day_at(2021, 11, 17)}},
    {"SDN",
     "WEST-BANK-EO14115",
     Obligation::kBlock,
     "EO 14115; revoked by EO 14148",
     "",
     OwnedParties::kOfac,
     {kEarlier, day_at(2025, 1, 19)}},
    {"SDN",
     "SYRIA-CAESAR",
     Obligation::kBlock,
     "Caesar Syria Civilian Protection Act of 2019; repealed by the National Defense Authorization "
     "Act for Fiscal Year 2026",
     "",
     OwnedParties::kOfac,
     {kEarlier, day_at(2025, 12, 17)}},
    {"SSI", "", Obligation::kSectoral, "EO 13662, directives 1 to 4; OFAC FAQ 373",
     "the directive stands in the entry", OwnedParties::kOfac},
    {"FSE", "", Obligation::kReject, "EO 13608"},
    {"PLC", "", Obligation::kReject, "OFAC, General License 4 under 31 CFR parts 594, 595 and 597"},
    {"CAP", "", Obligation::kNoCorrespondentAccount, "OFAC, CAPTA list; 31 CFR part 561"},
    {"NS-MBS", "", Obligation::kMenu, "OFAC, NS-MBS list; CAATSA, section 235; EO 14024",
     kMeasuresInEntry},
    {"CMIC", "", Obligation::kNoSecurities, "EO 13959 as amended by EO 14032"},
    {"OFAC-CONS", "UKRAINE-EO13662", Obligation::kSectoral,
     "EO 13662, directives 1 to 4; OFAC FAQ 373", "the directive stands in the entry",
     OwnedParties::kOfac},
    {"OFAC-CONS", "FSE-IR|FSE-SY", Obligation::kReject, "EO 13608"},
    {"OFAC-CONS", "NS-PLC", Obligation::kReject,
     "OFAC, General License 4 under 31 CFR parts 594, 595 and 597"},
    {"OFAC-CONS", "561-RELATED", Obligation::kNoCorrespondentAccount,
     "OFAC, CAPTA list; 31 CFR part 561"},
    {"OFAC-CONS", "CMIC-EO13959", Obligation::kNoSecurities, "EO 13959 as amended by EO 14032"},
    {"OFAC-CONS", "RUSSIA-EO14024|CAATSA - RUSSIA|BURMA-EO14014|ILLICIT-DRUGS-EO14059",
     Obligation::kMenu, "OFAC, NS-MBS and CAPTA lists", kMeasuresInEntry},
    {"EL", "", Obligation::kLicenceRequired, "15 CFR 744.11, 744.16, Supplement No. 4 to part 744",
     "requirement and review policy stand in the entry; no licence exceptions unless it says so",
     OwnedParties::kAffiliates},
    {"MEU", "", Obligation::kLicenceRequired, "15 CFR 744.21, Supplement No. 7 to part 744",
     "for the items of Supplement No. 2 to part 744", OwnedParties::kAffiliates},
    {"DPL", "", Obligation::kNoExport, "15 CFR 736.2(b)(4), 764.3(a)(2)",
     "the terms of the denial order hold"},
    {"UVL", "", Obligation::kRedFlag, "15 CFR 744.15, Supplement No. 6 to part 744",
     "no licence exceptions; where no licence is needed, a UVL statement before the export"},
    {"DTC", "", Obligation::kNoDefenceTrade, "22 CFR 127.7; 22 USC 2778(g)"},
    {"ISN", "", Obligation::kAsNotified, "Department of State, nonproliferation sanctions",
     "statutes differ: bans on procurement, assistance, arms and licences"},
    {"UN", "", Obligation::kAssetFreeze,
     "resolution of the Security Council on the party's list, as states put it into law",
     kOwnedOrControlled},
    {"UN", "Libya", Obligation::kAsNotified,
     "resolutions 1970 (2011), paragraphs 15 and 17, and 1973 (2011), paragraph 19",
     "the entry says whether travel is banned, funds are frozen, or both"},
    {"UN", "GB", Obligation::kTravelBan, "resolution 2048 (2012), paragraph 4"},
    {"EU", "", Obligation::kAssetFreeze, "the act of the Union that lists the party",
     kOwnedOrControlled},
    {"EU-OJ", "ASSET FREEZE", Obligation::kAssetFreeze, "the act of the Union that lists the party",
     kOwnedOrControlled},
    {"EU-OJ",
     "EXPORT CONTROL|TRANSPORTATION RESTRICTIONS|FINANCIAL RESTRICTIONS|SERVICES BAN|"
     "INVESTMENT BAN",
     Obligation::kSectoral, "the act of the Union that lists the party",
     "the article that refers to the annex says which transactions"},
    {"UK", "", Obligation::kAsNotified,
     "the regulations that list the party, under the Sanctions "
     "and Anti-Money Laundering Act 2018",
     "most are asset freezes; the list says which sanctions are imposed"},
});

/// OFAC's tags of programmes, of which the rule for any programme on the SDN list says what
/// follows. Of the lists of 2019 and 2021, and those that came later.
constexpr auto kOfacTags = std::to_array<std::string_view>({
    "561-Related",
    "BALKANS",
    "BALKANS-EO14033",
    "BELARUS",
    "BELARUS-EO14038",
    "BURMA-EO14014",
    "CAATSA - IRAN",
    "CAATSA - RUSSIA",
    "CAR",
    "CUBA",
    "CYBER2",
    "CYBER3",
    "DARFUR",
    "DPRK",
    "DPRK-NKSPEA",
    "DPRK2",
    "DPRK3",
    "DPRK4",
    "DRCONGO",
    "ELECTION-EO13848",
    "ETHIOPIA-EO14046",
    "FSE-IR",
    "FSE-SY",
    "FTO",
    "GLOMAG",
    "HIFPAA",
    "HK-EO13936",
    "HOSTAGES-EO14078",
    "HRIT-IR",
    "HRIT-SY",
    "IFCA",
    "IFSR",
    "ILLICIT-DRUGS-EO14059",
    "IRAN",
    "IRAN-CON-ARMS-EO",
    "IRAN-EO13846",
    "IRAN-EO13871",
    "IRAN-EO13876",
    "IRAN-EO13902",
    "IRAN-HR",
    "IRAN-TRA",
    "IRAQ2",
    "IRAQ3",
    "IRGC",
    "ISA",
    "LEBANON",
    "LIBYA2",
    "LIBYA3",
    "MAGNIT",
    "MALI-EO13882",
    "NICARAGUA",
    "NICARAGUA-NHRAA",
    "NPWMD",
    "NS-PLC",
    "PAARSSR-EO13894",
    "PEESA",
    "PEESA-EO14039",
    "RUSSIA-EO14024",
    "RUSSIA-EO14065",
    "SDGT",
    "SDNT",
    "SDNTK",
    "SDT",
    "SOMALIA",
    "SOUTH SUDAN",
    "SUDAN-EO14098",
    "SYRIA-EO13894",
    "TCO",
    "UHRPA",
    "UKRAINE-EO13660",
    "UKRAINE-EO13661",
    "UKRAINE-EO13662",
    "UKRAINE-EO13685",
    "VENEZUELA",
    "VENEZUELA-EO13850",
    "VENEZUELA-EO13884",
    "YEMEN",
});

/// The lists that the Consolidated Screening List puts together.
constexpr auto kScreeningLists = std::to_array<std::string_view>(
    {"CAP", "CMIC", "DPL", "DTC", "EL", "FSE", "ISN", "MEU", "NS-MBS", "PLC", "SDN", "SSI", "UVL"});

UtcTime midnight(Day at) {
  return {std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch()).count()};
}

std::vector<Interval> in_force_of(std::span<const Days> all) {
  std::vector<Interval> in_force;
  for (const Days& days : all) {
    const bool is_always = days.first == kEarlier && days.last == kOpen;
    if (is_always) continue;
    in_force.push_back(
        {days.first == kEarlier ? UtcTime{INT64_MIN} : midnight(days.first),
         days.last == kOpen ? UtcTime{INT64_MAX} : midnight(days.last + std::chrono::days{1})});
  }
  return in_force;
}

std::optional<OwnedRule> owned_rule(OwnedParties owned) {
  constexpr auto kOfacDays = std::to_array<Days>({{day_at(2014, 8, 13), kOpen}});
  // Suspended for a year by BIS, and back by its own terms.
  constexpr auto kAffiliatesDays = std::to_array<Days>(
      {{day_at(2025, 9, 29), day_at(2025, 11, 9)}, {day_at(2026, 11, 10), kOpen}});
  switch (owned) {
    case OwnedParties::kNoRule:
      break;
    case OwnedParties::kOfac:
      return OwnedRule{">= 50%", "OFAC, 50 percent rule of 2014-08-13", in_force_of(kOfacDays)};
    case OwnedParties::kAffiliates:
      return OwnedRule{">= 50%", "15 CFR 744.11, BIS Affiliates Rule",
                       in_force_of(kAffiliatesDays)};
  }
  return std::nullopt;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('|'), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

Consequences::Part part_of(std::string_view code) {
  Consequences::Part part{std::string(code), code == "EU-OJ" ? "EU-" : "", {}, {}};
  for (const ConsequenceRow& row : kConsequenceRows) {
    if (row.code != code) continue;
    part.rules.push_back({words_of(row.programs), row.obligation, std::string(row.note),
                          std::string(row.citation), in_force_of(std::array{row.days}),
                          owned_rule(row.owned)});
  }
  if (code == "SDN" || code == "OFAC-CONS") {
    part.known_programs.assign(kOfacTags.begin(), kOfacTags.end());
  }
  return part;
}

ConsequenceTable all_shipped() {
  ConsequenceTable all;
  for (const ConsequenceRow& row : kConsequenceRows) {
    if (all.contains(row.code)) continue;
    all.emplace(std::string(row.code), std::make_shared<const Consequences>(part_of(row.code)));
  }
  std::vector<Consequences::Part> parts;
  for (const std::string_view code : kScreeningLists) parts.push_back(part_of(code));
  all.emplace("CSL", std::make_shared<const Consequences>("CSL", std::move(parts)));
  return all;
}

}  // namespace

const ConsequenceTable& shipped_table() {
  static const ConsequenceTable all = all_shipped();
  return all;
}

std::shared_ptr<const Consequences> shipped_consequences(std::string_view code) {
  const auto found = shipped_table().find(code);
  return found == shipped_table().end() ? nullptr : found->second;
}

std::vector<std::string_view> shipped_codes() {
  std::vector<std::string_view> codes;
  for (const auto& [code, consequences] : shipped_table()) codes.push_back(code);
  return codes;
}

}  // namespace tidewaiter
