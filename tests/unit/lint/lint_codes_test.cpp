// A row for each code of lint: a policy that gives exactly that, with the caret on the words
// between « and ».

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/language/code_points.h"
#include "policies/lint/lint_code.h"
#include "tests/unit/lint/lint_sample.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kOpen = "«";
constexpr std::string_view kClose = "»";

struct Row {
  const char* code;
  std::string text;  ///< a fragment of a policy, or whole if it begins with `policy:`
  std::vector<SourceSupply> sources = {};
  std::string base = {};
};

FieldId id(std::string_view name) { return *find_field(name); }

SourceSupply source(std::set<FieldId> fields, Duration settles = {},
                    std::optional<Duration> bucket = {}) {
  return {"gateway", RecordKind::kUsage, std::move(fields), settles, bucket};
}

/// A source that does not say of how many requests its records are.
SourceSupply uncounted() {
  SourceSupply supply{"claude", RecordKind::kUsage, std::nullopt, {}, {}};
  supply.counts_requests = false;
  return supply;
}

constexpr const char* kTwoTests =
    "tests:\n"
    "  - {name: quiet, given: fixtures/quiet.jsonl, expect: [{findings: 0}]}\n"
    "  - {name: loud, given: fixtures/loud.jsonl, expect: [{findings: 1}]}\n";

constexpr const char* kLinkage =
    "linkage: shared-means\ntitle: Accounts that pay with one card or come from one address\n"
    "links: [{field: payment.fingerprints, at_most: 20}, {field: client.address, at_most: 5}]\n";

constexpr const char* kCards =
    "linkage: cards\ntitle: Accounts that pay with one card\n"
    "links: [{field: payment.fingerprints, at_most: 20}]\n";

/// A source of account records, about the accounts of `names_of`.
SourceSupply accounts(const std::string& names_of) {
  return {"crm", RecordKind::kAccount, std::nullopt, {}, {}, names_of};
}

constexpr const char* kWhole =
    "version: 1\ntitle: Many requests\nstatus: active\nbasis: [{terms: \"section 2\"}]\n"
    "severity: low\nfalse_positives: [batch jobs]\nmeasure: {n: count()}\nreport_when: n > 100\n";

std::string exemption(const std::string& where, const std::string& until) {
  return "exempt:\n  - where: " + where + "\n    until: " + until +
         "\n    approved_by: legal\n    reason: MSA-114\n";
}

std::string with_title(std::string text, const std::string& title) {
  const std::string old = "Many requests";
  return text.replace(text.find(old), old.size(), title);
}

