#include "daemon/lsp/language_server.h"

#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/language/sample_policy.h"
#include "tests/unit/lsp/lsp_client.h"

namespace tidewaiter {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kPolicy =
    "policy: a\n"                                                     // 0
    "version: 1\n"                                                    // 1
    "title: T\n"                                                      // 2
    "status: active\n"                                                // 3
    "basis: [{control: rule}]\n"                                      // 4
    "kind: access\n"                                                  // 5
    "severity: low\n"                                                 // 6
    "false_positives: [none]\n"                                       // 7
    "select:\n"                                                       // 8
    "  large: {model|startswith: large}\n"                            // 9
    "  failed: {http_status|gte: 400}\n"                              // 10
    "condition: large or failed\n"                                    // 11
    "window: 24h\n"                                                   // 12
    "measure:\n"                                                      // 13
    "  tokens: sum(output_tokens) where failed\n"                     // 14
    "report_when: tokens > abs(5)\n"                                  // 15
    "tests: [{name: x, given: a.jsonl, expect: [{findings: 0}]}]\n";  // 16

/// Those that keep a policy from being loaded; warnings are left out.
json errors_among(const json& diagnostics) {
  json errors = json::array();
  for (const json& one : diagnostics) {
    if (one["severity"] == 1) errors.push_back(one);
  }
  return errors;
}

TEST(LanguageServer, TellsWhatItCanDo) {
  LspClient client;
  const int id = client.start();
  client.stop();
  EXPECT_EQ(client.run(), 0);
  const json capabilities = client.result(id)["capabilities"];
  EXPECT_EQ(capabilities["textDocumentSync"]["change"], 2);
  EXPECT_EQ(capabilities["hoverProvider"], true);
  EXPECT_EQ(capabilities["definitionProvider"], true);
  EXPECT_EQ(capabilities["documentFormattingProvider"], true);
  EXPECT_EQ(capabilities["documentSymbolProvider"], true);
  EXPECT_EQ(capabilities["codeActionProvider"]["codeActionKinds"], json::array({"quickfix"}));
}

TEST(LanguageServer, TellsDiagnosticsWhenADocumentIsOpenedAndChanged) {
  LspClient client;
  client.start();
  client.open(kPolicy);
  const auto change = [&](const json& what, int version) {
    client.notify("textDocument/didChange",
                  {{"textDocument", {{"uri", LspClient::kUri}, {"version", version}}},
                   {"contentChanges", {what}}});
  };
  // "kind: access" becomes "kind: acces".
  change(
      {{"range",
        {{"start", {{"line", 5}, {"character", 11}}}, {"end", {{"line", 5}, {"character", 12}}}}},
       {"text", ""}},
      2);
  change({{"text", kPolicy}}, 3);
  client.stop();
  client.run();
  const auto all = client.published();
  ASSERT_EQ(all.size(), 3U);
  // It has no owner and no description, and no test that expects a finding.
  std::set<std::string> warned;
  for (const json& one : all[0]["diagnostics"]) {
    EXPECT_EQ(one["severity"], 2);
    warned.insert(one["code"]);
  }
  EXPECT_EQ(warned, (std::set<std::string>{"TW1241", "TW1242", "TW1261"}));
  EXPECT_EQ(all[1]["version"], 2);
  const json errors = errors_among(all[1]["diagnostics"]);
  ASSERT_EQ(errors.size(), 1U);
  const json diagnostic = errors[0];
  EXPECT_EQ(diagnostic["code"], "TW0105");
  EXPECT_EQ(diagnostic["severity"], 1);
  EXPECT_THAT(diagnostic["message"].get<std::string>(), HasSubstr("did you mean `access`?"));
  EXPECT_EQ(diagnostic["range"]["start"], (json{{"line", 5}, {"character", 6}}));
  EXPECT_EQ(diagnostic["range"]["end"], (json{{"line", 5}, {"character", 11}}));
  EXPECT_EQ(all[2]["diagnostics"], all[0]["diagnostics"]);
}

// U+1F30A takes two UTF-16 code units, ü one; both are one character to a person.
// The editor has another text from then on: what would be said of the old one would be untrue.
TEST(LanguageServer, AChangeThatCannotBeReadEndsTheDocument) {
  LspClient client;
  client.start();
  client.open(kPolicy);
  client.notify("textDocument/didChange",
                {{"textDocument", {{"uri", LspClient::kUri}, {"version", 2}}},
                 {"contentChanges", {{{"range", {{"start", {{"line", 5}}}}}, {"text", "x"}}}}});
  const int hover = client.at("hover", 5, 2);
  client.stop();
  EXPECT_EQ(client.run(), 0);
  const auto all = client.published();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1]["diagnostics"], json::array());
  EXPECT_FALSE(all[1].contains("version"));
  EXPECT_EQ(client.result(hover), nullptr);
}

