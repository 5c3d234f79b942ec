#include "daemon/cli/link_report.h"

#include <cmath>

#include "daemon/cli/finding_text.h"
#include "daemon/cli/shown_part.h"
#include "daemon/report/csv_text.h"

namespace tidewaiter {
namespace {

std::int64_t size_of(const auto& range) { return static_cast<std::int64_t>(range.size()); }

std::string value_text(const CommonValue& value) {
  std::string text = std::string(field(value.field).name) + " " + printable(value.text);
  if (!value.source.empty()) text += " of " + printable(value.source);
  std::string noted = value.weight > 0 ? "weight " + weight_text(value.weight) : "";
  if (value.during) noted += (noted.empty() ? "" : ", ") + interval_text(*value.during);
  return noted.empty() ? text : text + " (" + noted + ")";
}

std::string line(const std::string& text, std::size_t indent, const Terminal& terminal) {
  return std::string(indent, ' ') + wrapped(text, terminal.width, indent + 2, indent) + '\n';
}

std::string cluster_text(const AccountCluster& cluster, std::size_t most,
                         const Terminal& terminal) {
  std::string out =
      '\n' + painted("cluster:" + printable(name_of(cluster.name)), Tone::kStrong, terminal) +
      "  " + counted(size_of(cluster.accounts), "account") + '\n';
  out += line(names_text(cluster.accounts, most), 2, terminal);
  for (const CommonValue& link : shown_part(cluster.links, most)) {
    out += line(value_text(link) + ": " + names_text(link.accounts, most), 4, terminal);
  }
  out += left_out(cluster.links.size(), most, "link", "links", 4);
  for (const PairInStep& pair : shown_part(cluster.in_step, most)) {
    out += line(pair_text(pair), 4, terminal);
  }
  return out + left_out(cluster.in_step.size(), most, "pair in step", "pairs in step", 4);
}

/// The values that link nobody, for one reason.
std::string linking_nobody(const std::string& title, const std::vector<CommonValue>& values,
                           std::size_t most, const Terminal& terminal) {
  if (values.empty()) return {};
  std::string out = '\n' + painted(title, Tone::kStrong, terminal) + '\n';
  for (const CommonValue& value : shown_part(values, most)) {
    out +=
        line(value_text(value) + ": " + counted(size_of(value.accounts), "account"), 2, terminal);
  }
  return out + left_out(values.size(), most, "value", "values", 2);
}

nlohmann::ordered_json accounts_json(const std::vector<LinkedAccount>& accounts) {
  auto all = nlohmann::ordered_json::array();
  for (const LinkedAccount& account : accounts) all.push_back(account_json(account));
  return all;
}

nlohmann::ordered_json value_json(const CommonValue& value) {
  nlohmann::ordered_json one = {{"field", field(value.field).name}, {"value", value.text}};
  if (!value.source.empty()) one["source"] = value.source;
  one["accounts"] = accounts_json(value.accounts);
  if (value.holders > 0) one["holders"] = value.holders;
  if (value.weight > 0) one["weight"] = value.weight;
  if (value.during) one["during"] = period_json(*value.during);
  return one;
}

nlohmann::ordered_json cluster_json(const AccountCluster& cluster) {
  auto links = nlohmann::ordered_json::array();
  for (const CommonValue& link : cluster.links) links.push_back(value_json(link));
  return {{"cluster", name_of(cluster.name)},
          {"size", cluster.accounts.size()},
          {"accounts", accounts_json(cluster.accounts)},
          {"links", links},
          {"in_step", pairs_json(cluster.in_step)}};
}

/// How much is kept to tell who acts in step.
std::string lockstep_counts_text(const LockstepLink& link, const CoActions::Counts& counts) {
  return lockstep_text(link) + ": " + counted(counts.acts, "act") + " in " +
         counted(counts.slots, "slot") + ", " + grouped(counts.crowded) +
         " of them of too many accounts; " + counted(counts.pairs, "pair") + " compared";
}

nlohmann::ordered_json lockstep_counts_json(const CoActions::Counts& counts) {
  return {{"acts", counts.acts},
          {"slots", counts.slots},
          {"crowded", counts.crowded},
          {"pairs", counts.pairs}};
}

}  // namespace

std::string name_of(const LinkedAccount& account) { return account.source + "/" + account.name; }

std::string linkage_text(const Linkage& linkage) {
  std::string text;
  for (const Link& link : linkage.links) {
    text += (text.empty() ? "" : ", ") + std::string(field(link.field).name) + " of at most " +
            grouped(link.at_most);
    if (link.window.us > 0) text += " in " + format_duration(link.window);
    if (link.weight > 0) text += " (weight " + grouped(link.weight);
    if (link.half_life.us > 0) text += ", half after " + format_duration(link.half_life);
    if (link.weight > 0) text += ")";
    if (link.except) text += " except list:" + link.except->list;
  }
  for (const LockstepLink& link : linkage.lockstep) {
    text += (text.empty() ? "" : ", ") + lockstep_text(link);
  }
  if (linkage.threshold > 0) text += "; threshold " + grouped(linkage.threshold);
  return text;
}

std::string lockstep_text(const LockstepLink& link) {
  std::string text = "lockstep of " + format_duration(link.slot);
  if (link.target) text += " by " + std::string(field(*link.target).name);
  text += " in " + format_duration(link.over) + ", at least " + grouped(link.at_least) + " and " +
          std::to_string(link.percent) + " %, of at most " + grouped(link.at_most);
  if (link.weight > 0) text += " (weight " + grouped(link.weight) + ")";
  return text;
}

std::string step_text(const InStep& step) {
  std::string text = grouped(step.common) + " of " + counted(step.either, "act") + " in common";
  if (step.target) text += ", by " + std::string(field(*step.target).name);
  text += ", in slots of " + format_duration(step.slot) + " (";
  if (step.weight > 0) text += "weight " + weight_text(step.weight) + ", ";
  return text + interval_text(step.during) + ")";
}

std::string pair_text(const PairInStep& pair) {
  return printable(name_of(pair.first)) + " and " + printable(name_of(pair.second)) +
         " in step: " + step_text(pair.together);
}

nlohmann::ordered_json step_json(const InStep& step) {
  nlohmann::ordered_json one = {{"slot", format_duration(step.slot)}};
  if (step.target) one["target"] = field(*step.target).name;
  one["during"] = period_json(step.during);
  one["common"] = step.common;
  one["either"] = step.either;
  if (step.weight > 0) one["weight"] = step.weight;
  return one;
}

nlohmann::ordered_json pairs_json(const std::vector<PairInStep>& pairs) {
  auto all = nlohmann::ordered_json::array();
  for (const PairInStep& pair : pairs) {
    nlohmann::ordered_json one = {
        {"accounts", {account_json(pair.first), account_json(pair.second)}}};
    one.update(step_json(pair.together));
    all.push_back(std::move(one));
  }
  return all;
}

std::string moment_text(UtcTime time) {
  std::string text = format_time(time).substr(0, 16);
  text[10] = ' ';
  return text;
}

nlohmann::ordered_json period_json(const Interval& during) {
  return {{"from", format_time(during.from)}, {"to", format_time(during.to)}};
}

std::string weight_text(double weight) {
  const auto tenths = std::llround(weight * 10);
  return grouped(tenths / 10) + (tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10));
}

