#pragma once

#include <string>

namespace tidewaiter {

/// What a list says of licences for a party, in its own words.
struct LicenceTerms {
  std::string requirement;  ///< "For all items subject to the EAR"; may be empty
  std::string review;       ///< "Presumption of denial"; may be empty

  [[nodiscard]] bool is_empty() const { return requirement.empty() && review.empty(); }
  bool operator==(const LicenceTerms&) const = default;
};

/// "For all items subject to the EAR; review: presumption of denial"; empty where there are none.
[[nodiscard]] inline std::string licence_text(const LicenceTerms& terms) {
  if (terms.review.empty()) return terms.requirement;
  return terms.requirement + (terms.requirement.empty() ? "" : "; ") + "review: " + terms.review;
}

}  // namespace tidewaiter
