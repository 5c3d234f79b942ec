#include <algorithm>

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

const ReportDrafted& drafted_of(const RecordedAct& act) {
  return std::get<ReportDrafted>(act.act.act.body);
}

/// What makes a report that holds as a bundle one to be put aside; empty if nothing does.
std::string put_aside_line(const IssuedReport& issued) {
  if (issued.withdrawn) return "The report was WITHDRAWN since: it holds no more.\n";
  const bool corrected = std::ranges::any_of(issued.followers, [](const RecordedAct& act) {
    return drafted_of(act).follows->as == FollowingAs::kCorrects;
  });
  return corrected ? "The report was CORRECTED since, by another report.\n" : "";
}

std::string issued_text(const IssuedReport& issued) {
  const ReportDrafted& drafted = drafted_of(issued.draft);
  std::string text = "Report " + plain_text(issued.draft.act.act.case_id) + ", " +
                     plain_text(drafted.kind) + ", " + plain_text(drafted.handling) + "\n";
  text += "  covers    " + format_time(drafted.from) + " to " + format_time(drafted.to) +
          (drafted.about.empty() ? "" : ", case " + plain_text(drafted.about)) + "\n";
  if (drafted.clock) {
    text += "  due       by the clock that entry " + std::to_string(*drafted.clock) + " started\n";
  }
  text += signed_line("drawn   ", issued.draft, "");
  for (const RecordedAct& act : issued.opinions) {
    const auto& opinion = std::get<ReportApproved>(act.act.act.body);
    text += signed_line(opinion.approves ? "approved" : "rejected", act,
                        opinion.counsel ? ", as counsel" : "");
  }
  text += signed_line("issued  ", issued.issued, "");
  if (issued.withdrawn) text += signed_line("withdrawn", *issued.withdrawn, "");
  for (const RecordedAct& act : issued.followers) {
    text += signed_line(
        drafted_of(act).follows->as == FollowingAs::kCorrects ? "corrected" : "added to", act,
        ", report " + plain_text(act.act.act.case_id));
  }
  if (drafted.follows) {
    text += "  " + std::string(following_name(drafted.follows->as)) + "  report " +
            plain_text(drafted.follows->report) + ", manifest " +
            to_hex(drafted.follows->manifest) + "\n";
  }
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
  const ReportDrafted& drafted = drafted_of(issued.draft);
  nlohmann::ordered_json opinions = nlohmann::ordered_json::array();
  for (const RecordedAct& act : issued.opinions) {
    const auto& opinion = std::get<ReportApproved>(act.act.act.body);
    nlohmann::ordered_json one = signed_json(act);
    one["approves"] = opinion.approves;
    one["counsel"] = opinion.counsel;
    opinions.push_back(std::move(one));
  }
  nlohmann::ordered_json followers = nlohmann::ordered_json::array();
  for (const RecordedAct& act : issued.followers) {
    nlohmann::ordered_json one = signed_json(act);
    one["report"] = plain_text(act.act.act.case_id);
    one["as"] = following_name(drafted_of(act).follows->as);
    followers.push_back(std::move(one));
  }
  nlohmann::ordered_json follows;
  if (drafted.follows) {
    follows = {{"as", following_name(drafted.follows->as)},
               {"report", plain_text(drafted.follows->report)},
               {"manifest", to_hex(drafted.follows->manifest)}};
  }
  nlohmann::ordered_json clock;
  if (drafted.clock) clock = *drafted.clock;
  nlohmann::ordered_json withdrawn;
  if (issued.withdrawn) withdrawn = signed_json(*issued.withdrawn);
  return {{"id", plain_text(issued.draft.act.act.case_id)},
          {"kind", plain_text(drafted.kind)},
          {"handling", plain_text(drafted.handling)},
          {"from", format_time(drafted.from)},
          {"to", format_time(drafted.to)},
          {"gaps", drafted.gaps},
          {"clock", std::move(clock)},
          {"drawn", signed_json(issued.draft)},
          {"opinions", opinions},
          {"issued", signed_json(issued.issued)},
          {"follows", std::move(follows)},
          {"withdrawn", std::move(withdrawn)},
          {"followers", std::move(followers)}};
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
  if (report.issued) text += put_aside_line(*report.issued) + issued_text(*report.issued);
  text += "  files     " + std::to_string(report.files) + " held against the manifests; " +
          std::to_string(report.disclosures) + " disclosures that their entries bear out\n";
  if (report.members > 0) {
    text += "  members   " + std::to_string(report.members) +
            " accounts of the cluster, which the draft is sealed with\n";
  }
  if (report.attested > 0) {
    text += "  attested  " + std::to_string(report.attested) + " files, by the log's key\n";
  }
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
                                 {"disclosures", report.disclosures},
                                 {"members", report.members},
                                 {"attested", report.attested}};
  if (report.issued) json["report"] = issued_json(*report.issued);
  json["log"] = nlohmann::ordered_json::parse(verdict_json(report.log));
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace tidewaiter
