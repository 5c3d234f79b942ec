#include "storage/records/own_records.h"

#include <utility>

#include "policies/model/field_catalogue.h"
#include "policies/model/record_identity.h"
#include "storage/records/figures.h"

namespace tidewaiter {
namespace {

/// `what` says which of all things noticed this one is, and is the same whenever that is told.
Record notice(std::string_view action, const std::string& source, const std::string& what,
              UtcTime now) {
  Record record;
  record.kind = RecordKind::kAudit;
  record.source = kOwnSource;
  record.id = identity_of_text(kOwnSource, std::string(action) + " " + what);
  record.observed = now;
  record.time = now;
  set_value(record, field_id("action"), std::string(action));
  set_value(record, field_id("actor.type"), std::string("system"));
  set_value(record, field_id("target.type"), std::string("source"));
  set_value(record, field_id("target.id"), source);
  set_value(record, field_id("outcome"), std::string("failure"));
  return record;
}

std::string times_text(UtcTime from, UtcTime to) {
  return format_time(from) + " to " + format_time(to);
}

}  // namespace

std::set<FieldId> own_fields() {
  return {field_id("action"),    field_id("actor.type"),  field_id("outcome"),
          field_id("target.id"), field_id("target.type"), field_id("status")};
}

Record restated_after_close(const std::string& source, const StoredVersion& before,
                            const StoredVersion& after, UtcTime now) {
  const Record& changed = *after.record;
  Record record = notice(kRestatedAction, source,
                         to_hex(changed.id) + " " + std::to_string(changed.revision), now);
  std::string text = times_text(changed.time, changed.end()) + ":";
  for (const FigureChange& change : changed_figures(*before.record, changed)) {
    text += " " + change.name + " " + change.before + " became " + change.after + ",";
  }
  text += " entry " + std::to_string(before.seq) + " became " + std::to_string(after.seq);
  set_value(record, field_id("status"), std::move(text));
  return record;
}

Record gap_of_source(const std::string& source, UtcTime since, UtcTime now, std::string_view why) {
  Record record = notice(kGapAction, source, source + " " + std::to_string(since.us), now);
  set_value(record, field_id("status"),
            "not read from " + times_text(since, now) + ": " + std::string(why));
  return record;
}

}  // namespace tidewaiter
