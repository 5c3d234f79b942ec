#include "daemon/report/site_template_files.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>

#include "storage/files/shown_file.h"
#include "storage/review/report_kinds.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExtension = ".mustache";
/// Of one template: words of a page.
constexpr std::size_t kMostTemplateBytes = 65'536;

void add_fault(std::vector<Diagnostic>& faults, const fs::path& where, std::string message,
               std::string hint = {}) {
  Diagnostic fault;
  fault.code = kTemplateFault.code;
  fault.span = {where.string(), 0, 0, 1};
  fault.message = std::move(message);
  fault.hint = std::move(hint);
  faults.push_back(std::move(fault));
}

/// What a folder has, by name; hidden files are an editor's.
std::vector<fs::path> entries_of(const fs::path& folder, std::vector<Diagnostic>& faults) {
  std::vector<fs::path> entries;
  std::error_code failure;
  for (fs::directory_iterator it(folder, failure), end; !failure && it != end;
       it.increment(failure)) {
    if (!it->path().filename().string().starts_with('.')) entries.push_back(it->path());
  }
  if (failure && failure != std::errc::no_such_file_or_directory) {
    add_fault(faults, folder, "cannot read the folder: " + failure.message());
  }
  std::ranges::sort(entries);
  return entries;
}

template <class Rows>
std::string names_of(const Rows& rows) {
  std::string names;
  for (const auto& row : rows) names += (names.empty() ? "" : ", ") + std::string(row.name);
  return names;
}

void read_template(const fs::path& file, const std::string& kind,
                   std::vector<SiteTemplate>& templates, std::vector<Diagnostic>& faults) {
  const std::string part = file.stem().string();
  const bool known = file.extension() == kExtension &&
                     std::ranges::find(site_parts(), part, &SitePart::name) != site_parts().end();
  if (!known) {
    return add_fault(faults, file, "no part of a report's page has this name",
                     "there are " + names_of(site_parts()) + ", each with `" +
                         std::string(kExtension) + "` behind it");
  }
  if (part == "certificate" && !report_kind(kind)->certificate) {
    return add_fault(faults, file, "reports of the kind `" + kind + "` have no certificate");
  }
  Result<std::string> text = read_shown_file(file, kMostTemplateBytes);
  if (!text) return add_fault(faults, file, text.error().message);
  SiteTemplate one{kind, part, file.string(), std::move(*text)};
  std::ranges::move(check_site_template(one), std::back_inserter(faults));
  templates.push_back(std::move(one));
}

}  // namespace

std::vector<SiteTemplate> read_site_templates(const fs::path& folder, std::string_view kind,
                                              std::vector<Diagnostic>& faults) {
  std::vector<SiteTemplate> templates;
  for (const fs::path& one : entries_of(folder, faults)) {
    const std::string name = one.filename().string();
    if (!kind.empty() && name != kind) continue;
    if (report_kind(name) == nullptr) {
      add_fault(faults, one, "no kind of report has this name",
                "there are " + names_of(report_kinds()));
      continue;
    }
    for (const fs::path& file : entries_of(one, faults)) {
      read_template(file, name, templates, faults);
    }
  }
  return templates;
}

}  // namespace tidewaiter
