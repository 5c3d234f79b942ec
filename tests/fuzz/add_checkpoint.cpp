// What parses as a request for a cosignature is written back byte for byte, and a log whose key
// nobody holds gets none.
#include "storage/ledger/add_checkpoint.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "storage/ledger/merkle.h"
#include "storage/witness/witness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tidewaiter;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto request = parse_add_checkpoint(text);
  if (request && format_add_checkpoint(*request) != text) std::abort();
  const auto submission = read_submission(text);
  if (!submission) return 0;
  if (!request) std::abort();
  const WitnessIdentity witness{
      "w", SigningKey::from_seed(as_byte_span("0123456789abcdef0123456789abcdef")).value()};
  const WitnessedLog stranger{{submission->checkpoint.origin, {}}, {0, empty_tree_root()}, ""};
  const auto verdict = judge_submission(*submission, &stranger, witness, 1).value();
  if (verdict.next || verdict.answer.status != 403) std::abort();
  return 0;
}
