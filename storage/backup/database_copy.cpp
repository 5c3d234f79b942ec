#include "storage/backup/database_copy.h"

#include <cerrno>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <unistd.h>

#include "policies/model/digest.h"
#include "storage/files/durable_file.h"
#include "storage/sqlite/sqlite_error.h"
#include "storage/sqlite/sqlite_file.h"

namespace tidewaiter {
namespace {

constexpr mode_t kCopyMode = 0600;
constexpr std::size_t kBlock = std::size_t{1} << 20U;

/// SQLite does not sync what VACUUM INTO makes.
Result<void> sync_file(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  const int reason = errno;
  if (fd >= 0) ::close(fd);
  if (synced) return sync_folder(file.parent_path());
  return fail(ErrorCode::kUnavailable,
              "cannot sync `" + file.string() + "`: " + std::generic_category().message(reason));
}

}  // namespace

Result<void> copy_database(const std::filesystem::path& from, const std::filesystem::path& to,
                           std::string_view what) {
  const auto source = connect_sqlite(from, SqliteAccess::kReadOnly, what);
  if (!source) return tl::unexpected(source.error());
  // Empty, so that SQLite writes into it, and nobody else may read it meanwhile.
  if (auto made = create_file(to, kCopyMode, ""); !made) return made;
  try {
    SQLite::Statement copy(**source, "VACUUM INTO ?");
    copy.bind(1, to.string());
    copy.exec();
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "copy `" + from.string() + "` to `" + to.string() + "`"));
  }
  return sync_file(to);
}

Result<std::string> sum_line(const std::filesystem::path& folder, const std::string& name) {
  const std::filesystem::path file = folder / name;
  std::ifstream in(file, std::ios::binary);
  Sha256 hash;
  std::vector<char> block(kBlock);
  while (in) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    hash.update(std::string_view(block.data(), static_cast<std::size_t>(in.gcount())));
  }
  if (!in.eof()) return fail(ErrorCode::kUnavailable, "cannot read `" + file.string() + "` again");
  return to_hex(hash.finish()) + "  " + name + "\n";
}

}  // namespace tidewaiter
