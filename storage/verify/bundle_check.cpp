#include "storage/verify/bundle_check.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "policies/model/base64.h"
#include "policies/model/jcs.h"
#include "policies/model/json_member.h"
#include "storage/files/durable_file.h"
#include "storage/ledger/tiles.h"
#include "storage/verify/attestation_check.h"
#include "storage/verify/bag_manifest.h"
#include "storage/verify/custody.h"
#include "storage/verify/form.h"
#include "storage/verify/key_choice.h"
#include "storage/verify/plain_text.h"
#include "storage/verify/tile_log.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFaults = 1000;
constexpr std::size_t kMostFiles = 1'000'000;
constexpr std::size_t kMostDisclosureBytes = std::size_t{256} << 20U;
constexpr std::size_t kMostMembersBytes = std::size_t{16} << 20U;
constexpr std::size_t kDisclosureSaltBytes = 32;

/// SHA-256 of a file as it lies there; nothing if it cannot be read.
std::optional<Digest> hash_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) return std::nullopt;
  Sha256 hash;
  std::array<char, 65'536> block{};
  while (file.read(block.data(), block.size()) || file.gcount() > 0) {
    hash.update(as_byte_span({block.data(), static_cast<std::size_t>(file.gcount())}));
  }
  if (file.bad()) return std::nullopt;
  return hash.finish();
}

/// A value that the bundle tells apart from its entry.
struct ShownDisclosure {
  std::int64_t entry = 0;
  std::string name;
  std::string text;  ///< base64url of JCS [salt, name, value]
};

/// Why a disclosure is none of its entry; empty if it is.
std::string disclosure_fault(const ShownDisclosure& shown, const nlohmann::json& entry) {
  const auto digests = entry.find("_sd");
  const std::string digest = to_base64(sha256(shown.text).bytes, Base64::kUrl);
  bool named = false;
  if (digests != entry.end() && digests->is_array()) {
    for (const auto& one : *digests) named = named || one == digest;
  }
  if (!named) return "hashes to no digest of it";
  const Result<std::string> bytes = from_base64(shown.text, Base64::kUrl);
  if (!bytes || !is_jcs(*bytes)) return "is no canonical JSON";
  const Result<nlohmann::json> triple = parse_json_strict(*bytes);
  if (!triple || !triple->is_array() || triple->size() != 3 || !(*triple)[0].is_string() ||
      !is_base64url_of((*triple)[0].get<std::string>(), kDisclosureSaltBytes)) {
    return "is not salt, name and value";
  }
  return (*triple)[1] == shown.name ? "" : "is that of another name";
}

/// One verification of a bundle.
class BundleCheck {
 public:
  BundleCheck(fs::path folder, const std::string& key, const std::optional<TrustPolicy>& policy,
              const TimestampAuthorities* authorities)
      : folder_(std::move(folder)), key_(key), policy_(policy), authorities_(authorities) {}

  BundleReport run() {
    list_files();
    if (!report_.faults.empty()) return unread();
    read_manifests();
    compare(manifest_, "data/", kManifestFile);
    compare(tags_, "", kTagManifestFile);
    check_declaration();
    read_shown();
    report_.log =
        verify_tile_log(folder_ / "log", key_, policy_, authorities_,
                        [this](std::int64_t index, const ReadEntry& entry) { take(index, entry); });
    check_log_files();
    check_issue();
    check_custody();
    check_members();
    check_shown();
    check_signed_statement();
    return std::move(report_);
  }

 private:
  void fault(std::string_view file, const std::string& why) {
    told_.insert(std::string(file));
    if (report_.faults.size() < kMostFaults) {
      report_.faults.push_back({plain_text(file), plain_text(why)});
    }
  }

  /// What is no regular file may lead out of the folder, by any of the paths below it.
  BundleReport unread() {
    report_.log.problems.push_back({VerifyFailure::kUnreadable, -1,
                                    "the log was not read, for something in the folder is no "
                                    "regular file, or could not be looked at"});
    return std::move(report_);
  }

  void list_files() {
    std::error_code failure;
    fs::recursive_directory_iterator it(folder_, failure);
    for (const fs::recursive_directory_iterator end; !failure && it != end; it.increment(failure)) {
      const std::string name = it->path().lexically_relative(folder_).generic_string();
      std::error_code unreadable;
      const fs::file_status status = it->symlink_status(unreadable);
      if (status.type() == fs::file_type::directory) continue;
      if (status.type() != fs::file_type::regular) {
        fault(name, "is no regular file");
      } else if (files_.size() == kMostFiles) {
        return fault(name, "is one of too many files: the rest was not looked at");
      } else {
        files_.insert(name);
      }
    }
    if (failure) fault(".", "cannot be listed: " + failure.message());
  }

  std::optional<std::string> read_text(std::string_view name, std::size_t most) {
    Result<std::string> bytes = read_whole_file(folder_ / name, most);
    if (bytes) return std::move(*bytes);
    if (files_.contains(std::string(name))) fault(name, "cannot be read: " + bytes.error().message);
    return std::nullopt;
  }

