#include "daemon/sources/newapi/log_list.h"

#include <optional>
#include <string>
#include <utility>

#include "daemon/sources/contract/page_number.h"
#include "daemon/sources/contract/page_rows.h"
#include "daemon/sources/contract/row_ids.h"
#include "daemon/sources/newapi/log_members.h"
#include "policies/model/digest.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::string_view kLogPageName = "page of logs";

class LogListReader {
 public:
  LogListReader(const LogReading& reading, Interval window) : reading_(reading), window_(window) {}

  /// A server that could not answer may write anything into `data`.
  PageRead read_answer(ondemand::object& answer) {
    MembersSeen seen;
    PageRead data_fault = page_fault("it lacks `data`");
    const auto take = [&](std::string_view name, ondemand::value value) -> PageRead {
      if (!seen.is_first(name)) return page_fault("it has a member twice");
      if (name == "data") {
        data_fault = read_data(value);
        return std::nullopt;
      }
      bool success = false;
      if (name != "success") return std::nullopt;
      if (value.get_bool().get(success) != simdjson::SUCCESS) {
        return page_fault("`success` is no boolean");
      }
      success_ = success;
      return std::nullopt;
    };
    if (PageRead fault = each_member(answer, take)) return fault;
    if (!success_) return page_fault("it lacks `success`");
    return *success_ ? data_fault : std::nullopt;
  }

  [[nodiscard]] bool is_refusal() const { return success_ == false; }
  [[nodiscard]] const NumberedPage& number() const { return number_; }
  FeedAnswer take() { return std::move(answer_); }

 private:
  PageRead read_data(ondemand::value& value) {
    ondemand::json_type type{};
    if (value.type().get(type) != simdjson::SUCCESS) return page_fault("`data` cannot be read");
    if (type == ondemand::json_type::array) {
      return page_fault(
          "`data` is an array, as one-api answers: its pages are others, and its "
          "table can be read by a source of kind `postgres`");
    }
    ondemand::object data;
    if (value.get_object().get(data) != simdjson::SUCCESS) return page_fault("`data` is no object");
    bool has_items = false;
    MembersSeen seen;
    const auto take = [&](std::string_view name, ondemand::value member) -> PageRead {
      if (!seen.is_first(name)) return page_fault("`data` has a member twice");
      if (name == "items") {
        has_items = true;
        return read_items(member);
      }
      return NumberedPage::has(name) ? number_.read(name, member) : std::nullopt;
    };
    if (PageRead fault = each_member(data, take)) return fault;
    if (has_items && number_.is_told()) return std::nullopt;
    return page_fault("it lacks `items`, `page` or `page_size`");
  }

  PageRead read_items(ondemand::value& value) {
    bool null = false;
    if (value.is_null().get(null) == simdjson::SUCCESS && null) return std::nullopt;
    const auto row = [this](ondemand::object& object) { return read_row(object); };
    const auto origin = [this] { return "row " + std::to_string(answer_.rows); };
    return read_page_rows(value, "`items`", answer_, row, origin);
  }

  PageRead read_row(ondemand::object& object) {
    LogRow row;
    if (PageRead fault = read_log_row(object, row)) return fault;
    if (row.type && !is_model_use(*row.type)) return std::nullopt;
    Record record;
    if (PageRead fault = take_log_row(row, reading_, record)) return fault;
    if (record.end() < window_.from || record.end() >= window_.to) {
      return page_fault("a row was written outside the time that was asked for");
    }
    if (!ids_.is_first(record.id)) return row_fault("its id comes twice in one page");
    answer_.records.push_back(std::move(record));
    return std::nullopt;
  }

  const LogReading& reading_;
  Interval window_;
  FeedAnswer answer_;
  RowIds ids_;
  std::optional<bool> success_;
  NumberedPage number_;
};

}  // namespace

Result<FeedAnswer> read_log_list(std::string_view body, const LogReading& reading, Interval window,
                                 std::int64_t page) {
  LogListReader reader(reading, window);
  const auto read_answer = [&reader](ondemand::object& answer) {
    return reader.read_answer(answer);
  };
  if (auto read = read_document(body, kLogPageName, read_answer); !read) {
    return tl::unexpected(read.error());
  }
  if (reader.is_refusal()) {
    return fail(ErrorCode::kUnavailable,
                "the server says that it could not answer (`success` is false): `token` has to be "
                "an administrator's, and `user` the number of that administrator; the server's own "
                "log has the reason");
  }
  return reader.number().turn(reader.take(), kLogPageName, page);
}

}  // namespace tidewaiter
