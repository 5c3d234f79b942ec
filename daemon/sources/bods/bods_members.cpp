#include "daemon/sources/bods/bods_members.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sources/owners/statement_json.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::json;

constexpr Share kPercentOfShare = kWholeShare / 100;

/// Of the codelist interestType of 0.4. What is in neither list nor a shareholding (0.2 and 0.3
/// have other words) may be a share of any size.
constexpr std::array<std::string_view, 10> kControlInterests = {"appointmentOfBoard",
                                                                "boardChair",
                                                                "boardMember",
                                                                "controlByLegalFramework",
                                                                "controlViaCompanyRulesOrArticles",
                                                                "otherInfluenceOrControl",
                                                                "protector",
                                                                "rightsGrantedByContract",
                                                                "seniorManagingOfficial",
                                                                "trustee"};
/// Rights that go with shares, and may stand for them where no share is stated.
constexpr std::array<std::string_view, 5> kRightsOfShares = {
    "enjoymentAndUseOfAssets", "rightToProfitOrIncomeFromAssets", "rightsToProfitOrIncome",
    "rightsToSurplusAssetsOnDissolution", "votingRights"};

/// "voting-rights" → "votingRights": how older versions write the codes.
std::string camel_case(std::string_view code) {
  std::string out;
  bool upper = false;
  for (const char c : code) {
    if (c == '-') {
      upper = true;
      continue;
    }
    out += upper ? ascii_upper(c) : c;
    upper = false;
  }
  return out;
}

InterestNature nature_of(const Json& interest) {
  const std::string type = camel_case(text_in(interest, "type").value_or(""));
  if (type == "shareholding") return InterestNature::kShare;
  const bool control = std::ranges::find(kControlInterests, type) != kControlInterests.end();
  if (control) return InterestNature::kControl;
  const bool right = std::ranges::find(kRightsOfShares, type) != kRightsOfShares.end();
  return right ? InterestNature::kMaybeShare : InterestNature::kUnknown;
}

InterestWay way_of(const Json& interest) {
  const Json* way = member_of(interest, "directOrIndirect");
  if (way == nullptr) way = member_of(interest, "interestLevel");  // as 0.2 calls it
  if (way == nullptr) return InterestWay::kUnknown;
  if (*way == "direct") return InterestWay::kDirect;
  return *way == "indirect" ? InterestWay::kIndirect : InterestWay::kUnknown;
}

/// A bound in hundred-millionths, as far as it is no whole number of them to both sides.
struct Bound {
  Share below = 0;
  Share above = 0;
};

std::optional<Bound> bound_in(const Json& share, const char* name, std::string& doubt) {
  const Json* const value = member_of(share, name);
  if (value == nullptr || value->is_boolean()) return std::nullopt;
  const double percent = value->is_number() ? value->get<double>() : -1.0;
  if (!(percent >= 0.0 && percent <= 100.0)) {
    doubt = "`share." + std::string(name) + "` is no percentage";
    return std::nullopt;
  }
  const double exact = percent * static_cast<double>(kPercentOfShare);
  const double whole = std::round(exact);
  // A decimal of six places is as near to a double as this.
  constexpr double kNear = 1e-4;
  if (std::abs(exact - whole) < kNear)
    return Bound{static_cast<Share>(whole), static_cast<Share>(whole)};
  return Bound{static_cast<Share>(std::floor(exact)), static_cast<Share>(std::ceil(exact))};
}

/// Older versions say by a truth whether `minimum` and `maximum` belong to the range.
bool is_true_member(const Json& share, const char* name) {
  const Json* const value = member_of(share, name);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

/// Whether a person or entity is one of whom nobody says who it is. What stands in place of its
/// name
/// ("unknown person") is nobody's name.
bool is_nobody(const Json& party, const char* member) {
  const Json* type = member_of(party, member);
  if (type != nullptr && type->is_object()) type = member_of(*type, "type");  // an entity's, in 0.4
  if (type == nullptr || !type->is_string()) return false;
  const auto& word = type->get_ref<const std::string&>();
  return word.starts_with("anonymous") || word.starts_with("unknown");
}

HeldDays held_days(const Json& interest, std::string& doubt) {
  HeldDays held;
  if (const Json* const start = member_of(interest, "startDate")) {
    const auto days =
        start->is_string() ? stated_days(start->get_ref<const std::string&>()) : std::nullopt;
    if (days) held.from = days->from;
    if (!days) doubt = "`startDate` is no date";
  }
  if (const Json* const end = member_of(interest, "endDate")) {
    const auto days =
        end->is_string() ? stated_days(end->get_ref<const std::string&>()) : std::nullopt;
    // "The date from which this interest ceased": not of that day, nor later than a rounded one.
    if (days) held.until = *days->until - *days->from == 1 ? days->from : days->until;
    if (!days) doubt = "`endDate` is no date";
  }
  if (held.from && held.until && *held.until <= *held.from) {
    // Which of the two is wrong nobody can say, and neither makes it nobody's.
    held = {};
    doubt = "`endDate` is not after `startDate`";
  }
  return held;
}

}  // namespace

