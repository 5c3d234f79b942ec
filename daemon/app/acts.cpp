#include "daemon/app/acts.h"

#include <algorithm>
#include <random>
#include <set>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/app/people.h"
#include "daemon/app/state.h"
#include "daemon/app/stated_clearances.h"
#include "policies/language/policy.h"
#include "policies/model/jcs.h"
#include "policies/model/json_member.h"
#include "policies/model/subject_part.h"
#include "storage/files/durable_file.h"
#include "storage/ledger/party.h"
#include "storage/review/act_rules.h"
#include "storage/review/case_book.h"
#include "storage/review/clearance_book.h"
#include "storage/review/clearance_rules.h"
#include "storage/review/clearance_words.h"
#include "storage/review/erasure_book.h"
#include "storage/review/report_book.h"
#include "storage/review/request_book.h"
#include "storage/review/ruling_book.h"
#include "storage/review/ruling_rules.h"
#include "storage/review/ruling_words.h"
#include "storage/review/silence_book.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

/// With the escapes that JSON may need.
constexpr std::size_t kMostFileBytes = 8 * kMostConfidentialBytes;
/// Of what a refused file says of itself: it is not believed, and may be of any length.
constexpr std::size_t kMostQuoted = 80;
constexpr std::size_t kMostReason = 1000;
/// Taken in or refused at once: a folder that somebody has filled does not hold up the rest.
constexpr std::int64_t kMostAtOnce = 1000;
/// Looked at, to take the earliest first. Those that wait are among them.
constexpr std::size_t kMostLookedAt = 20'000;
constexpr std::size_t kDigestDigits = 64;
constexpr std::size_t kSaltBytes = 16;

fs::path incoming_folder(const fs::path& state) { return acts_folder(state) / "incoming"; }
fs::path refused_folder(const fs::path& state) { return acts_folder(state) / "refused"; }
std::string file_name(const Digest& act) { return to_hex(act) + ".json"; }

/// An act as its file has it.
struct ActFile {
  SignedAct act;
  std::string sealed;  ///< empty: nothing is confidential
  std::string bytes;
};

std::string random_salt() {
  std::random_device source;
  std::string salt;
  while (salt.size() < kSaltBytes) salt += static_cast<char>(source() & 0xFFU);
  return salt;
}

Result<std::string> file_text(const SignedAct& act, const std::string& sealed) {
  const Result<nlohmann::json> fields = act_fields(act);
  if (!fields) return tl::unexpected(fields.error());
  nlohmann::json document = {{"typ", std::string(act_type(act.act))}, {"entry", *fields}};
  if (!sealed.empty()) document["sealed"] = sealed;
  return to_jcs(document);
}

Result<ActFile> parse_act_file(std::string bytes, const std::string& origin) {
  const Result<nlohmann::json> document = parse_json_strict(bytes);
  if (!document) return tl::unexpected(document.error());
  const auto entry = document->find("entry");
  if (!document->is_object() || entry == document->end()) {
    return fail(ErrorCode::kInvalidInput, "this is not an act");
  }
  Result<SignedAct> act = read_act(text_member(*document, "typ").value_or(""), *entry, origin);
  if (!act) return tl::unexpected(act.error());
  std::string sealed = text_member(*document, "sealed").value_or("");
  const auto digest = sealed.empty() ? std::nullopt : std::optional(sha256(sealed));
  if (digest != act->act.confidential) {
    return fail(ErrorCode::kInvalidInput, "what is confidential in it is not what was signed");
  }
  return ActFile{std::move(*act), std::move(sealed), std::move(bytes)};
}

/// What was handed in, whatever it is.
struct Incoming {
  fs::path file;
  Result<ActFile> read = fail(ErrorCode::kInvalidInput, "unread");
};

