#include "policies/model/jcs.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <vector>

#include <nlohmann/json.hpp>

#include "policies/model/input_text.h"
#include "policies/model/utf8.h"

namespace tidewaiter {

namespace {

using nlohmann::json;

constexpr std::int64_t kMaxExactInteger = (std::int64_t{1} << 53) - 1;
constexpr std::size_t kMaxDepth = 64;

class Writer {
 public:
  Result<void> write(const json& value) {
    switch (value.type()) {
      case json::value_t::null:
        out += "null";
        return {};
      case json::value_t::boolean:
        out += value.get<bool>() ? "true" : "false";
        return {};
      case json::value_t::number_integer:
        return write_integer(value.get<std::int64_t>());
      case json::value_t::number_unsigned:
        return write_unsigned(value.get<std::uint64_t>());
      case json::value_t::number_float:
        return write_double(value.get<double>());
      case json::value_t::string:
        return write_string(value.get_ref<const std::string&>());
      case json::value_t::array:
        return write_array(value);
      case json::value_t::object:
        return write_object(value);
      case json::value_t::binary:
      case json::value_t::discarded:
        break;
    }
    return fail(ErrorCode::kInvalidInput, "a document holds a value that JSON does not have");
  }

  std::string out;

 private:
  static tl::unexpected<Error> too_large(const std::string& number) {
    return fail(ErrorCode::kInvalidInput,
                "the whole number `" + number +
                    "` is beyond 2^53 - 1 in canonical JSON: write it as a string");
  }

  Result<void> write_integer(std::int64_t value) {
    if (value > kMaxExactInteger || value < -kMaxExactInteger) {
      return too_large(std::to_string(value));
    }
    out += std::to_string(value);
    return {};
  }

  Result<void> write_unsigned(std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(kMaxExactInteger)) {
      return too_large(std::to_string(value));
    }
    out += std::to_string(value);
    return {};
  }

  Result<void> write_double(double value) {
    if (!std::isfinite(value)) {
      return fail(ErrorCode::kInvalidInput, "canonical JSON has no infinity and no NaN");
    }
    std::string text = ecma_number(value);
    const bool whole = text.find_first_of(".e") == std::string::npos;
    if (whole && std::fabs(value) > static_cast<double>(kMaxExactInteger)) return too_large(text);
    out += text;
    return {};
  }

  Result<void> write_string(std::string_view text) {
    if (!is_utf8(text)) {
      return fail(ErrorCode::kInvalidInput, "a text in a JSON document is not UTF-8");
    }
    out += '"';
    for (std::size_t at = 0; at < text.size(); ++at) {
      const std::string_view rest = text.substr(at);
      const auto special = std::ranges::find_if(rest, is_escaped);
      out.append(rest.begin(), special);
      if (special == rest.end()) break;
      at += static_cast<std::size_t>(special - rest.begin());
      write_escape(*special);
    }
    out += '"';
    return {};
  }

  static bool is_escaped(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
  }

  void write_escape(char c) {
    constexpr std::string_view kHex = "0123456789abcdef";
    const auto code = static_cast<unsigned char>(c);
    switch (c) {
      case '"':
        out += "\\\"";
        return;
      case '\\':
        out += "\\\\";
        return;
      case '\b':
        out += "\\b";
        return;
      case '\f':
        out += "\\f";
        return;
      case '\n':
        out += "\\n";
        return;
      case '\r':
        out += "\\r";
        return;
      case '\t':
        out += "\\t";
        return;
      default:
        break;
    }
    out += "\\u00";
    out += kHex[code >> 4U];
    out += kHex[code & 0xfU];
  }

  Result<void> write_array(const json& array) {
    out += '[';
    const char* separator = "";
    for (const json& element : array) {
      out += separator;
      separator = ",";
      Result<void> written = write(element);
      if (!written) return written;
    }
    out += ']';
    return {};
  }

  Result<void> write_object(const json& object) {
    out += '{';
    const char* separator = "";
    for (const Member* member : in_order(object.get_ref<const json::object_t&>())) {
      const auto& [name, value] = *member;
      if (!is_utf8(name)) {
        return fail(ErrorCode::kInvalidInput, "a name in a JSON document is not UTF-8");
      }
      out += separator;
      separator = ",";
      Result<void> written = write_string(name);
      if (!written) return written;
      out += ':';
      written = write(value);
      if (!written) return written;
    }
    out += '}';
    return {};
  }

  using Member = json::object_t::value_type;

  static std::vector<const Member*> in_order(const json::object_t& object) {
    std::vector<const Member*> members;
    members.reserve(object.size());
    // They stand in the order of their bytes, which below U+E000 is that of UTF-16.
    bool is_sorted = true;
    for (const Member& member : object) {
      members.push_back(&member);
      is_sorted = is_sorted && std::ranges::none_of(member.first, [](char c) {
                    return static_cast<unsigned char>(c) >= 0xee;
                  });
    }
    if (!is_sorted) {
      std::ranges::sort(members, utf16_less,
                        [](const Member* member) -> std::string_view { return member->first; });
    }
    return members;
  }
};

/// Builds a document from the parser's events and stops at what strict JSON does not allow.
class StrictBuilder {
 public:
  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(std::int64_t value) { return add(value); }
  bool number_unsigned(std::uint64_t value) { return add(value); }
  bool number_float(double value, const std::string& text) {
    if (text.find_first_of(".eE") == std::string::npos) {
      return stop("the whole number " + in_backticks(text) +
                  " does not fit into 64 bits: write it as a string");
    }
    return add(value);
  }
  bool string(std::string& value) { return add(std::move(value)); }
  bool binary(json::binary_t&) { return stop("binary values are not JSON"); }

