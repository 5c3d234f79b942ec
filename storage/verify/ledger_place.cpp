#include "storage/verify/ledger_place.h"

#include <array>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include "storage/verify/bundle_check.h"
#include "storage/verify/plain_text.h"
#include "storage/verify/proof.h"
#include "storage/verify/tile_log.h"

namespace tidewaiter {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::string_view kSqliteMagic = "SQLite format 3\0"sv;  // sqlite.org/fileformat2.html

std::string quoted(const std::filesystem::path& path) {
  return "`" + plain_text(path.string()) + "`";
}

Result<LedgerPlace> look_into_folder(const std::filesystem::path& folder) {
  if (is_tile_log(folder)) return LedgerPlace{LedgerPlace::Kind::kTiles, folder};
  if (is_bundle(folder)) return LedgerPlace{LedgerPlace::Kind::kBundle, folder};
  std::error_code failure;
  const std::filesystem::path database = folder / "ledger.db";
  if (std::filesystem::exists(database, failure)) {
    return LedgerPlace{LedgerPlace::Kind::kDatabase, database};
  }
  if (failure) {
    return fail(ErrorCode::kUnavailable,
                "cannot look into " + quoted(folder) + ": " + failure.message());
  }
  if (std::filesystem::is_directory(folder / "tile", failure)) {
    return fail(ErrorCode::kNotFound, quoted(folder) +
                                          " has the folder `tile` of an exported ledger, and no "
                                          "`checkpoint`: the export is not whole");
  }
  return fail(ErrorCode::kNotFound, quoted(folder) +
                                        " holds no ledger: expected `ledger.db`, or `checkpoint` "
                                        "and `tile` as `tidewaiter ledger export` writes them");
}

Result<LedgerPlace> look_into_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 64> bytes{};
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file.is_open() || file.bad()) {
    return fail(ErrorCode::kUnavailable, "cannot read " + quoted(path));
  }
  const std::string_view head(bytes.data(), static_cast<std::size_t>(file.gcount()));
  if (head.starts_with(kSqliteMagic)) return LedgerPlace{LedgerPlace::Kind::kDatabase, path};
  if (head.starts_with(kProofHeader)) return LedgerPlace{LedgerPlace::Kind::kProof, path};
  return fail(ErrorCode::kNotFound, quoted(path) +
                                        " is no ledger: expected a SQLite database, or a proof as "
                                        "`tidewaiter ledger proof` writes it");
}

}  // namespace

Result<LedgerPlace> find_ledger(const std::filesystem::path& path) {
  std::error_code failure;
  const std::filesystem::file_status status = std::filesystem::status(path, failure);
  if (status.type() == std::filesystem::file_type::not_found) {
    return fail(ErrorCode::kNotFound, "there is no file or folder " + quoted(path));
  }
  if (failure) {
    return fail(ErrorCode::kUnavailable,
                "cannot look at " + quoted(path) + ": " + failure.message());
  }
  if (std::filesystem::is_directory(status)) return look_into_folder(path);
  if (std::filesystem::is_regular_file(status)) return look_into_file(path);
  return fail(ErrorCode::kNotFound, quoted(path) + " is neither a file nor a folder");
}

}  // namespace tidewaiter
