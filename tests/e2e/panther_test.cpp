// OpenAI's audit events as Panther labels them, judged by policies that were written from the
// descriptions of Panther's rules (panther/openai.yaml).
//
// Not judged: the five tests of OpenAI.BruteForce.Login.Success.Group. They come without events:
// what they state are outputs of other rules in a notation that only Panther's code reads.

#include <algorithm>
#include <cctype>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "policies/engine/evaluation.h"
#include "policies/language/load.h"
#include "tests/e2e/trace_run.h"

namespace tidewaiter {
namespace {

using nlohmann::json;

constexpr const char* kEvents = "data/rules/panther/tests.jsonl.zst";

struct Labelled {
  std::string rule;  ///< the policy's id
  std::string name;
  bool expected = false;
  json event;
};

std::vector<Labelled> labelled_events() {
  std::vector<Labelled> all;
  std::istringstream lines(read_trace(shared_file(kEvents)));
  for (std::string line; std::getline(lines, line);) {
    const json test = json::parse(line);
    Labelled one;
    one.rule = test.at("rule_id").get<std::string>();
    if (!one.rule.starts_with("OpenAI.") || test.at("log").is_null()) continue;
    std::ranges::transform(one.rule, one.rule.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    one.name = test.at("test").get<std::string>();
    one.expected = test.at("expected").get<bool>();
    one.event = test.at("log");
    all.push_back(std::move(one));
  }
  return all;
}

void set_text(Record& record, const char* name, const json& value) {
  if (value.is_string()) set_value(record, *find_field(name), value.get<std::string>());
}

json member(const json& object, const std::string& pointer) {
  return object.value(json::json_pointer(pointer), json());
}

/// What the event says was given: scopes of a key, the role in the id of an assignment.
std::vector<std::string> privileges_of(const json& event) {
  std::string details = event.at("type").get<std::string>();
  std::ranges::replace(details, '.', '_');
  const json scopes = member(event, "/" + details + "/data/scopes");
  if (scopes.is_array()) return scopes.get<std::vector<std::string>>();
  const json id = member(event, "/" + details + "/id");
  if (details.starts_with("role_assignment") && id.is_string()) return {id.get<std::string>()};
  return {};
}

Record record_of(const json& event) {
  Record record;
  record.kind = RecordKind::kAudit;
  record.source = "openai";
  record.id = sha256(event.at("id").get<std::string>());
  record.time = UtcTime{event.at("effective_at").get<std::int64_t>() * kSecond.us};
  set_text(record, "action", event.at("type"));
  for (const char* who : {"/actor/session/user/id", "/actor/api_key/service_account/id",
                          "/actor/api_key/user/id", "/actor/api_key/id"}) {
    if (field_value(record, *find_field("actor.id")) == Value()) {
      set_text(record, "actor.id", member(event, who));
    }
  }
  set_text(record, "client.country", member(event, "/actor/session/ip_address_details/country"));
  set_text(record, "user_agent", member(event, "/actor/session/user_agent"));
  const std::vector<std::string> privileges = privileges_of(event);
  if (!privileges.empty()) set_value(record, *find_field("privileges"), privileges);
  return record;
}

class PantherTest : public testing::Test {
 protected:
  void SetUp() override {
    if (shared_file(kEvents).empty()) GTEST_SKIP() << "no shared data: " << kEvents;
    const std::string file = TIDEWAITER_SOURCE_DIR "/tests/e2e/panther/openai.yaml";
    const std::vector<PolicyText> texts{{file, read_trace(file)}};
    LoadOutcome outcome = load_policies(texts, parse_time("2026-01-01").value());
    for (const Diagnostic& diagnostic : outcome.diagnostics) {
      EXPECT_NE(diagnostic.level, DiagnosticLevel::kError) << to_text(diagnostic);
    }
    for (Policy& policy : outcome.set.policies) {
      policy.status = PolicyStatus::kActive;
      policies_.emplace(policy.id, std::move(policy));
    }
  }

  /// What one policy says of one event: how many records it selects, and findings.
  struct Verdict {
    std::int64_t selected = 0;
    std::int64_t findings = 0;
  };
  Verdict judge(const Policy& policy, const Record& record, EngineKind engine) const {
    auto evaluation = make_evaluation(engine, "log");
    std::vector<Step> steps;
    EXPECT_TRUE(evaluation->activate(active_alone(policy), 1, nothing_before(), steps));
    LogEntry entry;
    entry.seq = 2;
    entry.body = record;
    evaluation->apply(std::span(&entry, 1), steps);
    const auto findings = std::ranges::count(steps, StepKind::kOpened, &Step::kind);
    return {evaluation->coverage().at(0).records_selected, findings};
  }

  std::map<std::string, Policy> policies_;
};

TEST_F(PantherTest, EachEventIsJudgedAsItIsLabelled) {
  std::map<bool, int> labels;
  for (const Labelled& labelled : labelled_events()) {
    SCOPED_TRACE(labelled.rule + ": " + labelled.name);
    const auto policy = policies_.find(labelled.rule);
    ASSERT_NE(policy, policies_.end());
    const Record record = record_of(labelled.event);
    // Panther labels what its rule selects, before its threshold: five of them for this one.
    const bool has_threshold = labelled.rule == "openai.credentialstuffing";
    for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
      const Verdict verdict = judge(policy->second, record, engine);
      EXPECT_EQ(verdict.selected, labelled.expected ? 1 : 0);
      EXPECT_EQ(verdict.findings, labelled.expected && !has_threshold ? 1 : 0);
    }
    ++labels[labelled.expected];
  }
  EXPECT_EQ(labels[true], 19);
  EXPECT_EQ(labels[false], 14);
}

}  // namespace
}  // namespace tidewaiter