  BagManifest read_manifest(std::string_view name) {
    if (!files_.contains(std::string(name))) {
      fault(name, "is missing");
      return {};
    }
    const auto text = read_text(name, kMaxManifestBytes);
    if (!text) return {};
    if (name == kManifestFile) manifest_digest_ = sha256(*text);
    Result<BagManifest> parsed = parse_manifest(*text);
    if (parsed) return std::move(*parsed);
    fault(name, "was changed: " + parsed.error().message);
    unreadable_.insert(std::string(name));
    return {};
  }

  void read_manifests() {
    manifest_ = read_manifest(kManifestFile);
    tags_ = read_manifest(kTagManifestFile);
  }

  /// Files below `prefix` against the manifest that has them; where that cannot be read, which is
  /// told, no file is judged by it.
  void compare(const BagManifest& manifest, std::string_view prefix, std::string_view name) {
    if (unreadable_.contains(std::string(name)) || !files_.contains(std::string(name))) return;
    const bool tags = prefix.empty();
    for (const std::string& file : files_) {
      const bool mine =
          tags ? !file.starts_with("data/") && file != kTagManifestFile : file.starts_with(prefix);
      if (!mine) continue;
      const auto listed = manifest.find(file);
      if (listed == manifest.end()) {
        fault(file, "was added: `" + std::string(name) + "` does not have it");
        continue;
      }
      ++report_.files;
      const auto digest = digest_of(file);
      if (!digest) {
        fault(file, "cannot be read");
      } else if (*digest != listed->second) {
        fault(file, "was changed: its SHA-256 is not the one in `" + std::string(name) + "`");
      }
    }
    for (const auto& [file, digest] : manifest) {
      if (!tags && !file.starts_with(prefix)) {
        fault(name, "was changed: it lists `" + file + "`, which is not below `data/`");
      } else if (!files_.contains(file)) {
        fault(file, "is missing");
      } else if (tags && !is_tag_file(file)) {
        fault(file, "is no file of a bundle");
      }
    }
  }

  /// Each file is hashed once.
  std::optional<Digest> digest_of(const std::string& file) {
    const auto known = digests_.find(file);
    if (known != digests_.end()) return known->second;
    const auto digest = hash_file(folder_ / file);
    if (digest) digests_.emplace(file, *digest);
    return digest;
  }

  [[nodiscard]] static bool is_tag_file(const std::string& file) {
    return file == kBagDeclarationFile || file == kManifestFile || file == kCustodyFile ||
           file == kCustodyPageFile || file == kAttestationFile || file.starts_with(kLogPrefix);
  }

  void check_declaration() {
    const auto text = read_text(kBagDeclarationFile, kMaxManifestBytes);
    if (text && *text != kBagDeclaration) {
      fault(kBagDeclarationFile, "was changed: a bundle has one text there");
    }
  }

  void read_shown() {
    const auto text = read_text(kDisclosuresFile, kMostDisclosureBytes);
    if (!text) return;
    const Result<nlohmann::json> list = parse_json_strict(*text);
    bool whole = list && list->is_array();
    for (std::size_t i = 0; whole && i < list->size(); ++i) {
      const nlohmann::json& one = (*list)[i];
      const auto entry = number_member(one, "entry");
      auto name = text_member(one, "name");
      auto value = text_member(one, "text");
      whole = entry && name && value && one.size() == 3;
      if (whole) shown_.push_back({*entry, std::move(*name), std::move(*value)});
    }
    if (!whole) fault(kDisclosuresFile, "is not a list of entry, name and text");
    for (const ShownDisclosure& one : shown_) disclosed_entries_[one.entry];
  }

  void take(std::int64_t index, const ReadEntry& entry) {
    if (index == 0) {
      origin_ = entry.document["origin"].text();
      named_key_ = entry.document["vkey"].text();
    }
    const auto wanted = disclosed_entries_.find(index);
    if (wanted != disclosed_entries_.end()) wanted->second = entry.parsed();
    if (!entry.type.starts_with("report.") || !is_act_type(entry.type)) return;
    Result<SignedAct> act = read_act(entry.type, entry.parsed(), origin_);
    if (!act) return;  // the walk reports it
    if (!check_act_signature(*act)) return;
    acts_.add({index, entry.ts, std::move(*act), false});
  }

  /// A folder of tiles is judged by what its size asks for, and by that alone: what is there
  /// besides no signature covers.
  void check_log_files() {
    const std::int64_t size = report_.log.head.size;
    for (const std::string& file : files_) {
      if (!file.starts_with(kLogPrefix)) continue;
      const std::string name = file.substr(kLogPrefix.size());
      if (name == "checkpoint" || name.starts_with("timestamps/")) continue;
      const auto tile = parse_tile_path(name);
      const bool asked =
          tile && tile->tile.width ==
                      tile_width(tile->entries ? 0 : tile->tile.level, tile->tile.index, size);
      if (!asked) fault(file, "is no file of a log of " + std::to_string(size) + " entries");
    }
  }

  void check_issue() {
    if (!manifest_digest_) return;  // why is told
    report_.issued = acts_.issued_with(*manifest_digest_);
    if (report_.issued) return;
    fault(kManifestFile, "was changed, or never issued: no entry of the log has its SHA-256");
  }

