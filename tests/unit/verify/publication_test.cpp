// What the verifier says of publications that were written by somebody who skips the rules. The
// signed text is written out here as docs/ledger-format.md §9 has it.

#include "storage/ledger/publication.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/verify/small_ledger.h"

namespace tidewaiter {
namespace {

using nlohmann::json;
using test::must;
using testing::HasSubstr;

constexpr const char* kOrigin = "publication.example/ledger";
const std::string kNone(64, '0');
const std::string kBundle(64, 'a');
const std::string kSet(64, 'b');
const UtcTime kNow{1'790'000'000'000'000};

struct Key {
  std::string name;
  SigningKey key = must(SigningKey::generate());
  [[nodiscard]] std::string verifier() const {
    return format_verifier_key({name, key.public_key()});
  }
};

class PublicationVerifyTest : public testing::Test {
 protected:
  [[nodiscard]] std::string text(int version, const std::string& bundle,
                                 const std::string& previous) const {
    return std::string("tidewaiter.policy-set/v1\n") + kOrigin + "\nversion " +
           std::to_string(version) + "\nbundle " + bundle + "\nset " + kSet + "\nprevious " +
           previous + "\n";
  }
  [[nodiscard]] std::string note(const std::string& signed_text,
                                 const std::vector<const Key*>& keys) const {
    std::string all;
    for (const Key* key : keys) {
      const std::string one = must(sign_note(signed_text, key->name, key->key));
      all += all.empty() ? one : one.substr(one.find("\n\n") + 2);
    }
    return all;
  }
  [[nodiscard]] json first() const {
    return {{"version", 1},
            {"bundle", kBundle},
            {"set", kSet},
            {"title", "First"},
            {"policies", 1},
            {"signers", {ada_.verifier(), bo_.verifier()}},
            {"note", note(text(1, kBundle, "none"), {&ada_, &bo_})}};
  }
  /// The verdict over a ledger with these events.
  [[nodiscard]] VerifyReport verdict(const std::vector<LedgerEvent>& events) const {
    const test::ScratchFolder folder;
    const LedgerPaths paths{folder / "ledger.db", folder / "lock.db", folder / "ledger.key",
                            folder / "vault.db"};
    must(Ledger::create(paths, kOrigin, kNow));
    std::string key;
    {
      auto ledger = must(Ledger::open(paths, Ledger::Mode::kReadWrite));
      key = ledger->verifier_key();
      LedgerCommit commit;
      commit.events = events;
      must(ledger->commit(commit, kNow));
      must(ledger->sign(kNow));
    }
    return verify_ledger({paths.database, paths.lock, key});
  }
  void expect_problem(const std::vector<LedgerEvent>& events, VerifyFailure failure,
                      std::int64_t index, const std::string& words) const {
    const VerifyReport report = verdict(events);
    ASSERT_EQ(report.problems.size(), 1U) << words;
    EXPECT_EQ(report.problems[0].failure, failure) << report.problems[0].message;
    EXPECT_EQ(report.problems[0].index, index);
    EXPECT_THAT(report.problems[0].message, HasSubstr(words));
  }
  [[nodiscard]] static LedgerEvent published(const json& fields) {
    return {"policy_set.published", fields.dump()};
  }
  [[nodiscard]] static LedgerEvent activated(const json& fields) {
    return {"policy.published", fields.dump()};
  }

  Key ada_{"ada"};
  Key bo_{"bo"};
};

TEST_F(PublicationVerifyTest, AcceptsTwoPublicationsAndAnActivation) {
  const std::string second(64, 'c');
  json next = first();
  next.update({{"version", 2},
               {"bundle", second},
               {"previous", kBundle},
               {"note", note(text(2, second, kBundle), {&ada_, &bo_})}});
  const VerifyReport report =
      verdict({published(first()), published(next),
               activated({{"set", kSet}, {"bundle", second}, {"published_only", true}})});
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
}

TEST_F(PublicationVerifyTest, RefusesSignaturesThatAreNotThoseOfTwo) {
  json one = first();
  one["note"] = note(text(1, kBundle, "none"), {&ada_});
  expect_problem({published(one)}, VerifyFailure::kSignature, 1, "expected two signatures, got 1");
  json twice = first();
  twice["signers"] = {ada_.verifier(), ada_.verifier()};
  expect_problem({published(twice)}, VerifyFailure::kSignature, 1, "`ada` signed twice");
  json other = first();
  const Key cy{"cy"};
  other["note"] = note(text(1, kBundle, "none"), {&ada_, &cy});
  expect_problem({published(other)}, VerifyFailure::kSignature, 1, "expected signatures of");
  json false_name = first();
  const Key forged{"bo"};
  false_name["note"] = note(text(1, kBundle, "none"), {&ada_, &forged});
  expect_problem({published(false_name)}, VerifyFailure::kSignature, 1, "expected signatures of");
  // One key under two names is one person.
  const Key again{"bo", must(SigningKey::from_seed(ada_.key.seed()))};
  json same_key = first();
  same_key["signers"] = {ada_.verifier(), again.verifier()};
  same_key["note"] = note(text(1, kBundle, "none"), {&ada_, &again});
  expect_problem({published(same_key)}, VerifyFailure::kSignature, 1, "signed twice");
}

TEST_F(PublicationVerifyTest, RefusesWhatWasNotSigned) {
  for (const auto& [name, value] : {std::pair<const char*, json>{"bundle", std::string(64, 'd')},
                                    {"set", std::string(64, 'e')}}) {
    json changed = first();
    changed[name] = value;
    expect_problem({published(changed)}, VerifyFailure::kSignature, 1,
                   "what was signed is not this publication");
  }
}

TEST_F(PublicationVerifyTest, RefusesWhatIsNoPublication) {
  for (const char* name : {"version", "bundle", "set", "title", "policies", "signers", "note"}) {
    json lacking = first();
    lacking.erase(name);
    expect_problem({published(lacking)}, VerifyFailure::kEntry, 1, "a publication needs");
  }
  json upper = first();
  upper["bundle"] = std::string(64, 'A');
  expect_problem({published(upper)}, VerifyFailure::kEntry, 1, "64 hexadecimal digits");
  // A member that is there and says nothing is not one that is absent.
  json mistyped = first();
  mistyped["previous"] = "none";
  expect_problem({published(mistyped)}, VerifyFailure::kEntry, 1, "`previous`, 64 hexadecimal");
}

TEST_F(PublicationVerifyTest, RefusesABreakInTheChain) {
  expect_problem({published(first()), published(first())}, VerifyFailure::kEntry, 2,
                 "does not follow the publication before it, number 1");
  json third = first();
  third.update({{"version", 3},
                {"bundle", std::string(64, 'c')},
                {"previous", kBundle},
                {"note", note(text(3, std::string(64, 'c'), kBundle), {&ada_, &bo_})}});
  expect_problem({published(first()), published(third)}, VerifyFailure::kEntry, 2,
                 "does not follow");
}

TEST_F(PublicationVerifyTest, HoldsActivationsAgainstPublications) {
  expect_problem({activated({{"set", kSet}, {"published_only", true}})}, VerifyFailure::kEntry, 1,
                 "names no bundle");
  expect_problem({activated({{"set", kSet}, {"bundle", kBundle}}), published(first())},
                 VerifyFailure::kEntry, 1, "was not published before it");
  expect_problem({published(first()), activated({{"set", kNone}, {"bundle", kBundle}})},
                 VerifyFailure::kEntry, 2, "is not that of its bundle");
  EXPECT_TRUE(verdict({activated({{"set", kSet}})}).ok());
}

}  // namespace
}  // namespace tidewaiter
