#include "policies/language/policy_sections.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "policies/language/expression_types.h"
#include "policies/language/field_lookup.h"
#include "policies/language/zone_database.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 7> kWindowKeys = {
    "length", "every", "wait_for_late", "calendar", "session", "zone", "at_most"};
constexpr std::array<std::string_view, 3> kRespondKeys = {"case", "notify", "propose"};

/// Each record is part of length / every windows: this bounds what one record costs.
constexpr std::int64_t kMaxOverlap = 10'000;

std::optional<FieldId> read_field(DocumentReader& reader, const YamlNode& node, RecordKind kind) {
  const auto name = reader.text(node);
  if (!name) return std::nullopt;
  const auto id = find_field_of(kind, *name, node.span);
  if (id) return *id;
  reader.error(id.error());
  return std::nullopt;
}

/// Zones are written with capitals, which the machine's file system may insist on.
std::string zone_capitals(std::string name) {
  bool begins = true;
  for (char& c : name) {
    if (begins && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!begins && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    begins = c == '/' || c == '_' || c == '-';
  }
  return name;
}

std::optional<TimeZone> read_zone(DocumentReader& reader, const YamlNode& node) {
  const auto name = reader.text(node);
  if (!name) return std::nullopt;
  auto zone = read_time_zone(*name);
  if (zone) return *std::move(zone);
  const std::string near = zone_capitals(*name);
  reader.error(node.span, kUnknownZone, zone.error().message,
               near != *name && read_time_zone(near)
                   ? "did you mean `" + near + "`?"
                   : "write a name of the IANA database, such as `Europe/Berlin` or `UTC`");
  return std::nullopt;
}

constexpr Duration usual_length(CalendarUnit unit) {
  constexpr std::int64_t kDaysOfWeek = 7;
  constexpr std::int64_t kDaysOfMonth = 30;
  if (unit == CalendarUnit::kDays) return kDay;
  return Duration{(unit == CalendarUnit::kWeeks ? kDaysOfWeek : kDaysOfMonth) * kDay.us};
}

void read_calendar(DocumentReader& reader, const YamlNode& node, const YamlNode& unit,
                   Window& window) {
  static constexpr std::array<std::pair<std::string_view, CalendarUnit>, 3> kUnits = {
      {{"day", CalendarUnit::kDays},
       {"week", CalendarUnit::kWeeks},
       {"month", CalendarUnit::kMonths}}};
  for (const auto& [key, value] : node.members) {
    if (key.scalar != "length" && key.scalar != "every") continue;
    reader.error(key.span, kCalendarLength,
                 "a calendar " + unit.scalar + " has no `" + key.scalar + "` of its own",
                 "leave out `" + key.scalar + "`, or `calendar` for windows of one length");
  }
  Calendar calendar;
  calendar.unit = reader.one_of(unit, kUnits).value_or(CalendarUnit::kDays);
  if (const YamlNode* zone = node.find("zone")) {
    calendar.zone = read_zone(reader, *zone).value_or(TimeZone{});
  }
  window.length = usual_length(calendar.unit);
  window.every = window.length;
  window.calendar = std::move(calendar);
}

/// A subject that never rests has sessions as long as this.
constexpr Duration kUsualAtMost{7 * kDay.us};
constexpr Duration kLongestAtMost{366 * kDay.us};

void read_session(DocumentReader& reader, const YamlNode& node, const YamlNode& session,
                  Window& window) {
  for (const auto& [key, value] : node.members) {
    if (key.scalar == "session" || key.scalar == "at_most" || key.scalar == "wait_for_late") {
      continue;
    }
    reader.error(key.span, kSessionMisfit,
                 "a session is as long as its records make it: it has no `" + key.scalar + "`",
                 "leave `" + key.scalar + "` out; `at_most` bounds a session");
  }
  window.length = kUsualAtMost;
  const YamlNode* most = node.find("at_most");
  if (most != nullptr) window.length = reader.duration(*most).value_or(kUsualAtMost);
  window.session = reader.duration(session).value_or(kMinute);
  if (window.length.us <= 0 || window.length > kLongestAtMost) {
    reader.error(most->span, kBadSession, "`at_most` is no time, or more than 366 days",
                 "write how long a session may be, as in `at_most: 7d`");
    window.length = kUsualAtMost;
  }
  if (window.session->us <= 0 || *window.session > window.length) {
    reader.error(session.span, kBadSession,
                 "after `" + session.scalar +
                     "` without a record no session can end that is at most " +
                     format_duration(window.length),
                 "write a gap above 0 and at most `at_most`, as in `{session: 30m, at_most: 7d}`");
    window.session = window.length;
  }
  window.every = window.length;
}

void read_window_map(DocumentReader& reader, const YamlNode& node, Window& window) {
  check_keys(reader.yaml(), node, kWindowKeys, reader.diagnostics());
  if (const YamlNode* late = node.find("wait_for_late")) {
    window.says_wait = true;
    window.wait_for_late = reader.duration(*late).value_or(Duration{});
  }
  if (const YamlNode* session = node.find("session")) {
    read_session(reader, node, *session, window);
    return;
  }
  if (const YamlNode* most = node.find("at_most")) {
    reader.error(most->span, kSessionMisfit, "`at_most` bounds a session, and there is none",
                 "write `{session: 30m, at_most: " + most->scalar + "}`, or leave it out");
  }
  if (const YamlNode* calendar = node.find("calendar")) {
    read_calendar(reader, node, *calendar, window);
    return;
  }
  if (const YamlNode* zone = node.find("zone")) {
    reader.error(zone->span, kZoneWithoutCalendar,
                 "a zone moves only the windows of a calendar; others are counted from the epoch",
                 "write `{calendar: day, zone: " + zone->scalar + "}`, or leave `zone` out");
  }
  const YamlNode* length = node.find("length");
  if (length == nullptr) {
    reader.error(node.span, kMissingKey, "`length` is missing in the window",
                 "write `window: {length: 24h}`");
    return;
  }
  const auto whole = reader.duration(*length);
  window.length = whole.value_or(kSecond);
  window.every = window.length;
  const YamlNode* every = node.find("every");
  if (every == nullptr) return;
  const auto step = reader.duration(*every);
  if (!step || !whole) return;  // of a length that is none nothing can be said
  if (step->us <= 0 || window.length.us % step->us != 0) {
    reader.error(every->span, kEveryDoesNotDivide,
                 "`every: " + every->scalar + "` does not divide `length: " + length->scalar + "`",
                 "write a step that fits a whole number of times, as in `{length: 24h, every: "
                 "1h}`");
    return;
  }
  if (window.length.us / step->us > kMaxOverlap) {
    reader.error(every->span, kTooManyParts, "more than 10000 windows overlap",
                 "write a longer `every`");
    return;
  }
  window.every = *step;
}

void read_response(DocumentReader& reader, const YamlNode& node, Policy& policy) {
  if (!reader.expect_map(node, "- case: review")) return;
  check_keys(reader.yaml(), node, kRespondKeys, reader.diagnostics());
  if (const YamlNode* queue = node.find("case")) {
    if (!policy.review_queue.empty()) {
      reader.error(queue->span, kNotOneOf, "a second `case`", "a policy has one review queue");
    }
    policy.review_queue = reader.text(*queue).value_or("");
  }
  if (const YamlNode* notify = node.find("notify")) {
    for (std::string& name : reader.texts(*notify)) policy.notify.push_back(std::move(name));
  }
  if (const YamlNode* propose = node.find("propose")) {
    for (std::string& what : reader.texts(*propose)) policy.proposals.push_back(std::move(what));
  }
}

/// `cluster` is no field, so that the error about the field that is not there says nothing of it.
void suggest_cluster(DocumentReader& reader, const YamlNode& item) {
  constexpr std::array<std::string_view, 1> kSubjects = {"cluster"};
  Diagnostic& told = reader.diagnostics().back();
  if (told.code != kUnknownName.code || !did_you_mean(item.scalar, kSubjects)) return;
  told.hint = "did you mean `cluster`?";
  told.fix.clear();
}

}  // namespace

