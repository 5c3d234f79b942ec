#include "daemon/app/failure_notes.h"

#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "policies/model/json_member.h"
#include "storage/files/durable_file.h"

namespace tidewaiter {
namespace {

/// Of all failures together, with the escapes of JSON.
constexpr std::size_t kMostFailuresFile = std::size_t{32} << 20U;

}  // namespace

std::filesystem::path failures_file(const std::filesystem::path& state) {
  return state / "failures.json";
}

Result<void> keep_failures(const std::filesystem::path& state, const MessageFailures& failures) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& [message, failure] : failures) {
    list.push_back({{"message", message},
                    {"at", format_time(failure.at)},
                    {"attempts", failure.attempts},
                    {"reason", failure.reason.substr(0, kMostReasonKept)}});
  }
  // What was cut within a character stands as U+FFFD.
  const std::string text = nlohmann::ordered_json({{"failures", list}})
                               .dump(1, ' ', false, nlohmann::json::error_handler_t::replace);
  return place_file(failures_file(state), 0600, text + "\n");
}

MessageFailures kept_failures(const std::filesystem::path& state) {
  MessageFailures failures;
  const Result<std::string> text = read_whole_file(failures_file(state), kMostFailuresFile);
  if (!text) return failures;
  const auto document = nlohmann::json::parse(*text, nullptr, false);
  if (!document.is_object()) return failures;
  for (const auto& one : document.value("failures", nlohmann::json::array())) {
    const auto message = number_member(one, "message");
    const auto attempts = number_member(one, "attempts");
    const Result<UtcTime> at = parse_time(text_member(one, "at").value_or(""));
    auto reason = text_member(one, "reason");
    if (!message || !attempts || !at || !reason) continue;
    failures[*message] = {*at, *attempts, std::move(*reason)};
  }
  return failures;
}

Result<void> forget_failures(const std::filesystem::path& state) {
  Result<void> gone = remove_file(failures_file(state));
  if (gone || gone.error().code == ErrorCode::kNotFound) return {};
  return gone;
}

}  // namespace tidewaiter