/// Nothing where it is gone meanwhile. Errors: kUnavailable.
Result<std::optional<Incoming>> read_one(const fs::path& file, const std::string& origin) {
  std::error_code failure;
  const fs::file_status status = fs::symlink_status(file, failure);
  if (status.type() == fs::file_type::not_found) return std::optional<Incoming>();
  if (!failure && status.type() != fs::file_type::regular) {
    return std::optional(Incoming{file, fail(ErrorCode::kInvalidInput, "this is no regular file")});
  }
  Result<std::string> bytes = read_whole_file(file, kMostFileBytes);
  if (bytes) return std::optional(Incoming{file, parse_act_file(std::move(*bytes), origin)});
  if (bytes.error().code == ErrorCode::kNotFound) return std::optional<Incoming>();
  if (bytes.error().code != ErrorCode::kInvalidInput) return tl::unexpected(bytes.error());
  return std::optional(Incoming{file, tl::unexpected(bytes.error())});
}

/// The names of a folder that end in `.json`, at most kMostLookedAt of them.
Result<std::vector<fs::path>> names_in(const fs::path& folder) {
  std::vector<fs::path> names;
  std::error_code failure;
  for (fs::directory_iterator it(folder, failure), end;
       !failure && it != end && names.size() < kMostLookedAt; it.increment(failure)) {
    if (it->path().extension() == ".json") names.push_back(it->path());
  }
  if (failure && failure != std::errc::no_such_file_or_directory) {
    return fail(ErrorCode::kUnavailable,
                "cannot read the folder `" + folder.string() + "`: " + failure.message());
  }
  return names;
}

/// What was handed in, in the order of the acts' times. What cannot be read now is counted and
/// left. The contents are not kept: together they may be of any size.
Result<std::vector<fs::path>> incoming_in_order(const fs::path& state, const std::string& origin,
                                                std::int64_t& unreadable) {
  const Result<std::vector<fs::path>> names = names_in(incoming_folder(state));
  if (!names) return tl::unexpected(names.error());
  std::vector<std::pair<UtcTime, fs::path>> found;
  for (const fs::path& name : *names) {
    const Result<std::optional<Incoming>> one = read_one(name, origin);
    if (!one) ++unreadable;
    if (!one || !*one) continue;
    found.emplace_back((*one)->read ? (*one)->read->act.act.at : UtcTime{0}, name);
  }
  std::ranges::sort(found);
  std::vector<fs::path> ordered;
  ordered.reserve(found.size());
  for (auto& [at, name] : found) ordered.push_back(std::move(name));
  return ordered;
}

/// The name under which a refused file is kept: its digest, or where it has none that of its name.
std::string refused_name(const fs::path& file) {
  const std::string stem = file.stem().string();
  const bool digest = stem.size() == kDigestDigits &&
                      stem.find_first_not_of("0123456789abcdef") == std::string::npos;
  return digest ? stem : to_hex(sha256(stem));
}

/// A report that lacks what its kind has to say goes out only if somebody says why; one that
/// follows another is drawn, and one that went out withdrawn, for a reason.
bool needs_reason_of_report(const ActBody& body) {
  const auto* const issued = std::get_if<ReportIssued>(&body);
  const auto* const drafted = std::get_if<ReportDrafted>(&body);
  return (issued != nullptr && issued->gaps > 0) || (drafted != nullptr && drafted->follows) ||
         std::holds_alternative<ReportApproved>(body) ||
         std::holds_alternative<ReportWithdrawn>(body);
}

/// What a decision needs, in words that are not blank.
bool says_why(const ActFile& file) {
  const ActBody& body = file.act.act.body;
  const bool needs =
      std::holds_alternative<Decided>(body) || std::holds_alternative<SecondOpinion>(body) ||
      std::holds_alternative<Appealed>(body) || std::holds_alternative<Merged>(body) ||
      std::holds_alternative<CaseSplit>(body) || needs_reason_of_report(body) ||
      std::holds_alternative<RequestClosed>(body) || is_about_ruling(file.act.act) ||
      is_about_clearance(file.act.act) || is_about_party(file.act.act) ||
      is_about_notices(file.act.act);
  if (!needs) return true;
  const Result<Confidential> content = open_sealed(file.sealed);
  if (!content || !content->contains("reason")) return false;
  return content->at("reason").find_first_not_of(" \t\r\n") != std::string::npos;
}

