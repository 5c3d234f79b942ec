// A trust policy as the verifier's root of trust: databases, folders of tiles and proofs whose
// checkpoints two witnesses cosign, one of them, or nobody.
#include "storage/verify/witness_check.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "policies/model/base64.h"
#include "storage/ledger/log_export.h"
#include "storage/verify/proof.h"
#include "storage/verify/report.h"
#include "storage/verify/tile_log.h"
#include "tests/unit/verify/small_ledger.h"
#include "tests/unit/verify/tampering.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

using test::all_problems;
using test::must;
using test::SmallLedger;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::int64_t kCosignedAt = 1'790'000'600;  // 2026-09-21T14:23:20Z

class WitnessedLog : public testing::Test {
 protected:
  static void SetUpTestSuite() { small_ = new SmallLedger(); }
  static void TearDownTestSuite() {
    delete small_;
    small_ = nullptr;
  }

  struct TestWitness {
    std::string name;
    SigningKey key = must(SigningKey::generate());
    [[nodiscard]] WitnessKey public_half() const { return {name, key.public_key()}; }
  };

  [[nodiscard]] std::string policy_text(const std::string& quorum) const {
    return "log " + small_->verifier_key() + "\nwitness a " + format_witness_key(a_.public_half()) +
           "\nwitness b " + format_witness_key(b_.public_half()) + "\ngroup both all a b\nquorum " +
           quorum + "\n";
  }
  [[nodiscard]] TrustPolicy policy(const std::string& quorum) const {
    return must(parse_trust_policy(policy_text(quorum)));
  }

  static std::string cosigned(const std::string& note, const TestWitness& by) {
    const SignedNote parsed = must(parse_signed_note(note));
    const NoteSignature line = must(cosign(parsed.text, kCosignedAt, by.name, by.key));
    return note + format_signature_lines(std::span(&line, 1));
  }
  [[nodiscard]] std::string head() const { return must(ledger_->signed_head())->note; }

  [[nodiscard]] std::string proof_under(const std::string& note) const {
    std::string text = std::string(kProofHeader) + "index 3\n";
    for (const Digest& hash : must(ledger_->inclusion_proof(3, SmallLedger::kSigned))) {
      text += to_base64(hash.bytes, Base64::kStandard) + "\n";
    }
    return text + "\n" + note;
  }
  [[nodiscard]] ProofReport verify_proof(const std::string& note, const TrustPolicy& by) const {
    return verify_entry_proof(proof_under(note), must(ledger_->entry(3)), by);
  }

  [[nodiscard]] VerifyReport verify_database(const std::string& note, const std::string& quorum,
                                             bool all_signed = false) {
    std::ofstream(folder_ / "witnessed", std::ios::binary) << note;
    VerifyInput input = small_->input();
    input.policy = policy(quorum);
    input.witnessed = folder_ / "witnessed";
    input.all_signed = all_signed;
    return verify_ledger(input);
  }

  static SmallLedger* small_;
  std::unique_ptr<Ledger> ledger_ = must(Ledger::open(small_->paths(), Ledger::Mode::kReadOnly));
  test::ScratchFolder folder_;
  TestWitness a_{"witness.example.net/a"};
  TestWitness b_{"witness.example.net/b"};
};
SmallLedger* WitnessedLog::small_ = nullptr;

TEST_F(WitnessedLog, ProofHoldsWithItsQuorumAlone) {
  const std::string both = cosigned(cosigned(head(), a_), b_);
  const ProofReport holds = verify_proof(both, policy("both"));
  EXPECT_FALSE(holds.problem) << proof_text(holds);
  EXPECT_THAT(proof_text(holds),
              HasSubstr("  witness: witness.example.net/a at "
                        "2026-09-21T14:23:20Z\n  witness: witness.example.net/b"));
  EXPECT_EQ(proof_exit_code(verify_proof(cosigned(head(), a_), policy("a"))), 0);
  EXPECT_EQ(proof_exit_code(verify_proof(head(), policy("none"))), 0);
  EXPECT_EQ(proof_exit_code(verify_proof(cosigned(head(), a_), policy("b"))), 19);
  const ProofReport lacks = verify_proof(cosigned(head(), b_), policy("both"));
  EXPECT_EQ(proof_exit_code(lacks), 19);
  EXPECT_THAT(proof_text(lacks),
              AllOf(StartsWith("The entry is in the log, whose checkpoint is NOT witnessed as the "
                               "policy asks.\n"),
                    HasSubstr("1 of 2 known witnesses cosigned it: witness.example.net/b")));
  EXPECT_EQ(nlohmann::json::parse(proof_json(lacks))["verdict"], "not_witnessed");
}

TEST_F(WitnessedLog, ProofNeedsItsLogInThePolicy) {
  const SmallLedger other;
  TrustPolicy strange = policy("none");
  strange.logs = {{must(parse_verifier_key(other.verifier_key())), ""}};
  EXPECT_EQ(proof_exit_code(verify_proof(head(), strange)), 15);
  // One of two logs is enough, as long as it is the one whose origin the checkpoint has.
  strange.logs.push_back({must(parse_verifier_key(small_->verifier_key())), ""});
  EXPECT_EQ(proof_exit_code(verify_proof(head(), strange)), 0);
}

// Another log of the policy must not vouch for this one.
TEST_F(WitnessedLog, ProofIsNotVouchedForByAnotherLog) {
  const SigningKey other = must(SigningKey::generate());
  TrustPolicy two = policy("none");
  two.logs.push_back({{"ledger.example.org/other", other.public_key()}, ""});
  const std::string text = must(parse_signed_note(head())).text;
  const std::string note = must(sign_note(text, "ledger.example.org/other", other));
  EXPECT_EQ(proof_exit_code(verify_proof(note, two)), 14);
}

