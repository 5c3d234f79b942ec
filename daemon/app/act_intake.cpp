#include "daemon/app/act_intake.h"

#include <algorithm>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/app/act_file.h"
#include "daemon/app/act_words.h"
#include "daemon/app/exhibits.h"
#include "daemon/app/people.h"
#include "daemon/app/state.h"
#include "daemon/app/user_changes.h"
#include "policies/model/subject_part.h"
#include "storage/files/durable_file.h"
#include "storage/ledger/party.h"
#include "storage/review/act_rules.h"
#include "storage/review/case_book.h"
#include "storage/review/clearance_book.h"
#include "storage/review/clearance_rules.h"
#include "storage/review/erasure_book.h"
#include "storage/review/report_book.h"
#include "storage/review/request_book.h"
#include "storage/review/ruling_book.h"
#include "storage/review/ruling_rules.h"
#include "storage/review/silence_book.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

/// Of what a refused file says of itself: it is not believed, and may be of any length.
constexpr std::size_t kMostQuoted = 80;
constexpr std::size_t kMostReason = 1000;
/// Taken in or refused at once: a folder that somebody has filled does not hold up the rest.
constexpr std::int64_t kMostAtOnce = 1000;
constexpr std::size_t kDigestDigits = 64;

/// The name under which a refused file is kept: its digest, or where it has none that of its name.
std::string refused_name(const fs::path& file) {
  const std::string stem = file.stem().string();
  const bool digest = stem.size() == kDigestDigits &&
                      stem.find_first_not_of("0123456789abcdef") == std::string::npos;
  return digest ? stem : to_hex(sha256(stem));
}

Result<std::vector<Reviewer>> reviewers(const fs::path& state) {
  const Result<std::vector<Person>> everybody = people(state);
  if (!everybody) return tl::unexpected(everybody.error());
  std::vector<Reviewer> all;
  for (const Person& person : *everybody) {
    all.push_back({person.handle, person.role, person.verifier_key, person.retired.has_value()});
  }
  return all;
}

/// Puts a file where what has become of it is seen, and takes it away from what waits.
Result<void> file_away(const fs::path& from, const fs::path& folder, std::string_view bytes) {
  if (auto made = make_state_folder(folder); !made) return tl::unexpected(made.error());
  if (auto placed = place_file(folder / from.filename(), 0600, bytes); !placed) return placed;
  if (auto removed = remove_file(from); !removed) return removed;
  return sync_folder(from.parent_path());
}

/// Takes in acts one after the other; each is judged by all that came before it.
class Taking {
 public:
  Taking(const fs::path& state, Ledger& ledger, const LedgerPaths& paths,
         const JudgingPolicies& policies, UtcTime now)
      : state_(state),
        ledger_(ledger),
        paths_(paths),
        policies_(policies),
        now_(now),
        exhibits_(exhibits_of(state, paths)) {}

  Result<void> read() {
    auto enrolled = reviewers(state_);
    if (!enrolled) return tl::unexpected(enrolled.error());
    reviewers_ = std::move(*enrolled);
    auto findings = ledger_.findings({});
    if (!findings) return tl::unexpected(findings.error());
    findings_ = std::move(*findings);
    auto deeds = recorded_deeds(ledger_);
    if (!deeds) return tl::unexpected(deeds.error());
    acts_ = std::move(deeds->acts);
    regroupings_ = std::move(deeds->regroupings);
    auto executed = executed_erasures(ledger_, acts_);
    if (!executed) return tl::unexpected(executed.error());
    executed_ = std::move(*executed);
    return make_books();
  }

  Result<void> take(const HandedInFile& incoming) {
    if (incoming.change) return take_change(incoming.file, *incoming.change);
    if (!incoming.read) return refuse(incoming, incoming.read.error());
    const SignedAct& act = incoming.read->act;
    if (waiting_.contains(act.act.case_id)) {
      ++report_.waiting;
      return {};
    }
    const Result<Digest> digest = act_digest(act.act);
    if (!digest) return refuse(incoming, digest.error());
    if (incoming.file.filename().string() != act_file_name(*digest)) {
      // Another name would put it in the place of another act's words.
      return refuse(incoming, {ErrorCode::kInvalidInput, "the file is not named by its digest"});
    }
    // A process that was killed in between has recorded it, and not yet put its file away.
    if (book_->has_act(*digest)) return keep(incoming);
    const Result<Party> party = party_of_act(*incoming.read);
    if (!party) return refuse_or_leave(incoming, party.error());
    if (auto may = judge(*incoming.read, *digest, *party); !may) {
      return refuse_or_leave(incoming, may.error());
    }
    if (auto recorded = record(*incoming.read, party->name); !recorded) return recorded;
    ++report_.taken;
    return keep(incoming);
  }

