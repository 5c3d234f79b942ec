#pragma once

#include <string>
#include <vector>

#include "policies/language/policy.h"

namespace tidewaiter {

/// What changed in a list that both versions of a policy look into. One side may be empty.
struct ListChange {
  std::string name;
  std::string before;  ///< "DE, FR left the list; IR until 2026-12-31T00:00:00Z"
  std::string after;   ///< "BR joined the list; IR always"
};

/// The values and parties that left, joined, or have other dates or details, by name of list. Of
/// each kind the first five are named and the others counted. Lists of the same content, and those
/// that one version alone looks into, are left out. Pure.
[[nodiscard]] std::vector<ListChange> list_changes(const Policy& before, const Policy& after);

/// A part's canonical text without the digests of the lists that it names, which say nothing to
/// people.
[[nodiscard]] std::string without_list_digests(const std::string& text);

}  // namespace tidewaiter
