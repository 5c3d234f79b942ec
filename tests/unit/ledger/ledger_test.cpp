#include "storage/ledger/ledger.h"

#include <algorithm>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "policies/model/jcs.h"
#include "storage/ledger/signed_note.h"
#include "storage/ledger/signer.h"
#include "tests/unit/ledger/ledger_fixture.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

TEST_F(LedgerTest, BeginsWithItsOwnCreation) {
  const auto head = ledger_->head();
  ASSERT_TRUE(head);
  EXPECT_EQ(head->size, 1);
  const auto first = entry_json(0);
  EXPECT_EQ(first["typ"], "ledger.created");
  EXPECT_EQ(first["origin"], kOrigin);
  EXPECT_EQ(first["vkey"], ledger_->verifier_key());
  EXPECT_EQ(ledger_->origin(), kOrigin);
  const auto signed_head = ledger_->signed_head();
  ASSERT_TRUE(signed_head && *signed_head);
  EXPECT_EQ((*signed_head)->head, *head);
}

TEST_F(LedgerTest, KeyIsThirtyTwoBytesForItsOwnerOnly) {
  struct stat about {};
  ASSERT_EQ(::stat(paths_.key.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777U, 0400U);
  EXPECT_EQ(about.st_size, 32);
}

TEST_F(LedgerTest, IsNotMadeOverAnyOfItsParts) {
  for (const auto member :
       {&LedgerPaths::database, &LedgerPaths::lock, &LedgerPaths::key, &LedgerPaths::vault}) {
    TempDir other;
    LedgerPaths paths = paths_in(other.path());
    std::ofstream(paths.*member) << "precious";
    const auto made = Ledger::create(paths, kOrigin, kNow);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::kRefused);
    std::string kept;
    std::ifstream(paths.*member) >> kept;
    EXPECT_EQ(kept, "precious");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(other.path()), {}), 1);
  }
}

TEST(LedgerCreate, RefusesAnOriginThatNoNoteMayHave) {
  for (const char* origin : {"", "a b", "a+b", "a\nb"}) {
    TempDir dir;
    const auto made = Ledger::create(paths_in(dir.path()), origin, kNow);
    ASSERT_FALSE(made) << origin;
    EXPECT_EQ(made.error().code, ErrorCode::kInvalidInput);
    EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
  }
}

TEST_F(LedgerTest, EventsComeBeforeSteps) {
  LedgerCommit what = simple_commit(5);
  what.events = {{"policy.published", R"({"set":"x"})"}, {"config.changed", "{}"}};
  const auto receipt = ledger_->commit(what, kNow + kSecond);
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->first_index, 1);
  EXPECT_EQ(receipt->size, 4);
  EXPECT_EQ(entry_json(1)["typ"], "policy.published");
  EXPECT_EQ(entry_json(2)["typ"], "config.changed");
  EXPECT_EQ(entry_json(3)["typ"], "finding.opened");
  EXPECT_EQ(entry_json(3)["ts"], "2026-01-01T00:00:01Z");
  const auto position = ledger_->position();
  ASSERT_TRUE(position);
  EXPECT_EQ(position->log_id, kLog);
  EXPECT_EQ(position->offset, offset_at(5));
}

TEST_F(LedgerTest, EveryEntryIsCanonicalAndHasItsOwnNonce) {
  for (std::int64_t seq = 1; seq <= 20; ++seq) commit(simple_commit(seq));
  std::vector<std::string> nonces;
  for (const std::string& entry : all_entries(*ledger_)) {
    EXPECT_TRUE(is_jcs(entry)) << entry;
    nonces.push_back(nlohmann::json::parse(entry)["n"]);
  }
  std::ranges::sort(nonces);
  EXPECT_EQ(std::ranges::adjacent_find(nonces), nonces.end());
}

TEST_F(LedgerTest, TimeNeverGoesBack) {
  ASSERT_TRUE(ledger_->commit(simple_commit(1), kNow + kHour));
  ASSERT_TRUE(ledger_->commit(simple_commit(2), kNow));
  EXPECT_EQ(entry_json(2)["ts"], "2026-01-01T01:00:00Z");
  reopen();
  ASSERT_TRUE(ledger_->commit(simple_commit(3), kNow + kMinute));
  EXPECT_EQ(entry_json(3)["ts"], "2026-01-01T01:00:00Z");
}

