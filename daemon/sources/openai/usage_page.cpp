#include "daemon/sources/openai/usage_page.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "daemon/sources/contract/bucket_page.h"
#include "daemon/sources/contract/field_writer.h"
#include "daemon/sources/contract/member_names.h"
#include "daemon/sources/contract/row_identity.h"
#include "policies/model/digest.h"
#include "policies/model/field_catalogue.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr auto kCompletions = std::to_array<std::string_view>(
    {"project_id", "user_id", "api_key_id", "model", "batch", "service_tier"});
constexpr auto kByModel =
    std::to_array<std::string_view>({"project_id", "user_id", "api_key_id", "model"});
constexpr auto kImages = std::to_array<std::string_view>(
    {"project_id", "user_id", "api_key_id", "model", "size", "source"});

constexpr auto kEndpoints = std::to_array<UsageEndpoint>({
    {"audio_speeches", "organization.usage.audio_speeches.result", kByModel, false},
    {"audio_transcriptions", "organization.usage.audio_transcriptions.result", kByModel, false},
    {"completions", "organization.usage.completions.result", kCompletions, true},
    {"embeddings", "organization.usage.embeddings.result", kByModel, true},
    {"images", "organization.usage.images.result", kImages, false},
    {"moderations", "organization.usage.moderations.result", kByModel, true},
});

constexpr BucketShape kShape{
    "page of usage buckets", "page", "bucket", "start_time", "end_time", true};

/// What is read of a row besides its dimensions.
enum Measure : std::size_t { kRequests, kInput, kCached, kOutput, kMeasures };

/// The members of a row, by their places: measures, `object`, and the dimensions of all endpoints.
constexpr std::size_t kObjectPlace = kMeasures;
constexpr std::size_t kFirstDimension = kObjectPlace + 1;
constexpr auto kUsageMembers = std::to_array<std::string_view>(
    {"num_model_requests", "input_tokens", "input_cached_tokens", "output_tokens", "object",
     "project_id", "user_id", "api_key_id", "model", "batch", "service_tier", "size", "source"});
constexpr MemberNames kUsageNames(kUsageMembers);

constexpr std::size_t kMostDimensions = 6;

/// A dimension that was not read would be null in all rows, and they would be summed.
static_assert(std::ranges::all_of(kEndpoints, [](const UsageEndpoint& endpoint) {
  return endpoint.dimensions.size() <= kMostDimensions &&
         std::ranges::all_of(endpoint.dimensions, [](std::string_view dimension) {
           return kUsageNames.place_of(dimension).value_or(0) >= kFirstDimension;
         });
}));

using Dimension = std::optional<std::string_view>;

/// A row of a bucket, which stands as long as the document does. `batch` is kept as the text "true"
/// or "false".
struct Row {
  std::array<Dimension, kMostDimensions> dimensions;
  std::array<std::optional<std::int64_t>, kMeasures> measures;
};

class UsageRows final : public BucketRows {
 public:
  explicit UsageRows(const UsageReading& reading) : reading_(reading) {
    for (std::size_t i = kFirstDimension; i < kUsageMembers.size(); ++i) {
      dimension_of_[i] = dimension_place(kUsageMembers[i]);
    }
  }

  PageRead read_row(ondemand::object& object) override {
    std::bitset<kUsageMembers.size()> seen;
    Row row;
    const auto take = [&](std::string_view name, ondemand::value& value) -> PageRead {
      const std::optional<std::size_t> place = kUsageNames.place_of(name);
      // Whatever else stands there never leaves this function.
      if (!place || (*place >= kFirstDimension && !dimension_of_[*place])) return std::nullopt;
      if (seen.test(*place)) return row_fault("it has `" + std::string(name) + "` twice");
      seen.set(*place);
      return read_member(*place, name, value, row);
    };
    if (PageRead fault = each_member(object, take)) return fault;
    if (!seen.test(kObjectPlace)) return page_fault("a row lacks `object`");
    if (!row.measures[kRequests]) return row_fault("`num_model_requests` is missing");
    if (reading_.endpoint->has_tokens && !row.measures[kInput]) {
      return row_fault("`input_tokens` is missing");
    }
    rows_.push_back(row);
    return std::nullopt;
  }

  /// Rows with the same dimensions are summed; then each is a record.
  PageRead close_bucket(Interval time, std::vector<Record>& records) override {
    RowIdentity identity{"openai", reading_.source, reading_.endpoint->name,
                         std::to_string((time.to - time.from).us), std::to_string(time.from.us)};
    std::unordered_map<Digest, std::size_t> known;  // an identity has all dimensions in it
    std::vector<std::pair<Digest, Row>> sums;
    for (const Row& row : std::exchange(rows_, {})) {
      const Digest id = id_of(row, identity);
      const auto [place, is_new] = known.emplace(id, sums.size());
      if (is_new) {
        sums.emplace_back(id, row);
        continue;
      }
      for (std::size_t i = 0; i < kMeasures; ++i) {
        if (!add_counts(sums[place->second].second.measures[i], row.measures[i])) {
          return page_fault("rows of one party have too large a sum");
        }
      }
    }
    for (const auto& [id, row] : sums) records.push_back(record_of(id, row, time));
    return std::nullopt;
  }

