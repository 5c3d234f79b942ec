#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "policies/model/digest.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// Size and root of an RFC 6962 tree.
struct TreeHead {
  std::int64_t size = 0;
  Digest root;
  bool operator==(const TreeHead&) const = default;
};

/// A C2SP tlog-checkpoint v1.0.0, without extension lines, and the signed note that carries it.
struct Checkpoint {
  std::string origin;
  TreeHead head;
  std::string note;  ///< the signed note, verbatim; empty if not signed
};

/// A signed note, and its number among all heads that the ledger has signed: 1, 2, 3, … without
/// gaps, so that a removed one shows. 0 and empty before the first.
struct NumberedNote {
  std::int64_t number = 0;
  std::string note;
};

/// A checkpoint with its number.
struct NumberedCheckpoint {
  std::int64_t number = 0;
  Checkpoint checkpoint;
};

/// The three lines of a checkpoint's body.
[[nodiscard]] std::string checkpoint_body(std::string_view origin, const TreeHead& head);

/// Reads the body of a checkpoint: strict, no extension lines, decimal size without leading zero,
/// canonical base64 of 32 bytes. Errors: kInvalidInput.
[[nodiscard]] Result<Checkpoint> parse_checkpoint_body(std::string_view body);

}  // namespace tidewaiter
