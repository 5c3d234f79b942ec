#pragma once

#include <string>
#include <string_view>

#include "daemon/notify/notice.h"
#include "policies/model/error.h"

namespace tidewaiter {

// What Jira's REST API, version 3, takes and gives. Pure; any thread.

/// The label that an issue has of the message that it came from: "tidewaiter-0a1b2c3d-7". It is the
/// same at each attempt, and no other message's.
[[nodiscard]] std::string jira_label(const Notice& notice);

/// The body that creates the issue: summary of at most 255 characters on one line, description in
/// Atlassian's document format, labels. All texts are text nodes, so that nothing in them becomes a
/// mention or a link.
[[nodiscard]] std::string jira_issue(const Notice& notice, std::string_view project,
                                     std::string_view issue_type);

/// Path and query below the site that ask for one issue of the project with this label.
[[nodiscard]] std::string jira_search(std::string_view project, std::string_view label);

/// Whether the answer to that has an issue. Errors: kInvalidInput for what is no such answer.
[[nodiscard]] Result<bool> jira_found(std::string_view answer);

/// Says whether `text` is a project's key, as in "SEC": capital letters, digits and `_`, from two
/// to 80, a letter first.
[[nodiscard]] bool is_jira_project(std::string_view text);

}  // namespace tidewaiter
