#include "storage/ledger/ledger_in_file.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <stdlib.h>

#include "storage/ledger/ledger_server.h"

namespace tidewaiter {

Result<LedgerInFile> LedgerInFile::of(const LedgerPaths& paths) {
  LedgerInFile file(paths);
  if (!paths.server) return file;
  std::error_code failure;
  const std::filesystem::path root = std::filesystem::temp_directory_path(failure);
  std::string folder = (root / "tidewaiter-ledger-XXXXXX").string();
  if (failure || ::mkdtemp(folder.data()) == nullptr) {
    return fail(ErrorCode::kUnavailable,
                "cannot make a folder for a copy of the ledger in `" + root.string() + "`: " +
                    std::generic_category().message(errno) + "; name another one in $TMPDIR");
  }
  file.folder_ = folder;
  file.paths_.server = nullptr;
  file.paths_.database = file.folder_ / "ledger.db";
  if (auto copied = paths.server->copy_to(file.paths_.database); !copied) {
    return tl::unexpected(copied.error());
  }
  return file;
}

LedgerInFile::LedgerInFile(LedgerInFile&& other) noexcept
    : paths_(std::move(other.paths_)), folder_(std::exchange(other.folder_, {})) {}

LedgerInFile::~LedgerInFile() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

}  // namespace tidewaiter
