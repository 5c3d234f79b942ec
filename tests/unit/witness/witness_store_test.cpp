// A witness that honest and dishonest logs ask for cosignatures.
#include "storage/witness/witness_store.h"

#include <filesystem>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/ledger/cosignature.h"
#include "tests/unit/temporary_folder.h"
#include "tests/unit/witness/small_log.h"

namespace tidewaiter {
namespace {

using test::SmallLog;
using testing::HasSubstr;

constexpr std::int64_t kNow = 1'790'000'000;

class Witness : public testing::Test {
 protected:
  Witness() {
    key_ = WitnessStore::create(folder(), "witness.example.net/audit").value();
    EXPECT_TRUE(open().add_log(log_.key()));
  }

  [[nodiscard]] std::filesystem::path folder() const { return temporary_.path() / "witness"; }
  [[nodiscard]] WitnessStore open() const { return WitnessStore::open(folder()).value(); }

  /// By a witness that was started for this request alone: what it knows is on disk.
  [[nodiscard]] WitnessAnswer ask(const std::string& body) const {
    return open().answer(body, kNow).value();
  }
  [[nodiscard]] std::int64_t known_size() const {
    return open().log(log_.key().name).value()->head.size;
  }

  void expect_cosigned(const WitnessAnswer& answer, const std::string& note) const {
    ASSERT_EQ(answer.status, 200) << answer.body;
    const SignedNote cosigned = parse_signed_note(note + answer.body).value();
    const auto found = verify_cosignatures(cosigned, std::span(&key_, 1)).value();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].seconds, kNow);
  }

  TemporaryFolder temporary_;
  SmallLog log_;
  WitnessKey key_;
};

TEST_F(Witness, CosignsEachHeadThatGrowsFromTheLast) {
  std::int64_t last = 0;
  for (const std::int64_t size : {0, 1, 2, 3, 7, 8, 20, 40}) {
    expect_cosigned(ask(log_.request(last, size)), log_.note(size));
    EXPECT_EQ(known_size(), size);
    last = size;
  }
}

TEST_F(Witness, CosignsTheSameHeadAgain) {
  EXPECT_EQ(ask(log_.request(0, 7)).status, 200);
  expect_cosigned(ask(log_.request(7, 7)), log_.note(7));
}

TEST_F(Witness, KeepsTheHeadWithBothSignatures) {
  EXPECT_EQ(ask(log_.request(0, 7)).status, 200);
  const WitnessedLog kept = *open().log(log_.key().name).value();
  EXPECT_EQ(kept.head, log_.head(7));
  EXPECT_TRUE(verify_note(kept.note, std::span(&kept.key, 1)));
  expect_cosigned({200, "", ""}, kept.note);
}

TEST_F(Witness, TellsItsSizeToWhoStartsFromAnother) {
  EXPECT_EQ(ask(log_.request(0, 7)).status, 200);
  for (const std::int64_t old_size : {0, 3, 8}) {
    const WitnessAnswer answer = ask(log_.request(old_size, 9));
    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(answer.content_type, "text/x.tlog.size");
    EXPECT_EQ(answer.body, "7\n");
  }
}

// The whole of an older state, its lock store with it, was put back: the log would sign on from 3.
TEST_F(Witness, RefusesALogThatWasRolledBack) {
  EXPECT_EQ(ask(log_.request(0, 3)).status, 200);
  EXPECT_EQ(ask(log_.request(3, 7)).status, 200);
  log_.change_entry(5);
  for (const std::int64_t size : {4, 6, 7, 9}) {
    const WitnessAnswer answer = ask(log_.request(3, size));
    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(answer.body, "7\n");
  }
  EXPECT_EQ(known_size(), 7);
}

TEST_F(Witness, RefusesALogThatHasForked) {
  EXPECT_EQ(ask(log_.request(0, 7)).status, 200);
  log_.change_entry(5);
  const WitnessAnswer same_size = ask(log_.request(7, 7));
  EXPECT_EQ(same_size.status, 409);
  EXPECT_EQ(same_size.content_type, "text/plain; charset=utf-8");
  EXPECT_THAT(same_size.body, HasSubstr("forked"));
  EXPECT_EQ(ask(log_.request(7, 9)).status, 422);
  EXPECT_EQ(open().log(log_.key().name).value()->head, SmallLog().head(7));
}

TEST_F(Witness, RefusesAReplayOfAnEarlierRequest) {
  const std::string first = log_.request(0, 3);
  EXPECT_EQ(ask(first).status, 200);
  EXPECT_EQ(ask(log_.request(3, 7)).status, 200);
  EXPECT_EQ(ask(first).status, 409);
  EXPECT_EQ(known_size(), 7);
}

TEST_F(Witness, RefusesProofsThatDoNotHold) {
  EXPECT_EQ(ask(log_.request(0, 7)).status, 200);
  const auto with = [this](std::vector<Digest> proof) {
    return ask(format_add_checkpoint({7, std::move(proof), log_.note(20)})).status;
  };
  EXPECT_EQ(with(log_.proof(6, 20)), 422);
  EXPECT_EQ(with(log_.proof(7, 19)), 422);
  EXPECT_EQ(with({}), 422);
  std::vector<Digest> longer = log_.proof(7, 20);
  longer.push_back(longer.back());
  EXPECT_EQ(with(longer), 422);
  for (std::size_t i = 0; i < log_.proof(7, 20).size(); ++i) {
    std::vector<Digest> changed = log_.proof(7, 20);
    changed[i].bytes[0] ^= std::byte{1};
    EXPECT_EQ(with(changed), 422) << i;
  }
  EXPECT_EQ(known_size(), 7);
  EXPECT_EQ(with(log_.proof(7, 20)), 200);
}

