#pragma once

#include <nlohmann/json_fwd.hpp>

namespace tidewaiter {

/// JSON Schemas (draft-07) of the documents that stand beside policies, by their names:
/// `list_document`, `exemption_document` and so on, and `sigma_document`. They refer to the
/// definitions of policy_schema() for what documents share. Keys and shapes are those of the
/// readers in policies/language; of Sigma's documents, whose writers may add keys of their own, the
/// parts that every one has.
[[nodiscard]] nlohmann::ordered_json document_schemas();

}  // namespace tidewaiter
