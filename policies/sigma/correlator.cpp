#include "policies/sigma/correlator.h"

#include <set>
#include <utility>

#include "policies/sigma/correlation_window.h"

namespace tidewaiter {
namespace {

/// Where a rule's or correlation's matches go.
struct Taker {
  std::size_t correlation = 0;
  std::size_t rule = 0;  ///< place among that correlation's rules
};

/// The values of the fields of `group-by`.
using Group = std::vector<SigmaWindow::Values>;

/// A match on its way into a window.
struct Arrival {
  std::size_t correlation = 0;
  Group group;
  SigmaWindow::Entry entry;
};

/// The field's values. Nothing if absent or null.
std::optional<SigmaWindow::Values> values_of(const SigmaEvent& event, const std::string& field) {
  const std::vector<SigmaValue>* values = event.find(field);
  if (values == nullptr) return std::nullopt;
  SigmaWindow::Values all;
  for (const SigmaValue& value : *values) {
    if (value.null) return std::nullopt;
    all.push_back(value.text);
  }
  return all;
}

std::optional<std::vector<SigmaWindow::Values>> values_of(const SigmaEvent& event,
                                                          const std::vector<std::string>& fields) {
  std::vector<SigmaWindow::Values> values;
  for (const std::string& field : fields) {
    auto of_field = values_of(event, field);
    if (!of_field) return std::nullopt;
    values.push_back(*std::move(of_field));
  }
  return values;
}

/// For people: several values as one text.
std::string shown(const SigmaWindow::Values& values) {
  std::string all;
  for (const std::string& value : values) all += (&value == &values.front() ? "" : ", ") + value;
  return all;
}

}  // namespace

class SigmaCorrelator::Run {
 public:
  explicit Run(const SigmaSet& set)
      : set_(set),
        of_rule_(set.rules.size()),
        of_correlation_(set.correlations.size()),
        windows_(set.correlations.size()) {
    for (std::size_t c = 0; c < set.correlations.size(); ++c) {
      const std::vector<SigmaReference>& rules = set.correlations[c].rules;
      for (std::size_t r = 0; r < rules.size(); ++r) {
        (rules[r].correlation ? of_correlation_ : of_rule_)[rules[r].index].push_back({c, r});
      }
    }
  }

  [[nodiscard]] bool wants(std::size_t rule) const { return !of_rule_[rule].empty(); }

  bool add(std::size_t rule, UtcTime time, const SigmaEvent& event) {
    if (judged_ && time < *judged_) return false;
    for (const Taker& taker : of_rule_[rule]) arrive(taker, time, event, waiting_[time]);
    return true;
  }

  std::vector<SigmaCorrelationMatch> advance(std::optional<UtcTime> until) {
    std::vector<SigmaCorrelationMatch> matches;
    while (!waiting_.empty() && (!until || waiting_.begin()->first < *until)) {
      const auto first = waiting_.extract(waiting_.begin());
      judge(first.key(), first.mapped(), matches);
    }
    if (until && (!judged_ || *judged_ < *until)) judged_ = until;
    return matches;
  }

 private:
  void arrive(const Taker& taker, UtcTime time, const SigmaEvent& event,
              std::vector<Arrival>& into) {
    const SigmaCorrelation& correlation = set_.correlations[taker.correlation];
    Arrival arrival;
    arrival.correlation = taker.correlation;
    for (const std::string& name : correlation.group_by) {
      auto value = values_of(event, field_for(correlation, name, taker.rule));
      if (!value) return;
      arrival.group.push_back(*std::move(value));
    }
    arrival.entry = {time, taker.rule, std::nullopt};
    if (!correlation.fields.empty()) arrival.entry.values = values_of(event, correlation.fields);
    into.push_back(std::move(arrival));
  }

