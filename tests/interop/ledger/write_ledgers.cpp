// write_ledgers FOLDER: writes what the two verifiers are compared on. `small`, `long` and
// `erased`, which is `small` without one of its subjects, are state folders, `small-tiles`, … their
// exports; below `proofs` lie proofs of entries and the entries. Beside the database of a log lies
// `vkey`.
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>
#include <nlohmann/json.hpp>

#include "policies/model/base64.h"
#include "storage/ledger/act.h"
#include "storage/ledger/erase_subject.h"
#include "storage/ledger/ledger.h"
#include "storage/ledger/log_export.h"
#include "storage/ledger/publication.h"
#include "storage/ledger/regrouping.h"
#include "storage/ledger/signed_note.h"
#include "tests/unit/verify/small_ledger.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;
using test::must;

constexpr const char* kOrigin = "long.example/ledger";
/// More than a full tile: a second level, and a partial tile on each.
constexpr std::int64_t kLongEvents = 272;

LedgerPaths paths_in(const fs::path& folder) {
  return {folder / "ledger.db", folder / "lock.db", folder / "ledger.key", folder / "vault.db"};
}

void write(const fs::path& path, std::string_view bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file.exceptions(std::ios::badbit | std::ios::failbit);
  file << bytes;
}

/// A publication that two people have signed.
LedgerEvent published(std::int64_t version, const std::optional<Digest>& previous) {
  PublicationEntry entry;
  entry.publication = {kOrigin, version, sha256("bundle " + std::to_string(version)),
                       sha256("set " + std::to_string(version)), previous};
  entry.title = "Bursts by account";
  entry.policies = 2;
  const std::array<SigningKey, 2> keys = {must(SigningKey::generate()),
                                          must(SigningKey::generate())};
  const std::array<std::string, 2> people = {"ada", "bo"};
  for (std::size_t i = 0; i < keys.size(); ++i) {
    entry.signers.at(i) = format_verifier_key({people.at(i), keys.at(i).public_key()});
    const std::string note =
        must(sign_note(publication_text(entry.publication), people.at(i), keys.at(i)));
    entry.note += i == 0 ? note : note.substr(note.find("\n\n") + 2);
  }
  return {std::string(kSetPublishedType), publication_fields(entry).dump()};
}

