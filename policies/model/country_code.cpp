#include "policies/model/country_code.h"

#include <algorithm>
#include <array>

namespace tidewaiter {
namespace {

/// ISO 3166-1 alpha-2, the 249 codes assigned: a first letter, then the second ones that it has.
constexpr auto kAssigned = std::to_array<std::string_view>({
    "ADEFGILMOQRSTUWXZ",
    "BABDEFGHIJLMNOQRSTVWYZ",
    "CACDFGHIKLMNORUVWXYZ",
    "DEJKMOZ",
    "ECEGHRST",
    "FIJKMOR",
    "GABDEFGHILMNPQRSTUWY",
    "HKMNRTU",
    "IDELMNOQRST",
    "JEMOP",
    "KEGHIMNPRWYZ",
    "LABCIKRSTUVY",
    "MACDEFGHKLMNOPQRSTUVWXYZ",
    "NACEFGILOPRUZ",
    "OM",
    "PAEFGHKLMNRSTWY",
    "QA",
    "REOSUW",
    "SABCDEGHIJKLMNORSTVXYZ",
    "TCDFGHJKLMNORTVWZ",
    "UAGMSYZ",
    "VACEGINU",
    "WFS",
    "YET",
    "ZAMW",
});

}  // namespace

bool is_assigned_country(std::string_view text) {
  if (text.size() != 2) return false;
  return std::ranges::any_of(kAssigned, [text](std::string_view row) {
    return row.front() == text[0] && row.substr(1).find(text[1]) != std::string_view::npos;
  });
}

}  // namespace tidewaiter
