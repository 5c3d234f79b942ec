#include "daemon/sources/anthropic/analytics_page.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "daemon/sources/anthropic/analytics_members.h"
#include "daemon/sources/contract/field_writer.h"
#include "daemon/sources/contract/page_rows.h"
#include "daemon/sources/contract/row_identity.h"
#include "policies/model/field_catalogue.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;

/// Of one bucket, between two pages: a cursor has to hold them.
constexpr std::size_t kMostHeld = 10'000;

class AnalyticsReader {
 public:
  AnalyticsReader(const AnalyticsReading& reading, AnalyticsPlace place)
      : reading_(reading), bucket_(place.bucket), sums_(std::move(place.held)) {}

  PageRead read_page(ondemand::object& page) {
    MembersSeen seen;
    bool has_data = false;
    bool has_more = false;
    const auto take = [&](std::string_view name, ondemand::value value) -> PageRead {
      if (!seen.is_first(name)) return page_fault("it has a member twice");
      if (name == "data") {
        has_data = true;
        return read_rows(value);
      }
      if (name == "has_more") {
        has_more = true;
        if (value.get_bool().get(answer_.more) == simdjson::SUCCESS) return std::nullopt;
        return page_fault("`has_more` is no boolean");
      }
      if (name == "data_refreshed_at") return read_refreshed(value);
      if (name != "next_page") return std::nullopt;
      if (read_text(value, name, next_)) return page_fault("`next_page` is no token");
      return std::nullopt;
    };
    if (PageRead fault = each_member(page, take)) return fault;
    if (!has_data || !has_more) return page_fault("it lacks `data` or `has_more`");
    return end_page();
  }

  FeedAnswer take() { return std::move(answer_); }

 private:
  PageRead read_refreshed(ondemand::value& value) {
    bool null = false;
    if (value.is_null().get(null) == simdjson::SUCCESS && null) return std::nullopt;
    std::optional<UtcTime> time;
    if (PageRead fault = read_instant(value, "data_refreshed_at", time)) return fault;
    answer_.whole_to = align_down(*time, reading_.width);
    return std::nullopt;
  }

  PageRead read_rows(ondemand::value& value) {
    const auto read = [this](ondemand::object& row) { return read_row(row); };
    const auto origin = [this] { return "row " + std::to_string(answer_.rows); };
    return read_page_rows(value, "`data`", answer_, read, origin);
  }

  PageRead read_row(ondemand::object& object) {
    MembersSeen seen;
    std::optional<UtcTime> start;
    std::optional<UtcTime> end;
    AnalyticsParty party;
    AnalyticsFigures figures;
    bool is_grouped = false;
    bool is_told = false;
    const std::string_view told = reading_.is_costs() ? "cost" : "usage";
    const auto take = [&](std::string_view name, ondemand::value value) -> PageRead {
      if (!seen.is_first(name)) return row_fault("it has `" + std::string(name) + "` twice");
      if (name == "starting_at") return read_instant(value, name, start);
      if (name == "ending_at") return read_instant(value, name, end);
      if (name == "group") {
        is_grouped = true;
        return read_analytics_party(value, party);
      }
      if (name != told) return std::nullopt;
      is_told = true;
      return reading_.is_costs() ? read_analytics_cost(value, figures)
                                 : read_analytics_usage(value, figures);
    };
    if (PageRead fault = each_member(object, take)) return fault;
    if (!start || !end || !is_grouped || !is_told) {
      return page_fault("a row lacks `starting_at`, `ending_at`, `group` or `" + std::string(told) +
                        "`");
    }
    if (PageRead fault = go_to({*start, *end})) return fault;
    return add(std::move(party), figures);
  }

  /// The bucket of the row that is read: what was held of the one before is whole.
  PageRead go_to(Interval time) {
    if (time.from < reading_.window.from || time.to > reading_.window.to) {
      return page_fault("a bucket lies outside the window that was asked for");
    }
    if (time.to - time.from != reading_.width ||
        align_down(time.from, reading_.width) != time.from) {
      return page_fault("a bucket has not the width that was asked for");
    }
    if (bucket_ && time.from < *bucket_) return page_fault("rows are not in the order of time");
    if (bucket_ && time.from > *bucket_) {
      if (PageRead fault = close(sums_)) return fault;
      sums_.clear();
    }
    bucket_ = time.from;
    return std::nullopt;
  }

  PageRead add(AnalyticsParty party, const AnalyticsFigures& figures) {
    const auto [sum, is_new] = sums_.emplace(std::move(party), figures);
    if (is_new) return std::nullopt;
    for (std::size_t i = 0; i < kAnalyticsFigures; ++i) {
      if (!add_counts(sum->second[i], figures[i])) return too_large();
    }
    return std::nullopt;
  }