/// A case that one person decides at entry `index` and another approves, and a comment on it; a
/// ruling on links that one makes and another approves, and that is lifted; then a hold that is
/// placed, approved and released, and an erasure behind it, each by two people; and a report that
/// is issued, corrected by one that is withdrawn, and then supplemented; and requests that a report
/// answers and that are closed; and a silence that is ended, messages that are sent again, and a
/// name that is cleared, by two people, until one lifts that; and findings of the case that are
/// split off, with a clock by which the reports are due, and a licence; and statements of who is
/// behind the case, one approved and withdrawn and one rejected, a conclusion that is released, a
/// report that is handed over and received; and two cases that the program merges and parts.
std::vector<LedgerEvent> decided(std::int64_t index, UtcTime at) {
  const SigningKey ada = must(SigningKey::generate());
  const SigningKey bo = must(SigningKey::generate());
  std::vector<LedgerEvent> events;
  const auto about = [&](const std::string& what, const std::string& by, const SigningKey& key,
                         ActBody body) {
    Act act;
    act.origin = kOrigin;
    act.case_id = what;
    act.by = by;
    act.at = at;
    act.seen = index;
    act.body = std::move(body);
    act.confidential = sha256("sealed " + std::to_string(events.size()));
    const SignedAct signed_act = must(sign_act(std::move(act), key));
    nlohmann::json fields = must(act_fields(signed_act));
    if (names_party(signed_act.act.body)) fields["party"] = to_hex(sha256("party"));
    events.push_back({std::string(act_type(signed_act.act)), fields.dump()});
  };
  const auto add = [&](const std::string& by, const SigningKey& key, ActBody body) {
    about("c-0123456789ab", by, key, std::move(body));
  };
  add("ada", ada, Decided{Outcome::kAcceptedRisk, at + kDay});
  add("bo", bo, SecondOpinion{index, true});
  add("ada", ada, Commented{false});
  about("k-0123456789ab", "ada", ada, LinkCut{2});
  about("k-0123456789ab", "bo", bo, RulingApproved{index + 3, true});
  about("k-0123456789ab", "bo", bo, RulingLifted{});
  about("h-0123456789ab", "ada", ada, HoldPlaced{});
  about("h-0123456789ab", "bo", bo, HoldApproved{index + 6, true});
  about("h-0123456789ab", "bo", bo, HoldReleased{index + 6});
  about("h-0123456789ab", "ada", ada, HoldApproved{index + 8, true});
  about("e-0123456789ab", "bo", bo, ErasureRequested{true});
  about("e-0123456789ab", "ada", ada, ErasureApproved{index + 10, true});
  events.push_back({std::string(kErasedType), R"({"case":"e-0123456789ab","records":3,"request":)" +
                                                  std::to_string(index + 10) +
                                                  R"(,"token":"erased-)" + std::string(32, 'a') +
                                                  "\"}"});
  // By the split the new case has it, too.
  const auto clock = index + static_cast<std::int64_t>(events.size());
  add("ada", ada, ClockStarted{"days:30", at, at + kDay});
  add("ada", ada,
      LicenceRecorded{LicenceKind::kGeneralLicence, "OFAC", "GL 8", at, at + kDay, sha256("GL 8")});
  add("ada", ada, CaseSplit{"p-0123456789ab", {std::string(32, '1'), std::string(32, '2')}});
  const auto draft = [&](const std::string& id, std::optional<ReportFollows> follows) {
    const std::int64_t place = index + static_cast<std::int64_t>(events.size());
    const Digest manifest = sha256(id);
    about(id, "ada", ada,
          ReportDrafted{"partner-notice", "p-0123456789ab", at, at + kDay, "facts", "TLP:AMBER",
                        false, 1, manifest, std::move(follows), "q-0123456789a1", clock});
    about(id, "bo", bo, ReportApproved{place, true, false});
    about(id, "ada", ada, ReportIssued{place, 1, manifest});
    return place;
  };
  about("q-0123456789a1", "ada", ada, RequestReceived{at, "stated", at + kDay, "c-0123456789ab"});
  about("q-0123456789a2", "ada", ada, RequestReceived{at, "", std::nullopt, ""});
  const std::string first = "r-0123456789a1";
  draft(first, std::nullopt);
  const std::string second = "r-0123456789a2";
  const std::int64_t place =
      draft(second, ReportFollows{FollowingAs::kCorrects, first, sha256(first)});
  about(second, "bo", bo, ReportWithdrawn{place + 2, sha256(second)});
  about(second, "ada", ada, ReportApproved{place + 3, true, false});
  about("q-0123456789a2", "bo", bo, RequestClosed{RequestEnd::kAnswered, first});
  about("p-0123456789ab", "bo", bo, Commented{false});
  about("p-0123456789ab", "bo", bo, CaseSplit{"p-0123456789ac", {std::string(32, '2')}});
  about("p-0123456789ac", "bo", bo, Merged{"p-0123456789ab"});
  about("s-0123456789a1", "ada", ada, NoticesSilenced{at, at + kDay});
  const auto silence = index + static_cast<std::int64_t>(events.size()) - 1;
  about("s-0123456789a1", "bo", bo, SilenceEnded{silence});
  about("n-0123456789a1", "ada", ada, NoticesRetried{"siem", 0});
  add("ada", ada, Exhibit{std::nullopt, 0, false});
  add("ada", ada, Exhibit{sha256("of before"), 3, true});
  add("ada", ada, Exhibit{sha256("payload"), 75, false, std::string(32, 'a')});
  add("bo", bo, Exhibit{sha256("payload"), 16'472, false, std::string(32, 'b')});
  about("v-0123456789a1", "ada", ada, EvidenceViewed{0, 12});
  const auto given = index + static_cast<std::int64_t>(events.size());
  about("m-0123456789a1", "ada", ada, NameCleared{std::string(32, '1'), "bursts", 3});
  about("m-0123456789a1", "bo", bo, ClearanceApproved{given, true});
  about("m-0123456789a1", "ada", ada, ClearanceLifted{});
  events.push_back({"notice.dead", R"({"channel":"siem","message":3})"});
  const auto here = [&] { return index + static_cast<std::int64_t>(events.size()); };
  const std::int64_t exhibit = here();
  about("p-0123456789ab", "ada", ada, Exhibit{std::nullopt, 0, false});
  const std::int64_t stated = here();
  about("p-0123456789ab", "ada", ada,
        AttributionStated{Confidence::kModerate, {std::string(32, '1')}, {exhibit}});
  about("p-0123456789ab", "bo", bo, AttributionApproved{stated, true});
  about("p-0123456789ab", "ada", ada, AttributionWithdrawn{stated});
  const std::int64_t conclusion = here();
  about("p-0123456789ab", "bo", bo, ConclusionStated{});
  about("p-0123456789ab", "bo", bo, ConclusionReleased{conclusion, "referral"});
  // By what the program did the other case has the exhibits of this one, and no statement.
  const auto regroup = [&](bool splits, bool done) {
    const std::string part = "p-0123456789ab";
    const std::string whole = "c-222222222222";
    events.push_back(regrouping_event({splits, splits ? whole : part, splits ? part : whole,
                                       std::string(32, '1'), std::string(32, '2'), done,
                                       done ? "" : "somebody has decided about one of them"}));
  };
  regroup(false, false);
  regroup(false, true);
  const std::int64_t second_statement = here();
  about("c-222222222222", "bo", bo, AttributionStated{Confidence::kLow, {}, {exhibit}});
  about("c-222222222222", "ada", ada, AttributionApproved{second_statement, false});
  // What a person merged the program does not part.
  about("c-333333333333", "ada", ada, Merged{"c-222222222222"});
  events.push_back(regrouping_event({true, "c-222222222222", "c-333333333333", std::string(32, '1'),
                                     std::string(32, '2'), true, ""}));
  regroup(true, true);
  const std::int64_t last =
      draft("r-0123456789a3", ReportFollows{FollowingAs::kSupplements, first, sha256(first)});
  const std::int64_t handed = here();
  about("r-0123456789a3", "ada", ada,
        ReportHandedOver{last + 2, at, "courier", HandedForm::kFolder, sha256("tags")});
  about("r-0123456789a3", "bo", bo, ReportReceived{handed, at + kHour});
  return events;
}

/// Two findings, for the case that is split.
LedgerCommit found(UtcTime at) {
  LedgerCommit commit;
  for (const char digit : {'1', '2'}) {
    Step step;
    step.seq = digit - '0';
    step.policy = "bursts";
    step.policy_version = 1;
    step.finding = std::string(32, digit);
    step.subject.fields = {*find_field("account")};
    step.subject.values = {std::string("ann")};
    step.run = {at, at + kHour};
    step.windows = 1;
    commit.steps.push_back(std::move(step));
  }
  commit.log_id = "records-2";
  commit.offset = LogOffset{2, sha256("offset")};
  return commit;
}

/// One that goes on for another, of which the last entry is lost.
void write_long(const fs::path& folder, const LedgerPaths& small) {
  const auto lost = must(Ledger::open(small, Ledger::Mode::kReadOnly));
  const Checkpoint last = must(lost->signed_head()).value();
  const FormerLedger former{last.note, lost->verifier_key(), last.head.size - 1, "a disk failed"};
  const LedgerPaths paths = paths_in(folder);
  const UtcTime now{1'790'000'000'123'450};
  must(Ledger::create(paths, kOrigin, now, former));
  const auto ledger = must(Ledger::open(paths, Ledger::Mode::kReadWrite));
  must(ledger->commit(found(now), now));
  LedgerCommit policies;
  policies.events = {published(1, std::nullopt), published(2, sha256("bundle 1"))};
  policies.events.push_back(
      {std::string(kActivatedType), R"({"published_only":true,"set":")" + to_hex(sha256("set 2")) +
                                        R"(","bundle":")" + to_hex(sha256("bundle 2")) + "\"}"});
  // After the entry of creation, two findings and the three of policies.
  std::ranges::move(decided(6, now), std::back_inserter(policies.events));
  must(ledger->commit(policies, now));
  must(ledger->sign(now));
  for (std::int64_t i = 0; i < kLongEvents; i += kLongEvents / 4) {
    LedgerCommit commit;
    for (std::int64_t j = 0; j < kLongEvents / 4; ++j) {
      commit.events.push_back({"exemption.granted", R"({"words":"caf\u00e9 )" +
                                                        std::to_string(i + j) + R"(","weight":0.)" +
                                                        std::to_string(j + 1) + "}"});
    }
    must(ledger->commit(commit, now));
    must(ledger->sign(now));
  }
}

