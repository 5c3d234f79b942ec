#include "daemon/sources/anthropic/message_page.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/sources/contract/bucket_page.h"
#include "policies/model/digest.h"
#include "policies/model/field_catalogue.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr BucketShape kMessageBuckets{
    "usage report of messages", "", "", "starting_at", "ending_at", false};

constexpr auto kMessageDimensions =
    std::to_array<std::string_view>({"workspace_id", "api_key_id", "model", "service_tier"});

/// The counts that are read of a row. The last two stand in `cache_creation`.
enum MessageCount : std::size_t { kUncached, kRead, kOut, kHourly, kShort, kMessageCounts };
constexpr std::array<std::string_view, kMessageCounts> kCountNames = {
    "uncached_input_tokens", "cache_read_input_tokens", "output_tokens",
    "ephemeral_1h_input_tokens", "ephemeral_5m_input_tokens"};

using Counts = std::array<std::optional<std::int64_t>, kMessageCounts>;
using MessageParty = std::array<std::optional<std::string>, kMessageDimensions.size()>;

/// One of `names` in [first, last), by its place.
std::optional<std::size_t> count_place(std::string_view name, std::size_t first, std::size_t last) {
  for (std::size_t i = first; i < last; ++i) {
    if (kCountNames[i] == name) return i;
  }
  return std::nullopt;
}

class MessageRows final : public BucketRows {
 public:
  explicit MessageRows(const MessageReading& reading) : reading_(reading) {}

  PageRead read_row(ondemand::object& object) override {
    MembersSeen seen;
    MessageParty party;
    Counts counts;
    const auto take = [&](std::string_view name, ondemand::value value) -> PageRead {
      if (!seen.is_first(name)) return row_fault("it has `" + std::string(name) + "` twice");
      if (name == "cache_creation") return read_written(value, counts);
      if (const auto place = count_place(name, kUncached, kHourly)) {
        return read_count(value, name, counts[*place]);
      }
      const auto* const found = std::ranges::find(kMessageDimensions, name);
      if (found == kMessageDimensions.end()) return std::nullopt;
      return read_text(value, name,
                       party[static_cast<std::size_t>(found - kMessageDimensions.begin())]);
    };
    if (PageRead fault = each_member(object, take)) return fault;
    if (!counts[kUncached]) return row_fault("`uncached_input_tokens` is missing");
    if (!counts[kOut]) return row_fault("`output_tokens` is missing");
    rows_.emplace_back(std::move(party), counts);
    return std::nullopt;
  }

  PageRead close_bucket(Interval time, std::vector<Record>& records) override {
    std::map<MessageParty, Counts> sums;
    for (auto& [party, counts] : std::exchange(rows_, {})) {
      const auto [sum, is_new] = sums.emplace(party, counts);
      if (is_new) continue;
      for (std::size_t i = 0; i < kMessageCounts; ++i) {
        if (!add_counts(sum->second[i], counts[i])) return too_large();
      }
    }
    for (const auto& [party, counts] : sums) {
      std::optional<std::int64_t> input = counts[kUncached];
      for (const std::size_t part : {kRead, kHourly, kShort}) {
        if (!add_counts(input, counts[part])) return too_large();
      }
      records.push_back(record_of(party, counts, input, time));
    }
    return std::nullopt;
  }

 private:
  static PageRead too_large() { return page_fault("rows of one party have too large a sum"); }

  static PageRead read_written(ondemand::value& value, Counts& counts) {
    bool null = false;
    if (value.is_null().get(null) == simdjson::SUCCESS && null) return std::nullopt;
    ondemand::object written;
    if (const auto code = value.get_object().get(written); code != simdjson::SUCCESS) {
      return value_fault("cache_creation", code);
    }
    MembersSeen seen;
    return each_member(written, [&](std::string_view name, ondemand::value member) -> PageRead {
      if (!seen.is_first(name)) return row_fault("`cache_creation` has a member twice");
      const auto place = count_place(name, kHourly, kMessageCounts);
      return place ? read_count(member, name, counts[*place]) : std::nullopt;
    });
  }

  [[nodiscard]] Digest id_of(const MessageParty& party, Interval time) const {
    Sha256 hash;
    hash.update_framed("anthropic").update_framed(reading_.source);
    hash.update_framed("messages");
    hash.update_framed(std::to_string((time.to - time.from).us));
    hash.update_framed(std::to_string(time.from.us));
    for (std::size_t i = 0; i < party.size(); ++i) {
      hash.update_framed(kMessageDimensions[i]);
      hash.update_framed(party[i] ? "value" : "null");
      hash.update_framed(party[i].value_or(std::string()));
    }
    return hash.finish();
  }

  [[nodiscard]] Record record_of(const MessageParty& party, const Counts& counts,
                                 const std::optional<std::int64_t>& input, Interval time) const {
    const auto& [workspace, key, model, tier] = party;
    Record record;
    record.kind = RecordKind::kUsage;
    record.id = id_of(party, time);
    record.time = time.from;
    record.duration = time.to - time.from;
    record.requests = 0;
    const auto set = [&record](const char* name, const auto& value) {
      if (value) set_value(record, *find_field(name), *value);
    };
    set_value(record, field_id("provider"), std::string("anthropic"));
    set_value(record, field_id("operation"), std::string("messages"));
    if (!reading_.organization.empty()) {
      set_value(record, field_id("organization"), std::string(reading_.organization));
    }
    set("project", workspace);
    set("api_key", key);
    if (reading_.account == AccountChoice::kProject) set("account", workspace);
    if (reading_.account == AccountChoice::kApiKey) set("account", key);
    set("response_model", model);
    set("service_tier", tier);
    if (tier) set_value(record, field_id("request.batch"), *tier == "batch");
    set("input_tokens", input);
    set("cached_tokens", counts[kRead]);
    set("output_tokens", counts[kOut]);
    return record;
  }

  const MessageReading& reading_;
  std::vector<std::pair<MessageParty, Counts>> rows_;  ///< of the bucket under way
};

}  // namespace

std::span<const std::string_view> message_dimensions() { return kMessageDimensions; }

std::set<FieldId> message_fields(const ContractConfig& config) {
  std::set<FieldId> fields;
  for (const char* const name :
       {"provider", "operation", "response_model", "project", "api_key", "account", "input_tokens",
        "cached_tokens", "output_tokens", "service_tier", "request.batch"}) {
    fields.insert(*find_field(name));
  }
  if (!config.organization.empty()) fields.insert(field_id("organization"));
  return fields;
}

Result<FeedAnswer> read_message_page(std::string_view body, const MessageReading& reading) {
  MessageRows rows(reading);
  return read_bucket_page(body, kMessageBuckets, reading.width, reading.window, rows);
}

}  // namespace tidewaiter
