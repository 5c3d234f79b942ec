#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/ledger/merkle.h"
#include "storage/ledger/tree_store.h"
#include "storage/verify/report.h"

namespace tidewaiter::test {

/// Runs SQL as somebody who may write the file and knows SQLite: triggers and constraints out of
/// the way, triggers put back, no WAL left behind.
inline void tamper(const std::filesystem::path& path, const std::vector<std::string>& statements) {
  SQLite::Database database(path.string(), SQLite::OPEN_READWRITE);
  std::vector<std::string> triggers;
  {
    SQLite::Statement select(database, "SELECT name, sql FROM sqlite_schema WHERE type='trigger'");
    std::vector<std::string> gone;
    while (select.executeStep()) {
      gone.push_back("DROP TRIGGER " + select.getColumn(0).getString());
      triggers.push_back(select.getColumn(1).getString());
    }
    select.reset();
    for (const std::string& drop : gone) database.exec(drop);
  }
  database.exec("PRAGMA ignore_check_constraints = ON");
  for (const std::string& sql : statements) database.exec(sql);
  for (const std::string& trigger : triggers) database.exec(trigger);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

/// A line for each problem: its kind, the entry, the words.
inline std::string all_problems(const VerifyReport& report) {
  std::string text;
  for (const VerifyProblem& problem : report.problems) {
    text += std::string(failure_name(problem.failure)) + " " + std::to_string(problem.index) +
            ": " + problem.message + "\n";
  }
  return text;
}

inline std::string hex_of(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

/// Replaces `from` by `to` in one entry and makes the whole tree fit it. Gives the forged head of
/// the first `size` entries.
inline TreeHead forge_entry(const std::filesystem::path& path, std::int64_t index,
                            const std::string& from, const std::string& to, std::int64_t size) {
  std::vector<std::string> updates;
  TreeHead head;
  {
    SQLite::Database database(path.string(), SQLite::OPEN_READONLY);
    SQLite::Statement select(database, "SELECT idx, body FROM entry ORDER BY idx");
    CompactRange range;
    while (select.executeStep()) {
      std::string body = select.getColumn(1).getString();
      if (select.getColumn(0).getInt64() == index) body.replace(body.find(from), from.size(), to);
      const std::string nodes = append_leaf(range, leaf_hash(body));
      updates.push_back("UPDATE entry SET body = x'" + hex_of(body) + "', nodes = x'" +
                        hex_of(nodes) + "' WHERE idx = " + select.getColumn(0).getString());
      if (range.size() == size) head = {range.size(), range.root()};
    }
  }
  tamper(path, updates);
  return head;
}

}  // namespace tidewaiter::test
