#include "daemon/sources/langfuse/observation_page.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "daemon/sources/contract/page_rows.h"
#include "policies/model/digest.h"
#include "policies/model/money.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;

/// What is kept of an observation.
struct Observation {
  std::optional<std::string> id;
  std::optional<std::string> type;
  std::optional<std::string> start;
  std::optional<std::string> end;
  std::optional<std::string> project;
  std::optional<std::string> user;
  std::optional<std::string> session;
  std::optional<std::string> level;
  std::optional<std::string> model;
  std::optional<std::string> total_cost;
  std::optional<std::int64_t> input;
  std::optional<std::int64_t> output;
  std::optional<std::int64_t> cached;
  std::optional<std::int64_t> reasoning;
  bool has_cost = false;
};

using ObservationText = std::pair<std::string_view, std::optional<std::string> Observation::*>;
constexpr auto kObservationTexts = std::to_array<ObservationText>({
    {"id", &Observation::id},
    {"type", &Observation::type},
    {"startTime", &Observation::start},
    {"endTime", &Observation::end},
    {"projectId", &Observation::project},
    {"userId", &Observation::user},
    {"sessionId", &Observation::session},
    {"level", &Observation::level},
    {"providedModelName", &Observation::model},
});

bool has_word(std::string_view name, std::string_view word) {
  return name.find(word) != std::string_view::npos;
}

/// Adds a count to a sum that may not have begun.
bool add_to(std::optional<std::int64_t>& sum, std::int64_t count) {
  std::int64_t total = 0;
  if (__builtin_add_overflow(sum.value_or(0), count, &total)) return false;
  sum = total;
  return true;
}

PageRead read_usage(ondemand::value& value, Observation& row) {
  ondemand::object details;
  if (value.get_object().get(details) != simdjson::SUCCESS) return std::nullopt;
  MembersSeen seen;
  return each_member(details, [&](std::string_view name, ondemand::value member) -> PageRead {
    if (!seen.is_first(name)) return row_fault("`usageDetails` has a member twice");
    const bool input = has_word(name, "input");
    if (!input && !has_word(name, "output")) return std::nullopt;
    std::optional<std::int64_t> count;
    if (PageRead fault = read_count(member, "usageDetails", count)) return fault;
    if (!count) return std::nullopt;
    const bool cached = name == "input_cached_tokens" || name == "cache_read_input_tokens";
    bool fits = add_to(input ? row.input : row.output, *count);
    if (cached) fits = add_to(row.cached, *count) && fits;
    if (name == "output_reasoning_tokens") row.reasoning = count;
    return fits ? std::nullopt : row_fault("`usageDetails` have too large a sum");
  });
}

/// Whether anything was computed.
PageRead read_costs(ondemand::value& value, Observation& row) {
  ondemand::object details;
  if (value.get_object().get(details) != simdjson::SUCCESS) return std::nullopt;
  return each_member(details, [&row](std::string_view, ondemand::value) -> PageRead {
    row.has_cost = true;
    return std::nullopt;
  });
}

PageRead read_observation(ondemand::object& object, Observation& row) {
  MembersSeen seen;
  return each_member(object, [&](std::string_view name, ondemand::value value) -> PageRead {
    const auto* const text = std::ranges::find(kObservationTexts, name, &ObservationText::first);
    const bool known = text != kObservationTexts.end() || name == "usageDetails" ||
                       name == "costDetails" || name == "totalCost";
    if (!known) return std::nullopt;  // whatever else stands there never leaves this function
    if (!seen.is_first(name)) return row_fault("it has `" + std::string(name) + "` twice");
    if (text != kObservationTexts.end()) return read_text(value, name, row.*(text->second));
    if (name == "usageDetails") return read_usage(value, row);
    if (name == "costDetails") return read_costs(value, row);
    return read_digits(value, name, row.total_cost);
  });
}

PageRead take_instant(const std::optional<std::string>& text, const char* name,
                      std::optional<UtcTime>& out) {
  if (!text || text->empty()) return std::nullopt;
  const Result<UtcTime> time = parse_time(*text);
  if (!time || !is_record_time(*time)) return row_fault("`" + std::string(name) + "` is no time");
  out = *time;
  return std::nullopt;
}

/// Sets start and duration.
PageRead take_times(const Observation& row, Record& record) {
  std::optional<UtcTime> start;
  std::optional<UtcTime> end;
  if (PageRead fault = take_instant(row.start, "startTime", start)) return fault;
  if (PageRead fault = take_instant(row.end, "endTime", end)) return fault;
  if (!start) return row_fault("`startTime` is missing");
  if (end && *end < *start) return row_fault("it ends before it begins");
  record.time = *start;
  record.duration = end.value_or(*start) - *start;
  return std::nullopt;
}

PageRead take_cost(const Observation& row, Record& record) {
  if (!row.has_cost || !row.total_cost) return std::nullopt;
  const Result<Money> cost = round_money(*row.total_cost);
  if (!cost || cost->nano_usd < 0) return row_fault("`totalCost` is no amount of money");
  set_value(record, *find_field("cost"), cost->nano_usd);
  set_value(record, *find_field("cost.basis"), std::string("computed"));
  return std::nullopt;
}

