#include "daemon/sources/litellm/spend_page.h"

#include <array>
#include <bitset>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/sources/contract/member_names.h"
#include "daemon/sources/contract/page_number.h"
#include "daemon/sources/contract/page_rows.h"
#include "daemon/sources/contract/row_ids.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;

/// What is read of a row, by its place: texts first.
constexpr auto kSpendMembers = std::to_array<std::string_view>(
    {"request_id", "call_type", "api_key", "user", "team_id", "organization_id", "end_user",
     "model", "model_group", "custom_llm_provider", "requester_ip_address", "session_id", "status",
     "startTime", "endTime", "prompt_tokens", "completion_tokens", "spend", "metadata"});
constexpr MemberNames kSpendNames(kSpendMembers);

/// Where the texts go, in the order of their places.
constexpr auto kSpendTexts = std::to_array<std::string_view SpendRow::*>(
    {&SpendRow::request_id, &SpendRow::call_type, &SpendRow::api_key, &SpendRow::user,
     &SpendRow::team, &SpendRow::organization, &SpendRow::end_user, &SpendRow::model,
     &SpendRow::model_group, &SpendRow::provider, &SpendRow::address, &SpendRow::session,
     &SpendRow::status});

/// What else is read, behind the texts.
enum SpendOther : std::size_t { kStart, kEnd, kPrompt, kCompletion, kSpend, kMetadata };
static_assert(kSpendMembers[kSpendTexts.size() + kMetadata] == "metadata");

/// The figure at `path` of nested objects, if it is there; what is there and is no count is a
/// fault.
PageRead read_detail(ondemand::value& value, std::string_view outer, std::string_view inner,
                     std::optional<std::int64_t>& out) {
  ondemand::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return std::nullopt;
  MembersSeen seen;
  return each_member(object, [&](std::string_view name, ondemand::value& member) -> PageRead {
    if (name != inner) return std::nullopt;
    if (!seen.is_first(name)) return row_fault("`" + std::string(outer) + "` has a member twice");
    return read_count(member, inner, out);
  });
}

/// `usage_object`: what the provider counted. The two ways to say what a cache gave are of OpenAI
/// and of Anthropic; where both are there they say the same.
PageRead read_usage_object(ondemand::value& value, SpendRow& row) {
  ondemand::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return std::nullopt;
  row.has_usage = true;
  return each_member(object, [&](std::string_view name, ondemand::value& member) -> PageRead {
    if (name == "prompt_tokens_details") {
      return read_detail(member, name, "cached_tokens", row.cached_tokens);
    }
    if (name == "completion_tokens_details") {
      return read_detail(member, name, "reasoning_tokens", row.reasoning_tokens);
    }
    if (name != "cache_read_input_tokens") return std::nullopt;
    std::optional<std::int64_t> count;
    if (PageRead fault = read_count(member, name, count)) return fault;
    if (!row.cached_tokens) row.cached_tokens = count;
    return std::nullopt;
  });
}

PageRead read_error(ondemand::value& value, SpendRow& row) {
  ondemand::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return std::nullopt;
  return each_member(object, [&](std::string_view name, ondemand::value& member) -> PageRead {
    if (name != "error_code") return std::nullopt;
    std::optional<std::string> code;
    if (PageRead fault = read_digits(member, name, code)) return fault;
    row.error_code = code.value_or(std::string());
    return std::nullopt;
  });
}

PageRead read_metadata(ondemand::object& metadata, SpendRow& row) {
  return each_member(metadata, [&](std::string_view name, ondemand::value& member) -> PageRead {
    if (name == "usage_object") return read_usage_object(member, row);
    if (name == "error_information") return read_error(member, row);
    if (name != "cost_breakdown") return std::nullopt;
    ondemand::json_type type{};
    if (const auto code = member.type().get(type); code != simdjson::SUCCESS) {
      return value_fault(name, code);
    }
    row.has_cost = type == ondemand::json_type::object;
    return std::nullopt;
  });
}

/// An object, or the text of one: the column is JSON, and older versions wrote a text into it.
PageRead read_metadata_value(ondemand::value& value, SpendRow& row) {
  ondemand::json_type type{};
  if (const auto code = value.type().get(type); code != simdjson::SUCCESS) {
    return value_fault("metadata", code);
  }
  ondemand::object metadata;
  if (type == ondemand::json_type::object) {
    if (const auto code = value.get_object().get(metadata); code != simdjson::SUCCESS) {
      return value_fault("metadata", code);
    }
    return read_metadata(metadata, row);
  }
  if (type != ondemand::json_type::string) return std::nullopt;
  std::string_view text;
  if (const auto code = value.get_string().get(text); code != simdjson::SUCCESS) {
    return value_fault("metadata", code);
  }
  const simdjson::padded_string padded(text);
  ondemand::parser parser;
  ondemand::document document;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
      document.get_object().get(metadata) != simdjson::SUCCESS) {
    return row_fault("`metadata` is a text that is no object");
  }
  PageRead fault = read_metadata(metadata, row);
  if (fault) fault->whole = false;  // the page itself is well formed
  return fault;
}

/// A time as the server writes it; without a zone it is UTC.
PageRead read_spend_time(ondemand::value& value, std::string_view name,
                         std::optional<UtcTime>& out) {
  std::optional<std::string_view> text;
  if (PageRead fault = read_text(value, name, text)) return fault;
  return take_row_time(text, name, out, true);
}

