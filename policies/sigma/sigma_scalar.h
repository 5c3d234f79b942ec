#pragma once

#include <cstdint>
#include <string>

#include "policies/language/strict_yaml.h"

namespace tidewaiter {

/// What a YAML scalar of a rule is, by YAML 1.2's core types.
struct SigmaScalar {
  enum class Kind : std::uint8_t { kNull, kBool, kNumber, kText };
  Kind kind = Kind::kText;
  std::string text;    ///< as it stands; empty for null
  double number = 0;   ///< kNumber
  bool truth = false;  ///< kBool
};

/// `node` is a scalar or null.
[[nodiscard]] SigmaScalar read_sigma_scalar(const YamlNode& node);

[[nodiscard]] inline bool is_scalar(const YamlNode& node) {
  return node.kind == YamlNode::Kind::kScalar || node.kind == YamlNode::Kind::kNull;
}

}  // namespace tidewaiter