tl::unexpected<Error> bods_fault(std::string message) {
  return fail(ErrorCode::kInvalidInput, std::move(message));
}

std::optional<ShareRange> bods_share(const Json& share, std::string& doubt) {
  if (!share.is_object()) {
    doubt = "`share` is no object";
    return std::nullopt;
  }
  std::string bad;
  const auto exact = bound_in(share, "exact", bad);
  const auto minimum = bound_in(share, "minimum", bad);
  const auto maximum = bound_in(share, "maximum", bad);
  const auto above = bound_in(share, "exclusiveMinimum", bad);
  const auto below = bound_in(share, "exclusiveMaximum", bad);
  ShareRange range;
  if (exact) {
    range = {exact->below, exact->above};
  } else {
    if (minimum) range.least = minimum->below + (is_true_member(share, "exclusiveMinimum") ? 1 : 0);
    if (maximum) range.most = maximum->above - (is_true_member(share, "exclusiveMaximum") ? 1 : 0);
    if (above) range.least = std::max(range.least, above->below + 1);
    if (below) range.most = std::min(range.most, below->above - 1);
  }
  if (bad.empty() && range.least > range.most) bad = "`share` has a minimum above its maximum";
  if (!bad.empty()) {
    doubt = bad;
    return std::nullopt;
  }
  const bool told = exact || minimum || maximum || above || below;
  return told ? std::optional(range) : std::nullopt;
}

void take_bods_entity(const Json& entity, StatedParty& party) {
  party.is_organisation = true;
  if (is_nobody(entity, "entityType")) return;
  if (const auto name = text_in(entity, "name")) party.names.push_back(*name);
  if (const Json* const others = member_of(entity, "alternateNames");
      others && others->is_array()) {
    for (const Json& other : *others) {
      if (const auto name = kept_text(other)) party.names.push_back(*name);
    }
  }
  const Json* place = member_of(entity, "jurisdiction");
  if (place == nullptr) place = member_of(entity, "incorporatedInJurisdiction");  // up to 0.3
  if (place != nullptr) party.country = stated_country(text_in(*place, "code").value_or(""));
  const Json* const identifiers = member_of(entity, "identifiers");
  if (identifiers == nullptr || !identifiers->is_array()) return;
  for (const Json& one : *identifiers) {
    auto scheme = text_in(one, "scheme");
    if (!scheme) scheme = text_in(one, "schemeName");
    const auto id = text_in(one, "id");
    if (scheme && id) party.identifiers.push_back(stated_identifier(*scheme, *id));
  }
}

void take_bods_person(const Json& person, StatedParty& party) {
  if (is_nobody(person, "personType")) return;
  const Json* const names = member_of(person, "names");
  if (names == nullptr || !names->is_array()) return;
  std::vector<std::string> others;
  for (const Json& one : *names) {
    const auto name = text_in(one, "fullName");
    if (!name) continue;
    // The legal name is the one that lists have; older versions call it `individual`.
    const std::string type = text_in(one, "type").value_or("legal");
    (type == "legal" || type == "individual" ? party.names : others).push_back(*name);
  }
  party.names.insert(party.names.end(), others.begin(), others.end());
}

void take_bods_interests(const Json& relation, StatedRelation& to, std::string& doubt) {
  const Json* const interests = member_of(relation, "interests");
  if (interests == nullptr) return;
  if (!interests->is_array()) {
    doubt = "`interests` is no list";
    return;
  }
  for (const Json& one : *interests) {
    StatedInterest interest;
    if (!one.is_object()) {
      doubt = "an interest is no object";
      to.interests.push_back(interest);
      continue;
    }
    interest.nature = nature_of(one);
    interest.way = way_of(one);
    const Json* const share = member_of(one, "share");
    if (share != nullptr && interest.nature == InterestNature::kShare) {
      interest.share = bods_share(*share, doubt);
    }
    interest.held = held_days(one, doubt);
    to.interests.push_back(interest);
  }
}

Result<std::optional<DayNumber>> bods_day(const nlohmann::json& statement) {
  const auto* const date = member_of(statement, "statementDate");
  if (date == nullptr) return std::optional<DayNumber>();
  const auto days =
      date->is_string() ? stated_days(date->get_ref<const std::string&>()) : std::nullopt;
  if (!days) return bods_fault("`statementDate` is no date");
  return days->from;
}

}  // namespace tidewaiter
