#pragma once

#include <nlohmann/json_fwd.hpp>

namespace tidewaiter {

/// The JSON Schema (draft-07) of one document of a policy set, for editors: a policy's keys, words,
/// fields, modifiers and aggregates as vocabulary.h and the field catalogue have them, each with
/// its description, and the documents beside policies (document_schemas.h). Every document that
/// load_policy_set takes without a word (error or warning) is valid. What a
/// schema cannot say (types of expressions, names of selections, `every` dividing `length`) is
/// left to `policy lint` and the language server.
[[nodiscard]] nlohmann::ordered_json policy_schema();

}  // namespace tidewaiter
