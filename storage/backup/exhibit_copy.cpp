#include "storage/backup/exhibit_copy.h"

#include <limits>

#include "storage/evidence/payload_folder.h"
#include "storage/fsck/payload_check.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kAnyLength = std::numeric_limits<std::int64_t>::max();

}  // namespace

Result<void> ExhibitCopy::begin() {
  if (from_.empty()) return {};
  auto erased = PayloadFolder(from_, {}, {}).erased();
  if (!erased) return tl::unexpected(erased.error());
  erased_before_ = std::move(*erased);
  return {};
}

Result<void> ExhibitCopy::copy() const {
  if (from_.empty()) return {};
  return PayloadFolder(from_, {}, {}).copy_to(to_);
}

Result<void> ExhibitCopy::compare() const {
  const PayloadFolder source(from_, {}, {});
  const PayloadFolder copies(to_, {}, {});
  const auto ids = copies.ids();
  if (!ids) return tl::unexpected(ids.error());
  for (const std::string& id : *ids) {
    const Result<FileMeasure> copy = measure_file(copies.file_of(id), kAnyLength);
    if (!copy) return tl::unexpected(copy.error());
    const Result<FileMeasure> original = measure_file(source.file_of(id), kAnyLength);
    // Erased since, or not to be read any more.
    if (!original || *original == *copy) continue;
    return fail(ErrorCode::kCorruption, "`" + copies.file_of(id).string() +
                                            "` is not what was copied: look at the disk, and begin "
                                            "again in new folders");
  }
  return {};
}

Result<std::vector<std::string>> ExhibitCopy::gaps(const LedgerPaths& ledger,
                                                   bool with_keys) const {
  if (from_.empty()) return std::vector<std::string>();
  if (auto same = compare(); !same) return tl::unexpected(same.error());
  auto found = payload_problems(ledger, to_, with_keys);
  if (!found || found->empty()) return found;
  const auto erased = PayloadFolder(from_, {}, {}).erased();
  if (!erased) return tl::unexpected(erased.error());
  if (*erased == erased_before_) return found;
  return fail(ErrorCode::kUnavailable,
              "exhibits were erased while they were copied: begin again in new folders");
}

}  // namespace tidewaiter
