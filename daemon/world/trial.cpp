#include "daemon/world/trial.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

#include "policies/authoring/backtest.h"
#include "policies/linkage/linker.h"

namespace tidewaiter {
namespace {

using Places = std::set<std::size_t>;

/// A value of a field, as subjects have it.
using SubjectValue = std::pair<FieldId, std::string>;

std::string subject_text(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  return {};
}

/// Which accounts of a world the subject of a finding is.
class SubjectAccounts {
 public:
  SubjectAccounts(const World& world, const PolicySet& policies) {
    for (std::size_t i = 0; i < world.accounts().size(); ++i) {
      by_name_[world.accounts()[i].name] = i;
    }
    for (const Policy& policy : policies.policies) {
      for (const FieldId id : policy.for_each) {
        if (id != kFieldCluster && id != account_) fields_.insert(id);
      }
      // A set has one linkage.
      if (policy.linkage && !linker_) linker_.emplace(*policy.linkage);
    }
  }

  void take(const LogEntry& entry) {
    if (linker_) {
      for (const ClusterMove& move : linker_->take(entry)) {
        const std::size_t place = by_name_.at(move.account.name);
        clusters_[move.from.name].erase(place);
        clusters_[move.to.name].insert(place);
      }
    }
    const auto* record = std::get_if<Record>(&entry.body);
    if (record == nullptr) return;
    const std::size_t place = place_of(*record);
    for (const FieldId id : fields_) {
      if (const Value* const value = find_value(*record, id)) {
        by_value_[{id, subject_text(*value)}].insert(place);
      }
    }
  }

  /// Those whom all parts of the subject fit.
  [[nodiscard]] Places of(const Subject& subject) const {
    Places all = of(subject.fields.front(), subject.values.front());
    for (std::size_t i = 1; i < subject.fields.size(); ++i) {
      const Places part = of(subject.fields[i], subject.values[i]);
      std::erase_if(all, [&part](std::size_t place) { return !part.contains(place); });
    }
    return all;
  }

  [[nodiscard]] std::size_t place_of(const Record& record) const {
    return by_name_.at(std::get<std::string>(*find_value(record, account_)));
  }

 private:
  [[nodiscard]] Places of(FieldId id, const std::string& value) const {
    if (id == account_) return {by_name_.at(value)};
    if (id == kFieldCluster) {
      const auto cluster = clusters_.find(value);
      Places places = cluster == clusters_.end() ? Places() : cluster->second;
      // Who names a cluster has moved nowhere.
      places.insert(by_name_.at(value));
      return places;
    }
    const auto found = by_value_.find({id, value});
    return found == by_value_.end() ? Places() : found->second;
  }

  FieldId account_ = *find_field("account");
  std::set<FieldId> fields_;  ///< besides the account, that subjects have
  std::unordered_map<std::string, std::size_t> by_name_;
  std::map<SubjectValue, Places> by_value_;
  std::unordered_map<std::string, Places> clusters_;  ///< by name, of those that moved
  std::optional<Linker> linker_;
};

/// Turns steps into sightings.
class Sightings {
 public:
  Sightings(const PolicySet& policies, const SubjectAccounts& accounts) : accounts_(accounts) {
    for (const Policy& policy : policies.policies) kinds_[policy.id] = policy.kind;
  }

  void take(const Step& step, UtcTime now) {
    if (step.kind == StepKind::kGap) return;
    if (step.kind == StepKind::kOpened) {
      places_[step.finding] = all_.size();
      all_.push_back(
          {step.policy, step.severity, kinds_[step.policy], now, to_text(step.subject), {}, {}});
      states_.push_back({step.subject, accounts_.of(step.subject), true});
      const Places& members = states_.back().members;
      all_.back().accounts.assign(members.begin(), members.end());
    }
    State& state = states_[places_.at(step.finding)];
    state.runs = step.kind == StepKind::kOpened || step.kind == StepKind::kRestated;
    if (step.kind != StepKind::kWithdrawn) state.members.merge(accounts_.of(state.subject));
  }

  std::vector<Sighting> finish() {
    for (std::size_t i = 0; i < all_.size(); ++i) {
      State& state = states_[i];
      if (state.runs) state.members.merge(accounts_.of(state.subject));
      all_[i].reached.assign(state.members.begin(), state.members.end());
    }
    return std::move(all_);
  }

 private:
  const SubjectAccounts& accounts_;
  std::map<std::string, std::string> kinds_;
  std::map<std::string, std::size_t> places_;  ///< of findings
  std::vector<Sighting> all_;
  struct State {
    Subject subject;
    Places members;
    bool runs = true;  ///< its run of windows goes on
  };
  std::vector<State> states_;
};

/// A world on its way through the engine.
class TrialCourse {
 public:
  TrialCourse(const World& world, const std::shared_ptr<const PolicySet>& policies,
              const TrialOptions& options)
      : world_(world),
        options_(options),
        accounts_(world, *policies),
        sightings_(*policies, accounts_),
        backtest_(
            policies, kWorldSource, std::nullopt, EngineKind::kColumnar,
            [this](std::span<const Step> steps) {
              for (const Step& step : steps) sightings_.take(step, now_);
            },
            options.threads) {
    trial_.exchanges.resize(world.campaigns().size());
    const auto hours = static_cast<std::size_t>(world.plan().days) * 24;
    for (auto& by_hour : trial_.exchanges) by_hour.resize(hours);
  }

  /// An hour at a time, as a daemon that reads its sources each hour: so it is known to the hour
  /// when something was found.
  void take_day(int day) {
    std::vector<Record> records = world_.day(day);
    auto next = records.begin();
    for (int hour = 0; hour < 24; ++hour) {
      now_ = world_.plan().day(day) + Duration{(hour + 1) * kHour.us};
      std::vector<LogEntry> entries;
      for (; next != records.end() && next->time < now_; ++next) {
        entries.push_back(entry_of(std::move(*next), day * 24 + hour));
      }
      for (const RecordKind kind : {RecordKind::kUsage, RecordKind::kAccount}) {
        const Interval covered{world_.plan().begin, now_};
        entries.push_back({++seq_, false, Control{SourceDrained{kWorldSource, kind, covered}}, {}});
      }
      for (const LogEntry& entry : entries) accounts_.take(entry);
      backtest_.take(entries);
    }
  }

  Trial finish() {
    trial_.sightings = sightings_.finish();
    trial_.coverage = backtest_.coverage();
    return std::move(trial_);
  }

 private:
  LogEntry entry_of(Record record, int hour) {
    ++trial_.records;
    const WorldAccount& account = world_.accounts()[accounts_.place_of(record)];
    if (account.campaign && record.kind == RecordKind::kUsage) {
      trial_.exchanges[*account.campaign][static_cast<std::size_t>(hour)] += record.requests;
    }
    if (options_.without) take_out(*options_.without, record);
    return {++seq_, false, std::move(record), {}};
  }

  const World& world_;
  const TrialOptions& options_;
  SubjectAccounts accounts_;
  Sightings sightings_;
  Backtest backtest_;
  Trial trial_;
  UtcTime now_;
  std::int64_t seq_ = 0;
};

}  // namespace

std::optional<Trial> run_trial(const World& world, const std::shared_ptr<const PolicySet>& policies,
                               const TrialOptions& options,
                               const std::function<bool(int days)>& go_on) {
  TrialCourse course(world, policies, options);
  for (int day = 0; day < world.plan().days; ++day) {
    course.take_day(day);
    if (!go_on(day + 1)) return std::nullopt;
  }
  return course.finish();
}

}  // namespace tidewaiter
