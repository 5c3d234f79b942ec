// The proofs of single entries in the derived vectors, which another program made.
#include <gtest/gtest.h>

#include "storage/verify/proof.h"
#include "tests/unit/verify/shared_vectors.h"

namespace tidewaiter {
namespace {

using nlohmann::json;
using test::read_json;
using test::shared_vectors;

TEST(ProofVectors, HoldForTheirOwnEntryAlone) {
  TIDEWAITER_NEEDS_VECTORS();
  const json vectors = read_json(shared_vectors() / "derived/ledger-v1.json");
  const VerifierKey key = parse_verifier_key(vectors["vkeys"][0].get<std::string>()).value();
  const json& entries = vectors["entries"];
  EXPECT_EQ(vectors["tlog_proofs"].size(), 5U);
  for (const json& one : vectors["tlog_proofs"]) {
    const auto index = one["index"].get<std::size_t>();
    const auto proof = one["proof"].get<std::string>();
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const ProofReport report =
          verify_entry_proof(proof, entries[i]["bytes_utf8"].get<std::string>(), key);
      EXPECT_EQ(proof_exit_code(report), i == index ? 0 : 13) << proof_text(report);
      EXPECT_EQ(report.head.size, 5);
    }
  }
}

}  // namespace
}  // namespace tidewaiter
