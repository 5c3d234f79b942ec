#include "policies/model/record_json.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

#include <simdjson.h>

#include "policies/model/input_text.h"
#include "policies/model/ip_text.h"
#include "policies/model/money.h"
#include "policies/model/plain_line.h"
#include "policies/model/record_identity.h"
#include "policies/model/record_json_members.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;

/// Of the member `kind`. No source delivers findings, but a policy's tests may.
constexpr std::string_view kExpectedKind = "`usage`, `account`, `audit` or `finding`";

/// The characters of a number as they stand in the line.
std::string_view number_token(ondemand::value& value) {
  const std::string_view token = value.raw_json_token();
  return token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
}

tl::unexpected<Error> bad_member(std::string_view name, const std::string& what) {
  return fail(ErrorCode::kInvalidInput, in_backticks(name) + ": " + what);
}

/// What stands there, for a message; `code` says why it could not be read as what was wanted.
std::string describe(ondemand::value& value, simdjson::error_code code) {
  if (code == simdjson::STRING_ERROR) {
    return "a string with an escape that JSON does not have or with half a surrogate pair";
  }
  const auto type = value.type();
  if (type.error() != simdjson::SUCCESS) return "something that is not JSON";
  switch (type.value_unsafe()) {
    case ondemand::json_type::array:
      return "an array";
    case ondemand::json_type::object:
      return "an object";
    case ondemand::json_type::number:
      return "a number: " + in_backticks(number_token(value));
    case ondemand::json_type::string:
      return "a string";
    case ondemand::json_type::boolean:
      return "a truth value";
    case ondemand::json_type::null:
      return "null";
  }
  return "something that is not JSON";
}

tl::unexpected<Error> bad_syntax(simdjson::error_code code) {
  if (code == simdjson::UTF8_ERROR) {
    return fail(ErrorCode::kInvalidInput, "invalid UTF-8: expected one JSON object in UTF-8");
  }
  if (code == simdjson::EMPTY) {
    return fail(ErrorCode::kInvalidInput, "expected one JSON object, got an empty line");
  }
  return fail(ErrorCode::kInvalidInput,
              std::string("expected one well-formed JSON object on the line: ") +
                  (code == simdjson::INCORRECT_TYPE ? "another JSON value stands there"
                                                    : simdjson::error_message(code)));
}

/// Reads the members of one line into a record.
class LineReader {
 public:
  /// `arrived` is empty, and reused from line to line.
  LineReader(const Record& defaults, std::vector<std::pair<FieldId, Value>>& arrived)
      : arrived_(arrived) {
    record_.source = defaults.source;
    record_.observed = defaults.observed;
    record_.completeness = defaults.completeness;
  }

  Result<void> take(std::uint8_t slot, ondemand::value& value) {
    if (seen_[slot]) return bad_member(member_name(slot), "duplicate member");
    seen_[slot] = true;
    return slot < fields().size() ? take_field(static_cast<FieldId>(slot), value)
                                  : take_fixed(slot, value);
  }

  Result<Record> finish() &&;

  /// A time in quotes; a null leaves it absent.
  static Result<std::optional<UtcTime>> instant(std::string_view name, ondemand::value& value);

 private:
  /// Reads a scalar by `get`; a null leaves it absent.
  template <class T, class Get>
  static Result<std::optional<T>> scalar(std::string_view name, std::string_view expected,
                                         ondemand::value& value, Get get) {
    T out{};
    const simdjson::error_code code = get(value).get(out);
    if (code == simdjson::SUCCESS) return std::optional<T>(std::move(out));
    bool null = false;
    if (value.is_null().get(null) == simdjson::SUCCESS && null) return std::optional<T>();
    return bad_member(name, "expected " + std::string(expected) + ", got " + describe(value, code));
  }
  static Result<std::optional<std::string_view>> text(std::string_view name,
                                                      std::string_view expected,
                                                      ondemand::value& value) {
    return scalar<std::string_view>(name, expected, value,
                                    [](ondemand::value& v) { return v.get_string(); });
  }
  static Result<std::optional<std::int64_t>> whole(std::string_view name, ondemand::value& value) {
    return scalar<std::int64_t>(name, "a whole JSON number within int64", value,
                                [](ondemand::value& v) { return v.get_int64(); });
  }

