#include "storage/ledger/act.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/review/act_scene.h"

namespace tidewaiter {
namespace {

std::vector<ActBody> one_of_each() {
  return {Assigned{"kim"},
          Commented{true},
          Exhibit{sha256("x"), 7, false},
          Exhibit{std::nullopt, 0, true},
          Exhibit{sha256("x"), 75, false, "0123456789abcdef0123456789abcdef"},
          ActionTaken{kMorning},
          Decided{Outcome::kAcceptedRisk, kMorning + kDay},
          SecondOpinion{17, false},
          Appealed{},
          Merged{"c-0123456789ab"},
          ClockStarted{"ofac-report", kMorning, kMorning + kDay},
          LeadReceived{kMorning, "TLP:AMBER", 3, sha256("y")},
          EvidenceViewed{4},
          EvidenceViewed{0, 12},
          CaseSplit{"p-0123456789ab", {std::string(32, '0'), std::string(32, 'f')}},
          LicenceRecorded{LicenceKind::kIssuedLicence, "BIS", "D1", kMorning, {}, {}},
          LicenceRecorded{LicenceKind::kGeneralLicence, "OFAC", "GL 8", kMorning, kMorning + kDay,
                          sha256("z")},
          LicenceRecorded{LicenceKind::kLicenceWaived, "OFAC", "x", kMorning, kMorning, {}},
          AttributionStated{Confidence::kLow, {}, {17}},
          AttributionStated{
              Confidence::kModerate, {std::string(32, '0'), std::string(32, 'f')}, {2, 17}},
          AttributionStated{Confidence::kHigh, {std::string(32, '0')}, {}},
          AttributionApproved{17, true},
          AttributionWithdrawn{17},
          ConclusionStated{},
          ConclusionReleased{17, "referral"},
          ReportHandedOver{17, kMorning, "courier", HandedForm::kArchive, sha256("w")},
          ReportReceived{17, kMorning}};
}

TEST(Act, OfEachKindIsReadBackFromItsEntry) {
  const ActScene scene;
  for (const ActBody& body : one_of_each()) {
    const SignedAct act = scene.act("jo", "c-0123456789ab", body);
    const auto fields = act_fields(act);
    ASSERT_TRUE(fields);
    const auto read = read_act(act_type(act.act), *fields, act.act.origin);
    ASSERT_TRUE(read) << act_type(act.act) << ": " << read.error().message;
    EXPECT_EQ(read->act, act.act);
    EXPECT_TRUE(check_act_signature(*read)) << act_type(act.act);
  }
}

// Written down by hand from docs/ledger-format.md §14.
TEST(Act, IsSignedByTheHashOfItsCanonicalMembers) {
  const ActScene scene;
  const SignedAct act = scene.act("jo", "c-0123456789ab", Commented{false}, 5);
  const std::string canonical =
      R"({"act":{"privileged":false},"at":"2026-10-05T08:00:00Z","by":"jo",)"
      R"("case":"c-0123456789ab","origin":"review.example/ledger","seen":5,"typ":"case.commented"})";
  EXPECT_EQ(*act_text(act.act),
            "tidewaiter.act/v1\nreview.example/ledger\n" + to_hex(sha256(canonical)) + "\n");
}

TEST(Act, OfWhichAnythingIsChangedHasNoSignature) {
  const ActScene scene;
  const SignedAct good = scene.act("jo", "c-0123456789ab", Decided{Outcome::kConfirmed, {}});
  const auto refused = [&good](auto change) {
    SignedAct act = good;
    change(act);
    return !check_act_signature(act).has_value();
  };
  EXPECT_TRUE(refused([](SignedAct& a) { a.act.case_id = "c-ba9876543210"; }));
  EXPECT_TRUE(refused([](SignedAct& a) { a.act.body = Decided{Outcome::kFalsePositive, {}}; }));
  EXPECT_TRUE(refused([](SignedAct& a) { a.act.at = a.act.at + kSecond; }));
  EXPECT_TRUE(refused([](SignedAct& a) { a.act.seen += 1; }));
  EXPECT_TRUE(refused([](SignedAct& a) { a.act.origin = "other.example/ledger"; }));
  EXPECT_TRUE(refused([](SignedAct& a) { a.act.confidential = sha256("else"); }));
  EXPECT_TRUE(refused([](SignedAct& a) { a.act.by = "kim"; }));
  EXPECT_TRUE(refused([&scene](SignedAct& a) { a.signer = scene.reviewers[1].verifier_key; }));
  EXPECT_TRUE(refused([](SignedAct& a) { a.note += "x"; }));
}

TEST(Act, RefusesMembersThatItsKindHasNot) {
  const ActScene scene;
  const SignedAct act = scene.act("jo", "c-0123456789ab", Commented{false});
  const auto changed = [&act](auto change) {
    nlohmann::json fields = *act_fields(act);
    change(fields);
    return read_act("case.commented", fields, act.act.origin).has_value();
  };
  EXPECT_TRUE(changed([](nlohmann::json&) {}));
  EXPECT_FALSE(changed([](nlohmann::json& f) { f["act"]["more"] = 1; }));
  EXPECT_FALSE(changed([](nlohmann::json& f) { f["act"].erase("privileged"); }));
  EXPECT_FALSE(changed([](nlohmann::json& f) { f["act"] = 3; }));
  EXPECT_FALSE(changed([](nlohmann::json& f) { f["at"] = "2026-10-05"; }));
  EXPECT_FALSE(changed([](nlohmann::json& f) { f["seen"] = -1; }));
  EXPECT_FALSE(changed([](nlohmann::json& f) { f["confidential"] = "abc"; }));
  EXPECT_FALSE(changed([](nlohmann::json& f) { f.erase("signer"); }));
  EXPECT_FALSE(read_act("case.unheard", *act_fields(act), act.act.origin));
}

TEST(Act, ThatAttachesHasAPayloadOfALengthThatThereIs) {
  const ActScene scene;
  const auto read = [&scene](std::optional<Digest> sha256, std::int64_t bytes,
                             const std::string& payload) {
    const SignedAct act =
        scene.act("jo", "c-0123456789ab", Exhibit{std::move(sha256), bytes, false, payload});
    return read_act("case.exhibit", *act_fields(act), act.act.origin).has_value();
  };
  const std::string id = "0123456789abcdef0123456789abcdef";
  // By hand: 56 bytes of header, 16384 + 16 of each whole chunk, 16 or more of the last one.
  for (const std::int64_t there : {72, 73, 56 + 16'399, 56 + 16'400 + 16}) {
    EXPECT_TRUE(read(sha256("x"), there, id)) << there;
  }
  for (const std::int64_t none : {0, 56, 71, 56 + 16'400, 56 + 16'400 + 15}) {
    EXPECT_FALSE(read(sha256("x"), none, id)) << none;
  }
  EXPECT_FALSE(read(std::nullopt, 72, id));
  EXPECT_FALSE(read(sha256("x"), 72, "0123"));
  EXPECT_TRUE(read(sha256("x"), 1, ""));
}

TEST(Act, ThatSplitsNamesANewCaseAndFindingsInOrder) {
  const ActScene scene;
  const std::string one(32, '1');
  const std::string two(32, '2');
  const auto read = [&scene](const std::string& into, const std::vector<std::string>& findings) {
    const SignedAct act = scene.act("jo", "c-0123456789ab", CaseSplit{into, findings});
    return read_act("case.split", *act_fields(act), act.act.origin).has_value();
  };
  EXPECT_TRUE(read("p-0123456789ab", {one, two}));
  EXPECT_FALSE(read("c-0123456789ab", {one, two}));
  EXPECT_FALSE(read("p-0123456789a", {one}));
  EXPECT_FALSE(read("p-0123456789ab", {}));
  EXPECT_FALSE(read("p-0123456789ab", {two, one}));
  EXPECT_FALSE(read("p-0123456789ab", {one, one}));
  EXPECT_FALSE(read("p-0123456789ab", {std::string(31, '1')}));
  EXPECT_FALSE(read("p-0123456789ab", {std::string(32, 'A')}));
  std::vector<std::string> many;
  for (int i = 0; i <= 400; ++i) {
    std::string id = std::to_string(i);
    many.push_back(std::string(32 - id.size(), '0') + id);
  }
  EXPECT_FALSE(read("p-0123456789ab", many));
  many.pop_back();
  EXPECT_TRUE(read("p-0123456789ab", many));
}

TEST(Act, ThatStatesWhoIsBehindItRestsOnEvidenceInOrder) {
  const ActScene scene;
  const auto read = [&scene](const std::vector<std::string>& findings,
                             const std::vector<std::int64_t>& exhibits) {
    const SignedAct act =
        scene.act("jo", "c-0123456789ab", AttributionStated{Confidence::kHigh, findings, exhibits});
    return read_act("attribution.stated", *act_fields(act), act.act.origin).has_value();
  };
  const std::string one(32, '1');
  const std::string two(32, '2');
  EXPECT_TRUE(read({one, two}, {}));
  EXPECT_TRUE(read({}, {0, 9}));
  EXPECT_FALSE(read({}, {}));
  EXPECT_FALSE(read({two, one}, {}));
  EXPECT_FALSE(read({one, one}, {}));
  EXPECT_FALSE(read({std::string(31, '1')}, {}));
  EXPECT_FALSE(read({}, {9, 3}));
  EXPECT_FALSE(read({}, {3, 3}));
  EXPECT_FALSE(read({}, {-1}));
  std::vector<std::int64_t> many;
  for (std::int64_t i = 0; i < 200; ++i) many.push_back(i);
  EXPECT_TRUE(read({}, many));
  EXPECT_FALSE(read({one}, many));
}

TEST(Act, ThatHandsAReportOverSaysWhatAndHow) {
  const ActScene scene;
  const SignedAct act =
      scene.act("jo", "r-0123456789ab",
                ReportHandedOver{9, kMorning, "courier", HandedForm::kFolder, sha256("tags")});
  EXPECT_EQ((*act_fields(act))["act"], nlohmann::json({{"issued", 9},
                                                       {"handed", "2026-10-05T08:00:00Z"},
                                                       {"channel", "courier"},
                                                       {"form", "folder"},
                                                       {"sha256", to_hex(sha256("tags"))}}));
  for (const auto& [name, value] : std::map<std::string, nlohmann::json>{{"form", "letter"},
                                                                         {"channel", ""},
                                                                         {"sha256", "ab"},
                                                                         {"issued", -1},
                                                                         {"handed", "x"}}) {
    nlohmann::json fields = *act_fields(act);
    fields["act"][name] = value;
    EXPECT_FALSE(read_act("report.handed-over", fields, act.act.origin)) << name;
  }
}

TEST(Act, ThatRecordsALicenceSaysOfWhichKindByWhomAndFromWhen) {
  const ActScene scene;
  const SignedAct act = scene.act(
      "jo", "c-0123456789ab",
      LicenceRecorded{LicenceKind::kGeneralLicence, "OFAC", "GL 8", kMorning, kMorning + kDay, {}});
  EXPECT_EQ((*act_fields(act))["act"],
            nlohmann::json::parse(R"({"kind":"general-licence","authority":"OFAC","number":"GL 8",
                                      "from":"2026-10-05T08:00:00Z",
                                      "until":"2026-10-06T08:00:00Z"})"));
  const auto with = [&act](const char* name, const nlohmann::json& value) {
    nlohmann::json fields = *act_fields(act);
    fields["act"][name] = value;
    return read_act("case.licence", fields, act.act.origin).has_value();
  };
  EXPECT_TRUE(with("until", "2026-10-05T08:00:00Z"));
  EXPECT_FALSE(with("until", "2026-10-05T07:59:59Z"));
  EXPECT_FALSE(with("until", nullptr));
  EXPECT_FALSE(with("kind", "waiver"));
  EXPECT_FALSE(with("authority", ""));
  EXPECT_FALSE(with("number", ""));
  EXPECT_FALSE(with("file", "abc"));
  EXPECT_FALSE(with("more", 1));
}

TEST(Act, ThatDrawsAReportNamesTheClockByWhichItIsDue) {
  const ActScene scene;
  ReportDrafted drafted{"ofac-blocked", "c-0123456789ab", kMorning, kMorning + kDay,
                        "facts",        "TLP:AMBER",      true,     0,
                        sha256("m")};
  const auto details = [&](std::optional<std::int64_t> clock) {
    drafted.clock = clock;
    return *act_fields(scene.act("jo", "r-0123456789ab", drafted));
  };
  EXPECT_FALSE(details(std::nullopt)["act"].contains("clock"));
  nlohmann::json fields = details(12);
  EXPECT_EQ(fields["act"]["clock"], 12);
  const auto read = read_act("report.drafted", fields, "review.example/ledger");
  ASSERT_TRUE(read);
  EXPECT_EQ(std::get<ReportDrafted>(read->act.body), drafted);
  fields["act"]["clock"] = -1;
  EXPECT_FALSE(read_act("report.drafted", fields, "review.example/ledger"));
  fields["act"]["clock"] = "12";
  EXPECT_FALSE(read_act("report.drafted", fields, "review.example/ledger"));
}

TEST(Sealed, IsASaltAndTextsAndNothingElse) {
  const std::string salt(16, '\x01');
  const auto text = sealed_text(salt, {{"text", "ask"}, {"from", "jo"}});
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, R"(["AQEBAQEBAQEBAQEBAQEBAQ",{"from":"jo","text":"ask"}])");
  const auto read = open_sealed(*text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->at("text"), "ask");
  for (const char* const bad : {"", "[]", "{}", R"(["a"])", R"(["a",{"b":1}])", R"([1,{}])"}) {
    EXPECT_FALSE(open_sealed(bad)) << bad;
  }
}

}  // namespace
}  // namespace tidewaiter