std::string names_text(const std::vector<LinkedAccount>& accounts, std::size_t most) {
  const auto shown = shown_part(accounts, most);
  std::string text;
  for (const LinkedAccount& account : shown) {
    text += (text.empty() ? "" : ", ") + printable(name_of(account));
  }
  if (shown.size() == accounts.size()) return text;
  return text + " and " + grouped(size_of(accounts) - size_of(shown)) + " more";
}

nlohmann::ordered_json account_json(const LinkedAccount& account) {
  return {{"source", account.source}, {"account", account.name}};
}

nlohmann::ordered_json linkage_json(const std::string& rule, const Linkage& linkage) {
  nlohmann::ordered_json json = {{"from", rule}};
  json.update(linkage_json(linkage));
  return json;
}

nlohmann::ordered_json linkage_json(const Linkage& linkage) {
  auto links = nlohmann::ordered_json::array();
  for (const Link& link : linkage.links) {
    links.push_back({{"field", field(link.field).name}, {"at_most", link.at_most}});
    if (link.weight > 0) links.back()["weight"] = link.weight;
    if (link.window.us > 0) links.back()["window"] = format_duration(link.window);
    if (link.half_life.us > 0) links.back()["decay"] = format_duration(link.half_life);
    if (link.except) links.back()["except"] = link.except->list;
  }
  nlohmann::ordered_json json;
  json["links"] = std::move(links);
  for (const LockstepLink& link : linkage.lockstep) {
    nlohmann::ordered_json one = {{"slot", format_duration(link.slot)}};
    if (link.target) one["target"] = field(*link.target).name;
    one["over"] = format_duration(link.over);
    one["at_least"] = link.at_least;
    one["percent"] = link.percent;
    one["at_most"] = link.at_most;
    if (link.weight > 0) one["weight"] = link.weight;
    json["lockstep"].push_back(std::move(one));
  }
  if (linkage.threshold > 0) json["threshold"] = linkage.threshold;
  return json;
}

std::int64_t LinkReport::linked() const {
  std::int64_t all = 0;
  for (const AccountCluster& cluster : clusters) all += size_of(cluster.accounts);
  return all;
}

