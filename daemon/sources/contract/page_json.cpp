#include "daemon/sources/contract/page_json.h"

#include <utility>

namespace tidewaiter {
namespace {

bool is_about_value(simdjson::error_code code) {
  return code == simdjson::INCORRECT_TYPE || code == simdjson::NUMBER_ERROR ||
         code == simdjson::NUMBER_OUT_OF_RANGE || code == simdjson::STRING_ERROR;
}

/// Null is no fault; whatever else could not be read as what it should be is one, by `code`.
PageRead null_or_fault(simdjson::ondemand::value& value, std::string_view name,
                       simdjson::error_code code) {
  bool null = false;
  if (const auto unread = value.is_null().get(null); unread != simdjson::SUCCESS) code = unread;
  return null ? std::nullopt : value_fault(name, code);
}

/// Copies what `read` gives as a view, if it gives something.
PageRead copied(PageRead fault, const std::optional<std::string_view>& view,
                std::optional<std::string>& out) {
  if (view) out = std::string(*view);
  return fault;
}

}  // namespace

PageRead row_fault(std::string reason) { return PageFault{false, std::move(reason)}; }
PageRead page_fault(std::string reason) { return PageFault{true, std::move(reason)}; }

PageRead value_fault(std::string_view name, simdjson::error_code code) {
  if (!is_about_value(code)) return page_fault(simdjson::error_message(code));
  return row_fault("`" + std::string(name) + "` has a value that it cannot have");
}

tl::unexpected<Error> refused_page(std::string_view what, const std::string& why) {
  return fail(ErrorCode::kInvalidInput, "the answer is no " + std::string(what) + ": " + why +
                                            "; the server's format may have changed");
}

PageRead read_count(simdjson::ondemand::value& value, std::string_view name,
                    std::optional<std::int64_t>& out) {
  std::int64_t number = 0;
  if (const auto code = value.get_int64().get(number); code != simdjson::SUCCESS) {
    return null_or_fault(value, name, code);
  }
  if (number < 0) return row_fault("`" + std::string(name) + "` is negative");
  out = number;
  return std::nullopt;
}

PageRead read_text(simdjson::ondemand::value& value, std::string_view name,
                   std::optional<std::string_view>& out) {
  std::string_view text;
  if (const auto code = value.get_string().get(text); code != simdjson::SUCCESS) {
    return null_or_fault(value, name, code);
  }
  if (text.size() > kLongestPageText || text.find('\0') != std::string_view::npos) {
    return row_fault("`" + std::string(name) + "` is too long, or holds a NUL byte");
  }
  out = text;
  return std::nullopt;
}

PageRead read_text(simdjson::ondemand::value& value, std::string_view name,
                   std::optional<std::string>& out) {
  std::optional<std::string_view> view;
  PageRead fault = read_text(value, name, view);
  return copied(std::move(fault), view, out);
}

PageRead read_truth(simdjson::ondemand::value& value, std::string_view name,
                    std::optional<std::string_view>& out) {
  bool flag = false;
  if (const auto code = value.get_bool().get(flag); code != simdjson::SUCCESS) {
    return null_or_fault(value, name, code);
  }
  out = flag ? "true" : "false";
  return std::nullopt;
}

PageRead read_truth(simdjson::ondemand::value& value, std::string_view name,
                    std::optional<std::string>& out) {
  std::optional<std::string_view> view;
  PageRead fault = read_truth(value, name, view);
  return copied(std::move(fault), view, out);
}

PageRead read_digits(simdjson::ondemand::value& value, std::string_view name,
                     std::optional<std::string_view>& out) {
  simdjson::ondemand::json_type type{};
  if (const auto code = value.type().get(type); code != simdjson::SUCCESS) {
    return value_fault(name, code);
  }
  if (type != simdjson::ondemand::json_type::number) return read_text(value, name, out);
  std::string_view token = value.raw_json_token();
  while (!token.empty() && std::string_view(" \t\r\n").find(token.back()) != token.npos) {
    token.remove_suffix(1);
  }
  out = token;
  return std::nullopt;
}

PageRead read_digits(simdjson::ondemand::value& value, std::string_view name,
                     std::optional<std::string>& out) {
  std::optional<std::string_view> view;
  PageRead fault = read_digits(value, name, view);
  return copied(std::move(fault), view, out);
}

PageRead read_instant(simdjson::ondemand::value& value, std::string_view name,
                      std::optional<UtcTime>& out) {
  std::string_view text;
  if (value.get_string().get(text) == simdjson::SUCCESS) {
    const Result<UtcTime> time = parse_time(text);
    if (time && is_record_time(*time)) {
      out = *time;
      return std::nullopt;
    }
  }
  return page_fault("`" + std::string(name) + "` is no time of RFC 3339");
}

PageRead take_row_time(const std::optional<std::string_view>& text, std::string_view name,
                       std::optional<UtcTime>& out, bool zone_optional) {
  if (!text || text->empty()) return std::nullopt;
  const Result<UtcTime> time = parse_time(*text, zone_optional);
  if (!time || !is_record_time(*time)) return row_fault("`" + std::string(name) + "` is no time");
  out = *time;
  return std::nullopt;
}

PageRead expect_text(simdjson::ondemand::value& value, std::string_view name,
                     std::string_view wanted) {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS || text != wanted) {
    return page_fault("`" + std::string(name) + "` is not `" + std::string(wanted) + "`");
  }
  return std::nullopt;
}

bool add_counts(std::optional<std::int64_t>& to, const std::optional<std::int64_t>& from) {
  if (!to || !from) {
    to.reset();
    return true;
  }
  return !__builtin_add_overflow(*to, *from, &*to);
}

}  // namespace tidewaiter