PageRead read_spend_member(std::size_t place, std::string_view name, ondemand::value& value,
                           SpendRow& row) {
  std::optional<std::string_view> text;
  if (place < kSpendTexts.size()) {
    if (PageRead fault = read_text(value, name, text)) return fault;
    row.*kSpendTexts[place] = text.value_or(std::string_view());
    return std::nullopt;
  }
  switch (static_cast<SpendOther>(place - kSpendTexts.size())) {
    case kStart:
      return read_spend_time(value, name, row.start);
    case kEnd:
      return read_spend_time(value, name, row.end);
    case kPrompt:
      return read_count(value, name, row.prompt_tokens);
    case kCompletion:
      return read_count(value, name, row.completion_tokens);
    case kSpend: {
      PageRead fault = read_digits(value, name, text);
      row.spend = text.value_or(std::string_view());
      return fault;
    }
    case kMetadata:
      return read_metadata_value(value, row);
  }
  return std::nullopt;
}

class SpendPageReader {
 public:
  SpendPageReader(const SpendReading& reading, Interval window)
      : reading_(reading), identity_(spend_identity(reading)), window_(window) {}

  PageRead read_page(ondemand::object& page) {
    MembersSeen seen;
    bool has_data = false;
    const auto take = [&](std::string_view name, ondemand::value& value) -> PageRead {
      if (!seen.is_first(name)) return page_fault("it has a member twice");
      if (name == "data") {
        has_data = true;
        return read_rows(value);
      }
      return NumberedPage::has(name) ? number_.read(name, value) : std::nullopt;
    };
    if (PageRead fault = each_member(page, take)) return fault;
    if (has_data && number_.is_told()) return std::nullopt;
    return page_fault("it lacks `data`, `page` or `page_size`");
  }

  [[nodiscard]] const NumberedPage& number() const { return number_; }
  /// When the last row begins; nothing if the rows do not stand in the order of time.
  [[nodiscard]] std::optional<UtcTime> last() const { return sorted_ ? last_ : std::nullopt; }
  FeedAnswer take() { return std::move(answer_); }

 private:
  PageRead read_rows(ondemand::value& value) {
    const auto row = [this](ondemand::object& object) { return read_row(object); };
    // Without a number: rows of a page's last second are read again by another question, where they
    // have other numbers, and what tells a bad one from others are its bytes.
    const auto origin = [] { return std::string("row"); };
    return read_page_rows(value, "`data`", answer_, row, origin);
  }

  PageRead read_row(ondemand::object& object) {
    SpendRow row;
    if (PageRead fault = read_spend_row(object, row)) return fault;
    Record record;
    if (PageRead fault = take_spend_row(row, reading_, identity_, record)) return fault;
    sorted_ = sorted_ && (!last_ || *last_ <= record.time);
    last_ = record.time;
    if (record.time == window_.to) return std::nullopt;
    if (record.time < window_.from || record.time > window_.to) {
      return page_fault("a row begins outside the time that was asked for");
    }
    if (!ids_.is_first(record.id)) return row_fault("its id comes twice in one page");
    answer_.records.push_back(std::move(record));
    return std::nullopt;
  }

  const SpendReading& reading_;
  RowIdentity identity_;
  Interval window_;
  FeedAnswer answer_;
  RowIds ids_;
  NumberedPage number_;
  std::optional<UtcTime> last_;
  bool sorted_ = true;
};

/// Where it goes on behind a full page.
SpendPlace place_behind(const SpendPlace& place, const std::optional<UtcTime>& last) {
  const UtcTime second = align_down(last.value_or(place.from), kSecond);
  if (second > place.from) return {second, 1};
  return {place.from, place.page + 1};
}

}  // namespace

PageRead read_spend_row(ondemand::object& object, SpendRow& row) {
  std::bitset<kSpendMembers.size()> seen;
  return each_member(object, [&](std::string_view name, ondemand::value& value) -> PageRead {
    const std::optional<std::size_t> place = kSpendNames.place_of(name);
    if (!place) return std::nullopt;  // whatever else stands there never leaves this function
    if (seen.test(*place)) return row_fault("it has `" + std::string(name) + "` twice");
    seen.set(*place);
    return read_spend_member(*place, name, value, row);
  });
}

std::string to_text(const SpendPlace& place) {
  return std::to_string(place.from.us / kSecond.us) + "." + std::to_string(place.page);
}

SpendPlace spend_place_from_text(std::string_view token, Interval window) {
  const std::size_t dot = token.find('.');
  if (dot == std::string_view::npos) return {window.from, page_number(token)};
  std::int64_t second = 0;
  const char* const end = token.data() + dot;
  const auto [stop, problem] = std::from_chars(token.data(), end, second);
  constexpr std::int64_t kSeconds = kSecond.us;
  const bool good = problem == std::errc() && stop == end && second >= window.from.us / kSeconds &&
                    second <= window.to.us / kSeconds;
  if (!good) return {window.from, 1};
  return {{second * kSeconds}, page_number(token.substr(dot + 1))};
}

Result<FeedAnswer> read_spend_page(std::string_view body, const SpendReading& reading,
                                   Interval window, const SpendPlace& place) {
  constexpr std::string_view kWhat = "page of spend logs";
  SpendPageReader reader(reading, {place.from, window.to});
  const auto read_page = [&](ondemand::object& object) { return reader.read_page(object); };
  if (auto read = read_document(body, kWhat, read_page); !read) {
    return tl::unexpected(read.error());
  }
  Result<FeedAnswer> answer = reader.number().turn(reader.take(), kWhat, place.page);
  if (!answer || !answer->more) return answer;
  const std::optional<UtcTime> last = reader.last();
  if (last == window.to) {
    answer->more = false;  // what follows begins there too
    answer->next.clear();
  } else {
    answer->next = to_text(place_behind(place, last));
  }
  return answer;
}

}  // namespace tidewaiter
