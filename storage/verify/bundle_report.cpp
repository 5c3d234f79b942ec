#include <nlohmann/json.hpp>

#include "storage/verify/bundle_check.h"
#include "storage/verify/plain_text.h"
#include "storage/verify/report.h"

namespace tidewaiter {
namespace {

constexpr int kBundleFails = 21;

std::string signed_line(const char* what, const RecordedAct& act, const std::string& as) {
  return std::string("  ") + what + "  entry " + std::to_string(act.index) + ", by " +
         plain_text(act.act.act.by) + as + ", recorded " + format_time(act.recorded) + "\n";
}

const ReportDrafted& draft_of(const IssuedReport& issued) {
  return std::get<ReportDrafted>(issued.draft.act.act.body);
}

std::string issued_text(const IssuedReport& issued) {
  const ReportDrafted& drafted = draft_of(issued);
  std::string text = "Report " + plain_text(issued.draft.act.act.case_id) + ", " +
                     plain_text(drafted.kind) + ", " + plain_text(drafted.handling) + "\n";
  text += "  covers    " + format_time(drafted.from) + " to " + format_time(drafted.to) +
          (drafted.about.empty() ? "" : ", case " + plain_text(drafted.about)) + "\n";
  text += signed_line("drawn   ", issued.draft, "");
  for (const RecordedAct& act : issued.opinions) {
    const auto& opinion = std::get<ReportApproved>(act.act.act.body);
    text += signed_line(opinion.approves ? "approved" : "rejected", act,
                        opinion.counsel ? ", as counsel" : "");
  }
  text += signed_line("issued  ", issued.issued, "");
  if (drafted.gaps > 0) {
    text += "  gaps      " + std::to_string(drafted.gaps) +
            " elements that its kind asks for are absent or unknown\n";
  }
  return text;
}

nlohmann::ordered_json signed_json(const RecordedAct& act) {
  return {{"entry", act.index},
          {"by", plain_text(act.act.act.by)},
          {"recorded", format_time(act.recorded)}};
}

nlohmann::ordered_json issued_json(const IssuedReport& issued) {
  const ReportDrafted& drafted = draft_of(issued);
  nlohmann::ordered_json opinions = nlohmann::ordered_json::array();
  for (const RecordedAct& act : issued.opinions) {
    const auto& opinion = std::get<ReportApproved>(act.act.act.body);
    nlohmann::ordered_json one = signed_json(act);
    one["approves"] = opinion.approves;
    one["counsel"] = opinion.counsel;
    opinions.push_back(std::move(one));
  }
  return {{"id", plain_text(issued.draft.act.act.case_id)},
          {"kind", plain_text(drafted.kind)},
          {"handling", plain_text(drafted.handling)},
          {"from", format_time(drafted.from)},
          {"to", format_time(drafted.to)},
          {"gaps", drafted.gaps},
          {"drawn", signed_json(issued.draft)},
          {"opinions", opinions},
          {"issued", signed_json(issued.issued)}};
}

}  // namespace

int bundle_exit_code(const BundleReport& report) {
  if (!report.faults.empty()) return kBundleFails;
  const int log = verify_exit_code(report.log);
  return log != 0 || report.issued ? log : kBundleFails;
}

std::string bundle_text(const BundleReport& report) {
  std::string text = report.ok() ? "The bundle holds: it is what was approved and issued.\n"
                                 : "The bundle does NOT hold.\n";
  for (const BundleFault& fault : report.faults) {
    text += "  `" + fault.file + "` " + fault.why + "\n";
  }
  if (report.issued) text += issued_text(*report.issued);
  text += "  files     " + std::to_string(report.files) + " held against the manifests; " +
          std::to_string(report.disclosures) + " disclosures that their entries bear out\n";
  return text + "Its log:\n" + verdict_text(report.log);
}

std::string bundle_json(const BundleReport& report) {
  nlohmann::ordered_json faults = nlohmann::ordered_json::array();
  for (const BundleFault& fault : report.faults) {
    faults.push_back({{"file", fault.file}, {"why", fault.why}});
  }
  nlohmann::ordered_json json = {{"ok", report.ok()},
                                 {"faults", faults},
                                 {"report", nullptr},
                                 {"files", report.files},
                                 {"disclosures", report.disclosures}};
  if (report.issued) json["report"] = issued_json(*report.issued);
  json["log"] = nlohmann::ordered_json::parse(verdict_json(report.log));
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace tidewaiter
