#include "policies/model/plain_line.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>
#include <utility>

#include "policies/model/ascii.h"
#include "policies/model/ip_text.h"
#include "policies/model/money.h"
#include "policies/model/record_identity.h"
#include "policies/model/time.h"

namespace tidewaiter {
namespace {

static_assert(kPatternBytes <= simdjson::SIMDJSON_PADDING);

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// The text of a token; nothing if it is none. Its last quote is there, for the first stage of
/// simdjson has found that it closes.
std::optional<std::string_view> text_of(std::string_view token) {
  if (token.size() < 2 || token.front() != '"') return std::nullopt;
  return token.substr(1, token.size() - 2);
}

/// A whole number of up to 18 digits, for which int64 has room whatever they are.
std::optional<std::int64_t> whole_number(std::string_view token) {
  constexpr std::size_t kMostDigits = 18;
  const bool negative = token.front() == '-';
  if (negative) token.remove_prefix(1);
  if (token.empty() || token.size() > kMostDigits) return std::nullopt;
  if (token.front() == '0' && token.size() > 1) return std::nullopt;
  std::int64_t number = 0;
  for (const char c : token) {
    const auto digit = static_cast<unsigned char>(c - '0');
    if (digit > 9) return std::nullopt;
    number = number * 10 + digit;
  }
  return negative ? -number : number;
}

/// How many digits stand at the front, if JSON has them for a whole number: no zero before others.
std::size_t whole_digits(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  return count > 1 && text.front() == '0' ? 0 : count;
}

/// A number with or without decimals; none with an exponent.
std::optional<double> real_number(std::string_view token) {
  const std::string_view number = token.substr(token.front() == '-' ? 1 : 0);
  const std::size_t whole = whole_digits(number);
  if (whole == 0) return std::nullopt;
  const std::string_view decimals = number.substr(std::min(number.size(), whole + 1));
  if (number.size() > whole && (number[whole] != '.' || decimals.empty())) return std::nullopt;
  if (!std::ranges::all_of(decimals, is_digit)) return std::nullopt;
  // Numbers of 15 digits and powers of ten up to this one are exact, so that their quotient is the
  // nearest one there is (Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990).
  constexpr std::array kPowers{1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                               1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  if (whole + decimals.size() < kPowers.size()) {
    std::int64_t digits = 0;
    for (const char c : number) digits = c == '.' ? digits : digits * 10 + (c - '0');
    const double value = static_cast<double>(digits) / kPowers[decimals.size()];
    return token.front() == '-' ? -value : value;
  }
  double value = 0;
  const char* const end = token.data() + token.size();
  const auto [last, error] = std::from_chars(token.data(), end, value);
  if (error != std::errc() || last != end) return std::nullopt;
  return value;
}

std::optional<UtcTime> record_time(std::string_view text) {
  const Result<UtcTime> time = parse_time(text);
  return time && is_record_time(*time) ? std::optional(*time) : std::nullopt;
}

template <class To, class From>
bool put(To& to, const std::optional<From>& from) {
  if (from) to = *from;
  return from.has_value();
}

std::optional<Completeness> find_completeness(std::string_view name) {
  for (const auto c : {Completeness::kOpen, Completeness::kSettling, Completeness::kFinal}) {
    if (completeness_name(c) == name) return c;
  }
  return std::nullopt;
}

/// Adds to a set; false if it was there.
bool add(auto& slots, std::uint8_t slot) {
  std::uint64_t& word = slots[slot / 64U];
  const std::uint64_t bit = std::uint64_t{1} << (slot % 64U);
  const bool is_new = (word & bit) == 0;
  word |= bit;
  return is_new;
}

bool has(const auto& slots, std::uint8_t slot) {
  return ((slots[slot / 64U] >> (slot % 64U)) & 1U) != 0;
}

}  // namespace

bool PlainLineReader::read(std::string_view line, const Record& defaults, Record& record) {
  if (line.find('\\') != std::string_view::npos || !find_tokens(line)) return false;
  record.source = defaults.source;
  record.observed = defaults.observed;
  record.completeness = defaults.completeness;
  return take_members(line, record) && finish(record);
}

bool PlainLineReader::find_tokens(std::string_view line) {
  constexpr std::size_t kDepth = 1;  // of what the second stage, which does not run, would nest
  if (tokens_ == nullptr || tokens_->capacity() < line.size()) {
    const std::size_t room = std::max<std::size_t>(2 * line.size(), 4096);
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(
            room, kDepth, tokens_) != simdjson::SUCCESS) {
      tokens_.reset();
      return false;
    }
  }
  return tokens_->stage1(reinterpret_cast<const std::uint8_t*>(line.data()), line.size(),
                         simdjson::stage1_mode::regular) == simdjson::SUCCESS;
}

bool PlainLineReader::take_members(std::string_view line, Record& record) {
  constexpr std::size_t kTokens = 4;  // of a member
  const std::size_t count = tokens_->n_structural_indexes;
  const std::uint32_t* const at = tokens_->structural_indexes.get();
  if (count <= kTokens || count % kTokens != 1 || line[at[0]] != '{') return false;
  seen_ = {};
  arrived_ = {};
  arrivals_ = 0;
  others_.clear();
  const char* const text = line.data();
  std::uint8_t before = kMemberSlots;
  for (std::size_t i = 1; i < count; i += kTokens) {
    const bool is_last = i + kTokens == count;
    const char* const name = text + at[i] + 1;
    const char* const value = text + at[i + 2];
    const char* end = text + at[i + 3];
    if (name[-1] != '"' || text[at[i + 1]] != ':' || *end != (is_last ? '}' : ',')) return false;
    while (is_white(end[-1])) --end;
    std::uint8_t slot = next_[before];
    if (!patterns_[slot].stands_at(name)) {
      const std::string_view rest(name, at[i + 1] - at[i] - 1);
      slot = find_member(rest.substr(0, rest.find('"')));
      next_[before] = slot;
    }
    if (slot == kMemberSlots || !add(seen_, slot)) return false;
    before = slot;
    if (!take(slot, {value, static_cast<std::size_t>(end - value)}, record)) return false;
  }
  return true;
}

bool PlainLineReader::take(std::uint8_t slot, std::string_view token, Record& record) {
  if (slot < catalogue_.size()) return take_field(slot, token, record);
  if (slot == kSlotRevision) {
    return put(record.revision, whole_number(token)) && record.revision >= 0;
  }
  const std::optional<std::string_view> text = text_of(token);
  if (!text) return false;
  if (slot == kSlotId) {
    id_ = *text;
    return true;
  }
  if (slot == kSlotKind) return put(record.kind, find_kind(*text));
  if (slot == kSlotObserved) return put(record.observed, record_time(*text));
  return put(record.completeness, find_completeness(*text));
}

bool PlainLineReader::take_text(ValueType type, std::string_view text, Reading& reading) {
  switch (type) {
    case ValueType::kString:
      reading = text;
      return true;
    case ValueType::kIp:
      reading = text;
      if (!is_ipv4(text)) {  // which is canonical as it stands
        Result<std::string> ip = canonical_ip(text);
        if (!ip) return false;
        others_.push_back(std::move(*ip));
        reading = Elsewhere{others_.size() - 1};
      }
      return true;
    case ValueType::kTimestamp: {
      const auto time = record_time(text);
      if (time) reading = time->us;
      return time.has_value();
    }
    case ValueType::kDuration: {
      const Result<Duration> duration = parse_duration(text);
      if (duration) reading = duration->us;
      return duration.has_value();
    }
    case ValueType::kMoney: {
      const Result<Money> money = parse_money(text);
      if (money) reading = money->nano_usd;
      return money.has_value();
    }
    default:
      return false;
  }
}

bool PlainLineReader::take_field(FieldId id, std::string_view token, Record& record) {
  const Field& f = catalogue_[id];
  Reading& reading = readings_[id];
  if (token == "null") return true;  // absent
  if (const auto text = text_of(token)) {
    if (!take_text(f.type, *text, reading)) return false;
  } else if (f.type == ValueType::kInt64) {
    if (!put(reading, whole_number(token))) return false;
  } else if (f.type == ValueType::kDouble) {
    if (!put(reading, real_number(token))) return false;
  } else if (f.type == ValueType::kBool && (token == "true" || token == "false")) {
    reading = token == "true";
  } else {
    return false;
  }
  if (f.nonnegative) {
    const auto* whole = std::get_if<std::int64_t>(&reading);
    const auto* real = std::get_if<double>(&reading);
    if ((whole != nullptr && *whole < 0) || (real != nullptr && *real < 0.0)) return false;
  }
  if (id > kFieldSource) {
    ++arrivals_;
    return add(arrived_, static_cast<std::uint8_t>(id));
  }
  if (id == kFieldSource) {
    record.source = std::get<std::string_view>(reading);
    return true;
  }
  const std::int64_t number = std::get<std::int64_t>(reading);
  if (id == kFieldTime) {
    record.time = {number};
    return add(arrived_, kFieldTime);
  }
  (id == kFieldDuration ? record.duration.us : record.requests) = number;
  return true;
}

void PlainLineReader::append_field(FieldId id, Record& record) {
  const auto append = [&](auto type, auto&& value) {
    record.fields.emplace_back(std::piecewise_construct, std::forward_as_tuple(id),
                               std::forward_as_tuple(type, std::forward<decltype(value)>(value)));
  };
  const Reading& reading = readings_[id];
  if (const auto* text = std::get_if<std::string_view>(&reading)) {
    append(std::in_place_type<std::string>, *text);
  } else if (const auto* whole = std::get_if<std::int64_t>(&reading)) {
    append(std::in_place_type<std::int64_t>, *whole);
  } else if (const auto* real = std::get_if<double>(&reading)) {
    append(std::in_place_type<double>, *real);
  } else if (const auto* truth = std::get_if<bool>(&reading)) {
    append(std::in_place_type<bool>, *truth);
  } else {
    append(std::in_place_type<std::string>, std::move(others_[std::get<Elsewhere>(reading).place]));
  }
}

/// Gives the record its fields, sorted by id, and its identity.
bool PlainLineReader::finish(Record& record) {
  const bool has_time = has(arrived_, kFieldTime);
  if (!has(seen_, kSlotKind) || !has_time) return false;
  if (record.duration >= kRecordTimes.to - record.time) return false;
  arrived_[0] &= ~(std::uint64_t{1} << kFieldTime);
  record.fields.reserve(arrivals_);
  for (std::size_t w = 0; w < arrived_.size(); ++w) {
    for (std::uint64_t rest = arrived_[w]; rest != 0; rest &= rest - 1) {
      const auto id =
          static_cast<FieldId>(w * 64 + static_cast<std::size_t>(std::countr_zero(rest)));
      if (!has_kind(catalogue_[id], record.kind)) return false;
      append_field(id, record);
    }
  }
  if (!has(seen_, kSlotId)) {
    record.id = identity(record);
    return true;
  }
  constexpr std::size_t kHexDigits = 2 * sizeof(Digest::bytes);
  const auto digest = id_.size() == kHexDigits ? digest_from_hex(id_) : Result<Digest>();
  record.id = id_.size() == kHexDigits && digest ? *digest : identity_of_text(record.source, id_);
  return true;
}

}  // namespace tidewaiter
