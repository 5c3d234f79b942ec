#include "daemon/app/acts.h"

#include <system_error>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/app/sealed_act.h"
#include "daemon/app/state.h"
#include "policies/model/json_member.h"
#include "storage/files/durable_file.h"
#include "storage/review/ruling_book.h"
#include "storage/review/ruling_words.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

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

}  // namespace

Result<Digest> hand_in_act(const fs::path& state, Act act, const Confidential& content,
                           const SigningKey& key, ActProof proof) {
  std::string sealed;
  if (!content.empty()) {
    Result<std::string> text = seal_words(content);
    if (!text) return tl::unexpected(text.error());
    sealed = std::move(*text);
  }
  return hand_in_sealed_act(state, std::move(act), sealed, key, proof);
}

Result<std::string> seal_words(const Confidential& content) {
  return sealed_text(random_salt(), content);
}

Result<Digest> hand_in_sealed_act(const fs::path& state, Act act, const std::string& sealed,
                                  const SigningKey& key, ActProof proof) {
  if (!sealed.empty()) act.confidential = sha256(sealed);
  if (sealed.size() > kMostConfidentialBytes) {
    return fail(ErrorCode::kInvalidInput, "a text of more than 1 MiB does not fit: attach it");
  }
  const Result<SignedAct> signed_act = sign_act(std::move(act), key);
  if (!signed_act) return tl::unexpected(signed_act.error());
  Result<Digest> digest = act_digest(signed_act->act);
  if (!digest) return digest;
  const Result<std::string> text = act_file_text(*signed_act, sealed, proof);
  if (!text) return tl::unexpected(text.error());
  const Result<fs::path> file = incoming_act_file(state, *digest);
  if (!file) return tl::unexpected(file.error());
  const Result<bool> there = is_there(*file);
  if (!there) return tl::unexpected(there.error());
  if (*there) return fail(ErrorCode::kRefused, "this very act is handed in already");
  // Under its name it is whole: somebody may be looking into the folder.
  if (auto written = place_file(*file, 0600, *text + "\n"); !written) {
    return tl::unexpected(written.error());
  }
  return digest;
}

Result<ActStanding> act_standing(const fs::path& state, const Digest& act) {
  const std::string name = act_file_name(act);
  // What has left here is in the place to which it went: it is put there first.
  const Result<bool> waits = is_there(incoming_acts_folder(state) / name);
  if (!waits) return tl::unexpected(waits.error());
  if (*waits) return ActStanding{};
  const Result<bool> taken = is_there(acts_folder(state) / name);
  if (!taken) return tl::unexpected(taken.error());
  if (*taken) return ActStanding{ActFate::kTaken, {}};
  const Result<std::string> refusal =
      read_whole_file(refused_acts_folder(state) / name, kMostActFileBytes);
  if (!refusal) return tl::unexpected(refusal.error());
  const auto document = nlohmann::json::parse(*refusal, nullptr, false);
  auto reason = text_member(document, "refused");
  if (!reason) {
    return fail(ErrorCode::kCorruption,
                "`" + (refused_acts_folder(state) / name).string() + "` is not a refused act");
  }
  return ActStanding{ActFate::kRefused, std::move(*reason)};
}

Result<Confidential> words_in_file(const fs::path& state, const Act& act) {
  const Result<Digest> digest = act_digest(act);
  if (!digest) return tl::unexpected(digest.error());
  for (const fs::path& folder : {incoming_acts_folder(state), acts_folder(state)}) {
    const Result<std::string> bytes =
        read_whole_file(folder / act_file_name(*digest), kMostActFileBytes);
    if (bytes) return words_in(*bytes).content;
    if (bytes.error().code == ErrorCode::kUnavailable) return tl::unexpected(bytes.error());
  }
  return Confidential();
}

Result<std::optional<Confidential>> confidential_of(const fs::path& state, const Act& act) {
  if (!act.confidential) return std::optional<Confidential>();
  const Result<Digest> digest = act_digest(act);
  if (!digest) return tl::unexpected(digest.error());
  // Recorded by a process that was killed before it put the file away; then where it belongs.
  Result<std::string> bytes =
      read_whole_file(incoming_acts_folder(state) / act_file_name(*digest), kMostActFileBytes);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) {
    bytes = read_whole_file(acts_folder(state) / act_file_name(*digest), kMostActFileBytes);
  }
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) return std::optional<Confidential>();
  if (!bytes) return tl::unexpected(bytes.error());
  const Result<ActFile> file = parse_act_file(std::move(*bytes), act.origin);
  if (!file || file->act.act != act) {
    return fail(ErrorCode::kCorruption, "`" +
                                            (acts_folder(state) / act_file_name(*digest)).string() +
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
  for (const fs::path& folder : {acts_folder(state), refused_acts_folder(state)}) {
    const auto files = files_with_words(folder);
    if (!files) return tl::unexpected(files.error());
    bool removed = false;
    for (const fs::path& file : *files) {
      const Result<std::string> bytes = read_whole_file(file, kMostActFileBytes);
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

}  // namespace tidewaiter