  /// A text that `parse` makes into another thing.
  template <class Parse>
  static auto parsed(std::string_view name, std::string_view expected, ondemand::value& value,
                     Parse parse)
      -> Result<std::optional<typename decltype(parse(std::string_view()))::value_type>> {
    auto read = text(name, expected, value);
    if (!read) return tl::unexpected(std::move(read.error()));
    if (!*read) return std::nullopt;
    auto out = parse(**read);
    if (!out) return bad_member(name, out.error().message);
    return std::move(*out);
  }
  Result<void> take_fixed(std::uint8_t slot, ondemand::value& value);
  Result<void> take_field(FieldId id, ondemand::value& value);
  bool take_common(FieldId id, const Field& f, ondemand::value& value);
  Result<void> order_fields();
  Result<Value> read_value(const Field& field, ondemand::value& value);
  static Result<Value> read_list(const Field& field, ondemand::value& value);

  Record record_;
  std::vector<std::pair<FieldId, Value>>& arrived_;  // in the line's order
  std::array<std::uint8_t, kMemberSlots> place_{};   // by FieldId: where in arrived_, from 1
  std::bitset<kMemberSlots> seen_;
  bool has_kind_ = false;
  bool has_time_ = false;
  std::optional<std::string_view> id_text_;  // lies in the parser's buffer
};

Result<std::optional<UtcTime>> LineReader::instant(std::string_view name, ondemand::value& value) {
  auto time = parsed(name, "an RFC 3339 time in quotes", value,
                     [](std::string_view t) { return parse_time(t); });
  if (time && *time && !is_record_time(**time)) {
    return bad_member(name, "expected a time in the years 1970 to 9999 UTC");
  }
  return time;
}

Result<void> LineReader::take_fixed(std::uint8_t slot, ondemand::value& value) {
  const std::string_view name = member_name(slot);
  if (slot == kSlotKind) {
    auto kind = parsed(name, kExpectedKind, value, [](std::string_view t) -> Result<RecordKind> {
      if (const auto found = find_kind(t)) return *found;
      return fail(ErrorCode::kInvalidInput,
                  "expected " + std::string(kExpectedKind) + ", got " + in_backticks(t));
    });
    if (!kind) return tl::unexpected(std::move(kind.error()));
    if (*kind) record_.kind = **kind;
    has_kind_ = kind->has_value();
  } else if (slot == kSlotId) {
    auto id = text(name, "a string", value);
    if (!id) return tl::unexpected(std::move(id.error()));
    id_text_ = *id;
  } else if (slot == kSlotObserved) {
    auto observed = instant(name, value);
    if (!observed) return tl::unexpected(std::move(observed.error()));
    if (*observed) record_.observed = **observed;
  } else if (slot == kSlotRevision) {
    auto revision = whole(name, value);
    if (!revision) return tl::unexpected(std::move(revision.error()));
    if (*revision && **revision < 0) return bad_member(name, "expected a number >= 0");
    record_.revision = revision->value_or(0);
  } else {
    auto completeness =
        parsed(name, "`open`, `settling` or `final`", value,
               [](std::string_view t) -> Result<Completeness> {
                 for (const auto c :
                      {Completeness::kOpen, Completeness::kSettling, Completeness::kFinal}) {
                   if (completeness_name(c) == t) return c;
                 }
                 return fail(ErrorCode::kInvalidInput,
                             "expected `open`, `settling` or `final`, got " + in_backticks(t));
               });
    if (!completeness) return tl::unexpected(std::move(completeness.error()));
    if (*completeness) record_.completeness = **completeness;
  }
  return {};
}

