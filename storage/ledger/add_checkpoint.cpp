#include "storage/ledger/add_checkpoint.h"

#include <optional>

#include "policies/model/base64.h"
#include "storage/ledger/c2sp_text.h"

namespace tidewaiter {

namespace {

constexpr std::string_view kOld = "old ";

tl::unexpected<Error> malformed_request(const std::string& why) {
  return fail(ErrorCode::kInvalidInput, "malformed request: " + why);
}

}  // namespace

Result<AddCheckpoint> parse_add_checkpoint(std::string_view body) {
  if (body.size() > kMaxAddCheckpointBytes) {
    return malformed_request("over " + std::to_string(kMaxAddCheckpointBytes) + " bytes");
  }
  AddCheckpoint request;
  std::size_t end = body.find('\n');
  const auto old_size = end != std::string_view::npos && body.starts_with(kOld)
                            ? decimal_of(body.substr(kOld.size(), end - kOld.size()))
                            : std::nullopt;
  if (!old_size) return malformed_request("expected `old <size>` in its first line");
  request.old_size = *old_size;
  for (body.remove_prefix(end + 1); (end = body.find('\n')) != 0; body.remove_prefix(end + 1)) {
    const auto hash = end == std::string_view::npos ? std::nullopt : hash_of(body.substr(0, end));
    if (!hash || request.proof.size() == kMaxAddCheckpointHashes) {
      return malformed_request(
          "expected at most 63 lines with a hash of 32 bytes in base64 each, then an empty line");
    }
    request.proof.push_back(*hash);
  }
  request.note = body.substr(1);
  return request;
}

std::string format_add_checkpoint(const AddCheckpoint& request) {
  std::string body = std::string(kOld) + std::to_string(request.old_size) + '\n';
  for (const Digest& hash : request.proof) {
    body += to_base64(hash.bytes, Base64::kStandard) + '\n';
  }
  return body + '\n' + request.note;
}

}  // namespace tidewaiter
