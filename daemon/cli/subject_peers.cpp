#include "daemon/cli/subject_peers.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/cli/prose.h"
#include "daemon/cli/record_figures.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kSizeBand = "size_band";

std::string text_field(const Record& record, FieldId id) {
  const Value value = field_value(record, id);
  return is_null(value) ? std::string() : format_value(value, field(id).type);
}

/// How many accounts the clusters of a band have: "1", "2 to 3", "4 to 7".
std::string band_text(std::int64_t accounts) {
  const std::int64_t least = std::int64_t{1} << (size_band(accounts) - 1);
  return least == 1 ? "1" : std::to_string(least) + " to " + std::to_string(2 * least - 1);
}

/// Among the others' figures.
PlaceAmongPeers place_among(std::int64_t figure, std::vector<std::int64_t> others) {
  PlaceAmongPeers place;
  place.peers = static_cast<std::int64_t>(others.size());
  place.less = std::ranges::count_if(others, [figure](std::int64_t one) { return one < figure; });
  place.equal = std::ranges::count(others, figure);
  place.more = place.peers - place.less - place.equal;
  if (others.size() < kFewestPeers) return place;
  std::ranges::sort(others);
  const std::size_t middle = others.size() / 2;
  const auto upper = static_cast<double>(others[middle]);
  place.median =
      others.size() % 2 == 1 ? upper : (static_cast<double>(others[middle - 1]) + upper) / 2;
  return place;
}

std::string median_text(double median) {
  const auto whole = static_cast<std::int64_t>(median);
  return grouped(whole) + (median > static_cast<double>(whole) ? ".5" : "");
}

/// What they have alike, where it is not withheld.
std::string alike_text(const PlaceAmongPeers& place) {
  if (place.value.empty()) return {};
  if (place.by != kSizeBand) return " (" + place.value + ")";
  return " (" + place.value + (place.value == "1" ? " account)" : " accounts)");
}

std::string place_text(const PlaceAmongPeers& place) {
  const std::string who =
      place.by.empty() ? "other subjects" : "with the same " + place.by + alike_text(place);
  std::string text = "of " + grouped(place.peers) + " " + who + ": ";
  if (!place.median) {
    return text + "too few to tell a place, it takes " + std::to_string(kFewestPeers);
  }
  text += grouped(place.less) + " with less, " + grouped(place.equal) + " as much, " +
          grouped(place.more) + " with more; median " + median_text(*place.median);
  return text;
}

}  // namespace

PeerCounter::PeerCounter(const Policy& policy, std::string subject, Interval span)
    : policy_(policy), subject_(std::move(subject)), span_(span) {
  by_size_ = policy.linkage.has_value();
  for (const Measure& measure : policy.measures) {
    if (!compares_peers(measure) || !measure.group || measure.group->op != ExprOp::kField) continue;
    own_field_ = static_cast<FieldId>(measure.group->index);
  }
}

void PeerCounter::take(const Record& record, std::int64_t sign, const std::optional<Subject>& whose,
                       std::int64_t accounts) {
  if (record.kind == RecordKind::kAccount) take_plan(record, sign);
  if (record.kind != policy_.reads) return;
  if (record.time < span_.from || !(record.time < span_.to)) return;
  if (!whose) {
    nameless_ += sign;
    return;
  }
  Counted& counted = counted_[to_text(*whose)];
  counted.records += sign;
  add_within(counted.requests, sign * record.requests);
  add_within(counted.tokens, sign * tokens_of(record).value_or(0));
  if (sign < 0) return;
  counted.source = whose->source;
  counted.id = whose->values.front();
  counted.accounts = accounts;
  const FieldId group = own_field_ ? *own_field_ : *find_field("service_tier");
  if (std::string value = text_field(record, group); !value.empty()) {
    counted.tier = std::move(value);
  }
}

void PeerCounter::take_plan(const Record& record, std::int64_t sign) {
  if (!(record.time < span_.to)) return;
  const std::string plan = text_field(record, *find_field("plan"));
  const std::string account = text_field(record, *find_field("account"));
  if (plan.empty() || account.empty()) return;
  Plans& plans = plans_[{record.source, account}];
  if (sign > 0) {
    plans[record.time] = plan;
  } else {
    plans.erase(record.time);
  }
}

/// Empty where none is known.
std::string PeerCounter::plan_of(const Counted& one) const {
  const auto plans = plans_.find({one.source, one.id});
  return plans == plans_.end() || plans->second.empty() ? std::string()
                                                        : plans->second.rbegin()->second;
}

/// What is compared, and which value of it each subject has that has one.
std::pair<std::string, PeerCounter::Grouped> PeerCounter::groups() const {
  Grouped all;
  if (by_size_) {
    for (const auto& [name, one] : counted_) {
      all[name] = band_text(one.accounts);
    }
    return {std::string(kSizeBand), std::move(all)};
  }
  const Counted& own = counted_.at(subject_);
  const bool of_accounts = policy_.for_each == std::vector<FieldId>{*find_field("account")};
  const bool by_plan = of_accounts && !own_field_ && !plan_of(own).empty();
  for (const auto& [name, one] : counted_) {
    const std::string value = by_plan ? plan_of(one) : one.tier;
    if (!value.empty()) all[name] = value;
  }
  const std::string by =
      by_plan ? "plan" : std::string(own_field_ ? field(*own_field_).name : "service_tier");
  return {by, std::move(all)};
}

