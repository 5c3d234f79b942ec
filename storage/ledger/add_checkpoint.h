#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/digest.h"
#include "policies/model/error.h"

namespace tidewaiter {

// The request by which a log asks a witness for a cosignature, C2SP tlog-witness v1.0.0: a POST to
// `<submission prefix>/add-checkpoint` with this body:
//
//   "old " <size of the head that the witness cosigned last, decimal> LF
//   (<base64 of a hash> LF){0..63}          RFC 6962 consistency proof from that head
//   LF
//   <the signed note of the new head>
//
// All functions are pure.

struct AddCheckpoint {
  std::int64_t old_size = 0;
  std::vector<Digest> proof;
  std::string note;
};

inline constexpr std::size_t kMaxAddCheckpointHashes = 63;  // a tree has at most 2^63 leaves
inline constexpr std::size_t kMaxAddCheckpointBytes = 65'536;
/// The media type of the one line that answers a request from another size than the witness's.
inline constexpr std::string_view kTreeSizeType = "text/x.tlog.size";

/// Errors: kInvalidInput; whether the note is one is not judged.
[[nodiscard]] Result<AddCheckpoint> parse_add_checkpoint(std::string_view body);
/// The exact inverse of parse_add_checkpoint.
[[nodiscard]] std::string format_add_checkpoint(const AddCheckpoint& request);

}  // namespace tidewaiter
