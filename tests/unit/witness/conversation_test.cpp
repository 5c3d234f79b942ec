// The conversation with a witness that another project tests its own with (see the README of the
// vectors), and the request of the derived ledger.
#include <gtest/gtest.h>

#include "storage/witness/witness_store.h"
#include "tests/unit/temporary_folder.h"
#include "tests/unit/verify/shared_vectors.h"

namespace tidewaiter {
namespace {

using nlohmann::json;
using test::read_json;
using test::shared_vectors;

TEST(WitnessConversation, HasTheAnswersOfAnotherWitness) {
  TIDEWAITER_NEEDS_VECTORS();
  const json talk = read_json(shared_vectors() / "c2sp-examples/witness-add-checkpoint.json");
  const TemporaryFolder folder;
  ASSERT_TRUE(WitnessStore::create(folder.path() / "w", "example.com/witness"));
  WitnessStore witness = WitnessStore::open(folder.path() / "w").value();
  ASSERT_TRUE(witness.add_log(parse_verifier_key(talk["log_vkey"].get<std::string>()).value()));
  int run = 0;
  for (const json& step : talk["requests"]) {
    const WitnessAnswer answer = witness.answer(step["body"].get<std::string>(), 1).value();
    const bool unknown = step["assert_"] == "body contains \"unknown log\"";
    // Older than v1.0.0 of the protocol, which has 404 there.
    EXPECT_EQ(answer.status, unknown ? 404 : step["status"].get<int>()) << step["name"];
    const std::string expected = step["assert_"];
    const std::string text = json::parse(expected.substr(expected.find('"'))).get<std::string>();
    if (expected.starts_with("body ==")) {
      EXPECT_EQ(answer.body, text) << step["name"];
      EXPECT_EQ(answer.content_type, "text/x.tlog.size");
    } else {
      EXPECT_NE(answer.body.find(text), std::string::npos) << step["name"] << answer.body;
    }
    ++run;
  }
  EXPECT_EQ(run, 9);
}

TEST(WitnessConversation, TakesTheDerivedRequestFromItsOldHeadOn) {
  TIDEWAITER_NEEDS_VECTORS();
  const json derived = read_json(shared_vectors() / "derived/ledger-v1.json");
  const TemporaryFolder folder;
  ASSERT_TRUE(WitnessStore::create(folder.path() / "w", "witness.example.net/w1"));
  WitnessStore witness = WitnessStore::open(folder.path() / "w").value();
  ASSERT_TRUE(witness.add_log(parse_verifier_key(derived["vkeys"][0].get<std::string>()).value()));
  const std::string request = derived["add_checkpoint_request"];
  const WitnessAnswer early = witness.answer(request, 1).value();
  EXPECT_EQ(early.status, 409);
  EXPECT_EQ(early.body, "0\n");
  EXPECT_EQ(witness.answer(format_add_checkpoint({0, {}, derived["old_checkpoint_size3"]}), 1)
                .value()
                .status,
            200);
  EXPECT_EQ(witness.answer(request, 1).value().status, 200);
  EXPECT_EQ(format_add_checkpoint(parse_add_checkpoint(request).value()), request);
}

}  // namespace
}  // namespace tidewaiter