TEST_F(LedgerTest, AnEmptyCommitAddsNothing) {
  const auto receipt = ledger_->commit({}, kNow);
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->size, 1);
}

// Each row is refused after seq 5 was committed with step (5, 0), and leaves nothing behind.
TEST_F(LedgerTest, AStepExistsOnce) {
  commit(simple_commit(5));
  LedgerCommit no_offset;
  no_offset.steps = {opened_step(6, 0, "x")};
  no_offset.log_id = kLog;
  auto other_log = simple_commit(7);
  other_log.log_id = "log-2";
  auto other_hash = commit_of({}, 5);
  other_hash.offset->log_hash = sha256("another history");
  auto nameless = simple_commit(7);
  nameless.log_id.clear();
  struct Case {
    const char* name;
    LedgerCommit commit;
    ErrorCode code;
  };
  const std::vector<Case> cases{
      {"the same commit again", simple_commit(5), ErrorCode::kRefused},
      {"a step without offset", no_offset, ErrorCode::kInvalidInput},
      {"a step below the offset", commit_of({opened_step(4, 0, "x")}, 9), ErrorCode::kRefused},
      {"the offset goes back", commit_of({}, 4), ErrorCode::kRefused},
      {"the same offset with another hash", other_hash, ErrorCode::kRefused},
      {"another record log", other_log, ErrorCode::kRefused},
      {"no record log", nameless, ErrorCode::kInvalidInput},
      {"twice in one commit", commit_of({opened_step(7, 0, "x"), opened_step(7, 0, "y")}, 7),
       ErrorCode::kRefused},
      {"out of order", commit_of({opened_step(8, 0, "x"), opened_step(7, 0, "y")}, 8),
       ErrorCode::kRefused},
      {"beyond the offset", commit_of({opened_step(8, 0, "x")}, 7), ErrorCode::kRefused},
  };
  const auto before = all_entries(*ledger_);
  for (const Case& c : cases) {
    const auto receipt = ledger_->commit(c.commit, kNow);
    ASSERT_FALSE(receipt) << c.name;
    EXPECT_EQ(receipt.error().code, c.code) << c.name;
    EXPECT_EQ(all_entries(*ledger_), before) << c.name;
    EXPECT_EQ(ledger_->position()->offset, offset_at(5)) << c.name;
  }
  reopen();
  commit(commit_of({opened_step(7, 0, "x")}, 7));
}

TEST_F(LedgerTest, RefusedHalfwayLeavesNothing) {
  const Step good = opened_step(1, 0, "17");
  Step orphan = next_step(opened_step(99, 0, "18"), StepKind::kClosed, 1, 1, "");
  LedgerCommit what = commit_of({good, orphan}, 1);
  what.events = {{"daemon.started", "{}"}};
  what.outbox = {{0, "mail", "{}"}};
  what.coverage = "{}";
  const auto receipt = ledger_->commit(what, kNow);
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().code, ErrorCode::kRefused);
  EXPECT_THAT(receipt.error().message, HasSubstr("was never opened"));
  EXPECT_EQ(ledger_->head()->size, 1);
  EXPECT_THAT(*ledger_->findings({}), SizeIs(0));
  EXPECT_THAT(*ledger_->pending(10), SizeIs(0));
  EXPECT_EQ(*ledger_->coverage(), "");
  commit(commit_of({good}, 1));
  EXPECT_TRUE(ledger_->sign(kNow));
}