void write_others(const fs::path& folder, const std::string& name) {
  const fs::path state = folder / name;
  {
    SQLite::Database database((state / "ledger.db").string(), SQLite::OPEN_READWRITE);
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  const auto ledger = must(Ledger::open(paths_in(state), Ledger::Mode::kReadOnly));
  write(state / "vkey", ledger->verifier_key() + "\n");
  must(export_log(*ledger, folder / (name + "-tiles"), [](std::int64_t, std::int64_t) {}));
  write(folder / (name + "-tiles.vkey"), ledger->verifier_key() + "\n");
  const Checkpoint head = must(ledger->signed_head()).value();
  const std::int64_t last = head.head.size - 1;
  for (const std::int64_t index : {std::int64_t{0}, std::int64_t{1}, last / 2, last - 1, last}) {
    const fs::path proof = folder / "proofs" / (name + "-" + std::to_string(index));
    std::string text = "c2sp.org/tlog-proof@v1\nindex " + std::to_string(index) + "\n";
    for (const Digest& hash : must(ledger->inclusion_proof(index, head.head.size))) {
      text += to_base64(hash.bytes, Base64::kStandard) + "\n";
    }
    write(proof / "proof", text + "\n" + head.note);
    write(proof / "entry", must(ledger->entry(index)));
    write(proof / "vkey", ledger->verifier_key() + "\n");
  }
}

void write_all(const fs::path& folder) {
  fs::create_directories(folder / "long");
  fs::create_directories(folder / "small");
  const test::SmallLedger small;
  const LedgerPaths from = small.paths();
  for (const fs::path& file : {from.database, from.lock, from.key, from.vault}) {
    fs::copy_file(file, folder / "small" / file.filename());
  }
  fs::copy_file(small.older_lock(), folder / "small" / "older-lock.db");
  fs::copy_file(small.older_database(), folder / "small" / "older.db");
  write_long(folder / "long", from);
  fs::copy(folder / "small", folder / "erased", fs::copy_options::recursive);
  const LedgerPaths erased = paths_in(folder / "erased");
  if (must(erase_subject(erased, "account:/ann", std::nullopt)).findings != 1) {
    throw std::runtime_error("the subject to erase is not there");
  }
  must(compact_ledger(erased));
  for (const char* name : {"small", "long", "erased"}) write_others(folder, name);
}

}  // namespace
}  // namespace tidewaiter

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: write_ledgers FOLDER\n";
    return 2;
  }
  try {
    tidewaiter::write_all(arguments[1]);
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "write_ledgers: " << e.what() << '\n';
    return 1;
  }
}
