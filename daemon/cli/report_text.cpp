#include "daemon/cli/report_text.h"

#include <ostream>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/acts.h"
#include "daemon/app/report_folder.h"
#include "daemon/cli/report_custody.h"

namespace tidewaiter {
namespace {

nlohmann::ordered_json opinion_json(const RecordedAct& act) {
  const auto& opinion = std::get<ReportApproved>(act.act.act.body);
  return {{"entry", act.index},
          {"by", act.act.act.by},
          {"approves", opinion.approves},
          {"counsel", opinion.counsel},
          {"recorded", format_time(act.recorded)}};
}

nlohmann::ordered_json withdrawal_json(const ReportFile& report) {
  if (report.withdrawals.empty()) return nullptr;
  const Withdrawal& last = report.withdrawals.back();
  nlohmann::ordered_json opinions = nlohmann::ordered_json::array();
  for (const RecordedAct& act : last.opinions) opinions.push_back(opinion_json(act));
  return {{"entry", last.asked.index},
          {"by", last.asked.act.act.by},
          {"recorded", format_time(last.asked.recorded)},
          {"opinions", opinions},
          {"rejected", last.rejected},
          {"holds", report.withdrawal() != nullptr}};
}

nlohmann::ordered_json followers_json(const ReportFile& report) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ReportFollower& one : report.followers) {
    list.push_back(
        {{"as", following_name(one.as)}, {"report", one.id}, {"withdrawn", one.withdrawn}});
  }
  return list;
}

/// ", corrected by r-…", ", its withdrawal waits for an approver".
std::string issued_state_text(const ReportFile& report) {
  std::string text;
  for (const ReportFollower& one : report.followers) {
    if (one.withdrawn) continue;
    text += (one.as == FollowingAs::kCorrects ? ", corrected by " : ", supplemented by ") + one.id;
  }
  const Withdrawal* const waits = report.waiting_withdrawal();
  if (waits == nullptr) return text;
  const bool counsel = report.drafted().counsel && !waits->counsel_approved;
  text += ", its withdrawal waits for ";
  if (waits->approved) return text + "counsel";
  return text + (counsel ? "an approver and counsel" : "an approver");
}

void print_opinions(Invocation& run, const std::vector<RecordedAct>& opinions) {
  for (const RecordedAct& act : opinions) {
    const auto& opinion = std::get<ReportApproved>(act.act.act.body);
    run.out << (opinion.approves ? "  approved  by " : "  rejected  by ")
            << printable(act.act.act.by) << (opinion.counsel ? ", as counsel" : "") << ", entry "
            << act.index << '\n';
  }
}

/// Why it was asked for, as far as that is here. What is not shown needs no error: the entry
/// stands.
void print_withdrawals(Invocation& run, const Stores& stores, const ReportFile& report) {
  for (const Withdrawal& one : report.withdrawals) {
    const Act& asked = one.asked.act.act;
    run.out << "  withdrawn asked for by " << printable(asked.by) << ", entry " << one.asked.index;
    const auto words = confidential_of(stores.paths.folder, asked);
    if (words && *words && (*words)->contains("reason")) {
      run.out << ": " << printable((*words)->at("reason"));
    }
    run.out << '\n';
    print_opinions(run, one.opinions);
  }
}

}  // namespace

std::filesystem::path draft_folder(const Stores& stores, const std::string& id) {
  return reports_folder(stores.paths.folder) / id;
}

Result<ReportFiles> drawn_files(const Stores& stores, const ReportFile& report) {
  const auto folder = draft_folder(stores, report.id);
  Result<ReportFiles> files = read_report_files(folder, report.drafted().manifest);
  if (files || files.error().code != ErrorCode::kNotFound) return files;
  return fail(ErrorCode::kNotFound,
              "what was drawn is gone from `" + folder.string() +
                  "`: an erasure removes drafts that name whom it erases. Draw the report anew");
}

std::string report_state_text(const ReportFile& report) {
  std::string text(report_state_name(report.state));
  if (report.state == ReportState::kIssued) return text + issued_state_text(report);
  if (report.state != ReportState::kDraft) return text;
  const bool counsel = report.drafted().counsel && !report.counsel_approved;
  if (!report.approved)
    text += counsel ? ", waits for an approver and counsel" : ", waits for an approver";
  if (report.approved && counsel) text += ", waits for counsel";
  return text;
}