TEST_F(LedgerTest, AFindingIsWhatItsEntriesSay) {
  const Step opened = opened_step(1, 0, "17");
  Step restated = next_step(opened, StepKind::kRestated, 2, 0, "late-data");
  restated.previous = restated.figures;
  restated.figures[0].value = std::int64_t{150};
  restated.windows = 2;
  restated.run.to = kNow + Duration{2 * kHour.us};
  restated.severity = Severity::kCritical;
  restated.evidence_choice = EvidenceChoice::kLargest;
  Step closed = next_step(restated, StepKind::kClosed, 3, 0, "");
  closed.figures.clear();
  closed.evidence.clear();
  closed.evidence_total = 0;
  commit(commit_of({opened}, 1));
  commit(commit_of({restated, opened_step(2, 1, "18")}, 2));
  commit(commit_of({gap_step(3, 0, 4), next_step(closed, StepKind::kClosed, 3, 1, "")}, 3));
  reopen();

  const auto findings = ledger_->findings({});
  ASSERT_TRUE(findings) << findings.error().message;
  ASSERT_THAT(*findings, SizeIs(2));
  const FindingState& finding = findings->front();
  EXPECT_EQ(finding.id, opened.finding);
  EXPECT_EQ(finding.state, StepKind::kClosed);
  EXPECT_TRUE(finding.ended);
  EXPECT_EQ(finding.policy, "many-requests");
  EXPECT_EQ(finding.policy_version, 3);
  EXPECT_EQ(finding.policy_hash, sha256("policy"));
  EXPECT_EQ(finding.severity, Severity::kCritical);
  EXPECT_EQ(finding.subject, "account:gateway/17");
  EXPECT_EQ(finding.run, (Interval{kNow, kNow + Duration{2 * kHour.us}}));
  EXPECT_EQ(finding.windows, 2);
  EXPECT_EQ(finding.figures, restated.figures);
  EXPECT_FALSE(finding.historical);
  EXPECT_EQ(finding.reason, "");
  EXPECT_THAT(finding.evidence, ElementsAre(1));
  EXPECT_EQ(finding.evidence_total, 101);
  EXPECT_EQ(finding.evidence_choice, EvidenceChoice::kLargest) << "the last entry that has any";
  EXPECT_EQ((*findings)[1].evidence_choice, EvidenceChoice::kFirst);
  EXPECT_EQ(finding.opened_seq, 1);
  EXPECT_EQ(finding.opened_ordinal, 0);
  EXPECT_EQ(finding.recorded, kNow);
  EXPECT_THAT(finding.entries, ElementsAre(1, 2, 5));
  EXPECT_THAT((*findings)[1].entries, ElementsAre(3));
}

TEST_F(LedgerTest, AFindingOpensOnce) {
  commit(simple_commit(1));
  Step again = opened_step(2, 0, "17");
  again.finding = opened_step(1, 0, "17").finding;
  const auto receipt = ledger_->commit(commit_of({again}, 2), kNow);
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().code, ErrorCode::kRefused);
}

TEST_F(LedgerTest, QueriesSelectFindings) {
  Step low = opened_step(1, 0, "a");
  low.severity = Severity::kLow;
  Step other = opened_step(1, 1, "b");
  other.policy = "other";
  Step gone = opened_step(1, 2, "b");
  commit(commit_of({low, other, gone}, 1));
  commit(commit_of({next_step(gone, StepKind::kWithdrawn, 2, 0, "no-longer-holds")}, 2));
  const auto ids = [&](const FindingQuery& query) {
    const auto findings = ledger_->findings(query);
    EXPECT_TRUE(findings);
    std::vector<std::string> found;
    for (const FindingState& finding : *findings) found.push_back(finding.id);
    return found;
  };
  FindingQuery query;
  EXPECT_THAT(ids(query), ElementsAre(low.finding, other.finding, gone.finding));
  query.policy = "other";
  EXPECT_THAT(ids(query), ElementsAre(other.finding));
  query = {};
  query.subject = "account:gateway/b";
  EXPECT_THAT(ids(query), ElementsAre(other.finding, gone.finding));
  query.open_only = true;
  EXPECT_THAT(ids(query), ElementsAre(other.finding));
  query = {};
  query.id_prefix = gone.finding.substr(0, 12);
  EXPECT_THAT(ids(query), ElementsAre(gone.finding));
  query = {};
  query.at_least = Severity::kMedium;
  EXPECT_THAT(ids(query), ElementsAre(other.finding, gone.finding));
  query = {};
  query.limit = 2;
  EXPECT_THAT(ids(query), ElementsAre(low.finding, other.finding));
  query.limit = 0;
  EXPECT_THAT(ids(query), ElementsAre());
}