void set_names(const Observation& row, const ObservationReading& reading, Record& record) {
  const auto set = [&record](const char* name, const std::optional<std::string>& text) {
    if (text && !text->empty()) set_value(record, *find_field(name), *text);
  };
  if (!reading.organization.empty()) set("organization", std::string(reading.organization));
  set("project", row.project);
  set("end_user", row.user);
  set("account", reading.account == AccountChoice::kEndUser ? row.user : row.project);
  set("request.session", row.session);
  set("status", row.level);
  set("model", row.model);
  if (row.type == "EMBEDDING") set("operation", std::string("embeddings"));
}

PageRead take_observation(const Observation& row, const ObservationReading& reading,
                          Record& record) {
  if (!row.id || row.id->empty()) return row_fault("`id` is missing");
  record.kind = RecordKind::kUsage;
  if (PageRead fault = take_times(row, record)) return fault;
  record.id = Sha256()
                  .update_framed("langfuse")
                  .update_framed(reading.source)
                  .update_framed("observations")
                  .update_framed(*row.id)
                  .finish();
  record.requests = 1;
  set_names(row, reading, record);
  const auto set = [&record](const char* name, const std::optional<std::int64_t>& count) {
    if (count) set_value(record, *find_field(name), *count);
  };
  set("input_tokens", row.input);
  set("output_tokens", row.output);
  set("cached_tokens", row.cached);
  set("reasoning_tokens", row.reasoning);
  return take_cost(row, record);
}

class ObservationPageReader {
 public:
  explicit ObservationPageReader(const ObservationReading& reading) : reading_(reading) {}

  PageRead read_page(ondemand::object& page) {
    MembersSeen seen;
    bool has_data = false;
    bool has_meta = false;
    const auto take = [&](std::string_view name, ondemand::value value) -> PageRead {
      if (name != "data" && name != "meta") return std::nullopt;
      if (!seen.is_first(name)) return page_fault("it has a member twice");
      has_data = has_data || name == "data";
      has_meta = has_meta || name == "meta";
      return name == "data" ? read_rows(value) : read_meta(value);
    };
    if (PageRead fault = each_member(page, take)) return fault;
    return has_data && has_meta ? std::nullopt : page_fault("it lacks `data` or `meta`");
  }

  FeedAnswer take() { return std::move(answer_); }

 private:
  PageRead read_meta(ondemand::value& value) {
    ondemand::object meta;
    if (value.get_object().get(meta) != simdjson::SUCCESS) {
      return page_fault("`meta` is no object");
    }
    const PageRead fault =
        each_member(meta, [this](std::string_view name, ondemand::value member) -> PageRead {
          if (name != "cursor") return std::nullopt;
          std::optional<std::string> cursor;
          if (read_text(member, name, cursor)) return page_fault("`meta.cursor` is no text");
          answer_.next = cursor.value_or(std::string());
          return std::nullopt;
        });
    answer_.more = !answer_.next.empty();
    return fault;
  }

  PageRead read_rows(ondemand::value& value) {
    const auto row = [this](ondemand::object& object) { return read_row(object); };
    const auto origin = [this] { return "row " + std::to_string(answer_.rows); };
    return read_page_rows(value, "`data`", answer_, row, origin);
  }

  PageRead read_row(ondemand::object& object) {
    Observation row;
    if (PageRead fault = read_observation(object, row)) return fault;
    if (row.type != "GENERATION" && row.type != "EMBEDDING") return std::nullopt;
    Record record;
    if (PageRead fault = take_observation(row, reading_, record)) return fault;
    if (record.time == reading_.window.to) return std::nullopt;
    if (record.time < reading_.window.from || record.time > reading_.window.to) {
      return page_fault("an observation begins outside the time that was asked for");
    }
    if (!ids_.insert(record.id).second) return row_fault("its id comes twice in one page");
    answer_.records.push_back(std::move(record));
    return std::nullopt;
  }

  const ObservationReading& reading_;
  FeedAnswer answer_;
  std::set<Digest> ids_;
};

}  // namespace

std::set<FieldId> observation_fields(const ContractConfig& config) {
  std::set<FieldId> fields;
  for (const char* const name : {"project", "end_user", "account", "request.session", "status",
                                 "model", "operation", "input_tokens", "output_tokens",
                                 "cached_tokens", "reasoning_tokens", "cost", "cost.basis"}) {
    fields.insert(*find_field(name));
  }
  if (!config.organization.empty()) fields.insert(*find_field("organization"));
  return fields;
}

Result<FeedAnswer> read_observation_page(std::string_view body, const ObservationReading& reading) {
  ObservationPageReader reader(reading);
  const auto read_page = [&](ondemand::object& object) { return reader.read_page(object); };
  if (auto read = read_document(body, "page of observations", read_page); !read) {
    return tl::unexpected(read.error());
  }
  return reader.take();
}

}  // namespace tidewaiter
