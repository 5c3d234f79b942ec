#include "daemon/sources/scim/user_entry.h"

#include <algorithm>
#include <array>
#include <string>

#include <nlohmann/json.hpp>

#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

constexpr auto kScimIds = std::to_array<std::string_view>({"id", "externalId", "userName"});
constexpr std::string_view kUserSchema = "urn:ietf:params:scim:schemas:core:2.0:User";

/// Another kind of resource is another list than what was asked for. Servers that name no schema
/// are believed.
PageRead expect_user(const nlohmann::json& user) {
  const auto schemas = user.find("schemas");
  if (schemas == user.end() || !schemas->is_array()) return std::nullopt;
  const bool is_user = std::ranges::any_of(*schemas, [](const nlohmann::json& schema) {
    return schema.is_string() && schema.get_ref<const std::string&>() == kUserSchema;
  });
  if (is_user) return std::nullopt;
  return page_fault("an entry is no user of SCIM 2.0: its `schemas` do not name `" +
                    std::string(kUserSchema) + "`");
}

PageRead impossible_value(const char* name) {
  return row_fault("`" + std::string(name) + "` has a value that it cannot have");
}

/// One value of an attribute that may have several: an object, or, as some servers write it, its
/// text alone.
PageRead take_one_value(const nlohmann::json& value, const char* attribute, const char* member,
                        std::string& out) {
  if (value.is_object()) return take_text(value, member, out);
  if (value.is_string()) return take_text(nlohmann::json{{member, value}}, member, out);
  return impossible_value(attribute);
}

std::string as_it_is(std::string_view text) { return std::string(text); }

/// Whether a word is an e-mail address: something before its last `@`, and a dot within the domain.
bool is_users_mail(std::string_view word) {
  const std::size_t sign = word.rfind('@');
  if (sign == std::string_view::npos || sign == 0) return false;
  const std::string_view domain = word.substr(sign + 1);
  const std::size_t dot = domain.find('.');
  return dot != std::string_view::npos && dot > 0 && !domain.ends_with('.');
}

/// Whether a text has such a word: "Mei <mei@mail.example>" has.
bool holds_users_mail(std::string_view text) {
  constexpr std::string_view kBetweenWords = " \t\r\n<>()[]\"',;:";
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(kBetweenWords), text.size());
    if (is_users_mail(text.substr(0, end))) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

/// The value that counts of an attribute that may have several: the primary one, or else the first,
/// of those that have a `form`.
PageRead take_first_value(const nlohmann::json& user, const char* attribute, const char* member,
                          std::string (*form)(std::string_view), std::string& out) {
  const auto values = user.find(attribute);
  if (values == user.end() || values->is_null()) return std::nullopt;
  if (!values->is_array()) return impossible_value(attribute);
  bool has_primary = false;
  for (const nlohmann::json& value : *values) {
    std::string text;
    if (PageRead fault = take_one_value(value, attribute, member, text)) return fault;
    text = form(text);
    const auto primary = value.is_object() ? value.find("primary") : value.end();
    const bool is_primary =
        value.is_object() && primary != value.end() && *primary == nlohmann::json(true);
    if (text.empty() || has_primary || (!out.empty() && !is_primary)) continue;
    out = std::move(text);
    has_primary = is_primary;
  }
  return std::nullopt;
}

/// Whether a text can be stored as a user's name. What it logs in with is none, nor is an address:
/// servers write either where nobody has given a name.
bool is_users_name(const nlohmann::json& user, const std::string& text) {
  const std::string name = ascii_lower(text);
  const auto is_name = [&name](const nlohmann::json& other) {
    return other.is_string() && ascii_lower(other.get_ref<const std::string&>()) == name;
  };
  const auto login = user.find("userName");
  if (text.empty() || holds_users_mail(text)) return false;
  if (login != user.end() && is_name(*login)) return false;
  const auto mails = user.find("emails");
  if (mails == user.end() || !mails->is_array()) return true;
  return std::ranges::none_of(*mails, [&is_name](const nlohmann::json& mail) {
    return is_name(mail) || (mail.is_object() && mail.contains("value") && is_name(mail["value"]));
  });
}

