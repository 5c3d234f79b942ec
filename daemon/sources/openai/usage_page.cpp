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
#include <vector>

#include "daemon/sources/contract/bucket_page.h"
#include "daemon/sources/contract/field_writer.h"
#include "daemon/sources/contract/member_names.h"
#include "daemon/sources/contract/member_order.h"
#include "daemon/sources/contract/row_identity.h"
#include "daemon/sources/contract/row_ids.h"
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

/// The place of a member that is known to be one.
consteval std::size_t usage_member(std::string_view name) { return *kUsageNames.place_of(name); }

class UsageRows final : public BucketRows {
 public:
  explicit UsageRows(const UsageReading& reading) : reading_(reading) {
    dimension_of_.fill(kNoDimension);
    const auto& dimensions = reading_.endpoint->dimensions;
    for (std::size_t i = 0; i < dimensions.size(); ++i) {
      dimension_of_[*kUsageNames.place_of(dimensions[i])] = i;
      valued_[i] = RowIdentity::framed({dimensions[i], "value"});
      null_[i] = RowIdentity::framed({dimensions[i], "null", ""});
    }
  }

  PageRead read_row(ondemand::object& object) override {
    // In its place from the start: a row is large.
    PageRead fault = read_members(object, rows_.emplace_back());
    if (fault) rows_.pop_back();
    return fault;
  }

  /// Rows with the same dimensions are summed; then each is a record.
  PageRead close_bucket(Interval time, std::vector<Record>& records) override {
    RowIdentity identity{"openai", reading_.source, reading_.endpoint->name,
                         std::to_string((time.to - time.from).us), std::to_string(time.from.us)};
    RowIds known(rows_.size());  // an identity has all dimensions in it
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const std::size_t before = known.size();
      const std::size_t sum = known.number(id_of(rows_[i], identity));
      if (sum == before) {
        if (sum != i) rows_[sum] = rows_[i];
        continue;
      }
      for (std::size_t m = 0; m < kMeasures; ++m) {
        if (!add_counts(rows_[sum].measures[m], rows_[i].measures[m])) {
          return page_fault("rows of one party have too large a sum");
        }
      }
    }
    if (const std::size_t all = records.size() + known.size(); all > records.capacity()) {
      records.reserve(std::max(all, 2 * records.capacity()));
    }
    for (std::size_t i = 0; i < known.size(); ++i) {
      fill(records.emplace_back(), known.id(i), rows_[i], time);
    }
    rows_.clear();
    return std::nullopt;
  }

 private:
  static constexpr std::size_t kNoDimension = kMostDimensions;

  PageRead read_members(ondemand::object& object, Row& row) {
    std::bitset<kUsageMembers.size()> seen;
    const auto take = [&](std::size_t place, ondemand::value& value) -> PageRead {
      // Whatever else stands there never leaves this function.
      if (place == order_.kNone) return std::nullopt;
      if (place >= kFirstDimension && dimension_of_[place] == kNoDimension) return std::nullopt;
      if (seen.test(place)) {
        return row_fault("it has `" + std::string(kUsageMembers[place]) + "` twice");
      }
      seen.set(place);
      return read_member(place, value, row);
    };
    if (PageRead fault = order_.each_member(object, take)) return fault;
    if (!seen.test(kObjectPlace)) return page_fault("a row lacks `object`");
    if (!row.measures[kRequests]) return row_fault("`num_model_requests` is missing");
    if (reading_.endpoint->has_tokens && !row.measures[kInput]) {
      return row_fault("`input_tokens` is missing");
    }
    return std::nullopt;
  }

  PageRead read_member(std::size_t place, ondemand::value& value, Row& row) {
    const std::string_view name = kUsageMembers[place];
    // Another kind of row is another document than what was asked for.
    if (place == kObjectPlace) return expect_text(value, "object", reading_.endpoint->object);
    if (place < kMeasures) return read_count(value, name, row.measures[place]);
    Dimension& dimension = row.dimensions[dimension_of_[place]];
    return place == usage_member("batch") ? read_truth(value, name, dimension)
                                          : read_text(value, name, dimension);
  }

  /// Of each dimension its name, whether it has a value, and that.
  [[nodiscard]] Digest id_of(const Row& row, RowIdentity& identity) const {
    for (std::size_t i = 0; i < reading_.endpoint->dimensions.size(); ++i) {
      if (row.dimensions[i]) {
        identity.add_framed(valued_[i]).add(*row.dimensions[i]);
      } else {
        identity.add_framed(null_[i]);
      }
    }
    return identity.finish();
  }

  [[nodiscard]] Dimension dimension(const Row& row, std::size_t place) const {
    const std::size_t dimension = dimension_of_[place];
    return dimension == kNoDimension ? std::nullopt : row.dimensions[dimension];
  }

  [[nodiscard]] Dimension account_of(const Row& row) const {
    switch (reading_.account) {
      case AccountChoice::kProject:
        return dimension(row, usage_member("project_id"));
      case AccountChoice::kPrincipal:
        return dimension(row, usage_member("user_id"));
      case AccountChoice::kApiKey:
        return dimension(row, usage_member("api_key_id"));
      case AccountChoice::kEndUser:  // no row names one
        break;
    }
    return std::nullopt;
  }

  void fill(Record& record, const Digest& id, const Row& row, Interval time) const {
    constexpr std::size_t kMost = 12;
    record.kind = RecordKind::kUsage;
    record.id = id;
    record.time = time.from;
    record.duration = time.to - time.from;
    record.requests = *row.measures[kRequests];
    FieldWriter write(record, kMost);
    write.text(field_id("provider"), "openai");
    write.text(field_id("operation"), reading_.endpoint->name);
    write.text(field_id("response_model"), dimension(row, usage_member("model")));
    write.number(field_id("input_tokens"), row.measures[kInput]);
    write.number(field_id("output_tokens"), row.measures[kOutput]);
    write.number(field_id("cached_tokens"), row.measures[kCached]);
    write.text(field_id("organization"), not_empty(reading_.organization));
    write.text(field_id("project"), dimension(row, usage_member("project_id")));
    write.text(field_id("account"), account_of(row));
    write.text(field_id("api_key"), dimension(row, usage_member("api_key_id")));
    write.text(field_id("service_tier"), dimension(row, usage_member("service_tier")));
    const Dimension batch = dimension(row, usage_member("batch"));
    if (batch) write.truth(field_id("request.batch"), *batch == "true");
  }

  const UsageReading& reading_;
  MemberOrder<kUsageMembers.size()> order_{kUsageNames};
  /// By the places of kUsageNames: where the endpoint has that dimension.
  std::array<std::size_t, kUsageMembers.size()> dimension_of_;
  /// By dimension: what stands in an identity before its value, and for a null.
  std::array<std::string, kMostDimensions> valued_;
  std::array<std::string, kMostDimensions> null_;
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
