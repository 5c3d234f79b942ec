#include "daemon/sources/anthropic/analytics_members.h"

#include <algorithm>
#include <span>
#include <utility>

#include "policies/model/ascii.h"
#include "policies/model/money.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;

/// Of an actor; the first of them that it has names it.
constexpr auto kActorIds =
    std::to_array<std::string_view>({"user_id", "service_account_id", "api_key_id"});
/// Of the provider of a federated actor without a subject: what of its cloud is bound.
constexpr auto kProviderIds = std::to_array<std::string_view>(
    {"signed_principal", "account_id", "subscription_id", "project_number", "issuer"});

constexpr auto kUsageNames = std::to_array<std::pair<std::string_view, AnalyticsFigure>>({
    {"uncached_input_tokens", kUncached},
    {"cache_read_input_tokens", kCacheRead},
    {"output_tokens", kOutput},
    {"requests", kRequests},
});
constexpr auto kWrittenNames = std::to_array<std::pair<std::string_view, AnalyticsFigure>>({
    {"ephemeral_1h_input_tokens", kHourlyWritten},
    {"ephemeral_5m_input_tokens", kShortWritten},
});

using Ids = std::array<std::optional<std::string>, 5>;

const std::string* first_of(const Ids& ids) {
  const auto* const found =
      std::ranges::find_if(ids, [](const auto& id) { return id && !id->empty(); });
  return found == ids.end() ? nullptr : &**found;
}

/// Reads a text member into its place among `names`; another member is passed over.
PageRead read_id(ondemand::value& value, std::string_view member,
                 std::span<const std::string_view> names, Ids& ids) {
  const auto found = std::ranges::find(names, member);
  if (found == names.end()) return std::nullopt;
  return read_text(value, member, ids[static_cast<std::size_t>(found - names.begin())]);
}

/// Who vouches for a federated actor.
struct Provider {
  std::optional<std::string> type;
  Ids ids;
};

PageRead read_provider(ondemand::value& value, Provider& provider) {
  return each_part(value, "provider", [&](std::string_view member, ondemand::value& inner) {
    return member == "type" ? read_text(inner, member, provider.type)
                            : read_id(inner, member, kProviderIds, provider.ids);
  });
}

PageRead read_actor(ondemand::value& value, std::optional<std::string>& actor) {
  Ids ids;
  Provider provider;
  std::optional<std::string> subject;
  const auto take = [&](std::string_view member, ondemand::value& inner) -> PageRead {
    if (member == "provider") return read_provider(inner, provider);
    if (member == "subject") return read_text(inner, member, subject);
    return read_id(inner, member, kActorIds, ids);
  };
  if (PageRead fault = each_part(value, "actor", take)) return fault;
  if (const std::string* const id = first_of(ids)) {
    actor = *id;
  } else if (provider.type) {
    const std::string* const of_cloud = first_of(provider.ids);
    if (subject && !subject->empty()) {
      actor = *provider.type + ":" + *subject;
    } else if (of_cloud != nullptr) {
      actor = *provider.type + ":" + *of_cloud;
    }
  }
  return std::nullopt;
}

template <std::size_t N>
PageRead read_figure(ondemand::value& value, std::string_view member,
                     const std::array<std::pair<std::string_view, AnalyticsFigure>, N>& names,
                     AnalyticsFigures& figures) {
  for (const auto& [name, figure] : names) {
    if (name == member) return read_count(value, member, figures[figure]);
  }
  return std::nullopt;
}

}  // namespace

PageRead read_analytics_party(ondemand::value& value, AnalyticsParty& party) {
  return each_part(
      value, "group", [&](std::string_view member, ondemand::value& inner) -> PageRead {
        const auto* const found = std::ranges::find(kAnalyticsDimensions, member);
        if (found == kAnalyticsDimensions.end()) return std::nullopt;
        auto& dimension = party[static_cast<std::size_t>(found - kAnalyticsDimensions.begin())];
        return member == "actor" ? read_actor(inner, dimension)
                                 : read_text(inner, member, dimension);
      });
}

PageRead read_analytics_usage(ondemand::value& value, AnalyticsFigures& figures) {
  const auto take = [&](std::string_view member, ondemand::value& inner) -> PageRead {
    if (member != "cache_creation") return read_figure(inner, member, kUsageNames, figures);
    return each_part(inner, member, [&](std::string_view name, ondemand::value& written) {
      return read_figure(written, name, kWrittenNames, figures);
    });
  };
  if (PageRead fault = each_part(value, "usage", take)) return fault;
  if (!figures[kUncached]) return row_fault("`uncached_input_tokens` is missing");
  if (!figures[kOutput]) return row_fault("`output_tokens` is missing");
  return std::nullopt;
}

PageRead read_analytics_cost(ondemand::value& value, AnalyticsFigures& figures) {
  constexpr int kCents = -2;
  std::optional<std::string> amount;
  std::optional<std::string> currency;
  const auto take = [&](std::string_view member, ondemand::value& inner) -> PageRead {
    if (member == "amount") return read_digits(inner, member, amount);
    return member == "currency" ? read_text(inner, member, currency) : std::nullopt;
  };
  if (PageRead fault = each_part(value, "cost", take)) return fault;
  if (!amount) return row_fault("it has no amount");
  if (!currency || ascii_lower(*currency) != "usd") {
    return row_fault("its amount is not in US dollars");
  }
  const Result<Money> money = round_money(*amount, kCents);
  if (!money) return row_fault("its amount cannot be an amount of money");
  figures[kAmount] = money->nano_usd;
  return std::nullopt;
}

}  // namespace tidewaiter