  /// Correlations stand behind those that they refer to: one pass is enough.
  void judge(UtcTime now, std::vector<Arrival> arrivals,
             std::vector<SigmaCorrelationMatch>& matches) {
    std::vector<std::vector<Arrival>> by_correlation(set_.correlations.size());
    const auto sort_in = [&by_correlation](std::vector<Arrival> some) {
      for (Arrival& one : some) by_correlation[one.correlation].push_back(std::move(one));
    };
    sort_in(std::move(arrivals));
    for (std::size_t c = 0; c < by_correlation.size(); ++c) {
      if (by_correlation[c].empty()) continue;
      std::vector<Arrival> derived;
      for (auto& [match, group] : judge_one(c, now, std::move(by_correlation[c]))) {
        const SigmaEvent event = event_of(c, group);
        for (const Taker& taker : of_correlation_[c]) arrive(taker, now, event, derived);
        matches.push_back(std::move(match));
      }
      sort_in(std::move(derived));
    }
  }

  std::vector<std::pair<SigmaCorrelationMatch, Group>> judge_one(std::size_t c, UtcTime now,
                                                                 std::vector<Arrival> arrivals) {
    const SigmaCorrelation& correlation = set_.correlations[c];
    std::set<Group> touched;
    for (Arrival& arrival : arrivals) {
      auto window = windows_[c].try_emplace(arrival.group, correlation).first;
      window->second.add(std::move(arrival.entry));
      touched.insert(std::move(arrival.group));
    }
    std::vector<std::pair<SigmaCorrelationMatch, Group>> matches;
    for (const Group& group : touched) {
      SigmaWindow& window = windows_[c].at(group);
      if (correlation.timespan) window.drop_before(now - *correlation.timespan);
      const std::optional<double> measure = window.judge(now);
      if (measure) matches.emplace_back(match_of(c, now, group, *measure), group);
    }
    forget_idle_groups(c, now);
    return matches;
  }

  /// Groups whose matches have all left the timespan are no more: now and then they are looked for.
  void forget_idle_groups(std::size_t c, UtcTime now) {
    constexpr std::size_t kEvery = 4096;
    const std::optional<Duration>& timespan = set_.correlations[c].timespan;
    if (!timespan || ++judged_groups_ % kEvery != 0) return;
    std::erase_if(windows_[c], [oldest = now - *timespan](const auto& entry) {
      return entry.second.is_idle_since(oldest);
    });
  }

  [[nodiscard]] SigmaCorrelationMatch match_of(std::size_t c, UtcTime now, const Group& group,
                                               double measure) const {
    SigmaCorrelationMatch match{c, now, {}, measure};
    const std::vector<std::string>& names = set_.correlations[c].group_by;
    for (std::size_t i = 0; i < names.size(); ++i)
      match.group.emplace_back(names[i], shown(group[i]));
    return match;
  }

  /// What correlations that build on this one see of a match.
  [[nodiscard]] SigmaEvent event_of(std::size_t c, const Group& group) const {
    const std::vector<std::string>& names = set_.correlations[c].group_by;
    SigmaEvent event;
    for (std::size_t i = 0; i < names.size(); ++i) {
      for (const std::string& value : group[i]) event.add(names[i], sigma_text(value));
    }
    return event;
  }

  const SigmaSet& set_;
  std::vector<std::vector<Taker>> of_rule_;
  std::vector<std::vector<Taker>> of_correlation_;
  std::vector<std::map<Group, SigmaWindow>> windows_;  ///< of each correlation
  std::map<UtcTime, std::vector<Arrival>> waiting_;
  std::optional<UtcTime> judged_;  ///< every instant before it
  std::size_t judged_groups_ = 0;
};

SigmaCorrelator::SigmaCorrelator(const SigmaSet& set) : run_(std::make_unique<Run>(set)) {}
SigmaCorrelator::~SigmaCorrelator() = default;
SigmaCorrelator::SigmaCorrelator(SigmaCorrelator&&) noexcept = default;
SigmaCorrelator& SigmaCorrelator::operator=(SigmaCorrelator&&) noexcept = default;

bool SigmaCorrelator::wants(std::size_t rule) const { return run_->wants(rule); }

bool SigmaCorrelator::add(std::size_t rule, UtcTime time, const SigmaEvent& event) {
  return run_->add(rule, time, event);
}

std::vector<SigmaCorrelationMatch> SigmaCorrelator::advance(UtcTime time) {
  return run_->advance(time);
}

std::vector<SigmaCorrelationMatch> SigmaCorrelator::finish() { return run_->advance(std::nullopt); }

}  // namespace tidewaiter