TEST(LanguageServer, CountsInUtf16CodeUnits) {
  LspClient client;
  client.start();
  client.open("policy: a\nowner: [\"🌊ü\", 3, {x: 1}]\n");
  client.stop();
  client.run();
  const auto all = client.published();
  ASSERT_EQ(all.size(), 1U);
  bool found = false;
  for (const json& one : all[0]["diagnostics"]) {
    if (one["range"]["start"]["line"] != 1) continue;
    found = true;
    EXPECT_EQ(one["range"]["start"]["character"], 7) << one;
  }
  EXPECT_TRUE(found);

  LspClient other;
  other.start();
  other.open("policy: a\nbasis: [{terms: \"🌊ü\", law2: x}]\n");
  other.stop();
  other.run();
  found = false;
  const auto told = other.published();
  for (const json& one : told.at(0)["diagnostics"]) {
    if (one["code"] != "TW0102") continue;
    found = true;
    // basis: [{terms: "🌊ü", law2 – by hand: 16 before the quote, 1 + 2 + 1 + 1 for the text, 2.
    EXPECT_EQ(one["range"]["start"]["character"], 23);
    EXPECT_EQ(one["range"]["end"]["character"], 27);
  }
  EXPECT_TRUE(found);
}

TEST(LanguageServer, ReadsADocumentTogetherWithTheFilesAroundIt) {
  LspClient client;
  client.start();
  client.open(kPolicy);
  client.stop();
  client.run({{"/policies/Z.yaml", kPolicy}});  // before a.yaml: it is read first
  const auto all = client.published();
  const json errors = errors_among(all.at(0)["diagnostics"]);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0]["code"], "TW0110");
}

TEST(LanguageServer, ClosingTakesDiagnosticsAway) {
  LspClient client;
  client.start();
  client.open("policy: a\n");
  client.notify("textDocument/didClose", {{"textDocument", {{"uri", LspClient::kUri}}}});
  const int gone = client.at("hover", 0, 0);
  client.stop();
  client.run();
  ASSERT_EQ(client.published().size(), 2U);
  EXPECT_FALSE(client.published()[0]["diagnostics"].empty());
  EXPECT_TRUE(client.published()[1]["diagnostics"].empty());
  EXPECT_EQ(client.answer(gone)["error"]["code"], -32602);
}

std::string hover(int line, int character) {
  LspClient client;
  client.start();
  client.open(kPolicy);
  const int id = client.at("hover", line, character);
  client.stop();
  client.run();
  const json result = client.result(id);
  return result.is_null() ? "" : result["contents"]["value"].get<std::string>();
}

TEST(LanguageServer, HoverExplainsTheWord) {
  EXPECT_THAT(hover(4, 2), HasSubstr("On what the policy rests"));          // basis
  EXPECT_THAT(hover(4, 10), HasSubstr("A control that the organisation"));  // control
  EXPECT_THAT(hover(5, 8), HasSubstr("where, or by whom"));                 // access
  EXPECT_THAT(hover(9, 12), HasSubstr("gen_ai.request.model"));             // model
  EXPECT_THAT(hover(9, 20), HasSubstr("begins with the value"));            // startswith
  EXPECT_THAT(hover(14, 11), HasSubstr("The sum of numbers"));              // sum
  EXPECT_THAT(hover(14, 20), HasSubstr("gen_ai.usage.output_tokens"));      // output_tokens
  EXPECT_THAT(hover(14, 20), HasSubstr("int64, tokens"));
  EXPECT_THAT(hover(14, 37), HasSubstr("failed: {http_status|gte: 400}"));       // failed
  EXPECT_THAT(hover(15, 14), HasSubstr("tokens: sum(output_tokens)"));           // tokens
  EXPECT_THAT(hover(15, 23), HasSubstr("without its sign"));                     // abs
  EXPECT_THAT(hover(16, 36), HasSubstr("findings that the records must give"));  // expect
  EXPECT_EQ(hover(2, 7), "");                                                    // the title's text
}

