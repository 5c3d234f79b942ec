#include "storage/records/list_issues.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "storage/records/partitions.h"
#include "storage/sqlite/digest_column.h"

namespace tidewaiter {
namespace {

tl::unexpected<Error> changed_issue(const Digest& digest) {
  return fail(ErrorCode::kCorruption,
              "the issue of a list that is stored as `" + to_hex(digest) +
                  "` is not what policies have looked into: put the right records.db back");
}

/// A log that an older version has made gets the table when it is opened for writing.
bool has_issues(SQLite::Database& db) { return db.tableExists("list_issue"); }

bool has_issue(SQLite::Database& db, const Digest& digest) {
  if (!has_issues(db)) return false;
  SQLite::Statement query(db, "SELECT 1 FROM list_issue WHERE hash = ?1");
  bind_digest(query, 1, digest);
  return query.executeStep();
}

}  // namespace

Result<void> keep_list_issue(SQLite::Database& db, const std::string& text) {
  SQLite::Statement insert(
      db, "INSERT INTO list_issue(hash, parties) VALUES (?1, ?2) ON CONFLICT(hash) DO NOTHING");
  bind_digest(insert, 1, sha256(text));
  insert.bind(2, text);
  insert.exec();
  return {};
}

Result<std::string> stored_list_issue(SQLite::Database& db, const Digest& digest) {
  const auto missing = [&digest] {
    return fail(ErrorCode::kNotFound, "the issue of a list that policies have looked into, `" +
                                          to_hex(digest) +
                                          "`, is not stored: put a complete records.db back");
  };
  if (!has_issues(db)) return missing();
  SQLite::Statement query(db, "SELECT parties FROM list_issue WHERE hash = ?1");
  bind_digest(query, 1, digest);
  if (!query.executeStep()) return missing();
  std::string text = query.getColumn(0).getString();
  if (sha256(text) != digest) return changed_issue(digest);
  return text;
}

Result<void> check_list_issues(SQLite::Database& db) {
  // docs/records-format.md: a set's documents are a JSON array, of which some members name parties.
  SQLite::Statement named(db, R"sql(
    SELECT DISTINCT CASE WHEN one.type = 'object' THEN json_extract(one.value, '$.parties') END
      AS parties
    FROM policy_set,
      json_each(CASE WHEN json_valid(policy_set.documents) THEN policy_set.documents ELSE '[]' END)
      AS one
    WHERE parties IS NOT NULL ORDER BY parties)sql");
  while (named.executeStep()) {
    const std::string name = named.getColumn(0).getString();
    const Result<Digest> digest = digest_from_hex(name);
    if (digest && has_issue(db, *digest)) continue;
    return fail(
        ErrorCode::kCorruption,
        "a policy set that has judged looks into the issue of a list that is not stored, `" + name +
            "`: put a complete records.db back");
  }
  if (!has_issues(db)) return {};
  SQLite::Statement query(db, "SELECT hash, parties FROM list_issue ORDER BY hash");
  while (query.executeStep()) {
    const Digest digest = column_digest(query, 0);
    if (sha256(query.getColumn(1).getString()) != digest) return changed_issue(digest);
  }
  return {};
}

}  // namespace tidewaiter
