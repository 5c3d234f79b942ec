#include "storage/verify/private_copy.h"

#include <array>
#include <cerrno>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include <stdlib.h>

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

/// A file that SQLite keeps beside a database, and the bytes of its header that stay the same as
/// long as it belongs to one generation of changes: salts and checksums of a WAL, the nonce and
/// sizes of a journal (sqlite.org/fileformat2.html).
struct SideFile {
  std::string_view suffix;
  std::streamoff from;
  std::size_t bytes;
};
constexpr std::array<SideFile, 2> kSideFiles{{{"-wal", 0, 32}, {"-journal", 12, 16}}};

fs::path beside(const fs::path& database, const SideFile& side) {
  return database.string() + std::string(side.suffix);
}

/// Both generations as bytes; those of an absent file are empty.
std::string generations(const fs::path& database) {
  std::string all;
  for (const SideFile& side : kSideFiles) {
    std::string bytes(side.bytes, '\0');
    std::ifstream file(beside(database, side), std::ios::binary);
    file.seekg(side.from);
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    all += std::to_string(bytes.size()) + ':' + bytes;
  }
  return all;
}

/// Copies a file that its owner may then write; false if it is gone.
Result<bool> copy_part(const fs::path& from, const fs::path& to) {
  std::error_code failure;
  fs::copy_file(from, to, failure);
  if (failure == std::errc::no_such_file_or_directory) return false;
  if (!failure) {
    fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write, failure);
  }
  if (!failure) return true;
  return fail(ErrorCode::kUnavailable, "cannot copy `" + from.string() + "` to `" + to.string() +
                                           "`: " + failure.message() +
                                           "; free space there, or set TMPDIR");
}

}  // namespace

Result<std::unique_ptr<PrivateCopy>> PrivateCopy::take(const fs::path& original) {
  std::error_code failure;
  std::string pattern = (fs::temp_directory_path(failure) / "tidewaiter-verify-XXXXXX").string();
  if (failure || ::mkdtemp(pattern.data()) == nullptr) {
    return fail(ErrorCode::kUnavailable,
                "cannot make a folder for a copy of `" + original.string() +
                    "`: " + (failure ? failure.message() : std::generic_category().message(errno)));
  }
  std::unique_ptr<PrivateCopy> taken(new PrivateCopy);
  taken->folder_ = pattern;
  taken->database_ = taken->folder_ / "copy.db";
  const std::string before = generations(original);
  const auto copied = copy_part(original, taken->database_);
  if (!copied) return tl::unexpected(copied.error());
  for (const SideFile& side : kSideFiles) {
    const auto with = copy_part(beside(original, side), beside(taken->database_, side));
    if (!with) return tl::unexpected(with.error());
  }
  if (generations(original) != before) return nullptr;
  return taken;
}

PrivateCopy::~PrivateCopy() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

bool has_pending_changes(const fs::path& database) {
  for (const SideFile& side : kSideFiles) {
    std::error_code failure;
    const auto size = fs::file_size(beside(database, side), failure);
    if (!failure && size > 0) return true;
  }
  return false;
}

}  // namespace tidewaiter
