// A ledger's own side of witnessing, against witnesses in this process: each URL is one.
#include "daemon/notify/cosignature_collector.h"

#include <condition_variable>
#include <map>
#include <set>
#include <sstream>
#include <stop_token>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include "storage/ledger/cosigned_head.h"
#include "storage/witness/witness_store.h"
#include "tests/unit/verify/small_ledger.h"

namespace tidewaiter {
namespace {

using test::must;
using test::SmallLedger;

using testing::HasSubstr;
using testing::Not;

constexpr UtcTime kLater{1'790'001'000'000'000};
/// What only a defect takes.
constexpr Duration kPatience{30 * kSecond.us};

/// Answers as witnesses do; what is asked is kept.
class WitnessNet : public HttpClient {
 public:
  Result<HttpResponse> send(const HttpRequest& request, const std::stop_token& stop) override {
    std::unique_lock lock(mutex_);
    ++asked_[request.url];
    if (hanging_.contains(request.url)) {
      std::condition_variable_any nobody;
      nobody.wait(lock, stop, [] { return false; });
      return fail(ErrorCode::kUnavailable, "stopped");
    }
    if (const auto canned = canned_.find(request.url); canned != canned_.end()) {
      return canned->second;
    }
    const auto store = stores_.find(request.url);
    if (store == stores_.end()) return fail(ErrorCode::kUnavailable, "nobody is there");
    const WitnessAnswer answer = must(store->second->answer(request.body, kLater.us / kSecond.us));
    return HttpResponse{answer.status, answer.body, std::nullopt};
  }
  void serve(const std::string& url, WitnessStore* store) {
    stores_[url + "/add-checkpoint"] = store;
  }
  void answer_always(const std::string& url, Result<HttpResponse> answer) {
    const std::scoped_lock lock(mutex_);
    canned_.insert_or_assign(url + "/add-checkpoint", std::move(answer));
  }
  /// Takes requests and never answers.
  void hang(const std::string& url) { hanging_.insert(url + "/add-checkpoint"); }
  void answer_again(const std::string& url) {
    const std::scoped_lock lock(mutex_);
    canned_.erase(url + "/add-checkpoint");
  }
  [[nodiscard]] int asked(const std::string& url) {
    const std::scoped_lock lock(mutex_);
    return asked_[url + "/add-checkpoint"];
  }

 private:
  std::mutex mutex_;
  std::map<std::string, WitnessStore*> stores_;
  std::map<std::string, Result<HttpResponse>> canned_;
  std::map<std::string, int> asked_;
  std::set<std::string> hanging_;
};

/// A ledger whose volume may be away for a while: what a collector reads of it.
class AwayLedger : public Ledger {
 public:
  explicit AwayLedger(const Ledger& ledger) : ledger_(ledger) {}
  void set_away(bool head, bool proof) {
    head_away_ = head;
    proof_away_ = proof;
  }

  Result<std::optional<Checkpoint>> signed_head() const override {
    return head_away_ ? Result<std::optional<Checkpoint>>(away()) : ledger_.signed_head();
  }
  Result<Digest> node(NodeId node) const override { return ledger_.node(node); }
  Result<std::vector<Digest>> consistency_proof(std::int64_t from, std::int64_t to) const override {
    return proof_away_ ? Result<std::vector<Digest>>(away()) : ledger_.consistency_proof(from, to);
  }
  std::string verifier_key() const override { return ledger_.verifier_key(); }
  const std::string& origin() const override { return ledger_.origin(); }

  Result<LedgerReceipt> commit(const LedgerCommit&, UtcTime) override { return away(); }
  Result<Checkpoint> sign(UtcTime) override { return away(); }
  Result<TreeHead> head() const override { return away(); }
  Result<std::string> entry(std::int64_t) const override { return away(); }
  Result<std::vector<Disclosure>> disclosures(std::int64_t) const override { return away(); }
  Result<std::vector<Digest>> inclusion_proof(std::int64_t, std::int64_t) const override {
    return away();
  }
  Result<Position> position() const override { return away(); }
  Result<std::vector<FindingState>> findings(const FindingQuery&) const override { return away(); }
  Result<std::optional<UtcTime>> earliest_run() const override { return away(); }
  Result<std::string> coverage() const override { return away(); }
  Result<std::vector<OutboxMessage>> pending(std::int64_t) const override { return away(); }
  Result<std::vector<NoticedMessage>> messages_after(std::int64_t) const override { return away(); }
  Result<void> mark_sent(std::int64_t, UtcTime) override { return away(); }

 private:
  static tl::unexpected<Error> away() {
    return fail(ErrorCode::kUnavailable, "the volume is away");
  }

  const Ledger& ledger_;
  bool head_away_ = false;
  bool proof_away_ = false;
};

class Cosignatures : public testing::Test {
 protected:
  Cosignatures() {
    for (const char* name : {"a", "b"}) {
      const auto folder = small_.folder() / name;
      const WitnessKey key = must(WitnessStore::create(folder, std::string("w.example/") + name));
      policy_.witnesses.push_back({name, key, std::string("https://") + name});
      stores_.push_back(must(WitnessStore::open(folder)));
      must(stores_.back().add_log(log_key()));
    }
    net_.serve("https://a", &stores_[0]);
    net_.serve("https://b", &stores_[1]);
    use_quorum(2);
  }

  void use_quorum(std::size_t threshold) {
    policy_.groups = {{"(quorum)", threshold, {"a", "b"}}};
    policy_.quorum = "(quorum)";
  }
  [[nodiscard]] VerifierKey log_key() const {
    return must(parse_verifier_key(small_.verifier_key()));
  }
  [[nodiscard]] std::filesystem::path kept() const { return small_.folder() / "ledger.witnessed"; }
  [[nodiscard]] std::unique_ptr<CosignatureCollector> collector() {
    return std::make_unique<CosignatureCollector>(
        CosignatureOptions{policy_, kept(), &net_, &log_, {}, 7});
  }
  /// Steps until nothing is out any more.
  static void settle(CosignatureCollector& collector, const Ledger& ledger, UtcTime now = kLater) {
    do {
      must(collector.step(ledger, now));
    } while (collector.wait_for_answer(kPatience));
  }
  /// Puts the state back as it was with five signed entries, its lock store too.
  [[nodiscard]] std::unique_ptr<Ledger> rolled_back() {
    ledger_.reset();
    for (const char* suffix : {"-wal", "-shm"}) {
      std::filesystem::remove(small_.paths().database.string() + suffix);
    }
    const auto replace = std::filesystem::copy_options::overwrite_existing;
    std::filesystem::copy_file(small_.older_database(), small_.paths().database, replace);
    std::filesystem::copy_file(small_.older_lock(), small_.paths().lock, replace);
    return must(Ledger::open(small_.paths(), Ledger::Mode::kReadWrite));
  }
  /// More than the witnesses have seen, and not what they have.
  static void go_another_way(Ledger& ledger) {
    LedgerCommit other;
    for (int i = 0; i < 20; ++i) other.events.push_back({"config.changed", R"({"hash":"11"})"});
    must(ledger.commit(other, kLater));
    must(ledger.sign(kLater));
  }
  [[nodiscard]] std::optional<Checkpoint> stored() const {
    return must(read_cosigned_head(kept(), log_key()));
  }
  [[nodiscard]] std::size_t cosigners() const {
    const auto head = stored();
    return head ? must(judge_witnesses(must(parse_signed_note(head->note)), policy_))
                      .cosignatures.size()
                : 0;
  }

  SmallLedger small_;
  std::unique_ptr<Ledger> ledger_ = must(Ledger::open(small_.paths(), Ledger::Mode::kReadWrite));
  TrustPolicy policy_;
  std::vector<WitnessStore> stores_;
  WitnessNet net_;
  std::ostringstream lines_;
  EventLog log_{LogLevel::kInfo, LogFormat::kText,
                std::make_shared<spdlog::sinks::ostream_sink_mt>(lines_)};
};

TEST_F(Cosignatures, AreStoredWithTheHeadOnceTheyAreAQuorum) {
  const auto asking = collector();
  settle(*asking, *ledger_);
  EXPECT_EQ(cosigners(), 2U);
  EXPECT_EQ(stored()->head, must(ledger_->signed_head())->head);
  EXPECT_EQ(asking->next_attempt(), std::nullopt);
}

TEST_F(Cosignatures, FollowTheHeadWithAProof) {
  const auto asking = collector();
  settle(*asking, *ledger_);
  const Checkpoint grown = must(ledger_->sign(kLater));
  EXPECT_EQ(grown.head.size, SmallLedger::kEntries);
  settle(*asking, *ledger_);
  EXPECT_EQ(stored()->head, grown.head);
  EXPECT_EQ(must(stores_[0].log(log_key().name))->head, grown.head);
  EXPECT_EQ(net_.asked("https://a"), 2);  // once each: the witness's size was known
}

TEST_F(Cosignatures, GoOnAfterARestartFromWhatIsStored) {
  settle(*collector(), *ledger_);
  settle(*collector(), *ledger_);
  EXPECT_EQ(net_.asked("https://a"), 1);  // nothing new to ask for
  must(ledger_->sign(kLater));
  settle(*collector(), *ledger_);
  EXPECT_EQ(net_.asked("https://a"), 2);
  EXPECT_EQ(stored()->head.size, SmallLedger::kEntries);
}

// What is stored may be lost: the witness tells its size, and is asked from there.
TEST_F(Cosignatures, AreAskedForFromTheSizeThatTheWitnessNames) {
  settle(*collector(), *ledger_);
  std::filesystem::remove(kept());
  must(ledger_->sign(kLater));
  settle(*collector(), *ledger_);
  EXPECT_EQ(net_.asked("https://a"), 3);
  EXPECT_EQ(stored()->head.size, SmallLedger::kEntries);
}

TEST_F(Cosignatures, AreNoQuorumWhileOneWitnessIsAway) {
  net_.answer_always("https://b", fail(ErrorCode::kUnavailable, "nobody is there"));
  const auto asking = collector();
  settle(*asking, *ledger_);
  EXPECT_EQ(stored(), std::nullopt);
  const auto again = asking->next_attempt();
  ASSERT_TRUE(again);
  EXPECT_LE(*again, kLater + kSecond);  // the first pause is at most a second
  net_.answer_again("https://b");
  settle(*asking, *ledger_, kLater + kMinute);
  EXPECT_EQ(cosigners(), 2U);
}

TEST_F(Cosignatures, OfOneWitnessAreEnoughIfTheQuorumSaysSo) {
  use_quorum(1);
  net_.answer_always("https://b", HttpResponse{404, "unknown log\n", std::nullopt});
  const auto asking = collector();
  settle(*asking, *ledger_);
  EXPECT_EQ(cosigners(), 1U);
  EXPECT_EQ(net_.asked("https://b"), 1);
  // Only a person changes the mind of a witness that refuses.
  settle(*asking, *ledger_, kLater + Duration{14 * kMinute.us});
  EXPECT_EQ(net_.asked("https://b"), 1);
  net_.answer_again("https://b");
  settle(*asking, *ledger_, kLater + Duration{16 * kMinute.us});
  EXPECT_EQ(cosigners(), 2U);
}

TEST_F(Cosignatures, DoNotTakeBackTheHeadThatHasThem) {
  const auto asking = collector();
  settle(*asking, *ledger_);
  const TreeHead before = stored()->head;
  net_.answer_always("https://b", HttpResponse{503, "", std::nullopt});
  must(ledger_->sign(kLater));
  settle(*asking, *ledger_);
  EXPECT_EQ(stored()->head, before);
}

// The database, its lock store and its key as they were: only the witness knows more.
TEST_F(Cosignatures, ShowALedgerThatWasRolledBack) {
  settle(*collector(), *ledger_);
  const Checkpoint witnessed = *stored();
  const auto older = rolled_back();
  EXPECT_EQ(must(older->signed_head())->head.size, 5);
  const auto asking = collector();
  settle(*asking, *older);
  EXPECT_EQ(stored()->head, witnessed.head);  // no cosignature for the older head
  EXPECT_EQ(must(stores_[0].log(log_key().name))->head, witnessed.head);
  ASSERT_TRUE(asking->next_attempt());
  EXPECT_GE(*asking->next_attempt(), kLater + Duration{15 * kMinute.us});

  // It goes on in another way than before, and beyond what the witnesses have seen.
  go_another_way(*older);
  settle(*asking, *older, kLater + kHour);
  EXPECT_EQ(stored()->head, witnessed.head);
  EXPECT_EQ(must(stores_[1].log(log_key().name))->head, witnessed.head);
}

TEST_F(Cosignatures, AreNotTakenFromAnAnswerWithoutOne) {
  const SigningKey stranger = must(SigningKey::generate());
  const std::string text = must(parse_signed_note(must(ledger_->signed_head())->note)).text;
  const NoteSignature line = must(cosign(text, 1, "w.example/b", stranger));
  const auto asking = collector();
  UtcTime now = kLater;
  for (const std::string& body :
       {std::string(), std::string("ok\n"), format_signature_lines(std::span(&line, 1))}) {
    net_.answer_always("https://b", HttpResponse{200, body, std::nullopt});
    settle(*asking, *ledger_, now);
    EXPECT_EQ(stored(), std::nullopt);
    now = now + kHour;
  }
  EXPECT_EQ(net_.asked("https://b"), 3);
}

// A witness that names ever another size must not keep the loop busy.
TEST_F(Cosignatures, AreNotAskedForWithoutEndAtAWitnessThatContradictsItself) {
  for (const char* told : {"0\n", "3\n", "14\n", "99999999999999999999\n", "x\n", ""}) {
    net_.answer_always("https://b", HttpResponse{409, told, std::nullopt});
    settle(*collector(), *ledger_);
  }
  EXPECT_LE(net_.asked("https://b"), 6 * 4);
  EXPECT_EQ(stored(), std::nullopt);
}

// The one that knows more is away, and another takes the older head for the first.
TEST_F(Cosignatures, OfARolledBackLedgerDoNotReplaceTheHeadThatProvesIt) {
  use_quorum(1);
  net_.answer_always("https://b", fail(ErrorCode::kUnavailable, "nobody is there"));
  settle(*collector(), *ledger_);
  const Checkpoint witnessed = *stored();
  EXPECT_THAT(lines_.str(), Not(HasSubstr("witness_ahead")));
  net_.answer_again("https://b");
  net_.answer_always("https://a", fail(ErrorCode::kUnavailable, "nobody is there"));

  const auto older = rolled_back();
  settle(*collector(), *older);
  EXPECT_THAT(lines_.str(), HasSubstr("event=witness_ahead"));
  EXPECT_THAT(lines_.str(), HasSubstr("cosigned=14 signed=5"));
  EXPECT_EQ(must(stores_[1].log(log_key().name))->head.size, 5);
  EXPECT_EQ(stored()->note, witnessed.note);

  go_another_way(*older);
  settle(*collector(), *older);
  EXPECT_THAT(lines_.str(), HasSubstr("event=witnessed_head_forked"));
  EXPECT_EQ(must(stores_[1].log(log_key().name))->head, must(older->signed_head())->head);
  EXPECT_EQ(stored()->note, witnessed.note);
}

TEST_F(Cosignatures, OfOthersComeWhileAWitnessHangs) {
  use_quorum(1);
  net_.hang("https://a");
  const auto asking = collector();
  must(asking->step(*ledger_, kLater));
  ASSERT_TRUE(asking->wait_for_answer(kPatience)) << "the second was not asked";
  must(asking->step(*ledger_, kLater));
  EXPECT_EQ(cosigners(), 1U);
}

TEST_F(Cosignatures, AreNotWaitedForAfterAStop) {
  net_.hang("https://a");
  net_.hang("https://b");
  const auto asking = collector();
  must(asking->step(*ledger_, kLater));
  std::stop_source stop;
  const std::jthread person([this, &stop] {
    while (net_.asked("https://b") == 0) std::this_thread::yield();
    stop.request_stop();
  });
  const auto began = std::chrono::steady_clock::now();
  EXPECT_FALSE(asking->wait_for_answer(kPatience, stop.get_token()));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::microseconds(kPatience.us));
}

TEST_F(Cosignatures, AreAskedForAgainWhenTheLedgerCanBeRead) {
  AwayLedger away(*ledger_);
  const auto asking = collector();
  UtcTime now = kLater;
  for (const bool head : {true, false}) {
    away.set_away(head, !head);
    settle(*asking, away, now);
    EXPECT_THAT(lines_.str(), HasSubstr("the volume is away"));
    EXPECT_EQ(net_.asked("https://a"), 0);
    now = now + kHour;
  }
  ASSERT_TRUE(asking->next_attempt());
  EXPECT_GT(*asking->next_attempt(), now - kHour) << "at once, again and again";
  away.set_away(false, false);
  settle(*asking, away, now);
  EXPECT_EQ(cosigners(), 2U);
}

// Not known whether the new head follows from it, what is stored must not be replaced.
TEST_F(Cosignatures, AreAskedForOnlyOnceTheStoredHeadWasComparedWithTheLedger) {
  settle(*collector(), *ledger_);
  must(ledger_->sign(kLater));
  AwayLedger away(*ledger_);
  away.set_away(false, true);
  const auto asking = collector();
  settle(*asking, away);
  EXPECT_EQ(net_.asked("https://a"), 1);
  away.set_away(false, false);
  settle(*asking, away, kLater + kHour);
  EXPECT_EQ(stored()->head.size, SmallLedger::kEntries);
}

TEST_F(Cosignatures, AFileOfAnotherLogIsToldAndReplaced) {
  const SmallLedger other;
  must(store_cosigned_head(
      kept(),
      must(must(Ledger::open(other.paths(), Ledger::Mode::kReadOnly))->signed_head())->note));
  EXPECT_EQ(read_cosigned_head(kept(), log_key()).error().code, ErrorCode::kCorruption);
  settle(*collector(), *ledger_);
  EXPECT_THAT(lines_.str(), HasSubstr("event=witnessed_head_unreadable"));
  EXPECT_EQ(cosigners(), 2U);
}

}  // namespace
}  // namespace tidewaiter
