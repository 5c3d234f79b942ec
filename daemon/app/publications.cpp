#include "daemon/app/publications.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/app/state.h"
#include "policies/model/jcs.h"
#include "policies/sigma/policy_set.h"
#include "storage/files/durable_file.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

fs::path proposed_folder(const fs::path& state) { return state / "proposed"; }
fs::path published_folder(const fs::path& state) { return state / "published"; }

Publication publication_of(const SignedBundle& bundle, const std::string& origin) {
  return {origin, bundle.bundle.version, bundle.hash, bundle.bundle.set, bundle.bundle.previous};
}

/// Of a bundle file: the documents of 1 MiB each that a set may have, with room for their escapes.
constexpr std::size_t kMostBundleBytes = std::size_t{256} << 20U;

Result<SignedBundle> read_signed(const fs::path& file) {
  const Result<std::string> text = read_whole_file(file, kMostBundleBytes);
  if (!text) return tl::unexpected(text.error());
  const auto broken = [&file](const std::string& why) {
    return fail(ErrorCode::kCorruption,
                "`" + file.string() + "`: " + why + ": move the file away, and propose again");
  };
  const Result<nlohmann::json> document = parse_json_strict(*text);
  if (!document || !document->is_object()) return broken("this is not a signed bundle");
  SignedBundle read;
  read.file = file;
  try {
    read.bytes = document->at("bundle").get<std::string>();
    read.note = document->at("note").get<std::string>();
    read.signers = document->at("signers").get<std::vector<std::string>>();
  } catch (const nlohmann::json::exception&) {
    return broken("this is not a signed bundle");
  }
  Result<PolicyBundle> bundle = read_bundle(read.bytes);
  if (!bundle) return broken(bundle.error().message);
  read.bundle = std::move(*bundle);
  read.hash = sha256(read.bytes);
  return read;
}

Result<std::vector<SignedBundle>> read_folder(const fs::path& folder) {
  std::vector<SignedBundle> all;
  std::error_code failure;
  for (fs::directory_iterator it(folder, failure), end; !failure && it != end;
       it.increment(failure)) {
    if (it->path().extension() != ".json") continue;
    Result<SignedBundle> one = read_signed(it->path());
    if (!one) return tl::unexpected(one.error());
    all.push_back(std::move(*one));
  }
  if (failure && failure != std::errc::no_such_file_or_directory) {
    return fail(ErrorCode::kUnavailable,
                "cannot read the folder `" + folder.string() + "`: " + failure.message());
  }
  return all;
}

Result<void> write_signed(const SignedBundle& bundle) {
  if (auto made = make_state_folder(bundle.file.parent_path()); !made) {
    return tl::unexpected(made.error());
  }
  const Result<std::string> text =
      to_jcs({{"bundle", bundle.bytes}, {"note", bundle.note}, {"signers", bundle.signers}});
  if (!text) return tl::unexpected(text.error());
  return create_file(bundle.file, 0600, *text + "\n");
}

Result<void> signed_by_enrolled(const SignedBundle& bundle, const std::vector<Person>& everybody) {
  for (const std::string& signer : bundle.signers) {
    const auto person = std::ranges::find(everybody, signer, &Person::verifier_key);
    if (person == everybody.end()) {
      return fail(ErrorCode::kRefused, "signed with a key that is nobody's who is enrolled");
    }
    if (auto may = may_sign_publication(*person); !may) return may;
  }
  return {};
}

/// Adds the signatures of `second` to those of `first`, over the same text.
Result<std::string> join_notes(const std::string& first, const std::string& second) {
  Result<SignedNote> note = parse_signed_note(first);
  const Result<SignedNote> more = parse_signed_note(second);
  if (!note) return tl::unexpected(note.error());
  if (!more) return tl::unexpected(more.error());
  note->signatures.insert(note->signatures.end(), more->signatures.begin(), more->signatures.end());
  return format_signed_note(*note);
}

Result<void> check_two(const SignedBundle& bundle, const std::string& origin) {
  if (bundle.signers.size() != 2) return fail(ErrorCode::kRefused, "expected two signatures");
  return check_publication(publication_of(bundle, origin), bundle.note,
                           {bundle.signers[0], bundle.signers[1]});
}

Result<PublicationEntry> entry_of(const SignedBundle& bundle, const std::string& origin) {
  if (auto two = check_two(bundle, origin); !two) return tl::unexpected(two.error());
  // The hash of the meaning was signed as the proposer's program gave it: it is computed again.
  const LoadOutcome loaded = load_policy_set(bundle.bundle.texts, UtcTime{0});
  if (has_errors(loaded.diagnostics) || loaded.set.hash != bundle.bundle.set) {
    return fail(ErrorCode::kRefused, "this version gives its documents another meaning");
  }
  return PublicationEntry{publication_of(bundle, origin),
                          bundle.bundle.title,
                          static_cast<std::int64_t>(loaded.set.policies.size()),
                          {bundle.signers[0], bundle.signers[1]},
                          bundle.note};
}

}  // namespace

Result<void> may_sign_publication(const Person& person) {
  if (person.retired) {
    return fail(ErrorCode::kRefused, "the key of `" + person.handle + "` was retired on " +
                                         format_time(*person.retired) +
                                         ": somebody else has to sign");
  }
  if (publishes(person)) return {};
  return fail(ErrorCode::kRefused, "`" + person.handle + "` is enrolled as " + person.role +
                                       ": only a policy-writer or an approver may publish");
}