  /// What may have more rows on the next page is kept for it.
  PageRead end_page() {
    AnalyticsPlace place;
    if (answer_.more) {
      const auto is_held = [](const auto& sum) { return !sum.first[kActor].has_value(); };
      std::ranges::copy_if(sums_, std::inserter(place.held, place.held.end()), is_held);
      std::erase_if(sums_, is_held);
    }
    if (place.held.size() > kMostHeld) {
      return page_fault("a bucket has more parties without an actor than can be kept");
    }
    if (PageRead fault = close(sums_)) return fault;
    if (!answer_.more || !next_ || next_->empty()) return std::nullopt;
    place.page = *next_;
    place.bucket = bucket_;
    answer_.next = to_text(place);
    return std::nullopt;
  }

  /// The bucket's sums become records.
  PageRead close(const AnalyticsSums& sums) {
    if (!bucket_) return std::nullopt;
    RowIdentity identity{"anthropic", reading_.source, reading_.endpoint,
                         std::to_string(reading_.width.us), std::to_string(bucket_->us)};
    for (const auto& [party, figures] : sums) {
      for (std::size_t i = 0; i < party.size(); ++i) {
        identity.add(kAnalyticsDimensions[i]).add(party[i] ? "value" : "null");
        identity.add(party[i].value_or(std::string()));
      }
      if (PageRead fault = write_record(identity.finish(), party, figures)) return fault;
    }
    return std::nullopt;
  }

  PageRead write_record(const Digest& id, const AnalyticsParty& party,
                        const AnalyticsFigures& figures) {
    constexpr std::size_t kMost = 12;
    Record record;
    record.kind = RecordKind::kUsage;
    record.id = id;
    record.time = *bucket_;
    record.duration = reading_.width;
    record.requests = reading_.is_costs() ? 0 : figures[kRequests].value_or(0);
    FieldWriter write(record, kMost);
    write.text(field_id("provider"), "anthropic");
    if (reading_.is_costs()) write.text(field_id("operation"), "costs");
    write.text(field_id("response_model"), party[kModel]);
    if (!reading_.is_costs()) {
      std::optional<std::int64_t> input = figures[kUncached];
      for (const std::size_t part : {kCacheRead, kHourlyWritten, kShortWritten}) {
        if (!add_counts(input, figures[part])) return too_large();
      }
      write.number(field_id("input_tokens"), input);
      write.number(field_id("output_tokens"), figures[kOutput]);
      write.number(field_id("cached_tokens"), figures[kCacheRead]);
    }
    write.text(field_id("organization"), not_empty(reading_.organization));
    write.text(field_id("project"), party[kWorkspace]);
    write.text(field_id("account"), account_of(party));
    write.text(field_id("api_key"), party[kKey]);
    write.text(field_id("end_user"), party[kProfile]);
    if (reading_.is_costs()) {
      write.number(field_id("cost"), figures[kAmount]);
      write.text(field_id("cost.basis"), "billed");
    }
    answer_.records.push_back(std::move(record));
    return std::nullopt;
  }

  [[nodiscard]] const std::optional<std::string>& account_of(const AnalyticsParty& party) const {
    switch (reading_.account) {
      case AccountChoice::kProject:
        return party[kWorkspace];
      case AccountChoice::kPrincipal:
        return party[kActor];
      case AccountChoice::kApiKey:
        return party[kKey];
      case AccountChoice::kEndUser:
        break;
    }
    return party[kProfile];
  }

  static PageRead too_large() { return page_fault("rows of one party have too large a sum"); }

  const AnalyticsReading& reading_;
  std::optional<UtcTime> bucket_;  ///< of the last row
  AnalyticsSums sums_;             ///< of that bucket, so far
  std::optional<std::string> next_;
  FeedAnswer answer_;
};

}  // namespace

std::set<FieldId> analytics_fields(std::string_view endpoint, const ContractConfig& config) {
  std::vector<std::string_view> names = {"provider", "response_model", "project",
                                         "account",  "api_key",        "end_user"};
  const bool costs = endpoint == "analytics_costs";
  for (const char* const name : {"operation", "cost", "cost.basis"}) {
    if (costs) names.emplace_back(name);
  }
  for (const char* const name : {"input_tokens", "output_tokens", "cached_tokens"}) {
    if (!costs) names.emplace_back(name);
  }
  if (!config.organization.empty()) names.emplace_back("organization");
  std::set<FieldId> fields;
  for (const std::string_view name : names) fields.insert(*find_field(name));
  return fields;
}

Result<FeedAnswer> read_analytics_page(std::string_view body, const AnalyticsReading& reading,
                                       AnalyticsPlace place) {
  AnalyticsReader reader(reading, std::move(place));
  const auto read_page = [&reader](ondemand::object& page) { return reader.read_page(page); };
  if (auto read = read_document(body, "analytics report", read_page); !read) {
    return tl::unexpected(read.error());
  }
  return reader.take();
}

}  // namespace tidewaiter
