#include "policies/model/enriched_fields.h"

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "policies/model/ascii.h"
#include "policies/model/field_catalogue.h"
#include "policies/model/input_text.h"

namespace tidewaiter {
namespace {

constexpr FieldId kEnriched = field_id("enriched");
constexpr FieldId kAddress = field_id("client.address");
constexpr std::array kLookedUp = {field_id("client.country"), field_id("client.asn"),
                                  field_id("client.anonymizer"), field_id("client.network")};

std::string_view field_name_of(std::string_view note) { return note.substr(0, note.find(' ')); }

std::optional<FieldId> field_of(std::string_view note) {
  const auto found =
      std::ranges::find(kLookedUp, field_name_of(note), [](FieldId id) { return field(id).name; });
  return found == kLookedUp.end() ? std::nullopt : std::optional(*found);
}

// A title has up to so many letters, digits, `.`, `_` and `-`.
constexpr std::size_t kMostTitle = 64;
bool is_of_title(char c) { return begins_name(c) || is_digit(c) || c == '.' || c == '-'; }

bool is_title_and_day(std::string_view by) {
  constexpr std::string_view kDay = "dddd-dd-dd";
  const std::size_t blank = by.find(' ');
  if (blank == 0 || blank == std::string_view::npos || blank > kMostTitle) return false;
  const std::string_view day = by.substr(blank + 1);
  if (!std::ranges::all_of(by.substr(0, blank), is_of_title) || day.size() != kDay.size()) {
    return false;
  }
  for (std::size_t i = 0; i < kDay.size(); ++i) {
    if (kDay[i] == 'd' ? !is_digit(day[i]) : day[i] != '-') return false;
  }
  return true;
}

const std::vector<std::string>& notes_of(const Record& record) {
  static const std::vector<std::string> none;
  const Value* const found = find_value(record, kEnriched);
  return found == nullptr ? none : std::get<std::vector<std::string>>(*found);
}

}  // namespace

void set_enriched(Record& record, FieldId id, Value value, std::string_view by) {
  set_value(record, id, std::move(value));
  std::vector<std::string> notes = notes_of(record);
  std::string note(field(id).name);
  if (!by.empty()) note += " " + std::string(by);
  notes.insert(std::ranges::upper_bound(notes, note), std::move(note));
  set_value(record, kEnriched, std::move(notes));
}

std::string enriched_title(std::string_view text) {
  std::string title(text.substr(0, kMostTitle));
  std::ranges::replace_if(title, std::not_fn(is_of_title), '-');
  return title.empty() ? "unnamed" : title;
}

Result<void> check_enriched(const Record& record) {
  for (const std::string& note : notes_of(record)) {
    const auto id = field_of(note);
    const std::string_view name = field_name_of(note);
    const bool is_form = id && (note.size() == name.size() ||
                                is_title_and_day(std::string_view(note).substr(name.size() + 1)));
    if (is_form && find_value(record, *id) != nullptr && find_value(record, kAddress) != nullptr) {
      continue;
    }
    return fail(ErrorCode::kInvalidInput,
                "`enriched`: expected notes of fields that were looked up by `client.address`, "
                "such as `client.country GeoLite2-Country 2026-11-24`, got " +
                    in_backticks(note));
  }
  return {};
}

bool has_enriched(const Record& record) { return find_value(record, kEnriched) != nullptr; }

void remove_enriched(Record& record) {
  const std::vector<std::string> notes = notes_of(record);
  for (const std::string& note : notes) {
    if (const auto id = field_of(note)) set_value(record, *id, {});
  }
  set_value(record, kEnriched, {});
}

std::optional<std::string_view> enriched_by(const Record& record, FieldId id) {
  for (const std::string& note : notes_of(record)) {
    if (field_of(note) != id) continue;
    return std::string_view(note).substr(std::min(note.size(), field(id).name.size() + 1));
  }
  return std::nullopt;
}

bool same_delivery(const Record& a, const Record& b) {
  if (!has_enriched(a) && !has_enriched(b)) return same_content(a, b);
  Record delivered = a;
  Record other = b;
  remove_enriched(delivered);
  remove_enriched(other);
  return same_content(delivered, other);
}

void take_over_enriched(const Record& before, Record& record) {
  const Value* const address = find_value(before, kAddress);
  const Value* const now = find_value(record, kAddress);
  if (!has_enriched(before) || address == nullptr || now == nullptr || *address != *now) return;
  remove_enriched(record);
  for (const FieldId id : kLookedUp) {
    const auto by = enriched_by(before, id);
    const Value* const value = find_value(before, id);
    if (!by || value == nullptr || find_value(record, id) != nullptr) continue;
    set_enriched(record, id, *value, *by);
  }
}

}  // namespace tidewaiter
