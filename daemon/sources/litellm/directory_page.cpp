#include "daemon/sources/litellm/directory_page.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "daemon/sources/contract/page_json.h"
#include "daemon/sources/contract/page_number.h"
#include "daemon/sources/contract/page_rows.h"
#include "daemon/sources/litellm/page_size.h"
#include "policies/model/field_catalogue.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;
using Way = ListPlace::Way;

/// What is read of any entry. Which of them a kind of entry has, and what they mean there, says
/// finish_entry().
struct ListEntry {
  std::string token;
  std::string user_id;
  std::string team_id;
  std::string organization_id;
  std::string key_alias;
  std::string user_alias;
  std::string team_alias;
  std::string alias;
  std::string user_email;
  std::string created_at;
  bool blocked = false;
};

using ListText = std::pair<std::string_view, std::string ListEntry::*>;
constexpr auto kListTexts = std::to_array<ListText>({
    {"token", &ListEntry::token},
    {"user_id", &ListEntry::user_id},
    {"team_id", &ListEntry::team_id},
    {"organization_id", &ListEntry::organization_id},
    {"key_alias", &ListEntry::key_alias},
    {"user_alias", &ListEntry::user_alias},
    {"team_alias", &ListEntry::team_alias},
    {"alias", &ListEntry::alias},
    {"user_email", &ListEntry::user_email},
    {"created_at", &ListEntry::created_at},
});

PageRead read_entry_member(std::string_view name, ondemand::value& value, MembersSeen& seen,
                           ListEntry& entry) {
  std::optional<std::string> text;
  const auto* const place = std::ranges::find(kListTexts, name, &ListText::first);
  if (place == kListTexts.end() && name != "blocked") return std::nullopt;
  if (!seen.is_first(name)) return row_fault("it has `" + std::string(name) + "` twice");
  if (place == kListTexts.end()) {
    PageRead fault = read_truth(value, name, text);
    entry.blocked = text == "true";
    return fault;
  }
  if (PageRead fault = read_text(value, name, text)) return fault;
  entry.*(place->second) = text.value_or(std::string());
  return std::nullopt;
}

/// What the members of an entry come to, by the list that it is of. Empty: not there.
AccountEntry account_entry(const ListEntry& read, std::string_view list) {
  AccountEntry entry;
  entry.organization = read.organization_id;
  if (list == "keys") {
    entry.kind = "key";
    entry.id = entry.api_key = read.token;
    entry.name = read.key_alias;
    entry.project = read.team_id;
    entry.owner = read.user_id;
  } else if (list == "teams") {
    entry.kind = "project";
    entry.id = entry.project = read.team_id;
    entry.name = read.team_alias;
  } else if (list == "users") {
    entry.kind = "user";
    entry.id = entry.owner = read.user_id;
    entry.name = read.user_alias;
    entry.email = read.user_email;
  } else {
    entry.kind = "end_user";
    entry.id = entry.end_user = read.user_id;
    entry.name = read.alias;
  }
  if (read.blocked) entry.enforcement.emplace_back("blocked");
  return entry;
}

PageRead finish_entry(const ListEntry& read, std::string_view list, const AccountReading& reading,
                      Record& record) {
  AccountEntry entry = account_entry(read, list);
  if (entry.id.empty()) return row_fault("its id is missing");
  if (!read.created_at.empty()) {
    const Result<UtcTime> time = parse_time(read.created_at, true);
    if (!time || !is_record_time(*time)) return row_fault("`created_at` is no time");
    entry.created = *time;
  }
  record = account_record(entry, reading);
  return std::nullopt;
}

/// Whether the entries of a page stand in the order in which they were made.
struct EntryOrder {
  std::optional<std::int64_t> first;  ///< when the first was made
  std::optional<std::int64_t> last;
  bool kept = true;

