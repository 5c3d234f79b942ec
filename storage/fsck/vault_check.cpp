#include "storage/fsck/vault_check.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <nlohmann/json.hpp>

#include "policies/model/base64.h"
#include "policies/model/jcs.h"
#include "storage/evidence/disclosure.h"
#include "storage/evidence/vault.h"
#include "storage/ledger/schema.h"
#include "storage/sqlite/sqlite_error.h"
#include "storage/sqlite/sqlite_file.h"
#include "storage/verify/plain_text.h"

namespace tidewaiter {
namespace {

using nlohmann::json;

constexpr std::string_view kPutBack =
    "put back the vault that belongs to this ledger; without it nothing is recorded about these "
    "subjects, and what was is not proven to be theirs";

/// A disclosure, taken apart.
struct OpenDisclosure {
  std::string salt;
  std::string name;
  json value;
};

/// Nothing for one that is not of the form: the verifier tells of it.
std::optional<OpenDisclosure> open_disclosure(const std::string& text) {
  const Result<std::string> bytes = from_base64(text, Base64::kUrl);
  if (!bytes) return std::nullopt;
  Result<json> triple = parse_json_strict(*bytes);
  if (!triple || !triple->is_array() || triple->size() != 3 || !(*triple)[0].is_string() ||
      !(*triple)[1].is_string()) {
    return std::nullopt;
  }
  return OpenDisclosure{(*triple)[0], (*triple)[1], std::move((*triple)[2])};
}

std::optional<Nonce> nonce_of(const std::string& body) {
  const Result<json> entry = parse_json_strict(body);
  if (!entry || !entry->is_object() || !entry->contains("n") || !(*entry)["n"].is_string()) {
    return std::nullopt;
  }
  const Result<std::string> bytes = from_base64((*entry)["n"].get<std::string>(), Base64::kUrl);
  Nonce nonce{};
  if (!bytes || bytes->size() != nonce.size()) return std::nullopt;
  for (std::size_t i = 0; i < nonce.size(); ++i) {
    nonce[i] = static_cast<std::byte>((*bytes)[i]);
  }
  return nonce;
}

/// Entries of one kind of fault: how many, and the first.
struct Faults {
  std::int64_t count = 0;
  std::int64_t first = -1;
  void add(std::int64_t index) {
    if (count++ == 0) first = index;
  }
};

/// One way through the disclosures of the ledger, an entry at a time.
class SaltCheck {
 public:
  explicit SaltCheck(const Vault& vault) : vault_(vault) {}

  Result<void> run(SQLite::Database& ledger, const std::function<void(std::int64_t)>& passed);
  void tell(StateReport& report) const;

 private:
  Result<void> check_entry(std::int64_t index, const std::string& body,
                           const std::vector<OpenDisclosure>& disclosures);

