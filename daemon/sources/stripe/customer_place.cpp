#include "daemon/sources/stripe/customer_place.h"

#include <charconv>
#include <cstdint>

#include "daemon/outbound/http_client.h"

namespace tidewaiter {
namespace {

/// No id has it that stands in a walk.
constexpr char kPlaceMark = '@';

}  // namespace

std::string to_text(const CustomerPlace& place) {
  if (place == CustomerPlace{}) return {};
  const std::string second =
      place.created ? std::to_string(place.created->us / kSecond.us) : std::string();
  return kPlaceMark + second + kPlaceMark + place.id;
}

CustomerPlace customer_place_from_text(std::string_view text) {
  const CustomerPlace alone{std::string(text), std::nullopt};
  const std::size_t mark = text.find(kPlaceMark, 1);
  if (!text.starts_with(kPlaceMark) || mark == std::string_view::npos) return alone;
  const std::string id(text.substr(mark + 1));
  if (mark == 1) return {id, std::nullopt};
  std::int64_t second = 0;
  const char* const end = text.data() + mark;
  const auto [stop, problem] = std::from_chars(text.data() + 1, end, second);
  const bool good = problem == std::errc() && stop == end && second >= 0 &&
                    second < kRecordTimes.to.us / kSecond.us;
  if (!good) return alone;
  return {id, UtcTime{second * kSecond.us}};
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
