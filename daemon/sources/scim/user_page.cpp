#include "daemon/sources/scim/user_page.h"

#include <charconv>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sources/contract/page_rows.h"
#include "daemon/sources/scim/user_entry.h"
#include "policies/model/digest.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::string_view kScimPageName = "page of users";
constexpr std::string_view kListSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
constexpr std::string_view kErrorSchema = "urn:ietf:params:scim:api:messages:2.0:Error";
constexpr std::size_t kBeforeDigits = 16;

/// A start that can be counted on from.
constexpr std::int64_t kLastScimStart = 1'000'000'000;

class ScimPageReader {
 public:
  ScimPageReader(const AccountReading& reading, std::string_view account_in)
      : reading_(reading), account_in_(account_in) {}

  PageRead read_page(ondemand::object& page) {
    MembersSeen seen;
    const auto take = [&](std::string_view name, ondemand::value value) -> PageRead {
      if (!seen.is_first(name)) return page_fault("it has a member twice");
      if (name == "schemas") return read_schemas(value);
      if (name == "Resources") return read_users(value);
      if (name != "totalResults") return std::nullopt;
      if (!read_count(value, name, total_)) return std::nullopt;
      return page_fault("`totalResults` is no count");
    };
    if (PageRead fault = each_member(page, take)) return fault;
    return total_ ? std::nullopt : page_fault("it lacks `totalResults`");
  }

  [[nodiscard]] std::int64_t total() const { return *total_; }
  [[nodiscard]] const std::string& first() const { return first_; }
  FeedAnswer take() { return std::move(answer_); }

 private:
  static PageRead read_schemas(ondemand::value& value) {
    ondemand::array schemas;
    if (value.get_array().get(schemas) != simdjson::SUCCESS) {
      return page_fault("`schemas` is no array");
    }
    bool is_list = false;
    for (auto element : schemas) {
      std::string_view schema;
      if (element.get_string().get(schema) != simdjson::SUCCESS) {
        return page_fault("`schemas` holds something that is no text");
      }
      if (schema == kErrorSchema) return page_fault("it is an error of SCIM");
      is_list = is_list || schema == kListSchema;
    }
    if (is_list) return std::nullopt;
    return page_fault("its `schemas` do not name `" + std::string(kListSchema) +
                      "`: SCIM 2.0 is what is read");
  }

  PageRead read_users(ondemand::value& value) {
    bool null = false;
    if (value.is_null().get(null) == simdjson::SUCCESS && null) return std::nullopt;
    const auto user = [this](ondemand::object& object) { return read_user(object); };
    const auto origin = [this] { return "entry " + std::to_string(answer_.rows); };
    return read_page_rows(value, "`Resources`", answer_, user, origin);
  }

  PageRead read_user(ondemand::object& object) {
    std::string_view raw;
    if (const auto code = object.raw_json().get(raw); code != simdjson::SUCCESS) {
      return page_fault(simdjson::error_message(code));
    }
    nlohmann::json document;
    AccountEntry entry;
    PageRead fault = parse_entry(raw, document);
    if (first_.empty()) first_ = digits_of(fault ? nlohmann::json() : document, raw);
    if (!fault) fault = read_scim_user(document, account_in_, entry);
    if (fault) return fault;
    answer_.records.push_back(account_record(entry, reading_));
    return std::nullopt;
  }

  /// What a user is known again by: its id, for all else of it may change between two pages.
  static std::string digits_of(const nlohmann::json& user, std::string_view raw) {
    const auto id = user.find("id");
    const bool has_id = user.is_object() && id != user.end() && id->is_string();
    return to_hex(sha256(has_id ? std::string_view(id->get_ref<const std::string&>()) : raw))
        .substr(0, kBeforeDigits);
  }

  const AccountReading& reading_;
  std::string_view account_in_;
  FeedAnswer answer_;
  std::string first_;  ///< digits of the hash of the first user's id
  std::optional<std::int64_t> total_;
};

}  // namespace

std::string to_text(const ScimPlace& place) {
  return std::to_string(place.start) + "." + place.before;
}

ScimPlace scim_place_from_text(std::string_view text) {
  ScimPlace place;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, place.start);
  const bool good = problem == std::errc() && stop != end && *stop == '.' && place.start > 1 &&
                    place.start <= kLastScimStart &&
                    end - stop == static_cast<std::ptrdiff_t>(kBeforeDigits) + 1;
  if (!good) return {};
  place.before.assign(stop + 1, end);
  return place;
}

Result<FeedAnswer> read_scim_page(std::string_view body, const AccountReading& reading,
                                  std::string_view account_in, const ScimPlace& place) {
  ScimPageReader reader(reading, account_in);
  const auto read_page = [&reader](ondemand::object& page) { return reader.read_page(page); };
  if (auto read = read_document(body, kScimPageName, read_page); !read) {
    return tl::unexpected(read.error());
  }
  const std::int64_t total = reader.total();
  if (!place.before.empty() && reader.first() == place.before) {
    // All have come: the server gave more than were asked for, and gives them whatever is asked.
    if (place.start - 1 >= total) return FeedAnswer{};
    return refused_page(kScimPageName,
                        "it begins with the user that the page before it began with: the server "
                        "pays no heed to `startIndex`");
  }
  const std::string first = reader.first();
  FeedAnswer answer = reader.take();
  const std::int64_t passed = place.start - 1 + answer.rows;
  if (answer.rows == 0 && total > passed) {
    return refused_page(kScimPageName, "it has no users, and `totalResults` says that there are " +
                                           std::to_string(total - passed) + " from here on");
  }
  answer.more = answer.rows > 0 && (answer.rows >= kScimPageSize || passed < total);
  if (answer.more) answer.next = to_text(ScimPlace{passed + 1, first});
  return answer;
}

}  // namespace tidewaiter
