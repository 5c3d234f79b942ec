#include "daemon/sources/stripe/stripe_object.h"

#include <nlohmann/json.hpp>

#include "daemon/sources/contract/account_entry.h"

namespace tidewaiter {

PageRead expect_stripe(const nlohmann::json& object, std::string_view wanted) {
  const auto word = object.find("object");
  if (word != object.end() && word->is_string() && word->get<std::string>() == wanted) {
    return std::nullopt;
  }
  return page_fault("`object` is not `" + std::string(wanted) + "`");
}

const nlohmann::json& stripe_member(const nlohmann::json& object, const char* name) {
  static const nlohmann::json nothing = nlohmann::json::object();
  const auto found = object.find(name);
  return found != object.end() && found->is_object() ? *found : nothing;
}

PageRead take_stripe_country(const nlohmann::json& object, std::string& out) {
  std::string country;
  if (PageRead fault = take_text(stripe_member(object, "address"), "country", country)) {
    return fault;
  }
  out = alpha_two(country);
  return std::nullopt;
}

}  // namespace tidewaiter