Result<Value> LineReader::read_list(const Field& field, ondemand::value& value) {
  ondemand::array array;
  if (const auto code = value.get_array().get(array); code != simdjson::SUCCESS) {
    bool null = false;
    if (value.is_null().get(null) == simdjson::SUCCESS && null) return Value{};
    return bad_member(field.name, "expected an array of strings, got " + describe(value, code));
  }
  std::vector<std::string> items;
  for (auto element : array) {
    ondemand::value item;
    std::string_view item_text;
    if (const auto code = element.get(item); code != simdjson::SUCCESS) {
      return bad_syntax(code);
    }
    if (const auto code = item.get_string().get(item_text); code != simdjson::SUCCESS) {
      return bad_member(field.name,
                        "expected an array of strings, got in it " + describe(item, code));
    }
    items.emplace_back(item_text);
  }
  return Value(std::move(items));
}

/// Makes a Value of what was read, null where nothing was.
template <class T, class Convert>
Result<Value> value_of(Result<std::optional<T>> read, Convert convert) {
  if (!read) return tl::unexpected(std::move(read.error()));
  return *read ? Value(convert(std::move(**read))) : Value{};
}

Result<Value> LineReader::read_value(const Field& f, ondemand::value& value) {
  const auto as_is = [](auto&& x) { return std::forward<decltype(x)>(x); };
  const auto micros = [](auto x) { return x.us; };
  switch (f.type) {
    case ValueType::kInt64:
      return value_of(whole(f.name, value), as_is);
    case ValueType::kString:
      return value_of(text(f.name, "a string", value),
                      [](std::string_view t) { return std::string(t); });
    case ValueType::kDouble:
      return value_of(scalar<double>(f.name, "a finite number", value,
                                     [](ondemand::value& v) { return v.get_double(); }),
                      as_is);
    case ValueType::kBool:
      return value_of(scalar<bool>(f.name, "true or false", value,
                                   [](ondemand::value& v) { return v.get_bool(); }),
                      as_is);
    case ValueType::kTimestamp:
      return value_of(instant(f.name, value), micros);
    case ValueType::kDuration:
      return value_of(parsed(f.name, "a duration in quotes such as `15m`", value,
                             [](std::string_view t) { return parse_duration(t); }),
                      micros);
    case ValueType::kMoney:
      return value_of(parsed(f.name, "US dollars in quotes such as `0.0125`", value,
                             [](std::string_view t) { return parse_money(t); }),
                      [](Money m) { return m.nano_usd; });
    case ValueType::kIp:
      return value_of(parsed(f.name, "an IPv4 or IPv6 address in quotes", value,
                             [](std::string_view t) { return canonical_ip(t); }),
                      as_is);
    case ValueType::kStringList:
      return read_list(f, value);
  }
  return fail(ErrorCode::kUnsupported, "field type");
}

bool is_negative(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole < 0;
  if (const auto* real = std::get_if<double>(&value)) return *real < 0.0;
  return false;
}

/// The short way of the two commonest types; false where the long way must tell what is wrong.
bool LineReader::take_common(FieldId id, const Field& f, ondemand::value& value) {
  if (f.type == ValueType::kString) {
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS) return false;
    arrived_.emplace_back(std::piecewise_construct, std::forward_as_tuple(id),
                          std::forward_as_tuple(std::in_place_type<std::string>, text));
    return true;
  }
  std::int64_t whole = 0;
  if (f.type != ValueType::kInt64 || value.get_int64().get(whole) != simdjson::SUCCESS) {
    return false;
  }
  // A negative value is read, and only then refused; the long way could not read it again.
  arrived_.emplace_back(id, Value(whole));
  return true;
}

Result<void> LineReader::take_field(FieldId id, ondemand::value& value) {
  const Field& f = field(id);
  if (id > kFieldSource && take_common(id, f, value)) {
    if (f.nonnegative && is_negative(arrived_.back().second)) {
      return bad_member(f.name, "expected a value >= 0");
    }
    place_[id] = static_cast<std::uint8_t>(arrived_.size());
    return {};
  }
  auto read = read_value(f, value);
  if (!read) return tl::unexpected(std::move(read.error()));
  if (f.nonnegative && is_negative(*read)) return bad_member(f.name, "expected a value >= 0");
  if (is_null(*read)) return {};
  switch (id) {
    case kFieldTime:
      record_.time = {std::get<std::int64_t>(*read)};
      has_time_ = true;
      break;
    case kFieldDuration:
      record_.duration = {std::get<std::int64_t>(*read)};
      break;
    case kFieldRequests:
      record_.requests = std::get<std::int64_t>(*read);
      break;
    case kFieldSource:
      record_.source = std::get<std::string>(std::move(*read));
      break;
    default:
      arrived_.emplace_back(id, std::move(*read));
      place_[id] = static_cast<std::uint8_t>(arrived_.size());
  }
  return {};
}