TEST_F(Witness, TakesNoProofFromTheEmptyTreeAndToItself) {
  EXPECT_EQ(ask(format_add_checkpoint({0, log_.proof(3, 7), log_.note(7)})).status, 422);
  EXPECT_EQ(ask(log_.request(0, 7)).status, 200);
  EXPECT_EQ(ask(format_add_checkpoint({7, log_.proof(3, 7), log_.note(7)})).status, 422);
}

TEST_F(Witness, KnowsItsLogsByOriginAndKey) {
  EXPECT_EQ(ask(SmallLog("ledger.example.org/other").request(0, 3)).status, 404);
  EXPECT_EQ(ask(SmallLog("ledger.example.org/test", 'x').request(0, 3)).status, 403);
  // Signed by the known log under another origin.
  const SmallLog other("ledger.example.org/second");
  EXPECT_TRUE(open().add_log(other.key()));
  const std::string text = checkpoint_body(log_.key().name, log_.head(3));
  const SigningKey key = SigningKey::from_seed(as_byte_span(std::string(32, 'k'))).value();
  const std::string crossed = sign_note(text, other.key().name, key).value();
  EXPECT_EQ(ask(format_add_checkpoint({0, {}, crossed})).status, 403);
  EXPECT_EQ(known_size(), 0);
}

TEST_F(Witness, LeavesSignaturesOfStrangersAside) {
  const std::string note = log_.note(3);
  const SignedNote stranger = parse_signed_note(SmallLog("stranger.example", 'x').note(3)).value();
  const std::string both = note + format_signature_lines(stranger.signatures);
  EXPECT_EQ(ask(format_add_checkpoint({0, {}, both})).status, 200);
  EXPECT_EQ(parse_signed_note(open().log(log_.key().name).value()->note)->signatures.size(), 2U);
}

TEST_F(Witness, RefusesWhatIsNoRequest) {
  const std::string note = log_.note(3);
  const std::string hash = std::string(43, 'A') + "=\n";
  std::string many;
  for (int i = 0; i < 64; ++i) many += hash;
  for (const std::string& body :
       {std::string(), std::string("old"), std::string("old 0"), std::string("old 0\n"),
        "old 00\n\n" + note, "old -1\n\n" + note, "old +1\n\n" + note, "old 0\r\n\r\n" + note,
        "old 99999999999999999999\n\n" + note, "new 0\n\n" + note, "old 0\n" + note,
        "old 0\nAAAA\n\n" + note, "old 0\n" + many + "\n" + note, "old 0\n\n\n" + note,
        "old 4\n\n" + note, "old 0\n\n" + note.substr(0, note.find("\n\n") + 1),
        "old 0\n\n" + std::string(kMaxAddCheckpointBytes, 'x')}) {
    EXPECT_EQ(ask(body).status, 400) << body.substr(0, 60);
  }
  EXPECT_EQ(known_size(), 0);
}

TEST_F(Witness, TakesASignatureThatCannotBeReadForOneThatDoesNotHold) {
  const std::string note = log_.note(3);
  for (const std::string& body : {"old 0\n\n" + note.substr(0, note.size() - 1),
                                  "old 0\n\n" + note + "x\n", "old 0\n\n" + note + "\xff\n"}) {
    EXPECT_EQ(ask(body).status, 403) << body;
  }
  EXPECT_EQ(known_size(), 0);
}

// Two processes and a thread each: whatever comes first, sizes never fall, and each cosigned head
// is one step from the one before it.
TEST_F(Witness, JudgesTwoRequestsAtATimeOneAfterTheOther) {
  EXPECT_EQ(ask(log_.request(0, 1)).status, 200);
  for (std::int64_t size = 2; size < 20; size += 2) {
    const std::string near = log_.request(size - 1, size);
    const std::string far = log_.request(size - 1, size + 1);
    int near_status = 0;
    int far_status = 0;
    {
      std::jthread one([&] { near_status = ask(near).status; });
      std::jthread two([&] { far_status = ask(far).status; });
    }
    EXPECT_EQ(near_status + far_status, 200 + 409);
    if (near_status == 200) {
      EXPECT_EQ(ask(log_.request(size, size + 1)).status, 200);
    }
    EXPECT_EQ(known_size(), size + 1);
  }
}

TEST_F(Witness, KnowsOneKeyOfAnOrigin) {
  WitnessStore store = open();
  EXPECT_TRUE(store.add_log(log_.key()));
  const auto other = store.add_log(SmallLog("ledger.example.org/test", 'x').key());
  EXPECT_EQ(other.error().code, ErrorCode::kRefused);
  EXPECT_EQ(store.logs()->size(), 1U);
}

TEST_F(Witness, IsMadeOnceAndFromWhatWasLeft) {
  EXPECT_EQ(WitnessStore::create(folder(), "again").error().code, ErrorCode::kRefused);
  EXPECT_EQ(WitnessStore::create(temporary_.path() / "x", "a name").error().code,
            ErrorCode::kInvalidInput);
  EXPECT_EQ(WitnessStore::open(temporary_.path() / "nowhere").error().code, ErrorCode::kNotFound);
  // As a kill between the key and the database leaves it.
  std::filesystem::remove(folder() / "witness.db");
  EXPECT_EQ(WitnessStore::create(folder(), "witness.example.net/audit").value(), key_);
}

TEST_F(Witness, DoesNotSignWithAKeyThatIsNotItsOwn) {
  const auto other = temporary_.path() / "other";
  EXPECT_TRUE(WitnessStore::create(other, "witness.example.net/other"));
  std::filesystem::copy_file(other / "witness.vkey", folder() / "witness.vkey",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(WitnessStore::open(folder()).error().code, ErrorCode::kCorruption);
}

}  // namespace
}  // namespace tidewaiter
