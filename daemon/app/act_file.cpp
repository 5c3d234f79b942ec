#include "daemon/app/act_file.h"

#include <algorithm>
#include <array>
#include <random>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/app/state.h"
#include "policies/model/jcs.h"
#include "policies/model/json_member.h"
#include "policies/model/time.h"
#include "storage/files/durable_file.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSaltBytes = 16;

/// By ActProof.
constexpr std::array<std::string_view, 5> kProofNames{"", "state-folder", "unix-user", "key",
                                                      "password"};

/// The names of a folder that end in `.json`, at most kMostWaitingRead of them.
Result<std::vector<fs::path>> names_in(const fs::path& folder) {
  std::vector<fs::path> names;
  std::error_code failure;
  for (fs::directory_iterator it(folder, failure), end;
       !failure && it != end && names.size() < kMostWaitingRead; it.increment(failure)) {
    if (it->path().extension() == ".json") names.push_back(it->path());
  }
  if (failure && failure != std::errc::no_such_file_or_directory) {
    return fail(ErrorCode::kUnavailable,
                "cannot read the folder `" + folder.string() + "`: " + failure.message());
  }
  return names;
}

HandedInFile handed_in(const fs::path& file, const std::string& bytes, const std::string& origin) {
  HandedInFile one{file, parse_act_file(bytes, origin)};
  if (one.read) return one;
  one.change = parse_user_change(bytes);
  one.attempt = parse_attempt(bytes);
  if (one.attempt) one.read = fail(ErrorCode::kRefused, attempt_reason(*one.attempt));
  return one;
}

/// Nothing of an attempt that may still come right.
Result<std::optional<HandedInFile>> unless_pending(HandedInFile one) {
  const Result<bool> pending = one.attempt ? is_pending(one.file) : Result<bool>(false);
  if (!pending) return tl::unexpected(pending.error());
  return *pending ? std::optional<HandedInFile>() : std::optional(std::move(one));
}

}  // namespace

fs::path acts_folder(const fs::path& state) { return state / "acts"; }
fs::path incoming_acts_folder(const fs::path& state) { return acts_folder(state) / "incoming"; }
fs::path refused_acts_folder(const fs::path& state) { return acts_folder(state) / "refused"; }
std::string act_file_name(const Digest& act) { return to_hex(act) + ".json"; }

Result<fs::path> incoming_act_file(const fs::path& state, const Digest& digest) {
  for (const fs::path& folder : {acts_folder(state), incoming_acts_folder(state)}) {
    if (auto made = make_state_folder(folder); !made) return tl::unexpected(made.error());
  }
  return incoming_acts_folder(state) / act_file_name(digest);
}

std::string_view act_proof_name(ActProof proof) {
  return kProofNames[static_cast<std::size_t>(proof)];
}

ActProof act_proof_from(std::string_view name) {
  const auto* const found = std::ranges::find(kProofNames, name);
  return found == kProofNames.end() ? ActProof::kUnsaid
                                    : static_cast<ActProof>(found - kProofNames.begin());
}

Result<std::string> act_file_text(const SignedAct& act, const std::string& sealed, ActProof proof) {
  const Result<nlohmann::json> fields = act_fields(act);
  if (!fields) return tl::unexpected(fields.error());
  nlohmann::json document = {{"typ", std::string(act_type(act.act))}, {"entry", *fields}};
  if (!sealed.empty()) document["sealed"] = sealed;
  if (proof != ActProof::kUnsaid) document["proof"] = std::string(act_proof_name(proof));
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
  const ActProof proof = act_proof_from(text_member(*document, "proof").value_or(""));
  return ActFile{std::move(*act), std::move(sealed), std::move(bytes), proof};
}

Result<std::optional<HandedInFile>> read_handed_in(const fs::path& file,
                                                   const std::string& origin) {
  std::error_code failure;
  const fs::file_status status = fs::symlink_status(file, failure);
  if (status.type() == fs::file_type::not_found) return std::optional<HandedInFile>();
  if (!failure && status.type() != fs::file_type::regular) {
    return std::optional(
        HandedInFile{file, fail(ErrorCode::kInvalidInput, "this is no regular file")});
  }
  Result<std::string> bytes = read_whole_file(file, kMostActFileBytes);
  if (bytes) return unless_pending(handed_in(file, *bytes, origin));
  if (bytes.error().code == ErrorCode::kNotFound) return std::optional<HandedInFile>();
  if (bytes.error().code != ErrorCode::kInvalidInput) return tl::unexpected(bytes.error());
  return std::optional(HandedInFile{file, tl::unexpected(bytes.error())});
}

Result<std::vector<fs::path>> handed_in_by_time(const fs::path& state, const std::string& origin,
                                                std::int64_t& unreadable) {
  const Result<std::vector<fs::path>> names = names_in(incoming_acts_folder(state));
  if (!names) return tl::unexpected(names.error());
  std::vector<std::pair<UtcTime, fs::path>> found;
  for (const fs::path& name : *names) {
    const Result<std::optional<HandedInFile>> one = read_handed_in(name, origin);
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

std::string random_salt() {
  std::random_device source;
  std::string salt;
  while (salt.size() < kSaltBytes) salt += static_cast<char>(source() & 0xFFU);
  return salt;
}

}  // namespace tidewaiter
