#include "policies/model/plain_line.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "policies/model/ip_text.h"
#include "policies/model/plain_number.h"
#include "policies/model/record_identity.h"
#include "policies/model/time.h"

namespace tidewaiter {
namespace {

static_assert(kPatternBytes <= simdjson::SIMDJSON_PADDING);
static_assert(kPlainNumberBytes <= simdjson::SIMDJSON_PADDING);

constexpr std::size_t kTokens = 4;  // of a member

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// The text of a token; nothing if it is none. Its last quote is there, for the first stage of
/// simdjson has found that it closes.
std::optional<std::string_view> text_of(std::string_view token) {
  if (token.size() < 2 || token.front() != '"') return std::nullopt;
  return token.substr(1, token.size() - 2);
}

bool take_time(std::string_view text, std::int64_t& us) {
  const Result<UtcTime> time = parse_time(text);
  if (!time || !is_record_time(*time)) return false;
  us = time->us;
  return true;
}

bool take_kind(std::string_view text, RecordKind& kind) {
  const auto found = find_kind(text);
  if (found) kind = *found;
  return found.has_value();
}

bool take_completeness(std::string_view text, Completeness& completeness) {
  for (const auto c : {Completeness::kFinal, Completeness::kSettling, Completeness::kOpen}) {
    if (completeness_name(c) != text) continue;
    completeness = c;
    return true;
  }
  return false;
}

/// Adds to a set; false if it was there.
bool add(auto& slots, std::uint8_t slot) {
  std::uint64_t& word = slots[slot / 64U];
  const std::uint64_t bit = std::uint64_t{1} << (slot % 64U);
  const bool is_new = (word & bit) == 0;
  word |= bit;
  return is_new;
}

template <class T, class... From>
void append(FieldId id, Record& record, From&&... from) {
  record.fields.emplace_back(
      std::piecewise_construct, std::forward_as_tuple(id),
      std::forward_as_tuple(std::in_place_type<T>, std::forward<From>(from)...));
}

/// Appends a text behind which more bytes may be read. Most are short, and a copy of a fixed length
/// takes no call.
void append_text(FieldId id, Record& record, std::string_view text) {
  constexpr std::size_t kShort = 15;
  if (text.size() > kShort) return append<std::string>(id, record, text);
  append<std::string>(id, record, text.data(), kShort);
  std::get_if<std::string>(&record.fields.back().second)->resize(text.size());
}

/// Appends what `read` takes of the text, if it may stand there.
template <class T>
bool append_number(FieldId id, Record& record, bool (*read)(std::string_view, T&),
                   std::string_view text, bool nonnegative) {
  T number{};
  if (!read(text, number) || (nonnegative && number < T{})) return false;
  append<T>(id, record, number);
  return true;
}

/// Appends a field whose value is a text in the line.
bool append_from_text(FieldId id, ValueType type, std::string_view text, Record& record) {
  switch (type) {
    case ValueType::kString:
      append_text(id, record, text);
      return true;
    case ValueType::kIp: {
      if (is_ipv4(text)) {  // which is canonical as it stands
        append_text(id, record, text);
        return true;
      }
      Result<std::string> ip = canonical_ip(text);
      if (ip) append<std::string>(id, record, std::move(*ip));
      return ip.has_value();
    }
    case ValueType::kTimestamp:
      return append_number(id, record, take_time, text, false);
    case ValueType::kDuration:
      return append_number(id, record, plain_duration, text, false);
    case ValueType::kMoney:
      return append_number(id, record, plain_money, text, false);
    default:
      return false;
  }
}

/// Appends a field outside the four fixed ones.
bool append_field(FieldId id, ValueType type, bool nonnegative, std::string_view token,
                  Record& record) {
  if (const auto text = text_of(token)) return append_from_text(id, type, *text, record);
  if (token == "null") return true;  // absent
  switch (type) {
    case ValueType::kInt64:
      return append_number(id, record, plain_whole, token, nonnegative);
    case ValueType::kDouble:
      return append_number(id, record, plain_real, token, nonnegative);
    case ValueType::kBool:
      if (token != "true" && token != "false") return false;
      append<bool>(id, record, token == "true");
      return true;
    default:
      return false;
  }
}

/// What is read of a line.
struct Read {
  Record& record;
  std::string_view id = {};
  bool has_time = false;
};

/// Takes a member that is no field of the record's list.
bool take_fixed(std::uint8_t slot, std::string_view token, Read& read) {
  Record& record = read.record;
  const std::optional<std::string_view> text = text_of(token);
  switch (slot) {
    case kFieldTime:
      read.has_time = text && take_time(*text, record.time.us);
      return read.has_time;
    case kFieldDuration:
      return token == "null" || (text && plain_duration(*text, record.duration.us));
    case kFieldRequests:
      return token == "null" || (plain_whole(token, record.requests) && record.requests >= 0);
    case kFieldSource:
      if (text) record.source = *text;
      return text.has_value();
    case kSlotRevision:
      return plain_whole(token, record.revision) && record.revision >= 0;
    case kSlotId:
      if (text) read.id = *text;
      return text.has_value();
    case kSlotKind:
      return text && take_kind(*text, record.kind);
    case kSlotObserved:
      return text && take_time(*text, record.observed.us);
    default:
      return text && take_completeness(*text, record.completeness);
  }
}

bool take(const PlainMember& member, std::string_view token, Read& read) {
  if (member.slot <= kFieldSource || member.slot >= kSlotKind) {
    return take_fixed(member.slot, token, read);
  }
  return append_field(member.slot, member.type, member.nonnegative, token, read.record);
}

Digest digest_of(std::string_view source, std::string_view id) {
  constexpr std::size_t kHexDigits = 2 * sizeof(Digest::bytes);
  if (id.size() == kHexDigits) {
    if (const auto digest = digest_from_hex(id)) return *digest;
  }
  return identity_of_text(source, id);
}

/// What stands from `first` to `end`, not empty, without white space behind it.
std::string_view trimmed(const char* first, const char* end) {
  if (static_cast<unsigned char>(end[-1]) <= ' ') {  // rarely is
    while (is_white(end[-1])) --end;
  }
  return {first, static_cast<std::size_t>(end - first)};
}

}  // namespace

bool PlainLineReader::read(std::string_view line, const Record& defaults, Record& record) {
  Tokens tokens;
  if (line.find('\\') != std::string_view::npos || !find_tokens(line, tokens)) return false;
  Shape& shape = shapes_[tokens.members % shapes_.size()];
  if (!has_shape(tokens, shape) && !learn(tokens, shape)) return false;
  record.observed = defaults.observed;
  record.completeness = defaults.completeness;
  if (!shape.has_source) record.source = defaults.source;
  record.fields.reserve(shape.fields);
  Read read{record};
  for (std::size_t i = 0; i < shape.members; ++i) {
    const PlainMember& member = shape.by_slot[i];
    const char* const first = tokens.token(member.position, 3);
    const char* const end = tokens.token(member.position, kTokens);
    if (!take(member, trimmed(first, end), read)) return false;
  }
  return read.has_time && finish(shape, read.id, record);
}

/// False also for what is no flat object.
bool PlainLineReader::find_tokens(std::string_view line, Tokens& tokens) {
  constexpr std::size_t kDepth = 1;  // of what the second stage, which does not run, would nest
  if (tokens_ == nullptr || tokens_->capacity() < line.size()) {
    const std::size_t room = std::max<std::size_t>(2 * line.size(), 4096);
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(
            room, kDepth, tokens_) != simdjson::SUCCESS) {
      tokens_.reset();
      return false;
    }
  }
  if (tokens_->stage1(reinterpret_cast<const std::uint8_t*>(line.data()), line.size(),
                      simdjson::stage1_mode::regular) != simdjson::SUCCESS) {
    return false;
  }
  const std::size_t count = tokens_->n_structural_indexes;
  if (count <= kTokens || count % kTokens != 1 || count / kTokens > kMemberSlots) return false;
  tokens = {line.data(), tokens_->structural_indexes.get(), count / kTokens};
  return *tokens.token(tokens.members, 0) == '}';
}

