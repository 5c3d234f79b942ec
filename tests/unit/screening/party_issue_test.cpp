#include "policies/screening/party_issue.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/screening/party_choice.h"
#include "policies/screening/shipped_consequences.h"

namespace tidewaiter {
namespace {

constexpr Interval kEver{{INT64_MIN}, {INT64_MAX}};

std::vector<ListedParty> two_parties() {
  ListedParty one{"Queen Bee Imports", {"QBI"}, {"SY"}, {"lei:1"}, kEver};
  one.kind = PartyKind::kOrganisation;
  one.weak_aliases = {"The Queen"};
  return {one, {"Zoë Wasp", {}, {}, {}, kEver}};
}

// By hand from docs/records-format.md.
constexpr const char* kText =
    "{\"tidewaiter_issue\":2}\n"
    "{\"aliases\":[\"QBI\"],\"country\":[\"SY\"],\"identifiers\":[\"lei:1\"],"
    "\"kind\":\"organisation\",\"name\":\"Queen Bee Imports\",\"weak_aliases\":[\"The Queen\"]}\n"
    "{\"name\":\"Zoë Wasp\"}\n";

TEST(PartyIssue, IsOneTextHoweverTheListIsOrdered) {
  std::vector<ListedParty> parties = two_parties();
  EXPECT_EQ(party_issue_text(parties).value(), kText);
  std::swap(parties[0], parties[1]);
  parties.push_back(parties[0]);
  EXPECT_EQ(party_issue_text(parties).value(), kText);
}

// By hand from docs/records-format.md: an id says who is meant, and is no second party.
TEST(PartyIssue, KeepsTheIdsOfAPartyThatStandsTwice) {
  std::vector<ListedParty> parties = two_parties();
  parties.push_back(parties[1]);
  parties[1].ids = {"9"};
  parties[2].ids = {"12"};
  const std::string text = party_issue_text(parties).value();
  EXPECT_THAT(text, testing::EndsWith("\n{\"ids\":[\"12\",\"9\"],\"name\":\"Zoë Wasp\"}\n"));
  const Result<PartyIssue> issue = read_party_issue(text);
  ASSERT_TRUE(issue) << issue.error().message;
  ASSERT_EQ(issue->parties->parties().size(), 2U);
  EXPECT_THAT(issue->parties->parties()[1].ids, testing::ElementsAre("12", "9"));
  // By which number a publisher names somebody changes neither the list nor the entry.
  const Result<PartyIssue> without = read_party_issue(kText);
  EXPECT_EQ(issue->parties->digest(), without->parties->digest());
  EXPECT_EQ(party_digest(issue->parties->parties()[1]), party_digest(two_parties()[1]));
  EXPECT_NE(party_digest(two_parties()[0]), party_digest(two_parties()[1]));
}

TEST(PartyIssue, ReadsBack) {
  const Result<PartyIssue> issue = read_party_issue(kText);
  ASSERT_TRUE(issue) << issue.error().message;
  EXPECT_EQ(issue->digest, sha256(std::string_view(kText)));
  ASSERT_EQ(issue->parties->parties().size(), 2U);
  EXPECT_EQ(party_issue_text(issue->parties->parties()).value(), kText);
  EXPECT_TRUE(issue->parties->has_weak_aliases());
  EXPECT_EQ(
      issue->parties->find("QBI", PartyKind::kOrganisation, kSameName, NameLookup::kIndex)->size(),
      1U);
}

// They say what follows, and nothing of who it is.
TEST(PartyIssue, KeepsProgrammesAndTermsOfLicencesOutsideTheDigests) {
  ListedParty party{"Martha King", {}, {}, {}, {{INT64_MIN}, {INT64_MAX}}};
  const ListedParty bare = party;
  party.programs = {"SDGT", "IFSR"};
  party.licence = {"For all items subject to the EAR", "Presumption of denial"};
  const std::string text = party_issue_text({party}).value();
  EXPECT_EQ(text,
            "{\"tidewaiter_issue\":2}\n{\"license_policy\":\"Presumption of denial\","
            "\"license_requirement\":\"For all items subject to the EAR\",\"name\":\"Martha King\","
            "\"programs\":[\"SDGT\",\"IFSR\"]}\n");
  const PartyIssue issue = read_party_issue(text).value();
  EXPECT_EQ(issue.parties->parties().front().programs, party.programs);
  EXPECT_EQ(issue.parties->parties().front().licence, party.licence);
  const PartyIssue without = read_party_issue(party_issue_text({bare}).value()).value();
  EXPECT_EQ(issue.parties->digest(), without.parties->digest());
  EXPECT_NE(issue.parties->listing_digest(), without.parties->listing_digest());
  EXPECT_EQ(party_digest(party), party_digest(bare));
  // Under two programmes, in two entries, there are two.
  EXPECT_EQ(read_party_issue(party_issue_text({party, bare}).value())->parties->parties().size(),
            2U);
}

/// Two entries of one party, of other programmes: neither these nor the order that they bring about
/// says who is listed.
TEST(PartyIssue, HasOneDigestHoweverEntriesOfAPartyDiffer) {
  const auto digest = [](const std::vector<ListedParty>& parties) {
    return read_party_issue(party_issue_text(parties).value())->parties->digest();
  };
  const auto king = [](std::vector<std::string> programs) {
    ListedParty party{"Martha King", {}, {}, {}, kEver};
    party.programs = std::move(programs);
    return party;
  };
  const ListedParty bee{"Martha King", {}, {"SY"}, {}, kEver};
  const Digest plain = digest({king({}), bee});
  // JCS puts `{"country"` before `{"name"`, and `"programs":["A"]` before `["B"]`.
  EXPECT_EQ(digest({king({"A"}), king({"B"}), bee}), plain);
  EXPECT_EQ(digest({king({"B"}), bee, king({"A"})}), plain);
  ListedParty under_z = bee;
  under_z.programs = {"Z"};
  under_z.licence.review = "Presumption of denial";
  EXPECT_EQ(digest({king({}), under_z}), plain);
  EXPECT_NE(digest({king({"A"})}), plain);
}

/// A party that an earlier version of the program stored.
PartyIssue issue_of_before(const std::string& party) {
  return read_party_issue("{\"tidewaiter_issue\":1}\n" + party + "\n").value();
}

// Whoever names none may have any: an issue that was stored without programmes does not say.
TEST(PartyIssue, WithoutProgrammesDoesNotSayThatThereAreNone) {
  const std::string martha = "{\"name\":\"Martha King\"}";
  const PartyIssue before = issue_of_before(martha);
  const PartyIssue now = read_party_issue("{\"tidewaiter_issue\":2}\n" + martha + "\n").value();
  EXPECT_FALSE(before.parties->keeps_programs());
  EXPECT_TRUE(now.parties->keeps_programs());
  EXPECT_FALSE(is_current_issue_text("{\"tidewaiter_issue\":1}\n"));
  EXPECT_TRUE(is_current_issue_text(party_issue_text({}).value()));
  const ListedParty& party = before.parties->parties().front();
  const auto takes = [&party](const PartyIssue& issue, const char* code, Obligation obligation) {
    IssueStanding standing;
    standing.published = "un";
    const auto list =
        issue.parties->as_issue("un", standing)->with_consequences(shipped_consequences(code));
    return PartyChoice{{}, {obligation}}.takes(*list, party, UtcTime{0});
  };
  // Resolution 2048 (2012) asks a travel ban under its programme alone.
  EXPECT_EQ(takes(now, "UN", Obligation::kTravelBan), false);
  EXPECT_EQ(takes(before, "UN", Obligation::kTravelBan), std::nullopt);
  EXPECT_EQ(takes(now, "UN", Obligation::kAssetFreeze), true);
  EXPECT_EQ(takes(before, "UN", Obligation::kAssetFreeze), std::nullopt);
  // All that is on the Entity List needs a licence, whatever its programme.
  EXPECT_EQ(takes(before, "EL", Obligation::kLicenceRequired), true);
  EXPECT_EQ(takes(before, "EL", Obligation::kBlock), false);
  // The same parties, of which another thing is known.
  EXPECT_EQ(before.parties->digest(), now.parties->digest());
  EXPECT_NE(before.parties->listing_digest(), now.parties->listing_digest());
  EXPECT_EQ(before.parties->keeping_programs(true)->listing_digest(),
            now.parties->listing_digest());
}

TEST(PartyIssue, OfBeforeHasTheProgrammesThatItNames) {
  const PartyIssue before = issue_of_before("{\"name\":\"Martha King\",\"programs\":[\"GB\"]}");
  const auto list = before.parties->with_consequences(shipped_consequences("UN"));
  const Follows follows = list->follows(list->parties().front(), UtcTime{0});
  EXPECT_EQ(obligations_text(follows), "travel-ban");
}

// Publishers list signs alone; a list of one's own that does is refused.
TEST(PartyIssue, LeavesOutNamesThatCannotBeCompared) {
  const std::string text = "{\"tidewaiter_issue\":2}\n{\"aliases\":[\"Acme\"],\"name\":\"***\"}\n";
  const Result<PartyIssue> issue = read_party_issue(text);
  ASSERT_TRUE(issue) << issue.error().message;
  for (const NameLookup how : {NameLookup::kIndex, NameLookup::kScan}) {
    const auto hits = issue->parties->find("Acme", std::nullopt, kSameName, how);
    ASSERT_EQ(hits->size(), 1U);
    EXPECT_EQ(issue->parties->text_of(hits->front()), "Acme");
    EXPECT_EQ(issue->parties->find_same(name_form("acme").value(), how).size(), 1U);
  }
}

TEST(PartyIssue, RefusesAnyOtherText) {
  const std::string whole = kText;
  for (const std::string& text :
       {std::string("[]"), whole.substr(0, whole.size() - 1), "x\n" + whole,
        whole + "{\"name\":1}\n", whole + "{\"name\":\"A\",\"kind\":\"ship\"}\n",
        whole + "{\"aliases\":\"A\",\"name\":\"B\"}\n",
        whole + "{\"name\":\"B\",\"programs\":\"A\"}\n"}) {
    const Result<PartyIssue> issue = read_party_issue(text);
    ASSERT_FALSE(issue) << text;
    EXPECT_EQ(issue.error().code, ErrorCode::kCorruption);
  }
}

}  // namespace
}  // namespace tidewaiter
