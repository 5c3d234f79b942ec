#include "daemon/sources/push/push_batch.h"

#include <algorithm>
#include <functional>
#include <utility>

#include <simdjson.h>

#include "daemon/sources/bad_share.h"
#include "daemon/sources/contract/page_json.h"
#include "daemon/sources/delivered_record.h"
#include "daemon/sources/json_cells.h"
#include "daemon/sources/push/cloud_event.h"
#include "daemon/sources/row_mapper.h"
#include "daemon/sources/stored_reason.h"
#include "policies/model/digest.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kFaultsTold = 10;
constexpr std::int64_t kEnoughItems = 100;  // from here on a body is given up before its end
constexpr std::string_view kMark = "\xef\xbb\xbf";

/// One line or event.
struct PushItem {
  std::string_view text;
  std::int64_t number = 1;
  std::int64_t offset = -1;
};

using Taken = Result<void>;

/// The identity of a record that came as an event: who sent it, and the event's own name.
Digest event_identity(const std::string& source, const CloudEvent& event) {
  return Sha256()
      .update_framed(source)
      .update_framed(event.source)
      .update_framed(event.id)
      .finish();
}

Result<UtcTime> stated_time(std::string_view name, const std::string& text) {
  const Result<UtcTime> time = parse_time(text);
  if (time && is_record_time(*time)) return *time;
  return fail(ErrorCode::kInvalidInput, "`" + std::string(name) + "`: expected a time in RFC 3339");
}

/// {"from": "…", "to": "…"}
Result<PushStatement> read_statement(simdjson::ondemand::object object, UtcTime now) {
  std::optional<std::string> from;
  std::optional<std::string> to;
  const PageRead fault =
      each_member(object, [&](std::string_view name, simdjson::ondemand::value value) -> PageRead {
        std::optional<std::string>* const text = name == "from" ? &from
                                                 : name == "to" ? &to
                                                                : nullptr;
        if (text == nullptr) return row_fault("`" + std::string(name) + "`: unknown member");
        if (*text) return row_fault("`" + std::string(name) + "`: duplicate member");
        return read_text(value, name, *text);
      });
  if (fault) return fail(ErrorCode::kInvalidInput, fault->reason);
  if (!to) return fail(ErrorCode::kInvalidInput, "`to`: a statement needs it");
  PushStatement statement;
  const Result<UtcTime> end = stated_time("to", *to);
  if (!end) return tl::unexpected(end.error());
  statement.to = *end;
  if (from) {
    const Result<UtcTime> begin = stated_time("from", *from);
    if (!begin) return tl::unexpected(begin.error());
    statement.from = *begin;
  }
  if (statement.to > now) {
    return fail(ErrorCode::kInvalidInput, "`to`: it lies ahead, and nobody knows what will come");
  }
  if (statement.from && *statement.from >= statement.to) {
    return fail(ErrorCode::kInvalidInput, "`from`: it is not before `to`");
  }
  return statement;
}

/// The statement in `json`, or in its one member `outer`.
Result<PushStatement> parse_statement(std::string_view json, std::string_view outer, UtcTime now) {
  const simdjson::padded_string padded(json);
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  auto code = parser.iterate(padded).get(document);
  if (code == simdjson::SUCCESS) code = document.get_object().get(object);
  if (code != simdjson::SUCCESS) {
    return fail(ErrorCode::kInvalidInput,
                std::string("expected one JSON object: ") + simdjson::error_message(code));
  }
  if (outer.empty()) return read_statement(object, now);
  std::optional<Result<PushStatement>> statement;
  const PageRead fault =
      each_member(object, [&](std::string_view name, simdjson::ondemand::value value) -> PageRead {
        if (name != outer || statement) {
          return row_fault("`" + std::string(name) + "`: a statement has no other member");
        }
        simdjson::ondemand::object inner;
        if (const auto wrong = value.get_object().get(inner); wrong != simdjson::SUCCESS) {
          return row_fault("`" + std::string(name) + "`: expected an object with `from` and `to`");
        }
        statement = read_statement(inner, now);
        return std::nullopt;
      });
  if (fault) return fail(ErrorCode::kInvalidInput, fault->reason);
  return *statement;
}

