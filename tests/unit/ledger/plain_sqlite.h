#pragma once

#include <filesystem>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>

namespace tidewaiter {

/// Runs SQL on a file as anybody with the sqlite3 program could; gives the error's text, or
/// nothing.
inline std::string plain_sql(const std::filesystem::path& path, const std::string& sql) {
  try {
    SQLite::Database database(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec(sql);
    return "";
  } catch (const SQLite::Exception& e) {
    return e.what();
  }
}

}  // namespace tidewaiter