std::set<std::string> complete(const std::string& text, int line, int character) {
  LspClient client;
  client.start();
  client.open(kPolicy);
  client.notify("textDocument/didChange",
                {{"textDocument", {{"uri", LspClient::kUri}, {"version", 2}}},
                 {"contentChanges", json::array({json{{"text", text}}})}});
  const int id = client.at("completion", line, character);
  client.stop();
  client.run();
  std::set<std::string> labels;
  const json result = client.result(id);
  for (const json& item : result["items"]) labels.insert(item["label"]);
  return labels;
}

TEST(LanguageServer, CompletionKnowsTheLevel) {
  using testing::AllOf;
  using testing::Contains;
  using testing::IsEmpty;
  using testing::IsSupersetOf;
  using testing::Not;
  const std::string base(kPolicy);
  EXPECT_THAT(complete(base + "exe", 17, 3),
              AllOf(Contains("exempt"), Not(Contains("approved_by"))));
  EXPECT_THAT(
      complete(base + "exempt:\n  - ap", 18, 6),
      testing::UnorderedElementsAre("where", "under", "from", "until", "approved_by", "reason"));
  EXPECT_THAT(complete(base + "window: {len", 17, 12), Contains("wait_for_late"));
  EXPECT_THAT(complete(base + "severity: ", 17, 10),
              testing::UnorderedElementsAre("low", "medium", "high", "critical"));
  EXPECT_THAT(complete(base + "for_each: [acc", 17, 14),
              AllOf(Contains("account"), Not(Contains("legal_name"))));
  EXPECT_THAT(complete(base + "for_each:\n  - acc", 18, 7), Contains("account"));
  EXPECT_THAT(complete(base + "select:\n  x: {mod", 18, 9), Contains("model"));
  EXPECT_THAT(complete(base + "select:\n  x:\n    model|st", 19, 12),
              AllOf(IsSupersetOf({"startswith", "re", "in"}), Not(Contains("model"))));
  EXPECT_THAT(complete(base + "condition: la", 17, 13),
              AllOf(IsSupersetOf({"large", "failed", "and"}), Not(Contains("tokens"))));
  EXPECT_THAT(complete(base + "measure:\n  n: co", 18, 7),
              IsSupersetOf({"count", "sum", "output_tokens", "failed"}));
  EXPECT_THAT(complete(base + "report_when: to", 17, 15),
              AllOf(IsSupersetOf({"tokens", "if", "and"}), Not(Contains("large"))));
  EXPECT_THAT(complete(base + "owner: x  # sev", 17, 15), IsEmpty());
  EXPECT_THAT(complete(base + "description: |\n  sev", 18, 5), IsEmpty());
}

TEST(LanguageServer, CompletionKnowsTheDocumentsBesidePolicies) {
  using testing::AllOf;
  using testing::Contains;
  using testing::IsSupersetOf;
  using testing::Not;
  // What may be the first key, in an empty file and behind `---`.
  const auto first =
      IsSupersetOf({"policy", "list", "linkage", "exemption", "license", "pack", "tests", "title"});
  EXPECT_THAT(complete("", 0, 0), AllOf(first, Not(Contains("severity"))));
  EXPECT_THAT(complete("list: a\ntitle: A\nvalues: [x]\n---\n", 4, 0), first);
  const auto top = [](const std::string& head) { return complete(head + "\n", 1, 0); };
  EXPECT_THAT(top("list: a"), AllOf(IsSupersetOf({"title", "values", "type", "source", "in_force"}),
                                    Not(Contains("severity"))));
  EXPECT_THAT(top("license: a"), AllOf(IsSupersetOf({"number", "authority", "parties", "limits"}),
                                       Not(Contains("measure"))));
  EXPECT_THAT(top("exemption: a"), AllOf(IsSupersetOf({"policies", "where", "until", "under"}),
                                         Not(Contains("severity"))));
  EXPECT_THAT(top("pack: a"), AllOf(Contains("includes"), Not(Contains("severity"))));
  EXPECT_THAT(top("linkage: a"), AllOf(Contains("links"), Not(Contains("severity"))));
  EXPECT_THAT(top("tests: a"), AllOf(Contains("cases"), Not(Contains("severity"))));
  // Below the first level.
  EXPECT_THAT(complete("list: a\nvalues:\n  - {va", 2, 7),
              AllOf(IsSupersetOf({"value", "until", "reason"}), Not(Contains("title"))));
  EXPECT_THAT(
      complete("linkage: a\nlinks: [{fi", 1, 11),
      testing::UnorderedElementsAre("field", "at_most", "weight", "except", "over", "window",
                                    "decay", "lockstep", "target", "at_least", "percent"));
  EXPECT_THAT(complete("list: a\ntype: s", 1, 7), IsSupersetOf({"string", "ip", "money"}));
  EXPECT_THAT(complete("exemption: a\nwhere: {organ", 1, 13), Contains("organization"));
  EXPECT_THAT(complete("license: a\nparties:\n  organ", 2, 7), Contains("organization"));
}