  [[nodiscard]] const TakenActs& report() const { return report_; }

 private:
  Result<void> make_books() {
    Result<CaseBook> book = CaseBook::make(findings_, acts_, regroupings_);
    if (!book) return tl::unexpected(book.error());
    book_ = std::move(*book);
    if (auto made = make_report_books(); !made) return made;
    if (auto made = remake(rulings_, RulingBook::make(acts_)); !made) return made;
    if (auto made = remake(silences_, SilenceBook::make(acts_)); !made) return made;
    if (auto made = remake(clearances_, ClearanceBook::make(acts_)); !made) return made;
    return remake(erasures_, ErasureBook::make(acts_, executed_));
  }

  /// What answers a request is a report.
  Result<void> make_report_books() {
    if (auto made = remake(reports_, ReportBook::make(acts_)); !made) return made;
    return remake(requests_, RequestBook::make(acts_, *reports_));
  }

  template <class Book>
  static Result<void> remake(std::optional<Book>& book, Result<Book> made) {
    if (!made) return tl::unexpected(made.error());
    book = std::move(*made);
    return {};
  }

  /// The last act, which the books do not have yet. Of many about cases none makes a book anew.
  Result<void> add_to_books() {
    const Act& act = acts_.back().act.act;
    if (auto added = book_->add(acts_.back()); !added) return added;
    if (is_about_report(act) || is_about_request(act)) return make_report_books();
    if (is_about_ruling(act)) return remake(rulings_, RulingBook::make(acts_));
    if (is_about_clearance(act)) return remake(clearances_, ClearanceBook::make(acts_));
    if (is_about_notices(act)) return remake(silences_, SilenceBook::make(acts_));
    if (is_about_party(act)) return remake(erasures_, ErasureBook::make(acts_, executed_));
    return {};
  }

  /// Whom an act names, and by what name entries say so; empty of one that names nobody.
  struct Party {
    std::string subject;
    std::string name;
  };
  Result<Party> party_of_act(const ActFile& file) {
    if (!names_party(file.act.act.body)) return Party{};
    const Result<Confidential> content = open_sealed(file.sealed);
    if (!content || !content->contains("subject")) {
      return fail(ErrorCode::kInvalidInput, "it does not say about whom it is");
    }
    Party party{content->at("subject"), {}};
    if (auto part = parse_subject_part(party.subject); !part) return tl::unexpected(part.error());
    // Only who is enrolled makes a key come about; of all others check_act() says why not.
    const SignedAct& act = file.act;
    const auto who = std::ranges::find(reviewers_, act.act.by, &Reviewer::handle);
    if (who == reviewers_.end() || who->verifier_key != act.signer || !check_act_signature(act)) {
      return party;
    }
    // As in a commit: of somebody whom findings name a second key is never made.
    const auto may_make = [this](const std::string& subject) -> Result<void> {
      if (std::ranges::find(findings_, subject, &FindingState::subject) == findings_.end()) {
        return {};
      }
      return fail(ErrorCode::kUnavailable,
                  "the vault has no key for a subject that findings name: put the right one back");
    };
    auto name = party_of(paths_, party.subject, may_make);
    if (!name) return tl::unexpected(name.error());
    party.name = std::move(*name);
    return party;
  }

