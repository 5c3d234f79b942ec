#include "daemon/sources/contract/bucket_page.h"

#include <optional>
#include <string>
#include <utility>

#include "daemon/sources/contract/page_rows.h"
#include "policies/model/digest.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;

class BucketReader {
 public:
  BucketReader(const BucketShape& shape, Duration width, Interval window, BucketRows& rows)
      : shape_(shape), width_(width), window_(window), rows_(rows) {}

  PageRead read_page(ondemand::object& page) {
    MembersSeen seen;
    bool named = shape_.page_object.empty();
    bool has_data = false;
    bool has_more = false;
    const auto take = [&](std::string_view name, ondemand::value value) -> PageRead {
      if (!seen.is_first(name)) return page_fault("it has a member twice");
      if (name == "object" && !shape_.page_object.empty()) {
        named = true;
        return expect_text(value, "object", shape_.page_object);
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
    if (PageRead fault = each_member(page, take)) return fault;
    if (!named || !has_data || !has_more) {
      return page_fault("it lacks `object`, `data` or `has_more`");
    }
    return std::nullopt;
  }

  FeedAnswer take() { return std::move(answer_); }

 private:
  struct Bucket {
    std::optional<UtcTime> start;
    std::optional<UtcTime> end;
    bool named = false;
    bool has_results = false;
  };

  PageRead read_token(ondemand::value& value) {
    std::optional<std::string> token;
    if (read_text(value, "next_page", token)) return page_fault("`next_page` is no token");
    if (token) answer_.next = *std::move(token);
    return std::nullopt;
  }

  PageRead read_buckets(ondemand::value& value) {
    ondemand::array buckets;
    if (value.get_array().get(buckets) != simdjson::SUCCESS) {
      return page_fault("`data` is no array");
    }
    for (auto element : buckets) {
      ondemand::object bucket;
      if (element.get_object().get(bucket) != simdjson::SUCCESS) {
        return page_fault("`data` holds something that is no object");
      }
      if (PageRead fault = read_bucket(bucket)) return fault;
    }
    return std::nullopt;
  }

  PageRead read_bucket(ondemand::object& object) {
    MembersSeen seen;
    Bucket bucket;
    bucket.named = shape_.bucket_object.empty();
    const std::size_t first_bad = answer_.bad.size();
    const auto take = [&](std::string_view name, ondemand::value value) -> PageRead {
      if (!seen.is_first(name)) return page_fault("a bucket has a member twice");
      if (name == "object" && !shape_.bucket_object.empty()) {
        bucket.named = true;
        return expect_text(value, "object", shape_.bucket_object);
      }
      if (name == shape_.start) return read_time(value, name, bucket.start);
      if (name == shape_.end) return read_time(value, name, bucket.end);
      if (name != "results") return std::nullopt;
      bucket.has_results = true;
      return read_rows(value);
    };
    if (PageRead fault = each_member(object, take)) return fault;
    return take_bucket(bucket, first_bad);
  }

  PageRead read_time(ondemand::value& value, std::string_view name,
                     std::optional<UtcTime>& out) const {
    if (!shape_.in_seconds) return read_instant(value, name, out);
    constexpr std::int64_t kLast = kRecordTimes.to.us / kSecond.us;
    std::int64_t number = 0;
    if (value.get_int64().get(number) != simdjson::SUCCESS || number < 0 || number > kLast) {
      return page_fault("a bucket's time is no number of seconds");
    }
    out = UtcTime{number * kSecond.us};
    return std::nullopt;
  }

  PageRead read_rows(ondemand::value& value) {
    const auto read_row = [this](ondemand::object& row) { return rows_.read_row(row); };
    // Where the bucket begins is told once that is known: see take_bucket().
    const auto origin = [] { return std::string(); };
    return read_page_rows(value, "`results`", answer_, read_row, origin);
  }

  PageRead take_bucket(const Bucket& bucket, std::size_t first_bad) {
    if (!bucket.named || !bucket.start || !bucket.end || !bucket.has_results) {
      return page_fault(
          "a bucket lacks " + std::string(shape_.bucket_object.empty() ? "" : "`object`, ") + "`" +
          std::string(shape_.start) + "`, `" + std::string(shape_.end) + "` or `results`");
    }
    const Interval time{*bucket.start, *bucket.end};
    if (time.from < window_.from || time.to > window_.to) {
      return page_fault("a bucket lies outside the window that was asked for");
    }
    if (time.to - time.from != width_ || align_down(time.from, width_) != time.from) {
      return page_fault("a bucket has not the width that was asked for");
    }
    if (!starts_.insert(time.from).second) return page_fault("a bucket comes twice");
    for (std::size_t i = first_bad; i < answer_.bad.size(); ++i) {
      answer_.bad[i].origin = format_time(time.from);
    }
    return rows_.close_bucket(time, answer_.records);
  }

  const BucketShape& shape_;
  Duration width_;
  Interval window_;
  BucketRows& rows_;
  FeedAnswer answer_;
  std::set<UtcTime> starts_;
};

}  // namespace

Result<FeedAnswer> read_bucket_page(std::string_view body, const BucketShape& shape, Duration width,
                                    Interval window, BucketRows& rows) {
  BucketReader reader(shape, width, window, rows);
  const auto read_page = [&reader](ondemand::object& page) { return reader.read_page(page); };
  if (auto read = read_document(body, shape.what, read_page); !read) {
    return tl::unexpected(read.error());
  }
  return reader.take();
}

}  // namespace tidewaiter