  void add(const Record& record) {
    constexpr FieldId kCreated = field_id("created");
    const Value made = field_value(record, kCreated);
    const auto* const time = std::get_if<std::int64_t>(&made);
    kept = kept && time != nullptr && (!last || *last <= *time);
    if (time == nullptr) return;
    if (!first) first = *time;
    last = *time;
  }
};

class ListReader {
 public:
  explicit ListReader(const AccountReading& reading) : reading_(reading) {}

  /// `entries`: the array, or the value that has to be one.
  template <class Entries>
  PageRead read_entries(Entries& entries) {
    const auto entry = [this](ondemand::object& object) { return read_entry(object); };
    const auto origin = [this] { return "entry " + std::to_string(answer_.rows); };
    return read_page_rows(entries, "it", answer_, entry, origin);
  }

  FeedAnswer take() { return std::move(answer_); }
  [[nodiscard]] const EntryOrder& order() const { return order_; }

 private:
  PageRead read_entry(ondemand::object& object) {
    Record record;
    if (PageRead fault = read_litellm_entry(object, reading_.endpoint, reading_, record)) {
      order_.kept = false;
      return fault;
    }
    order_.add(record);
    answer_.records.push_back(std::move(record));
    return std::nullopt;
  }

  const AccountReading& reading_;
  FeedAnswer answer_;
  EntryOrder order_;
};

std::string list_name(const AccountReading& reading) {
  return "list of " + std::string(reading.endpoint);
}

/// A whole document that is an array: the list of customers.
Result<FeedAnswer> read_bare_list(std::string_view body, const AccountReading& reading) {
  const simdjson::padded_string padded(body);
  ondemand::parser parser;
  ondemand::document document;
  ondemand::array entries;
  auto code = parser.iterate(padded).get(document);
  if (code == simdjson::SUCCESS) code = document.get_array().get(entries);
  if (code != simdjson::SUCCESS) {
    return refused_page(list_name(reading),
                        "is no JSON array: " + std::string(simdjson::error_message(code)));
  }
  ListReader reader(reading);
  if (const PageRead fault = reader.read_entries(entries)) {
    return refused_page(list_name(reading), fault->reason);
  }
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
    return refused_page(list_name(reading), "goes on behind its end");
  }
  return reader.take();
}

/// The number of the page that the server says it is; older servers do not say it.
PageRead expect_page(ondemand::value& value, std::string_view name, std::int64_t page) {
  std::optional<std::int64_t> number;
  if (read_count(value, name, number) || (number && *number != page)) {
    return page_fault("`" + std::string(name) + "` is not the page that was asked for");
  }
  return std::nullopt;
}

/// From when on all is in order, once the page at `place` has been read. One without entries, which
/// those that went have left, changes nothing.
std::optional<UtcTime> in_order_behind(const ListPlace& place, const EntryOrder& order) {
  if (!order.kept) return std::nullopt;
  if (!order.first) return place.in_order_from;
  const UtcTime first{*order.first};
  if (place.way == Way::kToLast) {
    // What was read before it stood ahead of it, and will be read once more.
    return place.page == 1 || place.in_order_from ? std::optional(first) : std::nullopt;
  }
  if (!place.in_order_from || UtcTime{*order.last} > *place.in_order_from) return std::nullopt;
  return first;
}

/// Where it goes on in a list of `pages` pages; nothing: it has been read.
std::optional<ListPlace> place_behind(const ListPlace& place, std::int64_t pages,
                                      const EntryOrder& order) {
  if (place.way == Way::kAgain) {
    if (place.page >= pages) return std::nullopt;
    return ListPlace{Way::kAgain, place.page + 1, std::nullopt};
  }
  const std::optional<UtcTime> in_order = in_order_behind(place, order);
  if (place.way == Way::kToLast && pages > place.page) {
    return ListPlace{Way::kToLast, pages, in_order};
  }
  if (place.page > 1) return ListPlace{Way::kDown, place.page - 1, in_order};
  const bool is_whole = in_order || place.way == Way::kToLast;  // or there is one page alone
  if (is_whole || pages <= 1) return std::nullopt;
  return ListPlace{Way::kAgain, 2, std::nullopt};
}