/// Whom a ruling is about has to be told in words that evaluation can follow.
Result<void> check_ruling_words(const ActFile& file) {
  const Act& act = file.act.act;
  if (!std::holds_alternative<LinkCut>(act.body) && !std::holds_alternative<LinkJoined>(act.body)) {
    return {};
  }
  const Result<Confidential> content = open_sealed(file.sealed);
  if (!content) return tl::unexpected(content.error());
  const Result<LinkRuled> ruled = read_ruling(act, *content);
  return ruled ? Result<void>() : tl::unexpected(ruled.error());
}

/// What a clearance takes away, whatever it is called.
Result<PolicyClearance> cleared_by(const NameCleared& given, const Confidential& content) {
  const Result<ClearedName> words = read_clearance(content);
  if (!words) return tl::unexpected(words.error());
  return policy_clearance({}, given, *words);
}

/// Whether another clearance would take nothing away that the one does not.
bool clears_as_much(const PolicyClearance& one, PolicyClearance other) {
  if (!std::ranges::includes(one.cleared.agreed, other.cleared.agreed)) return false;
  other.cleared.agreed = one.cleared.agreed;
  return one == other;
}

/// A request is somebody's, on some authority: a register without that says nothing.
Result<void> check_request_words(const ActFile& file) {
  if (!std::holds_alternative<RequestReceived>(file.act.act.body)) return {};
  const Result<Confidential> content = open_sealed(file.sealed);
  for (const char* const name : {"from", "authority"}) {
    const bool said = content && content->contains(name) &&
                      content->at(name).find_first_not_of(" \t\r\n") != std::string::npos;
    if (!said) {
      return fail(ErrorCode::kInvalidInput, std::string("it does not say `") + name + "`");
    }
  }
  return {};
}

/// A silence says in words that can be followed what it is about.
Result<void> check_silence_words(const ActFile& file, std::span<const FindingState> findings) {
  if (!std::holds_alternative<NoticesSilenced>(file.act.act.body)) return {};
  const Result<Confidential> content = open_sealed(file.sealed);
  if (!content) return tl::unexpected(content.error());
  const Result<SilenceMatch> match = read_silence(*content);
  if (!match) return tl::unexpected(match.error());
  return match->subject.empty() ? Result<void>() : check_silenced_subject(match->subject, findings);
}

/// Files that may hold words: acts, and what was handed in and refused. A refusal has none.
Result<std::vector<fs::path>> files_with_words(const fs::path& folder) {
  const std::string_view extension = folder.filename() == "refused" ? ".given" : ".json";
  std::vector<fs::path> files;
  std::error_code failure;
  for (fs::directory_iterator it(folder, failure), end; !failure && it != end;
       it.increment(failure)) {
    if (it->path().extension() != extension || !it->is_regular_file(failure)) continue;
    files.push_back(it->path());
  }
  if (failure && failure != std::errc::no_such_file_or_directory) {
    return fail(ErrorCode::kUnavailable,
                "cannot read the folder `" + folder.string() + "`: " + failure.message());
  }
  return files;
}

struct Words {
  std::string about;
  Confidential content;
};

