#include "daemon/simulate/page_request.h"

#include <charconv>

namespace tidewaiter {

std::string text_in(const PageRequest& request, const char* name) {
  const auto found = request.params.find(name);
  return found == request.params.end() ? std::string() : found->second;
}

std::optional<std::int64_t> number_in(const PageRequest& request, const char* name) {
  const std::string text = text_in(request, name);
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, number);
  if (text.empty() || problem != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::optional<std::int64_t> number_in(const PageRequest& request, const char* name,
                                      std::int64_t usual, std::int64_t least, std::int64_t most) {
  if (!request.params.contains(name)) return usual;
  const std::optional<std::int64_t> number = number_in(request, name);
  if (!number || *number < least || *number > most) return std::nullopt;
  return number;
}

std::optional<UtcTime> seconds_in(const PageRequest& request, const char* name) {
  constexpr std::int64_t kLast = kRecordTimes.to.us / kSecond.us;
  const auto number = number_in(request, name);
  if (!number || *number < 0 || *number > kLast) return std::nullopt;
  return UtcTime{*number * kSecond.us};
}

std::optional<UtcTime> time_in(const PageRequest& request, const char* name) {
  const Result<UtcTime> time = parse_time(text_in(request, name));
  if (!time || !is_record_time(*time)) return std::nullopt;
  return *time;
}

}  // namespace tidewaiter
