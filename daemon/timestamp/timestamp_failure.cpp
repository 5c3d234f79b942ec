#include "daemon/timestamp/timestamp_failure.h"

#include <system_error>

#include <nlohmann/json.hpp>

#include "storage/files/durable_file.h"

namespace tidewaiter {
namespace {

constexpr mode_t kGroupReads = 0640;
constexpr std::size_t kMostBytes = 65'536;

std::filesystem::path failure_file(const std::filesystem::path& folder) {
  return folder / "failure.json";
}

}  // namespace

std::optional<TimestampFailure> read_timestamp_failure(const std::filesystem::path& folder) {
  const Result<std::string> text = read_whole_file(failure_file(folder), kMostBytes);
  if (!text) return std::nullopt;
  const auto document = nlohmann::json::parse(*text, nullptr, false);
  if (!document.is_object()) return std::nullopt;
  const auto since = document.find("since");
  const auto attempts = document.find("attempts");
  const auto reason = document.find("reason");
  if (since == document.end() || !since->is_string() || attempts == document.end() ||
      !attempts->is_number_integer() || reason == document.end() || !reason->is_string()) {
    return std::nullopt;
  }
  const auto time = parse_time(since->get_ref<const std::string&>());
  if (!time) return std::nullopt;
  return TimestampFailure{*time, attempts->get<std::int64_t>(), reason->get<std::string>()};
}

Result<void> write_timestamp_failure(const std::filesystem::path& folder,
                                     const std::optional<TimestampFailure>& failure) {
  std::error_code problem;
  if (!failure) {
    std::filesystem::remove(failure_file(folder), problem);
  } else {
    std::filesystem::create_directories(folder, problem);
  }
  if (problem) {
    return fail(ErrorCode::kUnavailable,
                "cannot write `" + failure_file(folder).string() + "`: " + problem.message());
  }
  if (!failure) return {};
  const nlohmann::json document = {{"since", format_time(failure->since)},
                                   {"attempts", failure->attempts},
                                   {"reason", failure->reason}};
  return place_file(failure_file(folder), kGroupReads,
                    document.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + "\n");
}

}  // namespace tidewaiter