std::vector<Row> rows() {
  const std::string whole = std::string(kWhole) + kTwoTests;
  return {
      {"TW1101", "report_when: «n < 0»"},
      {"TW1102",
       "select: {chat: {operation: chat}, batch: {operation: batch}}\n"
       "condition: «chat and batch»"},
      {"TW1102",
       "select: {large: {output_tokens|gt: 5k}}\n"
       "measure: {n: count() where «output_tokens < 100»}"},
      {"TW1103", "report_when: «n >= 0»"},
      {"TW1103", "report_when: «n > 0»"},
      {"TW1104", exemption("«requests >= 0»", "2026-12-31")},
      {"TW1105", "report_when: n > 100 or «n < 0»"},
      {"TW1105", "report_when: if(n >= 0, n > 50, «n > 7»)"},
      {"TW1105", "report_when: if(n < 0, «n > 50», n > 7)"},
      {"TW1105", "report_when: n > 5 and if(n > 3, n > 50, «n > 70»)"},
      {"TW1105", "report_when: if(n > 5, n > 50, «n > 7»)"},
      {"TW1105", "select:\n  busy: if(requests > 5, requests > 9, «requests > 7»)"},
      {"TW1105", "measure: {n: 'sum(if(requests >= 0, requests, «9»))'}"},
      {"TW1105", "select:\n  busy: requests > 100 and (operation == \"chat\" or «requests < 5»)"},
      {"TW1106", "version: «1»\nreport_when: n > 200", {}, "report_when: n > 100"},
      {"TW1107", "version: «2»", {}, "version: 3"},
      {"TW1108",
       "tests:\n  - «{»name: quiet, given: fixtures/gone.jsonl, expect: [{findings: 0}]}\n"
       "  - {name: loud, given: fixtures/loud.jsonl, expect: [{findings: 1}]}\n"},
      {"TW1201", "«select»:\n  each: requests >= 0"},
      {"TW1202", "report_when: «n >= 0» and n > 100"},
      {"TW1203", "select:\n  a: output_tokens > 100 and model == \"x\" and «output_tokens > 100»"},
      {"TW1204", "select:\n  a: output_tokens > 100 and «output_tokens > 50»"},
      {"TW1204", "report_when: n > 100 or «n > 200»"},
      {"TW1205",
       "select:\n  chat: {operation: chat}\n  «batch»: {operation: chat}\nmeasure: {n: count() "
       "where "
       "chat, m: count() where batch}\ncondition: chat"},
      {"TW1206", "select: {a: {operation|in: [chat, batch, «chat»]}}"},
      {"TW1207", "select: {a: {«model»: \"**\"}}"},
      {"TW1208", "select: {a: {«model»|re: large}}"},
      {"TW1209", "select: {a: {«model»|re: \".*-large$\"}}"},
      {"TW1210", "select: {a: {client.country|in: [FR, «UK»]}}"},
      {"TW1211", "select: {a: {«model»: \"large \"}}"},
      {"TW1212", "select:\n  night: hour(time) in [22, 23, «24»]"},
      {"TW1213", "select: {bot: {user_agent|contains: curl}}\ncondition: not «bot»"},
      {"TW1214", "select:\n  short: «default(output_tokens, 0) < 10»"},
      {"TW1215", "select:\n  b: model == \"x\" and «exists(requests)»"},
      {"TW1216", "measure: {t: sum(output_tokens), n: count()}\nreport_when: «t > n»"},
      {"TW1217", "select: {a: {client.country|in: [FR, «kp»]}}"},
      {"TW1217", "select:\n  a: client.country == «\"kp\"» or model == \"x\""},
      {"TW1217", "select: {a: {«client.country»|cased: kp}}"},
      {"TW1217",
       "select: {a: {«client.country»|country_group: embargoed}}\n---\nlist: embargoed\n"
       "title: Countries\nvalues: [kp, sy, CU]\n"},
      {"TW1220", "measure: {n: «count()»}", {uncounted()}},
      {"TW1220",
       "select:\n  a: «requests» > 5\nmeasure: {n: sum(output_tokens)}\nreport_when: n > 5k",
       {uncounted()}},
      {"TW1221", "select: {a: {«operation»: chat}}", {source({id("account"), id("model")})}},
      {"TW1222", "reads: «audit»", {source({})}},
      {"TW1223", "evidence: {fields: [time, account, «region»]}", {source({id("account")})}},
      {"TW1223", "evidence: {choose: «{»largest: output_tokens / 2}}", {source({id("account")})}},
      {"TW1224",
       "window: {length: 24h, wait_for_late: «1h»}",
       {source({id("account")}, Duration{6 * kHour.us})}},
      {"TW1225", "window: {length: 24h, every: «10m»}", {source({id("account")}, {}, kHour)}},
      {"TW1257",
       "select: «{»single: {duration|lt: 5m}}\nwindow: {length: 24h, every: 1h}",
       {source({id("account")}, {}, kHour)}},
      {"TW1226", "window: {length: 30d, every: «10m»}"},
      {"TW1227", "measure: {p99: «\"quantile(0.99, output_tokens)\"»}\nreport_when: p99 > 5k"},
      {"TW1228",
       "measure: {bad: count() where http_status >= 400, good: count() where http_status < 400}\n"
       "report_when: «bad / good» > 2"},
      {"TW1229", "for_each: «output_tokens»"},
      {"TW1230",
       "measure: {t: sum(output_tokens), d: \"deviation(t, own, 28d)\"}\n"
       "report_when: t > 5M and «d > 3.5»"},
      {"TW1230",
       "measure: {t: sum(output_tokens), d: \"deviation(t, peers(service_tier), 7d)\"}\n"
       "report_when: t > 5M and «d > 3.5»"},
      {"TW1230",
       "measure: {t: sum(output_tokens), c: \"cusum(t, own, 28d)\"}\n"
       "report_when: t > 5M and «c > 5»"},
      {"TW1231",
       "select: {a: {operation: chat}}\n" + exemption("«{»operation: batch}", "2026-12-31")},
      {"TW1231", exemption("«{»organization: lab-1}", "2026-12-31") +
                     "in_force: [{from: 2027-01-01}]\n" + kTwoTests},
      {"TW1232", exemption("{organization: lab-1}", "«2099-12-31»")},
      {"TW1241", "«policy»: sample\nkind: access\nwindow: 24h\ndescription: Of a day.\n" + whole},
      {"TW1242", "description: «Many requests»"},
      {"TW1243", "references: [https://example.org, «see the handbook»]"},
      {"TW1244",
       "basis: [«{»law: Export Administration Regulations, jurisdiction: US, settled: disputed, "
       "in_force: [{from: 2025-01-01}]}]"},
      {"TW1245", "kind: sanctions\nbasis: «[»{terms: \"section 2\"}]"},
      {"TW1246", std::string("in_force: «[»{from: 2025-01-01, until: 2025-12-31}]\n") + kTwoTests},
      {"TW1246",
       std::string("basis: «[»{terms: t, in_force: [{until: 2025-12-31}]}]\n") + kTwoTests},
      {"TW1247", std::string("in_force: [{from: «2026-01-01T08:00:00»}]\n") + kTwoTests},
      {"TW1247",
       std::string("basis: [{terms: t, in_force: [{from: «2026-01-01T08:00:00»}]}]\n") + kTwoTests},
      {"TW1256",
       "basis: [«{»law: EAR, jurisdiction: US, citation: 15 CFR 744, settled: disputed}]"},
      {"TW1256",
       "basis: [«{»law: EAR, jurisdiction: US, citation: 15 CFR 744, "
       "in_force: [{from: 2025-01-01}]}]"},
      {"TW1258",
       "in_force: [{from: 2025-06-01}]\n"
       "basis: [{terms: t}, {contract: c, in_force: «[»{until: 2025-05-31}]}]"},
      {"TW1259", "basis: [{terms: t, in_force: «[»{until: 2026-01-09}, {from: 2026-01-11}]}]"},
      {"TW1101", std::string("in_force: [{until: 2026-12-30}]\n"
                             "basis: «[»{terms: t, in_force: [{from: 2026-12-31}]}]\n") +
                     kTwoTests},
      {"TW1248",
       "policy: «resale.many»\nkind: access\nwindow: 24h\nowner: o\ndescription: Of a day.\n" +
           whole},
      {"TW1249", "repeat: {after: «1h»}"},
      {"TW1251", "severity: «high»"},
      {"TW1252", "«respond»: [{propose: suspend}]"},
      {"TW1253", "severity: critical\nrespond: [{case: access}]\nevidence: {records: «0»}"},
      {"TW1254", "evidence: {fields: [time, account, «time»]}"},
      {"TW1255",
       lint_sample("for_each: «cluster»\n") + "---\n" + kLinkage,
       {source({id("account"), id("client.address")})}},
      {"TW1255",
       lint_sample("for_each: «cluster»\n") + "---\n" + kCards,
       {source({id("account")}), accounts("")}},
      {"TW1261",
       "«tests»:\n  - {name: quiet, given: fixtures/quiet.jsonl, expect: [{findings: 0}]}"},
      {"TW1262", "«tests»:\n  - {name: loud, given: fixtures/loud.jsonl, expect: [{findings: 1}]}"},
      {"TW1263",
       "tests:\n"
       "  - {name: edge, given: fixtures/quiet.jsonl, expect: [{findings: 0}]}\n"
       "  - {name: «edge», given: fixtures/loud.jsonl, expect: [{findings: 1}]}"},
      {"TW1264",
       "in_force: [{from: 2026-03-01}]\n"
       "tests:\n"
       "  - {name: quiet, given: fixtures/quiet.jsonl, expect: [{findings: 0}]}\n"
       "  - «{»name: loud, given: [{kind: usage, time: 2026-02-28T23:59:59Z, requests: 101}], "
       "expect: [{findings: 1}]}"},
      {"TW1265", "reads: «finding»"},
      {"TW1266",
       "policy: a\nkind: access\nwindow: 24h\nowner: o\ndescription: Of a day.\nreads: finding\n"
       "for_each: «project»\n" +
           whole +
           "---\npolicy: b\nkind: access\nwindow: 1h\nowner: o\ndescription: Of an hour.\n" +
           with_title(whole, "Very many requests")},
      {"TW1271",
       "policy: a\nkind: access\nwindow: 24h\nowner: o\ndescription: Of a day.\n" + whole +
           "---\n«policy»: b\nkind: resale\nwindow: 24h\nowner: o\ndescription: Of a day.\n" +
           with_title(whole, "Very many requests")},
      {"TW1272",
       "policy: a\nkind: access\nwindow: 24h\nowner: o\ndescription: Of a day.\n" + whole +
           "---\npolicy: b\nkind: access\nwindow: 1h\nowner: o\ndescription: Of an hour.\n" +
           with_title(whole, "«Many requests»")},
      {"TW1273",
       "reads: account\n«screen»: {fields: [name], lists: [csl], score: 0.9, corroborate: {score: "
       "0.8, any: [identifiers]}}\n---\nlist: csl\ntitle: Parties\nvalues: [Acme Trading]\n"},
      {"TW1274",
       "reads: account\n«screen»: {fields: [name], lists: [csl], score: 0.9}\n---\nlist: csl\n"
       "title: Parties\nvalues: [{value: Roe, weak_aliases: [R], country: SY}, {value: Acme "
       "Trading, weak_aliases: [Acme]}]\n"},
      {"TW1274",
       "reads: account\n«screen»: {fields: [name], lists: [csl], score: 0.9, corroborate: {score: "
       "0.8, any: [country]}}\n---\nlist: csl\ntitle: Parties\nvalues: [{value: Roe, country: "
       "SY}, {value: Acme Trading, weak_aliases: [Acme], identifiers: [\"lei:1\"]}]\n"},
      {"TW1275",
       "reads: account\n«screen»: {fields: [name], lists: [csl], score: 0.9, kind: person}\n---\n"
       "list: csl\ntitle: Parties\nvalues: [{value: Acme Trading, kind: organisation}]\n"},
      {"TW1276",
       "reads: account\n«screen»: {fields: [name], lists: [csl], score: 0.9, programs: [SDTG]}\n"
       "---\nlist: csl\ntitle: Parties\nvalues: [{value: Acme Trading, programs: [SDGT]}]\n"
       "consequences: SDN\n"},
      {"TW1277",
       "reads: account\n«screen»: {fields: [name], lists: [csl], score: 0.9, obligations: "
       "[block]}\n"
       "---\nlist: csl\ntitle: Parties\nvalues: [Acme Trading]\n"},
      {"TW1278",
       "reads: account\n«screen»: {fields: [name], lists: [csl], score: 0.9, obligations: "
       "[block]}\n"
       "---\nlist: csl\ntitle: Parties\nvalues: [Acme Trading]\nconsequences: UVL\n"},
      {"TW1210",
       "reads: account\n«screen»: {fields: [name], lists: [csl], score: 0.9, corroborate: {score: "
       "0.8, any: [country]}}\n---\nlist: csl\ntitle: Parties\nvalues: [{value: Acme Trading, "
       "country: [SY, Syria]}]\n"},
      {"TW1210",
       "select: {a: {«client.country»|in: list:embargo}}\n---\nlist: embargo\ntitle: "
       "Countries\nvalues: [CU, Iran, UK]\n"},
      {"TW1218", "select: {a: {«model»: “large”}}"},
      {"TW1218", "select: {a: {«model»: \"large\\u200b\"}}"},
      {"TW1211",
       "select: {a: {«model»|in: list:models}}\n---\nlist: models\ntitle: Models\nvalues: "
       "[\" large\", small]\n"},
      {"TW1219", "select: {a: {model|in: [«large*», small]}}"},
      {"TW1291", "# lint: allow «TW1226»\nwindow: {length: 30d, every: 10m}"},
      {"TW1292", "# lint: allow «TW1242» the title says it\nwindow: 24h"},
      {"TW1293", "# lint: allow «TW0102» it is a key of ours\nwindow: 24h"},
  };
}

