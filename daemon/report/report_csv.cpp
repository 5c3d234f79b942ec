#include "daemon/report/report_csv.h"

#include "daemon/report/csv_text.h"
#include "daemon/report/figure_words.h"

namespace tidewaiter {

std::string findings_csv(const Report& report) {
  std::string out = csv_row({"finding", "case", "standing", "severity", "subject", "policy",
                             "policy_version", "from", "to", "windows", "figures", "figures_of",
                             "records", "historical", "recorded", "entries"});
  for (const ReportedFinding& f : report.findings) {
    std::string figures;
    for (const ReportedFigure& figure : f.figures) {
      figures += (figures.empty() ? "" : "; ") + figure.name + (figure.exact ? "=" : "~") +
                 (figure.withheld ? "(withheld)" : figure.value);
    }
    std::string entries;
    for (const std::int64_t entry : f.entries) {
      entries += (entries.empty() ? "" : " ") + std::to_string(entry);
    }
    out += csv_row({f.id, f.case_id, f.standing, std::string(severity_name(f.severity)), f.subject,
                    f.policy, std::to_string(f.policy_version), format_time(f.run.from),
                    format_time(f.run.to), std::to_string(f.windows), figures,
                    std::string(figures_of(f)), std::to_string(f.records),
                    f.historical ? "yes" : "no", format_time(f.recorded), entries});
  }
  return out;
}

std::string timeline_csv(const Report& report) {
  std::string out = csv_row({"entry", "time", "who", "what"});
  for (const ReportedEvent& event : report.timeline) {
    out += csv_row({std::to_string(event.entry), format_time(event.at), event.who, event.what});
  }
  return out;
}

}  // namespace tidewaiter
