#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/language/exemption_name.h"
#include "policies/language/interpret.h"
#include "tests/unit/language/sample_policy.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr UtcTime kJune{1'780'272'000'000'000};  // 2026-06-01

LoadOutcome load_all(const std::vector<PolicyText>& files) { return load_policies(files, kJune); }

/// A sample policy with lines of its own, and what stands beside it in another file.
LoadOutcome load_beside(const std::string& fragment, const std::string& documents) {
  return load_all({{"p/a.yaml", sample_policy(fragment)}, {"p/b.yaml", documents}});
}

std::string exemption(const std::string& lines) {
  std::string text = "exemption: partners\n" + lines;
  for (const char* line : {"policies: [sample]\n", "where: {organization|in: [lab-1]}\n",
                           "until: 2026-12-31\n", "approved_by: legal\n", "reason: MSA-114\n"}) {
    const std::string key = std::string(line).substr(0, std::string(line).find(':') + 1);
    if (text.find("\n" + key) == std::string::npos) text += line;
  }
  return text;
}

std::string license(const std::string& lines = "") {
  std::string text = "license: bis-1\n" + lines;
  for (const char* line :
       {"title: Export of large models\n", "number: D1234567\n", "authority: BIS\n",
        "in_force: [{from: 2026-01-01, until: 2026-12-31}]\n", "items: [large-1]\n"}) {
    const std::string key = std::string(line).substr(0, std::string(line).find(':') + 1);
    if (text.find("\n" + key) == std::string::npos) text += line;
  }
  return text;
}

struct Row {
  std::string_view time = "2026-03-01T00:00:00Z";
  std::string_view organization = {};
  std::string_view model = {};
  std::string_view country = {};
};

Record record_of(const Row& row) {
  Record record;
  record.time = parse_time(row.time).value();
  const auto put = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) set_value(record, find_field(name).value(), std::string(value));
  };
  put("organization", row.organization);
  put("model", row.model);
  put("client.country", row.country);
  return record;
}

Value judge(const Expr& expr, const Row& row) {
  const Record record = record_of(row);
  return interpret(expr, {&record, {}, {}});
}

TEST(ExemptionDocument, JoinsThePoliciesOwnExemptions) {
  const LoadOutcome outcome =
      load_beside("exempt: [{where: {project: p}, until: 2026-12-31, approved_by: a, reason: r}]",
                  exemption(""));
  ASSERT_THAT(lines_of(outcome.diagnostics), IsEmpty());
  const Policy& policy = outcome.set.policies[0];
  ASSERT_THAT(policy.exempt, SizeIs(2));
  EXPECT_EQ(exemption_name(policy, 0), "exempt[0]");
  EXPECT_EQ(exemption_name(policy, 1), "exemption:partners");
  EXPECT_EQ(find_exemption(policy.exempt, "exempt[0]"), 0U);
  EXPECT_EQ(find_exemption(policy.exempt, "exemption:partners"), 1U);
  for (const char* none :
       {"exempt[1]", "exemption:others", "exemption:", "exempt[00]", "exempt[]"}) {
    EXPECT_EQ(find_exemption(policy.exempt, none), std::nullopt) << none;
  }
  const Exemption& shared = policy.exempt[1];
  EXPECT_EQ(shared.until, parse_time("2027-01-01").value());
  EXPECT_EQ(shared.approved_by, "legal");
  EXPECT_EQ(shared.reason, "MSA-114");
  EXPECT_EQ(judge(shared.where, {.organization = "lab-1"}), Value(true));
  EXPECT_EQ(judge(shared.where, {.organization = "lab-2"}), Value(false));
  EXPECT_EQ(judge(shared.where, {}), Value());
}

TEST(ExemptionDocument, TouchesByIdAndPatternInTheOrderOfIds) {
  std::string others = exemption("policies: [\"sam*\"]\n") + "---\n";
  others += exemption("policies: [sample, other]\n");
  others.replace(others.rfind("partners"), 8, "allies");
  const LoadOutcome outcome = load_beside("", others);
  EXPECT_THAT(places_of(outcome.diagnostics), ElementsAre("TW0630 9:20+5"));
  ASSERT_THAT(outcome.set.policies[0].exempt, SizeIs(2));
  EXPECT_EQ(outcome.set.policies[0].exempt[0].id, "allies");
  EXPECT_EQ(outcome.set.policies[0].exempt[1].id, "partners");
}

