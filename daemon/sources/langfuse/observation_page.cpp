#include "daemon/sources/langfuse/observation_page.h"

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/sources/contract/field_writer.h"
#include "daemon/sources/contract/member_names.h"
#include "daemon/sources/contract/page_rows.h"
#include "daemon/sources/contract/row_identity.h"
#include "daemon/sources/contract/row_ids.h"
#include "policies/model/digest.h"
#include "policies/model/field_catalogue.h"
#include "policies/model/money.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;

using MaybeText = std::optional<std::string_view>;

/// What is kept of an observation. Texts stand as long as the document does.
struct Observation {
  /// The members that are read, by their places in kObservationNames: texts first.
  enum Member : std::size_t {
    kId,
    kType,
    kStart,
    kEnd,
    kProject,
    kUser,
    kSession,
    kLevel,
    kModel,
    kUsage,
    kCosts,
    kTotal,
    kMembers
  };
  std::array<MaybeText, kUsage> texts;
  MaybeText total_cost;
  std::optional<std::int64_t> input;
  std::optional<std::int64_t> output;
  std::optional<std::int64_t> cached;
  std::optional<std::int64_t> reasoning;
  bool has_cost = false;
};

constexpr MemberNames kObservationNames(std::array<std::string_view, Observation::kMembers>{
    "id", "type", "startTime", "endTime", "projectId", "userId", "sessionId", "level",
    "providedModelName", "usageDetails", "costDetails", "totalCost"});

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
  return each_member(details, [&](std::string_view name, ondemand::value& member) -> PageRead {
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
  return each_member(details, [&row](std::string_view, ondemand::value&) -> PageRead {
    row.has_cost = true;
    return std::nullopt;
  });
}

PageRead read_observation(ondemand::object& object, Observation& row) {
  std::bitset<Observation::kMembers> seen;
  return each_member(object, [&](std::string_view name, ondemand::value& value) -> PageRead {
    const std::optional<std::size_t> place = kObservationNames.place_of(name);
    if (!place) return std::nullopt;  // whatever else stands there never leaves this function
    if (seen.test(*place)) return row_fault("it has `" + std::string(name) + "` twice");
    seen.set(*place);
    if (*place < row.texts.size()) return read_text(value, name, row.texts[*place]);
    if (*place == Observation::kUsage) return read_usage(value, row);
    if (*place == Observation::kCosts) return read_costs(value, row);
    return read_digits(value, name, row.total_cost);
  });
}

/// Sets start and duration.
PageRead take_times(const Observation& row, Record& record) {
  std::optional<UtcTime> start;
  std::optional<UtcTime> end;
  if (PageRead fault = take_row_time(row.texts[Observation::kStart], "startTime", start))
    return fault;
  if (PageRead fault = take_row_time(row.texts[Observation::kEnd], "endTime", end)) return fault;
  if (!start) return row_fault("`startTime` is missing");
  if (end && *end < *start) return row_fault("it ends before it begins");
  record.time = *start;
  record.duration = end.value_or(*start) - *start;
  return std::nullopt;
}

/// The cost, if one was computed.
PageRead take_cost(const Observation& row, std::optional<std::int64_t>& cost) {
  if (!row.has_cost || !row.total_cost) return std::nullopt;
  const Result<Money> money = round_money(*row.total_cost);
  if (!money || money->nano_usd < 0) return row_fault("`totalCost` is no amount of money");
  cost = money->nano_usd;
  return std::nullopt;
}

void write_observation(const Observation& row, const ObservationReading& reading,
                       const std::optional<std::int64_t>& cost, Record& record) {
  constexpr std::size_t kMost = 14;
  const auto& texts = row.texts;
  const bool by_user = reading.account == AccountChoice::kEndUser;
  FieldWriter write(record, kMost);
  if (texts[Observation::kType] == "EMBEDDING") write.text(field_id("operation"), "embeddings");
  write.text(field_id("model"), not_empty(texts[Observation::kModel]));
  write.number(field_id("input_tokens"), row.input);
  write.number(field_id("output_tokens"), row.output);
  write.number(field_id("cached_tokens"), row.cached);
  write.number(field_id("reasoning_tokens"), row.reasoning);
  write.text(field_id("organization"), not_empty(reading.organization));
  write.text(field_id("project"), not_empty(texts[Observation::kProject]));
  write.text(field_id("account"),
             not_empty(texts[by_user ? Observation::kUser : Observation::kProject]));
  write.text(field_id("end_user"), not_empty(texts[Observation::kUser]));
  write.text(field_id("status"), not_empty(texts[Observation::kLevel]));
  write.number(field_id("cost"), cost);
  if (cost) write.text(field_id("cost.basis"), "computed");
  write.text(field_id("request.session"), not_empty(texts[Observation::kSession]));
}

PageRead take_observation(const Observation& row, const ObservationReading& reading,
                          RowIdentity& identity, Record& record) {
  const MaybeText& id = row.texts[Observation::kId];
  if (!id || id->empty()) return row_fault("`id` is missing");
  record.kind = RecordKind::kUsage;
  if (PageRead fault = take_times(row, record)) return fault;
  std::optional<std::int64_t> cost;
  if (PageRead fault = take_cost(row, cost)) return fault;
  record.id = identity.add(*id).finish();
  record.requests = 1;
  write_observation(row, reading, cost, record);
  return std::nullopt;
}

class ObservationPageReader {
 public:
  explicit ObservationPageReader(const ObservationReading& reading)
      : reading_(reading),
        identity_{"langfuse", reading.source, "observations"},
        ids_(kMostObservations) {
    answer_.records.reserve(kMostObservations);
  }

  PageRead read_page(ondemand::object& page) {
    MembersSeen seen;
    bool has_data = false;
    bool has_meta = false;
    const auto take = [&](std::string_view name, ondemand::value& value) -> PageRead {
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
        each_member(meta, [this](std::string_view name, ondemand::value& member) -> PageRead {
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
    const MaybeText& type = row.texts[Observation::kType];
    if (type != "GENERATION" && type != "EMBEDDING") return std::nullopt;
    // Written where it stays: to move it costs as much as to write some of its fields.
    Record& record = answer_.records.emplace_back();
    PageRead fault = take_observation(row, reading_, identity_, record);
    bool stays = false;
    if (!fault) fault = look_at(record, stays);
    if (!stays) answer_.records.pop_back();
    return fault;
  }

  /// Whether it is of the window, and the first of its identity.
  PageRead look_at(const Record& record, bool& stays) {
    if (record.time == reading_.window.to) return std::nullopt;
    if (record.time < reading_.window.from || record.time > reading_.window.to) {
      return page_fault("an observation begins outside the time that was asked for");
    }
    stays = ids_.is_first(record.id);
    return stays ? std::nullopt : row_fault("its id comes twice in one page");
  }

  const ObservationReading& reading_;
  RowIdentity identity_;
  FeedAnswer answer_;
  RowIds ids_;
};

}  // namespace

std::set<FieldId> observation_fields(const ContractConfig& config) {
  std::set<FieldId> fields;
  for (const char* const name : {"project", "end_user", "account", "request.session", "status",
                                 "model", "operation", "input_tokens", "output_tokens",
                                 "cached_tokens", "reasoning_tokens", "cost", "cost.basis"}) {
    fields.insert(*find_field(name));
  }
  if (!config.organization.empty()) fields.insert(field_id("organization"));
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
