#include "daemon/sources/openai/usage_page.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "daemon/sources/contract/bucket_page.h"
#include "policies/model/digest.h"

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
constexpr std::array<std::string_view, kMeasures> kMeasureNames = {
    "num_model_requests", "input_tokens", "input_cached_tokens", "output_tokens"};

constexpr std::size_t kMostDimensions = 6;

using Dimension = std::optional<std::string>;

/// A row of a bucket. `batch` is kept as the text "true" or "false".
struct Row {
  std::array<Dimension, kMostDimensions> dimensions;
  std::array<std::optional<std::int64_t>, kMeasures> measures;
};

class UsageRows final : public BucketRows {
 public:
  explicit UsageRows(const UsageReading& reading) : reading_(reading) {}

  PageRead read_row(ondemand::object& object) override {
    std::uint64_t seen = 0;
    bool named = false;
    Row row;
    const auto take = [&](std::string_view name, ondemand::value value) -> PageRead {
      const std::optional<std::size_t> place = place_of(name);
      if (!place) return std::nullopt;  // whatever else stands there never leaves this function
      const std::uint64_t bit = std::uint64_t{1} << *place;
      if ((seen & bit) != 0) return row_fault("it has `" + std::string(name) + "` twice");
      seen |= bit;
      if (*place == kObjectPlace) {
        // Another kind of row is another document than what was asked for.
        named = true;
        return expect_text(value, "object", reading_.endpoint->object);
      }
      if (*place < kMeasures) return read_count(value, name, row.measures[*place]);
      Dimension& dimension = row.dimensions[*place - kMeasures];
      return name == "batch" ? read_truth(value, name, dimension)
                             : read_text(value, name, dimension);
    };
    if (PageRead fault = each_member(object, take)) return fault;
    if (!named) return page_fault("a row lacks `object`");
    if (!row.measures[kRequests]) return row_fault("`num_model_requests` is missing");
    if (reading_.endpoint->has_tokens && !row.measures[kInput]) {
      return row_fault("`input_tokens` is missing");
    }
    rows_.push_back(std::move(row));
    return std::nullopt;
  }

  /// Rows with the same dimensions are summed; then each is a record.
  PageRead close_bucket(Interval time, std::vector<Record>& records) override {
    std::map<std::array<Dimension, kMostDimensions>, std::size_t> known;
    std::vector<Row> sums;
    for (Row& row : std::exchange(rows_, {})) {
      const auto [place, is_new] = known.emplace(row.dimensions, sums.size());
      if (is_new) {
        sums.push_back(std::move(row));
        continue;
      }
      for (std::size_t i = 0; i < kMeasures; ++i) {
        if (!add_counts(sums[place->second].measures[i], row.measures[i])) {
          return page_fault("rows of one party have too large a sum");
        }
      }
    }
    for (const Row& row : sums) records.push_back(record_of(row, time));
    return std::nullopt;
  }

 private:
  static constexpr std::size_t kObjectPlace = kMeasures + kMostDimensions;

  /// Measures first, then the endpoint's dimensions, then `object`; nothing for what is not read.
  [[nodiscard]] std::optional<std::size_t> place_of(std::string_view name) const {
    const auto measure = std::ranges::find(kMeasureNames, name);
    if (measure != kMeasureNames.end()) {
      return static_cast<std::size_t>(measure - kMeasureNames.begin());
    }
    const auto& dimensions = reading_.endpoint->dimensions;
    const auto dimension = std::ranges::find(dimensions, name);
    if (dimension != dimensions.end()) {
      return kMeasures + static_cast<std::size_t>(dimension - dimensions.begin());
    }
    if (name == "object") return kObjectPlace;
    return std::nullopt;
  }

  [[nodiscard]] Digest id_of(const Row& row, Interval time) const {
    Sha256 hash;
    hash.update_framed("openai").update_framed(reading_.source);
    hash.update_framed(reading_.endpoint->name);
    hash.update_framed(std::to_string((time.to - time.from).us));
    hash.update_framed(std::to_string(time.from.us));
    for (std::size_t i = 0; i < reading_.endpoint->dimensions.size(); ++i) {
      hash.update_framed(reading_.endpoint->dimensions[i]);
      hash.update_framed(row.dimensions[i] ? "value" : "null");
      hash.update_framed(row.dimensions[i].value_or(std::string()));
    }
    return hash.finish();
  }

  [[nodiscard]] const Dimension* dimension(const Row& row, std::string_view name) const {
    const auto& dimensions = reading_.endpoint->dimensions;
    const auto found = std::ranges::find(dimensions, name);
    if (found == dimensions.end()) return nullptr;
    return &row.dimensions[static_cast<std::size_t>(found - dimensions.begin())];
  }

  void set_text(Record& record, std::string_view field, const Row& row,
                std::string_view from) const {
    const Dimension* const text = dimension(row, from);
    if (text != nullptr && *text) set_value(record, *find_field(field), **text);
  }

  static void set_number(Record& record, std::string_view field,
                         const std::optional<std::int64_t>& number) {
    if (number) set_value(record, *find_field(field), *number);
  }

  [[nodiscard]] Record record_of(const Row& row, Interval time) const {
    // No row names an end user.
    static constexpr std::array<std::string_view, 4> kAccounts = {"project_id", "user_id",
                                                                  "api_key_id", ""};
    Record record;
    record.kind = RecordKind::kUsage;
    record.id = id_of(row, time);
    record.time = time.from;
    record.duration = time.to - time.from;
    record.requests = *row.measures[kRequests];
    set_value(record, *find_field("provider"), std::string("openai"));
    set_value(record, *find_field("operation"), std::string(reading_.endpoint->name));
    if (!reading_.organization.empty()) {
      set_value(record, *find_field("organization"), std::string(reading_.organization));
    }
    set_text(record, "response_model", row, "model");
    set_text(record, "project", row, "project_id");
    set_text(record, "api_key", row, "api_key_id");
    set_text(record, "service_tier", row, "service_tier");
    set_text(record, "account", row, kAccounts[static_cast<std::size_t>(reading_.account)]);
    if (const Dimension* const batch = dimension(row, "batch"); batch != nullptr && *batch) {
      set_value(record, *find_field("request.batch"), **batch == "true");
    }
    set_number(record, "input_tokens", row.measures[kInput]);
    set_number(record, "cached_tokens", row.measures[kCached]);
    set_number(record, "output_tokens", row.measures[kOutput]);
    return record;
  }

  const UsageReading& reading_;
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
