#include "policies/lists/json_list.h"

#include <cstdint>
#include <string>
#include <utility>

#include <simdjson.h>

#include "policies/lists/column_meaning.h"
#include "policies/lists/ofac_documents.h"

namespace tidewaiter {
namespace {

using simdjson::dom::element;

/// One value of an array, whatever signs are in it.
void add_item(ListEntry& entry, ColumnMeaning meaning, const element& value,
              std::string_view member) {
  std::string_view text;
  element inner;
  std::string_view type;
  if (value.get(text) == simdjson::SUCCESS) return add_one_value(entry, meaning, text);
  if (!value.is_object()) return;
  if (value["type"].get(type) == simdjson::SUCCESS && names_no_document(type)) return;
  if (value[member].get(inner) == simdjson::SUCCESS && inner.get(text) == simdjson::SUCCESS) {
    add_one_value(entry, meaning, text);
  }
}

void add_texts(ListEntry& entry, ColumnMeaning meaning, const element& value,
               std::string_view member) {
  simdjson::dom::array several;
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) {
    add_value(entry, meaning, text);
  } else if (value.get(several) == simdjson::SUCCESS) {
    for (const element one : several) add_item(entry, meaning, one, member);
  } else if (value.is_object()) {
    add_item(entry, meaning, value, member);
  } else if (std::int64_t number = 0;
             meaning == ColumnMeaning::kId && value.get(number) == simdjson::SUCCESS) {
    entry.id = std::to_string(number);
  }
}

void add_members(ListEntry& entry, const simdjson::dom::object& object) {
  for (const auto& [key, value] : object) {
    simdjson::dom::object inner;
    if (key == "properties" && value.get(inner) == simdjson::SUCCESS) {
      add_members(entry, inner);
    } else if (key == "addresses") {
      add_texts(entry, ColumnMeaning::kCountry, value, "country");
    } else {
      add_texts(entry, column_meaning(key), value, "number");
    }
  }
}

/// The array of parties, or nothing.
bool find_array(const element& root, simdjson::dom::array& out) {
  if (root.get(out) == simdjson::SUCCESS) return true;
  if (!root.is_object()) return false;
  for (const std::string_view member : {"results", "entities"}) {
    if (root[member].get(out) == simdjson::SUCCESS) return true;
  }
  return false;
}

}  // namespace

Result<ParsedList> parse_json_list(std::string_view text) {
  simdjson::dom::parser parser;
  element root;
  const simdjson::padded_string padded(text);
  if (const auto error = parser.parse(padded).get(root); error != simdjson::SUCCESS) {
    return fail(ErrorCode::kInvalidInput,
                std::string("the list is not JSON: ") + simdjson::error_message(error));
  }
  simdjson::dom::array parties;
  if (!find_array(root, parties)) {
    return fail(ErrorCode::kInvalidInput,
                "the JSON has no parties: expected an array of objects, alone or as `results` or "
                "`entities`");
  }
  ParsedList list;
  list.format = "JSON";
  std::size_t number = 0;
  for (const element party : parties) {
    ++number;
    simdjson::dom::object object;
    if (party.get(object) != simdjson::SUCCESS) {
      list.faults.push_back({0, "party " + std::to_string(number) + " is not an object"});
      continue;
    }
    ListEntry entry;
    add_members(entry, object);
    if (finish_entry(entry, number)) {
      list.entries.push_back(std::move(entry));
    } else {
      list.faults.push_back({0, "party " + std::to_string(number) + " has no name"});
    }
  }
  return list;
}

}  // namespace tidewaiter
