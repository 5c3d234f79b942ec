#include "daemon/report/screening_json.h"

#include <nlohmann/json.hpp>

#include "daemon/report/csv_text.h"

namespace tidewaiter {
namespace {

using Ordered = nlohmann::ordered_json;

template <class Value>
Ordered value_or_null(const std::optional<Value>& value) {
  return value ? Ordered(*value) : Ordered(nullptr);
}

Ordered time_or_null(const std::optional<UtcTime>& time) {
  return time ? Ordered(format_time(*time)) : Ordered(nullptr);
}

Ordered digest_or_null(const std::optional<Digest>& digest) {
  return digest ? Ordered(to_hex(*digest)) : Ordered(nullptr);
}

Ordered words_or_null(const std::string& text) {
  return text.empty() ? Ordered(nullptr) : Ordered(text);
}

Ordered issue_json(const ReportedIssue& issue) {
  return {{"issue", words_or_null(issue.issue)},
          {"parties", digest_or_null(issue.parties)},
          {"retrieved", time_or_null(issue.retrieved)},
          {"known_until", time_or_null(issue.known_until)},
          {"from", format_time(issue.from)},
          {"until", time_or_null(issue.until)},
          {"entries", issue.entries},
          {"count", value_or_null(issue.count)},
          {"left_out", value_or_null(issue.left_out)},
          {"unreadable", value_or_null(issue.unreadable)},
          {"format", words_or_null(issue.format)}};
}

Ordered stretch_json(const ReportedStretch& stretch) {
  return {{"from", format_time(stretch.time.from)},
          {"to", format_time(stretch.time.to)},
          {"why", stretch.missing ? "missing" : "stale"},
          {"confirmed_by", value_or_null(stretch.confirmed_by)}};
}

Ordered list_json(const ReportedList& list) {
  Ordered json = {{"list", list.name},
                  {"written", list.written},
                  {"publisher", words_or_null(list.publisher)},
                  {"url", words_or_null(list.url)},
                  {"policies", list.policies},
                  {"age_days", list.age ? Ordered(list.age->us / kDay.us) : Ordered(nullptr)}};
  json["issues"] = Ordered::array();
  for (const ReportedIssue& one : list.issues) json["issues"].push_back(issue_json(one));
  json["unknown"] = Ordered::array();
  for (const ReportedStretch& one : list.unknown) json["unknown"].push_back(stretch_json(one));
  return json;
}

Ordered screen_json(const ReportedScreen& one) {
  return {{"policy", one.policy},
          {"of", one.owners ? "owners" : "names"},
          {"fields", one.fields},
          {"lists", one.lists},
          {"records", value_or_null(one.records)},
          {"accounts", value_or_null(one.accounts)},
          {"names", value_or_null(one.names)},
          {"nameless", value_or_null(one.nameless)}};
}

Ordered clearance_json_of(const ReportedClearance& one) {
  return {{"id", one.id},
          {"state", one.state},
          {"policy", one.policy},
          {"finding", one.finding},
          {"by", one.by},
          {"at", format_time(one.at)},
          {"entry", one.entry},
          {"approved_by", words_or_null(one.approved_by)},
          {"words", digest_or_null(one.words)}};
}

}  // namespace

nlohmann::ordered_json screening_json(const std::optional<ReportedScreening>& screening) {
  if (!screening) return nullptr;
  Ordered json = {{"end", format_time(screening->end)},
                  {"sets_known", screening->sets_known},
                  {"counted", screening->counted}};
  for (const char* const part : {"lists", "screens", "again", "clearances", "unscreened"}) {
    json[part] = Ordered::array();
  }
  for (const ReportedList& one : screening->lists) json["lists"].push_back(list_json(one));
  for (const ReportedScreen& one : screening->screens) json["screens"].push_back(screen_json(one));
  for (const ReportedRescreening& one : screening->again) {
    json["again"].push_back({{"entry", one.entry},
                             {"recorded", format_time(one.recorded)},
                             {"lists", one.lists},
                             {"accounts", value_or_null(one.accounts)}});
  }
  for (const ReportedClearance& one : screening->clearances) {
    json["clearances"].push_back(clearance_json_of(one));
  }
  for (const ReportedUnscreened& one : screening->unscreened) {
    json["unscreened"].push_back(
        {{"what", one.what}, {"count", value_or_null(one.count)}, {"why", one.why}});
  }
  return json;
}

std::string lists_csv(const ReportedScreening& screening) {
  const auto time = [](const std::optional<UtcTime>& at) { return at ? format_time(*at) : ""; };
  const auto number = [](const std::optional<std::int64_t>& count) {
    return count ? std::to_string(*count) : std::string();
  };
  std::string out =
      csv_row({"list", "publisher", "url", "state", "issue", "parties_sha256", "retrieved",
               "known_until", "from", "to", "entries", "unreadable", "ledger_entries"});
  for (const ReportedList& list : screening.lists) {
    for (const ReportedIssue& issue : list.issues) {
      std::string entries;
      for (const std::int64_t one : issue.entries) {
        entries += (entries.empty() ? "" : " ") + std::to_string(one);
      }
      out += csv_row({list.name, list.publisher, list.url, issue.parties ? "in force" : "missing",
                      issue.issue, issue.parties ? to_hex(*issue.parties) : "",
                      time(issue.retrieved), time(issue.known_until), format_time(issue.from),
                      time(issue.until), number(issue.count), number(issue.unreadable), entries});
    }
    for (const ReportedStretch& stretch : list.unknown) {
      const std::optional<std::int64_t>& by = stretch.confirmed_by;
      out += csv_row({list.name, list.publisher, list.url, stretch.missing ? "no issue" : "stale",
                      "", "", "", "", format_time(stretch.time.from), format_time(stretch.time.to),
                      "", "", number(by)});
    }
  }
  return out;
}

}  // namespace tidewaiter