  /// No signature covers these files: they are what the log says, or are told. Folders of before
  /// have none.
  void check_custody() {
    if (!report_.issued) return;  // why is told
    const std::optional<Custody> custody = custody_of(acts_.acts(), report_.issued->issued.index);
    if (!custody) return;
    const auto compare_with = [this](std::string_view file, const std::string& expected) {
      if (!files_.contains(std::string(file))) return;
      const auto text = read_text(file, expected.size() + 1);
      if (text && *text != expected) fault(file, "was changed: it is not what the log says");
    };
    compare_with(kCustodyFile, custody_json(*custody));
    compare_with(kCustodyPageFile, custody_page(*custody));
  }

  /// The accounts of the cluster are the words that the draft is sealed with.
  void check_members() {
    const auto text = read_text(kMembersFile, kMostMembersBytes);
    if (!text || !report_.issued) return;  // why it was not issued is told
    const auto& sealed = report_.issued->draft.act.act.confidential;
    if (!sealed || sha256(*text) != *sealed) {
      return fault(kMembersFile, "is not what the entry that drew the report is sealed with");
    }
    const Result<Confidential> words = open_sealed(*text);
    const auto word =
        words ? words->find(std::string(kMembersWord)) : Confidential::const_iterator();
    if (!words || word == words->end() || word->second.empty()) {
      return fault(kMembersFile, "names no accounts");
    }
    report_.members = 1 + std::ranges::count(word->second, '\n');
  }

  void check_shown() {
    for (const ShownDisclosure& one : shown_) {
      const nlohmann::json& entry = disclosed_entries_[one.entry];
      const std::string why = entry.is_null() ? "is of an entry that the log does not have"
                                              : disclosure_fault(one, entry);
      if (why.empty()) {
        ++report_.disclosures;
      } else {
        fault(kDisclosuresFile, "the disclosure `" + one.name.substr(0, 80) + "` of entry " +
                                    std::to_string(one.entry) + " " + why);
      }
    }
  }

  /// The key to judge with, from outside the bundle; one that is of no use is told of the log.
  [[nodiscard]] std::optional<VerifierKey> key_from_outside() const {
    const EntryWalk::Creation creation{origin_, named_key_, {}, std::nullopt};
    auto key = parse_verifier_key(
        key_by_policy(policy_, key_, origin_.empty() ? std::nullopt : std::optional(creation)));
    return key ? std::optional(std::move(*key)) : std::nullopt;
  }

  void check_signed_statement() {
    const std::string file(kAttestationFile);
    if (told_.contains(file)) return;
    if (!files_.contains(file)) return fault(file, "is missing");
    // Whose key it is not is told of the log, once.
    const bool unsigned_log = std::ranges::any_of(
        report_.log.problems,
        [](const VerifyProblem& one) { return one.failure == VerifyFailure::kSignature; });
    auto envelope = read_text(file, kMaxAttestationBytes);
    auto key = key_from_outside();
    if (!envelope || !key || unsigned_log) return;
    AttestedBundle bundle{std::move(*envelope), std::move(*key), files_, {}, {}};
    if (report_.issued) {
      bundle.report = stated_report(report_.issued->draft, report_.issued->issued.index);
    }
    // Of a log that was changed the head is another one, which is told of its file.
    const auto in_log = told_.lower_bound(std::string(kLogPrefix));
    if (in_log == told_.end() || !in_log->starts_with(kLogPrefix)) bundle.head = report_.log.head;
    const std::set<std::string> told = told_;
    report_.attested = check_attestation(
        bundle, [this](const std::string& name) { return digest_of(name); },
        [this, &told](std::string_view name, const std::string& why) {
          if (!told.contains(std::string(name))) fault(name, why);
        });
  }

  fs::path folder_;
  const std::string& key_;
  const std::optional<TrustPolicy>& policy_;
  const TimestampAuthorities* authorities_;
  BundleReport report_;
  std::set<std::string> files_;
  std::set<std::string> told_;  // of which a fault is told
  std::map<std::string, Digest> digests_;
  std::set<std::string> unreadable_;  // manifests
  BagManifest manifest_;
  BagManifest tags_;
  std::optional<Digest> manifest_digest_;
  std::string origin_;
  std::string named_key_;  // by the log, for itself
  ReportActs acts_;        // about reports, with a signature that holds
  std::vector<ShownDisclosure> shown_;
  std::map<std::int64_t, nlohmann::json> disclosed_entries_;
};

}  // namespace

bool is_bundle(const fs::path& folder) {
  std::error_code failure;  // what cannot be looked at is reported when it is opened
  return fs::is_regular_file(folder / kManifestFile, failure) ||
         fs::is_regular_file(folder / kTagManifestFile, failure) ||
         fs::is_regular_file(folder / kBagDeclarationFile, failure);
}

BundleReport verify_bundle(const fs::path& folder, const std::string& verifier_key,
                           const std::optional<TrustPolicy>& policy,
                           const TimestampAuthorities* authorities) {
  return BundleCheck(folder, verifier_key, policy, authorities).run();
}

}  // namespace tidewaiter