/// The same where nobody says how many pages there are: page by page to one that is not full, past
/// which nothing moves that is new, and down again, past which nothing moves for one that goes.
std::optional<ListPlace> place_behind(const ListPlace& place, bool is_full) {
  if (place.way != Way::kDown && is_full) {
    return ListPlace{place.way, place.page + 1, std::nullopt};
  }
  if (place.way == Way::kAgain || place.page == 1) return std::nullopt;
  return ListPlace{Way::kDown, place.page - 1, std::nullopt};
}

constexpr auto kListWays = std::to_array<std::pair<Way, std::string_view>>(
    {{Way::kToLast, "up."}, {Way::kDown, "down."}, {Way::kAgain, "again."}});

}  // namespace

PageRead read_litellm_entry(ondemand::object& object, std::string_view list,
                            const AccountReading& reading, Record& record) {
  MembersSeen seen;
  ListEntry entry;
  const auto take = [&](std::string_view name, ondemand::value value) -> PageRead {
    return read_entry_member(name, value, seen, entry);
  };
  if (PageRead fault = each_member(object, take)) return fault;
  return finish_entry(entry, list, reading, record);
}

std::string to_text(const ListPlace& place) {
  std::string text;
  for (const auto& [way, word] : kListWays) {
    if (way == place.way) text = word;
  }
  text += std::to_string(place.page);
  if (place.in_order_from) text += "." + std::to_string(place.in_order_from->us);
  return text;
}

ListPlace list_place_from_text(std::string_view token) {
  ListPlace place;
  for (const auto& [way, word] : kListWays) {
    if (!token.starts_with(word)) continue;
    place.way = way;
    token.remove_prefix(word.size());
    break;
  }
  const std::size_t dot = std::min(token.find('.'), token.size());
  place.page = page_number(token.substr(0, dot));
  if (dot == token.size()) return place;
  std::int64_t us = 0;
  const char* const end = token.data() + token.size();
  const auto [stop, problem] = std::from_chars(token.data() + dot + 1, end, us);
  if (problem == std::errc() && stop == end) place.in_order_from = UtcTime{us};
  return place;
}

Result<FeedAnswer> read_litellm_list(std::string_view body, const AccountReading& reading,
                                     const ListPlace& place) {
  if (reading.endpoint == "customers") return read_bare_list(body, reading);
  ListReader reader(reading);
  bool has_list = false;
  std::optional<std::int64_t> pages;
  const auto read_page = [&](ondemand::object& object) -> PageRead {
    MembersSeen seen;
    const auto take = [&](std::string_view name, ondemand::value value) -> PageRead {
      if (!seen.is_first(name)) return page_fault("it has a member twice");
      if (name == "page" || name == "current_page") return expect_page(value, name, place.page);
      if (name == "total_pages") {
        if (!read_count(value, name, pages)) return std::nullopt;
        return page_fault("`total_pages` is no count");
      }
      if (name != reading.endpoint) return std::nullopt;
      has_list = true;
      return reader.read_entries(value);
    };
    if (PageRead fault = each_member(object, take)) return fault;
    if (has_list) return std::nullopt;
    return page_fault("it lacks `" + std::string(reading.endpoint) + "`");
  };
  if (auto read = read_document(body, list_name(reading), read_page); !read) {
    return tl::unexpected(read.error());
  }
  const EntryOrder order = reader.order();
  FeedAnswer answer = reader.take();
  const auto next = pages ? place_behind(place, *pages, order)
                          : place_behind(place, answer.rows >= kLiteLlmPageSize);
  answer.more = next.has_value();
  if (next) answer.next = to_text(*next);
  return answer;
}

}  // namespace tidewaiter
