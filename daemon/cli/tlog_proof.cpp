#include "daemon/cli/tlog_proof.h"

#include "policies/model/base64.h"

namespace tidewaiter {

std::string format_tlog_proof(std::int64_t index, std::span<const Digest> path,
                              std::string_view note) {
  std::string text = "c2sp.org/tlog-proof@v1\nindex " + std::to_string(index) + "\n";
  for (const Digest& hash : path) {
    text += to_base64(std::span<const std::byte>(hash.bytes), Base64::kStandard) + "\n";
  }
  text += '\n';
  text += note;
  return text;
}

}  // namespace tidewaiter
