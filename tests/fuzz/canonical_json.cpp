// What is canonical is judged twice: in one pass over the bytes, and by writing anew what was
// parsed. Both say the same, and of the same document.
#include "policies/model/canonical_json.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "policies/model/jcs.h"
#include "tests/property/canonical_tree.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tidewaiter;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static CanonicalJson document;  // what was read before must not show
  const bool is_canonical = document.read(text);
  if (is_canonical != is_jcs(text)) std::abort();
  if (document.root().exists() != is_canonical) std::abort();
  if (!is_canonical) return 0;
  if (document.root().bytes() != text) std::abort();
  if (told_tree(document.root()) != *parse_json_strict(text)) std::abort();
  return 0;
}