  Result<void> judge(const ActFile& file, const Digest& digest, const Party& party) {
    const auto head = ledger_.head();
    if (!head) return tl::unexpected(head.error());
    const ActBasis basis{&*book_,    &*reports_,  &*rulings_,  reviewers_,
                         head->size, now_,        &*erasures_, party.subject,
                         party.name, &*requests_, &*silences_, &*clearances_};
    if (auto may = check_act(file.act, basis); !may) return may;
    if (auto kept =
            check_exhibit(file.act.act, book_->find(file.act.act.case_id), acts_, exhibits_);
        !kept)
      return kept;
    const WordsBasis words{state_, findings_, policies_, *clearances_};
    if (auto said = check_act_words(file, words); !said) return said;
    // What was refused once would else wait for a day on which the rules allow it.
    const Result<bool> before = is_there(refused_acts_folder(state_) / act_file_name(digest));
    if (!before) return tl::unexpected(before.error());
    if (*before) return fail(ErrorCode::kRefused, "this very act was refused before");
    if (says_why(file)) return {};
    return fail(ErrorCode::kInvalidInput, "it gives no reason");
  }

  static bool may_need_second(const ActBody& body) {
    return std::holds_alternative<Decided>(body) || std::holds_alternative<LinkCut>(body) ||
           std::holds_alternative<LinkJoined>(body) || std::holds_alternative<RulingLifted>(body) ||
           std::holds_alternative<NameCleared>(body);
  }

  /// Why another person has to approve it; nothing where none has to.
  std::optional<std::string> why_second(const ActFile& file) const {
    const Act& act = file.act.act;
    const Digest draw = sha256(random_salt());  // nobody's to choose
    if (const auto* const cleared = std::get_if<NameCleared>(&act.body)) {
      const auto finding = std::ranges::find(findings_, cleared->finding, &FindingState::id);
      const auto why = second_needed_for_clearance(*finding, policies_.legal, draw);
      return why ? why : why_second_by_words(file);
    }
    const auto* const decided = std::get_if<Decided>(&act.body);
    if (decided == nullptr) return second_needed_for_ruling(findings_);
    return second_needed_for(*book_->find(act.case_id), *decided, policies_.legal, draw);
  }

  /// A change of the table of users is in the ledger before its file goes: killed in between it is
  /// recorded twice, not never.
  Result<void> take_change(const fs::path& file, const UserChange& change) {
    const auto done = commit_text("config.changed", user_change_fields(change));
    if (!done) return tl::unexpected(done.error());
    ++report_.taken;
    if (auto removed = remove_file(file); !removed) return removed;
    return sync_folder(file.parent_path());
  }

  Result<void> record(const ActFile& file, const std::string& party) {
    const SignedAct& act = file.act;
    Result<nlohmann::json> fields = act_fields(act);
    if (!fields) return tl::unexpected(fields.error());
    if (!party.empty()) (*fields)["party"] = party;
    if (file.proof != ActProof::kUnsaid) {
      (*fields)["proof"] = std::string(act_proof_name(file.proof));
    }
    bool second_needed = false;
    if (may_need_second(act.act.body)) {
      const auto why = why_second(file);
      second_needed = why.has_value();
      (*fields)["second_needed"] = second_needed;
      if (why) (*fields)["second_because"] = *why;
    }
    const auto index = commit(std::string(act_type(act.act)), *fields);
    if (!index) return tl::unexpected(index.error());
    acts_.push_back({*index, now_, act, second_needed, party});
    return add_to_books();
  }

  /// Whether it is signed with the key of the person that it names.
  bool is_of_known_person(const SignedAct& act) const {
    const auto who = std::ranges::find(reviewers_, act.act.by, &Reviewer::handle);
    return who != reviewers_.end() && who->verifier_key == act.signer;
  }

  /// That it cannot be told now is no reason to refuse.
  Result<void> refuse_or_leave(const HandedInFile& incoming, const Error& why) {
    if (why.code != ErrorCode::kUnavailable) return refuse(incoming, why);
    waiting_.insert(incoming.read->act.act.case_id);
    ++report_.waiting;
    if (!report_.why_waiting) report_.why_waiting = why;
    return {};
  }

