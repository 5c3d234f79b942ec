#include "daemon/app/acts.h"

#include <algorithm>
#include <random>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/app/people.h"
#include "daemon/app/state.h"
#include "policies/language/policy.h"
#include "policies/model/jcs.h"
#include "policies/model/json_member.h"
#include "storage/files/durable_file.h"
#include "storage/review/act_rules.h"
#include "storage/review/case_book.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

/// With the escapes that JSON may need.
constexpr std::size_t kMostFileBytes = 8 * kMostConfidentialBytes;
/// Of what a refused file says of itself: it is not believed, and may be of any length.
constexpr std::size_t kMostQuoted = 80;
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

/// A file that was handed in, whatever it holds.
struct Incoming {
  fs::path file;
  Result<ActFile> read = fail(ErrorCode::kInvalidInput, "unread");
};

Result<std::vector<Incoming>> read_incoming(const fs::path& state, const std::string& origin) {
  std::vector<Incoming> all;
  std::error_code failure;
  const fs::path folder = incoming_folder(state);
  for (fs::directory_iterator it(folder, failure), end; !failure && it != end;
       it.increment(failure)) {
    if (it->path().extension() != ".json") continue;
    Result<std::string> bytes = read_whole_file(it->path(), kMostFileBytes);
    if (!bytes && bytes.error().code != ErrorCode::kInvalidInput) {
      return tl::unexpected(bytes.error());
    }
    all.push_back({it->path(), bytes ? parse_act_file(std::move(*bytes), origin)
                                     : Result<ActFile>(tl::unexpected(bytes.error()))});
  }
  if (failure && failure != std::errc::no_such_file_or_directory) {
    return fail(ErrorCode::kUnavailable,
                "cannot read the folder `" + folder.string() + "`: " + failure.message());
  }
  const auto order = [](const Incoming& one) {
    return std::tuple(one.read ? one.read->act.act.at : UtcTime{0}, one.file);
  };
  std::ranges::sort(all, {}, order);
  return all;
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
  Taking(const fs::path& state, Ledger& ledger,
         const std::function<bool(const std::string&)>& legal, UtcTime now)
      : state_(state), ledger_(ledger), legal_(legal), now_(now) {}

  Result<void> read() {
    auto enrolled = reviewers(state_);
    if (!enrolled) return tl::unexpected(enrolled.error());
    reviewers_ = std::move(*enrolled);
    return read_book();
  }

  Result<void> take(const Incoming& incoming) {
    if (!incoming.read) return refuse(incoming, incoming.read.error());
    const SignedAct& act = incoming.read->act;
    const Result<Digest> digest = act_digest(act.act);
    if (!digest) return refuse(incoming, digest.error());
    // A process that was killed in between has recorded it, and not yet put its file away.
    if (book_->has_act(*digest)) return keep(incoming);
    const auto head = ledger_.head();
    if (!head) return tl::unexpected(head.error());
    const ActBasis basis{&*book_, reviewers_, head->size, now_};
    if (auto may = check_act(act, basis); !may) return refuse(incoming, may.error());
    if (auto recorded = record(act, *digest, *head); !recorded) return recorded;
    ++report_.taken;
    if (auto kept = keep(incoming); !kept) return kept;
    return read_book();
  }

  [[nodiscard]] TakenActs report() const { return report_; }

 private:
  Result<void> read_book() {
    Result<CaseBook> book = CaseBook::read(ledger_);
    if (!book) return tl::unexpected(book.error());
    book_ = std::move(*book);
    return {};
  }

  Result<void> record(const SignedAct& act, const Digest& digest, const TreeHead& head) {
    Result<nlohmann::json> fields = act_fields(act);
    if (!fields) return tl::unexpected(fields.error());
    if (const auto* decided = std::get_if<Decided>(&act.act.body)) {
      // The person does not know the head that the ledger has at this moment.
      const Digest draw = sha256(to_hex(digest) + to_hex(head.root));
      const auto why = second_needed_for(*book_->find(act.act.case_id), *decided, legal_, draw);
      (*fields)["second_needed"] = why.has_value();
      if (why) (*fields)["second_because"] = *why;
    }
    return commit(std::string(act_type(act.act)), *fields);
  }

  Result<void> refuse(const Incoming& incoming, const Error& why) {
    if (why.code == ErrorCode::kUnavailable) return tl::unexpected(why);
    nlohmann::json attempt = {{"file", incoming.file.stem().string().substr(0, kMostQuoted)},
                              {"reason", why.message}};
    if (incoming.read) {
      const Act& act = incoming.read->act.act;
      attempt["type"] = std::string(act_type(act));
      attempt["case"] = act.case_id.substr(0, kMostQuoted);
      attempt["by"] = act.by.substr(0, kMostQuoted);
    }
    if (auto done = commit(std::string(kRefusedType), {{"attempt", attempt}}); !done) return done;
    ++report_.refused;
    nlohmann::json kept = {{"refused", why.message}};
    if (incoming.read) kept["handed_in"] = incoming.read->bytes;
    const Result<std::string> text = to_jcs(kept);
    if (!text) return tl::unexpected(text.error());
    return file_away(incoming.file, refused_folder(state_), *text + "\n");
  }

  Result<void> keep(const Incoming& incoming) {
    return file_away(incoming.file, acts_folder(state_), incoming.read->bytes);
  }

  Result<void> commit(const std::string& type, const nlohmann::json& fields) {
    LedgerCommit one;
    one.events.push_back({type, fields.dump()});
    if (const auto done = ledger_.commit(one, now_); !done) return tl::unexpected(done.error());
    return {};
  }

  const fs::path& state_;
  Ledger& ledger_;
  const std::function<bool(const std::string&)>& legal_;
  UtcTime now_;
  std::vector<Reviewer> reviewers_;
  std::optional<CaseBook> book_;
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
  const Result<Digest> digest = act_digest(signed_act->act);
  if (!digest) return digest;
  const Result<std::string> text = file_text(*signed_act, sealed);
  if (!text) return tl::unexpected(text.error());
  for (const fs::path& folder : {acts_folder(state), incoming_folder(state)}) {
    if (auto made = make_state_folder(folder); !made) return tl::unexpected(made.error());
  }
  auto written = create_file(incoming_folder(state) / file_name(*digest), 0600, *text + "\n");
  if (!written) return tl::unexpected(written.error());
  return digest;
}

