// Requests and tokens as files, and what becomes of them.
#include "storage/timestamp/timestamp_folder.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include "tests/unit/timestamp/openssl_authority.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kOrigin = "ledger.example.org/test";

class TimestampFolderTest : public testing::Test {
 protected:
  Checkpoint head(std::int64_t size) {
    Checkpoint made{kOrigin, {size, sha256(std::to_string(size))}, {}};
    made.note = *sign_note(checkpoint_body(kOrigin, made.head), kOrigin, key_);
    return made;
  }
  PendingTimestamp ask(std::int64_t size) {
    const auto asked = stamps_.ask(head(size), log_, "");
    EXPECT_TRUE(asked) << asked.error().message;
    return *asked;
  }
  Result<VerifiedTimestamp> take(std::string_view response) {
    return stamps_.take(response, *TimestampAuthorities::from_pem(openssl_.root()));
  }
  std::vector<std::int64_t> waiting() {
    std::vector<std::int64_t> sizes;
    const auto pending = stamps_.pending();
    for (const auto& one : *pending) sizes.push_back(one.size);
    return sizes;
  }
  std::vector<std::int64_t> stored(const TimestampFolder& folder) {
    std::vector<std::int64_t> sizes;
    const auto tokens = folder.tokens();
    for (const auto& one : *tokens) sizes.push_back(one.size);
    return sizes;
  }

  OpensslAuthority openssl_;
  SigningKey key_ = *SigningKey::generate();
  VerifierKey log_{kOrigin, key_.public_key()};
  TemporaryFolder folder_;
  TimestampFolder stamps_{folder_ / "timestamps"};
};

TEST_F(TimestampFolderTest, AFolderThatIsNotThereHasNone) {
  EXPECT_THAT(*stamps_.tokens(), IsEmpty());
  EXPECT_THAT(*stamps_.pending(), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(stamps_.path()));
}

TEST_F(TimestampFolderTest, ARequestWaitsUntilItIsAnswered) {
  const PendingTimestamp asked = ask(14);
  EXPECT_EQ(asked.request.imprint, sha256(head(14).note));
  EXPECT_EQ(ask(14).der, asked.der) << "another nonce for a request that waits";
  EXPECT_THAT(waiting(), ElementsAre(14));

  const auto taken = take(openssl_.answer(asked.der));
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_THAT(waiting(), IsEmpty());
  const auto tokens = *stamps_.tokens();
  ASSERT_EQ(tokens.size(), 1U);
  EXPECT_EQ(tokens[0].size, 14);
  EXPECT_EQ(tokens[0].note, head(14).note);
  EXPECT_EQ(read_timestamp(tokens[0].response)->time, taken->timestamp.time);
}

TEST_F(TimestampFolderTest, OpensslChecksTheFilesAsTheyLie) {
  ASSERT_TRUE(take(openssl_.answer(ask(14).der)));
  const std::string folder = stamps_.path().string();
  const std::string token = folder + "/" + stamps_.tokens()->front().file;
  EXPECT_TRUE(openssl_.try_openssl("ts -verify -data '" + folder + "/14.checkpoint' -in '" + token +
                                   "' -CAfile root.pem"))
      << openssl_.read("printed");
}

TEST_F(TimestampFolderTest, ASignatureOfAWitnessIsNotStamped) {
  Checkpoint cosigned = head(14);
  const SigningKey witness = *SigningKey::generate();
  const SignedNote other =
      *parse_signed_note(*sign_note(checkpoint_body(kOrigin, cosigned.head), "witness", witness));
  SignedNote both = *parse_signed_note(cosigned.note);
  both.signatures.push_back(other.signatures.front());
  cosigned.note = format_signed_note(both);
  const auto asked = stamps_.ask(cosigned, log_, "");
  ASSERT_TRUE(asked) << asked.error().message;
  EXPECT_EQ(asked->request.imprint, sha256(head(14).note));
}

TEST_F(TimestampFolderTest, AnAnswerSettlesWhatWaitsForOlderHeads) {
  ask(3);
  const PendingTimestamp middle = ask(9);
  ask(14);
  ASSERT_TRUE(take(openssl_.answer(middle.der)));
  EXPECT_THAT(waiting(), ElementsAre(14));
  EXPECT_THAT(stored(stamps_), ElementsAre(9));
}

TEST_F(TimestampFolderTest, ARequestThatIsTakenBackLeavesNothing) {
  const PendingTimestamp first = ask(9);
  ASSERT_TRUE(stamps_.withdraw(9));
  EXPECT_TRUE(std::filesystem::is_empty(stamps_.path()));
  EXPECT_EQ(take(openssl_.answer(first.der)).error().code, ErrorCode::kNotFound);
  // The head of a token stays.
  ASSERT_TRUE(take(openssl_.answer(ask(9).der)));
  ask(9);
  ASSERT_TRUE(stamps_.withdraw(9));
  EXPECT_THAT(waiting(), IsEmpty());
  ASSERT_EQ(stamps_.tokens()->size(), 1U);
  EXPECT_EQ(stamps_.tokens()->front().note, head(9).note);
}