/// Whether what stands before the last brace is members, with commas between them.
bool PlainLineReader::is_flat(const Tokens& tokens) {
  for (std::size_t i = 0; i < tokens.members; ++i) {
    if (*tokens.token(i, 0) != (i > 0 ? ',' : '{')) return false;
    if (*tokens.token(i, 1) != '"' || *tokens.token(i, 2) != ':') return false;
  }
  return true;
}

/// Whether the line is flat and has the names of the shape, without white space behind them.
bool PlainLineReader::has_shape(const Tokens& tokens, const Shape& shape) const {
  if (tokens.members != shape.members) return false;
  // All are looked at before any is judged: that takes no jumps.
  std::uint64_t wrong = 0;
  char before = '{';
  for (std::size_t i = 0; i < shape.members; ++i) {
    wrong |= static_cast<std::uint64_t>(*tokens.token(i, 0) ^ before);
    wrong |= patterns_[shape.slots[i]].differences(tokens.token(i, 1));
    before = ',';
  }
  return wrong == 0;
}

/// Makes the shape of the line; false, and a shape of no line, if it is not flat, or a member is
/// unknown or comes twice.
bool PlainLineReader::learn(const Tokens& tokens, Shape& shape) {
  shape.members = 0;
  if (!is_flat(tokens)) return false;
  Slots seen{};
  std::uint8_t before = kMemberSlots;
  for (std::size_t i = 0; i < tokens.members; ++i) {
    const char* const name = tokens.token(i, 1);
    std::uint8_t slot = next_[before];
    if (!patterns_[slot].stands_at(name)) {
      const std::string_view rest(name, static_cast<std::size_t>(tokens.token(i, 2) - name));
      slot = find_member(rest.substr(1, rest.rfind('"') - 1));
      next_[before] = slot;
    }
    if (slot == kMemberSlots || !add(seen, slot)) return false;
    shape.slots[i] = slot;
    before = slot;
  }
  shape.members = tokens.members;
  order_members(seen, shape);
  return true;
}

