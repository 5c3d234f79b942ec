// Verbs that tell how far the ledger is witnessed, beside a file that does not hold.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/ledger/cosignature.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Witnessed, ADamagedFileIsToldAndHindersNothing) {
  const SmallSite site;
  site.cycle();
  const std::string key = format_witness_key({"w.example/a", Ed25519PublicKey{}});
  site.write("tidewaiter.yaml",
             "state: state\npolicies: [policies]\n"
             "sources: [{name: gateway, kind: file, record: usage, path: usage.jsonl, "
             "format: jsonl}]\n"
             "ledger: {origin: small.example/ledger, witnesses: [{name: audit, url: "
             "\"http://127.0.0.1:1\", key: \"" +
                 key + "\"}]}\nnotify: {channels: [{name: operations, kind: log}]}\n");
  EXPECT_THAT(site({"status"}).err, Not(HasSubstr("witnesses are asked again")));
  site.write("state/ledger.witnessed", "no signed note\n");
  const std::vector<std::vector<std::string>> verbs = {
      {"status"},
      {"ledger", "head"},
      {"ledger", "export", site.path("export").string()},
      {"ledger", "proof", "0"}};
  for (const auto& verb : verbs) {
    const Answer answer = site(verb);
    EXPECT_EQ(answer.status, 0) << verb.back() << answer.err;
    EXPECT_THAT(answer.err, HasSubstr("ledger.witnessed")) << verb.back();
    EXPECT_THAT(answer.err, HasSubstr("the witnesses are asked again")) << verb.back();
  }
  EXPECT_THAT(site({"status"}).out, HasSubstr("witnessed up to 0\n"));
  EXPECT_TRUE(site({"ledger", "head", "--json"}).json()["witnessed"].is_null());
}

}  // namespace
}  // namespace tidewaiter
