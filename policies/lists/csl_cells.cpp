#include "policies/lists/csl_cells.h"

#include <algorithm>
#include <vector>

#include "policies/lists/column_meaning.h"
#include "policies/lists/delimited_rows.h"
#include "policies/lists/ofac_documents.h"

namespace tidewaiter {
namespace {

bool is_country_code(std::string_view text) {
  return text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

CslDocuments csl_documents(std::span<const std::string> header) {
  const auto has = [header](std::string_view column) {
    return std::ranges::find(header, column) != header.end();
  };
  if (!has("entity_number") || !has("alt_names") || !has("addresses") || !has("ids")) {
    return CslDocuments::kNone;
  }
  return has("_id") ? CslDocuments::kTypeAtStart : CslDocuments::kTypeAtEnd;
}

void add_csl_addresses(ListEntry& entry, std::string_view cell) {
  for (const std::string& address : split_list(cell, ";")) {
    const std::size_t comma = address.rfind(',');  // npos + 1 is 0: all of it
    const std::string_view last = trimmed(std::string_view(address).substr(comma + 1));
    if (is_country_code(last)) add_one_value(entry, ColumnMeaning::kCountry, last);
  }
}

void add_csl_documents(ListEntry& entry, std::string_view cell, CslDocuments form) {
  for (const std::string& element : split_list(cell, ";")) {
    const std::vector<std::string> parts = split_list(element, ",");
    if (parts.size() < 2) continue;
    const bool at_start = form == CslDocuments::kTypeAtStart;
    const std::string& type = at_start ? parts.front() : parts.back();
    if (names_no_document(type)) continue;
    add_one_value(entry, ColumnMeaning::kIdentifier, at_start ? parts[1] : parts[parts.size() - 2]);
  }
}

}  // namespace tidewaiter