/// Fills in what follows from the slots in their order.
void PlainLineReader::order_members(const Slots& seen, Shape& shape) const {
  std::array<std::uint8_t, kMemberSlots> position_of;
  for (std::size_t i = 0; i < shape.members; ++i) {
    position_of[shape.slots[i]] = static_cast<std::uint8_t>(i);
  }
  shape.fields = 0;
  shape.kinds = 0xFF;
  shape.has_kind = shape.has_source = shape.has_id = false;
  std::size_t count = 0;
  for (std::size_t w = 0; w < seen.size(); ++w) {
    for (std::uint64_t rest = seen[w]; rest != 0; rest &= rest - 1) {
      const std::size_t slot = w * 64 + static_cast<std::size_t>(std::countr_zero(rest));
      PlainMember& member = shape.by_slot[count++];
      member = {static_cast<std::uint8_t>(slot), position_of[slot], ValueType::kString, false};
      shape.has_kind = shape.has_kind || slot == kSlotKind;
      shape.has_source = shape.has_source || slot == kFieldSource;
      shape.has_id = shape.has_id || slot == kSlotId;
      if (slot >= catalogue_.size()) continue;
      const Field& f = catalogue_[slot];
      member.type = f.type;
      member.nonnegative = f.nonnegative;
      shape.kinds &= f.kinds;
      if (slot > kFieldSource) ++shape.fields;
    }
  }
}

/// Judges what more than one member tells, and gives the record its identity.
bool PlainLineReader::finish(const Shape& shape, std::string_view id, Record& record) {
  // A null may stand in a field that its kind does not have: the general way tells.
  const bool has_kind = ((shape.kinds >> static_cast<unsigned>(record.kind)) & 1U) != 0;
  if (!shape.has_kind || !has_kind) return false;
  if (record.duration >= kRecordTimes.to - record.time) return false;
  record.id = shape.has_id ? digest_of(record.source, id) : identity(record);
  return true;
}

}  // namespace tidewaiter