TEST(ExemptionDocument, BeginsWhenItSays) {
  const LoadOutcome outcome = load_beside("", exemption("from: 2026-03-01\n"));
  ASSERT_THAT(lines_of(outcome.diagnostics), IsEmpty());
  const Expr& where = outcome.set.policies[0].exempt[0].where;
  EXPECT_EQ(judge(where, {.time = "2026-02-28T23:59:59Z", .organization = "lab-1"}), Value(false));
  EXPECT_EQ(judge(where, {.time = "2026-03-01T00:00:00Z", .organization = "lab-1"}), Value(true));
}

TEST(ExemptionDocument, MayUseLists) {
  const LoadOutcome outcome =
      load_beside("", exemption("where: {organization|in: list:labs}\n") +
                          "---\nlist: labs\ntitle: Partners\nvalues: [lab-7]\n");
  ASSERT_THAT(lines_of(outcome.diagnostics), IsEmpty());
  EXPECT_EQ(judge(outcome.set.policies[0].exempt[0].where, {.organization = "lab-7"}), Value(true));
}

TEST(ExemptionDocument, ChangesTheHashOfWhatItTouches) {
  const Digest bare = load_beside("", "").set.policies[0].hash;
  const Digest with = load_beside("", exemption("")).set.policies[0].hash;
  EXPECT_NE(bare, with);
  EXPECT_EQ(with,
            load_beside("", exemption("title: Partners\nowner: legal\n")).set.policies[0].hash);
  EXPECT_NE(with, load_beside("", exemption("until: 2026-11-30\n")).set.policies[0].hash);
}

TEST(ExemptionDocument, CanBeTheReasonInATest) {
  const std::string tests =
      "tests:\n  - name: quiet\n    given: [{kind: usage, time: 2026-01-01T00:00:00Z}]\n"
      "    expect: [{findings: 0, because: \"exemption:partners\"}]";
  EXPECT_THAT(places_of(load_beside(tests, exemption("")).diagnostics), IsEmpty());
  EXPECT_THAT(places_of(load_beside(tests, "").diagnostics), ElementsAre("TW0504 5:37+20"));
}

struct DocumentCase {
  const char* name;
  std::string fragment;
  std::string documents;
  std::vector<std::string> want;
};

class SetDocumentDiagnostics : public testing::TestWithParam<DocumentCase> {};

TEST_P(SetDocumentDiagnostics, AreGiven) {
  const DocumentCase& c = GetParam();
  EXPECT_EQ(places_of(load_beside(c.fragment, c.documents).diagnostics), c.want);
}

constexpr const char* kUnder = "exempt: [{under: license:bis-1, approved_by: legal}]";