std::vector<FieldId> read_for_each(DocumentReader& reader, const YamlNode& document,
                                   RecordKind kind) {
  std::vector<FieldId> ids;
  const YamlNode* node = document.find("for_each");
  if (node == nullptr) {
    if (const auto account = find_field("account")) ids.push_back(*account);
    return ids;
  }
  const auto items = DocumentReader::items(*node);
  if (items.empty()) {
    reader.error(node->span, kEmptyValue, "`for_each` names no field", "write `for_each: account`");
  }
  for (const YamlNode* item : items) {
    if (item->scalar == "cluster") {
      if (items.size() > 1) {
        reader.error(item->span, kClusterMisfit, "`cluster` stands beside another subject",
                     "write `for_each: cluster` alone");
      }
      ids.push_back(kFieldCluster);
      continue;
    }
    const auto id = read_field(reader, *item, kind);
    if (!id) {
      suggest_cluster(reader, *item);
      continue;
    }
    if (!can_be_subject(field(*id).type)) {
      reader.error(item->span, kBadSubject,
                   "`" + item->scalar + "` is " + std::string(type_name(field(*id).type)) +
                       " and cannot be a subject",
                   "name a field with one text, address, whole number or truth value");
    } else if (std::ranges::find(ids, *id) != ids.end()) {
      reader.error(item->span, kBadSubject, "`" + item->scalar + "` stands twice in `for_each`",
                   "name it once");
    } else {
      ids.push_back(*id);
    }
  }
  return ids;
}

void read_window(DocumentReader& reader, const YamlNode& document, Window& window) {
  const YamlNode* node = document.find("window");
  window = {kSecond, kSecond};
  if (node == nullptr) return;
  if (node->kind == YamlNode::Kind::kScalar) {
    window.length = reader.duration(*node).value_or(kSecond);
    window.every = window.length;
  } else if (reader.expect_map(*node, "window: {length: 24h, every: 1h}")) {
    read_window_map(reader, *node, window);
  }
  if (window.length.us > 0) return;
  reader.error(node->span, kEmptyWindow, "the window has no length", "write `window: 24h`");
}

void read_respond(DocumentReader& reader, const YamlNode& document, Policy& policy) {
  const YamlNode* node = document.find("respond");
  if (node == nullptr) return;
  for (const YamlNode* item : DocumentReader::items(*node)) read_response(reader, *item, policy);
}

}  // namespace tidewaiter
