#include "daemon/sources/contract/list_page.h"

#include <optional>
#include <string>
#include <utility>

#include "daemon/sources/contract/page_rows.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;

using TakeEntry = std::function<PageRead(ondemand::object&, FeedAnswer&)>;
using TakeBytes = std::function<PageRead(std::string_view, FeedAnswer&)>;

constexpr std::string_view kDirectoryList = "list of the directory";

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

PageRead read_cursor_list(ondemand::object& page, const TakeEntry& take, FeedAnswer& answer) {
  MembersSeen seen;
  bool has_data = false;
  bool has_next = false;
  const auto take_member = [&](std::string_view name, ondemand::value value) -> PageRead {
    if (!seen.is_first(name)) return page_fault("it has a member twice");
    if (name == "data") {
      has_data = true;
      return read_entries(value, take, answer);
    }
    if (name != "next_page") return std::nullopt;
    has_next = true;
    std::optional<std::string> next;
    if (read_text(value, name, next)) return page_fault("`next_page` is no text");
    answer.more = next.has_value();
    answer.next = next.value_or(std::string());
    return std::nullopt;
  };
  if (PageRead fault = each_member(page, take_member)) return fault;
  if (has_data && has_next) return std::nullopt;
  return page_fault("it lacks `data` or `next_page`");
}

TakeEntry by_bytes(const TakeBytes& take) {
  return [&take](ondemand::object& entry, FeedAnswer& answer) -> PageRead {
    std::string_view raw;
    if (const auto code = entry.raw_json().get(raw); code != simdjson::SUCCESS) {
      return page_fault(simdjson::error_message(code));
    }
    return take(raw, answer);
  };
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

Result<FeedAnswer> read_list_page(std::string_view body, std::string_view object,
                                  const TakeBytes& take) {
  return read_entry_list(body, {kDirectoryList, object}, by_bytes(take));
}

Result<FeedAnswer> read_cursor_page(std::string_view body, const TakeBytes& take) {
  FeedAnswer answer;
  const auto read_page = [&](ondemand::object& page) {
    return read_cursor_list(page, by_bytes(take), answer);
  };
  if (auto read = read_document(body, kDirectoryList, read_page); !read) {
    return tl::unexpected(read.error());
  }
  return answer;
}

}  // namespace tidewaiter
