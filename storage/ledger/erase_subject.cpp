#include "storage/ledger/erase_subject.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <nlohmann/json.hpp>

#include "policies/model/jcs.h"
#include "policies/model/json_member.h"
#include "policies/model/subject_part.h"
#include "storage/evidence/disclosure.h"
#include "storage/evidence/vault.h"
#include "storage/ledger/schema.h"
#include "storage/sqlite/compact.h"
#include "storage/sqlite/digest_column.h"
#include "storage/sqlite/sqlite_error.h"
#include "storage/sqlite/sqlite_file.h"

namespace tidewaiter {
namespace {

using nlohmann::json;

constexpr std::string_view kFigures = "figures/";

tl::unexpected<Error> unreadable_disclosure(std::int64_t index) {
  return fail(ErrorCode::kCorruption, "a disclosure of entry " + std::to_string(index) +
                                          " does not read back: `tidewaiter ledger verify`");
}

/// A row of `disclosure`, with the value that it tells.
struct DisclosedRow {
  std::int64_t index = 0;
  std::string name;
  json value;
};

Result<DisclosedRow> disclosed_row(SQLite::Statement& select) {
  DisclosedRow row{select.getColumn(0).getInt64(), select.getColumn(1).getString(), {}};
  const auto bytes = from_base64url(select.getColumn(2).getString());
  json triple = bytes ? json::parse(*bytes, nullptr, false) : json();
  if (!triple.is_array() || triple.size() != 3) return unreadable_disclosure(row.index);
  row.value = std::move(triple[2]);
  return row;
}

/// Whether a figure of another subject's finding names this one.
bool names(const json& value, const SubjectPart& part, std::string_view text) {
  if (value.is_array()) {
    return std::ranges::any_of(value, [&](const json& item) { return names(item, part, text); });
  }
  if (!value.is_string()) return false;
  const auto& said = value.get_ref<const std::string&>();
  return said == part.value || said == part.source + "/" + part.value || names_part(said, text);
}

/// What is to go: by entry, and single rows of others.
struct Going {
  std::set<std::int64_t> entries;
  std::vector<std::pair<std::int64_t, std::string>> rows;
  std::set<std::int64_t> findings;  ///< by the entry that opened them: whose projection follows
  std::set<std::int64_t> named;     ///< of these, those about the subject
  std::int64_t disclosures = 0;
};

/// The finding that an entry belongs to, by the entry that opened it.
std::map<std::int64_t, std::int64_t> findings_by_entry(SQLite::Database& db) {
  SQLite::Statement select(db, "SELECT idx, finding FROM step WHERE finding IS NOT NULL");
  std::map<std::int64_t, std::int64_t> all;
  while (select.executeStep()) {
    all[select.getColumn(0).getInt64()] = select.getColumn(1).getInt64();
  }
  return all;
}

Result<Going> find_going(SQLite::Database& db, const SubjectPart& part, std::string_view text) {
  const auto finding_of = findings_by_entry(db);
  Going going;
  std::vector<DisclosedRow> rows;
  SQLite::Statement select(db, "SELECT idx, name, text FROM disclosure ORDER BY idx, name");
  const auto take = [&](const DisclosedRow& row) {
    const auto finding = finding_of.find(row.index);
    const bool about = row.name == "subject" && row.value.is_string() &&
                       names_part(row.value.get_ref<const std::string&>(), text);
    if (about) going.entries.insert(row.index);
    if (!about && row.name != "subject" && names(row.value, part, text)) {
      going.rows.emplace_back(row.index, row.name);
    } else if (!about) {
      return;
    }
    if (finding == finding_of.end()) return;
    going.findings.insert(finding->second);
    if (about) going.named.insert(finding->second);
  };
  while (select.executeStep()) {
    const Result<DisclosedRow> row = disclosed_row(select);
    if (!row) return tl::unexpected(row.error());
    take(*row);
  }
  // A finding that named it once is about nobody from here on: it must not become somebody else's
  // by what an earlier entry says.
  for (const auto& [entry, finding] : finding_of) {
    if (going.named.contains(finding)) going.entries.insert(entry);
  }
  std::erase_if(going.rows,
                [&going](const auto& row) { return going.entries.contains(row.first); });
  SQLite::Statement count(db, "SELECT count(*) FROM disclosure WHERE idx = ?1");
  going.disclosures = static_cast<std::int64_t>(going.rows.size());
  for (const std::int64_t index : going.entries) {
    count.reset();
    count.bind(1, index);
    if (count.executeStep()) going.disclosures += count.getColumn(0).getInt64();
  }
  return going;
}

void remove_rows(SQLite::Database& db, const Going& going) {
  SQLite::Statement of_entry(db, "DELETE FROM disclosure WHERE idx = ?1");
  for (const std::int64_t index : going.entries) {
    of_entry.reset();
    of_entry.bind(1, index);
    of_entry.exec();
  }
  SQLite::Statement one(db, "DELETE FROM disclosure WHERE idx = ?1 AND name = ?2");
  for (const auto& [index, name] : going.rows) {
    one.reset();
    one.bind(1, index);
    one.bind(2, name);
    one.exec();
  }
}

/// The figures of an entry, with the values that are still disclosed.
Result<std::string> figures_of(SQLite::Database& db, std::int64_t index, json figures) {
  SQLite::Statement select(db, "SELECT idx, name, text FROM disclosure WHERE idx = ?1");
  select.bind(1, index);
  while (select.executeStep()) {
    const Result<DisclosedRow> row = disclosed_row(select);
    if (!row) return tl::unexpected(row.error());
    if (!row->name.starts_with(kFigures)) continue;
    const std::string name = row->name.substr(kFigures.size());
    for (json& figure : figures) {
      if (figure["name"] == name && !figure.contains("value")) figure["value"] = row->value;
    }
  }
  return to_jcs(figures);
}

/// docs/ledger-format.md §6: what the last entry that has figures says, and whom the last one that
/// discloses it names.
Result<void> follow(SQLite::Database& db, std::int64_t finding, bool about_nobody) {
  SQLite::Statement entries(db,
                            "SELECT step.idx, entry.body FROM step JOIN entry USING (idx) "
                            "WHERE step.finding = ?1 ORDER BY step.idx DESC");
  entries.bind(1, finding);
  std::string figures = "[]";
  while (entries.executeStep()) {
    json entry = json::parse(entries.getColumn(1).getString(), nullptr, false);
    if (!entry.is_object() || !entry.contains("figures")) continue;
    auto told = figures_of(db, entries.getColumn(0).getInt64(), std::move(entry["figures"]));
    if (!told) return tl::unexpected(told.error());
    figures = std::move(*told);
    break;
  }
  entries.reset();
  SQLite::Statement update(db,
                           "UPDATE finding SET figures = ?2, subject = CASE ?3 WHEN 1 THEN '' "
                           "ELSE subject END WHERE idx = ?1");
  update.bind(1, finding);
  update.bind(2, figures);
  update.bind(3, about_nobody ? 1 : 0);
  update.exec();
  return {};
}

/// A position that is no other's: one that is not `before` stands, and who starts is told.
void move_position(SQLite::Database& db, const MovedPosition& moved) {
  SQLite::Statement update(db,
                           "UPDATE position SET log_hash = ?1 "
                           "WHERE log_id = ?2 AND seq = ?3 AND log_hash = ?4");
  bind_digest(update, 1, moved.after.log_hash);
  update.bind(2, moved.log_id);
  update.bind(3, moved.before.seq);
  bind_digest(update, 4, moved.before.log_hash);
  update.exec();
}

Result<SubjectTraces> erase_in_ledger(SQLite::Database& db, const SubjectPart& part,
                                      std::string_view text,
                                      const std::optional<MovedPosition>& moved) {
  db.exec("PRAGMA secure_delete = ON");
  SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
  const Result<Going> going = find_going(db, part, text);
  if (!going) return tl::unexpected(going.error());
  remove_rows(db, *going);
  for (const std::int64_t finding : going->findings) {
    if (auto done = follow(db, finding, going->named.contains(finding)); !done) {
      return tl::unexpected(done.error());
    }
  }
  if (moved) move_position(db, *moved);
  transaction.commit();
  return SubjectTraces{static_cast<std::int64_t>(going->named.size()), going->disclosures, 0};
}

}  // namespace

Result<SubjectTraces> erase_subject(const LedgerPaths& paths, std::string_view part,
                                    const std::optional<MovedPosition>& moved) try {
  const Result<SubjectPart> named = parse_subject_part(part);
  if (!named) return tl::unexpected(named.error());
  auto db = open_sqlite_file(paths.database, SqliteAccess::kReadWrite, kLedgerIdentity,
                             SqliteJournal::kWal);
  if (!db) return tl::unexpected(db.error());
  auto traces = erase_in_ledger(**db, *named, part, moved);
  if (!traces) return traces;
  // The keys go last: a subject that is disclosed and has none is an incident.
  auto vault = Vault::open(paths.vault, paths.vault_key);
  if (!vault) return tl::unexpected(vault.error());
  const Result<std::int64_t> keys =
      vault->destroy([part](const std::string& subject) { return names_part(subject, part); });
  if (!keys) return tl::unexpected(keys.error());
  traces->keys = *keys;
  return traces;
} catch (const SQLite::Exception& e) {
  return tl::unexpected(sqlite_error(e, "erase a subject from the ledger"));
}

Result<void> compact_ledger(const LedgerPaths& paths) try {
  auto db = open_sqlite_file(paths.database, SqliteAccess::kReadWrite, kLedgerIdentity,
                             SqliteJournal::kWal);
  if (!db) return tl::unexpected(db.error());
  return compact_sqlite(**db, paths.database);
} catch (const SQLite::Exception& e) {
  return tl::unexpected(sqlite_error(e, "write the ledger's database anew"));
}

Result<SubjectTraces> traces_of_subject(const LedgerPaths& paths, std::string_view part) try {
  const Result<SubjectPart> named = parse_subject_part(part);
  if (!named) return tl::unexpected(named.error());
  auto db = open_sqlite_file(paths.database, SqliteAccess::kReadOnly, kLedgerIdentity,
                             SqliteJournal::kWal);
  if (!db) return tl::unexpected(db.error());
  const SQLite::Transaction snapshot(**db);
  const Result<Going> going = find_going(**db, *named, part);
  if (!going) return tl::unexpected(going.error());
  return SubjectTraces{static_cast<std::int64_t>(going->named.size()), going->disclosures, 0};
} catch (const SQLite::Exception& e) {
  return tl::unexpected(sqlite_error(e, "look for a subject in the ledger"));
}

}  // namespace tidewaiter