TEST(LanguageServer, HoverExplainsKeysOfDocumentsBesidePolicies) {
  LspClient client;
  client.start();
  client.open("list: far\ntitle: Far\ntype: string\nvalues: [KP]\n---\npolicy: a\n");
  const int first = client.at("hover", 0, 1);
  const int key = client.at("hover", 2, 1);
  const int policy = client.at("hover", 5, 2);
  client.stop();
  client.run();
  EXPECT_THAT(client.result(first)["contents"]["value"], HasSubstr("`list:NAME`"));
  EXPECT_THAT(client.result(key)["contents"]["value"],
              testing::AllOf(HasSubstr("What the values are"), HasSubstr("`money`")));
  EXPECT_THAT(client.result(policy)["contents"]["value"], HasSubstr("The policy's id"));
}

constexpr const char* kShapes =
    "policy: a\n"                                                     // 0
    "select:\n"                                                       // 1
    "  bulk: {model: m}\n"                                            // 2
    "  quiet: {client.country|country_group: far}\n"                  // 3
    "sequence: {within: 24h, steps: [bulk, quiet], without: bulk}\n"  // 4
    "absent: {select: quiet, after: bulk, for: 30d}\n"                // 5
    "screen: {fields: [name], lists: [far], score: 0.9}\n"            // 6
    "ownership: {of: [list:far], share: '>= 50%'}\n"                  // 7
    "exempt:\n"                                                       // 8
    "  - under: license:bis\n"                                        // 9
    "---\n"                                                           // 10
    "list: far\n"                                                     // 11
    "title: Far countries\n"                                          // 12
    "values: [KP]\n"                                                  // 13
    "---\n"                                                           // 14
    "license: bis\n"                                                  // 15
    "title: The laboratory\n";                                        // 16

TEST(LanguageServer, CompletionKnowsNamesInShapes) {
  using testing::UnorderedElementsAre;
  const auto at = [](int line, int character) { return complete(kShapes, line, character); };
  const auto selections = UnorderedElementsAre("bulk", "quiet");
  EXPECT_THAT(at(4, 32), selections);
  EXPECT_THAT(at(4, 38), selections);
  EXPECT_THAT(at(4, 55), selections);
  EXPECT_THAT(at(5, 17), selections);
  EXPECT_THAT(at(5, 31), selections);
  EXPECT_THAT(at(6, 33), UnorderedElementsAre("far"));
  EXPECT_THAT(at(7, 22), UnorderedElementsAre("far"));
  EXPECT_THAT(at(3, 40), UnorderedElementsAre("far"));
  EXPECT_THAT(at(9, 19), UnorderedElementsAre("bis"));
}

TEST(LanguageServer, DefinitionAndHoverKnowNamesInShapes) {
  LspClient client;
  client.start();
  client.open(kShapes);
  const int step = client.at("definition", 4, 39);
  const int awaited = client.at("definition", 5, 18);
  const int screened = client.at("definition", 6, 34);
  const int owner = client.at("definition", 7, 24);
  const int told = client.at("hover", 4, 33);
  const int list = client.at("hover", 6, 34);
  client.stop();
  client.run();
  EXPECT_EQ(client.result(step)["range"]["start"], (json{{"line", 3}, {"character", 2}}));
  EXPECT_EQ(client.result(awaited)["range"]["start"], (json{{"line", 3}, {"character", 2}}));
  EXPECT_EQ(client.result(screened)["range"]["start"], (json{{"line", 11}, {"character", 6}}));
  EXPECT_EQ(client.result(owner)["range"]["start"], (json{{"line", 11}, {"character", 6}}));
  EXPECT_THAT(client.result(told)["contents"]["value"], HasSubstr("A selection"));
  EXPECT_THAT(client.result(list)["contents"]["value"], HasSubstr("Far countries"));
}

