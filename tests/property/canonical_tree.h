#pragma once

#include <nlohmann/json.hpp>

#include "policies/model/canonical_json.h"

namespace tidewaiter {

/// A document as its values tell it, to be held against what a parser makes of the same bytes.
inline nlohmann::json told_tree(CanonicalJson::Value value) {
  if (value.is_text()) return std::string(value.text());
  if (value.is_whole_number()) return value.whole_number();
  if (value.is_array()) {
    nlohmann::json tree = nlohmann::json::array();
    for (const CanonicalJson::Value element : value.elements()) tree.push_back(told_tree(element));
    return tree;
  }
  if (value.is_object()) {
    nlohmann::json tree = nlohmann::json::object();
    for (const auto& [name, member] : value.members()) {
      tree[std::string(name)] = told_tree(member);
    }
    return tree;
  }
  return nlohmann::json::parse(value.bytes());  // null, a boolean, a number with a fraction
}

}  // namespace tidewaiter