bool begins_statement(std::string_view line) {
  constexpr std::string_view kMember = "\"drained\"";
  if (line.empty() || line.front() != '{') return false;
  const std::size_t at = line.find_first_not_of(" \t", 1);
  return at != std::string_view::npos && line.substr(at).starts_with(kMember);
}

/// Reads the items of one body.
class BodyReader {
 public:
  BodyReader(const SourceConfig& config, UtcTime now) : config_(config), now_(now) {}

  Result<void> prepare() {
    if (!config_.mapping) return {};
    Result<RowMapper> rows = RowMapper::make(config_);
    if (!rows) return tl::unexpected(rows.error());
    rows_ = *std::move(rows);
    std::vector<std::string_view> names;
    names.reserve(config_.mapping->columns.size());
    for (const auto& column : config_.mapping->columns) names.push_back(column.name);
    if (auto bound = rows_->bind(names, config_.name); !bound) return bound;
    Result<JsonCells> cells = JsonCells::make(config_.mapping->pointers);
    if (!cells) return tl::unexpected(cells.error());
    cells_ = *std::move(cells);
    return {};
  }

  /// False: enough is bad for the body to be refused.
  bool take(const PushItem& item, const std::function<Result<void>(BodyReader&)>& read) {
    ++items_;
    const Result<void> taken = read(*this);
    if (!taken) note_fault(item, taken.error().message);
    return items_ < kEnoughItems || bad_ <= allowed();
  }

  Taken take_line(std::string_view line) {
    if (begins_statement(line)) return keep_statement(parse_statement(line, "drained", now_));
    return keep_native(line, nullptr);
  }

  Taken take_event(const Result<CloudEvent>& event) {
    if (!event) return tl::unexpected(event.error());
    if (event->type == kDrainedEvent) {
      return keep_statement(parse_statement(event->data, {}, now_));
    }
    if (cells_) return keep_mapped(*event);
    if (event->type != kRecordEvent) {
      return fail(ErrorCode::kInvalidInput, "`type`: expected `" + std::string(kRecordEvent) +
                                                "` or `" + std::string(kDrainedEvent) +
                                                "`: the source has no mapping of others");
    }
    if (event->data.empty()) return fail(ErrorCode::kInvalidInput, "`data`: the event has none");
    return keep_native(event->data, &*event);
  }

  /// What was read, or why it is refused. `word` is what an item is called.
  tl::expected<PushBatch, PushRefusal> end(const std::string& word) && {
    if (bad_ > allowed() || (bad_ > 0 && bad_ == items_)) {
      PushRefusal refusal;
      refusal.reason = std::to_string(bad_) + " of " + std::to_string(items_) + " " + word +
                       "s are bad, more than `max_bad` allows; the first is " + word + " " +
                       std::to_string(batch_.faults.front().number) + ": " +
                       batch_.faults.front().reason;
      refusal.faults = std::move(batch_.faults);
      return tl::unexpected(std::move(refusal));
    }
    return std::move(batch_);
  }

 private:
  [[nodiscard]] std::int64_t allowed() const { return most_bad(config_, items_); }

  void note_fault(const PushItem& item, const std::string& reason) {
    ++bad_;
    if (batch_.faults.size() < kFaultsTold) batch_.faults.push_back({item.number, reason});
    // Beyond that the body is refused, and what it would leave is not kept.
    if (bad_ > std::max(allowed(), kEnoughItems)) return;
    batch_.quarantine.push_back({"push/" + config_.name + ":" + std::to_string(item.number),
                                 item.offset, stored_reason(reason), sha256(item.text),
                                 static_cast<std::int64_t>(item.text.size())});
  }

  Taken keep_statement(Result<PushStatement> statement) {
    if (!statement) return tl::unexpected(statement.error());
    batch_.statements.push_back(*statement);
    return {};
  }

  Taken keep_native(std::string_view line, const CloudEvent* event) {
    Record defaults;
    defaults.source = config_.name;
    defaults.observed = now_;
    Result<Record> record = json_.read(line, defaults);
    if (!record) return tl::unexpected(record.error());
    if (record->kind != config_.record) {
      return fail(ErrorCode::kInvalidInput, "`kind`: `" + std::string(kind_name(record->kind)) +
                                                "`, and this source takes `" +
                                                std::string(kind_name(config_.record)) + "`");
    }
    return keep(*std::move(record), event);
  }