/// Takes the marks out, and gives "line:column+length" of what stood between them. `above` lines
/// come before the text.
std::string unmarked(std::string& text, std::ptrdiff_t above) {
  const std::size_t open = text.find(kOpen);
  EXPECT_NE(open, std::string::npos);
  text.erase(open, kOpen.size());
  const std::size_t close = text.find(kClose, open);
  EXPECT_NE(close, std::string::npos);
  text.erase(close, kClose.size());
  const auto line = std::count(text.begin(), text.begin() + static_cast<long>(open), '\n');
  const std::size_t start = open == 0 ? 0 : text.rfind('\n', open - 1) + 1;
  return std::to_string(1 + above + line) + ":" +
         std::to_string(1 + count_code_points(text.substr(start, open - start))) + "+" +
         std::to_string(count_code_points(text.substr(open, close - open)));
}

TEST(LintCodes, EachHasAPolicyThatGivesItAtTheRightWords) {
  std::set<std::string> tried;
  for (const Row& row : rows()) {
    SCOPED_TRACE(std::string(row.code) + "\n" + row.text);
    const bool whole = row.text.starts_with("policy:") || row.text.starts_with("«policy»:");
    std::string text = row.text;
    const std::string place = unmarked(text, whole ? 0 : 1);
    if (!whole) text = lint_sample(text);
    const std::string base = row.base.empty() ? "" : lint_sample(row.base);
    const std::vector<Diagnostic> found = lint_text(text, row.sources, base);
    EXPECT_THAT(places_of(found), testing::ElementsAre(std::string(row.code) + " " + place))
        << testing::PrintToString(lines_of(found));
    for (const Diagnostic& d : found) {
      EXPECT_FALSE(d.hint.empty());
      EXPECT_EQ(d.level == DiagnosticLevel::kError, d.code.starts_with("TW11"));
    }
    tried.insert(row.code);
  }
  for (const DiagnosticCode& code : lint_codes()) {
    EXPECT_TRUE(tried.contains(std::string(code.code))) << code.code << " has no row";
  }
}

