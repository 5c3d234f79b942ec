#include "policies/model/record_identity.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <vector>

#include "policies/model/field_catalogue.h"
#include "policies/model/length_frame.h"

namespace tidewaiter {
namespace {

bool is_textual(const Field& f) {
  return f.type == ValueType::kString || f.type == ValueType::kIp || f.type == ValueType::kBool;
}

bool is_dimension(const Field& f, RecordKind kind) {
  if (!has_kind(f, kind) || !is_textual(f)) return false;
  switch (kind) {
    case RecordKind::kUsage:
      return f.name != "status" && f.name != "cost.basis";
    case RecordKind::kAccount:
      return f.id_of_source || f.name == "account.kind" || f.name == "name" ||
             f.name == "legal_name";
    case RecordKind::kAudit:
    case RecordKind::kFinding:
      return true;
  }
  return false;
}

/// A kind's dimensions in the order of their names, which no change of the catalogue alters.
std::vector<FieldId> dimensions(RecordKind kind) {
  std::vector<FieldId> ids;
  for (std::size_t i = kFieldSource + 1; i < fields().size(); ++i) {
    if (is_dimension(fields()[i], kind)) ids.push_back(static_cast<FieldId>(i));
  }
  std::sort(ids.begin(), ids.end(),
            [](FieldId a, FieldId b) { return field(a).name < field(b).name; });
  return ids;
}

const std::vector<FieldId>& dimensions_of(RecordKind kind) {
  static const std::array<std::vector<FieldId>, kRecordKinds.size()> all{
      dimensions(RecordKind::kUsage), dimensions(RecordKind::kAccount),
      dimensions(RecordKind::kAudit), dimensions(RecordKind::kFinding)};
  return all[static_cast<std::size_t>(kind)];
}

void frame(std::string& out, std::string_view part) {
  const auto length = std::bit_cast<std::array<char, 8>>(length_frame(part.size()));
  out.append(length.data(), length.size());
  out += part;
}

}  // namespace

Digest identity(const Record& record, std::int64_t ordinal) {
  std::string bytes;
  bytes.reserve(512);
  frame(bytes, kind_name(record.kind));
  frame(bytes, record.source);
  frame(bytes, std::to_string(record.time.us));
  frame(bytes, std::to_string(record.duration.us));
  frame(bytes, std::to_string(ordinal));
  // By id: to search for each of the many that a record might have takes longer than to hash it.
  std::array<const Value*, catalogue::kCatalogue.size()> values{};
  for (const auto& [id, value] : record.fields) values[id] = &value;
  for (const FieldId id : dimensions_of(record.kind)) {
    const Value* const value = values[id];
    if (value == nullptr) continue;
    frame(bytes, field(id).name);
    if (const auto* truth = std::get_if<bool>(value)) {
      frame(bytes, *truth ? "true" : "false");
    } else {
      frame(bytes, std::get<std::string>(*value));
    }
  }
  return sha256(bytes);
}

Digest identity_of_text(std::string_view source, std::string_view text) {
  std::string bytes;
  bytes.reserve(2 * sizeof(std::uint64_t) + source.size() + text.size());
  frame(bytes, source);
  frame(bytes, text);
  return sha256(bytes);
}

}  // namespace tidewaiter