void print_report_head(Invocation& run, const Stores& stores, const ReportFile& report) {
  const ReportDrafted& drafted = report.drafted();
  run.out << painted("Report " + report.id, Tone::kStrong, run.terminal) << ", "
          << printable(drafted.kind) << ", " << printable(drafted.handling) << '\n'
          << "  state     " << report_state_text(report) << '\n'
          << "  covers    " << format_time(drafted.from) << " to " << format_time(drafted.to)
          << (drafted.about.empty() ? "" : ", case " + printable(drafted.about)) << '\n'
          << "  profile   " << printable(drafted.profile) << '\n'
          << "  drawn     by " << printable(report.draft.act.act.by) << ", entry "
          << report.draft.index << '\n';
  if (drafted.follows) {
    run.out << (drafted.follows->as == FollowingAs::kCorrects ? "  corrects  " : "  adds to   ")
            << printable(drafted.follows->report) << '\n';
  }
  if (!drafted.request.empty()) run.out << "  answers   " << printable(drafted.request) << '\n';
  print_opinions(run, report.opinions);
  if (report.issued) {
    run.out << "  issued    by " << printable(report.issued->act.act.by) << ", entry "
            << report.issued->index << '\n';
  }
  print_hand_overs(run, stores, report);
  print_withdrawals(run, stores, report);
  run.out << "  gaps      " << drafted.gaps << '\n'
          << "  page      "
          << printable((draft_folder(stores, report.id) / "data" / "report.html").string()) << '\n';
}

nlohmann::ordered_json report_file_json(const ReportFile& report) {
  const ReportDrafted& drafted = report.drafted();
  nlohmann::ordered_json opinions = nlohmann::ordered_json::array();
  for (const RecordedAct& act : report.opinions) opinions.push_back(opinion_json(act));
  nlohmann::ordered_json json = {{"id", report.id},
                                 {"kind", drafted.kind},
                                 {"state", report_state_name(report.state)},
                                 {"case", nullptr},
                                 {"from", format_time(drafted.from)},
                                 {"to", format_time(drafted.to)},
                                 {"handling", drafted.handling},
                                 {"profile", drafted.profile},
                                 {"gaps", drafted.gaps},
                                 {"author", report.draft.act.act.by},
                                 {"entry", report.draft.index},
                                 {"opinions", opinions},
                                 {"issued_entry", nullptr},
                                 {"request", nullptr},
                                 {"follows", nullptr},
                                 {"followers", followers_json(report)},
                                 {"withdrawal", withdrawal_json(report)},
                                 {"hand_overs", hand_overs_json(report)}};
  if (drafted.follows) {
    json["follows"] = {{"as", following_name(drafted.follows->as)},
                       {"report", drafted.follows->report},
                       {"manifest", to_hex(drafted.follows->manifest)}};
  }
  if (!drafted.about.empty()) json["case"] = drafted.about;
  if (!drafted.request.empty()) json["request"] = drafted.request;
  if (report.issued) json["issued_entry"] = report.issued->index;
  return json;
}

std::optional<FoundReport> find_report(Invocation& run, const std::string& prefix, int& status) {
  std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return std::nullopt;
  const Result<ReportBook> book = ReportBook::read(*stores->ledger);
  const Result<const ReportFile*> report =
      book ? book->lookup(prefix) : Result<const ReportFile*>(tl::unexpected(book.error()));
  if (report) return FoundReport{std::move(stores), **report};
  status = fail_with(run, report.error());
  return std::nullopt;
}

int tell_report(Invocation& run, const std::string& id, bool json, const std::string& next) {
  int status = 0;
  const auto found = find_report(run, id, status);
  if (!found) return status;
  if (json) {
    print_json(run, {{"report", report_file_json(found->report)}});
  } else {
    print_report_head(run, *found->stores, found->report);
    run.out << next;
  }
  return code(ExitStatus::kOk);
}

void add_report_argument(CLI::App& verb, std::string& id) {
  verb.add_option("report", id, "The report: its id, or how it begins")
      ->type_name("REPORT")
      ->required();
}

}  // namespace tidewaiter