// Lint refuses it there (TW0643): no record is judged.
TEST(LanguageServer, NoLicenseIsOfferedWhereNoRecordIsJudged) {
  const std::string base(kPolicy);
  EXPECT_THAT(complete(base + "report_when: to", 17, 15),
              testing::Not(testing::Contains("licensed")));
  EXPECT_THAT(complete(base + "select:\n  x: li", 18, 7), testing::Contains("licensed"));
}

TEST(LanguageServer, OutlinesDocuments) {
  LspClient client;
  client.start();
  client.open(std::string(kPolicy) + "---\nlist: far\ntitle: F\nvalues: [KP]\n");
  const int id =
      client.request("textDocument/documentSymbol", {{"textDocument", {{"uri", LspClient::kUri}}}});
  client.stop();
  client.run();
  const json outline = client.result(id);
  ASSERT_EQ(outline.size(), 2U);
  EXPECT_EQ(outline[0]["name"], "a");
  EXPECT_EQ(outline[0]["detail"], "policy");
  EXPECT_EQ(outline[0]["range"]["start"], (json{{"line", 0}, {"character", 0}}));
  std::vector<std::string> children;
  for (const json& child : outline[0]["children"]) {
    children.push_back(child["detail"].get<std::string>() + " " + child["name"].get<std::string>());
  }
  EXPECT_THAT(children, testing::ElementsAre("selection large", "selection failed",
                                             "measure tokens", "test x"));
  EXPECT_EQ(outline[0]["children"][2]["selectionRange"]["start"],
            (json{{"line", 14}, {"character", 2}}));
  EXPECT_EQ(outline[1]["name"], "far");
  EXPECT_EQ(outline[1]["range"]["start"], (json{{"line", 18}, {"character", 0}}));
  EXPECT_EQ(outline[1]["range"]["end"], (json{{"line", 21}, {"character", 0}}));
}

// A key that is misspelt, as `policy lint --fix` mends it.
TEST(LanguageServer, OffersTheFixesOfLint) {
  std::string text = kPolicy;
  text.replace(text.find("severity:"), 9, "severty:");
  LspClient client;
  client.start();
  client.open(text);
  const auto ask = [&client](int line) {
    return client.request("textDocument/codeAction",
                          {{"textDocument", {{"uri", LspClient::kUri}}},
                           {"range",
                            {{"start", {{"line", line}, {"character", 0}}},
                             {"end", {{"line", line}, {"character", 3}}}}},
                           {"context", {{"diagnostics", json::array()}}}});
  };
  const int there = ask(6);
  const int elsewhere = ask(2);
  const int broken =
      client.request("textDocument/codeAction", {{"textDocument", {{"uri", LspClient::kUri}}}});
  client.stop();
  client.run();
  ASSERT_EQ(client.result(there).size(), 1U);
  const json action = client.result(there)[0];
  EXPECT_EQ(action["kind"], "quickfix");
  EXPECT_EQ(action["diagnostics"][0]["code"], "TW0102");
  const json edit = action["edit"]["changes"][LspClient::kUri][0];
  EXPECT_EQ(edit["newText"], "severity");
  EXPECT_EQ(edit["range"]["start"], (json{{"line", 6}, {"character", 0}}));
  EXPECT_EQ(edit["range"]["end"], (json{{"line", 6}, {"character", 7}}));
  EXPECT_EQ(client.result(elsewhere), json::array());
  EXPECT_EQ(client.answer(broken)["error"]["code"], -32602);
}

TEST(LanguageServer, HoldsPoliciesAgainstTheirSources) {
  SourceSupply supply;
  supply.name = "gateway";
  supply.fields = std::set<FieldId>{*find_field("account"), *find_field("output_tokens"),
                                    *find_field("http_status")};
  const auto codes = [&](const std::vector<SourceSupply>& sources) {
    LspClient client;
    client.start();
    client.open(kPolicy);
    client.stop();
    client.run({}, sources);
    std::set<std::string> all;
    const auto told = client.published();
    for (const json& one : told.at(0)["diagnostics"]) all.insert(one["code"]);
    return all;
  };
  EXPECT_THAT(codes({supply}), testing::Contains("TW1221"));  // `model`
  EXPECT_THAT(codes({}), testing::Not(testing::Contains("TW1221")));
}