constexpr const char* kSharedExemption =
    "---\nexemption: lab\npolicies: [\"*\"]\nwhere: {organization: lab-1}\nuntil: 2026-12-31\n"
    "approved_by: legal\nreason: MSA-114\n";

// An exemption of a document has no item in the policy.
TEST(LintCodes, ExemptionsOfDocumentsAreLookedAt) {
  EXPECT_THAT(places_of(lint_text(lint_sample() + kSharedExemption)), testing::IsEmpty());
  std::string all = kSharedExemption;
  all.replace(all.find("organization: lab-1"), 19, "requests|gte: 0");
  const std::vector<Diagnostic> found = lint_text(lint_sample() + all);
  ASSERT_EQ(found.size(), 1U) << testing::PrintToString(lines_of(found));
  EXPECT_EQ(found.front().code, kExemptsEverything.code);
  EXPECT_THAT(found.front().message, testing::HasSubstr("`lab`"));
}

TEST(LintCodes, AnExemptionUnderALicenseNeedsNoEnd) {
  const std::string policy =
      lint_sample("exempt:\n  - {under: license:x, approved_by: export-control}\n");
  const std::string license =
      "---\nlicense: x\ntitle: X\nauthority: BIS\nnumber: D1\n"
      "parties: [lab-1]\nin_force: [{until: 2046-01-01}]\n";
  for (const Diagnostic& d : lint_text(policy + license)) {
    EXPECT_EQ(d.level, DiagnosticLevel::kWarning) << to_text(d);
  }
}