TEST_F(WitnessedLog, ABadCosignatureIsNotLeftAside) {
  std::string note = cosigned(cosigned(head(), a_), b_);
  SignedNote parsed = must(parse_signed_note(note));
  parsed.signatures.back().bytes.back() ^= 1;
  note = format_signed_note(parsed);
  EXPECT_EQ(proof_exit_code(verify_proof(note, policy("a"))), 15);
  EXPECT_EQ(verify_exit_code(verify_database(note, "a")), 15);
}

TEST_F(WitnessedLog, FolderHoldsWithItsQuorumAlone) {
  must(export_log(*ledger_, folder_ / "log", [](std::int64_t, std::int64_t) {}));
  const auto verify_under = [this](const std::string& note, const std::string& quorum) {
    std::ofstream(folder_ / "log/checkpoint", std::ios::binary) << note;
    return verify_tile_log(folder_ / "log", "", policy(quorum));
  };
  const VerifyReport holds = verify_under(cosigned(cosigned(head(), a_), b_), "both");
  EXPECT_TRUE(holds.ok()) << verdict_text(holds);
  EXPECT_EQ(holds.witnessed->size, SmallLedger::kSigned);
  EXPECT_EQ(verdict_of(holds), Verdict::kHolds);
  const VerifyReport lacks = verify_under(cosigned(head(), a_), "both");
  EXPECT_EQ(verify_exit_code(lacks), 19);
  EXPECT_THAT(verdict_text(lacks), StartsWith("The ledger is NOT witnessed as the policy asks.\n"));
  EXPECT_EQ(nlohmann::json::parse(verdict_json(lacks))["verdict"], "not_witnessed");
  EXPECT_TRUE(verify_under(head(), "none").ok());
  // A quorum that is missing is the verdict only where all else holds.
  fs::create_directory(folder_ / "log/timestamps");
  std::ofstream(folder_ / "log/timestamps/99.20261127T000000Z.tsr") << "no token";
  const VerifyReport worse = verify_under(cosigned(head(), a_), "both");
  EXPECT_THAT(all_problems(worse), AllOf(HasSubstr("quorum"), HasSubstr("timestamp")));
  EXPECT_EQ(verdict_of(worse), Verdict::kFails);
  EXPECT_EQ(verify_exit_code(worse), 20);
  fs::remove_all(folder_ / "log/timestamps");
  // Without a policy cosignatures are those of strangers.
  EXPECT_TRUE(verify_under(cosigned(head(), a_), "none").ok());
  EXPECT_TRUE(verify_tile_log(folder_ / "log", small_->verifier_key()).ok());
}

TEST_F(WitnessedLog, DatabaseHoldsAsFarAsItIsWitnessed) {
  const VerifyReport last = verify_database(cosigned(cosigned(head(), a_), b_), "both");
  EXPECT_TRUE(last.ok()) << verdict_text(last);
  EXPECT_THAT(verdict_text(last),
              AllOf(StartsWith("The witnessed part holds (14 of 15 entries).\n"),
                    HasSubstr("of which signed 14, witnessed 14\n")));
  EXPECT_EQ(verify_exit_code(verify_database(cosigned(cosigned(head(), a_), b_), "both", true)),
            18);

  SQLite::Database database(small_->paths().database.string(), SQLite::OPEN_READONLY);
  const std::string early =
      database.execAndGet("SELECT note FROM checkpoint WHERE size = 5").getString();
  const VerifyReport behind = verify_database(cosigned(early, a_), "a");
  EXPECT_EQ(behind.witnessed->size, 5);
  EXPECT_THAT(verdict_text(behind), StartsWith("The witnessed part holds (5 of 15 entries).\n"));
  EXPECT_EQ(nlohmann::json::parse(verdict_json(behind))["witnessed_size"], 5);
}

TEST_F(WitnessedLog, DatabaseWithoutAQuorumIsNotWitnessed) {
  EXPECT_EQ(verify_exit_code(verify_database(cosigned(head(), b_), "both")), 19);
  EXPECT_EQ(verify_exit_code(verify_database("", "both")), 14);
  VerifyInput input = small_->input();
  input.policy = policy("a");
  EXPECT_THAT(all_problems(verify_ledger(input)),
              StartsWith("quorum -1: the policy asks for witnesses"));
  input.witnessed = folder_ / "nowhere";
  EXPECT_EQ(verify_exit_code(verify_ledger(input)), 19);
  input.policy = policy("none");
  EXPECT_EQ(verify_exit_code(verify_ledger(input)), 0);
}

// What the witnesses saw and the database no longer has: an older copy, without any lock store.
TEST_F(WitnessedLog, AnOlderDatabaseContradictsItsWitnesses) {
  std::ofstream(folder_ / "witnessed", std::ios::binary) << cosigned(head(), a_);
  VerifyInput input = small_->input();
  input.database = small_->older_database();
  input.lock.reset();
  input.policy = policy("a");
  input.witnessed = folder_ / "witnessed";
  const VerifyReport report = verify_ledger(input);
  EXPECT_EQ(verify_exit_code(report), 14);
  EXPECT_THAT(all_problems(report), HasSubstr("covers more than the 5 entries: the tail was cut"));
}

TEST_F(WitnessedLog, ThePolicyNamesTheLogsKey) {
  const SmallLedger other;
  VerifyInput input = small_->input();
  input.policy = policy("none");
  input.policy->logs = {{must(parse_verifier_key(other.verifier_key())), ""}};
  EXPECT_EQ(verify_exit_code(verify_ledger(input)), 15);
  input.policy->logs.push_back({must(parse_verifier_key(small_->verifier_key())), ""});
  EXPECT_EQ(verify_exit_code(verify_ledger(input)), 0);
}

}  // namespace
}  // namespace tidewaiter