  /// The attempt is in the ledger before the file is put aside: killed in between it is recorded
  /// twice, not never.
  Result<void> refuse(const HandedInFile& incoming, const Error& why) {
    const std::string name = refused_name(incoming.file);
    const std::string reason = why.message.substr(0, kMostReason);
    nlohmann::json attempt = {{"file", name}, {"reason", reason}};
    const auto say = [&attempt](std::string_view type, std::string_view about,
                                std::string_view by) {
      attempt["type"] = std::string(type.substr(0, kMostQuoted));
      attempt["case"] = std::string(about.substr(0, kMostQuoted));
      attempt["by"] = std::string(by.substr(0, kMostQuoted));
    };
    if (incoming.read) {
      const Act& act = incoming.read->act.act;
      say(act_type(act), act.case_id, act.by);
    } else if (incoming.attempt) {
      say(incoming.attempt->type, incoming.attempt->about, incoming.attempt->by);
    }
    const auto done = commit(std::string(kRefusedType), {{"attempt", attempt}});
    if (!done) return tl::unexpected(done.error());
    ++report_.refused;
    if (incoming.read && is_of_known_person(incoming.read->act)) {
      discard_refused(incoming, state_, acts_, exhibits_);
    }
    return put_aside(incoming.file, name, nlohmann::json{{"refused", reason}});
  }

  Result<void> put_aside(const fs::path& file, const std::string& name,
                         const nlohmann::json& refusal) {
    const fs::path folder = refused_acts_folder(state_);
    if (auto made = make_state_folder(folder); !made) return tl::unexpected(made.error());
    auto told = place_file(folder / (name + ".json"), 0600, replaced(refusal) + "\n");
    if (!told) return told;
    std::error_code failure;
    fs::remove_all(folder / (name + ".given"), failure);  // of an earlier attempt with this name
    fs::rename(file, folder / (name + ".given"), failure);
    if (failure) {
      return fail(ErrorCode::kUnavailable,
                  "cannot put `" + file.string() + "` aside: " + failure.message());
    }
    if (auto synced = sync_folder(folder); !synced) return synced;
    return sync_folder(file.parent_path());
  }

  Result<void> keep(const HandedInFile& incoming) {
    return file_away(incoming.file, acts_folder(state_), incoming.read->bytes);
  }

  /// JSON text whatever the texts in it are: what is no UTF-8, or was cut within a character,
  /// stands as U+FFFD.
  static std::string replaced(const nlohmann::json& json) {
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }

  Result<std::int64_t> commit(const std::string& type, const nlohmann::json& fields) {
    return commit_text(type, replaced(fields));
  }
  Result<std::int64_t> commit_text(const std::string& type, const std::string& fields) {
    LedgerCommit one;
    one.events.push_back({type, fields});
    const auto done = ledger_.commit(one, now_);
    if (!done) return tl::unexpected(done.error());
    return done->first_index;
  }

  const fs::path& state_;
  Ledger& ledger_;
  const LedgerPaths& paths_;
  const JudgingPolicies& policies_;
  UtcTime now_;
  PayloadFolder exhibits_;
  std::vector<Reviewer> reviewers_;
  std::vector<FindingState> findings_;
  std::vector<RecordedAct> acts_;
  std::vector<RecordedRegrouping> regroupings_;
  std::optional<CaseBook> book_;
  std::optional<ReportBook> reports_;
  std::optional<RequestBook> requests_;
  std::optional<RulingBook> rulings_;
  std::optional<SilenceBook> silences_;
  std::optional<ClearanceBook> clearances_;
  std::vector<ExecutedErasure> executed_;
  std::optional<ErasureBook> erasures_;
  std::set<std::string> waiting_;  ///< cases of acts that wait
  TakenActs report_;
};

}  // namespace

Result<TakenActs> take_acts(const fs::path& state, Ledger& ledger, const LedgerPaths& paths,
                            const JudgingPolicies& policies, UtcTime now) {
  std::int64_t unreadable = 0;
  const auto incoming = handed_in_by_time(state, ledger.origin(), unreadable);
  if (!incoming) return tl::unexpected(incoming.error());
  if (incoming->empty()) return TakenActs{.unreadable = unreadable};
  Taking taking(state, ledger, paths, policies, now);
  if (auto read = taking.read(); !read) return tl::unexpected(read.error());
  for (const fs::path& name : *incoming) {
    if (taking.report().taken + taking.report().refused >= kMostAtOnce) break;
    const Result<std::optional<HandedInFile>> one = read_handed_in(name, ledger.origin());
    if (!one || !*one) continue;  // it is there for the next time, or gone
    if (auto done = taking.take(**one); !done) return tl::unexpected(done.error());
  }
  if (const auto done = ledger.sign(now); !done) return tl::unexpected(done.error());
  TakenActs report = taking.report();
  report.unreadable = unreadable;
  return report;
}

}  // namespace tidewaiter
