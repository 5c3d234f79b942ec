#include "policies/language/exemption_name.h"

#include <algorithm>
#include <charconv>

#include "policies/language/cleared_policies.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kOwnPrefix = "exempt[";
constexpr std::string_view kDocumentPrefix = "exemption:";

}  // namespace

std::string exemption_name(const Policy& policy, std::size_t index) {
  const std::string& id = policy.exempt[index].id;
  if (id == kClearances) return "clearances";
  return id.empty() ? std::string(kOwnPrefix) + std::to_string(index) + "]"
                    : std::string(kDocumentPrefix) + id;
}

std::optional<std::size_t> find_exemption(const std::vector<Exemption>& exempt,
                                          std::string_view name) {
  if (name.starts_with(kDocumentPrefix)) {
    name.remove_prefix(kDocumentPrefix.size());
    const auto found = std::ranges::find(exempt, name, &Exemption::id);
    if (found == exempt.end() || name.empty()) return std::nullopt;
    return static_cast<std::size_t>(found - exempt.begin());
  }
  if (!name.starts_with(kOwnPrefix) || !name.ends_with(']')) return std::nullopt;
  name.remove_prefix(kOwnPrefix.size());
  name.remove_suffix(1);
  std::size_t index = 0;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), index);
  const bool canonical = name.size() == 1 || !name.starts_with('0');
  const bool whole = failure == std::errc() && end == name.data() + name.size();
  if (!whole || !canonical || index >= exempt.size() || !exempt[index].id.empty()) {
    return std::nullopt;
  }
  return index;
}

}  // namespace tidewaiter