std::optional<SubjectPeers> PeerCounter::among(bool complete) const {
  const auto own = counted_.find(subject_);
  const bool has_records = own != counted_.end() && own->second.records != 0;
  if (!has_records && complete) return std::nullopt;
  SubjectPeers peers;
  peers.policy = policy_.id;
  peers.span = span_;
  peers.nameless = nameless_;
  peers.complete = complete;
  if (!has_records) return peers;
  const auto [by, values] = groups();
  const auto mine = values.find(subject_);
  const auto figure = [&, &values = values, &by = by](const char* name, std::int64_t Counted::*of) {
    FigureAmongPeers out{name, own->second.*of, {}};
    std::vector<std::int64_t> all;
    std::vector<std::int64_t> alike;
    for (const auto& [other, counted] : counted_) {
      if (other == subject_ || counted.records == 0) continue;
      all.push_back(counted.*of);
      const auto value = values.find(other);
      if (mine != values.end() && value != values.end() && value->second == mine->second) {
        alike.push_back(counted.*of);
      }
    }
    out.places.push_back(place_among(out.figure, std::move(all)));
    if (mine != values.end()) {
      out.places.push_back(place_among(out.figure, std::move(alike)));
      out.places.back().by = by;
      out.places.back().value = mine->second;
    }
    peers.figures.push_back(std::move(out));
  };
  figure("requests", &Counted::requests);
  if (policy_.reads == RecordKind::kUsage) figure("tokens", &Counted::tokens);
  if (mine != values.end()) {
    peers.ungrouped = std::ranges::count_if(counted_, [&values = values](const auto& one) {
      return one.second.records != 0 && !values.contains(one.first);
    });
  }
  return peers;
}

PeerCounter::Alike PeerCounter::alike() const {
  Alike all;
  for (const auto& [other, counted] : counted_) {
    if (other != subject_ && counted.records != 0) all.subjects.push_back(other);
  }
  const auto own = counted_.find(subject_);
  if (own == counted_.end() || own->second.records == 0) return all;
  const auto [by, values] = groups();
  const auto mine = values.find(subject_);
  if (mine == values.end()) return all;
  Alike same{by, {}};
  for (const std::string& other : all.subjects) {
    const auto value = values.find(other);
    if (value != values.end() && value->second == mine->second) same.subjects.push_back(other);
  }
  return same.subjects.size() < kFewestPeers ? all : same;
}

void print_peers(Invocation& run, const SubjectPeers& peers) {
  run.out << "\nThe subject beside others, " << format_time(peers.span.from) << " to "
          << format_time(peers.span.to) << '\n';
  if (peers.figures.empty()) {
    return print_prose(run, "  ",
                       "of that time no record of the subject is among the entries of the log that "
                       "were read, and there are more: no place can be told",
                       2);
  }
  for (const FigureAmongPeers& one : peers.figures) {
    for (const PlaceAmongPeers& place : one.places) {
      print_prose(run, "  " + one.name + " " + grouped(one.figure) + "  ", place_text(place), 4);
    }
  }
  if (peers.ungrouped > 0) {
    print_prose(run, "  ",
                "no " + peers.figures.front().places.back().by + " is known of " +
                    counted(peers.ungrouped, "other subject"),
                4);
  }
  if (peers.nameless > 0) {
    print_prose(run, "  ", counted(peers.nameless, "record") + " of that time belong to no subject",
                4);
  }
  if (!peers.complete) {
    run.out << "  (from the first entries of the log alone, as above)\n";
  }
  print_prose(run, "  ", "No finding rests on this, and to have more than others is no breach.", 2);
}

nlohmann::ordered_json peers_json(const SubjectPeers& peers) {
  nlohmann::ordered_json figures = nlohmann::ordered_json::array();
  for (const FigureAmongPeers& one : peers.figures) {
    nlohmann::ordered_json places = nlohmann::ordered_json::array();
    for (const PlaceAmongPeers& place : one.places) {
      nlohmann::ordered_json json = {{"by", nullptr},        {"value", nullptr},
                                     {"peers", place.peers}, {"less", place.less},
                                     {"equal", place.equal}, {"more", place.more},
                                     {"median", nullptr}};
      if (!place.by.empty()) json["by"] = place.by;
      if (!place.value.empty()) json["value"] = place.value;
      if (place.median) json["median"] = *place.median;
      places.push_back(std::move(json));
    }
    figures.push_back({{"name", one.name}, {"figure", one.figure}, {"places", places}});
  }
  return {{"policy", peers.policy},           {"from", format_time(peers.span.from)},
          {"to", format_time(peers.span.to)}, {"figures", figures},
          {"not_known", peers.ungrouped},     {"no_subject", peers.nameless},
          {"complete", peers.complete}};
}

}  // namespace tidewaiter
