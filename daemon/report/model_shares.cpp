#include "daemon/report/model_shares.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace tidewaiter {
namespace {

constexpr std::int64_t kMostDays = 14;
constexpr std::size_t kMostModels = 8;

std::int64_t day_of(UtcTime time) { return align_down(time, kDay).us / kDay.us; }

std::int64_t asked_in(const ModelUse& use, std::int64_t from, std::int64_t to) {
  std::int64_t sum = 0;
  for (auto it = use.days.lower_bound(from); it != use.days.end() && it->first < to; ++it) {
    sum += it->second;
  }
  return sum;
}

std::int64_t asked_in(const ModelUsage& usage, std::int64_t from, std::int64_t to) {
  std::int64_t sum = 0;
  for (const auto& [name, use] : usage.models) sum += asked_in(use, from, to);
  return sum;
}

struct Candidate {
  std::string model;
  std::int64_t day = 0;
  std::int64_t days = 0;  ///< of each span
  bool calendar = false;
  double share = 0.0;  ///< afterwards
};

/// The spans about the release of a model; nothing where there is none to compare.
std::optional<Candidate> candidate_of(const ModelUsage& usage, const std::string& model,
                                      const ModelUse& use, UtcTime release, bool calendar,
                                      const Interval& around) {
  if (release < around.from || !(release < around.to)) return std::nullopt;
  Candidate one{model, day_of(release), 0, calendar, 0.0};
  one.days = std::min(
      {kMostDays, one.day - day_of(usage.stored.from), day_of(usage.stored.to) + 1 - one.day});
  if (one.days < 1) return std::nullopt;
  const std::int64_t asked = asked_in(use, one.day, one.day + one.days);
  const std::int64_t all = asked_in(usage, one.day, one.day + one.days);
  if (asked <= 0 || all <= 0) return std::nullopt;
  one.share = static_cast<double>(asked) / static_cast<double>(all);
  return one;
}

std::optional<Candidate> chosen(const ModelUsage& usage, std::span<const ModelRelease> calendar,
                                const Interval& around) {
  std::optional<Candidate> best;
  for (const auto& [model, use] : usage.models) {
    const auto known = std::ranges::find(calendar, model, &ModelRelease::model);
    const bool dated = known != calendar.end();
    const auto one =
        candidate_of(usage, model, use, dated ? known->from : use.first, dated, around);
    if (!one) continue;
    const bool better =
        !best || std::tuple(one->calendar, one->share) > std::tuple(best->calendar, best->share);
    if (better) best = one;
  }
  return best;
}

struct NamedShare {
  ReportedModelShare share;
  bool told = false;
};

/// All models of the two spans, those that were asked for most afterwards first.
std::vector<NamedShare> shares_of(const ModelUsage& usage, const Candidate& at,
                                  std::span<const ModelRelease> calendar) {
  std::vector<NamedShare> all;
  for (const auto& [model, use] : usage.models) {
    NamedShare one;
    one.share = {model, asked_in(use, at.day - at.days, at.day),
                 asked_in(use, at.day, at.day + at.days)};
    one.told =
        use.others || std::ranges::find(calendar, model, &ModelRelease::model) != calendar.end();
    if (one.share.before > 0 || one.share.after > 0) all.push_back(std::move(one));
  }
  std::ranges::stable_sort(all, std::ranges::greater{}, [](const NamedShare& one) {
    return std::pair(one.share.after, one.share.before);
  });
  return all;
}

}  // namespace

std::optional<ReportedModels> model_shares(const ModelUsage& usage,
                                           std::span<const ModelRelease> calendar,
                                           const Interval& around) {
  const auto at = chosen(usage, calendar, around);
  if (!at) return std::nullopt;
  ReportedModels out;
  out.release = UtcTime{at->day * kDay.us};
  out.calendar = at->calendar;
  out.span = Duration{at->days * kDay.us};
  out.complete = usage.complete;
  ReportedModelShare rest{"other models", 0, 0};
  for (NamedShare& one : shares_of(usage, *at, calendar)) {
    out.before += one.share.before;
    out.after += one.share.after;
    const bool released = one.share.model == at->model;
    if (!one.told) {
      one.share.model = "model " + std::to_string(++out.numbered) + ", which nobody else uses";
    }
    if (released) out.model = one.share.model;
    if (released || out.shares.size() < kMostModels) {
      out.shares.push_back(std::move(one.share));
    } else {
      rest.before += one.share.before;
      rest.after += one.share.after;
    }
  }
  if (rest.before > 0 || rest.after > 0) out.shares.push_back(std::move(rest));
  return out;
}

std::string share_of_requests(std::int64_t part, std::int64_t all) {
  if (all <= 0) return "no requests";
  const auto tenths = std::llround(static_cast<double>(part) / static_cast<double>(all) * 1'000.0);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

std::string release_words(const ReportedModels& models) {
  const std::string day = format_time(models.release).substr(0, 10);
  if (models.calendar) {
    return models.model + " was released on " + day + ", by the list " +
           std::string(kReleaseCalendar) + " of the policies in force.";
  }
  return "No release of " + models.model +
         " is known: the day is that of its first use by anybody in stored usage, " + day + ".";
}

Interval span_before(const ReportedModels& models) {
  return {models.release - models.span, models.release};
}

Interval span_after(const ReportedModels& models) {
  return {models.release, models.release + models.span};
}

}  // namespace tidewaiter