// A NUL is a character like others to JSON and SQLite, and none that a text of PostgreSQL can hold.
TEST_F(LedgerTest, ASubjectMayHoldAnyCharacter) {
  const std::string account("a\0\x7f\xc3\xa9'\\", 7);
  commit(commit_of({opened_step(1, 0, account)}, 1));
  const auto all = ledger_->findings({});
  ASSERT_TRUE(all) << all.error().message;
  ASSERT_THAT(*all, SizeIs(1));
  EXPECT_EQ((*all)[0].subject, to_text(opened_step(1, 0, account).subject));
  FindingQuery query;
  query.subject = (*all)[0].subject;
  EXPECT_THAT(*ledger_->findings(query), SizeIs(1));
  query.subject = to_text(opened_step(1, 0, "a").subject);
  EXPECT_THAT(*ledger_->findings(query), SizeIs(0));
}

TEST_F(LedgerTest, MessagesAboutFindingsAreKnownAfterwards) {
  LedgerCommit what = simple_commit(1);
  what.outbox = {{0, "ops", R"({"finding":"f-1"})"}, {0, "ops", "no JSON"}, {0, "mail", "[1]"}};
  commit(what);
  ASSERT_TRUE(ledger_->mark_sent(1, kNow));
  const auto all = ledger_->messages_after(0);
  ASSERT_TRUE(all) << all.error().message;
  ASSERT_THAT(*all, SizeIs(3));
  EXPECT_EQ((*all)[0].channel, "ops");
  EXPECT_EQ((*all)[0].finding, "f-1");
  EXPECT_EQ((*all)[1].finding, "");
  EXPECT_EQ((*all)[2].channel, "mail");
  EXPECT_EQ((*all)[2].finding, "");
  EXPECT_THAT(*ledger_->messages_after((*all)[1].id), SizeIs(1));
}

TEST_F(LedgerTest, OutboxKeepsMessagesUntilTheyAreSent) {
  LedgerCommit what = simple_commit(1);
  what.outbox = {{0, "mail", R"({"a":1})"}, {0, "hook", R"({"a":2})"}};
  what.coverage = R"({"policies":[]})";
  commit(what);
  reopen();
  EXPECT_EQ(*ledger_->coverage(), R"({"policies":[]})");
  auto pending = ledger_->pending(10);
  ASSERT_THAT(*pending, SizeIs(2));
  EXPECT_EQ((*pending)[0].channel, "mail");
  EXPECT_EQ((*pending)[1].body, R"({"a":2})");
  EXPECT_THAT(*ledger_->pending(1), SizeIs(2)) << "one of each channel";
  ASSERT_TRUE(ledger_->mark_sent((*pending)[0].id, kNow));
  ASSERT_TRUE(ledger_->mark_sent((*pending)[0].id, kNow));
  pending = ledger_->pending(10);
  ASSERT_THAT(*pending, SizeIs(1));
  EXPECT_EQ((*pending)[0].channel, "hook");
  EXPECT_EQ(ledger_->mark_sent(99, kNow).error().code, ErrorCode::kNotFound);
}

TEST_F(LedgerTest, SigningCoversWhatIsThereAndNothingTwice) {
  commit(simple_commit(1));
  EXPECT_EQ((*ledger_->signed_head())->head.size, 1);
  const auto first = ledger_->sign(kNow);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->head, *ledger_->head());
  const auto again = ledger_->sign(kNow + kHour);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->note, first->note);

  const auto key = parse_verifier_key(ledger_->verifier_key());
  ASSERT_TRUE(key);
  const auto opened = open_checkpoint(first->note, *key);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->origin, kOrigin);
  EXPECT_EQ(opened->head.root, naive_root(all_entries(*ledger_), 0, 2));
}

TEST_F(LedgerTest, ReadingSeesWhatIsWrittenBesideIt) {
  LedgerPaths only_database;
  only_database.database = paths_.database;
  only_database.server = paths_.server;
  const auto reader = Ledger::open(only_database, Ledger::Mode::kReadOnly);
  ASSERT_TRUE(reader) << reader.error().message;
  commit(simple_commit(1));
  const auto checkpoint = ledger_->sign(kNow);
  EXPECT_EQ((*reader)->head()->size, 2);
  EXPECT_EQ((**(*reader)->signed_head()).note, checkpoint->note);
  EXPECT_EQ((*reader)->origin(), kOrigin);
  EXPECT_EQ((*reader)->commit(simple_commit(2), kNow).error().code, ErrorCode::kRefused);
  EXPECT_EQ((*reader)->sign(kNow).error().code, ErrorCode::kRefused);
  EXPECT_EQ((*reader)->mark_sent(1, kNow).error().code, ErrorCode::kRefused);
}

