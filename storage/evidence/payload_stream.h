#pragma once

#include <cstdint>
#include <string_view>

#include "policies/model/error.h"
#include "storage/evidence/payload_cipher.h"
#include "storage/files/file_stream.h"

namespace tidewaiter {

/// What went through a cipher: a text, and the payload that it is sealed in.
struct PayloadMeasures {
  FileMeasure content;
  FileMeasure file;
};

/// Encrypts all of `from`, of `most` bytes at most, into `to`, which is not finished. Memory does
/// not grow with it, and what held text is wiped. Errors: kInvalidInput for more; those of reading
/// and writing.
[[nodiscard]] Result<PayloadMeasures> seal_payload(StreamedFile& from, PayloadSealer& sealer,
                                                   FileSink& to, std::int64_t most);

/// Decrypts all that is left of `from` behind the `header` into `to`, which is not finished.
/// Errors: those of PayloadOpener; those of reading and writing.
[[nodiscard]] Result<PayloadMeasures> open_payload(StreamedFile& from, PayloadOpener& opener,
                                                   std::string_view header, FileSink& to);

}  // namespace tidewaiter