/// Moves the fields into the record, sorted by id.
Result<void> LineReader::order_fields() {
  record_.fields.reserve(arrived_.size());
  for (FieldId id = 0; record_.fields.size() < arrived_.size(); ++id) {
    if (place_[id] == 0) continue;
    if (!has_kind(field(id), record_.kind)) {
      return bad_member(field(id).name,
                        "not a field of `" + std::string(kind_name(record_.kind)) + "` records");
    }
    record_.fields.push_back(std::move(arrived_[place_[id] - 1U]));
  }
  return {};
}

/// The digest that an id spells, or that its hash makes.
Digest digest_of_id(std::string_view source, std::string_view id) {
  // Most ids are of other lengths: they need no refusal put into words.
  if (id.size() == 2 * sizeof(Digest::bytes)) {
    if (const auto digest = digest_from_hex(id)) return *digest;
  }
  return identity_of_text(source, id);
}

Result<Record> LineReader::finish() && {
  if (!has_kind_) return bad_member("kind", "expected `usage`, `account` or `audit`, got nothing");
  if (!has_time_) return bad_member("time", "expected an RFC 3339 time, got nothing");
  if (record_.duration >= kRecordTimes.to - record_.time) {
    return bad_member("duration", "expected an end before the year 10000");
  }
  if (auto ordered = order_fields(); !ordered) return tl::unexpected(std::move(ordered.error()));
  record_.id = id_text_ ? digest_of_id(record_.source, *id_text_) : identity(record_);
  return std::move(record_);
}

/// A member of the last line: lines of one source mostly have theirs in the same order.
struct Hint {
  std::string_view name;  ///< a name of the catalogue
  std::uint8_t slot = kMemberSlots;
};

/// The slot of a member, found by where it stood in the line before or by its name. Gives
/// kMemberSlots and the name where it is unknown.
std::uint8_t find_slot(ondemand::field& member, const Hint& hint, std::string_view& name) {
  const char* const raw = member.key().raw();
  // The padding is longer than any name, so that comparing stays inside the buffer.
  if (hint.slot != kMemberSlots && raw[hint.name.size()] == '"' &&
      std::memcmp(raw, hint.name.data(), hint.name.size()) == 0) {
    return hint.slot;
  }
  std::size_t length = 0;
  while (raw[length] != '"' && raw[length] != '\\') ++length;
  name = std::string_view(raw, length);
  if (raw[length] == '\\' && member.unescaped_key().get(name) != simdjson::SUCCESS) {
    name = std::string_view(raw, length);
    return kMemberSlots;
  }
  return find_member(name);
}

tl::unexpected<Error> unknown_member(std::string_view name) {
  std::string what = "unknown member";
  if (const auto near = nearest_member(name)) {
    what += ", did you mean `" + *near + "`?";
  }
  return bad_member(name, what);
}

/// The member of a test's record that is none of the record's.
struct Arrival {
  std::optional<UtcTime> time;
  bool seen = false;

  Result<void> take(ondemand::value& value) {
    if (seen) return bad_member(kArrivesMember, "duplicate member");
    seen = true;
    auto read = LineReader::instant(kArrivesMember, value);
    if (!read) return tl::unexpected(std::move(read.error()));
    time = *read;
    return {};
  }
};

}  // namespace

struct RecordJsonReader::Parser {
  ondemand::parser json;
  std::vector<char> padded;
  std::vector<Hint> order;  ///< by position
  std::vector<std::pair<FieldId, Value>> arrived;
  std::size_t most_bytes;
  PlainLineReader plain_lines;

