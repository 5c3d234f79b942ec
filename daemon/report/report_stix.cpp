#include "daemon/report/report_stix.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/report/figure_words.h"
#include "daemon/report/screening_html.h"
#include "daemon/report/uuid5.h"
#include "storage/ledger/act.h"
#include "storage/review/tlp_marking.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;

constexpr Duration kMillisecond{1'000};
constexpr std::size_t kWholeSeconds = 19;  // "2026-10-05T08:00:00"
constexpr std::size_t kMilliseconds = 23;  // "2026-10-05T08:00:00.000"
/// What STIX lets observed-data count.
constexpr std::int64_t kMostObserved = 999'999'999;

/// The space that STIX 2.1 (section 2.9) sets apart for observables.
constexpr UuidBytes kObservableSpace{0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c,
                                     0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7};
/// Tidewaiter's own: all other objects must not be named in that one. Drawn at random, once.
constexpr UuidBytes kReportSpace{0x8d, 0x1c, 0x6f, 0x52, 0x3b, 0x90, 0x4e, 0x07,
                                 0xa4, 0x6e, 0x5b, 0xc2, 0x17, 0xf8, 0x9d, 0x33};

/// The strictest where the report has a marking of none.
const TlpMarking& marking_of(const Report& report) {
  const TlpMarking* const found = tlp_marking(report.handling);
  return found == nullptr ? kTlpMarkings.front() : *found;
}

/// To the millisecond, which STIX asks for.
std::string stix_time(UtcTime time) {
  std::string text = format_time(align_down(time, kMillisecond));
  text.pop_back();
  if (text.size() == kWholeSeconds) text += '.';
  text.resize(std::max(text.size(), kMilliseconds), '0');
  return text + 'Z';
}

std::string lines_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

std::string finding_words(const ReportedFinding& finding) {
  std::vector<std::string> lines{
      "Standing: " + finding.standing +
          ". It is a potential violation until a person has "
          "confirmed it.",
      "About: " + finding.subject,
      "Policy: " + finding.policy + ", version " + std::to_string(finding.policy_version),
      "Severity: " + std::string(severity_name(finding.severity)),
      "Time: " + format_time(finding.run.from) + " to " + format_time(finding.run.to)};
  for (const ReportedFigure& figure : finding.figures) {
    lines.push_back("Figure: " + figure_text(figure) + of_which_windows(finding));
  }
  for (const ListAge& age : finding.lists) {
    lines.push_back("List: " + age.list + ", " + list_age_words(age));
  }
  std::string entries;
  for (const std::int64_t entry : finding.entries) entries += ' ' + std::to_string(entry);
  lines.push_back("Entries of the ledger:" + entries);
  return lines_of(lines);
}

std::string policy_words(const ReportedPolicy& policy) {
  std::vector<std::string> lines;
  for (const std::string* const text : {&policy.title, &policy.description}) {
    if (!text->empty()) lines.push_back(*text);
  }
  for (const ReportedBasis& basis : policy.basis) {
    std::string line = (basis.in_force ? "Basis: " : "Not in force then: ") + basis.type + ": ";
    line += basis.text;
    for (const std::string* const part : {&basis.jurisdiction, &basis.citation}) {
      if (!part->empty()) line += ", " + *part;
    }
    lines.push_back(std::move(line));
  }
  for (const std::string& innocent : policy.may_be_innocent) {
    lines.push_back("May be innocent: " + innocent);
  }
  lines.push_back("SHA-256 of the policy: " + to_hex(policy.hash));
  return lines_of(lines);
}

std::string limit_words(const Report& report) {
  std::vector<std::string> lines;
  for (const WithheldPart& part : report.withheld) {
    lines.push_back("Withheld: " + std::to_string(part.count) + " " + part.what + ": " + part.why +
                    " (by " + part.by + ")");
  }
  lines.insert(lines.end(), report.limits.begin(), report.limits.end());
  return lines_of(lines);
}

/// Whether a subject is one account, and no account with something else: its parts are joined by
/// " + ", and a blank within a part has a backslash before it.
bool is_account(std::string_view name) {
  if (!name.starts_with("account:")) return false;
  for (std::size_t at = name.find(" + "); at != std::string_view::npos;
       at = name.find(" + ", at + 1)) {
    if (name[at - 1] != '\\') return false;
  }
  return true;
}

/// One rendering.
class StixRendering {
 public:
  explicit StixRendering(const Report& report) : report_(report), marking_(marking_of(report)) {}

  std::string text() {
    objects_.push_back(marking_object());
    add_house();
    for (const ReportedSubject& subject : report_.subjects) add_subject(subject);
    for (const ReportedFinding& finding : report_.findings) add_finding(finding);
    add_members();
    for (const auto& [name, members] : cases_) add_case(name, members);
    for (const ReportedPolicy& policy : report_.policies) {
      add_note("policy " + policy.id + " " + std::to_string(policy.version),
               "Policy " + policy.id + ", version " + std::to_string(policy.version),
               policy_words(policy), report_id());
    }
    if (report_.screening) {
      add_note("screening", "What was held against which lists",
               lines_of(screening_lines(*report_.screening)), report_id());
    }
    const std::string limits = limit_words(report_);
    if (!limits.empty()) {
      add_note("limits", "What is withheld, and what the report cannot say", limits, report_id());
    }
    add_report();
    add_followed();
    const Json bundle = {
        {"type", "bundle"}, {"id", id_of("bundle", "")}, {"objects", std::move(objects_)}};
    return bundle.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  }

 private:
  [[nodiscard]] std::string id_of(const std::string& type, const std::string& name) const {
    return type + "--" +
           uuid5(kReportSpace, report_.origin + "\n" + report_.id + "\n" + type + "\n" + name);
  }
  [[nodiscard]] std::string report_id() const { return id_of("report", ""); }
  [[nodiscard]] std::string house_id() const { return id_of("identity", ""); }

  /// What every object has that is no observable.
  [[nodiscard]] Json object(const std::string& type, const std::string& id) const {
    return {{"type", type},
            {"spec_version", "2.1"},
            {"id", id},
            {"created_by_ref", house_id()},
            {"created", stix_time(report_.drawn)},
            {"modified", stix_time(report_.drawn)},
            {"lang", "en"},
            {"object_marking_refs", Json::array({marking_.stix_id})}};
  }

  [[nodiscard]] Json marking_object() const {
    return {
        {"type", "marking-definition"},
        {"spec_version", "2.1"},
        {"id", std::string(marking_.stix_id)},
        {"created", "2022-10-01T00:00:00.000Z"},
        {"name", std::string(marking_.name)},
        {"extensions",
         {{kTlpExtension,
           {{"extension_type", "property-extension"}, {"tlp_2_0", std::string(marking_.value)}}}}}};
  }

  [[nodiscard]] Json house_object() const {
    Json json = object("identity", house_id());
    json["name"] = report_.origin;
    json["description"] = "The ledger that the report is drawn from";
    json["identity_class"] = "system";
    return json;
  }

  void add_house() {
    objects_.push_back(house_object());
    about_.push_back(house_id());
  }

  /// How the report is to the one that it follows. One that is corrected is revoked by its creator,
  /// in a later version of it that has no more than STIX asks for.
  void add_followed() {
    if (!report_.follows) return;
    const ReportedFollowing& follows = *report_.follows;
    Report earlier;
    earlier.id = follows.report;
    earlier.origin = report_.origin;
    earlier.drawn = follows.drawn;
    earlier.handling = follows.handling;
    const StixRendering before(earlier);
    if (follows.as == following_name(FollowingAs::kCorrects)) {
      if (&before.marking_ != &marking_) objects_.push_back(before.marking_object());
      objects_.push_back(before.house_object());
      Json revoked = before.object("report", before.report_id());
      revoked["modified"] = stix_time(report_.drawn);
      revoked["revoked"] = true;
      revoked["name"] = report_.title;
      revoked["published"] = stix_time(follows.drawn);
      revoked["object_refs"] = Json::array({before.house_id()});
      objects_.push_back(std::move(revoked));
    }
    Json link = object("relationship", id_of("relationship", follows.report));
    link["relationship_type"] = "related-to";
    link["description"] = "This report " + follows.as + " `" + follows.report + "`, whose " +
                          "manifest has the SHA-256 " + to_hex(follows.manifest) + ": " +
                          follows.why;
    link["source_ref"] = report_id();
    link["target_ref"] = before.report_id();
    objects_.push_back(std::move(link));
  }

  /// The id of a user account rests on what STIX has identify it, in RFC 8785: its `user_id`.
  void add_subject(const ReportedSubject& subject) {
    if (subject.withheld || subject.erased) return;
    Json json;
    if (is_account(subject.name)) {
      const Json contributing = {{"user_id", subject.name}};
      const std::string id =
          "user-account--" +
          uuid5(kObservableSpace,
                contributing.dump(-1, ' ', false, Json::error_handler_t::replace));
      json = {{"type", "user-account"},
              {"spec_version", "2.1"},
              {"id", id},
              {"object_marking_refs", Json::array({marking_.stix_id})},
              {"user_id", subject.name}};
    } else {
      json = object("identity", id_of("identity", subject.name));
      json["name"] = subject.name;
      json["identity_class"] = "unknown";
    }
    const std::string id = json["id"];
    // A subject of several cases is one object.
    if (!subjects_.emplace(subject.name, id).second) return;
    objects_.push_back(std::move(json));
    about_.push_back(id);
  }

  void add_finding(const ReportedFinding& finding) {
    const auto subject = subjects_.find(finding.subject);
    std::string about = report_id();
    if (subject != subjects_.end()) {
      about = subject->second;
      if (about.starts_with("user-account--")) about = add_observed(finding, about);
      std::vector<std::string>& members = cases_[finding.case_id];
      for (const std::string& one : {subject->second, about}) {
        if (std::ranges::find(members, one) == members.end()) members.push_back(one);
      }
    }
    add_note("finding " + finding.id, "Finding " + finding.id + " by " + finding.policy,
             finding_words(finding), about);
  }

  /// The accounts of the cluster that the case is about, where they are named.
  void add_members() {
    if (!report_.members || !report_.members->named) return;
    for (const ClusterMember& member : report_.members->members) {
      add_subject({member.subject, false, false, {}, 0});
      cases_[report_.case_id].push_back(subjects_.at(member.subject));
    }
  }

  std::string add_observed(const ReportedFinding& finding, const std::string& account) {
    std::string id = id_of("observed-data", finding.id);
    Json json = object("observed-data", id);
    json["first_observed"] = stix_time(finding.run.from);
    json["last_observed"] = stix_time(finding.run.to);
    json["number_observed"] = std::clamp<std::int64_t>(finding.records, 1, kMostObserved);
    json["object_refs"] = Json::array({account});
    objects_.push_back(std::move(json));
    about_.push_back(id);
    return id;
  }

  void add_case(const std::string& name, const std::vector<std::string>& members) {
    const std::string id = id_of("grouping", name);
    Json json = object("grouping", id);
    json["name"] = "Case " + name;
    json["context"] = "suspicious-activity";
    json["object_refs"] = members;
    objects_.push_back(std::move(json));
    about_.push_back(id);
  }

  /// A note on an object of the report, or on the report itself.
  void add_note(const std::string& name, const std::string& abstract, const std::string& content,
                const std::string& about) {
    Json json = object("note", id_of("note", name));
    json["abstract"] = abstract;
    json["content"] = content;
    json["authors"] = Json::array({report_.author});
    json["object_refs"] = Json::array({about});
    objects_.push_back(std::move(json));
  }

  void add_report() {
    std::vector<std::string> words{"Covers " + format_time(report_.period.from) + " to " +
                                   format_time(report_.period.to) + ", UTC."};
    for (const auto& [element, text] : report_.statements) {
      words.emplace_back(element).append(": ").append(text);
    }
    Json json = object("report", report_id());
    json["name"] = report_.title;
    json["description"] = lines_of(words);
    json["report_types"] = Json::array({subjects_.empty() ? "threat-report" : "observed-data"});
    json["published"] = stix_time(report_.drawn);
    const Json source = {{"source_name", report_.origin},
                         {"external_id", report_.id},
                         {"description", "The report, in the ledger that proves it"}};
    json["external_references"] = Json::array({source});
    json["object_refs"] = about_;
    objects_.push_back(std::move(json));
  }

  const Report& report_;
  const TlpMarking& marking_;
  Json objects_ = Json::array();
  std::vector<std::string> about_;                         // what the report refers to
  std::map<std::string, std::string> subjects_;            // ids of those that are named
  std::map<std::string, std::vector<std::string>> cases_;  // what is named in them
};

}  // namespace

std::string report_stix(const Report& report) { return StixRendering(report).text(); }

}  // namespace tidewaiter
