#include "daemon/sources/openai/usage_page.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <simdjson.h>

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

/// What is read of a row besides its dimensions.
enum Measure : std::size_t { kRequests, kInput, kCached, kOutput, kMeasures };
constexpr std::array<std::string_view, kMeasures> kMeasureNames = {
    "num_model_requests", "input_tokens", "input_cached_tokens", "output_tokens"};

constexpr std::size_t kMostDimensions = 6;
constexpr std::size_t kLongestText = 4096;

using Dimension = std::optional<std::string>;

/// A row of a bucket. `batch` is kept as the text "true" or "false".
struct Row {
  std::array<Dimension, kMostDimensions> dimensions;
  std::array<std::optional<std::int64_t>, kMeasures> measures;
};

/// Why something cannot be read: what stands in the document makes the row bad; what is wrong with
/// the document itself fails the page.
struct Fault {
  bool whole = false;
  std::string reason;
};
using Read = std::optional<Fault>;  // nothing: all is well

Read row_fault(std::string reason) { return Fault{false, std::move(reason)}; }
Read page_fault(std::string reason) { return Fault{true, std::move(reason)}; }

bool is_about_value(simdjson::error_code code) {
  return code == simdjson::INCORRECT_TYPE || code == simdjson::NUMBER_ERROR ||
         code == simdjson::NUMBER_OUT_OF_RANGE || code == simdjson::STRING_ERROR;
}

Read value_fault(std::string_view name, simdjson::error_code code) {
  if (!is_about_value(code)) return page_fault(simdjson::error_message(code));
  return row_fault("`" + std::string(name) + "` has a value that it cannot have");
}

Read read_measure(ondemand::value& value, std::string_view name, std::optional<std::int64_t>& out) {
  bool null = false;
  if (const auto code = value.is_null().get(null); code != simdjson::SUCCESS) {
    return value_fault(name, code);
  }
  if (null) return std::nullopt;
  std::int64_t number = 0;
  if (const auto code = value.get_int64().get(number); code != simdjson::SUCCESS) {
    return value_fault(name, code);
  }
  if (number < 0) return row_fault("`" + std::string(name) + "` is negative");
  out = number;
  return std::nullopt;
}

Read read_dimension(ondemand::value& value, std::string_view name, Dimension& out) {
  bool null = false;
  if (const auto code = value.is_null().get(null); code != simdjson::SUCCESS) {
    return value_fault(name, code);
  }
  if (null) return std::nullopt;
  if (name == "batch") {
    bool flag = false;
    if (const auto code = value.get_bool().get(flag); code != simdjson::SUCCESS) {
      return value_fault(name, code);
    }
    out = flag ? "true" : "false";
    return std::nullopt;
  }
  std::string_view text;
  if (const auto code = value.get_string().get(text); code != simdjson::SUCCESS) {
    return value_fault(name, code);
  }
  if (text.size() > kLongestText || text.find('\0') != std::string_view::npos) {
    return row_fault("`" + std::string(name) + "` is too long, or holds a NUL byte");
  }
  out = std::string(text);
  return std::nullopt;
}

/// Calls `take(name, value)` for the members of an object, in the order of the document, until one
/// has a fault.
template <class Take>
Read each_member(ondemand::object& object, const Take& take) {
  for (auto element : object) {
    if (element.error() != simdjson::SUCCESS) {
      return page_fault(simdjson::error_message(element.error()));
    }
    ondemand::field member = element.value_unsafe();
    std::string_view name;
    if (const auto code = member.unescaped_key().get(name); code != simdjson::SUCCESS) {
      return page_fault(simdjson::error_message(code));
    }
    if (Read fault = take(name, member.value())) return fault;
  }
  return std::nullopt;
}

/// Adds up; absent if either is. False: the sum has no place in int64.
bool add(std::optional<std::int64_t>& to, const std::optional<std::int64_t>& from) {
  if (!to || !from) {
    to.reset();
    return true;
  }
  return !__builtin_add_overflow(*to, *from, &*to);
}

/// Reads one page; buckets and rows in the order of the document, members in any order.
class PageReader {
 public:
  explicit PageReader(const UsageReading& reading) : reading_(reading) {}