 private:
  PageRead read_member(std::size_t place, std::string_view name, ondemand::value& value, Row& row) {
    // Another kind of row is another document than what was asked for.
    if (place == kObjectPlace) return expect_text(value, "object", reading_.endpoint->object);
    if (place < kMeasures) return read_count(value, name, row.measures[place]);
    Dimension& dimension = row.dimensions[*dimension_of_[place]];
    return name == "batch" ? read_truth(value, name, dimension) : read_text(value, name, dimension);
  }

  /// Where the endpoint has a dimension, if it has it.
  [[nodiscard]] std::optional<std::size_t> dimension_place(std::string_view name) const {
    const auto& dimensions = reading_.endpoint->dimensions;
    const auto found = std::ranges::find(dimensions, name);
    if (found == dimensions.end()) return std::nullopt;
    return static_cast<std::size_t>(found - dimensions.begin());
  }

  [[nodiscard]] Digest id_of(const Row& row, RowIdentity& identity) const {
    for (std::size_t i = 0; i < reading_.endpoint->dimensions.size(); ++i) {
      identity.add(reading_.endpoint->dimensions[i]);
      identity.add(row.dimensions[i] ? "value" : "null");
      identity.add(row.dimensions[i].value_or(std::string_view()));
    }
    return identity.finish();
  }

  [[nodiscard]] Dimension dimension(const Row& row, std::string_view name) const {
    const std::optional<std::size_t> place = kUsageNames.place_of(name);
    if (!place || !dimension_of_[*place]) return std::nullopt;
    return row.dimensions[*dimension_of_[*place]];
  }

  [[nodiscard]] Record record_of(const Digest& id, const Row& row, Interval time) const {
    // No row names an end user.
    static constexpr std::array<std::string_view, 4> kAccounts = {"project_id", "user_id",
                                                                  "api_key_id", ""};
    constexpr std::size_t kMost = 12;
    Record record;
    record.kind = RecordKind::kUsage;
    record.id = id;
    record.time = time.from;
    record.duration = time.to - time.from;
    record.requests = *row.measures[kRequests];
    FieldWriter write(record, kMost);
    write.text(field_id("provider"), "openai");
    write.text(field_id("operation"), reading_.endpoint->name);
    write.text(field_id("response_model"), dimension(row, "model"));
    write.number(field_id("input_tokens"), row.measures[kInput]);
    write.number(field_id("output_tokens"), row.measures[kOutput]);
    write.number(field_id("cached_tokens"), row.measures[kCached]);
    write.text(field_id("organization"), not_empty(reading_.organization));
    write.text(field_id("project"), dimension(row, "project_id"));
    write.text(field_id("account"),
               dimension(row, kAccounts[static_cast<std::size_t>(reading_.account)]));
    write.text(field_id("api_key"), dimension(row, "api_key_id"));
    write.text(field_id("service_tier"), dimension(row, "service_tier"));
    const Dimension batch = dimension(row, "batch");
    if (batch) write.truth(field_id("request.batch"), *batch == "true");
    return record;
  }

  const UsageReading& reading_;
  /// By the places of kUsageNames: where the endpoint has that dimension.
  std::array<std::optional<std::size_t>, kUsageMembers.size()> dimension_of_;
  std::vector<Row> rows_;  ///< of the bucket under way
};

}  // namespace

std::span<const UsageEndpoint> usage_endpoints() { return kEndpoints; }

const UsageEndpoint* find_usage_endpoint(std::string_view name) {
  const auto* const found = std::ranges::find(kEndpoints, name, &UsageEndpoint::name);
  return found == kEndpoints.end() ? nullptr : found;
}

std::set<FieldId> usage_fields(const UsageEndpoint& endpoint, const ContractConfig& config) {
  std::vector<std::string_view> names = {"provider", "operation", "response_model",
                                         "project",  "api_key",   "account"};
  if (!config.organization.empty()) names.emplace_back("organization");
  if (endpoint.has_tokens) names.emplace_back("input_tokens");
  if (endpoint.name == "completions") {
    for (const char* const name :
         {"output_tokens", "cached_tokens", "service_tier", "request.batch"}) {
      names.emplace_back(name);
    }
  }
  std::set<FieldId> fields;
  for (const std::string_view name : names) fields.insert(*find_field(name));
  return fields;
}

Result<FeedAnswer> read_usage_page(std::string_view body, const UsageReading& reading) {
  UsageRows rows(reading);
  return read_bucket_page(body, kShape, reading.width, reading.window, rows);
}

}  // namespace tidewaiter
