#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <vector>

#include "policies/model/money.h"
#include "policies/model/record_json.h"
#include "policies/model/record_json_members.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

/// Whether a byte must be escaped inside a JSON string.
constexpr auto kEscaped = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = true;
  table['"'] = true;
  table['\\'] = true;
  return table;
}();

void append_string(std::string& out, std::string_view text) {
  out += '"';
  if (std::ranges::none_of(text, [](char c) { return kEscaped[static_cast<unsigned char>(c)]; })) {
    out += text;
    out += '"';
    return;
  }
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (!kEscaped[c]) continue;
    out.append(text, start, i - start);
    start = i + 1;
    if (c >= 0x20) {
      out += '\\';
      out += text[i];
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      out += "\\u00";
      out += kHexDigits[c >> 4U];
      out += kHexDigits[c & 15U];
    }
  }
  out.append(text, start);
  out += '"';
}

template <class Number>
void append_number(std::string& out, Number number) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end.ptr);
}

/// A text that needs no escapes.
void append_plain(std::string& out, std::string_view text) {
  out += '"';
  out += text;
  out += '"';
}

void append_list(std::string& out, const std::vector<std::string>& items) {
  out += '[';
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i != 0) out += ',';
    append_string(out, items[i]);
  }
  out += ']';
}

void append_int64(std::string& out, ValueType type, std::int64_t value) {
  switch (type) {
    case ValueType::kTimestamp:
      return append_plain(out, format_time({value}));
    case ValueType::kDuration:
      return append_plain(out, format_duration({value}));
    case ValueType::kMoney:
      return append_plain(out, format_money({value}));
    default:
      return append_number(out, value);
  }
}

/// Says whether the value has a form in JSON: NaN and infinities have none.
bool has_form(const Value& value) {
  const auto* real = std::get_if<double>(&value);
  return !is_null(value) && (real == nullptr || std::isfinite(*real));
}

void append_value(std::string& out, ValueType type, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return append_string(out, *text);
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return append_int64(out, type, *whole);
  if (const auto* real = std::get_if<double>(&value)) return append_number(out, *real);
  if (const auto* truth = std::get_if<bool>(&value)) {
    out += *truth ? "true" : "false";
    return;
  }
  append_list(out, std::get<std::vector<std::string>>(value));
}

/// For each field its place in the order of names, and `,"name":`.
struct FieldKeys {
  std::vector<std::uint16_t> rank;
  std::vector<std::string> key;

  FieldKeys() : rank(fields().size()), key(fields().size()) {
    std::vector<FieldId> by_name(fields().size());
    for (std::size_t i = 0; i < by_name.size(); ++i) {
      by_name[i] = static_cast<FieldId>(i);
      key[i] = ",\"" + std::string(fields()[i].name) + "\":";
    }
    std::sort(by_name.begin(), by_name.end(),
              [](FieldId a, FieldId b) { return field(a).name < field(b).name; });
    for (std::size_t i = 0; i < by_name.size(); ++i) {
      rank[by_name[i]] = static_cast<std::uint16_t>(i);
    }
  }
};

void append_fields(std::string& out, const Record& record) {
  static const FieldKeys keys;
  // A record holds each field once, so that ranks are places: nothing needs to be sorted.
  std::array<const Value*, kMemberSlots> by_rank{};
  std::array<FieldId, kMemberSlots> ids;
  std::size_t end = 0;
  for (const auto& [id, value] : record.fields) {
    const std::size_t rank = keys.rank[id];
    by_rank[rank] = &value;
    ids[rank] = id;
    end = std::max(end, rank + 1);
  }
  for (std::size_t rank = 0; rank < end; ++rank) {
    if (by_rank[rank] == nullptr || !has_form(*by_rank[rank])) continue;
    out += keys.key[ids[rank]];
    append_value(out, field(ids[rank]).type, *by_rank[rank]);
  }
}

}  // namespace

void write_record_json(const Record& record, std::string& out) {
  out += "{\"kind\":\"";
  out += kind_name(record.kind);
  out += "\",\"id\":\"";
  out += to_hex(record.id);
  out += "\",\"revision\":";
  append_number(out, record.revision);
  out += ",\"observed\":";
  append_plain(out, format_time(record.observed));
  out += ",\"time\":";
  append_plain(out, format_time(record.time));
  out += ",\"duration\":";
  append_plain(out, format_duration(record.duration));
  out += ",\"requests\":";
  append_number(out, record.requests);
  out += ",\"source\":";
  append_string(out, record.source);
  out += ",\"completeness\":";
  append_plain(out, completeness_name(record.completeness));
  append_fields(out, record);
  out += '}';
}

}  // namespace tidewaiter
