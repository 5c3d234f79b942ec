#include "daemon/cli/report_form.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "daemon/app/diagnostic_text.h"
#include "daemon/app/report_recipients.h"

namespace tidewaiter {
namespace {

std::string ids_of(const std::vector<ReportRecipient>& all) {
  std::string ids;
  for (const ReportRecipient& one : all) ids += (ids.empty() ? "`" : ", `") + one.id + '`';
  return ids.empty() ? "none" : ids;
}

/// The recipient of the report that this one follows, by its id: the site may call it another name
/// by now, and a name that nobody has is given what the kind allows.
Result<const ReportRecipient*> recipient_as_before(const std::vector<ReportRecipient>& all,
                                                   const std::string& id) {
  const auto found = std::ranges::find(all, id, &ReportRecipient::id);
  if (found != all.end()) return &*found;
  return fail(ErrorCode::kRefused,
              "the report that this one follows was drawn for the recipient `" + id + "`, which `" +
                  std::string(kReportRecipientsFile) +
                  "` beside the configuration has no more (it has " + ids_of(all) +
                  "): say whom this one goes to with --for or --recipient");
}

/// Whether a person has said whom this one goes to, and not only the report that it follows.
bool is_said_anew(const ReportToDraw& options, const std::string& said) {
  if (!options.recipient.empty()) return true;
  const auto inherited = options.inherited.find("recipient");
  return inherited == options.inherited.end() || inherited->second != said;
}

/// Null where the report goes to nobody of them.
Result<const ReportRecipient*> recipient_meant(const std::vector<ReportRecipient>& all,
                                               const ReportToDraw& options,
                                               const ReportRequest& request) {
  if (!options.to.empty()) {
    const auto found = std::ranges::find(all, options.to, &ReportRecipient::id);
    if (found != all.end()) return &*found;
    return fail(ErrorCode::kNotFound, "--for: there is no recipient `" + options.to + "` in `" +
                                          std::string(kReportRecipientsFile) +
                                          "` beside the configuration, which has " + ids_of(all));
  }
  const auto said = request.statements.find("recipient");
  if (said == request.statements.end()) return nullptr;
  const std::string earlier = options.earlier ? options.earlier->drawn.recipient : std::string();
  if (!earlier.empty() && !is_said_anew(options, said->second)) {
    return recipient_as_before(all, earlier);
  }
  return recipient_named(all, said->second);
}

/// What is configured of the recipient is said where a person has not said another thing.
void add_statements(const ReportRecipient& to, ReportRequest& request) {
  request.statements["recipient"] = to.name;
  if (!to.authority.empty()) request.statements.emplace("authority", to.authority);
  if (!to.legal_basis.empty()) request.statements.emplace("legal_basis", to.legal_basis);
}

}  // namespace

std::optional<int> settle_form(Invocation& run, const Config& config, const ReportToDraw& options,
                               ReportRequest& request) {
  std::vector<Diagnostic> faults;
  const auto all = read_report_recipients(config.base / kReportRecipientsFile, faults);
  if (has_errors(faults)) {
    print_diagnostics(run.err, faults);
    return code(ExitStatus::kConfiguration);
  }
  const auto to = recipient_meant(all, options, request);
  if (!to) return fail_with(run, to.error());
  const auto form = report_form(*request.kind, *to, options.profile, options.handling);
  if (!form) return fail_with(run, form.error());
  request.profile = redaction_profile(form->profile);
  request.handling = form->handling;
  if (*to == nullptr) return std::nullopt;
  request.recipient = **to;
  add_statements(**to, request);
  return std::nullopt;
}

}  // namespace tidewaiter