  const Vault& vault_;
  std::set<Digest> subjects_;  ///< hashes of their texts
  Faults without_key_;
  Faults other_salt_;
};

Result<void> SaltCheck::run(SQLite::Database& ledger,
                            const std::function<void(std::int64_t)>& passed) {
  const SQLite::Transaction snapshot(ledger);
  SQLite::Statement select(ledger,
                           "SELECT entry.idx, entry.body, disclosure.text FROM disclosure "
                           "JOIN entry USING (idx) ORDER BY idx");
  std::int64_t at = -1;
  std::string body;
  std::vector<OpenDisclosure> disclosures;
  while (select.executeStep()) {
    if (const std::int64_t index = select.getColumn(0).getInt64(); index != at) {
      if (auto checked = check_entry(at, body, disclosures); !checked) return checked;
      disclosures.clear();
      at = index;
      body = select.getColumn(1).getString();
      passed(at);
    }
    if (auto opened = open_disclosure(select.getColumn(2).getString())) {
      disclosures.push_back(std::move(*opened));
    }
  }
  return check_entry(at, body, disclosures);
}

Result<void> SaltCheck::check_entry(std::int64_t index, const std::string& body,
                                    const std::vector<OpenDisclosure>& disclosures) {
  std::string subject;
  for (const OpenDisclosure& disclosure : disclosures) {
    if (disclosure.name == "subject" && disclosure.value.is_string()) subject = disclosure.value;
  }
  const std::optional<Nonce> nonce = nonce_of(body);
  if (!nonce || disclosures.empty()) return {};  // not of the form, or the first call
  const Result<std::optional<SubjectKey>> key = vault_.find(subject);
  if (!key) return tl::unexpected(key.error());
  const bool derived = *key && std::ranges::all_of(disclosures, [&](const OpenDisclosure& one) {
    return to_base64url(disclosure_salt(**key, *nonce, kSaltLabel, one.name)) == one.salt;
  });
  // Without a subject it is a finding about all records, or the row is an erased one.
  if (subject.empty() && !derived) return {};
  // A subject that many entries name is missing once.
  const bool is_new = subjects_.insert(sha256(subject)).second;
  if (!*key && is_new) without_key_.add(index);
  if (*key && !derived) other_salt_.add(index);
  return {};
}

void SaltCheck::tell(StateReport& report) const {
  report.subjects = static_cast<std::int64_t>(subjects_.size());
  const auto refuse = [&report](const std::string& message) {
    report.problems.push_back({StatePart::kVault, message, std::string(kPutBack)});
  };
  if (without_key_.count > 0) {
    refuse("the vault has no key for " + std::to_string(without_key_.count) +
           (without_key_.count == 1 ? " subject" : " subjects") +
           " that the ledger discloses; the first is that of entry " +
           std::to_string(without_key_.first));
  }
  if (other_salt_.count > 0) {
    refuse("the salts of " + std::to_string(other_salt_.count) +
           (other_salt_.count == 1 ? " entry" : " entries") +
           " do not derive from the vault's keys; the first is entry " +
           std::to_string(other_salt_.first));
  }
}

/// The vault as a SQLite file.
Result<void> check_vault_file(const std::filesystem::path& path, StateReport& report) {
  auto database =
      open_sqlite_file(path, SqliteAccess::kReadOnly, kVaultIdentity, SqliteJournal::kRollback);
  if (!database) return tl::unexpected(database.error());
  try {
    SQLite::Statement integrity(**database, "PRAGMA integrity_check(5)");
    while (integrity.executeStep()) {
      const std::string line = integrity.getColumn(0).getString();
      if (line == "ok") continue;
      report.problems.push_back({StatePart::kVault,
                                 "SQLite's integrity check of the vault: " + plain_text(line),
                                 std::string(kPutBack)});
    }
    SQLite::Statement count(**database,
                            "SELECT count(*) FROM subject_key WHERE subject NOT GLOB ?");
    count.bind(1, std::string(kExhibitKeyPrefix) + "*");
    if (count.executeStep()) report.keys = count.getColumn(0).getInt64();
    return {};
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "read the vault of subject keys"));
  }
}

Result<void> check_salts(const std::filesystem::path& database, const Vault& vault,
                         const std::function<void(std::int64_t)>& passed, StateReport& report) {
  auto ledger =
      open_sqlite_file(database, SqliteAccess::kReadOnly, kLedgerIdentity, SqliteJournal::kWal);
  SaltCheck salts(vault);
  Result<void> done;
  try {
    done = ledger ? salts.run(**ledger, passed) : tl::unexpected(ledger.error());
  } catch (const SQLite::Exception& e) {
    done = tl::unexpected(sqlite_error(e, "read the ledger's disclosures"));
  }
  salts.tell(report);
  return done;
}

}  // namespace

bool check_vault(const LedgerPaths& paths, const std::function<void(std::int64_t)>& passed,
                 StateReport& report) {
  // For writing, so that what a killed process left is rolled back.
  const Result<Vault> vault = Vault::open(paths.vault, paths.vault_key);
  Result<void> whole =
      vault ? check_vault_file(paths.vault, report) : tl::unexpected(vault.error());
  if (!whole) {
    report.problems.push_back({StatePart::kVault, plain_text(whole.error().message),
                               remedy_for(whole.error(), kPutBack)});
    return false;
  }
  if (auto done = check_salts(paths.database, *vault, passed, report); !done) {
    report.notes.push_back("the vault was not compared with all disclosures: " +
                           plain_text(done.error().message));
    return false;
  }
  if (report.keys > report.subjects) {
    report.notes.push_back(
        std::to_string(report.keys - report.subjects) +
        " of the vault's keys belong to subjects that no disclosure names: holds and erasures that "
        "were asked for have such keys, and a commit that did not "
        "come about leaves such a key, which is used when the subject comes up again");
  }
  return true;
}

Result<void> check_derivations(const std::filesystem::path& database, const Vault& vault) {
  StateReport report;
  const auto done = check_salts(
      database, vault, [](std::int64_t) {}, report);
  if (!done) return done;
  if (report.problems.empty()) return {};
  return fail(ErrorCode::kCorruption, report.problems.front().message);
}

}  // namespace tidewaiter