/// Of what is no act all bytes are its words.
Words words_in(const std::string& bytes) {
  const auto document = nlohmann::json::parse(bytes, nullptr, false);
  const auto sealed = text_member(document, "sealed");
  const auto content = sealed ? open_sealed(*sealed) : fail(ErrorCode::kInvalidInput, "unsealed");
  const bool act = document.is_object() && document.contains("entry");
  Words words;
  if (act) words.about = text_member(document["entry"], "case").value_or("");
  if (content) words.content = *content;
  if (!content && (sealed || !act)) words.content = {{"bytes", bytes}};
  return words;
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
      : state_(state), ledger_(ledger), paths_(paths), policies_(policies), now_(now) {}

  Result<void> read() {
    auto enrolled = reviewers(state_);
    if (!enrolled) return tl::unexpected(enrolled.error());
    reviewers_ = std::move(*enrolled);
    auto findings = ledger_.findings({});
    if (!findings) return tl::unexpected(findings.error());
    findings_ = std::move(*findings);
    auto acts = recorded_acts(ledger_);
    if (!acts) return tl::unexpected(acts.error());
    acts_ = std::move(*acts);
    auto executed = executed_erasures(ledger_, acts_);
    if (!executed) return tl::unexpected(executed.error());
    executed_ = std::move(*executed);
    return make_books();
  }

  Result<void> take(const Incoming& incoming) {
    if (!incoming.read) return refuse(incoming, incoming.read.error());
    const SignedAct& act = incoming.read->act;
    if (waiting_.contains(act.act.case_id)) {
      ++report_.waiting;
      return {};
    }
    const Result<Digest> digest = act_digest(act.act);
    if (!digest) return refuse(incoming, digest.error());
    if (incoming.file.filename().string() != file_name(*digest)) {
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
    if (auto recorded = record(act, party->name); !recorded) return recorded;
    ++report_.taken;
    return keep(incoming);
  }

  [[nodiscard]] const TakenActs& report() const { return report_; }

 private:
  Result<void> make_books() {
    Result<CaseBook> book = CaseBook::make(findings_, acts_);
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
    if (auto said = check_ruling_words(file); !said) return said;
    if (auto said = check_clearance_words(file); !said) return said;
    if (auto said = check_request_words(file); !said) return said;
    if (auto said = check_silence_words(file, findings_); !said) return said;
    // What was refused once would else wait for a day on which the rules allow it.
    const Result<bool> before = is_there(refused_folder(state_) / file_name(digest));
    if (!before) return tl::unexpected(before.error());
    if (*before) return fail(ErrorCode::kRefused, "this very act was refused before");
    if (says_why(file)) return {};
    return fail(ErrorCode::kInvalidInput, "it gives no reason");
  }

  /// Whose name is cleared of whom has to be told in words that evaluation can follow, and has to
  /// be of the finding that the act names.
  Result<void> check_clearance_words(const ActFile& file) const {
    const auto* const given = std::get_if<NameCleared>(&file.act.act.body);
    if (given == nullptr) return {};
    const Result<Confidential> content = open_sealed(file.sealed);
    if (!content) return tl::unexpected(content.error());
    const Result<ClearedName> words = read_clearance(*content);
    if (!words) return tl::unexpected(words.error());
    const auto finding = std::ranges::find(findings_, given->finding, &FindingState::id);
    if (auto fits = check_cleared_account(*finding, *words); !fits) return fits;
    if (!policies_.looks_into(*given, words->list)) {
      return fail(ErrorCode::kRefused, "version " + std::to_string(given->version) + " of `" +
                                           given->policy + "` is not in force, or looks into no " +
                                           "list of this name");
    }
    return check_not_cleared(policy_clearance({}, *given, *words));
  }

  /// One that waits or holds clears it already.
  Result<void> check_not_cleared(const PolicyClearance& meant) const {
    for (const Clearance& one : clearances_->clearances()) {
      const bool stands =
          one.state == ClearanceState::kProposed || one.state == ClearanceState::kHolds;
      const NameCleared& given = one.cleared();
      if (!stands || given.policy != meant.policy || given.version != meant.version) continue;
      const auto content = confidential_of(state_, one.given.act.act);
      // Words that somebody has changed clear nothing.
      if (!content && content.error().code == ErrorCode::kCorruption) continue;
      if (!content) return tl::unexpected(content.error());
      if (!*content) continue;
      const Result<PolicyClearance> before = cleared_by(given, **content);
      if (!before || !clears_as_much(*before, meant)) continue;
      return fail(ErrorCode::kRefused,
                  "this name is cleared of this entry already: `" + one.id + "` is " +
                      (one.state == ClearanceState::kHolds ? "in force" : "proposed"));
    }
    return {};
  }

  static bool may_need_second(const ActBody& body) {
    return std::holds_alternative<Decided>(body) || std::holds_alternative<LinkCut>(body) ||
           std::holds_alternative<LinkJoined>(body) || std::holds_alternative<RulingLifted>(body) ||
           std::holds_alternative<NameCleared>(body);
  }

  /// Why another person has to approve it; nothing where none has to.
  std::optional<std::string> why_second(const Act& act) const {
    const Digest draw = sha256(random_salt());  // nobody's to choose
    if (const auto* const cleared = std::get_if<NameCleared>(&act.body)) {
      const auto finding = std::ranges::find(findings_, cleared->finding, &FindingState::id);
      return second_needed_for_clearance(*finding, policies_.legal, draw);
    }
    const auto* const decided = std::get_if<Decided>(&act.body);
    if (decided == nullptr) return second_needed_for_ruling(findings_);
    return second_needed_for(*book_->find(act.case_id), *decided, policies_.legal, draw);
  }

  Result<void> record(const SignedAct& act, const std::string& party) {
    Result<nlohmann::json> fields = act_fields(act);
    if (!fields) return tl::unexpected(fields.error());
    if (!party.empty()) (*fields)["party"] = party;
    bool second_needed = false;
    if (may_need_second(act.act.body)) {
      const auto why = why_second(act.act);
      second_needed = why.has_value();
      (*fields)["second_needed"] = second_needed;
      if (why) (*fields)["second_because"] = *why;
    }
    const auto index = commit(std::string(act_type(act.act)), *fields);
    if (!index) return tl::unexpected(index.error());
    acts_.push_back({*index, now_, act, second_needed, party});
    return add_to_books();
  }

  /// That it cannot be told now is no reason to refuse.
  Result<void> refuse_or_leave(const Incoming& incoming, const Error& why) {
    if (why.code != ErrorCode::kUnavailable) return refuse(incoming, why);
    waiting_.insert(incoming.read->act.act.case_id);
    ++report_.waiting;
    if (!report_.why_waiting) report_.why_waiting = why;
    return {};
  }

  /// The attempt is in the ledger before the file is put aside: killed in between it is recorded
  /// twice, not never.
  Result<void> refuse(const Incoming& incoming, const Error& why) {
    const std::string name = refused_name(incoming.file);
    const std::string reason = why.message.substr(0, kMostReason);
    nlohmann::json attempt = {{"file", name}, {"reason", reason}};
    if (incoming.read) {
      const Act& act = incoming.read->act.act;
      attempt["type"] = std::string(act_type(act));
      attempt["case"] = act.case_id.substr(0, kMostQuoted);
      attempt["by"] = act.by.substr(0, kMostQuoted);
    }
    const auto done = commit(std::string(kRefusedType), {{"attempt", attempt}});
    if (!done) return tl::unexpected(done.error());
    ++report_.refused;
    return put_aside(incoming.file, name, nlohmann::json{{"refused", reason}});
  }

  Result<void> put_aside(const fs::path& file, const std::string& name,
                         const nlohmann::json& refusal) {
    const fs::path folder = refused_folder(state_);
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

  Result<void> keep(const Incoming& incoming) {
    return file_away(incoming.file, acts_folder(state_), incoming.read->bytes);
  }

  /// JSON text whatever the texts in it are: what is no UTF-8, or was cut within a character,
  /// stands as U+FFFD.
  static std::string replaced(const nlohmann::json& json) {
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }

  Result<std::int64_t> commit(const std::string& type, const nlohmann::json& fields) {
    LedgerCommit one;
    one.events.push_back({type, replaced(fields)});
    const auto done = ledger_.commit(one, now_);
    if (!done) return tl::unexpected(done.error());
    return done->first_index;
  }

  const fs::path& state_;
  Ledger& ledger_;
  const LedgerPaths& paths_;
  const JudgingPolicies& policies_;
  UtcTime now_;
  std::vector<Reviewer> reviewers_;
  std::vector<FindingState> findings_;
  std::vector<RecordedAct> acts_;
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

fs::path acts_folder(const fs::path& state) { return state / "acts"; }

Result<Digest> hand_in_act(const fs::path& state, Act act, const Confidential& content,
                           const SigningKey& key) {
  std::string sealed;
  if (!content.empty()) {
    Result<std::string> text = sealed_text(random_salt(), content);
    if (!text) return tl::unexpected(text.error());
    sealed = std::move(*text);
    act.confidential = sha256(sealed);
  }
  if (sealed.size() > kMostConfidentialBytes) {
    return fail(ErrorCode::kInvalidInput, "a text of more than 1 MiB does not fit: attach it");
  }
  const Result<SignedAct> signed_act = sign_act(std::move(act), key);
  if (!signed_act) return tl::unexpected(signed_act.error());
  Result<Digest> digest = act_digest(signed_act->act);
  if (!digest) return digest;
  const Result<std::string> text = file_text(*signed_act, sealed);
  if (!text) return tl::unexpected(text.error());
  for (const fs::path& folder : {acts_folder(state), incoming_folder(state)}) {
    if (auto made = make_state_folder(folder); !made) return tl::unexpected(made.error());
  }
  const fs::path file = incoming_folder(state) / file_name(*digest);
  const Result<bool> there = is_there(file);
  if (!there) return tl::unexpected(there.error());
  if (*there) return fail(ErrorCode::kRefused, "this very act is handed in already");
  // Under its name it is whole: somebody may be looking into the folder.
  if (auto written = place_file(file, 0600, *text + "\n"); !written) {
    return tl::unexpected(written.error());
  }
  return digest;
}

Result<ActStanding> act_standing(const fs::path& state, const Digest& act) {
  const std::string name = file_name(act);
  // What has left here is in the place to which it went: it is put there first.
  const Result<bool> waits = is_there(incoming_folder(state) / name);
  if (!waits) return tl::unexpected(waits.error());
  if (*waits) return ActStanding{};
  const Result<bool> taken = is_there(acts_folder(state) / name);
  if (!taken) return tl::unexpected(taken.error());
  if (*taken) return ActStanding{ActFate::kTaken, {}};
  const Result<std::string> refusal = read_whole_file(refused_folder(state) / name, kMostFileBytes);
  if (!refusal) return tl::unexpected(refusal.error());
  const auto document = nlohmann::json::parse(*refusal, nullptr, false);
  auto reason = text_member(document, "refused");
  if (!reason) {
    return fail(ErrorCode::kCorruption,
                "`" + (refused_folder(state) / name).string() + "` is not a refused act");
  }
  return ActStanding{ActFate::kRefused, std::move(*reason)};
}

Result<std::optional<Confidential>> confidential_of(const fs::path& state, const Act& act) {
  if (!act.confidential) return std::optional<Confidential>();
  const Result<Digest> digest = act_digest(act);
  if (!digest) return tl::unexpected(digest.error());
  // Recorded by a process that was killed before it put the file away; then where it belongs.
  Result<std::string> bytes =
      read_whole_file(incoming_folder(state) / file_name(*digest), kMostFileBytes);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) {
    bytes = read_whole_file(acts_folder(state) / file_name(*digest), kMostFileBytes);
  }
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) return std::optional<Confidential>();
  if (!bytes) return tl::unexpected(bytes.error());
  const Result<ActFile> file = parse_act_file(std::move(*bytes), act.origin);
  if (!file || file->act.act != act) {
    return fail(ErrorCode::kCorruption, "`" + (acts_folder(state) / file_name(*digest)).string() +
                                            "` does not hold the act that the ledger has" +
                                            (file ? "" : ": " + file.error().message));
  }
  Result<Confidential> content = open_sealed(file->sealed);
  if (!content) return tl::unexpected(content.error());
  return std::optional(std::move(*content));
}

Result<std::vector<LinkRuled>> stated_rulings(const fs::path& state, const Ledger& ledger,
                                              std::int64_t& unsaid) {
  const Result<RulingBook> book = RulingBook::read(ledger);
  if (!book) return tl::unexpected(book.error());
  std::vector<LinkRuled> stated;
  stated.reserve(book->turns().size());
  for (const RulingTurn& turn : book->turns()) {
    const Ruling& ruling = book->rulings()[turn.ruling];
    if (turn.lifts) {
      stated.push_back({ruling.id, ruling.acts.back().act.act.at, {}, {}});
      continue;
    }
    const auto words = confidential_of(state, ruling.made.act.act);
    if (!words && words.error().code != ErrorCode::kCorruption) {
      return tl::unexpected(words.error());
    }
    // A file that somebody has changed stops no daemon: whoever reads the ruling is told.
    const bool has_words = words && words->has_value();
    auto ruled = read_ruling(ruling.made.act.act, has_words ? **words : Confidential());
    if (ruled) {
      stated.push_back(std::move(*ruled));
    } else {
      ++unsaid;
    }
  }
  return stated;
}

Result<std::int64_t> forget_words(const fs::path& state, const ChosenWords& chosen) {
  std::int64_t forgotten = 0;
  for (const fs::path& folder : {acts_folder(state), refused_folder(state)}) {
    const auto files = files_with_words(folder);
    if (!files) return tl::unexpected(files.error());
    bool removed = false;
    for (const fs::path& file : *files) {
      const Result<std::string> bytes = read_whole_file(file, kMostFileBytes);
      // What is longer than any act was never taken for one.
      if (!bytes && bytes.error().code != ErrorCode::kUnavailable) continue;
      if (!bytes) return tl::unexpected(bytes.error());
      const Words words = words_in(*bytes);
      if (!chosen(words.about, words.content)) continue;
      if (auto gone = remove_file(file); !gone) return tl::unexpected(gone.error());
      removed = true;
      ++forgotten;
    }
    if (!removed) continue;
    if (auto synced = sync_folder(folder); !synced) return tl::unexpected(synced.error());
  }
  return forgotten;
}

bool rests_on_law(const PolicySet& set, const FindingState& finding) {
  const auto found = std::ranges::find(set.policies, finding.policy_hash, &Policy::hash);
  return found == set.policies.end() ||
         std::ranges::find(found->basis, "law", &Basis::type) != found->basis.end();
}

JudgingPolicies policies_for_acts(const PolicySet& set) {
  return {[&set](const FindingState& finding) { return rests_on_law(set, finding); },
          [&set](const NameCleared& given, const std::string& list) {
            const auto policy = std::ranges::find(set.policies, given.policy, &Policy::id);
            if (policy == set.policies.end() || policy->version != given.version) return false;
            const auto screening = screening_of(*policy);
            return screening != nullptr &&
                   std::ranges::any_of(screening->parts().lists,
                                       [&list](const auto& each) { return each->name() == list; });
          }};
}

Result<TakenActs> take_acts(const fs::path& state, Ledger& ledger, const LedgerPaths& paths,
                            const JudgingPolicies& policies, UtcTime now) {
  std::int64_t unreadable = 0;
  const auto incoming = incoming_in_order(state, ledger.origin(), unreadable);
  if (!incoming) return tl::unexpected(incoming.error());
  if (incoming->empty()) return TakenActs{.unreadable = unreadable};
  Taking taking(state, ledger, paths, policies, now);
  if (auto read = taking.read(); !read) return tl::unexpected(read.error());
  for (const fs::path& name : *incoming) {
    if (taking.report().taken + taking.report().refused >= kMostAtOnce) break;
    const Result<std::optional<Incoming>> one = read_one(name, ledger.origin());
    if (!one || !*one) continue;  // it is there for the next time, or gone
    if (auto done = taking.take(**one); !done) return tl::unexpected(done.error());
  }
  if (const auto done = ledger.sign(now); !done) return tl::unexpected(done.error());
  TakenActs report = taking.report();
  report.unreadable = unreadable;
  return report;
}

}  // namespace tidewaiter
