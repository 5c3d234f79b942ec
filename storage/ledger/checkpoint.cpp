#include "storage/ledger/checkpoint.h"

#include <algorithm>
#include <array>
#include <optional>

#include "policies/model/base64.h"
#include "policies/model/utf8.h"
#include "storage/ledger/c2sp_text.h"
#include "storage/ledger/root_text.h"

namespace tidewaiter {

namespace {

tl::unexpected<Error> malformed_checkpoint(const std::string& what) {
  return fail(ErrorCode::kInvalidInput, "malformed checkpoint: " + what);
}

}  // namespace

std::string checkpoint_body(std::string_view origin, const TreeHead& head) {
  return std::string(origin) + '\n' + std::to_string(head.size) + '\n' + root_text(head.root) +
         '\n';
}

Result<Checkpoint> parse_checkpoint_body(std::string_view body) {
  std::array<std::string_view, 3> lines;
  for (std::string_view& line : lines) {
    const std::size_t end = body.find('\n');
    if (end == 0 || end == std::string_view::npos)
      return malformed_checkpoint("expected three lines");
    line = body.substr(0, end);
    body.remove_prefix(end + 1);
  }
  if (!body.empty()) return malformed_checkpoint("lines after the root hash are not accepted");
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
  if (!is_utf8(lines[0]) || std::ranges::any_of(lines[0], is_control)) {
    return malformed_checkpoint("the origin is not plain text");
  }
  const std::optional<std::int64_t> size = decimal_of(lines[1]);
  if (!size) {
    return malformed_checkpoint("expected a decimal tree size, got `" +
                                std::string(lines[1].substr(0, 40)) + "`");
  }
  const std::optional<Digest> root = hash_of(lines[2]);
  if (!root) {
    return malformed_checkpoint("expected the base64 of 32 bytes, got `" +
                                std::string(lines[2].substr(0, 80)) + "`");
  }
  return Checkpoint{std::string(lines[0]), {*size, *root}, {}};
}

}  // namespace tidewaiter