Result<std::vector<SignedBundle>> proposals(const fs::path& state) {
  Result<std::vector<SignedBundle>> all = read_folder(proposed_folder(state));
  if (all) std::ranges::sort(*all, {}, &SignedBundle::hash);
  return all;
}

Result<std::vector<SignedBundle>> publications(const fs::path& state) {
  Result<std::vector<SignedBundle>> all = read_folder(published_folder(state));
  if (all) {
    std::ranges::sort(*all, {}, [](const SignedBundle& one) { return one.bundle.version; });
  }
  return all;
}

Result<SignedBundle> propose_bundle(const fs::path& state, const std::string& origin,
                                    const PolicyBundle& bundle, const Signatory& writer) {
  Result<std::string> bytes = bundle_bytes(bundle);
  if (!bytes) return tl::unexpected(bytes.error());
  SignedBundle proposal{bundle, std::move(*bytes), {}, {writer.person.verifier_key}, {}, {}};
  proposal.hash = sha256(proposal.bytes);
  proposal.file = proposed_folder(state) / (to_hex(proposal.hash) + ".json");
  Result<std::string> note = sign_note(publication_text(publication_of(proposal, origin)),
                                       writer.person.handle, writer.key);
  if (!note) return tl::unexpected(note.error());
  proposal.note = std::move(*note);
  if (auto written = write_signed(proposal); !written) return tl::unexpected(written.error());
  return proposal;
}

Result<SignedBundle> confirm_bundle(const fs::path& state, const std::string& origin,
                                    const SignedBundle& proposal, const Signatory& second) {
  if (proposal.signers == std::vector<std::string>{second.person.verifier_key}) {
    return fail(ErrorCode::kRefused, "`" + second.person.handle +
                                         "` proposed this bundle: another person has to confirm");
  }
  const Result<std::vector<SignedBundle>> before = publications(state);
  if (!before) return tl::unexpected(before.error());
  const std::int64_t last = before->empty() ? 0 : before->back().bundle.version;
  const auto last_hash = before->empty() ? std::nullopt : std::optional(before->back().hash);
  if (proposal.bundle.version != last + 1 || proposal.bundle.previous != last_hash) {
    return fail(ErrorCode::kRefused, "publication " + std::to_string(last) +
                                         " was made since this was proposed: propose again");
  }
  const Result<std::string> own = sign_note(publication_text(publication_of(proposal, origin)),
                                            second.person.handle, second.key);
  if (!own) return tl::unexpected(own.error());
  Result<std::string> note = join_notes(proposal.note, *own);
  if (!note) return tl::unexpected(note.error());
  SignedBundle published = proposal;
  published.note = std::move(*note);
  published.signers.push_back(second.person.verifier_key);
  if (auto two = check_two(published, origin); !two) return tl::unexpected(two.error());
  published.file = published_folder(state) / (std::to_string(last + 1) + ".json");
  // The name can be taken once: of two who confirm at the same time, one is refused.
  if (auto written = write_signed(published); !written) return tl::unexpected(written.error());
  std::error_code ignored;  // a proposal that stays cannot be confirmed any more
  fs::remove(proposal.file, ignored);
  return published;
}

Result<std::int64_t> record_publications(const fs::path& state, Ledger& ledger, UtcTime now) {
  const Result<std::vector<SignedBundle>> all = publications(state);
  if (!all) return tl::unexpected(all.error());
  if (all->empty()) return 0;
  const Result<std::optional<PublicationEntry>> last = last_publication(ledger);
  if (!last) return tl::unexpected(last.error());
  std::int64_t version = *last ? (*last)->publication.version : 0;
  auto hash = *last ? std::optional((*last)->publication.bundle) : std::nullopt;
  const Result<std::vector<Person>> everybody = people(state);
  if (!everybody) return tl::unexpected(everybody.error());
  LedgerCommit commit;
  for (const SignedBundle& one : *all) {
    const auto refuse = [&one](const std::string& why) {
      return fail(ErrorCode::kRefused, "`" + one.file.string() + "`: " + why);
    };
    if (one.bundle.version < version) continue;
    if (one.bundle.version == version) {
      if (one.hash == hash) continue;
      return refuse("the ledger has another publication " + std::to_string(version));
    }
    if (one.bundle.version != version + 1 || one.bundle.previous != hash) {
      return refuse("it does not follow publication " + std::to_string(version));
    }
    const Result<PublicationEntry> entry = entry_of(one, ledger.origin());
    if (!entry) return refuse(entry.error().message);
    if (auto by = signed_by_enrolled(one, *everybody); !by) return refuse(by.error().message);
    commit.events.push_back({std::string(kSetPublishedType), publication_fields(*entry).dump()});
    version = one.bundle.version;
    hash = one.hash;
  }
  if (commit.events.empty()) return 0;
  if (const auto done = ledger.commit(commit, now); !done) return tl::unexpected(done.error());
  if (const auto done = ledger.sign(now); !done) return tl::unexpected(done.error());
  return static_cast<std::int64_t>(commit.events.size());
}

}  // namespace tidewaiter
