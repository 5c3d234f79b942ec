#include "daemon/report/cluster_members.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "daemon/report/csv_text.h"
#include "daemon/report/html_table.h"

namespace tidewaiter {
namespace {

using Ordered = nlohmann::ordered_json;

/// Rows of the page; the rest is in the table for spreadsheets.
constexpr std::size_t kMostMemberRows = 200;

std::string joined(const std::vector<std::string>& texts, const char* by) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : by) + text;
  return out;
}

std::string linked_by(const ClusterMember& member) {
  return member.evidence.empty() ? "not told" : joined(member.evidence, ", ");
}

}  // namespace

ReportedMembers redacted_members(const ReportedMembers& members, MembersTold told) {
  ReportedMembers out;
  out.accounts = members.accounts;
  out.named = told == MembersTold::kById;
  if (told == MembersTold::kHowMany) return out;
  for (const ClusterMember& member : members.members) {
    ClusterMember one;
    one.first = member.first;
    one.last = member.last;
    one.requests = member.requests;
    one.evidence = member.evidence;
    one.findings = member.findings;
    if (out.named) {
      one.name = member.name;
      one.subject = member.subject;
      one.finding_ids = member.finding_ids;
    } else {
      one.name = "account " + std::to_string(out.members.size() + 1);
    }
    out.members.push_back(std::move(one));
  }
  return out;
}

std::optional<std::string> members_word(const std::optional<ReportedMembers>& members) {
  if (!members || !members->named || members->members.empty()) return std::nullopt;
  std::string word;
  for (const ClusterMember& member : members->members) {
    word += (word.empty() ? "" : "\n") + member.subject;
  }
  return word;
}

void write_members(HtmlWriter& page, const std::optional<ReportedMembers>& members) {
  if (!members) return;
  heading(page, "The accounts of the cluster");
  if (members->members.empty()) {
    page.element("p", "The cluster has " + std::to_string(members->accounts) +
                          " accounts; which they are is withheld.");
    return;
  }
  const std::size_t shown = std::min(members->members.size(), kMostMemberRows);
  std::string caption = std::to_string(members->accounts) +
                        " accounts, as stored records have them when the report was drawn; UTC";
  if (shown < members->members.size()) {
    caption +=
        "; all of them are in data/members.csv, the first " + std::to_string(shown) + " here";
  }
  HtmlTable table(page, caption,
                  {{"Account", true},
                   {"First seen"},
                   {"Last seen"},
                   {"Requests"},
                   {"Linked by", true},
                   {"Findings of its own"}});
  for (std::size_t i = 0; i < shown; ++i) {
    const ClusterMember& one = members->members[i];
    table.row({one.name, format_time(one.first), format_time(one.last),
               std::to_string(one.requests), linked_by(one), std::to_string(one.findings)});
  }
  table.end();
}

Ordered members_json(const std::optional<ReportedMembers>& members) {
  if (!members) return nullptr;
  Ordered json = {{"accounts", members->accounts}, {"named", members->named}};
  json["members"] = Ordered::array();
  for (const ClusterMember& one : members->members) {
    json["members"].push_back(
        {{"name", one.name},
         {"subject", one.subject.empty() ? Ordered(nullptr) : Ordered(one.subject)},
         {"first", format_time(one.first)},
         {"last", format_time(one.last)},
         {"requests", one.requests},
         {"linked_by", one.evidence},
         {"findings", one.findings},
         {"finding_ids", one.finding_ids}});
  }
  return json;
}

std::string members_csv(const ReportedMembers& members) {
  std::string out = csv_row(
      {"account", "subject", "first", "last", "requests", "linked_by", "findings", "finding_ids"});
  for (const ClusterMember& one : members.members) {
    out += csv_row({one.name, one.subject, format_time(one.first), format_time(one.last),
                    std::to_string(one.requests), joined(one.evidence, " "),
                    std::to_string(one.findings), joined(one.finding_ids, " ")});
  }
  return out;
}

}  // namespace tidewaiter
