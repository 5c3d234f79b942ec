// What a handed-in file says of an attempt is told as a reason, is not an act at the same time, and
// has no member beside those of an attempt.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "daemon/app/act_file.h"
#include "daemon/app/attempts.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tidewaiter;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto attempt = parse_attempt(text);
  const auto act = parse_act_file(std::string(text), "fuzz.example/ledger");
  if (attempt && attempt_reason(*attempt).empty()) std::abort();
  if (attempt && act) std::abort();
  if (attempt) {
    const auto document = nlohmann::json::parse(text);
    for (const auto& [name, value] : document.items()) {
      if (name != "attempt" && name != "fault" && name != "salt") std::abort();
    }
    for (const auto& [name, value] : document["attempt"].items()) {
      if (name != "typ" && name != "case" && name != "by") std::abort();
      if (!value.is_string()) std::abort();
    }
  }
  if (act && act_proof_from(act_proof_name(act->proof)) != act->proof) std::abort();
  return 0;
}