  Taken keep_mapped(const CloudEvent& event) {
    if (auto read = cells_->read(event.whole); !read) return read;
    const Result<bool> wanted = rows_->read(cells_->cells());
    if (!wanted) return tl::unexpected(wanted.error());
    if (!*wanted) {
      ++batch_.passed;
      return {};
    }
    Result<Record> record = rows_->record();
    if (!record) return tl::unexpected(record.error());
    return keep(*std::move(record), &event);
  }

  Taken keep(Record record, const CloudEvent* event) {
    if (auto completed = complete_record(record, config_, now_); !completed) return completed;
    if (event != nullptr) record.id = event_identity(config_.name, *event);
    // Last: what identifies the record is its own source.
    if (!config_.names_of.empty()) record.source = config_.names_of;
    batch_.records.push_back(std::move(record));
    return {};
  }

  const SourceConfig& config_;
  UtcTime now_;
  RecordJsonReader json_;
  std::optional<RowMapper> rows_;
  std::optional<JsonCells> cells_;
  PushBatch batch_;
  std::int64_t items_ = 0;
  std::int64_t bad_ = 0;
};

void read_lines(std::string_view body, BodyReader& reader) {
  PushItem item;
  std::size_t at = body.starts_with(kMark) ? kMark.size() : 0;
  for (; at < body.size(); ++item.number) {
    const std::size_t feed = std::min(body.find('\n', at), body.size());
    item.text = body.substr(at, feed - at);
    item.offset = static_cast<std::int64_t>(at);
    at = feed + 1;
    if (item.text.ends_with('\r')) item.text.remove_suffix(1);
    if (item.text.find_first_not_of(" \t") == std::string_view::npos) continue;
    const bool goes_on =
        reader.take(item, [&item](BodyReader& r) { return r.take_line(item.text); });
    if (!goes_on) return;
  }
}

/// Nothing; or why the body is no array of events.
std::optional<std::string> read_events(std::string_view body, BodyReader& reader) {
  const simdjson::padded_string padded(body);
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  simdjson::ondemand::array events;
  auto code = parser.iterate(padded).get(document);
  if (code == simdjson::SUCCESS) code = document.get_array().get(events);
  if (code != simdjson::SUCCESS) return simdjson::error_message(code);
  PushItem item;
  for (auto element : events) {
    simdjson::ondemand::value value;
    code = element.get(value);
    if (code == simdjson::SUCCESS) code = simdjson::to_json_string(value).get(item.text);
    if (code != simdjson::SUCCESS) return simdjson::error_message(code);
    item.offset = item.text.data() - padded.data();
    const bool goes_on = reader.take(
        item, [&item](BodyReader& r) { return r.take_event(read_cloud_event(item.text)); });
    if (!goes_on) return std::nullopt;
    ++item.number;
  }
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
    return "something stands behind the array";
  }
  return std::nullopt;
}

}  // namespace

tl::expected<PushBatch, PushRefusal> read_push_batch(const SourceConfig& config,
                                                     const PushedBody& body, UtcTime now) {
  BodyReader reader(config, now);
  if (auto ready = reader.prepare(); !ready) {
    return tl::unexpected(PushRefusal{true, to_text(ready.error()), {}});
  }
  const PushItem whole{body.bytes, 1, 0};
  switch (body.form) {
    case PushForm::kNativeLines:
      read_lines(body.bytes, reader);
      return std::move(reader).end("line");
    case PushForm::kEventArray:
      if (const auto fault = read_events(body.bytes, reader)) {
        return tl::unexpected(PushRefusal{true, "expected a JSON array of events: " + *fault, {}});
      }
      break;
    case PushForm::kSingleEvent:
      static_cast<void>(reader.take(
          whole, [&](BodyReader& r) { return r.take_event(read_cloud_event(body.bytes)); }));
      break;
    case PushForm::kHeaderEvent:
      static_cast<void>(reader.take(whole, [&](BodyReader& r) {
        return r.take_event(read_binary_event(*body.headers, body.bytes));
      }));
      break;
  }
  return std::move(reader).end("event");
}

}  // namespace tidewaiter
