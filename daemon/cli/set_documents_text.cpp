#include "daemon/cli/set_documents_text.h"

#include <string_view>
#include <vector>

#include "daemon/cli/finding_text.h"
#include "daemon/cli/link_report.h"
#include "daemon/cli/text_table.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

/// Nothing if there is no end.
std::string end_text(UtcTime end) {
  return end < kAlways.to ? ", before " + format_time(end) : std::string();
}

Json end_json(UtcTime end) { return end < kAlways.to ? Json(format_time(end)) : Json(); }

UtcTime end_of(const std::vector<Interval>& in_force) {
  return in_force.empty() ? kAlways.to : in_force.back().to;
}

/// Of a list of which it is known what follows from being on it.
std::string asked_text(const ListDocument& list) {
  return list.consequences == nullptr ? std::string()
                                      : ", what follows as of " + list.consequences->code();
}

std::string list_text(const ListDocument& list) {
  if (!list.synced.empty()) {
    return "the published list " + list.synced +
           ", as `tidewaiter list sync` keeps it; a sample of " +
           counted(static_cast<std::int64_t>(list.values->size()), "party", "parties") +
           " for tests" + asked_text(list);
  }
  const auto size = static_cast<std::int64_t>(list.values->size());
  std::string text = grouped(size) + (size == 1 ? " value" : " values") + " of type " +
                     std::string(type_name(list.values->type()));
  if (list.source) text += ", from " + list.source->name;
  text += asked_text(list);
  return text + end_text(list.values->size() == 0 ? kAlways.to : list.values->last_until());
}

std::string exemption_text(const ExemptionDocument& exemption) {
  return "from " + joined(exemption.policies) +
         (exemption.under.empty() ? "" : ", under license " + exemption.under) + ", approved by " +
         exemption.approved_by + end_text(exemption.until);
}

std::string license_text(const LicenseDocument& license) {
  const std::string items = joined(license.classification);
  return license.authority + " " + license.number + (items.empty() ? "" : ", " + items) +
         end_text(end_of(license.in_force));
}

std::string pack_text(const PackDocument& pack) {
  std::vector<std::string> held = pack.policies;
  held.insert(held.end(), pack.others.begin(), pack.others.end());
  return held.empty() ? "nothing" : joined(held);
}

std::string tests_text(const TestsDocument& tests) {
  const auto count = static_cast<std::int64_t>(tests.cases.size());
  return counted(count, "test") + " of " + tests.policy;
}

void add(TextTable& table, std::string_view kind, const DocumentHeader& header, std::string what) {
  table.add_row({{std::string(kind)},
                 {header.name},
                 {grouped(header.version)},
                 {header.owner},
                 {std::move(what)}});
}

Json header_json(const DocumentHeader& header) {
  return {{"id", header.name},     {"version", header.version}, {"title", header.title},
          {"owner", header.owner}, {"file", header.span.file},  {"line", header.span.line}};
}

}  // namespace

std::string documents_text(const SetDocuments& documents, const Terminal& terminal) {
  TextTable table({{.header = "DOCUMENT"},
                   {.header = "NAME"},
                   {.header = "VERSION", .right = true},
                   {.header = "OWNER", .folds = true},
                   {.header = "WHAT", .folds = true}});
  for (const PackDocument& pack : documents.packs) add(table, "pack", pack.header, pack_text(pack));
  for (const ListDocument& list : documents.lists) add(table, "list", list.header, list_text(list));
  for (const ExemptionDocument& exemption : documents.exemptions) {
    add(table, "exemption", exemption.header, exemption_text(exemption));
  }
  for (const LicenseDocument& license : documents.licenses) {
    add(table, "license", license.header, license_text(license));
  }
  for (const LinkageDocument& linkage : documents.linkages) {
    add(table, "linkage", linkage.header, linkage_text(linkage.linkage));
  }
  for (const TestsDocument& tests : documents.tests) {
    add(table, "tests", tests.header, tests_text(tests));
  }
  return table.empty() ? std::string() : table.render(terminal);
}

Json documents_json(const SetDocuments& documents) {
  Json packs = Json::array();
  for (const PackDocument& pack : documents.packs) {
    Json one = header_json(pack.header);
    one["includes"] = pack.includes;
    one["policies"] = pack.policies;
    one["others"] = pack.others;
    packs.push_back(std::move(one));
  }
  Json lists = Json::array();
  for (const ListDocument& list : documents.lists) {
    Json one = header_json(list.header);
    one["type"] = type_name(list.values->type());
    one["values"] = list.values->size();
    one["source"] = list.source ? Json(list.source->name) : Json();
    one["retrieved"] =
        list.source && list.source->retrieved ? Json(format_time(*list.source->retrieved)) : Json();
    one["ends"] = list.values->size() == 0 ? Json() : end_json(list.values->last_until());
    one["sha256"] = to_hex(list.values->digest());
    one["synced"] = list.synced.empty() ? Json() : Json(list.synced);
    one["consequences"] = list.consequences == nullptr ? Json() : Json(list.consequences->code());
    lists.push_back(std::move(one));
  }
  Json exemptions = Json::array();
  for (const ExemptionDocument& exemption : documents.exemptions) {
    Json one = header_json(exemption.header);
    one["policies"] = exemption.policies;
    one["under"] = exemption.under.empty() ? Json() : Json(exemption.under);
    one["ends"] = end_json(exemption.until);
    one["approved_by"] = exemption.approved_by;
    one["reason"] = exemption.reason;
    exemptions.push_back(std::move(one));
  }
  Json licenses = Json::array();
  for (const LicenseDocument& license : documents.licenses) {
    Json one = header_json(license.header);
    one["number"] = license.number;
    one["authority"] = license.authority;
    one["classification"] = license.classification;
    one["conditions"] = license.conditions;
    one["ends"] = end_json(end_of(license.in_force));
    licenses.push_back(std::move(one));
  }
  Json linkages = Json::array();
  for (const LinkageDocument& linkage : documents.linkages) {
    Json one = header_json(linkage.header);
    one.update(linkage_json(linkage.linkage));
    linkages.push_back(std::move(one));
  }
  Json tests = Json::array();
  for (const TestsDocument& document : documents.tests) {
    Json one = header_json(document.header);
    one["policy"] = document.policy;
    one["cases"] = document.cases;
    tests.push_back(std::move(one));
  }
  return {{"packs", packs},       {"lists", lists},       {"exemptions", exemptions},
          {"licenses", licenses}, {"linkages", linkages}, {"tests", tests}};
}

}  // namespace tidewaiter