TEST(LanguageServer, KnowsTheListsAndLicensesOfTheSet) {
  using testing::ElementsAre;
  const std::vector<PolicyText> around = {
      {"/policies/licenses.yaml",
       "license: bis-2\ntitle: The laboratory in Oslo\n---\nlicense: bis-1\ntitle: Bergen\n"},
      {"/policies/lists.yaml", "list: large\ntitle: Large models\nvalues: [large-2]\n"}};
  LspClient client;
  client.start();
  client.open(std::string(kPolicy) +
              "---\n"                                              // 17
              "list: far\n"                                        // 18
              "title: Far countries\n"                             // 19
              "values: [KP]\n"                                     // 20
              "---\n"                                              // 21
              "policy: b\n"                                        // 22
              "select:\n"                                          // 23
              "  a: licensed(bis-2) or licensed( license:bis )\n"  // 24
              "  b: {model|in: [list:large, x]}\n"                 // 25
              "  c: unlicensed(bis-2)  # list:\n");                // 26
  const auto labels = [&](int id) {
    std::vector<std::string> all;
    const json result = client.result(id);
    for (const json& item : result["items"]) all.push_back(item["label"]);
    return all;
  };
  const int license = client.at("completion", 24, 16);
  const int prefixed = client.at("completion", 24, 45);
  const int list = client.at("completion", 25, 26);
  const int other_call = client.at("completion", 26, 16);
  const int comment = client.at("completion", 26, 31);
  const int known = client.at("hover", 24, 16);
  const int function = client.at("hover", 24, 8);
  const int own = client.at("hover", 25, 24);
  const int unknown = client.at("hover", 24, 44);
  client.stop();
  client.run(around);
  EXPECT_THAT(labels(license), ElementsAre("bis-1", "bis-2"));
  EXPECT_THAT(labels(prefixed), ElementsAre("bis-1", "bis-2"));
  EXPECT_THAT(labels(list), ElementsAre("far", "large"));
  EXPECT_THAT(labels(other_call), testing::Not(testing::Contains("bis-1")));
  EXPECT_THAT(labels(comment), testing::IsEmpty());
  EXPECT_THAT(client.result(known)["contents"]["value"], HasSubstr("The laboratory in Oslo"));
  EXPECT_EQ(client.result(known)["range"]["start"]["character"], 14);
  EXPECT_EQ(client.result(known)["range"]["end"]["character"], 19);
  EXPECT_THAT(client.result(function)["contents"]["value"], HasSubstr("licensed(name)"));
  EXPECT_THAT(client.result(own)["contents"]["value"], HasSubstr("Large models"));
  EXPECT_TRUE(client.result(unknown).is_null());
}

TEST(LanguageServer, DefinitionLeadsToTheName) {
  LspClient client;
  client.start();
  client.open(kPolicy);
  const int selection = client.at("definition", 11, 20);  // failed, in the condition
  const int measure = client.at("definition", 15, 15);    // tokens, in report_when
  const int nothing = client.at("definition", 2, 7);
  client.stop();
  client.run();
  EXPECT_EQ(client.result(selection)["range"]["start"], (json{{"line", 10}, {"character", 2}}));
  EXPECT_EQ(client.result(selection)["range"]["end"], (json{{"line", 10}, {"character", 8}}));
  EXPECT_EQ(client.result(measure)["range"]["start"], (json{{"line", 14}, {"character", 2}}));
  EXPECT_TRUE(client.result(nothing).is_null());
}

TEST(LanguageServer, DefinitionLeadsToAListInAnotherFile) {
  const std::vector<PolicyText> around = {
      {"/work/lists of all/models.yaml", "title: T\n---\nlist: large\ntitle: L\nvalues: [x]\n"}};
  LspClient client;
  client.start();
  client.open(
      "policy: b\n"                            // 0
      "select: {a: {model|in: list:large}}\n"  // 1
      "---\n"                                  // 2
      "license: bis\n"                         // 3
      "---\n"                                  // 4
      "policy: c\n"                            // 5
      "condition: licensed(bis)\n");           // 6
  const int list = client.at("definition", 1, 31);
  const int license = client.at("definition", 6, 21);
  client.stop();
  client.run(around);
  EXPECT_EQ(client.result(list)["uri"], "file:///work/lists%20of%20all/models.yaml");
  EXPECT_EQ(client.result(list)["range"]["start"], (json{{"line", 2}, {"character", 6}}));
  EXPECT_EQ(client.result(license)["uri"], LspClient::kUri);
  EXPECT_EQ(client.result(license)["range"]["start"], (json{{"line", 3}, {"character", 9}}));
}

