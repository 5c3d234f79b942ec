// What a handed-in file says of an attempt is told as a reason, and is not an act at the same time.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "daemon/app/act_file.h"
#include "daemon/app/attempts.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tidewaiter;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto attempt = parse_attempt(text);
  const auto act = parse_act_file(std::string(text), "fuzz.example/ledger");
  if (attempt && attempt_reason(*attempt).empty()) std::abort();
  if (act && act_proof_from(act_proof_name(act->proof)) != act->proof) std::abort();
  return 0;
}
