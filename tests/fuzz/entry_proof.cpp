// What parses as a proof is written back line by line, and holds under nobody's key.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "policies/model/base64.h"
#include "storage/verify/proof.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tidewaiter;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (!verify_entry_proof(text, "entry", VerifierKey{"stranger", {}}).problem) std::abort();
  const auto proof = parse_entry_proof(text);
  if (!proof) return 0;
  std::string lines = "index " + std::to_string(proof->index) + "\n";
  for (const Digest& hash : proof->path) lines += to_base64(hash.bytes, Base64::kStandard) + "\n";
  lines += "\n" + proof->note;
  if (!text.ends_with(lines)) std::abort();
  return 0;
}
