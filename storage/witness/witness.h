#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "policies/model/error.h"
#include "storage/ledger/add_checkpoint.h"
#include "storage/ledger/checkpoint.h"
#include "storage/ledger/signed_note.h"

namespace tidewaiter {

// What a witness answers to a log, C2SP tlog-witness v1.0.0. All functions are pure: a request and
// what is known of its log give an answer and what is to be known from then on. WitnessStore makes
// the two one step.

/// A witness itself.
struct WitnessIdentity {
  std::string name;  ///< of its key
  SigningKey key;
};

/// What a witness knows of a log.
struct WitnessedLog {
  VerifierKey key;   ///< its name is the log's origin
  TreeHead head;     ///< that was cosigned last; the empty tree before the first
  std::string note;  ///< that head with the log's signature and the witness's; empty before
};

/// A submission that can be read: the request, and the head that it asks a cosignature for.
struct Submission {
  AddCheckpoint request;
  Checkpoint checkpoint;
};
/// The lines of signatures are not looked at: one that cannot be read is one that does not hold.
/// Errors: kInvalidInput for what has not the form of a request with a checkpoint without extension
/// lines.
[[nodiscard]] Result<Submission> read_submission(std::string_view body);

/// One HTTP answer.
struct WitnessAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
};

/// An answer, and the log as it is to be stored before the answer leaves.
struct WitnessVerdict {
  WitnessAnswer answer;
  std::optional<WitnessedLog> next;  ///< only where the answer is a cosignature
};

/// 400 to what read_submission() refuses.
[[nodiscard]] WitnessAnswer refuse_unreadable(const Error& error);

/// Judges a submission by the log of its origin, null if that is unknown:
///
///   404  the origin is unknown
///   403  the log's key did not sign the checkpoint, or a signature line is none
///   400  the old size is larger than the checkpoint's
///   409  the old size is not that of the last cosigned head, which the body tells
///        (text/x.tlog.size); or the checkpoint has its size and another root (text/plain)
///   422  the proof does not lead from that head to the checkpoint
///   200  otherwise: a signature line with the witness's cosignature at `seconds` since 1970
///
/// A head that was cosigned already is cosigned again. Errors: kInvalidInput for a time before
/// 1970.
[[nodiscard]] Result<WitnessVerdict> judge_submission(const Submission& submission,
                                                      const WitnessedLog* log,
                                                      const WitnessIdentity& witness,
                                                      std::int64_t seconds);

}  // namespace tidewaiter
