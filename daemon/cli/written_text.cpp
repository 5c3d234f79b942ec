#include "daemon/cli/written_text.h"

#include <fstream>

namespace tidewaiter {

Result<void> write_text(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file) return {};
  return fail(ErrorCode::kUnavailable, "cannot write `" + path.string() + "`");
}

}  // namespace tidewaiter
