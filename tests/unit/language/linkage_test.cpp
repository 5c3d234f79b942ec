// Linkage documents, and the policies about clusters that rest on them.

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/language/sample_policy.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr UtcTime kJune{1'780'272'000'000'000};  // 2026-06-01

LoadOutcome load_beside(const std::string& fragment, const std::string& documents) {
  const std::vector<PolicyText> files{{"p/a.yaml", sample_policy(fragment)},
                                      {"p/b.yaml", documents}};
  return load_policies(files, kJune);
}

std::string linkage(const std::string& links, const std::string& name = "shared-means") {
  return "linkage: " + name + "\ntitle: Accounts that pay alike\nlinks: " + links + "\n";
}

constexpr const char* kLinks =
    "[{field: payment.fingerprints, at_most: 20}, {field: client.address, at_most: 5}]";

TEST(Linkage, SaysWhatAClusterIs) {
  const LoadOutcome outcome = load_beside("for_each: cluster", linkage(kLinks));
  EXPECT_THAT(lines_of(outcome.diagnostics), IsEmpty());
  ASSERT_THAT(outcome.set.policies, SizeIs(1));
  const Policy& policy = outcome.set.policies.front();
  EXPECT_THAT(policy.for_each, ElementsAre(kFieldCluster));
  // By name of the field.
  const Linkage want{{{find_field("client.address").value(), 5},
                      {find_field("payment.fingerprints").value(), 20}}};
  EXPECT_EQ(policy.linkage, want);
  ASSERT_THAT(outcome.documents.linkages, SizeIs(1));
  EXPECT_EQ(outcome.documents.linkages[0].header.name, "shared-means");
  EXPECT_EQ(outcome.documents.linkages[0].linkage, want);
}

// No ruling cuts an account off being in step: the rest of what joins two can be cut.
TEST(Linkage, OfTheExampleJoinsNobodyByStepsAlone) {
  const std::string path = TIDEWAITER_SOURCE_DIR "/docs/examples/linkage/in-time.yaml";
  std::ifstream file(path);
  const LoadOutcome outcome =
      load_beside("for_each: cluster", std::string(std::istreambuf_iterator<char>(file), {}));
  EXPECT_THAT(lines_of(outcome.diagnostics), IsEmpty());
  ASSERT_THAT(outcome.documents.linkages, SizeIs(1)) << path;
  const Linkage& example = outcome.documents.linkages[0].linkage;
  EXPECT_FALSE(example.lockstep.empty());
  std::int64_t by_steps = 0;
  for (const LockstepLink& link : example.lockstep) by_steps += link.weight;
  EXPECT_LT(by_steps, example.threshold);
}

TEST(Linkage, IsPartOfTheMeaningOfPoliciesAboutClustersAlone) {
  const auto hash = [](const std::string& fragment, const std::string& documents) {
    const LoadOutcome outcome = load_beside(fragment, documents);
    EXPECT_THAT(outcome.set.policies, SizeIs(1));
    return outcome.set.policies.empty() ? std::string() : to_hex(outcome.set.policies.front().hash);
  };
  const std::string clusters = "for_each: cluster";
  const std::string as_it_was = hash(clusters, linkage(kLinks));
  EXPECT_EQ(hash(clusters, linkage("[{field: client.address, at_most: 5}, "
                                   "{field: payment.fingerprints, at_most: 20}]",
                                   "another-name")),
            as_it_was);
  EXPECT_NE(hash(clusters, linkage("[{field: client.address, at_most: 6}, "
                                   "{field: payment.fingerprints, at_most: 20}]")),
            as_it_was);
  EXPECT_NE(hash(clusters, linkage("[{field: client.address, at_most: 5}]")), as_it_was);
  EXPECT_EQ(hash("for_each: account", linkage(kLinks)), hash("for_each: account", ""));
}

TEST(Linkage, WeighsItsLinksAndLeavesOutWhatAListHolds) {
  const std::string documents =
      "linkage: x\ntitle: x\nthreshold: 12\nlinks:\n"
      "  - {field: payment.fingerprints, at_most: 20, weight: 8}\n"
      "  - {field: client.address, at_most: 5, weight: 4, except: list:exits}\n"
      "---\nlist: exits\ntitle: Exits\ntype: ip\nvalues: [192.0.2.1]\n";
  const LoadOutcome outcome = load_beside("for_each: cluster", documents);
  EXPECT_THAT(lines_of(outcome.diagnostics), IsEmpty());
  ASSERT_THAT(outcome.set.policies, SizeIs(1));
  const Linkage& linkage = *outcome.set.policies.front().linkage;
  EXPECT_EQ(linkage.threshold, 12);
  ASSERT_THAT(linkage.links, SizeIs(2));
  EXPECT_EQ(linkage.links[0].weight, 4);
  ASSERT_NE(linkage.links[0].except, nullptr);
  EXPECT_EQ(linkage.links[0].except->list, "exits");
  EXPECT_TRUE(linkage.links[0].except->holds("192.0.2.1", kJune));
  EXPECT_FALSE(linkage.links[0].except->holds("192.0.2.2", kJune));
  EXPECT_EQ(linkage.links[1].weight, 8);
  EXPECT_EQ(linkage.links[1].except, nullptr);
  // Each of these is part of the meaning.
  const auto hash = [](const std::string& text) {
    return to_hex(load_beside("for_each: cluster", text).set.policies.front().hash);
  };
  const auto changed = [&](const std::string& what, const std::string& by) {
    std::string text = documents;
    return text.replace(text.find(what), what.size(), by);
  };
  EXPECT_NE(hash(changed("threshold: 12", "threshold: 11")), hash(documents));
  EXPECT_NE(hash(changed("weight: 8", "weight: 9")), hash(documents));
  EXPECT_NE(hash(changed("[192.0.2.1]", "[192.0.2.2]")), hash(documents));
}

TEST(Linkage, SaysHowCloseInTimeAndHowFastItFades) {
  const std::string documents =
      "linkage: x\ntitle: x\nthreshold: 12\nlinks:\n"
      "  - {field: payment.fingerprints, at_most: 20, weight: 12}\n"
      "  - {field: client.address, at_most: 5, weight: 12, window: 28d, decay: 1w}\n";
  const LoadOutcome outcome = load_beside("for_each: cluster", documents);
  EXPECT_THAT(lines_of(outcome.diagnostics), IsEmpty());
  ASSERT_THAT(outcome.set.policies, SizeIs(1));
  const Linkage& linkage = *outcome.set.policies.front().linkage;
  ASSERT_THAT(linkage.links, SizeIs(2));
  EXPECT_EQ(linkage.links[0].window, Duration{28 * kDay.us});
  EXPECT_EQ(linkage.links[0].half_life, Duration{7 * kDay.us});
  EXPECT_EQ(linkage.links[1].window, Duration{});
  EXPECT_EQ(linkage.links[1].half_life, Duration{});
  // Both are part of the meaning.
  const auto hash = [](const std::string& text) {
    return to_hex(load_beside("for_each: cluster", text).set.policies.front().hash);
  };
  const auto changed = [&](const std::string& what, const std::string& by) {
    std::string text = documents;
    return text.replace(text.find(what), what.size(), by);
  };
  EXPECT_NE(hash(changed("window: 28d", "window: 21d")), hash(documents));
  EXPECT_NE(hash(changed("decay: 1w", "decay: 14d")), hash(documents));
  EXPECT_NE(hash(changed(", decay: 1w", "")), hash(documents));
  EXPECT_EQ(hash(changed("28d", "4w")), hash(documents));
}

TEST(Linkage, SaysWhoActsInStep) {
  const std::string documents =
      "linkage: x\ntitle: x\nthreshold: 12\nlinks:\n"
      "  - {lockstep: 5m, over: 7d, at_least: 12, percent: 50, at_most: 40, weight: 8,\n"
      "     target: prompt.template}\n"
      "  - {field: client.address, at_most: 5, weight: 4}\n"
      "  - {lockstep: 1h, over: 2d, at_least: 24, percent: 90, at_most: 3, weight: 5}\n";
  const LoadOutcome outcome = load_beside("for_each: cluster", documents);
  EXPECT_THAT(lines_of(outcome.diagnostics), IsEmpty());
  ASSERT_THAT(outcome.set.policies, SizeIs(1));
  const Linkage& linkage = *outcome.set.policies.front().linkage;
  EXPECT_THAT(linkage.links, SizeIs(1));
  // By name of the target, that without one first.
  const LockstepLink any{std::nullopt, Duration{kHour.us}, Duration{2 * kDay.us}, 24, 90, 3, 5};
  const LockstepLink templates{find_field("prompt.template"),
                               Duration{5 * kMinute.us},
                               Duration{7 * kDay.us},
                               12,
                               50,
                               40,
                               8};
  EXPECT_THAT(linkage.lockstep, ElementsAre(any, templates));
  // Each of these is part of the meaning.
  const auto hash = [](const std::string& text) {
    return to_hex(load_beside("for_each: cluster", text).set.policies.front().hash);
  };
  for (const auto& [what, by] :
       std::vector<std::pair<std::string, std::string>>{{"lockstep: 1h", "lockstep: 30m"},
                                                        {"over: 2d", "over: 3d"},
                                                        {"at_least: 12", "at_least: 13"},
                                                        {"percent: 90", "percent: 91"},
                                                        {"at_most: 3", "at_most: 4"},
                                                        {"weight: 5", "weight: 6"},
                                                        {"prompt.template", "model"}}) {
    std::string text = documents;
    text.replace(text.find(what), what.size(), by);
    EXPECT_NE(hash(text), hash(documents)) << what;
  }
}

TEST(Linkage, IsOneOfTheThingsThatAPackMayInclude) {
  const auto load = [](const std::string& includes) {
    const std::vector<PolicyText> files{
        {"p/pack.yaml", "pack: p\ntitle: All\nincludes: " + includes + "\n"},
        {"p/a.yaml", sample_policy("for_each: cluster")},
        {"p/b.yaml", linkage(kLinks)}};
    return places_of(load_policies(files, kJune).diagnostics);
  };
  EXPECT_THAT(load("[sample, \"linkage:shared-means\"]"), IsEmpty());
  EXPECT_THAT(load("[sample]"), ElementsAre("TW0690 2:11+7", "TW0652 1:1+7"));
}

struct LinkageCase {
  std::string name;
  std::string fragment;
  std::string documents;
  std::vector<std::string> places;
};

class LinkageDiagnostics : public testing::TestWithParam<LinkageCase> {};

TEST_P(LinkageDiagnostics, StandWhereTheFaultIs) {
  const LinkageCase& row = GetParam();
  EXPECT_EQ(places_of(load_beside(row.fragment, row.documents).diagnostics), row.places);
}

constexpr const char* kClusters = "for_each: cluster";

INSTANTIATE_TEST_SUITE_P(
    Rows, LinkageDiagnostics,
    testing::Values(
        LinkageCase{"NoLinkage", kClusters, "", {"TW0690 2:11+7"}},
        LinkageCase{"NothingUsesIt", "", linkage(kLinks), {"TW0693 1:1+7"}},
        LinkageCase{"Two",
                    kClusters,
                    linkage(kLinks) + "---\n" + linkage(kLinks, "other"),
                    {"TW0692 5:1+7"}},
        LinkageCase{
            "BesideAField", "for_each: [cluster, model]", linkage(kLinks), {"TW0694 2:12+7"}},
        LinkageCase{"Sessions",
                    "for_each: cluster\nwindow: {session: 30m}",
                    linkage(kLinks),
                    {"TW0694 3:19+3"}},
        LinkageCase{"Parties",
                    "reads: account\nfor_each: cluster\n"
                    "screen: {fields: [name], lists: [csl], score: 0.9}",
                    linkage(kLinks) + "---\nlist: csl\ntitle: Parties\nvalues: [Acme Trading]\n",
                    {"TW0694 4:9+1"}},
        LinkageCase{"NoTitle",
                    kClusters,
                    "linkage: x\nlinks: [{field: client.address, at_most: 5}]\n",
                    {"TW0103 1:1+7"}},
        LinkageCase{"NoLinks", kClusters, "linkage: x\ntitle: x\n", {"TW0103 1:1+7"}},
        LinkageCase{"EmptyLinks", kClusters, linkage("[]"), {"TW0112 3:8+1"}},
        LinkageCase{"LinkThatIsNoMap", kClusters, linkage("[client.address]"), {"TW0104 3:9+14"}},
        LinkageCase{"UnknownKeyOfALink",
                    kClusters,
                    linkage("[{field: client.address, at_most: 5, most: 5}]"),
                    {"TW0102 3:45+4"}},
        LinkageCase{"NoField", kClusters, linkage("[{at_most: 5}]"), {"TW0103 3:9+1"}},
        LinkageCase{"NoLimit", kClusters, linkage("[{field: client.address}]"), {"TW0103 3:9+1"}},
        LinkageCase{"LimitOfOne",
                    kClusters,
                    linkage("[{field: client.address, at_most: 1}]"),
                    {"TW0106 3:42+1"}},
        LinkageCase{"LimitTooGreat",
                    kClusters,
                    linkage("[{field: client.address, at_most: 1001}]"),
                    {"TW0106 3:42+4"}},
        LinkageCase{"UnknownField",
                    kClusters,
                    linkage("[{field: client.adress, at_most: 5}]"),
                    {"TW0204 3:17+13"}},
        LinkageCase{"TheAccountItself",
                    kClusters,
                    linkage("[{field: account, at_most: 5}]"),
                    {"TW0691 3:17+7"}},
        LinkageCase{"AnAmount",
                    kClusters,
                    linkage("[{field: output_tokens, at_most: 5}]"),
                    {"TW0691 3:17+13"}},
        LinkageCase{"OneFieldTwice",
                    kClusters,
                    linkage("[{field: client.address, at_most: 5}, "
                            "{field: client.address, at_most: 6}]"),
                    {"TW0691 3:54+14"}},
        LinkageCase{"WeightWithoutThreshold",
                    kClusters,
                    linkage("[{field: client.address, at_most: 5, weight: 4}]"),
                    {"TW0695 3:53+1"}},
        LinkageCase{"ThresholdWithoutWeight",
                    kClusters,
                    linkage("[{field: client.address, at_most: 5}]") + "threshold: 3\n",
                    {"TW0695 3:9+1"}},
        LinkageCase{"ThresholdOutOfReach",
                    kClusters,
                    linkage("[{field: client.address, at_most: 5, weight: 4}]") + "threshold: 5\n",
                    {"TW0695 4:12+1"}},
        LinkageCase{"WindowTooShort",
                    kClusters,
                    linkage("[{field: client.address, at_most: 5, window: 59s}]"),
                    {"TW0696 3:53+3"}},
        LinkageCase{"WindowTooLong",
                    kClusters,
                    linkage("[{field: client.address, at_most: 5, window: 367d}]"),
                    {"TW0696 3:53+4"}},
        LinkageCase{"WindowThatIsNoTime",
                    kClusters,
                    linkage("[{field: client.address, at_most: 5, window: 7}]"),
                    {"TW0108 3:53+1"}},
        LinkageCase{"DecayWithoutThreshold",
                    kClusters,
                    linkage("[{field: client.address, at_most: 5, window: 14d, decay: 7d}]"),
                    {"TW0696 3:65+2"}},
        LinkageCase{"DecayWithoutWindow",
                    kClusters,
                    linkage("[{field: client.address, at_most: 5, weight: 4, decay: 7d}]") +
                        "threshold: 4\n",
                    {"TW0696 3:63+2"}},
        LinkageCase{"DecayAsLongAsTheWindow",
                    kClusters,
                    linkage("[{field: client.address, at_most: 5, weight: 4, window: 7d, "
                            "decay: 7d}]") +
                        "threshold: 4\n",
                    {"TW0696 3:75+2"}},
        LinkageCase{"WindowOfSevenHalfLives",
                    kClusters,
                    linkage("[{field: client.address, at_most: 5, weight: 4, window: 7d, "
                            "decay: 1d}]") +
                        "threshold: 4\n",
                    {"TW0696 3:75+2"}},
        LinkageCase{"WindowThatIsNoMultiple",
                    kClusters,
                    linkage("[{field: client.address, at_most: 5, weight: 4, window: 7d, "
                            "decay: 2d}]") +
                        "threshold: 4\n",
                    {"TW0696 3:75+2"}},
        LinkageCase{"LockstepWithoutALimit",
                    kClusters,
                    linkage("[{lockstep: 5m, over: 7d, at_least: 12, percent: 50}]"),
                    {"TW0103 3:9+1"}},
        LinkageCase{"LockstepWithAKeyOfAField",
                    kClusters,
                    linkage("[{lockstep: 5m, over: 7d, at_least: 12, percent: 50, at_most: 9, "
                            "field: model}]"),
                    {"TW0102 3:73+5"}},
        LinkageCase{"LockstepOfTooMany",
                    kClusters,
                    linkage("[{lockstep: 5m, over: 7d, at_least: 12, percent: 50, at_most: 101}]"),
                    {"TW0106 3:70+3"}},
        LinkageCase{"SlotTooLong",
                    kClusters,
                    linkage("[{lockstep: 25h, over: 25d, at_least: 2, percent: 50, at_most: 9}]"),
                    {"TW0696 3:20+3"}},
        LinkageCase{"StretchOfNoWholeSlots",
                    kClusters,
                    linkage("[{lockstep: 7m, over: 1d, at_least: 2, percent: 50, at_most: 9}]"),
                    {"TW0696 3:30+2"}},
        LinkageCase{"MoreThanHalfOfTheSlots",
                    kClusters,
                    linkage("[{lockstep: 1h, over: 1d, at_least: 13, percent: 50, at_most: 9}]"),
                    {"TW0696 3:30+2"}},
        LinkageCase{"TargetThatIsAnAmount",
                    kClusters,
                    linkage("[{lockstep: 1h, over: 1d, at_least: 9, percent: 50, at_most: 9, "
                            "target: output_tokens}]"),
                    {"TW0691 3:80+13"}},
        LinkageCase{"TargetThatNoUsageHas",
                    kClusters,
                    linkage("[{lockstep: 1h, over: 1d, at_least: 9, percent: 50, at_most: 9, "
                            "target: devices}]"),
                    {"TW0691 3:80+7"}},
        LinkageCase{"TargetOfAuditsAlone",
                    kClusters,
                    linkage("[{lockstep: 1h, over: 1d, at_least: 9, percent: 50, at_most: 9, "
                            "target: actor.id}]"),
                    {"TW0691 3:80+8"}},
        LinkageCase{"OneTargetTwice",
                    kClusters,
                    linkage("[{lockstep: 1h, over: 1d, at_least: 9, percent: 50, at_most: 9}, "
                            "{lockstep: 5m, over: 1d, at_least: 9, percent: 50, at_most: 9}]"),
                    {"TW0691 3:73+1"}},
        LinkageCase{"LockstepWithoutAWeight",
                    kClusters,
                    linkage("[{field: client.address, at_most: 5, weight: 4}, "
                            "{lockstep: 1h, over: 1d, at_least: 9, percent: 50, at_most: 9}]") +
                        "threshold: 4\n",
                    {"TW0695 3:57+1"}},
        LinkageCase{"UnknownExceptions",
                    kClusters,
                    linkage("[{field: client.address, at_most: 5, except: nowhere}]"),
                    {"TW0622 3:53+7"}},
        LinkageCase{"ExceptionsOfAnotherType",
                    kClusters,
                    linkage("[{field: client.address, at_most: 5, except: parties}]") +
                        "---\nlist: parties\ntitle: Parties\nvalues: [Acme Trading]\n",
                    {"TW0623 3:53+7"}},
        LinkageCase{"BadName", kClusters, linkage(kLinks, "Shared"), {"TW0620 1:10+6"}}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace tidewaiter
