#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "policies/lists/list_entry.h"

namespace tidewaiter {

/// How the CSV of the Consolidated Screening List writes an element of its column `ids`.
enum class CslDocuments : std::uint8_t {
  kNone,         ///< the table is another one
  kTypeAtEnd,    ///< `COUNTRY, NUMBER, TYPE`, until 2024
  kTypeAtStart,  ///< `TYPE, NUMBER, COUNTRY`, since; such files have a column `_id`
};

/// By the header's columns: `entity_number`, `alt_names`, `addresses` and `ids` are the list's.
[[nodiscard]] CslDocuments csl_documents(std::span<const std::string> header);

/// The countries of a cell `addresses`: two capital letters at the end of one, `;` between them.
void add_csl_addresses(ListEntry& entry, std::string_view cell);

/// The numbers of a cell `ids`, `;` between them, without what is no identifier
/// (names_no_document()).
void add_csl_documents(ListEntry& entry, std::string_view cell, CslDocuments form);

}  // namespace tidewaiter