TEST_F(TimestampFolderTest, WhatAPersonCarriesIsTheirs) {
  const PendingTimestamp ours = ask(9);
  const auto carried = stamps_.ask(head(9), log_, "", RequestBearer::kPerson);
  ASSERT_TRUE(carried) << carried.error().message;
  EXPECT_NE(carried->request.nonce, ours.request.nonce);
  EXPECT_EQ(stamps_.ask(head(9), log_, "", RequestBearer::kPerson)->der, carried->der);
  ASSERT_TRUE(stamps_.withdraw(9));
  ASSERT_TRUE(take(openssl_.answer(ask(14).der)));
  EXPECT_THAT(waiting(), ElementsAre(9));
  ASSERT_TRUE(take(openssl_.answer(carried->der)));
  EXPECT_THAT(waiting(), IsEmpty());
  EXPECT_THAT(stored(stamps_), ElementsAre(9, 14));
}

TEST_F(TimestampFolderTest, AHeadThatNothingIsAboutGoes) {
  ask(3);
  ASSERT_TRUE(take(openssl_.answer(ask(9).der)));
  EXPECT_FALSE(std::filesystem::exists(stamps_.path() / "3.checkpoint"));
  EXPECT_TRUE(std::filesystem::exists(stamps_.path() / "9.checkpoint"));
}

// Between the judgement of a token and its file nobody removes its head, or writes a file of that
// name.
TEST_F(TimestampFolderTest, NothingChangesWhileAnotherHoldsTheFolder) {
  const std::string answer = openssl_.answer(ask(9).der);
  const int other = ::open(stamps_.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  EXPECT_EQ(stamps_.withdraw(9).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(take(answer).error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(waiting(), ElementsAre(9));
  EXPECT_THAT(*stamps_.tokens(), IsEmpty());
  ::close(other);
  EXPECT_TRUE(take(answer));
}

TEST_F(TimestampFolderTest, ATokenThatCannotBeReadHidesNoOther) {
  ASSERT_TRUE(take(openssl_.answer(ask(9).der)));
  write_file(stamps_.path() / "9.20991231T000000Z.tsr", std::string(70'000, 'x'));
  std::filesystem::create_directory(stamps_.path() / "9.20991231T000001Z.tsr");
  const auto tokens = stamps_.tokens();
  ASSERT_TRUE(tokens) << tokens.error().message;
  ASSERT_EQ(tokens->size(), 3U);
  const auto authorities = TimestampAuthorities::from_pem(openssl_.root());
  EXPECT_TRUE(verify_stored(tokens->at(0), *authorities));
  for (const std::size_t bad : {1U, 2U}) {
    EXPECT_EQ(verify_stored(tokens->at(bad), *authorities).error().code, ErrorCode::kRefused);
    EXPECT_EQ(read_stored(tokens->at(bad)).error().message, tokens->at(bad).fault);
  }
  EXPECT_EQ(*stamps_.copy_to(folder_ / "export", 9), 2);
}

TEST_F(TimestampFolderTest, TokensOfOneSecondLieSideBySide) {
  std::vector<std::string> serials;
  for (int i = 0; i < 3; ++i) {
    const auto taken = take(openssl_.answer(ask(14).der));
    ASSERT_TRUE(taken) << taken.error().message;
    serials.push_back(taken->timestamp.serial);
  }
  std::vector<std::string> stored_serials;
  const auto tokens = stamps_.tokens();
  for (const auto& one : *tokens) {
    stored_serials.push_back(read_timestamp(one.response)->serial);
  }
  EXPECT_EQ(stored_serials, serials);
}

TEST_F(TimestampFolderTest, WhatAnswersNoRequestIsRefused) {
  const PendingTimestamp asked = ask(14);
  const std::string answer = openssl_.answer(asked.der);
  ASSERT_TRUE(take(answer));
  const auto again = take(answer);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(again.error().message, HasSubstr("answers no request that waits"));
}

TEST_F(TimestampFolderTest, AnAnswerWithAnotherNonceLeavesTheRequest) {
  const PendingTimestamp asked = ask(14);
  const TimestampRequest other{asked.request.imprint, "1234", ""};
  const auto taken = take(openssl_.answer(*encode_timestamp_request(other)));
  ASSERT_FALSE(taken);
  EXPECT_THAT(taken.error().message, HasSubstr("its nonce is 1234"));
  EXPECT_THAT(waiting(), ElementsAre(14));
  EXPECT_THAT(*stamps_.tokens(), IsEmpty());
}

TEST_F(TimestampFolderTest, OtherFilesArePassedOver) {
  ask(14);
  for (const char* name : {"x.tsq", "-3.tsq", "0.tsq", "5.tsq", "5.a.tsq", "14.tsr", "notes.txt"}) {
    write_file(stamps_.path() / name, "what somebody left");
  }
  EXPECT_THAT(waiting(), ElementsAre(14));
  EXPECT_THAT(*stamps_.tokens(), IsEmpty());
}

TEST_F(TimestampFolderTest, AnExportGetsTheTokensOfItsHeads) {
  ASSERT_TRUE(take(openssl_.answer(ask(9).der)));
  ASSERT_TRUE(take(openssl_.answer(ask(14).der)));
  ask(20);
  const TimestampFolder copy(folder_ / "export");
  EXPECT_EQ(*stamps_.copy_to(copy.path(), 13), 2);  // a head and its token
  EXPECT_THAT(stored(copy), ElementsAre(9));
  EXPECT_EQ(*stamps_.copy_to(copy.path(), 20), 2);
  EXPECT_THAT(stored(copy), ElementsAre(9, 14));
  EXPECT_THAT(*copy.pending(), IsEmpty());
  EXPECT_EQ(*stamps_.copy_to(copy.path(), 20), 0);
}

}  // namespace
}  // namespace tidewaiter