std::string link_text(const LinkReport& report, std::size_t most, const Terminal& terminal) {
  std::string out = line(counted(report.accounts, "account") + " of " + printable(report.title) +
                             ": " + counted(size_of(report.clusters), "cluster") + " of " +
                             counted(report.linked(), "account") + ", " +
                             grouped(report.accounts - report.linked()) + " linked to nobody",
                         0, terminal);
  out += line("linked by " + printable(report.rule) + ": " + linkage_text(report.linkage), 0,
              terminal);
  for (std::size_t i = 0; i < report.lockstep.size(); ++i) {
    out += line(lockstep_counts_text(report.linkage.lockstep[i], report.lockstep[i]), 0, terminal);
  }
  for (const AccountCluster& cluster : shown_part(report.clusters, most)) {
    out += cluster_text(cluster, most, terminal);
  }
  const std::string more = left_out(report.clusters.size(), most, "cluster", "clusters");
  if (!more.empty()) out += '\n' + more;
  return out +
         linking_nobody("Held by too many to link anybody", report.too_common, most, terminal) +
         linking_nobody("Excepted by a list", report.excepted, most, terminal);
}

nlohmann::ordered_json link_json(const LinkReport& report) {
  auto clusters = nlohmann::ordered_json::array();
  for (const AccountCluster& cluster : report.clusters) clusters.push_back(cluster_json(cluster));
  auto too_common = nlohmann::ordered_json::array();
  for (const CommonValue& value : report.too_common) too_common.push_back(value_json(value));
  auto excepted = nlohmann::ordered_json::array();
  for (const CommonValue& value : report.excepted) excepted.push_back(value_json(value));
  nlohmann::ordered_json json = {
      {"history", report.title},     {"linkage", linkage_json(report.rule, report.linkage)},
      {"accounts", report.accounts}, {"linked", report.linked()},
      {"clusters", clusters},        {"too_common", too_common},
      {"excepted", excepted}};
  for (const CoActions::Counts& counts : report.lockstep) {
    json["lockstep"].push_back(lockstep_counts_json(counts));
  }
  return json;
}

std::string reason_text(const LinkReason& reason, const Linkage& linkage,
                        const Terminal& terminal) {
  const std::string both =
      printable(name_of(reason.from)) + " and " + printable(name_of(reason.to));
  const bool linked = !reason.steps.empty();
  std::string out =
      line(both + (linked ? " belong together, by " + counted(size_of(reason.steps), "step")
                          : " do not belong together"),
           0, terminal);
  const auto add = [&](const CommonValue& value, std::size_t indent) {
    out += line(value_text(value) + ": " + counted(value.holders, "account"), indent, terminal);
  };
  for (const EvidenceStep& step : reason.steps) {
    out += line(printable(name_of(step.from)) + " to " + printable(name_of(step.to)), 2, terminal);
    for (const CommonValue& value : step.values) add(value, 4);
    for (const InStep& together : step.in_step) out += line(step_text(together), 4, terminal);
    for (const std::string& id : step.rulings) out += line("a person's ruling " + id, 4, terminal);
  }
  if (linked) return out;
  const bool nothing = reason.in_common.empty() && reason.in_step.empty();
  out += line(nothing ? "they have nothing in common by which accounts are linked"
                      : "what both have is not enough to join them:",
              2, terminal);
  for (const CommonValue& value : reason.in_common) add(value, 4);
  for (const InStep& together : reason.in_step) out += line(step_text(together), 4, terminal);
  return out + line("linked by " + linkage_text(linkage), 2, terminal);
}

nlohmann::ordered_json reason_json(const LinkReason& reason) {
  const auto values = [](const std::vector<CommonValue>& all) {
    auto out = nlohmann::ordered_json::array();
    for (const CommonValue& value : all) out.push_back(value_json(value));
    return out;
  };
  const auto together = [](const std::vector<InStep>& all) {
    auto out = nlohmann::ordered_json::array();
    for (const InStep& one : all) out.push_back(step_json(one));
    return out;
  };
  auto steps = nlohmann::ordered_json::array();
  for (const EvidenceStep& step : reason.steps) {
    steps.push_back({{"from", account_json(step.from)},
                     {"to", account_json(step.to)},
                     {"values", values(step.values)},
                     {"in_step", together(step.in_step)},
                     {"rulings", step.rulings}});
  }
  return {{"from", account_json(reason.from)},     {"to", account_json(reason.to)},
          {"linked", !reason.steps.empty()},       {"steps", steps},
          {"in_common", values(reason.in_common)}, {"in_step", together(reason.in_step)}};
}

std::string link_csv(const LinkReport& report) {
  std::string out = csv_row({"cluster", "source", "account", "size"});
  for (const AccountCluster& cluster : report.clusters) {
    for (const LinkedAccount& account : cluster.accounts) {
      out += csv_row({name_of(cluster.name), account.source, account.name,
                      std::to_string(cluster.accounts.size())});
    }
  }
  return out;
}

}  // namespace tidewaiter
