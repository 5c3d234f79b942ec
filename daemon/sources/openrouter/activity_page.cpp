#include "daemon/sources/openrouter/activity_page.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "daemon/sources/contract/page_rows.h"
#include "daemon/sources/contract/row_ids.h"
#include "policies/model/digest.h"
#include "policies/model/field_catalogue.h"
#include "policies/model/money.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;

/// What is kept of a row.
struct ActivityRow {
  std::optional<std::string> date;
  std::optional<std::string> model;
  std::optional<std::string> permaslug;
  std::optional<std::string> provider;
  std::optional<std::string> endpoint;
  std::optional<std::string> usage;
  std::optional<std::int64_t> requests;
  std::optional<std::int64_t> prompt;
  std::optional<std::int64_t> completion;
  std::optional<std::int64_t> reasoning;
};

using ActivityText = std::pair<std::string_view, std::optional<std::string> ActivityRow::*>;
constexpr auto kActivityTexts =
    std::to_array<ActivityText>({{"date", &ActivityRow::date},
                                 {"model", &ActivityRow::model},
                                 {"model_permaslug", &ActivityRow::permaslug},
                                 {"provider_name", &ActivityRow::provider},
                                 {"endpoint_id", &ActivityRow::endpoint}});
using ActivityCount = std::pair<std::string_view, std::optional<std::int64_t> ActivityRow::*>;
constexpr auto kActivityCounts =
    std::to_array<ActivityCount>({{"requests", &ActivityRow::requests},
                                  {"prompt_tokens", &ActivityRow::prompt},
                                  {"completion_tokens", &ActivityRow::completion},
                                  {"reasoning_tokens", &ActivityRow::reasoning}});

PageRead read_activity_row(ondemand::object& object, ActivityRow& row) {
  MembersSeen seen;
  return each_member(object, [&](std::string_view name, ondemand::value value) -> PageRead {
    const auto* const text = std::ranges::find(kActivityTexts, name, &ActivityText::first);
    const auto* const count = std::ranges::find(kActivityCounts, name, &ActivityCount::first);
    const bool is_text = text != kActivityTexts.end();
    const bool is_count = count != kActivityCounts.end();
    if (!is_text && !is_count && name != "usage") return std::nullopt;
    if (!seen.is_first(name)) return row_fault("it has `" + std::string(name) + "` twice");
    if (is_text) return read_text(value, name, row.*(text->second));
    if (is_count) return read_count(value, name, row.*(count->second));
    return read_digits(value, name, row.usage);
  });
}

/// Reads `data` by `read_row(object)`, and passes over all else.
template <class ReadRow>
Result<FeedAnswer> read_data(std::string_view body, std::string_view what,
                             const ReadRow& read_row) {
  FeedAnswer answer;
  bool has_data = false;
  const auto read_page = [&](ondemand::object& page) -> PageRead {
    const auto take = [&](std::string_view name, ondemand::value value) -> PageRead {
      if (name != "data") return std::nullopt;
      if (std::exchange(has_data, true)) return page_fault("it has `data` twice");
      const auto row = [&](ondemand::object& object) { return read_row(object, answer); };
      const auto origin = [&answer] { return "row " + std::to_string(answer.rows); };
      return read_page_rows(value, "`data`", answer, row, origin);
    };
    if (PageRead fault = each_member(page, take)) return fault;
    return has_data ? std::nullopt : page_fault("it lacks `data`");
  };
  if (auto read = read_document(body, what, read_page); !read) return tl::unexpected(read.error());
  return answer;
}

Digest activity_id(const ActivityRow& row, const ActivityReading& reading, const std::string& key) {
  Sha256 hash;
  hash.update_framed("openrouter").update_framed(reading.source).update_framed("activity");
  hash.update_framed(std::to_string(reading.day.us)).update_framed(key);
  for (const auto* const part : {&row.model, &row.permaslug, &row.provider, &row.endpoint}) {
    hash.update_framed(*part ? "value" : "null").update_framed(part->value_or(std::string()));
  }
  return hash.finish();
}