Result<ActStanding> act_standing(const fs::path& state, const Digest& act) {
  const std::string name = file_name(act);
  const Result<bool> taken = is_there(acts_folder(state) / name);
  if (!taken) return tl::unexpected(taken.error());
  if (*taken) return ActStanding{ActFate::kTaken, {}};
  const Result<bool> waits = is_there(incoming_folder(state) / name);
  if (!waits) return tl::unexpected(waits.error());
  if (*waits) return ActStanding{};
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
  Result<std::string> bytes =
      read_whole_file(acts_folder(state) / file_name(*digest), kMostFileBytes);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) {
    // Recorded by a process that was killed before it put the file away.
    bytes = read_whole_file(incoming_folder(state) / file_name(*digest), kMostFileBytes);
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

bool rests_on_law(const PolicySet& set, const std::string& policy) {
  const auto found = std::ranges::find(set.policies, policy, &Policy::id);
  return found == set.policies.end() ||
         std::ranges::find(found->basis, "law", &Basis::type) != found->basis.end();
}

Result<TakenActs> take_acts(const fs::path& state, Ledger& ledger,
                            const std::function<bool(const std::string&)>& legal, UtcTime now) {
  const Result<std::vector<Incoming>> incoming = read_incoming(state, ledger.origin());
  if (!incoming) return tl::unexpected(incoming.error());
  if (incoming->empty()) return TakenActs{};
  Taking taking(state, ledger, legal, now);
  if (auto read = taking.read(); !read) return tl::unexpected(read.error());
  for (const Incoming& one : *incoming) {
    if (auto done = taking.take(one); !done) return tl::unexpected(done.error());
  }
  if (const auto done = ledger.sign(now); !done) return tl::unexpected(done.error());
  return taking.report();
}

}  // namespace tidewaiter
