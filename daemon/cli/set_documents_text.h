#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "daemon/cli/terminal.h"
#include "policies/language/set_documents.h"

namespace tidewaiter {

/// A row for each list, exemption, license, linkage, pack and document of tests of a policy set;
/// empty if there is none.
[[nodiscard]] std::string documents_text(const SetDocuments& documents, const Terminal& terminal);

/// {"packs", "lists", "exemptions", "licenses", "linkages", "tests"}: arrays, in the order of the
/// files.
/// Instants are RFC 3339; `ends` is the first one that does not count, null if there is no end.
[[nodiscard]] nlohmann::ordered_json documents_json(const SetDocuments& documents);

}  // namespace tidewaiter
