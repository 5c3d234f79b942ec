#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/language/diagnostic_code.h"
#include "policies/model/diagnostic.h"
#include "policies/model/error.h"

namespace tidewaiter {

struct Report;

// Words of a page that a site chooses, as templates without logic (mustache). A template adds to a
// page, or has another heading: it takes nothing away, and what it makes is text, never markup.

/// docs/configuration.md has a line for it.
inline constexpr DiagnosticCode kTemplateFault{"TW0614",
                                               "a template of a report that cannot be used"};

/// A template as its file has it.
struct SiteTemplate {
  std::string kind;  ///< a name of report_kinds()
  std::string part;  ///< a name of site_parts()
  std::string file;  ///< where it was read, for people
  std::string text;
};

/// A part of a page whose words may be a site's.
struct SitePart {
  /// "heading", "introduction", "standing", "footer"; "certificate" of kinds whose bundle has one.
  std::string_view name;
  bool one_line = false;  ///< a heading has no paragraphs
};
[[nodiscard]] std::span<const SitePart> site_parts();

/// What a template may name between double braces; by name.
struct SitePlaceholder {
  std::string_view name;  ///< "recipient"
  std::string_view what;  ///< for people
};
[[nodiscard]] std::span<const SitePlaceholder> site_placeholders();

/// All that is wrong with a template, by line and column, in its order: a placeholder that there is
/// not, a tag or section that is not closed, what would put in a value as it is, another template
/// or other braces, a control character. Pure.
[[nodiscard]] std::vector<Diagnostic> check_site_template(const SiteTemplate& one);

/// A stretch of a paragraph: words of the site, or a value of the report, which comes from outside.
struct SitePiece {
  std::string text;
  bool value = false;
  bool operator==(const SitePiece&) const = default;
};
using SiteParagraph = std::vector<SitePiece>;

/// The paragraphs that a template makes of a report; blank lines of the template part them.
/// Errors: kInvalidInput for one that check_site_template() faults. Pure.
[[nodiscard]] Result<std::vector<SiteParagraph>> render_site_template(const SiteTemplate& one,
                                                                      const Report& report);

/// By part.
using SiteWords = std::map<std::string, std::vector<SiteParagraph>>;

/// Puts the words that templates make of the report into it, and the templates themselves. Errors:
/// those of render_site_template(); the report is then as it was.
[[nodiscard]] Result<void> put_site_words(Report& report, std::span<const SiteTemplate> templates);

/// Where a bundle has the template of a part: "data/templates/footer.mustache".
[[nodiscard]] std::string template_path(std::string_view part);

}  // namespace tidewaiter
