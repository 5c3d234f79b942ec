// Proofs of single entries, written here line by line as C2SP tlog-proof has them.
#include "storage/verify/proof.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "policies/model/base64.h"
#include "tests/unit/verify/small_ledger.h"

namespace tidewaiter {
namespace {

using test::must;
using test::SmallLedger;
using testing::HasSubstr;

std::string with_path(const std::string& head, const std::vector<Digest>& path,
                      const std::string& note) {
  std::string text = head;
  for (const Digest& hash : path) text += to_base64(hash.bytes, Base64::kStandard) + "\n";
  return text + "\n" + note;
}

class EntryProofs : public testing::Test {
 protected:
  static void SetUpTestSuite() { small_ = new SmallLedger(); }
  static void TearDownTestSuite() {
    delete small_;
    small_ = nullptr;
  }

  [[nodiscard]] std::string proof_of(std::int64_t index, const std::string& extra = "") const {
    return with_path("c2sp.org/tlog-proof@v1\n" + extra + "index " + std::to_string(index) + "\n",
                     must(ledger_->inclusion_proof(index, SmallLedger::kSigned)),
                     must(ledger_->signed_head())->note);
  }
  [[nodiscard]] std::string entry(std::int64_t index) const { return must(ledger_->entry(index)); }
  static VerifierKey key() { return must(parse_verifier_key(small_->verifier_key())); }

  static SmallLedger* small_;
  std::unique_ptr<Ledger> ledger_ = must(Ledger::open(small_->paths(), Ledger::Mode::kReadOnly));
};
SmallLedger* EntryProofs::small_ = nullptr;

TEST_F(EntryProofs, HoldForEachEntryAndNoOther) {
  for (std::int64_t i = 0; i < SmallLedger::kSigned; ++i) {
    const ProofReport report = verify_entry_proof(proof_of(i), entry(i), key());
    EXPECT_FALSE(report.problem) << proof_text(report);
    EXPECT_EQ(report.index, i);
    EXPECT_EQ(report.head.size, SmallLedger::kSigned);
    EXPECT_EQ(report.origin, "ledger.example.org/test");
    EXPECT_EQ(proof_exit_code(report), 0);
    const auto other =
        verify_entry_proof(proof_of(i), entry((i + 1) % SmallLedger::kSigned), key());
    EXPECT_EQ(proof_exit_code(other), 13);
  }
}

TEST_F(EntryProofs, NoticeAnyByteThatIsChanged) {
  const std::string proof = proof_of(5);
  for (std::size_t i = 0; i < proof.size(); ++i) {
    std::string other = proof;
    other[i] = static_cast<char>(other[i] ^ 1);
    EXPECT_TRUE(verify_entry_proof(other, entry(5), key()).problem) << "byte " << i;
  }
}

TEST_F(EntryProofs, AreJudgedByTheKeyThatIsGiven) {
  const SmallLedger other;
  const ProofReport report =
      verify_entry_proof(proof_of(3), entry(3), must(parse_verifier_key(other.verifier_key())));
  EXPECT_EQ(proof_exit_code(report), 15);
  EXPECT_EQ(report.origin, "");
  const auto json = nlohmann::json::parse(proof_json(report));
  EXPECT_EQ(json["verdict"], "fails");
  EXPECT_EQ(json["root"], nullptr);
  EXPECT_EQ(json["problems"][0]["failure"], "signature");
}

TEST_F(EntryProofs, MayHaveAnExtraLineThatIsBase64) {
  EXPECT_FALSE(verify_entry_proof(proof_of(3, "extra AAAA\n"), entry(3), key()).problem);
  EXPECT_EQ(proof_exit_code(verify_entry_proof(proof_of(3, "extra A\n"), entry(3), key())), 10);
}

TEST_F(EntryProofs, OfAnotherFormAreRefused) {
  const std::string note = must(ledger_->signed_head())->note;
  const std::string hash(43, 'A');
  for (const std::string& text :
       {std::string(), std::string("c2sp.org/tlog-proof@v1"), "index 3\n\n" + note,
        "c2sp.org/tlog-proof@v2\nindex 3\n\n" + note, "c2sp.org/tlog-proof@v1\nindex 03\n\n" + note,
        "c2sp.org/tlog-proof@v1\nindex -3\n\n" + note,
        "c2sp.org/tlog-proof@v1\nindex 9223372036854775808\n\n" + note,
        "c2sp.org/tlog-proof@v1\nindex 3\nAAAA\n\n" + note,
        "c2sp.org/tlog-proof@v1\nindex 3\n" + hash + "=",
        with_path("c2sp.org/tlog-proof@v1\nindex 3\n", std::vector<Digest>(64), note)}) {
    EXPECT_EQ(proof_exit_code(verify_entry_proof(text, "{}", key())), 10) << text;
  }
}

}  // namespace
}  // namespace tidewaiter