TEST(LanguageServer, FormattingLaysOutOrRefuses) {
  LspClient client;
  client.start();
  client.open("title: T\n" + sample_policy());
  const json params = {{"textDocument", {{"uri", LspClient::kUri}}},
                       {"options", {{"tabSize", 4}, {"insertSpaces", true}}}};
  const int refused = client.request("textDocument/formatting", params);
  client.open(sample_policy("window:   24h\nowner: \"team\"\n"));
  const int changed = client.request("textDocument/formatting", params);
  client.stop();
  client.run();
  EXPECT_EQ(client.answer(refused)["error"]["code"], -32803);
  const json edits = client.result(changed);
  ASSERT_EQ(edits.size(), 1U);
  EXPECT_EQ(edits[0]["range"]["start"], (json{{"line", 0}, {"character", 0}}));
  EXPECT_THAT(edits[0]["newText"].get<std::string>(),
              testing::AllOf(HasSubstr("owner: team\n"), HasSubstr("window: 24h\n")));
}

// --- what a client must not do ---

TEST(LanguageServer, MalformedMessagesGetErrorsAndTheNextOneIsServed) {
  LspClient client;
  const int early = client.request("textDocument/hover", json::object());
  client.start();
  client.body("{");
  client.body("[]");
  client.body("7");
  client.body(R"({"jsonrpc":"2.0","id":{},"method":"shutdown"})");
  client.body(R"({"jsonrpc":"2.0","id":"x"})");
  client.body(R"({"jsonrpc":"2.0","method":"textDocument/didOpen","params":[1]})");
  client.body(R"({"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":3}})");
  client.body(R"({"jsonrpc":"2.0","id":77,"result":null})");
  const int unknown = client.request("workspace/symbol", {{"query", ""}});
  const int wrong = client.request("textDocument/hover", {{"textDocument", 5}, {"position", "x"}});
  const int negative = client.at("hover", -1, -1);
  client.stop();
  EXPECT_EQ(client.run(), 0);
  EXPECT_EQ(client.answer(early)["error"]["code"], -32002);
  EXPECT_EQ(client.answer(unknown)["error"]["code"], -32601);
  EXPECT_EQ(client.answer(wrong)["error"]["code"], -32602);
  EXPECT_EQ(client.answer(negative)["error"]["code"], -32602);
  std::vector<int> codes;
  for (const json& one : client.answers()) {
    if (one.contains("error") && one["id"].is_null()) codes.push_back(one["error"]["code"]);
  }
  EXPECT_THAT(codes, testing::ElementsAre(-32700, -32600, -32600, -32600));
}

TEST(LanguageServer, AMessageThatIsTooLargeIsPassedOver) {
  LspClient client;
  client.start();
  client.body(std::string((std::size_t{8} << 20U) + 1, ' '));
  client.stop();
  EXPECT_EQ(client.run(), 0);
  EXPECT_EQ(client.answers().at(1)["error"]["code"], -32600);
}

TEST(LanguageServer, WithoutAHeaderThereIsNoNextMessage) {
  LspClient client;
  client.start();
  client.raw("Content-Type: x\r\n\r\n{}");
  client.stop();
  EXPECT_EQ(client.run(), 1);
  EXPECT_EQ(client.answers().back()["error"]["code"], -32700);
}

TEST(LanguageServer, AnEndWithoutShutdownIsNoSuccess) {
  LspClient client;
  client.start();
  EXPECT_EQ(client.run(), 1);
}

TEST(LanguageServer, AfterShutdownOnlyExitIsServed) {
  LspClient client;
  client.start();
  client.request("shutdown", nullptr);
  const int late = client.request("initialize", json::object());
  client.notify("exit", nullptr);
  EXPECT_EQ(client.run(), 0);
  EXPECT_EQ(client.answer(late)["error"]["code"], -32600);
}

}  // namespace
}  // namespace tidewaiter