/// The record of a row, or why there is none.
PageRead take_activity(const ActivityRow& row, const ActivityReading& reading,
                       const std::string& key, Record& record) {
  constexpr std::size_t kDate = 10;
  if (!row.date) return row_fault("`date` is missing");
  if (row.date->substr(0, kDate) != format_time(reading.day).substr(0, kDate)) {
    return page_fault("a row is of another day than the one asked for");
  }
  if (!row.requests) return row_fault("`requests` is missing");
  record.kind = RecordKind::kUsage;
  record.id = activity_id(row, reading, key);
  record.time = reading.day;
  record.duration = kDay;
  record.requests = *row.requests;
  const auto set = [&record](const char* name, const auto& value) {
    if (value) set_value(record, *find_field(name), *value);
  };
  if (!reading.organization.empty()) {
    set_value(record, field_id("organization"), std::string(reading.organization));
  }
  set_value(record, field_id("api_key"), key);
  set_value(record, field_id("account"), key);
  set("model", row.model);
  set("response_model", row.permaslug);
  set("provider", row.provider);
  set("input_tokens", row.prompt);
  set("output_tokens", row.completion);
  set("reasoning_tokens", row.reasoning);
  if (!row.usage) return std::nullopt;
  const Result<Money> cost = round_money(*row.usage);
  if (!cost || cost->nano_usd < 0) return row_fault("`usage` is no amount of money");
  set_value(record, field_id("cost"), cost->nano_usd);
  set_value(record, field_id("cost.basis"), std::string("billed"));
  return std::nullopt;
}

}  // namespace

std::set<FieldId> activity_fields(const ContractConfig& config) {
  std::set<FieldId> fields;
  for (const char* const name :
       {"api_key", "account", "model", "response_model", "provider", "input_tokens",
        "output_tokens", "reasoning_tokens", "cost", "cost.basis"}) {
    fields.insert(*find_field(name));
  }
  if (!config.organization.empty()) fields.insert(field_id("organization"));
  return fields;
}

std::int64_t key_offset(const KeyWalk& walk) {
  std::int64_t offset = 0;
  const std::string& text = walk.after_project;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), offset);
  const bool whole = failure == std::errc() && end == text.data() + text.size();
  return whole && offset >= 0 ? offset : 0;
}

Result<FeedAnswer> read_walked_keys(std::string_view body, const KeyWalk& walk) {
  KeyWalk next;
  std::set<std::string> known;
  const auto read_key = [&](ondemand::object& object, FeedAnswer& /*answer*/) -> PageRead {
    std::optional<std::string> hash;
    MembersSeen seen;
    const auto take = [&](std::string_view name, ondemand::value value) -> PageRead {
      if (name != "hash") return std::nullopt;
      if (!seen.is_first(name)) return row_fault("it has `hash` twice");
      return read_text(value, name, hash);
    };
    if (PageRead fault = each_member(object, take)) return fault;
    if (!hash || !is_walk_id(*hash)) return row_fault("`hash` is no hash of a key");
    if (!known.insert(*hash).second) return row_fault("its `hash` comes twice in one page");
    next.projects.push_back(*hash);
    return std::nullopt;
  };
  Result<FeedAnswer> answer = read_data(body, "page of keys", read_key);
  if (!answer || answer->rows == 0) return answer;
  std::int64_t offset = 0;
  if (__builtin_add_overflow(key_offset(walk), answer->rows, &offset)) {
    return refused_page("page of keys", "there are more than can be counted");
  }
  next.after_project = std::to_string(offset);
  answer->more = true;
  answer->next = to_text(next);
  return answer;
}

Result<FeedAnswer> read_activity_page(std::string_view body, const ActivityReading& reading,
                                      const KeyWalk& walk) {
  RowIds ids;
  const auto read_row = [&](ondemand::object& object, FeedAnswer& answer) -> PageRead {
    ActivityRow row;
    if (PageRead fault = read_activity_row(object, row)) return fault;
    Record record;
    if (PageRead fault = take_activity(row, reading, walk.projects.front(), record)) return fault;
    if (!ids.is_first(record.id)) return row_fault("what it is of comes twice in one page");
    answer.records.push_back(std::move(record));
    return std::nullopt;
  };
  Result<FeedAnswer> answer = read_data(body, "page of activity", read_row);
  if (!answer) return answer;
  KeyWalk next = walk;
  next.projects.erase(next.projects.begin());
  answer->more = true;  // other keys, or the question whether there are more of them
  answer->next = to_text(next);
  return answer;
}

}  // namespace tidewaiter
