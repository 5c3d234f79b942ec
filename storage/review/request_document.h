#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "policies/model/digest.h"
#include "storage/ledger/act.h"

namespace tidewaiter {

/// The document by which somebody asks: an order, a letter, a form. The file stays where it is. All
/// of it is confidential in the request's entry, also its digest: of an order that others were
/// given, too, or may not be spoken of, who has a copy could tell from an open digest that it came
/// here. A plain value.
struct RequestDocument {
  std::string name;  ///< of the file, without its folders
  std::int64_t bytes = 0;
  Digest sha256;
  bool operator==(const RequestDocument&) const = default;
};

/// Puts it among the words of a request: `document_name`, `document_bytes`, `document_sha256`.
void put_document(const RequestDocument& document, Confidential& words);

/// The inverse; nothing where the words have none, or one that is not whole. Pure.
[[nodiscard]] std::optional<RequestDocument> document_of(const Confidential& words);

}  // namespace tidewaiter
