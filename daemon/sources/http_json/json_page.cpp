#include "daemon/sources/http_json/json_page.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <simdjson.h>

#include "daemon/sources/contract/page_json.h"
#include "daemon/sources/contract/row_ids.h"
#include "daemon/sources/json_cells.h"
#include "daemon/sources/row_mapper.h"
#include "policies/model/record_identity.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::string_view kListWhat = "list of rows";

/// The mapper of rows whose cells are those of the declared columns, in their order.
Result<RowMapper> list_mapper(const SourceConfig& config) {
  auto rows = RowMapper::make(config);
  if (!rows) return rows;
  std::vector<std::string_view> names;
  names.reserve(config.mapping->columns.size());
  for (const auto& column : config.mapping->columns) names.push_back(column.name);
  if (auto bound = rows->bind(names, config.name); !bound) return tl::unexpected(bound.error());
  return rows;
}

class ListRows {
 public:
  ListRows(const SourceConfig& config, RowMapper mapper, JsonCells cells, Interval window)
      : config_(config), mapper_(std::move(mapper)), cells_(std::move(cells)), window_(window) {
    const auto& columns = config.mapping->columns;
    const auto id = std::ranges::find(columns, config.listing->id, &ExprScope::Named::name);
    if (id != columns.end()) id_ = static_cast<std::size_t>(id - columns.begin());
  }

  PageRead read(ondemand::array& rows) {
    for (auto element : rows) {
      ondemand::object object;
      std::string_view raw;
      if (element.get_object().get(object) != simdjson::SUCCESS) {
        return page_fault("a row is no object");
      }
      if (const auto code = object.raw_json().get(raw); code != simdjson::SUCCESS) {
        return page_fault(simdjson::error_message(code));
      }
      ++answer_.rows;
      PageRead fault = read_row(raw);
      if (!fault) continue;
      if (fault->whole) return fault;
      answer_.bad.push_back({"row " + std::to_string(answer_.rows), -1, fault->reason, sha256(raw),
                             static_cast<std::int64_t>(raw.size())});
    }
    return std::nullopt;
  }

  FeedAnswer take() { return std::move(answer_); }

 private:
  PageRead read_row(std::string_view raw) {
    if (auto read = cells_.read(raw); !read) return row_fault(read.error().message);
    const Result<bool> wanted = mapper_.read(cells_.cells());
    if (!wanted) return row_fault(wanted.error().message);
    if (!*wanted) return std::nullopt;
    Result<Record> record = mapper_.record();
    if (!record) return row_fault(record.error().message);
    if (record->time == window_.to) return std::nullopt;
    if (record->time < window_.from || record->time > window_.to) {
      return page_fault("a row begins outside the time that was asked for");
    }
    if (id_ && cells_.cells()[*id_].empty()) return row_fault("`id` is not there");
    record->id = id_ ? identity_of_text(config_.name, cells_.cells()[*id_]) : identity(*record);
    if (!ids_.is_first(record->id)) return row_fault("its id comes twice in one page");
    answer_.records.push_back(*std::move(record));
    return std::nullopt;
  }

  const SourceConfig& config_;
  RowMapper mapper_;
  JsonCells cells_;
  Interval window_;
  std::optional<std::size_t> id_;
  RowIds ids_;
  FeedAnswer answer_;
};

Result<void> read_rows(std::string_view body, const std::string& pointer, ListRows& rows) {
  const simdjson::padded_string padded(body);
  ondemand::parser parser;
  ondemand::document document;
  ondemand::array array;
  auto code = parser.iterate(padded).get(document);
  if (code == simdjson::SUCCESS) {
    code = pointer.empty() ? document.get_array().get(array)
                           : document.at_pointer(pointer).get_array().get(array);
  }
  if (code != simdjson::SUCCESS) {
    return refused_page(kListWhat, "there is no array where `rows` says: " +
                                       std::string(simdjson::error_message(code)));
  }
  if (const PageRead fault = rows.read(array)) return refused_page(kListWhat, fault->reason);
  if (pointer.empty() && document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
    return refused_page(kListWhat, "goes on behind its end");
  }
  return {};
}

/// Where the list goes on, by what stands in the answer; the whole of it is looked at for that, so
/// that one that was cut off is none.
Result<void> read_next(std::string_view body, const JsonListing& listing, std::int64_t page,
                       FeedAnswer& answer) {
  if (!listing.rows.empty()) {
    std::vector<std::string> pointers;
    if (listing.paging == JsonListing::Paging::kCursor) pointers.push_back(listing.next);
    auto cells = JsonCells::make(pointers);
    if (!cells) return tl::unexpected(cells.error());
    if (auto read = cells->read(body); !read) return refused_page(kListWhat, read.error().message);
    if (!pointers.empty()) answer.next = std::string(cells->cells()[0]);
    answer.more = !answer.next.empty();
  }
  if (listing.paging == JsonListing::Paging::kPage && answer.rows > 0) {
    answer.more = true;
    answer.next = std::to_string(page + 1);
  }
  return {};
}

}  // namespace

Result<FeedAnswer> read_json_page(std::string_view body, const SourceConfig& config,
                                  Interval window, std::int64_t page) {
  if (!config.mapping || !config.listing) {
    return fail(ErrorCode::kInvalidInput, "there is no mapping");
  }
  Result<RowMapper> mapper = list_mapper(config);
  if (!mapper) return tl::unexpected(mapper.error());
  Result<JsonCells> cells = JsonCells::make(config.mapping->pointers);
  if (!cells) return tl::unexpected(cells.error());
  ListRows rows(config, *std::move(mapper), *std::move(cells), window);
  if (auto read = read_rows(body, config.listing->rows, rows); !read) {
    return tl::unexpected(read.error());
  }
  FeedAnswer answer = rows.take();
  if (auto read = read_next(body, *config.listing, page, answer); !read) {
    return tl::unexpected(read.error());
  }
  return answer;
}

}  // namespace tidewaiter
