#include "daemon/sources/stripe/customer_place.h"

#include <charconv>
#include <cstdint>

#include "daemon/outbound/http_client.h"

namespace tidewaiter {

std::string to_text(const CustomerPlace& place) {
  if (!place.created) return place.id;
  return place.id + "-" + std::to_string(place.created->us / kSecond.us);
}

CustomerPlace customer_place_from_text(std::string_view text) {
  const std::size_t dash = text.rfind('-');
  if (dash == std::string_view::npos) return {std::string(text), std::nullopt};
  std::int64_t second = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data() + dash + 1, end, second);
  const bool good = problem == std::errc() && stop == end && second >= 0 &&
                    second < kRecordTimes.to.us / kSecond.us;
  if (!good) return {std::string(text), std::nullopt};
  return {std::string(text.substr(0, dash)), UtcTime{second * kSecond.us}};
}

std::optional<CustomerPlace> without_customer(const CustomerPlace& place) {
  if (place.id.empty() || !place.created) return std::nullopt;
  return CustomerPlace{{}, place.created};
}

std::string query_part(const CustomerPlace& place) {
  if (!place.id.empty()) return "&starting_after=" + percent_encoded(place.id);
  if (!place.created) return {};
  return "&" + percent_encoded("created[lte]") + "=" +
         std::to_string(place.created->us / kSecond.us);
}

}  // namespace tidewaiter
