#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "policies/language/policy.h"

namespace tidewaiter {

/// A part of a policy's page: a heading, then prose, facts and items, each of which may be empty.
struct PagePart {
  std::string heading;
  std::string prose;
  std::vector<std::pair<std::string, std::string>> facts;
  std::vector<std::string> items;
};

/// A policy in words that a lawyer reads. Plain text throughout: whoever shows it escapes it.
struct PolicyPage {
  std::string id;
  std::string title;
  std::vector<PagePart> parts;
};

/// `as_of` is the time at which an exemption counts as expired.
[[nodiscard]] PolicyPage policy_page(const Policy& policy, UtcTime as_of);

/// The page as CommonMark: every character of the policy that Markdown or HTML could take for
/// its own is escaped, so that a title is only ever a title.
[[nodiscard]] std::string to_markdown(const PolicyPage& page);

/// One HTML document of all pages with an index: no script, no image, no style sheet of elsewhere,
/// a content security policy that forbids them. What the policies say is escaped.
[[nodiscard]] std::string to_html(std::span<const PolicyPage> pages);

}  // namespace tidewaiter