// What stands behind a long list in one file is linted as well.
TEST(LintCodes, APolicyBehindALongListIsLookedAt) {
  std::string text = "list: many\ntitle: Many\nvalues:\n";
  for (int i = 0; i < 20'000; ++i) text += "  - v" + std::to_string(i) + "\n";
  text += "---\n" + lint_sample("select: {a: {model|in: list:many}}\nreport_when: n >= 0\n");
  const std::vector<Diagnostic> found = lint_text(text);
  EXPECT_THAT(lines_of(found), testing::Contains(testing::HasSubstr("TW1103")));
}

TEST(LintCodes, AFormerVersionThatDoesNotLoadIsAnError) {
  const std::vector<Diagnostic> found =
      lint_text(lint_sample("report_when: n > 200"), {}, lint_sample("severity: mediumm"));
  ASSERT_EQ(found.size(), 1U) << testing::PrintToString(lines_of(found));
  EXPECT_EQ(found.front().level, DiagnosticLevel::kError);
  EXPECT_EQ(found.front().span.file, "base/a.yaml");
  EXPECT_THAT(found.front().message, testing::StartsWith("the former version does not load: "));
}

// What lint must not say: each of these is right as it stands.
TEST(LintCodes, SilentWhereNothingIsWrong) {
  const std::vector<std::string> fine = {
      "select: {a: {organization: ORG-1}}",
      "select: {a: {model|re: \"^gpt\"}, b: {model|re: \"\\\\.*x\"}}\ncondition: a or b",
      "select: {mine: {organization: our-own}}\ncondition: not mine",
      "select:\n  slow: default(duration, 0s) > 90s",
      "measure: {busiest: max(requests), usual: \"quantile(0.5, requests)\"}\n"
      "report_when: usual > 100 and busiest > 20 * usual",
      "measure: {t: sum(output_tokens), n: count()}\nreport_when: t / n > 1500 and n > 10",
      "measure: {accounts: distinct(account)}\nfor_each: client.network\nreport_when: accounts >= "
      "6",
      "select: {a: {region|startswith: eu}, b: {region|startswith: us}}\ncondition: 1 of them",
      "severity: high\nrespond: [{case: access}, {propose: suspend}]",
      "select: {tor: {client.anonymizer: tor}}\nreport_when: n >= 1",
      "measure: {t: sum(output_tokens), d: \"deviation(t, own, 28d)\"}\n"
      "report_when: default(d, 0) > 3.5 and t > 5M",
      "measure: {t: sum(output_tokens), n: count(), per: t / n, share: \"top_share(model, 1)\"}\n"
      "report_when: per > 1500 and share > 0.9",
      "report_when: if(n > 50, n > 90, n > 40)",
      "measure: {t: sum(output_tokens), n: count()}\n"
      "report_when: n > 100 and if(t > 5M, n > 200, n > 300)",
      "select:\n  a: if(requests > 5, output_tokens > 9, output_tokens > 7)",
      "measure: {t: \"sum(if(requests > 5, output_tokens, 0))\"}\nreport_when: t > 5M",
  };
  for (const std::string& fragment : fine) {
    EXPECT_THAT(lines_of(lint_text(lint_sample(fragment))), testing::IsEmpty()) << fragment;
  }
}

// What a synced list holds is not known here: its sample says nothing of whom it has.
TEST(LintCodes, ASampleIsNoListThatLacksSomething) {
  const std::string screen =
      "reads: account\nscreen: {fields: [name], lists: [csl], score: 0.9, kind: person, "
      "corroborate: {score: 0.8, any: [country]}}\n---\nlist: csl\ntitle: Parties\n";
  const std::string parties = "[{value: Acme Trading, kind: organisation, weak_aliases: [A]}]\n";
  EXPECT_THAT(lines_of(lint_text(lint_sample(screen + "synced: csl\nsample: " + parties))),
              testing::IsEmpty());
  EXPECT_THAT(lines_of(lint_text(lint_sample(screen + "values: " + parties))), testing::SizeIs(3));
}

TEST(LintCodes, AFixtureIsToldByItsLine) {
  const auto found = lint_text(
      lint_sample("tests:\n  - {name: quiet, given: fixtures/torn.jsonl, expect: [{findings: 0}]}\n"
                  "  - {name: loud, given: fixtures/loud.jsonl, expect: [{findings: 1}]}\n"));
  ASSERT_EQ(found.size(), 1U) << testing::PrintToString(lines_of(found));
  EXPECT_EQ(found[0].code, "TW1108");
  EXPECT_THAT(found[0].message,
              testing::StartsWith("line 3 of `fixtures/torn.jsonl`: not a record"));
}

TEST(LintCodes, SaysHowManyCountriesOfAListAreInLowerCase) {
  const auto found = lint_text(
      lint_sample("select: {a: {client.country|in: list:embargoed}}\n---\nlist: embargoed\n"
                  "title: Countries\nvalues: [kp, sy, CU]\n"));
  ASSERT_EQ(found.size(), 1U) << testing::PrintToString(lines_of(found));
  EXPECT_THAT(found[0].message,
              testing::AllOf(testing::HasSubstr("has `kp`, which is compared by case"),
                             testing::HasSubstr("(and 1 more like it)")));
}

// Each of these can never fire, and is told by an error.
TEST(LintCodes, FindsWhatCanNeverFire) {
  for (const char* fragment : {
           "select:\n  a: {client.address|cidr: 10.0.0.0/8}\n"
           "  b: {client.address|cidr: 192.168.0.0/16}\ncondition: a and b",
           "select: {a: {client.address|cidr: 10.0.0.0/8, client.address: 192.0.2.1}}",
           "select: {a: {model|startswith: ab, model: \"xb*\"}}",
           "select: {a: {model|endswith: ab, model: \"*xc\"}}",
           "in_force: [{from: 2026-01-01}]\nselect: {a: {time|lt: 2020-01-01}}",
           "measure: {n: count(), f: count() where http_status >= 400, r: f / n}\n"
           "report_when: r > 1",
           "measure: {n: count(), f: count() where http_status >= 400}\nreport_when: f / n > 1",
           "report_when: n > 0 and 1 / 0 == 1",
           "measure: {t: sum(output_tokens), u: t / 0}\nreport_when: u > 3",
       }) {
    std::set<std::string> codes;
    for (const Diagnostic& d : lint_text(lint_sample(fragment))) {
      if (d.level == DiagnosticLevel::kError) codes.insert(d.code);
    }
    EXPECT_EQ(codes.size(), 1U) << fragment << testing::PrintToString(codes);
    EXPECT_TRUE(codes.contains("TW1101") || codes.contains("TW1102")) << fragment;
  }
}

std::set<std::string> codes_of(const std::string& fragment) {
  std::set<std::string> codes;
  for (const Diagnostic& d : lint_text(lint_sample(fragment))) codes.insert(d.code);
  return codes;
}

// Where a field is missing the other alternative is unknown: without these a finding is lost.
TEST(LintCodes, AnAlternativeForMissingDataAddsSomething) {
  for (const char* selection :
       {"[{client.country|exists: false}, {client.country|neq: US}]",
        "[{client.country: null}, {client.country|neq: US}]",
        "not exists(client.anonymizer) or client.anonymizer != 'tor'",
        "client.anonymizer == 'tor' or not exists(client.anonymizer)",
        "not exists(end_user) or end_user == account",
        "not exists(http_status) or not (http_status >= 400)",
        "output_tokens >= 10 or not exists(output_tokens) and model == 'x'"}) {
    EXPECT_THAT(codes_of(std::string("select:\n  a: ") + selection + "\n"),
                testing::Not(testing::Contains("TW1204")))
        << selection;
  }
  // The quotient has no value where nothing went in: then it covers nothing.
  EXPECT_THAT(codes_of("measure: {n: count(), o: sum(output_tokens), i: sum(input_tokens)}\n"
                       "report_when: o / i >= 0 or n > 5"),
              testing::Not(testing::Contains("TW1204")));
}

TEST(LintCodes, AConditionNamesThePartThatIsNeverTrue) {
  const auto told = [](const std::string& fragment) {
    for (const Diagnostic& d : lint_text(lint_sample(fragment))) {
      if (d.code == "TW1102") return std::to_string(d.span.column) + ": " + d.message;
    }
    return std::string("nothing");
  };
  EXPECT_EQ(told("select: {a: {model: x}, b: weekday(time) == 0}\ncondition: a and b"),
            "28: no record can meet the condition: `(weekday(time) == 0)` is never true");
  EXPECT_EQ(told("select: {a: {model: x}, b: {model: y}}\ncondition: a and b"),
            "12: no record can meet the condition");
}

// That a record is one of the steps is what such a policy adds by itself: nobody wrote it.
TEST(LintCodes, WhatAPolicyOfStepsAddsIsNotTold) {
  EXPECT_THAT(codes_of("reads: audit\nselect: {made: {action: key.create}, rotated: {action: "
                       "key.rotate}, svc: {actor.type: service}}\n"
                       "condition: (made or rotated) and not svc\n"
                       "absent: {select: rotated, after: made, for: 30d}"),
              testing::Not(testing::Contains("TW1204")));
}

// Formulas that name an earlier one twice: each more would double the time.
TEST(LintCodes, FormulasOverFormulasAreLookedAtOnce) {
  for (const char* formula : {"m# + m#", "if(m# > 1, m#, m#)"}) {
    std::string fragment = "window: 1h\nmeasure:\n  m0: count()\n";
    for (int i = 1; i < 63; ++i) {
      std::string text = formula;
      for (std::size_t at = text.find('#'); at != std::string::npos; at = text.find('#')) {
        text.replace(at, 1, std::to_string(i - 1));
      }
      fragment += "  m" + std::to_string(i) + ": \"" + text + "\"\n";
    }
    for (const char* last :
         {"  d: deviation(m62, own, 30d)\nreport_when: d > 3", "report_when: m62 > 1"}) {
      EXPECT_THAT(codes_of(fragment + last), testing::Not(testing::Contains("TW0201"))) << formula;
    }
  }
}

// Each of these can fire, near as it is to what cannot; the first also when its sum has a value.
TEST(LintCodes, AccusesNothingThatCanFire) {
  for (const char* fragment : {
           "report_when: 9223372036854775807 + n > 0",
           "select: {a: {client.address|cidr: 10.0.0.0/8}, b: {client.address|cidr: 10.1.0.0/16}}\n"
           "condition: a and b",
           "select: {a: {model|startswith: ab, model: \"a*b\"}}",
           "select: {a: {model|startswith: ab, model: \"a?b*\"}}",
           "in_force: [{from: 2019-01-01}]\nselect: {a: {time|lt: 2020-01-01}}",
           "measure: {n: count(), f: count() where http_status >= 400, r: f / n}\n"
           "report_when: r > 0.9",
           "measure: {n: count() where http_status >= 400, f: count(), r: f / n}\n"
           "report_when: r > 1",
           "report_when: n > 5 and default(1 / 0, 3) == 3",
       }) {
    for (const Diagnostic& d : lint_text(lint_sample(fragment))) {
      EXPECT_NE(d.level, DiagnosticLevel::kError) << fragment << "\n" << to_text(d);
    }
  }
}

TEST(LintCodes, ASubjectHasOneValueOfItsOwnField) {
  const auto found = lint_text(lint_sample("measure: {a: distinct(account)}\nreport_when: a > 1"));
  EXPECT_THAT(places_of(found), testing::ElementsAre("TW1101 3:14+5"));
}

// A policy about single records has neither measures nor a threshold of its writer's.
TEST(LintCodes, SilentAboutSingleRecords) {
  const std::string policy =
      "policy: single\nversion: 1\ntitle: A request through an anonymiser\nstatus: active\n"
      "owner: trust-and-safety\ndescription: Each request is a finding.\n"
      "basis: [{terms: \"section 2\"}]\nkind: access\nseverity: low\n"
      "false_positives: [journalists]\nselect: {tor: {client.anonymizer: tor}}\n" +
      std::string(kTwoTests);
  const std::vector<SourceSupply> hourly = {
      source({id("account"), id("client.anonymizer")}, kHour, kDay)};
  EXPECT_THAT(lines_of(lint_text(policy, hourly)), testing::IsEmpty());
}

TEST(LintCodes, ASourceThatDoesNotSayWhatItGivesSilencesTheFieldCheck) {
  const std::string text = lint_sample("select: {a: {operation: chat}}");
  std::vector<SourceSupply> sources = {source({id("account")}), source({})};
  sources[1].fields.reset();
  EXPECT_THAT(lines_of(lint_text(text, sources)), testing::IsEmpty());
}

// In the file in which the test stands, and not in that of the policy.
TEST(LintCodes, TestsBesideAPolicyAreLookedAt) {
  const std::string beside =
      "tests: sample\ncases:\n"
      "  - {name: quiet, given: f.jsonl, expect: [{findings: 0}]}\n"
      "  - {name: late, given: f.jsonl, expect: [{findings: 0}]}\n";
  const std::vector<PolicyText> texts = {{"policies/a.yaml", lint_sample()},
                                         {"policies/t.yaml", beside}};
  const auto diagnostics = lint_policies({texts, kLintDay}).diagnostics;
  ASSERT_EQ(diagnostics.size(), 1U);
  EXPECT_EQ(diagnostics[0].code, "TW1263");
  EXPECT_EQ(diagnostics[0].span.file, "policies/t.yaml");
  EXPECT_EQ(diagnostics[0].span.line, 3);
}

TEST(LintCodes, TheRestOfASetIsReadAndNotToldOf) {
  const std::vector<PolicyText> one = {
      {"p/a.yaml", lint_sample("select: {a: {model|in: list:large}}\n")}};
  const std::vector<PolicyText> rest = {
      {"p/l.yaml", "list: large\ntitle: L\nvalues: [a]\n---\nlist: idle\ntitle: I\nvalues: [a]\n"},
      {"p/b.yaml", "policy: broken\n"}};
  const auto alone = lint_policies({one, kLintDay}).diagnostics;
  ASSERT_EQ(alone.size(), 1U);
  EXPECT_EQ(alone[0].code, "TW0622");
  const LoadOutcome together = lint_policies({one, kLintDay, {}, {}, rest});
  EXPECT_TRUE(together.diagnostics.empty()) << to_text(together.diagnostics.front());
  ASSERT_EQ(together.set.policies.size(), 1U);
}

TEST(LintCodes, AreSortedByFileAndPlaceAndToldOnce) {
  const std::vector<PolicyText> texts = {
      {"policies/b.yaml", lint_sample("severity: high\nselect: {a: {model|re: x}}\nmeasure:\n"
                                      "  n: count() where a\n  m: count() where a\n")},
      {"policies/c.yaml", "policy: c\n"},
  };
  const auto found = lint_policies({texts, kLintDay}).diagnostics;
  ASSERT_GE(found.size(), 3U);
  EXPECT_TRUE(std::ranges::is_sorted(found, [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.span.file, a.span.line, a.span.column) <
           std::tie(b.span.file, b.span.line, b.span.column);
  }));
  EXPECT_EQ(std::ranges::count(found, "TW1208", &Diagnostic::code), 1);
}

}  // namespace
}  // namespace tidewaiter