INSTANTIATE_TEST_SUITE_P(
    All, SetDocumentDiagnostics,
    testing::Values(
        DocumentCase{"TouchesNothing", "", exemption("policies: [other]\n"), {"TW0630 2:12+5"}},
        DocumentCase{
            "DoesNotFit", "reads: account", exemption("where: {model: a}\n"), {"TW0631 2:9+5"}},
        DocumentCase{"FitsNoRecord", "", exemption("where: {modle: a}\n"), {"TW0204 2:9+5"}},
        DocumentCase{"WrongValueOfAnAccountsField",
                     "",
                     exemption("where: {created: a}\n"),
                     {"TW0303 2:18+1"}},
        DocumentCase{"NoExpiry",
                     "",
                     "exemption: x\npolicies: [sample]\nwhere: {model: a}\napproved_by: a\n"
                     "reason: r\n",
                     {"TW0115 1:1+1"}},
        DocumentCase{"Expired", "", exemption("until: 2026-05-31\n"), {"TW0903 2:8+10"}},
        DocumentCase{"EndsBeforeItBegins", "", exemption("from: 2027-01-01\n"), {"TW0113 2:7+10"}},
        DocumentCase{
            "ExemptionTwice", "", exemption("") + "---\n" + exemption(""), {"TW0621 8:1+9"}},
        DocumentCase{
            "UnknownKeyInExemption", "", exemption("untli: 2026-12-31\n"), {"TW0102 2:1+5"}},
        DocumentCase{"UnknownLicense",
                     "exempt: [{under: license:bis, until: 2026-12-31, "
                     "approved_by: legal}]",
                     license(),
                     {"TW0640 2:18+11", "TW0644 1:1+7"}},
        DocumentCase{"LicenseWithoutPrefix",
                     "exempt: [{under: bis-1, until: 2026-12-31, "
                     "approved_by: legal}]",
                     license(),
                     {"TW0640 2:18+5", "TW0644 1:1+7"}},
        DocumentCase{"UnusedLicense", "", license(), {"TW0644 1:1+7"}},
        DocumentCase{"ExpiredLicense",
                     kUnder,
                     license("in_force: [{from: 2026-01-01, until: 2026-05-31}]\n"),
                     {"TW0641 1:1+7"}},
        DocumentCase{"NoScope",
                     kUnder,
                     "license: bis-1\ntitle: x\nnumber: D1\nauthority: BIS\n"
                     "in_force: [{until: 2026-12-31}]\n",
                     {"TW0642 1:1+7"}},
        DocumentCase{"LicenseDoesNotFit",
                     std::string("reads: account\n") + kUnder,
                     license(),
                     {"TW0643 3:18+13"}},
        DocumentCase{"NeitherHasAnEnd",
                     kUnder,
                     license("in_force: [{from: 2026-01-01}]\n"),
                     {"TW0103 2:18+13"}},
        DocumentCase{
            "CountryThatYamlTwists", kUnder, license("countries: [NO]\n"), {"TW0901 2:13+2"}},
        DocumentCase{"LicensedByAnUnknownLicense",
                     "select: {a: not licensed(bis-2)}",
                     license(),
                     {"TW0640 2:26+5", "TW0644 1:1+7"}},
        DocumentCase{"LicensedByAnExpiredLicense",
                     "select: {a: licensed(bis-1)}",
                     license("in_force: [{from: 2026-01-01, until: 2026-05-31}]\n"),
                     {"TW0641 1:1+7"}},
        DocumentCase{"LicensedMeasures",
                     "report_when: n > 1 and licensed(bis-1)",
                     license(),
                     {"TW0643 2:24+15", "TW0644 1:1+7"}},
        DocumentCase{"LicensedFormula",
                     "measure: {n: count(), m: licensed(bis-1)}",
                     license(),
                     {"TW0643 2:26+15", "TW0644 1:1+7"}},
        DocumentCase{"LicensedOverOtherRecords",
                     "reads: account\nselect: {a: licensed(bis-1)}",
                     license(),
                     {"TW0643 3:22+5"}},
        DocumentCase{"LicenseUnderALicense",
                     kUnder,
                     license("limits: [licensed(bis-1)]\n"),
                     {"TW0643 2:10+15"}},
        DocumentCase{"LicensedByALicenseWithErrors",
                     "select: {a: licensed(bis-1)}",
                     license("items: {modle: a}\n"),
                     {"TW0204 2:9+5"}},
        DocumentCase{"LicensedByNothing",
                     "select: {a: licensed()}",
                     license(),
                     {"TW0203 2:22+1", "TW0644 1:1+7"}},
        DocumentCase{"LicensedByAText",
                     "select: {a: 'licensed(\"bis-1\")'}",
                     license(),
                     {"TW0203 2:23+7", "TW0644 1:1+7"}},
        DocumentCase{"LicensedByTwo",
                     "select: {a: 'licensed(bis-1, bis-2)'}",
                     license(),
                     {"TW0203 2:28+1", "TW0644 1:1+7"}},
        DocumentCase{
            "LimitThatIsNoTruth", kUnder, license("limits: [output_tokens]\n"), {"TW0409 2:10+13"}},
        DocumentCase{"LicenseTwice", kUnder, license() + "---\n" + license(), {"TW0621 8:1+7"}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(SetDocumentDiagnosticsText, NameBothSides) {
  const LoadOutcome misfit = load_beside("reads: account", exemption("where: {model: a}\n"));
  EXPECT_THAT(misfit.diagnostics[0].message,
              testing::AllOf(HasSubstr("`partners`"), HasSubstr("`sample`"), HasSubstr("`model`")));
  const LoadOutcome typo = load_beside("", exemption("policies: [smaple]\n"));
  EXPECT_EQ(typo.diagnostics[0].hint, "did you mean `sample`?");
}

TEST(License, CoversOnlyWhatIsInItsScope) {
  const LoadOutcome outcome =
      load_beside(kUnder, license("parties: [lab-1, list:labs]\ncountries: [DE, \"NO\"]\n"
                                  "classification: [\"4E091\"]\nconditions: [no re-export]\n") +
                              "---\nlist: labs\ntitle: Labs\nvalues: [lab-2]\n");
  ASSERT_THAT(lines_of(outcome.diagnostics), IsEmpty());
  const Exemption& exempt = outcome.set.policies[0].exempt[0];
  EXPECT_EQ(exempt.until, parse_time("2027-01-01").value());
  EXPECT_EQ(exempt.reason, "BIS license D1234567");
  const Row covered{.organization = "lab-2", .model = "large-1", .country = "NO"};
  const auto with = [&](auto change) {
    Row row = covered;
    change(row);
    return judge(exempt.where, row);
  };
  EXPECT_EQ(judge(exempt.where, covered), Value(true));
  EXPECT_EQ(with([](Row& row) { row.organization = "lab-3"; }), Value(false));
  EXPECT_EQ(with([](Row& row) { row.model = "large-2"; }), Value(false));
  EXPECT_EQ(with([](Row& row) { row.country = "FR"; }), Value(false));
  EXPECT_EQ(with([](Row& row) { row.time = "2025-12-31T23:59:59Z"; }), Value(false));
  EXPECT_EQ(with([](Row& row) { row.time = "2027-01-01T00:00:00Z"; }), Value(false));
  // What is not known is not covered, and not uncovered either.
  EXPECT_EQ(with([](Row& row) { row.country = {}; }), Value());
  EXPECT_EQ(with([](Row& row) { row.country = {}, row.model = "large-2"; }), Value(false));
  ASSERT_THAT(outcome.documents.licenses, SizeIs(1));
  EXPECT_THAT(outcome.documents.licenses[0].classification, ElementsAre("4E091"));
}

TEST(License, LimitsHoldForEachRecord) {
  const LoadOutcome outcome = load_beside(kUnder, license("limits: [requests <= 10]\n"));
  ASSERT_THAT(lines_of(outcome.diagnostics), IsEmpty());
  Record record = record_of({.model = "large-1"});
  const Expr& where = outcome.set.policies[0].exempt[0].where;
  record.requests = 10;
  EXPECT_EQ(interpret(where, {&record, {}, {}}), Value(true));
  record.requests = 11;
  EXPECT_EQ(interpret(where, {&record, {}, {}}), Value(false));
}

TEST(License, ScopeMayNameOtherFieldsAndTheExemptionMayBeNarrower) {
  const LoadOutcome outcome = load_beside(
      "exempt: [{under: license:bis-1, where: {project: p}, until: 2026-06-30, approved_by: a, "
      "reason: narrower}]",
      license("items: {response_model|startswith: large}\n"));
  ASSERT_THAT(lines_of(outcome.diagnostics), IsEmpty());
  const Exemption& exempt = outcome.set.policies[0].exempt[0];
  EXPECT_EQ(exempt.until, parse_time("2026-07-01").value());
  EXPECT_EQ(exempt.reason, "narrower");
  Record record = record_of({});
  set_value(record, find_field("response_model").value(), std::string("large-9"));
  set_value(record, find_field("project").value(), std::string("p"));
  EXPECT_EQ(interpret(exempt.where, {&record, {}, {}}), Value(true));
  set_value(record, find_field("project").value(), std::string("q"));
  EXPECT_EQ(interpret(exempt.where, {&record, {}, {}}), Value(false));
}

TEST(License, MayHaveGaps) {
  const LoadOutcome outcome = load_beside(
      kUnder, license("in_force: [{until: 2026-01-31}, {from: 2026-03-01, until: 2026-12-31}]\n"));
  ASSERT_THAT(lines_of(outcome.diagnostics), IsEmpty());
  const Expr& where = outcome.set.policies[0].exempt[0].where;
  EXPECT_EQ(judge(where, {.time = "2026-01-31T00:00:00Z", .model = "large-1"}), Value(true));
  EXPECT_EQ(judge(where, {.time = "2026-02-01T00:00:00Z", .model = "large-1"}), Value(false));
  EXPECT_EQ(judge(where, {.time = "2026-03-01T00:00:00Z", .model = "large-1"}), Value(true));
}

const Expr& selected(const LoadOutcome& outcome) {
  return outcome.set.policies.at(0).selections.at(0).second;
}

TEST(Licensed, IsWhatTheLicenseCovers) {
  const LoadOutcome outcome =
      load_beside("select: {a: licensed(bis-1)}",
                  license("parties: [lab-1, list:labs]\ncountries: [DE]\n"
                          "in_force: [{until: 2026-01-31}, {from: 2026-03-01, until: "
                          "2026-12-31}]\nlimits: [time < '2026-09-01']\n") +
                      "---\nlist: labs\ntitle: Labs\nvalues: [lab-2]\n");
  ASSERT_THAT(lines_of(outcome.diagnostics), IsEmpty());
  const Row covered{.organization = "lab-2", .model = "large-1", .country = "DE"};
  const auto with = [&](auto change) {
    Row row = covered;
    change(row);
    return judge(selected(outcome), row);
  };
  EXPECT_EQ(judge(selected(outcome), covered), Value(true));
  EXPECT_EQ(with([](Row& row) { row.organization = "lab-3"; }), Value(false));
  EXPECT_EQ(with([](Row& row) { row.model = "large-2"; }), Value(false));
  EXPECT_EQ(with([](Row& row) { row.country = "FR"; }), Value(false));
  EXPECT_EQ(with([](Row& row) { row.time = "2026-01-31T23:59:59Z"; }), Value(true));
  EXPECT_EQ(with([](Row& row) { row.time = "2026-02-01T00:00:00Z"; }), Value(false));
  EXPECT_EQ(with([](Row& row) { row.time = "2026-08-31T23:59:59Z"; }), Value(true));
  EXPECT_EQ(with([](Row& row) { row.time = "2026-09-01T00:00:00Z"; }), Value(false));
  EXPECT_EQ(with([](Row& row) { row.organization = {}; }), Value());
  EXPECT_EQ(with([](Row& row) { row.country = {}; }), Value());
  EXPECT_EQ(with([](Row& row) { row.country = {}, row.model = "large-2"; }), Value(false));
  EXPECT_EQ(with([](Row& row) { row.country = {}, row.time = "2026-02-01T00:00:00Z"; }),
            Value(false));
}

// The name of a license is no expression: it may have dashes, dots and digits.
TEST(Licensed, TakesAnyNameOfALicense) {
  for (const std::string& called : {std::string("licensed(bis-2026-10k.b_c)"),
                                    std::string("licensed( license:bis-2026-10k.b_c )")}) {
    std::string text = license();
    text.replace(text.find("bis-1"), 5, "bis-2026-10k.b_c");
    const LoadOutcome outcome = load_beside("select: {a: '" + called + "'}", text);
    ASSERT_THAT(lines_of(outcome.diagnostics), IsEmpty()) << called;
    EXPECT_EQ(judge(selected(outcome), {.model = "large-1"}), Value(true));
  }
}

TEST(Licensed, StandsWhereverARecordIsJudged) {
  for (const char* fragment :
       {"select: {a: {model: large-1}, b: not licensed(bis-1)}\ncondition: a and not b",
        "measure: {n: count() where not licensed(bis-1)}",
        "measure: {n: 'sum(if(licensed(bis-1), 0, requests))'}",
        "exempt: [{where: licensed(bis-1), until: 2026-12-31, approved_by: a, reason: r}]"}) {
    EXPECT_THAT(lines_of(load_beside(fragment, license()).diagnostics), IsEmpty()) << fragment;
  }
  const LoadOutcome shared =
      load_beside("", exemption("where: licensed(bis-1)\n") + "---\n" + license());
  EXPECT_THAT(lines_of(shared.diagnostics), IsEmpty());
}

// What is put in stands at the call, in the policy's own file.
TEST(Licensed, IsThePoliciesOwnMeaning) {
  const char* const fragment = "select: {a: licensed(bis-1)}";
  const LoadOutcome one = load_beside(fragment, license());
  const LoadOutcome same = load_beside(fragment, license("title: another title\n"));
  const LoadOutcome other = load_beside(fragment, license("items: [large-2]\n"));
  const LoadOutcome later =
      load_beside(fragment, license("in_force: [{from: 2026-01-01, until: 2027-12-31}]\n"));
  EXPECT_EQ(one.set.policies.at(0).hash, same.set.policies.at(0).hash);
  EXPECT_NE(one.set.policies.at(0).hash, other.set.policies.at(0).hash);
  EXPECT_NE(one.set.policies.at(0).hash, later.set.policies.at(0).hash);
  const Expr& put_in = selected(one);
  EXPECT_EQ(put_in.span.file, "p/a.yaml");
  ASSERT_THAT(put_in.args, testing::Not(IsEmpty()));
  for (const Expr& part : put_in.args) EXPECT_EQ(part.span, put_in.span);
}

TEST(Licensed, ProblemsSayWhatToDo) {
  const auto first = [](const std::string& fragment) {
    return load_beside(fragment, license()).diagnostics.at(0);
  };
  const Diagnostic typo = first("select: {a: licensed(bis-2)}");
  EXPECT_EQ(typo.message, "there is no license `bis-2`");
  EXPECT_EQ(typo.hint, "did you mean `bis-1`?");
  EXPECT_THAT(first("select: {a: licensed(something-else)}").hint,
              HasSubstr("`license: something-else`"));
  EXPECT_THAT(first("report_when: licensed(bis-1)").hint,
              HasSubstr("`count() where licensed(bis-1)`"));
}

TEST(License, CarriesAnExemptionDocument) {
  const LoadOutcome outcome = load_beside(
      "",
      "exemption: exports\npolicies: [sample]\nunder: license:bis-1\napproved_by: legal\n---\n" +
          license());
  ASSERT_THAT(lines_of(outcome.diagnostics), IsEmpty());
  ASSERT_THAT(outcome.documents.exemptions, SizeIs(1));
  EXPECT_EQ(outcome.documents.exemptions[0].under, "bis-1");
  EXPECT_EQ(judge(outcome.set.policies[0].exempt[0].where, {.model = "large-1"}), Value(true));
}

std::string policy_named(const std::string& id, const std::string& fragment = "") {
  std::string text = sample_policy(fragment);
  return text.replace(text.find("sample"), 6, id);
}

std::vector<std::string> ids_of(const LoadOutcome& outcome) {
  std::vector<std::string> ids;
  for (const Policy& policy : outcome.set.policies) ids.push_back(policy.id);
  return ids;
}

/// "p/a.yaml TW0652 1:1+6"
std::vector<std::string> findings_of(const LoadOutcome& outcome) {
  std::vector<std::string> out = places_of(outcome.diagnostics);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = outcome.diagnostics[i].span.file + " " + out[i];
  }
  return out;
}

std::string pack(const std::string& includes, const std::string& name = "exports") {
  return "pack: " + name + "\ntitle: Exports\nversion: 2\nowner: legal\nincludes: " + includes +
         "\n";
}

TEST(Pack, LoadsWhatItIncludesAndTellsWhatItLeavesOut) {
  const LoadOutcome outcome =
      load_all({{"p/pack.yaml", pack("[access/, 'b*.yaml', c]")},
                {"p/access/a.yaml", policy_named("a")},
                {"p/b1.yaml", policy_named("b")},
                {"p/c.yaml", policy_named("c") + "---\n" + policy_named("d")},
                {"p/deep/e.yaml", policy_named("e")},
                {"q/f.yaml", policy_named("f")}});
  EXPECT_THAT(findings_of(outcome),
              ElementsAre("p/c.yaml TW0652 19:1+6", "p/deep/e.yaml TW0652 1:1+6"));
  EXPECT_THAT(ids_of(outcome), ElementsAre("a", "b", "c", "f"));
  ASSERT_THAT(outcome.documents.packs, SizeIs(1));
  const PackDocument& told = outcome.documents.packs[0];
  EXPECT_EQ(told.header.name, "exports");
  EXPECT_EQ(told.header.version, 2);
  EXPECT_EQ(told.header.owner, "legal");
  EXPECT_THAT(told.policies, ElementsAre("a", "b", "c"));
}

TEST(Pack, IncludesDocumentsOfEachKindByName) {
  const LoadOutcome outcome = load_all(
      {{"pack.yaml", pack("[sample, list:m, license:bis-1, 'exemption:p*']")},
       {"a.yaml", sample_policy("select: {a: {model|in: list:m}}\n" + std::string(kUnder))},
       {"b.yaml", "list: m\ntitle: M\nvalues: [a]\n---\n" + license() + "---\n" + exemption("")}});
  EXPECT_THAT(findings_of(outcome), IsEmpty());
  EXPECT_THAT(outcome.set.policies.at(0).exempt, SizeIs(2));
  const PackDocument& told = outcome.documents.packs.at(0);
  EXPECT_THAT(told.policies, ElementsAre("sample"));
  EXPECT_THAT(told.others, ElementsAre("list:m", "license:bis-1", "exemption:partners"));
}

// What has an error is no policy of the set, and so none of the pack.
TEST(Pack, HoldsThePoliciesThatWereRead) {
  const LoadOutcome outcome = load_all({{"p/pack.yaml", pack("[a, b]")},
                                        {"p/a.yaml", policy_named("a")},
                                        {"p/b.yaml", policy_named("b") + "no_such_key: 1\n"}});
  ASSERT_THAT(outcome.documents.packs, SizeIs(1));
  EXPECT_EQ(outcome.documents.packs[0].policies, ids_of(outcome));
}

TEST(Pack, GovernsNoFolderThatHasAPackOfItsOwn) {
  const LoadOutcome outcome = load_all({{"p/pack.yaml", pack("[a.yaml]")},
                                        {"p/a.yaml", policy_named("a")},
                                        {"p/sub/pack.yaml", pack("[b.yaml]", "inner")},
                                        {"p/sub/b.yaml", policy_named("b")}});
  EXPECT_THAT(findings_of(outcome), IsEmpty());
  EXPECT_THAT(ids_of(outcome), ElementsAre("a", "b"));
}

TEST(Pack, WithoutWhatItNamesIsRefused) {
  const std::vector<PolicyText> files = {{"p/pack.yaml", pack("[acess.yaml, ../q.yaml, x*]")},
                                         {"p/access.yaml", policy_named("a")}};
  const LoadOutcome outcome = load_all(files);
  EXPECT_THAT(findings_of(outcome),
              ElementsAre("p/pack.yaml TW0650 5:12+10", "p/pack.yaml TW0651 5:24+9",
                          "p/pack.yaml TW0650 5:35+2", "p/access.yaml TW0652 1:1+6"));
}

TEST(Pack, HasItsNameAndItsFolderForItself) {
  EXPECT_THAT(findings_of(load_all({{"p/a.yaml", pack("[s]") + "---\n" + policy_named("s")},
                                    {"p/b.yaml", pack("[s]", "other")}})),
              ElementsAre("p/b.yaml TW0621 1:1+4"));
  EXPECT_THAT(findings_of(load_all({{"p/a.yaml", pack("[s]") + "---\n" + policy_named("s")},
                                    {"q/a.yaml", pack("[t]") + "---\n" + policy_named("t")}})),
              ElementsAre("q/a.yaml TW0621 1:1+4"));
}

/// A document of tests about `id`, of one test each name.
std::string tests_of(const std::string& id, const std::vector<std::string>& names) {
  std::string text = "tests: " + id + "\ncases:\n";
  for (const std::string& name : names) {
    text += "  - name: " + name +
            "\n    given: [{kind: usage, time: 2026-01-01T00:00:00Z}]\n"
            "    expect: [{findings: 0, measure: {}}]\n";
  }
  return text;
}

std::vector<std::string> tests_in(const LoadOutcome& outcome) {
  std::vector<std::string> names;
  for (const PolicyTest& test : outcome.set.policies.at(0).tests) {
    names.push_back(test.span.file + " " + test.name);
  }
  return names;
}

std::string untested_policy() {
  std::string text = sample_policy();
  return text.substr(0, text.find("tests:"));
}

TEST(TestsDocument, JoinsTheTestsOfItsPolicyAndLeavesItsMeaning) {
  const std::string quiet =
      "tests: sample\ntitle: T\ncases: [{name: x, given: f.jsonl, expect: [{findings: 0}]}]\n";
  const LoadOutcome outcome = load_all(
      {{"p/0.yaml", quiet}, {"p/a.yaml", sample_policy()}, {"p/b.yaml", quiet + "---\n" + quiet}});
  EXPECT_THAT(findings_of(outcome), IsEmpty());
  EXPECT_THAT(tests_in(outcome),
              ElementsAre("p/a.yaml quiet", "p/0.yaml x", "p/b.yaml x", "p/b.yaml x"));
  EXPECT_EQ(outcome.set.policies.at(0).hash,
            load_all({{"a", sample_policy()}}).set.policies[0].hash);
  ASSERT_THAT(outcome.documents.tests, SizeIs(3));
  EXPECT_EQ(outcome.documents.tests[0].policy, "sample");
  EXPECT_THAT(outcome.documents.tests[0].cases, ElementsAre("x"));
  EXPECT_EQ(outcome.set.hash, load_all({{"a", sample_policy()}}).set.hash);
}

// The policy itself has none, and none is asked for.
TEST(TestsDocument, IsATestOfAPolicyWithoutAny) {
  EXPECT_THAT(findings_of(load_all({{"p/a.yaml", untested_policy()}})),
              ElementsAre("p/a.yaml TW0906 1:1+6"));
  EXPECT_THAT(findings_of(load_all({{"p/a.yaml", untested_policy()},
                                    {"p/t.yaml",
                                     "tests: sample\ncases: [{name: x, given: f.jsonl, "
                                     "expect: [{findings: 0}]}]\n"}})),
              IsEmpty());
}

TEST(TestsDocument, IsReadAsTestsInThePolicyAre) {
  EXPECT_THAT(findings_of(load_all(
                  {{"p/a.yaml", sample_policy()}, {"p/t.yaml", tests_of("sample", {"one"})}})),
              ElementsAre("p/t.yaml TW0503 5:37+1"));
  EXPECT_THAT(
      findings_of(load_all({{"p/a.yaml", sample_policy()}, {"p/t.yaml", "tests: sample\n"}})),
      ElementsAre("p/t.yaml TW0103 1:1+5"));
  EXPECT_THAT(findings_of(load_all({{"p/a.yaml", sample_policy()},
                                    {"p/t.yaml", "tests: sample\ncase: []\ncases: []\n"}})),
              ElementsAre("p/t.yaml TW0102 2:1+4", "p/t.yaml TW0103 3:8+1"));
}

TEST(TestsDocument, OfAPolicyThatIsNotThereIsAnError) {
  const LoadOutcome outcome =
      load_all({{"p/a.yaml", sample_policy()}, {"p/t.yaml", tests_of("simple", {"one"})}});
  ASSERT_THAT(findings_of(outcome), ElementsAre("p/t.yaml TW0507 1:8+6"));
  EXPECT_EQ(outcome.diagnostics.at(0).hint, "did you mean `sample`?");
  EXPECT_TRUE(outcome.diagnostics.at(0).fix.empty()) << "which policy was meant is the writer's";
  // One that has errors is there: they are told, and no more.
  EXPECT_THAT(findings_of(load_all({{"p/a.yaml", sample_policy("status: x\n")},
                                    {"p/t.yaml", tests_of("sample", {"one"})}})),
              ElementsAre("p/a.yaml TW0105 2:9+1"));
}

TEST(TestsDocument, IsNoPolicyWhoseKeysStandInAnotherOrder) {
  const std::string text = "tests: []\n" + untested_policy();
  EXPECT_THAT(findings_of(load_all({{"p/a.yaml", text}})), ElementsAre("p/a.yaml TW0101 1:1+5"));
}

TEST(TestsDocument, GoesWithItsPolicyIntoAPack) {
  const std::string quiet =
      "tests: sample\ncases: [{name: x, given: f.jsonl, expect: [{findings: 0}]}]\n";
  const LoadOutcome outcome = load_all({{"p/pack.yaml", pack("[sample]")},
                                        {"p/a.yaml", sample_policy()},
                                        {"p/tests/t.yaml", quiet}});
  EXPECT_THAT(findings_of(outcome), IsEmpty());
  EXPECT_THAT(tests_in(outcome), SizeIs(2));
}

}  // namespace
}  // namespace tidewaiter
