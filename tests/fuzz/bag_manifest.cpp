// What parses as a manifest is its own form, has nothing outside the bag, and an order of its own.
#include "storage/verify/bag_manifest.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tidewaiter;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto manifest = parse_manifest(text);
  if (!manifest) return 0;
  if (format_manifest(*manifest) != text) std::abort();
  for (const auto& [path, digest] : *manifest) {
    if (!is_bag_path(path) || path.front() == '/' || path.find("//") != std::string::npos ||
        ("/" + path + "/").find("/../") != std::string::npos ||
        path.find_first_of("\\\n\r %") != std::string::npos) {
      std::abort();
    }
  }
  return 0;
}
