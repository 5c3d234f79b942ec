#include "daemon/sources/postgres/table_page.h"

#include <optional>
#include <string>
#include <utility>

#include "daemon/sources/contract/page_rows.h"
#include "daemon/sources/contract/row_ids.h"
#include "daemon/sources/postgres/table_question.h"
#include "policies/model/digest.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;

using TakeTableRow = std::function<PageRead(ondemand::object&, Record&)>;

class TableReader {
 public:
  TableReader(Interval window, bool by_time, const TakeTableRow& take)
      : window_(window), by_time_(by_time), take_(take) {}

  PageRead read_answer(ondemand::object& answer) {
    std::optional<std::int64_t> limit;
    bool has_rows = false;
    const auto take = [&](std::string_view name, ondemand::value value) -> PageRead {
      if (name == "rows" && !std::exchange(has_rows, true)) return read_rows(value);
      if (name == "limit") return read_count(value, name, limit);
      return page_fault("it has a member that it cannot have");
    };
    if (PageRead fault = each_member(answer, take)) return fault;
    if (!has_rows || limit.value_or(0) < 1) return page_fault("it lacks `rows` or `limit`");
    answer_.more = answer_.rows >= *limit;
    if (answer_.more) answer_.next = to_text(last_);
    return std::nullopt;
  }

  FeedAnswer take() { return std::move(answer_); }

 private:
  PageRead read_rows(ondemand::value& value) {
    const auto read_both = [this](ondemand::object& row) -> PageRead {
      if (PageRead fault = read_place(row)) return fault;
      if (row.reset().error() != simdjson::SUCCESS) return page_fault("a row cannot be read");
      return read_row(row);
    };
    const auto origin = [this] { return "row " + to_text(last_); };
    return read_page_rows(value, "`rows`", answer_, read_both, origin);
  }

  /// Where the row stands, which must be behind the one before it.
  PageRead read_place(ondemand::object& row) {
    std::optional<std::int64_t> time;
    std::optional<std::string> id;
    const auto take = [&](std::string_view name, ondemand::value value) -> PageRead {
      if (name == "key_time" && !time) return read_count(value, name, time);
      if (name == "key_id" && !id) return read_text(value, name, id);
      return std::nullopt;
    };
    if (each_member(row, take) || !time || !id || id->empty()) {
      return page_fault("a row lacks its place, or it cannot be one");
    }
    if (by_time_ && !in_window(UtcTime{*time})) {
      return page_fault("a row lies outside the time that was asked for");
    }
    if (*time < last_.time_us) return page_fault("rows are out of order");
    last_ = {*time, *std::move(id)};
    return std::nullopt;
  }

  PageRead read_row(ondemand::object& row) {
    Record record;
    if (PageRead fault = take_(row, record)) return fault;
    if (by_time_ && !in_window(record.time) && !in_window(record.end())) {
      return row_fault("its time is not that of its place");
    }
    if (!ids_.is_first(record.id)) return row_fault("its id comes twice in one page");
    answer_.records.push_back(std::move(record));
    return std::nullopt;
  }

  [[nodiscard]] bool in_window(UtcTime time) const {
    return time >= window_.from && time < window_.to;
  }

  Interval window_;
  bool by_time_;
  const TakeTableRow& take_;
  FeedAnswer answer_;
  TablePlace last_;
  RowIds ids_;
};

}  // namespace

Result<FeedAnswer> read_table_page(std::string_view body, Interval window, bool by_time,
                                   const TakeTableRow& take) {
  TableReader reader(window, by_time, take);
  const auto read = [&reader](ondemand::object& answer) { return reader.read_answer(answer); };
  if (auto done = read_document(body, "page of a table", read); !done) {
    return tl::unexpected(done.error());
  }
  return reader.take();
}

}  // namespace tidewaiter