TEST_F(LedgerTest, KnowsTheEarliestStartOfAllRuns) {
  EXPECT_EQ(ledger_->earliest_run().value(), std::nullopt);
  commit(commit_of({gap_step(1, 0, 3)}, 1));
  EXPECT_EQ(ledger_->earliest_run().value(), std::nullopt);
  const Step opened = opened_step(2, 0, "a");
  Step earlier = next_step(opened, StepKind::kRestated, 3, 0, "run-changed");
  earlier.run.from = kNow - kDay;
  Step shrunk = next_step(opened, StepKind::kRestated, 4, 0, "run-changed");
  shrunk.run.from = kNow + kDay;
  shrunk.run.to = kNow + kDay + kHour;
  commit(commit_of({opened, earlier, shrunk}, 4));
  // The finding's state has the last run only.
  EXPECT_EQ(ledger_->findings({})->at(0).run.from, shrunk.run.from);
  EXPECT_EQ(ledger_->earliest_run().value(), earlier.run.from);
}

/// Ended is about the run: late figures leave it ended, another interval does not.
TEST_F(LedgerTest, AFindingHasEndedUntilItsRunChanges) {
  const auto ended = [this] { return ledger_->findings({})->at(0).ended; };
  Step step = opened_step(1, 0, "a");
  commit(commit_of({step}, 1));
  EXPECT_FALSE(ended());
  commit(commit_of({step = next_step(step, StepKind::kClosed, 2, 0, "")}, 2));
  EXPECT_TRUE(ended());
  commit(commit_of({step = next_step(step, StepKind::kRestated, 3, 0, "late-data")}, 3));
  EXPECT_TRUE(ended());
  step = next_step(step, StepKind::kRestated, 4, 0, "run-changed");
  step.run.to = step.run.to + kHour;
  commit(commit_of({step}, 4));
  EXPECT_FALSE(ended());
  commit(commit_of({next_step(step, StepKind::kClosed, 5, 0, "")}, 5));
  EXPECT_TRUE(ended());
  EXPECT_TRUE(ledger_->sign(kNow));
}

TEST_F(LedgerTest, KnowsWhatAChangedPolicyLeftAsItWas) {
  const auto unchanged = [this] { return ledger_->findings({})->at(0).unchanged; };
  Step step = opened_step(1, 0, "a");
  step.figures = {{"alike", ValueType::kDouble, 0.5, true},
                  {"models", ValueType::kStringList, std::vector<std::string>{"m-1"}, true}};
  const auto restate = [&](std::int64_t seq, const char* reason) {
    const std::vector<Figure> before = step.figures;
    step = next_step(step, StepKind::kRestated, seq, 0, reason);
    step.previous = before;
  };
  const auto commit_step = [&](std::int64_t seq) { commit(commit_of({step}, seq)); };
  commit_step(1);
  step = next_step(step, StepKind::kClosed, 2, 0, "");
  commit_step(2);
  EXPECT_THAT(unchanged(), SizeIs(0));
  restate(3, "names-cleared");
  commit_step(3);
  EXPECT_THAT(unchanged(), ElementsAre(2, 3));
  restate(4, "policy-changed");  // for any other reason somebody looks at it
  commit_step(4);
  restate(5, "names-cleared");
  step.figures[0].value = 0.75;
  commit_step(5);
  restate(6, "names-cleared");  // of texts the entry has hashes only
  step.figures[1].value = std::vector<std::string>{"m-2"};
  commit_step(6);
  restate(7, "names-cleared");
  step.severity = Severity::kCritical;
  commit_step(7);
  restate(8, "names-cleared");
  step.run.to = step.run.to + kHour;
  commit_step(8);
  EXPECT_THAT(unchanged(), ElementsAre(2, 3));
  restate(9, "names-cleared");
  commit_step(9);
  EXPECT_THAT(unchanged(), ElementsAre(2, 3, 9));
}

TEST_F(LedgerTest, AbsentEntriesAndProofsAreErrors) {
  EXPECT_EQ(ledger_->entry(1).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ledger_->entry(-1).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ledger_->inclusion_proof(0, 2).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(ledger_->inclusion_proof(1, 1).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(ledger_->consistency_proof(1, 2).error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace tidewaiter
