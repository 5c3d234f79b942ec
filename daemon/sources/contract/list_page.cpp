#include "daemon/sources/contract/list_page.h"

#include <optional>
#include <string>
#include <utility>

#include "daemon/sources/contract/page_rows.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;

using TakeEntry = std::function<PageRead(ondemand::object&, FeedAnswer&)>;

PageRead read_entries(ondemand::value& value, const TakeEntry& take, FeedAnswer& answer) {
  return read_page_rows(
      value, "`data`", answer, [&](ondemand::object& entry) { return take(entry, answer); },
      [&answer] { return "entry " + std::to_string(answer.rows); });
}

PageRead read_list(ondemand::object& page, std::string_view object, const TakeEntry& take,
                   FeedAnswer& answer) {
  MembersSeen seen;
  bool named = object.empty();
  bool has_data = false;
  bool has_more = false;
  const auto take_member = [&](std::string_view name, ondemand::value value) -> PageRead {
    if (!seen.is_first(name)) return page_fault("it has a member twice");
    if (name == "object" && !object.empty()) {
      named = true;
      return expect_text(value, "object", object);
    }
    if (name == "data") {
      has_data = true;
      return read_entries(value, take, answer);
    }
    if (name == "has_more") {
      has_more = true;
      if (value.get_bool().get(answer.more) == simdjson::SUCCESS) return std::nullopt;
      return page_fault("`has_more` is no boolean");
    }
    if (name != "last_id") return std::nullopt;
    std::optional<std::string> last;
    if (read_text(value, name, last)) return page_fault("`last_id` is no text");
    answer.next = last.value_or(std::string());
    return std::nullopt;
  };
  if (PageRead fault = each_member(page, take_member)) return fault;
  if (named && has_data && has_more) return std::nullopt;
  return page_fault("it lacks " + std::string(object.empty() ? "" : "`object`, ") +
                    "`data` or `has_more`");
}

}  // namespace

Result<FeedAnswer> read_entry_list(std::string_view body, const ListShape& shape,
                                   const TakeEntry& take) {
  FeedAnswer answer;
  const auto read_page = [&](ondemand::object& page) {
    return read_list(page, shape.object, take, answer);
  };
  if (auto read = read_document(body, shape.what, read_page); !read) {
    return tl::unexpected(read.error());
  }
  return answer;
}

Result<FeedAnswer> read_list_page(
    std::string_view body, std::string_view object,
    const std::function<PageRead(std::string_view, FeedAnswer&)>& take) {
  const auto take_bytes = [&take](ondemand::object& entry, FeedAnswer& answer) -> PageRead {
    std::string_view raw;
    if (const auto code = entry.raw_json().get(raw); code != simdjson::SUCCESS) {
      return page_fault(simdjson::error_message(code));
    }
    return take(raw, answer);
  };
  return read_entry_list(body, {"list of the directory", object}, take_bytes);
}

}  // namespace tidewaiter
