#include "storage/ledger/publication.h"

#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "policies/model/jcs.h"
#include "policies/model/json_member.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kFirstLine = "tidewaiter.policy-set/v1";

tl::unexpected<Error> malformed_publication(const std::string& what) {
  return fail(ErrorCode::kInvalidInput, "a publication needs " + what);
}

Result<std::array<std::string, 2>> signers_of(const nlohmann::json& entry) {
  const auto found = entry.find("signers");
  if (found == entry.end() || !found->is_array() || found->size() != 2 ||
      !(*found)[0].is_string() || !(*found)[1].is_string()) {
    return malformed_publication("`signers`, two verifier keys");
  }
  return std::array{(*found)[0].get<std::string>(), (*found)[1].get<std::string>()};
}

}  // namespace

std::string publication_text(const Publication& publication) {
  std::string text(kFirstLine);
  text += "\n" + publication.origin + "\nversion " + std::to_string(publication.version);
  text += "\nbundle " + to_hex(publication.bundle) + "\nset " + to_hex(publication.set);
  text += "\nprevious " + (publication.previous ? to_hex(*publication.previous) : "none") + "\n";
  return text;
}

Result<void> check_publication(const Publication& publication, std::string_view note,
                               const std::array<std::string, 2>& signers) {
  std::vector<VerifierKey> keys;
  for (const std::string& signer : signers) {
    Result<VerifierKey> key = parse_verifier_key(signer);
    if (!key) return tl::unexpected(key.error());
    keys.push_back(std::move(*key));
  }
  if (keys[0].name == keys[1].name || keys[0].key == keys[1].key) {
    return fail(ErrorCode::kRefused,
                "`" + keys[0].name + "` signed twice: a publication needs two people");
  }
  const Result<SignedNote> read = parse_signed_note(note);
  if (!read) return tl::unexpected(read.error());
  if (read->text != publication_text(publication)) {
    return fail(ErrorCode::kRefused, "what was signed is not this publication");
  }
  if (read->signatures.size() != keys.size()) {
    return fail(ErrorCode::kRefused,
                "expected two signatures, got " + std::to_string(read->signatures.size()));
  }
  const Result<SignedNote> verified = verify_note(note, keys);
  if (!verified) return tl::unexpected(verified.error());
  if (verified->signatures.size() == keys.size()) return {};
  return fail(ErrorCode::kRefused,
              "expected signatures of `" + keys[0].name + "` and `" + keys[1].name + "`");
}

nlohmann::json publication_fields(const PublicationEntry& entry) {
  const Publication& what = entry.publication;
  nlohmann::json fields = {{"version", what.version},    {"bundle", to_hex(what.bundle)},
                           {"set", to_hex(what.set)},    {"title", entry.title},
                           {"policies", entry.policies}, {"signers", entry.signers},
                           {"note", entry.note}};
  if (what.previous) fields["previous"] = to_hex(*what.previous);
  return fields;
}

Result<PublicationEntry> read_publication(const nlohmann::json& entry, std::string origin) {
  PublicationEntry read;
  read.publication.origin = std::move(origin);
  read.publication.version = number_member(entry, "version").value_or(-1);
  if (read.publication.version < 1) return malformed_publication("`version`, a number from 1 on");
  const auto bundle = digest_member(entry, "bundle");
  const auto set = digest_member(entry, "set");
  if (!bundle || !set)
    return malformed_publication("`bundle` and `set`, 64 hexadecimal digits each");
  read.publication.bundle = *bundle;
  read.publication.set = *set;
  read.publication.previous = digest_member(entry, "previous");
  const bool has_previous = entry.contains("previous");
  if (has_previous && !read.publication.previous) {
    return malformed_publication("`previous`, 64 hexadecimal digits");
  }
  if (has_previous != (read.publication.version > 1)) {
    return malformed_publication("`previous` where it is not the first, and only there");
  }
  read.title = text_member(entry, "title").value_or("");
  read.policies = number_member(entry, "policies").value_or(-1);
  read.note = text_member(entry, "note").value_or("");
  if (read.title.empty() || read.policies < 0 || read.note.empty()) {
    return malformed_publication("`title`, `policies` and `note`");
  }
  Result<std::array<std::string, 2>> signers = signers_of(entry);
  if (!signers) return tl::unexpected(signers.error());
  read.signers = std::move(*signers);
  return read;
}

Result<std::optional<PublicationEntry>> last_publication(const Ledger& ledger,
                                                         const std::optional<Digest>& set) {
  const auto head = ledger.head();
  if (!head) return tl::unexpected(head.error());
  for (std::int64_t index = head->size; index-- > 0;) {
    const Result<std::string> body = ledger.entry(index);
    if (!body) return tl::unexpected(body.error());
    // Most entries are steps: the text is looked at before it is parsed.
    if (body->find(kSetPublishedType) == std::string::npos) continue;
    const auto document = nlohmann::json::parse(*body, nullptr, false);
    if (text_member(document, "typ") != kSetPublishedType) continue;
    Result<PublicationEntry> read = read_publication(document, ledger.origin());
    if (!read) {
      return fail(ErrorCode::kCorruption, "entry " + std::to_string(index) +
                                              " of the ledger: " + read.error().message +
                                              "; `tidewaiter ledger verify` tells more");
    }
    if (!set || read->publication.set == *set) return std::optional(std::move(*read));
  }
  return std::optional<PublicationEntry>();
}

}  // namespace tidewaiter
