#include "storage/snapshot/snapshot_head.h"

#include <nlohmann/json.hpp>

#include "policies/model/json_member.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kFirstLine = "tidewaiter snapshot 1\n";

Result<void> read_members(const nlohmann::json& json, SnapshotHead& head) {
  const auto wrong = [] {
    return fail(ErrorCode::kCorruption, "the snapshot does not say what it is of");
  };
  const auto seq = json.find("seq");
  const auto log_hash = digest_from_hex(text_member(json, "hash").value_or(""));
  if (seq == json.end() || !seq->is_number_integer() || !log_hash) return wrong();
  head.code = text_member(json, "code").value_or("");
  head.log_id = text_member(json, "log").value_or("");
  head.at = {seq->get<std::int64_t>(), *log_hash};
  if (const auto set = text_member(json, "set")) {
    const auto digest = digest_from_hex(*set);
    if (!digest) return wrong();
    head.set = *digest;
  }
  if (const auto dropped = json.find("dropped_before_us"); dropped != json.end()) {
    if (!dropped->is_number_integer()) return wrong();
    head.dropped_before = UtcTime{dropped->get<std::int64_t>()};
  }
  return {};
}

}  // namespace

std::string head_lines(const SnapshotHead& head) {
  nlohmann::json json = {{"code", head.code},
                         {"log", head.log_id},
                         {"seq", head.at.seq},
                         {"hash", to_hex(head.at.log_hash)}};
  if (head.set) json["set"] = to_hex(*head.set);
  if (head.dropped_before) json["dropped_before_us"] = head.dropped_before->us;
  return std::string(kFirstLine) + json.dump() + "\n";
}

Result<ReadHead> read_head(std::string_view beginning) {
  if (!beginning.starts_with(kFirstLine)) {
    return fail(ErrorCode::kUnsupported, "it is no snapshot of this form");
  }
  const std::size_t end = beginning.find('\n', kFirstLine.size());
  if (end == std::string_view::npos) {
    return fail(ErrorCode::kCorruption, "the snapshot ends within its head");
  }
  const auto json = nlohmann::json::parse(
      beginning.substr(kFirstLine.size(), end - kFirstLine.size()), nullptr, false);
  if (!json.is_object()) return fail(ErrorCode::kCorruption, "the snapshot's head is no JSON");
  ReadHead read;
  if (auto done = read_members(json, read.head); !done) return tl::unexpected(done.error());
  read.length = end + 1;
  return read;
}

}  // namespace tidewaiter
