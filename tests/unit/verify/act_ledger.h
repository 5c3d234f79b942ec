#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "storage/ledger/act.h"
#include "storage/verify/verify.h"
#include "tests/unit/verify/small_ledger.h"

namespace tidewaiter {

/// Verifies ledgers with acts at entries 1, 2, ….
class ActVerifyTest : public testing::Test {
 protected:
  static constexpr UtcTime kWhen{1'790'000'000'000'000};
  static constexpr const char* kLogOrigin = "ledger.example.org/acts";

  [[nodiscard]] static LedgerEvent signed_event(const std::string& id, const std::string& by,
                                                const SigningKey& key, ActBody body) {
    Act act;
    act.origin = kLogOrigin;
    act.case_id = id;
    act.by = by;
    act.at = kWhen;
    act.body = std::move(body);
    const SignedAct made = test::must(sign_act(std::move(act), key));
    return {std::string(act_type(made.act)), test::must(act_fields(made)).dump()};
  }
  /// About the case `c-0123456789ab`.
  [[nodiscard]] static LedgerEvent event(const std::string& by, const SigningKey& key,
                                         ActBody body) {
    return signed_event("c-0123456789ab", by, key, std::move(body));
  }
  [[nodiscard]] VerifyReport verdict(const std::vector<LedgerEvent>& events) const {
    const test::ScratchFolder folder;
    const LedgerPaths paths{folder / "ledger.db", folder / "lock.db", folder / "ledger.key",
                            folder / "vault.db"};
    test::must(Ledger::create(paths, kLogOrigin, kWhen));
    {
      auto ledger = test::must(Ledger::open(paths, Ledger::Mode::kReadWrite));
      if (!steps_.empty()) {
        LedgerCommit found;
        found.steps = steps_;
        found.log_id = "records-1";
        found.offset = LogOffset{steps_.back().seq, sha256("offset")};
        test::must(ledger->commit(found, kWhen));
      }
      LedgerCommit commit;
      commit.events = events;
      test::must(ledger->commit(commit, kWhen));
      test::must(ledger->sign(kWhen));
    }
    return verify_ledger({paths.database, paths.lock, {}});
  }
  void expect_problem(const std::vector<LedgerEvent>& events, VerifyFailure failure,
                      std::int64_t index, const std::string& words) const {
    const VerifyReport report = verdict(events);
    ASSERT_EQ(report.problems.size(), 1U) << words;
    EXPECT_EQ(report.problems[0].failure, failure) << report.problems[0].message;
    EXPECT_EQ(report.problems[0].index, index);
    EXPECT_THAT(report.problems[0].message, testing::HasSubstr(words));
  }
  /// The event with its fields changed.
  template <class Change>
  [[nodiscard]] static LedgerEvent changed(LedgerEvent event, Change change) {
    nlohmann::json fields = nlohmann::json::parse(event.fields);
    change(fields);
    event.fields = fields.dump();
    return event;
  }

  std::vector<Step> steps_;  ///< before the acts
  SigningKey ada_ = test::must(SigningKey::generate());
  SigningKey bo_ = test::must(SigningKey::generate());
  LedgerEvent decision_ = event("ada", ada_, Decided{Outcome::kConfirmed, {}});
};

/// Acts about a hold `h` and an erasure `e` of one subject, by entry from 1 on.
class PartyVerifyTest : public ActVerifyTest {
 protected:
  [[nodiscard]] LedgerEvent about(const std::string& id, const std::string& by,
                                  ActBody body) const {
    const bool named = names_party(body);
    LedgerEvent made = signed_event(id, by, by == "ada" ? ada_ : bo_, std::move(body));
    if (!named) return made;
    return changed(std::move(made), [this](nlohmann::json& fields) { fields["party"] = party_; });
  }
  [[nodiscard]] LedgerEvent hold(const std::string& by, ActBody body) const {
    return about("h-0123456789ab", by, std::move(body));
  }
  [[nodiscard]] LedgerEvent erase(const std::string& by, ActBody body) const {
    return about("e-0123456789ab", by, std::move(body));
  }
  [[nodiscard]] static LedgerEvent executed(std::int64_t request) {
    return {"erasure.executed", nlohmann::json{{"case", "e-0123456789ab"},
                                               {"request", request},
                                               {"records", 3},
                                               {"token", "erased-" + std::string(32, '0')}}
                                    .dump()};
  }

  std::string party_ = std::string(64, 'a');
};

/// Ledgers with two findings opened at entries 1 and 2, and acts from entry 3 on.
class SplitVerifyTest : public ActVerifyTest {
 protected:
  [[nodiscard]] static Step opened(std::int64_t seq, char digit) {
    Step step;
    step.seq = seq;
    step.policy = "test.volume";
    step.policy_version = 1;
    step.finding = std::string(32, digit);
    step.subject.fields = {*find_field("account")};
    step.subject.values = {std::string("ann")};
    step.run = {kWhen, kWhen + kHour};
    step.windows = 1;
    return step;
  }
  [[nodiscard]] LedgerEvent about(const std::string& id, ActBody body) const {
    return signed_event(id, "ada", ada_, std::move(body));
  }
  void SetUp() override {
    steps_.push_back(opened(1, '1'));
    steps_.push_back(opened(2, '2'));
  }

  std::string one_ = std::string(32, '1');
  std::string two_ = std::string(32, '2');
  std::string part_ = "p-0123456789ab";
};

}  // namespace tidewaiter