  explicit Parser(std::size_t most) : most_bytes(most) {}
  Result<Record> read(std::string_view line, const Record& defaults, Arrival* arrival);
  Result<Record> read_copy(std::size_t size, const Record& defaults, Arrival* arrival);
  void copy(std::string_view line);
};

void RecordJsonReader::Parser::copy(std::string_view line) {
  const std::size_t needed = line.size() + simdjson::SIMDJSON_PADDING;
  if (padded.size() < needed) padded.resize(std::max(needed, padded.size() * 2));
  if (!line.empty()) std::memcpy(padded.data(), line.data(), line.size());
  std::memset(padded.data() + line.size(), 0, simdjson::SIMDJSON_PADDING);
}

/// `arrival` is null where no line says when its record comes.
Result<Record> RecordJsonReader::Parser::read(std::string_view line, const Record& defaults,
                                              Arrival* arrival) {
  if (line.size() > most_bytes) {
    return fail(ErrorCode::kInvalidInput, "expected a line of at most " +
                                              std::to_string(most_bytes >> 20U) + " MiB, got " +
                                              std::to_string(line.size()) + " bytes");
  }
  copy(line);
  Result<Record> record;
  if (arrival != nullptr || !plain_lines.read({padded.data(), line.size()}, defaults, *record)) {
    record = read_copy(line.size(), defaults, arrival);
  }
  return record;
}

/// Reads any line, which lies in `padded`.
Result<Record> RecordJsonReader::Parser::read_copy(std::size_t size, const Record& defaults,
                                                   Arrival* arrival) {
  ondemand::document document;
  ondemand::object object;
  auto code = json.iterate(padded.data(), size, padded.size()).get(document);
  if (code == simdjson::SUCCESS) code = document.get_object().get(object);
  if (code != simdjson::SUCCESS) return bad_syntax(code);

  arrived.clear();
  LineReader reader(defaults, arrived);
  std::size_t position = 0;
  for (auto element : object) {
    if (element.error() != simdjson::SUCCESS) return bad_syntax(element.error());
    ondemand::field member = element.value_unsafe();
    if (position == order.size()) order.emplace_back();
    std::string_view name;
    const std::uint8_t slot = find_slot(member, order[position], name);
    if (slot == kMemberSlots && arrival != nullptr && name == kArrivesMember) {
      ++position;
      if (auto taken = arrival->take(member.value()); !taken) {
        return tl::unexpected(std::move(taken.error()));
      }
      continue;
    }
    if (slot == kMemberSlots) return unknown_member(name);
    if (order[position].slot != slot) order[position] = {member_name(slot), slot};
    ++position;
    if (auto taken = reader.take(slot, member.value()); !taken) {
      return tl::unexpected(std::move(taken.error()));
    }
  }
  // Past the last token there is no location; anything else stands behind the object.
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
    return bad_syntax(simdjson::TRAILING_CONTENT);
  }
  order.resize(position);
  return std::move(reader).finish();
}

std::vector<std::string_view> record_members() { return member_names(); }

RecordJsonReader::RecordJsonReader(std::size_t most_bytes)
    : parser_(std::make_unique<Parser>(most_bytes)) {}
RecordJsonReader::~RecordJsonReader() = default;
RecordJsonReader::RecordJsonReader(RecordJsonReader&&) noexcept = default;
RecordJsonReader& RecordJsonReader::operator=(RecordJsonReader&&) noexcept = default;

Result<Record> RecordJsonReader::read(std::string_view line, const Record& defaults) {
  return parser_->read(line, defaults, nullptr);
}

Result<Delivery> RecordJsonReader::read_delivery(std::string_view line, const Record& defaults) {
  Arrival arrival;
  Result<Record> record = parser_->read(line, defaults, &arrival);
  if (!record) return tl::unexpected(std::move(record.error()));
  if (arrival.time && *arrival.time < record->time) {
    return bad_member(kArrivesMember, "expected a time at or after the record's own, " +
                                          format_time(record->time) + ", got " +
                                          format_time(*arrival.time));
  }
  return Delivery{std::move(*record), arrival.time};
}

}  // namespace tidewaiter
