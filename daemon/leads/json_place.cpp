#include "daemon/leads/json_place.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

using nlohmann::json;

// A byte of UTF-8 that goes on with a character: 10xxxxxx.
constexpr unsigned kLeadMask = 0xc0;
constexpr unsigned kContinuation = 0x80;

/// Takes any JSON, keeps nothing of it, and notes where it ends to be JSON.
struct BreakFinder {
  bool null() { return true; }
  bool boolean(bool) { return true; }
  bool number_integer(std::int64_t) { return true; }
  bool number_unsigned(std::uint64_t) { return true; }
  bool number_float(double, const std::string&) { return true; }
  bool string(std::string&) { return true; }
  bool binary(json::binary_t&) { return true; }
  bool start_object(std::size_t) { return true; }
  bool end_object() { return true; }
  bool start_array(std::size_t) { return true; }
  bool end_array() { return true; }
  bool key(std::string&) { return true; }
  bool parse_error(std::size_t position, const std::string&, const json::exception&) {
    read = position;
    return false;
  }

  std::size_t read = 0;  ///< bytes, the one that is wrong with them
};

}  // namespace

std::optional<TextPlace> where_json_breaks(std::string_view text) {
  std::size_t wrong = text.find('\0');
  if (wrong == std::string_view::npos) {
    BreakFinder finder;
    if (json::sax_parse(text.begin(), text.end(), &finder)) return std::nullopt;
    wrong = std::min(finder.read == 0 ? 0 : finder.read - 1, text.size());
  }
  const std::string_view before = text.substr(0, wrong);
  const std::size_t line_end = before.rfind('\n');
  const std::string_view line =
      line_end == std::string_view::npos ? before : before.substr(line_end + 1);
  const auto starts_character = [](char c) {
    return (static_cast<unsigned char>(c) & kLeadMask) != kContinuation;
  };
  return TextPlace{static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1,
                   static_cast<std::size_t>(std::ranges::count_if(line, starts_character)) + 1};
}

}  // namespace tidewaiter
