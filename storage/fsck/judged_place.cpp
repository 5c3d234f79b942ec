#include "storage/fsck/judged_place.h"

#include <string>

namespace tidewaiter {

Result<void> check_judged_place(const RecordLog& records, const Ledger::Position& judged) {
  if (judged.offset.seq == 0) return {};
  if (judged.log_id != records.log_id()) {
    return fail(ErrorCode::kCorruption, "the ledger has judged the record log `" + judged.log_id +
                                            "`, and this one is `" + records.log_id() + "`");
  }
  const Result<Digest> hash = records.hash_at(judged.offset.seq);
  if (hash && *hash == judged.offset.log_hash) return {};
  if (!hash && hash.error().code != ErrorCode::kNotFound) return tl::unexpected(hash.error());
  return fail(ErrorCode::kCorruption,
              "the ledger has judged the record log up to entry " +
                  std::to_string(judged.offset.seq) +
                  (hash ? ", which has another running hash now"
                        : ", where no page of it ends: entries were cut off, or an older copy "
                          "was put back"));
}

}  // namespace tidewaiter