/// `displayName`, or what `name` comes to: the first that can be stored.
PageRead take_display_name(const nlohmann::json& user, std::string& out) {
  std::string text;
  const auto take = [&user, &out](const std::string& candidate) {
    if (out.empty() && is_users_name(user, candidate)) out = candidate;
  };
  if (PageRead fault = take_text(user, "displayName", text)) return fault;
  take(text);
  const auto name = user.find("name");
  if (!out.empty() || name == user.end() || !name->is_object()) return std::nullopt;
  std::string formatted;
  std::string given;
  std::string family;
  if (PageRead fault = take_text(*name, "formatted", formatted)) return fault;
  take(formatted);
  if (!out.empty()) return std::nullopt;
  if (PageRead fault = take_text(*name, "givenName", given)) return fault;
  if (PageRead fault = take_text(*name, "familyName", family)) return fault;
  take(given + (given.empty() || family.empty() ? "" : " ") + family);
  return std::nullopt;
}

/// The account's id by `account_in`. A user that lacks it is an account by itself, under its
/// identifier: its bare id could be another's account where the records are.
PageRead take_scim_account(const nlohmann::json& user, std::string_view account_in,
                           AccountEntry& entry) {
  if (account_in.empty()) return std::nullopt;
  const std::string attribute(account_in);
  if (PageRead fault = take_text(user, attribute.c_str(), entry.account)) return fault;
  if (entry.account.empty()) entry.account = "scim:" + entry.id;
  return std::nullopt;
}

/// A truth, which some servers write as a text.
PageRead take_active(const nlohmann::json& user, AccountEntry& entry) {
  const auto active = user.find("active");
  if (active == user.end() || active->is_null()) return std::nullopt;
  const std::string word = active->is_boolean()  ? (active->get<bool>() ? "true" : "false")
                           : active->is_string() ? ascii_lower(active->get<std::string>())
                                                 : std::string();
  if (word != "true" && word != "false") return impossible_value("active");
  if (word == "false") entry.enforcement.emplace_back("inactive");
  return std::nullopt;
}

PageRead take_created(const nlohmann::json& user, AccountEntry& entry) {
  const auto meta = user.find("meta");
  if (meta == user.end() || !meta->is_object()) return std::nullopt;
  std::string text;
  if (PageRead fault = take_text(*meta, "created", text)) return fault;
  if (text.empty()) return std::nullopt;
  const Result<UtcTime> time = parse_time(text, true);
  if (!time || !is_record_time(*time)) return row_fault("`meta.created` is no time");
  entry.created = *time;
  return std::nullopt;
}

}  // namespace

bool is_scim_id(std::string_view attribute) {
  return std::ranges::find(kScimIds, attribute) != kScimIds.end();
}

PageRead read_scim_user(const nlohmann::json& user, std::string_view account_in,
                        AccountEntry& entry) {
  if (PageRead fault = expect_user(user)) return fault;
  entry.kind = "user";
  if (PageRead fault = need_text(user, "id", entry.id)) return fault;
  entry.owner = entry.id;  // the principal that usage names
  if (PageRead fault = take_scim_account(user, account_in, entry)) return fault;
  if (PageRead fault = take_display_name(user, entry.name)) return fault;
  if (PageRead fault = take_first_value(user, "emails", "value", as_it_is, entry.email)) {
    return fault;
  }
  // Only what stands behind the `@` goes into a record.
  if (entry.email.empty()) {
    if (PageRead fault = take_text(user, "userName", entry.email)) return fault;
    if (!is_users_mail(entry.email)) entry.email.clear();
  }
  if (PageRead fault =
          take_first_value(user, "addresses", "country", alpha_two, entry.country_declared)) {
    return fault;
  }
  if (PageRead fault = take_active(user, entry)) return fault;
  return take_created(user, entry);
}

}  // namespace tidewaiter
