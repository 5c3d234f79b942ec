#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "daemon/report/site_words.h"

namespace tidewaiter {

/// The folder beside a configuration that has the site's templates: KIND/PART.mustache.
inline constexpr std::string_view kSiteTemplatesFolder = "report-templates";

/// Reads the templates of a kind, of all kinds where `kind` is empty. A folder that is not there
/// has none. What cannot be used is added to `faults`, a diagnostic each: folders and files of
/// other names, what cannot be read, and what check_site_template() says.
[[nodiscard]] std::vector<SiteTemplate> read_site_templates(const std::filesystem::path& folder,
                                                            std::string_view kind,
                                                            std::vector<Diagnostic>& faults);

}  // namespace tidewaiter
