#include "storage/verify/custody.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "storage/verify/plain_text.h"

namespace tidewaiter {
namespace {

/// The report and those that it follows, by their ids. One pass over acts that anybody may have
/// written, however many there are.
std::set<std::string> chain_of(std::span<const RecordedAct> acts, std::string report) {
  std::map<std::string, std::string> before;
  for (const RecordedAct& act : acts) {
    const auto* const drafted = std::get_if<ReportDrafted>(&act.act.act.body);
    if (drafted == nullptr || !drafted->follows) continue;
    before.emplace(act.act.act.case_id, drafted->follows->report);
  }
  std::set<std::string> chain;
  while (chain.insert(report).second) {
    const auto next = before.find(report);
    if (next == before.end()) break;
    report = next->second;
  }
  return chain;
}

/// What an act did, in the words of both files, with what it did it to.
struct Deed {
  std::string what;
  nlohmann::ordered_json details = nlohmann::ordered_json::object();
};

struct DeedOf {
  Deed operator()(const ReportDrafted& act) const {
    Deed deed{"drawn", {{"kind", plain_text(act.kind)}, {"manifest", to_hex(act.manifest)}}};
    if (act.follows) {
      deed.details[std::string(following_name(act.follows->as))] = plain_text(act.follows->report);
    }
    return deed;
  }
  Deed operator()(const ReportApproved& act) const {
    return {act.approves ? "approved" : "rejected",
            {{"about", act.draft}, {"as", act.counsel ? "counsel" : "approver"}}};
  }
  Deed operator()(const ReportIssued& act) const {
    return {"issued", {{"manifest", to_hex(act.manifest)}}};
  }
  Deed operator()(const ReportWithdrawn& act) const {
    return {"withdrawal-asked", {{"manifest", to_hex(act.manifest)}}};
  }
  Deed operator()(const ReportHandedOver& act) const {
    return {"handed-over",
            {{"handed", format_time(act.handed)},
             {"channel", plain_text(act.channel)},
             {"form", handed_form_name(act.form)},
             {"sha256", to_hex(act.sha256)}}};
  }
  Deed operator()(const ReportReceived& act) const {
    return {"received", {{"handover", act.handover}, {"received", format_time(act.received)}}};
  }
  template <class Other>
  Deed operator()(const Other& /*act*/) const {
    return {};  // custody_of() takes acts about reports alone
  }
};

nlohmann::ordered_json act_of(const RecordedAct& act) {
  const Act& what = act.act.act;
  Deed deed = std::visit(DeedOf{}, what.body);
  nlohmann::ordered_json json = {
      {"entry", act.index},         {"report", plain_text(what.case_id)},
      {"what", deed.what},          {"by", plain_text(what.by)},
      {"at", format_time(what.at)}, {"recorded", format_time(act.recorded)}};
  json.update(deed.details);
  json["sealed"] = what.confidential ? nlohmann::ordered_json(to_hex(*what.confidential)) : nullptr;
  return json;
}

/// "channel courier, form folder, …"
std::string details_text(const nlohmann::ordered_json& details) {
  std::string text;
  for (const auto& [name, value] : details.items()) {
    text += (text.empty() ? "" : ", ") + name + " " +
            (value.is_string() ? value.get<std::string>() : value.dump());
  }
  return text;
}

}  // namespace

std::optional<Custody> custody_of(std::span<const RecordedAct> acts, std::int64_t issued) {
  const auto found = std::ranges::find(acts, issued, &RecordedAct::index);
  if (found == acts.end() || !std::holds_alternative<ReportIssued>(found->act.act.body)) {
    return std::nullopt;
  }
  Custody custody{found->act.act.case_id, {}};
  const std::set<std::string> chain = chain_of(acts, custody.report);
  for (const RecordedAct& act : acts) {
    if (act.index > issued) break;
    if (chain.contains(act.act.act.case_id)) custody.acts.push_back(act);
  }
  return custody;
}

std::string custody_json(const Custody& custody) {
  nlohmann::ordered_json acts = nlohmann::ordered_json::array();
  for (const RecordedAct& act : custody.acts) acts.push_back(act_of(act));
  const nlohmann::ordered_json json = {
      {"format", "tidewaiter.custody/v1"}, {"report", plain_text(custody.report)}, {"acts", acts}};
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string custody_page(const Custody& custody) {
  std::string text = "Who had the report " + plain_text(custody.report) +
                     " in their hands\n\n"
                     "Each line is an entry of the ledger in the folder log, signed by the person "
                     "it names.\n"
                     "Times are UTC, and what these people have said. To whom a report went is "
                     "sealed: the\n"
                     "entry has its digest, and who holds the words hands them over apart. What "
                     "happened\n"
                     "after this report was issued is in the house's ledger, and not here.\n\n";
  for (const RecordedAct& act : custody.acts) {
    const Act& what = act.act.act;
    const Deed deed = std::visit(DeedOf{}, what.body);
    text += "entry " + std::to_string(act.index) + "  " + format_time(what.at) + "  " +
            plain_text(what.case_id) + "  " + deed.what + " by " + plain_text(what.by) + "\n";
    const std::string details = details_text(deed.details);
    if (!details.empty()) text += "    " + details + "\n";
    if (what.confidential) text += "    sealed " + to_hex(*what.confidential) + "\n";
  }
  return text;
}

}  // namespace tidewaiter