  Result<FeedAnswer> read(std::string_view body) {
    const simdjson::padded_string padded(body);
    ondemand::parser parser;
    ondemand::document document;
    ondemand::object page;
    auto code = parser.iterate(padded).get(document);
    if (code == simdjson::SUCCESS) code = document.get_object().get(page);
    if (code != simdjson::SUCCESS) {
      return refuse("is no JSON object: " + std::string(simdjson::error_message(code)));
    }
    if (const Read fault = read_page(page)) return refuse(fault->reason);
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
      return refuse("goes on behind its end");
    }
    return std::move(answer_);
  }

 private:
  struct Bucket {
    std::optional<std::int64_t> start;
    std::optional<std::int64_t> end;
    std::vector<Row> rows;
    std::size_t first_bad = 0;  ///< in the answer's list
    bool named = false;
    bool has_results = false;
  };

  static tl::unexpected<Error> refuse(const std::string& what) {
    return fail(ErrorCode::kInvalidInput, "the answer is no page of usage buckets: " + what +
                                              "; the server's format may "
                                              "have changed");
  }

  /// False if the member came before, in this object.
  static bool is_first(std::set<std::string, std::less<>>& seen, std::string_view name) {
    return seen.emplace(name).second;
  }

  Read read_page(ondemand::object& page) {
    std::set<std::string, std::less<>> seen;
    bool named = false;
    bool has_data = false;
    bool has_more = false;
    const auto take = [&](std::string_view name, ondemand::value value) -> Read {
      if (!is_first(seen, name)) return page_fault("it has a member twice");
      if (name == "object") {
        named = true;
        return expect_text(value, "object", "page");
      }
      if (name == "data") {
        has_data = true;
        return read_buckets(value);
      }
      if (name == "has_more") {
        has_more = true;
        if (value.get_bool().get(answer_.more) == simdjson::SUCCESS) return std::nullopt;
        return page_fault("`has_more` is no boolean");
      }
      return name == "next_page" ? read_token(value) : std::nullopt;
    };
    if (Read fault = each_member(page, take)) return fault;
    if (!named || !has_data || !has_more) {
      return page_fault("it lacks `object`, `data` or `has_more`");
    }
    return std::nullopt;
  }

  static Read expect_text(ondemand::value& value, std::string_view name, std::string_view wanted) {
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS || text != wanted) {
      return page_fault("`" + std::string(name) + "` is not `" + std::string(wanted) + "`");
    }
    return std::nullopt;
  }

  Read read_token(ondemand::value& value) {
    bool null = false;
    if (value.is_null().get(null) == simdjson::SUCCESS && null) return std::nullopt;
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS || text.size() > kLongestText) {
      return page_fault("`next_page` is no token");
    }
    answer_.next = std::string(text);
    return std::nullopt;
  }

  Read read_buckets(ondemand::value& value) {
    ondemand::array buckets;
    if (value.get_array().get(buckets) != simdjson::SUCCESS) {
      return page_fault("`data` is no array");
    }
    for (auto element : buckets) {
      ondemand::object bucket;
      if (element.get_object().get(bucket) != simdjson::SUCCESS) {
        return page_fault("`data` holds something that is no object");
      }
      if (Read fault = read_bucket(bucket)) return fault;
    }
    return std::nullopt;
  }

  Read read_bucket(ondemand::object& object) {
    std::set<std::string, std::less<>> seen;
    Bucket bucket;
    bucket.first_bad = answer_.bad.size();
    const auto take = [&](std::string_view name, ondemand::value value) -> Read {
      if (!is_first(seen, name)) return page_fault("a bucket has a member twice");
      if (name == "object") {
        bucket.named = true;
        return expect_text(value, "object", "bucket");
      }
      if (name == "start_time") return read_seconds(value, bucket.start);
      if (name == "end_time") return read_seconds(value, bucket.end);
      if (name != "results") return std::nullopt;
      bucket.has_results = true;
      return read_rows(value, bucket.rows);
    };
    if (Read fault = each_member(object, take)) return fault;
    return take_bucket(std::move(bucket));
  }

  static Read read_seconds(ondemand::value& value, std::optional<std::int64_t>& out) {
    constexpr std::int64_t kLast = kRecordTimes.to.us / kSecond.us;
    std::int64_t number = 0;
    if (value.get_int64().get(number) != simdjson::SUCCESS || number < 0 || number > kLast) {
      return page_fault("a bucket's time is no number of seconds");
    }
    out = number;
    return std::nullopt;
  }

  Read read_rows(ondemand::value& value, std::vector<Row>& rows) {
    ondemand::array results;
    if (value.get_array().get(results) != simdjson::SUCCESS) {
      return page_fault("`results` is no array");
    }
    for (auto element : results) {
      ondemand::object object;
      if (element.get_object().get(object) != simdjson::SUCCESS) {
        return page_fault("`results` holds something that is no object");
      }
      ++answer_.rows;
      Row row;
      const Read fault = read_row(object, row);
      if (!fault) {
        rows.push_back(std::move(row));
      } else if (fault->whole) {
        return fault;
      } else if (Read whole = quarantine(object, fault->reason)) {
        return whole;
      }
    }
    return std::nullopt;
  }

  Read read_row(ondemand::object& object, Row& row) {
    std::uint64_t seen = 0;
    bool named = false;
    const auto take = [&](std::string_view name, ondemand::value value) -> Read {
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
      if (*place < kMeasures) return read_measure(value, name, row.measures[*place]);
      return read_dimension(value, name, row.dimensions[*place - kMeasures]);
    };
    if (Read fault = each_member(object, take)) return fault;
    if (!named) return page_fault("a row lacks `object`");
    if (!row.measures[kRequests]) return row_fault("`num_model_requests` is missing");
    if (reading_.endpoint->has_tokens && !row.measures[kInput]) {
      return row_fault("`input_tokens` is missing");
    }
    return std::nullopt;
  }

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

  Read quarantine(ondemand::object& object, const std::string& reason) {
    std::string_view raw;
    auto code = object.reset().error();
    if (code == simdjson::SUCCESS) code = object.raw_json().get(raw);
    if (code != simdjson::SUCCESS) return page_fault(simdjson::error_message(code));
    answer_.bad.push_back({{}, -1, reason, sha256(raw), static_cast<std::int64_t>(raw.size())});
    return std::nullopt;
  }

  /// Rows with the same dimensions are summed; then each is a record.
  Read take_bucket(Bucket bucket) {
    if (!bucket.named || !bucket.start || !bucket.end || !bucket.has_results) {
      return page_fault("a bucket lacks `object`, `start_time`, `end_time` or `results`");
    }
    const Interval time{{*bucket.start * kSecond.us}, {*bucket.end * kSecond.us}};
    if (time.from < reading_.window.from || time.to > reading_.window.to) {
      return page_fault("a bucket lies outside the window that was asked for");
    }
    if (time.to - time.from != reading_.width ||
        align_down(time.from, reading_.width) != time.from) {
      return page_fault("a bucket has not the width that was asked for");
    }
    if (!starts_.insert(time.from).second) return page_fault("a bucket comes twice");
    for (std::size_t i = bucket.first_bad; i < answer_.bad.size(); ++i) {
      answer_.bad[i].origin = format_time(time.from);
    }
    std::map<std::array<Dimension, kMostDimensions>, std::size_t> known;
    std::vector<Row> sums;
    for (Row& row : bucket.rows) {
      const auto [place, is_new] = known.emplace(row.dimensions, sums.size());
      if (is_new) {
        sums.push_back(std::move(row));
        continue;
      }
      for (std::size_t i = 0; i < kMeasures; ++i) {
        if (!add(sums[place->second].measures[i], row.measures[i])) {
          return page_fault("rows of one party have too large a sum");
        }
      }
    }
    for (const Row& row : sums) answer_.records.push_back(record_of(row, time));
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
    static constexpr std::array<std::string_view, 3> kAccounts = {"project_id", "user_id",
                                                                  "api_key_id"};
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
  FeedAnswer answer_;
  std::set<UtcTime> starts_;
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
  return PageReader(reading).read(body);
}

}  // namespace tidewaiter