  bool start_object(std::size_t) { return open(json::object()); }
  bool end_object() { return close(); }
  bool start_array(std::size_t) { return open(json::array()); }
  bool end_array() { return close(); }
  bool key(std::string& name) {
    const auto [member, is_new] = open_.back()->emplace(name, nullptr);
    if (!is_new) return stop("the member " + in_backticks(name) + " is there twice");
    slot_ = &member.value();
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const json::exception& error) {
    if (message.empty()) {
      const std::string_view text = error.what();
      const std::size_t id = text.find("] ");  // "[json.exception.parse_error.101] parse error …"
      message = "not JSON at byte " + std::to_string(position) + ": " +
                std::string(id == std::string_view::npos ? text : text.substr(id + 2));
    }
    return false;
  }

  json document;
  std::string message;  ///< why it stopped

 private:
  bool stop(std::string why) {
    message = std::move(why);
    return false;
  }

  json* place(json value) {
    if (open_.empty()) {
      document = std::move(value);
      return &document;
    }
    if (open_.back()->is_array()) {
      open_.back()->push_back(std::move(value));
      return &open_.back()->back();
    }
    *slot_ = std::move(value);
    return slot_;
  }

  bool add(json value) {
    place(std::move(value));
    return true;
  }

  bool open(json container) {
    if (open_.size() == kMaxDepth) return stop("nested deeper than 64 levels");
    // An element's address holds while its container is open: nothing is added beside it meanwhile.
    open_.push_back(place(std::move(container)));
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  std::vector<json*> open_;
  json* slot_ = nullptr;  // the member that the last key named
};

}  // namespace

bool utf16_less(std::string_view a, std::string_view b) {
  // The orders differ in one place only: U+10000 and above (lead bytes F0 to F4) begin with a
  // surrogate, which is below U+E000 to U+FFFF (lead bytes EE and EF).
  const auto [x, y] = std::ranges::mismatch(a, b);
  if (x == a.end() || y == b.end()) return x == a.end() && y != b.end();
  const auto left = static_cast<unsigned char>(*x);
  const auto right = static_cast<unsigned char>(*y);
  const bool left_wide = left >= 0xf0;
  const bool right_wide = right >= 0xf0;
  if (left_wide != right_wide && std::min(left, right) >= 0xee) return left_wide;
  return left < right;
}

std::string ecma_number(double value) {
  if (value == 0) return "0";  // −0 too
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::fabs(value),
                                 std::chars_format::scientific)
                       .ptr;
  const std::string_view shortest(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  // "d.ddde±xx" with the fewest digits that read back to `value`.
  const std::size_t e = shortest.find('e');
  std::string digits(1, shortest.front());
  if (e > 2) digits += shortest.substr(2, e - 2);
  int exponent = 0;
  const std::size_t sign = shortest[e + 1] == '+' ? 1 : 0;
  std::from_chars(shortest.data() + e + 1 + sign, end, exponent);

  const int k = static_cast<int>(digits.size());
  const int n = exponent + 1;  // the value is 0.digits × 10^n
  std::string text = value < 0 ? "-" : "";
  if (k <= n && n <= 21) {
    text += digits + std::string(static_cast<std::size_t>(n - k), '0');
  } else if (0 < n && n <= 21) {
    text += digits.substr(0, static_cast<std::size_t>(n)) + '.' +
            digits.substr(static_cast<std::size_t>(n));
  } else if (-6 < n && n <= 0) {
    text += "0." + std::string(static_cast<std::size_t>(-n), '0') + digits;
  } else {
    text += digits.front();
    if (k > 1) text += '.' + digits.substr(1);
    text += n > 0 ? "e+" : "e-";
    text += std::to_string(std::abs(n - 1));
  }
  return text;
}

Result<std::string> to_jcs(const json& document) {
  Writer writer;
  const Result<void> written = writer.write(document);
  if (!written) return tl::unexpected(written.error());
  return std::move(writer.out);
}

Result<json> parse_json_strict(std::string_view text) {
  // The parser takes a zero byte for the end and skips a byte order mark.
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
    return fail(ErrorCode::kInvalidInput, "a zero byte in JSON at byte " + std::to_string(zero));
  }
  if (text.starts_with("\xef\xbb\xbf")) {
    return fail(ErrorCode::kInvalidInput, "a byte order mark in JSON at byte 0");
  }
  StrictBuilder builder;
  if (!json::sax_parse(text.begin(), text.end(), &builder)) {
    return fail(ErrorCode::kInvalidInput, builder.message);
  }
  return std::move(builder.document);
}

bool is_jcs(std::string_view text) {
  const Result<json> document = parse_json_strict(text);
  if (!document) return false;
  const Result<std::string> canonical = to_jcs(*document);
  return canonical && *canonical == text;
}

}  // namespace tidewaiter
