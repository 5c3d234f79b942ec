#include "tests/property/random_policies.h"

#include <algorithm>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "policies/language/load.h"
#include "policies/language/policy_hash.h"
#include "tests/property/random_finding_policies.h"

namespace tidewaiter {
namespace {

using Texts = std::vector<std::string>;

/// What can be asked of one kind of record.
struct Vocabulary {
  Texts predicates;
  Texts selections;  // as a map of fields
  Texts subjects;
  Texts whole;  // arguments that are int64
  Texts real;   // double
  Texts money;
  Texts durations;
  Texts times;
  Texts values;  // for distinct
};

const Vocabulary& vocabulary(RecordKind kind) {
  static const Vocabulary kUsage{
      {"model == 'a'",
       "model in ['a', 'c']",
       "output_tokens > 3",
       "output_tokens / requests > 1",
       "exists(model)",
       "not (output_tokens < 2 or model == 'b')",
       "request.temperature >= 0.3",
       "default(output_tokens, 9) > 4",
       "cidr(client.address, '10.0.0.0/8')",
       "startswith(user_agent, 'py')",
       "like(model, 'A*')",
       "matches(model, '^[ab]$')",
       "contains(lower(user_agent), 'curl')",
       "lower(user_agent) == 'curl'",
       "string(client.asn) == '7'",
       "model + user_agent == 'apython'",
       "request.stream",
       "hour(time) < 3",
       "day(time) % 2 == 1",
       "sketch_distance(prompt.sketch, 'ffff00000000ffff') < 33",
       "sketch_distance(model, prompt.sketch) > 0",
       "week(time) + month(time) > 14 or year(time) != 2026",
       "if(request.stream, output_tokens, requests) >= 2",
       "model in list:texts",
       "lower(model) not in list:dated",
       "model in list:dated",
       "client.asn in list:numbers",
       "client.address in list:hosts",
       "licensed(lab)"},
      {"{model: [a, b]}", "{user_agent|contains: CURL}", "{client.address|cidr: 10.1.0.0/16}",
       "{output_tokens|gte: 2, request.stream: true}", "[{model|re: '^b'}, {client.asn: 7}]",
       "{model|in: [list:dated, c]}", "{user_agent|in: list:texts}", "{model|expand: '%dated%'}",
       "{user_agent|contains|expand: '%texts%'}"},
      {"account", "account", "model", "[account, model]", "client.asn", "request.stream",
       "client.address", "[account, client.asn]"},
      {"output_tokens", "requests", "output_tokens + requests", "output_tokens - 3",
       "output_tokens * 700000000000000000", "abs(output_tokens - 4)"},
      {"request.temperature", "output_tokens / requests", "0 - request.temperature"},
      {"cost", "abs(cost)"},
      {"duration"},
      {"time"},
      {"model", "output_tokens", "time", "request.temperature", "client.address", "request.stream",
       "cost", "model + user_agent", "lower(user_agent)"}};
  static const Vocabulary kAccount{
      {"contains(aliases, 'acme')", "equals(owners, 'x')", "exists(plan)",
       "country.declared in ['US', 'CN']", "created < '2025-06-01'", "requests > 1"},
      {"{aliases: [acme, beta]}", "{aliases|in: list:dated}", "{owners|in: [list:texts, x]}",
       "{aliases|contains|all: [a, e]}", "{plan: null}"},
      {"account", "plan", "[account, plan]"},
      {"requests", "requests * 2"},
      {"requests / 2"},
      {},
      {"time - created", "duration"},
      {"created", "time"},
      {"plan", "created", "country.declared", "account"}};
  static const Vocabulary kAudit{
      {"action == 'login'", "outcome != 'success'", "cidr(client.address, '10.0.0.0/8')",
       "like(action, 'log*')", "client.asn > 3", "action in list:dated",
       "client.asn not in list:numbers"},
      {"{action|startswith: log}", "{client.address|cidr: [10.1.0.0/16, '10.2.0.0/16']}"},
      {"account", "actor.id", "client.address"},
      {"client.asn", "requests"},
      {"client.asn / 4"},
      {},
      {"duration"},
      {"time"},
      {"action", "client.address", "actor.id", "outcome"}};
  if (kind == RecordKind::kAccount) return kAccount;
  return kind == RecordKind::kAudit ? kAudit : kUsage;
}

struct RandomMeasure {
  std::string text;
  std::string limit;     // a literal of its type
  bool numeric = false;  // int64 or double
  bool whole = false;    // int64
};

/// An argument with a literal of its type.
RandomMeasure random_argument(Random& random, const Vocabulary& words, bool for_sum) {
  while (true) {
    switch (random.number(0, 7)) {
      case 0:
        if (words.real.empty()) break;
        return {random.one_of(words.real), random.one_of<std::string>({"0.3", "1.1", "2.0"}), true,
                false};
      case 1:
        if (words.money.empty()) break;
        return {random.one_of(words.money), std::to_string(random.number(-2, 5)) + " USD"};
      case 2:
        return {random.one_of(words.durations), random.one_of<std::string>({"0s", "10m", "30d"})};
      case 3:
        if (for_sum) break;
        return {random.one_of(words.times),
                random.one_of<std::string>({"'2026-01-01T05:00:00Z'", "'2025-06-01'"})};
      default:
        return {random.one_of(words.whole),
                random.chance(8) ? "5000000000000000000" : std::to_string(random.number(0, 12)),
                true, true};
    }
  }
}

/// An argument of a type that `avg`, `stddev` or `gini` takes.
RandomMeasure random_number_argument(Random& random, const Vocabulary& words) {
  while (true) {
    RandomMeasure argument = random_argument(random, words, true);
    if (argument.numeric) return argument;
  }
}

/// Of what the subject does not have one of. A slot is as long as the longest window, `length` in
/// minutes, at most.
RandomMeasure random_lockstep(Random& random, const Vocabulary& words, const std::string& subject,
                              std::int64_t length, const std::string& limit) {
  std::string who = random.one_of(words.values);
  while (subject.find(who) != std::string::npos) who = random.one_of(words.values);
  const std::string what = random.chance(40) ? random.one_of(words.values) + ", " : std::string();
  const std::int64_t slot = std::min(random.one_of<std::int64_t>({5, 10, 7}), length);
  return {"lockstep(" + who + ", " + what + std::to_string(slot) + "m)", limit, true, false};
}

RandomMeasure random_statistic(Random& random, const Vocabulary& words, const std::string& subject,
                               std::int64_t length) {
  const std::string share = random.one_of<std::string>({"0", "0.2", "0.5", "0.9", "1"});
  switch (random.number(0, 9)) {
    case 9:
      return random_lockstep(random, words, subject, length, share);
    case 0:
      return {"entropy(" + random.one_of(words.values) + ")", share, true, false};
    case 1:
      return {"top_share(" + random.one_of(words.values) + ", " +
                  std::to_string(random.number(1, 3)) + ")",
              share, true, false};
    case 2:
      return {"cv(interarrival)", share, true, false};
    case 3:
      return {"rate()", random.one_of<std::string>({"0", "0.001", "0.01"}), true, false};
    case 4: {
      const RandomMeasure argument = random_argument(random, words, true);
      return {"gini(" + argument.text + ", " + random.one_of(words.values) + ")", share, true,
              false};
    }
    case 5: {
      RandomMeasure measure = random_argument(random, words, false);
      measure.text = random.one_of<std::string>({"first(", "last("}) + measure.text + ")";
      return measure;
    }
    case 6: {
      RandomMeasure measure = random_argument(random, words, true);
      measure.text = "avg(" + measure.text + ")";
      measure.whole = false;
      return measure;
    }
    default: {
      RandomMeasure measure = random_number_argument(random, words);
      measure.text = random.one_of<std::string>({"stddev(", "cv(", "rate("}) + measure.text + ")";
      measure.whole = false;
      return measure;
    }
  }
}

RandomMeasure random_measure(Random& random, const Vocabulary& words) {
  const std::string limit = std::to_string(random.number(0, 12));
  switch (random.number(0, 6)) {
    case 0:
      return {"count()", limit, true, true};
    case 1:
    case 2: {
      RandomMeasure measure = random_argument(random, words, true);
      measure.text = "sum(" + measure.text + ")";
      return measure;
    }
    case 3:
      return {"distinct(" + random.one_of(words.values) + ")", std::to_string(random.number(1, 4)),
              true, true};
    default: {
      RandomMeasure measure = random_argument(random, words, false);
      const std::string head = random.one_of<std::string>(
          {"min(", "max(", "quantile(0.5, ", "quantile(0.07, ", "quantile(0.9, ", "quantile(1, "});
      measure.text = head + measure.text + ")";
      return measure;
    }
  }
}

/// A number made of a measure by one of the functions, or the measure itself.
std::string random_number(Random& random, const std::string& name, const std::string& other,
                          bool whole) {
  switch (random.number(0, 9)) {
    case 0:
      return "abs(" + name + " - 4)";
    case 1:
      return "least(" + name + ", 5)";
    case 2:
      return "greatest(" + name + ", " + other + ")";
    case 3:
      return "round(" + name + " / 2)";
    case 4:
      return "if(" + other + " > 2, " + name + ", 3)";
    case 5:
      return "(" + name + " + 1) / (" + other + " + 2)";
    case 6:
      return "-" + name + " + 2 * " + other;
    case 7:
      return whole ? name + " * " + name : name + " * 0.5";
    default:
      return "default(" + name + ", 3)";
  }
}

std::string random_comparison(Random& random, const std::vector<RandomMeasure>& measures) {
  const auto pick = [&] {
    return static_cast<std::size_t>(
        random.number(0, static_cast<std::int64_t>(measures.size()) - 1));
  };
  const std::size_t i = pick();
  const std::string name = "m" + std::to_string(i);
  const RandomMeasure& measure = measures[i];
  const std::string op = random.one_of<std::string>({">", ">=", "<", "<=", "==", "!="});
  if (measure.numeric && random.chance(40)) {
    const std::size_t j = pick();
    const std::string other = measures[j].numeric ? "m" + std::to_string(j) : name;
    const bool whole = measure.whole && measures[j].whole;
    return random_number(random, name, other, whole) + " " + op + " " + measure.limit;
  }
  if (measure.whole && random.chance(10)) return name + " in [1, 2, 5]";
  if (random.chance(15)) {
    return "default(" + name + ", " + measure.limit + ") " + op + " " + measure.limit;
  }
  return name + " " + op + " " + measure.limit;
}

std::string random_report(Random& random, const std::vector<RandomMeasure>& measures) {
  std::string report = random_comparison(random, measures);
  while (random.chance(40)) {
    report = "(" + report + ") " + random.one_of<std::string>({"and", "or"}) + " " +
             (random.chance(20) ? "not (" + random_comparison(random, measures) + ")"
                                : random_comparison(random, measures));
  }
  return report;
}

void write_condition(Random& random, const Vocabulary& words, PolicyShape shape,
                     std::ostream& out) {
  const auto selection = [&] {
    return random.chance(25) ? random.one_of(words.selections)
                             : "\"" + random.one_of(words.predicates) + "\"";
  };
  if (shape.rare) {
    out << "select:\n  rare: {model: rare}\ncondition: rare\n";
  } else if (random.chance(shape.histories ? 20 : 70)) {
    out << "select:\n  one: " << selection() << "\n  two: " << selection() << "\ncondition: "
        << random.one_of<std::string>({"one and two", "one or two", "one and not two", "1 of them"})
        << "\n";
  }
}

/// A number over a measure that is there, if one is a number.
RandomMeasure random_formula(Random& random, const std::vector<RandomMeasure>& measures) {
  for (std::size_t i = 0; i < measures.size(); ++i) {
    if (!measures[i].numeric) continue;
    const std::string name = "m" + std::to_string(i);
    return {random_number(random, name, name, measures[i].whole), measures[i].limit, true, false};
  }
  return {"count()", "3", true, true};
}

/// A comparison of the first measure, which is a number.
RandomMeasure random_history(Random& random, const Vocabulary& words, const std::string& subject,
                             std::int64_t length, bool of_peers) {
  const std::string limit = random.one_of<std::string>({"0.5", "1", "3.5"});
  std::string shared = random.one_of(words.subjects);
  while (shared == subject || shared.front() == '[') shared = random.one_of(words.subjects);
  if (subject == "cluster") shared = "size_band";
  const std::string head = of_peers
                               ? std::string("deviation(m0, peers(" + shared + "), ")
                               : random.one_of<std::string>({"deviation", "cusum"}) + "(m0, own, ";
  const std::int64_t windows = random.number(of_peers ? 1 : 7, 12);
  return {head + std::to_string(length * windows) + "m)", limit, true, false};
}

/// A number, and how it compares.
std::vector<RandomMeasure> write_compared(Random& random, const Vocabulary& words,
                                          const std::string& subject, std::int64_t length,
                                          std::ostream& out) {
  RandomMeasure compared = random_measure(random, words);
  while (!compared.numeric) compared = random_measure(random, words);
  const std::string where =
      random.chance(20) ? " where " + random.one_of(words.predicates) : std::string();
  RandomMeasure history = random_history(random, words, subject, length, random.chance(60));
  out << "  m0: \"" << compared.text << where << "\"\n  m1: \"" << history.text << "\"\n";
  return {std::move(compared), std::move(history)};
}

std::vector<RandomMeasure> write_measures(Random& random, const Vocabulary& words,
                                          const std::string& subject, PolicyShape shape,
                                          std::int64_t length, std::ostream& out) {
  std::vector<RandomMeasure> measures;
  out << "measure:\n";
  if (shape.histories) return write_compared(random, words, subject, length, out);
  for (std::int64_t i = random.number(1, 3); i > 0; --i) {
    if (shape.statistics && !measures.empty() && random.chance(30)) {
      measures.push_back(random_formula(random, measures));
      out << "  m" << measures.size() - 1 << ": \"" << measures.back().text << "\"\n";
      continue;
    }
    if (shape.statistics && !shape.sessions && !measures.empty() && measures[0].numeric &&
        random.chance(40)) {
      const bool peers = subject != "cluster" && random.chance(15);
      measures.push_back(random_history(random, words, subject, length, peers));
      out << "  m" << measures.size() - 1 << ": \"" << measures.back().text << "\"\n";
      continue;
    }
    RandomMeasure measure = shape.statistics && random.chance(70)
                                ? random_statistic(random, words, subject, length)
                                : random_measure(random, words);
    // Sessions have no length that a rate could be over.
    while (shape.sessions && measure.text.starts_with("rate(")) {
      measure = random_measure(random, words);
    }
    out << "  m" << measures.size() << ": \"" << measure.text
        << (random.chance(30) ? " where " + random.one_of(words.predicates) : "") << "\"\n";
    measures.push_back(std::move(measure));
  }
  return measures;
}

/// Selections, and a `sequence` or an `absent` over them.
void write_steps(Random& random, const Vocabulary& words, std::ostream& out) {
  out << "select:\n";
  for (const char* name : {"one", "two", "three"}) {
    out << "  " << name << ": \"" << random.one_of(words.predicates) << "\"\n";
  }
  out << "  some: requests == " << random.number(1, 3) << "\n";
  if (random.chance(20))
    out << "condition: " << random.one_of<std::string>({"not some", "one or two", "1 of t*"})
        << "\n";
  const auto name = [&random] { return random.one_of<std::string>({"one", "two", "three"}); };
  const std::int64_t every = random.one_of<std::int64_t>({10, 20, 30, 60});
  const std::string within = std::to_string(every * random.number(1, 6)) + "m";
  if (random.chance(35)) {
    out << "absent: {select: " << name() << ", after: " << name() << ", for: " << within;
  } else {
    out << "sequence: {within: " << within << ", steps: [" << name() << ", " << name();
    const bool third = random.chance(40);
    if (third) out << ", " << name();
    out << "]";
    // What is no step itself: between the first and the last it would end every sequence.
    if (random.chance(50)) out << ", without: " << (third ? "some" : name());
  }
  if (random.chance(70)) out << ", every: " << every << "m";
  out << ", wait_for_late: " << random.number(0, 4) << "h}\n";
}

/// A screening or an ownership, and at times a condition beside it.
void write_parties(Random& random, const Vocabulary& words, std::ostream& out) {
  if (random.chance(30)) out << "select: {one: \"" << random.one_of(words.predicates) << "\"}\n";
  if (random.chance(30)) out << "window: {length: 20m, wait_for_late: 1h}\n";
  if (random.chance(40)) {
    out << "ownership: {of: " << random.one_of<std::string>({"[parties]", "[list:parties, more]"})
        << ", share: \"" << random.one_of<std::string>({">= 50%", "> 50%", ">= 25%"})
        << "\", aggregate: " << random.one_of<std::string>({"true", "false"})
        << ", unknown: " << random.one_of<std::string>({"report", "not-evaluable"})
        << random.one_of<std::string>({"", "", ", obligations: [block]", ", programs: [A]"})
        << "}\n";
    return;
  }
  out << "screen: {fields: "
      << random.one_of<std::string>({"[name]", "[name, owners.name]", "[aliases, owners]"})
      << ", lists: "
      << random.one_of<std::string>({"[parties]", "[parties, more]", "[parties], kind: person"})
      << ", score: " << random.one_of<std::string>({"0.85", "0.9", "1"});
  if (random.chance(25)) out << ", programs: " << random.one_of<std::string>({"[A]", "[B, c]"});
  if (random.chance(35)) {
    out << ", obligations: " << random.one_of<std::string>({"[block]", "[red-flag, block]"});
  }
  if (random.chance(60)) {
    out << ", corroborate: {"
        << random.one_of<std::string>({"score: 0.3", "score: 0.8", "required: true"}) << ", any: "
        << random.one_of<std::string>({"[country]", "[identifiers]", "[country, identifiers]"})
        << "}";
  }
  out << "}\n";
}

/// `in_force: […]` of one or two intervals, each of an hour at least.
std::string random_times(Random& random) {
  std::ostringstream out;
  const std::int64_t from = random.number(0, 7);
  const std::int64_t until = from + random.number(1, 3);
  out << "in_force: [{from: 2026-01-01T0" << from << ":00:00Z, until: 2026-01-01T" << until / 10
      << until % 10 << ":00:00Z}";
  if (random.chance(40)) {
    const std::int64_t again = until + random.number(0, 2);
    out << ", {from: 2026-01-01T" << again / 10 << again % 10 << ":30:00Z}";
  }
  out << "]";
  return out.str();
}

std::string random_bases(Random& random, PolicyShape shape) {
  if (!shape.dated_bases) return "{control: generated}";
  std::string out = "{law: generated, " + random_times(random) + "}";
  if (random.chance(40)) out += ", {control: generated, " + random_times(random) + "}";
  if (random.chance(10)) out += ", {red_flag: generated}";
  return out;
}

/// The lists that write_parties() names.
std::string random_parties(Random& random) {
  std::ostringstream out;
  out << "---\nlist: parties\ntitle: generated\nconsequences: [{programs: [A], obligation: block, "
         "citation: generated, in_force: [{until: 2026-01-01T0"
      << random.number(1, 9)
      << ":00:00Z}]}, {obligation: red-flag, citation: generated}]\nvalues:\n  - {value: Martha "
         "King, country: [SY, "
         "IR], "
      << "identifiers: lei:1, aliases: [Queen Bee], weak_aliases: [Acme], programs: [A, C]}\n  - "
         "{value: Acme "
         "Trading, until: "
      << "2026-01-01T0" << random.number(1, 9) << ":00:00Z}\n"
      << "  - {value: \"" << random.one_of<std::string>({"Zoe", "Marta King", "Acme Co"})
      << "\", kind: person, identifiers: [lei:2]}\n---\nlist: more\ntitle: generated\n"
      << "in_force: [{from: 2026-01-01T0" << random.number(0, 9)
      << ":00:00Z}]\nvalues: [Trade Acme, {value: Beta, country: US}]\n";
  return out.str();
}

/// How late records may be; at times as late as the sources settle.
std::string random_wait(Random& random, std::int64_t most_hours) {
  if (random.chance(25)) return "";
  return ", wait_for_late: " + std::to_string(random.number(0, most_hours)) + "h";
}

/// Gives the length in minutes by which its windows are counted.
std::int64_t write_window(Random& random, PolicyShape shape, std::ostream& out) {
  constexpr std::int64_t kMinutesOfDay = 24 * 60;
  if (shape.sessions) {
    const std::int64_t gap = random.one_of<std::int64_t>({1, 5, 10, 20, 40, 90});
    const std::int64_t most = random.one_of<std::int64_t>({1, 2, 5, 30, 1000}) * gap;
    out << "window: {session: " << gap << "m, at_most: " << most << "m" << random_wait(random, 4)
        << "}\n";
    return most;
  }
  if (shape.calendars && random.chance(80)) {
    const bool weeks = random.chance(20);
    out << "window: {calendar: " << (weeks ? "week" : "day") << random_wait(random, 4) << "}\n";
    return weeks ? 7 * kMinutesOfDay : kMinutesOfDay;
  }
  const std::int64_t every =
      shape.histories ? 60 : random.one_of<std::int64_t>({10, 20, 30, 60, 70});
  const std::int64_t length = every * random.number(1, shape.rare || shape.histories ? 3 : 5);
  out << "window: {length: " << length << "m, every: " << every << "m"
      << random_wait(random, shape.histories ? 16 : 4) << "}\n";
  return length;
}

/// Clocks that are put forward and back by up to two days, so that many dates begin, are short or
/// are left out within the half day of a log.
TimeZone random_zone(Random& random, UtcTime start) {
  const auto offset = [&random] { return Duration{random.number(-1439, 1439) * kMinute.us}; };
  TimeZone zone;
  zone.name = "Generated";
  zone.first_offset = offset();
  UtcTime at = start - kDay;
  for (std::int64_t i = random.number(0, 12); i > 0; --i) {
    at = at + Duration{random.number(1, 36) * 10 * kMinute.us};
    zone.changes.push_back({at, offset()});
  }
  return zone;
}

/// By a figure that is a number, if there is one.
void write_repeat(Random& random, const std::vector<RandomMeasure>& measures, std::ostream& out) {
  std::vector<std::string> numbers;
  for (std::size_t i = 0; i < measures.size(); ++i) {
    if (measures[i].numeric) numbers.push_back("m" + std::to_string(i));
  }
  const bool grows = !numbers.empty() && random.chance(70);
  out << "repeat: {";
  if (!grows || random.chance(50)) {
    out << "after: " << random.number(1, 24) * 10 << "m" << (grows ? ", " : "");
  }
  if (grows) {
    out << "if_grown: " << random.one_of<std::string>({"1.000001x", "1.3x", "2x", "3x"})
        << ", of: " << random.one_of(numbers);
  }
  out << "}\n";
}

void write_choice(Random& random, const Vocabulary& words, std::ostream& out) {
  Texts sizes = words.whole;
  for (const Texts* more : {&words.real, &words.money, &words.durations, &words.times}) {
    sizes.insert(sizes.end(), more->begin(), more->end());
  }
  out << ", choose: "
      << random.one_of<std::string>({"first", "last", "largest", "largest",
                                     "{largest: \"" + random.one_of(sizes) + "\"}"});
}

std::string random_policy(Random& random, const std::string& id, int version, PolicyShape shape) {
  RecordKind kind = RecordKind::kUsage;
  if (shape.parties) {
    kind = RecordKind::kAccount;
  } else if (!shape.rare && !shape.histories && random.chance(30)) {
    kind = random.chance(50) ? RecordKind::kAccount : RecordKind::kAudit;
  }
  const Vocabulary& words = vocabulary(kind);
  std::ostringstream out;
  out << "policy: " << id << "\nversion: " << version << "\ntitle: generated\nstatus: active\n"
      << "basis: [" << random_bases(random, shape)
      << "]\nkind: extraction\nseverity: " << random.one_of<std::string>({"low", "medium", "high"})
      << "\nreads: " << kind_name(kind) << "\n";
  if (random.chance(20)) {
    out << "in_force: [{from: 2026-01-01T02:00:00Z, until: 2026-01-01T09:00:00Z}]\n";
  }
  if (shape.steps) {
    write_steps(random, words, out);
  } else if (shape.parties) {
    write_parties(random, words, out);
  } else {
    write_condition(random, words, shape, out);
  }
  const bool cluster = shape.clusters && !shape.sessions && !shape.parties && random.chance(75);
  const std::string subject = cluster ? "cluster" : random.one_of(words.subjects);
  out << "for_each: " << subject << "\n";
  if (!shape.steps && !shape.parties) {
    const std::int64_t length = write_window(random, shape, out);
    const std::vector<RandomMeasure> measures =
        write_measures(random, words, subject, shape, length, out);
    out << "report_when: \"" << random_report(random, measures) << "\"\n";
    if (shape.repeats && !shape.sessions && random.chance(85)) write_repeat(random, measures, out);
  }
  if (random.chance(30)) {
    out << "exempt:\n";
    for (std::int64_t i = random.number(1, 2); i > 0; --i) {
      out << "  - {where: \"" << random.one_of(words.predicates) << "\", until: 2026-01-01T0"
          << random.number(4, 9) << ":00:00Z, approved_by: x, reason: generated}\n";
    }
  }
  out << "evidence: {records: " << random.number(1, 3);
  if (shape.repeats) write_choice(random, words, out);
  out << "}\n";
  return out.str();
}

/// One to three links, so tight at times that what too many have splits clusters, with weights at
/// times, and addresses that do not count.
std::string random_linkage(Random& random) {
  std::vector<std::string> fields{"client.address", "tls.ja4", "payment.fingerprints", "owners",
                                  "actor.id"};
  std::ostringstream out;
  out << "---\nlinkage: generated\ntitle: generated\n";
  const std::int64_t links = random.number(1, 3);
  const bool weighs = random.chance(40);
  if (weighs) out << "threshold: " << random.number(1, links) << "\n";
  out << "links:\n";
  for (std::int64_t i = links; i > 0; --i) {
    const std::string field = random.one_of(fields);
    std::erase(fields, field);
    out << "  - {field: " << field << ", at_most: " << random.number(2, 5);
    if (weighs) out << ", weight: " << random.number(1, 3);
    if (field == "client.address" && random.chance(30)) out << ", except: list:hosts";
    if (random.chance(30)) {
      const std::int64_t half_life = random.one_of<std::int64_t>({10, 30, 60});
      const std::int64_t half_lives = random.number(2, 6);
      out << ", window: " << half_life * half_lives << "m";
      if (weighs && random.chance(60)) out << ", decay: " << half_life << "m";
    }
    out << "}\n";
  }
  if (random.chance(25)) {
    out << "  - {lockstep: " << random.one_of<std::string>({"10m", "1h"})
        << ", over: " << random.one_of<std::string>({"6h", "1d"})
        << ", at_least: 2, percent: " << random.number(10, 80)
        << ", at_most: " << random.number(2, 5);
    if (random.chance(40)) out << ", target: client.address";
    if (weighs) out << ", weight: " << random.number(1, 3);
    out << "}\n";
  }
  return out.str();
}

/// The lists and the license that the vocabulary names, and at times an exemption of all policies.
std::string random_documents(Random& random, PolicyShape shape) {
  const auto clock = [&random] {
    return "2026-01-01T0" + std::to_string(random.number(1, 9)) + ":00:00Z";
  };
  std::ostringstream out;
  out << "list: texts\ntitle: generated\nvalues: [a, curl, x, "
      << random.one_of<std::string>({"b", "c", "acme"}) << "]\n---\n"
      << "list: dated\ntitle: generated\nvalues:\n"
      << "  - {value: " << random.one_of<std::string>({"a", "acme", "login"})
      << ", until: " << clock() << "}\n"
      << "  - {value: b, from: " << clock() << "}\n  - beta\n---\n"
      << "list: numbers\ntitle: generated\ntype: int64\nvalues: [" << random.number(1, 9)
      << ", {value: 7, from: " << clock() << "}]\n---\n"
      << "list: hosts\ntitle: generated\ntype: ip\nvalues: [10.1.0." << random.number(1, 4)
      << "]\n---\n"
      << "license: lab\ntitle: generated\nnumber: '1'\nauthority: x\nin_force: [{from: " << clock()
      << ", until: 2026-01-01}]\nitems: [a, list:dated]\nlimits: [output_tokens <= "
      << random.number(1, 6) << "]\n";
  if (random.chance(30)) {
    out << "---\nexemption: quiet\npolicies: [\"p.*\"]\nwhere: requests > " << random.number(1, 5)
        << "\nfrom: " << clock() << "\nuntil: 2026-01-02\napproved_by: x\nreason: generated\n";
  }
  if (shape.clusters) out << random_linkage(random);
  return out.str();
}

/// Makes a correlation of a sequence. The language has no words for one: those of Sigma are
/// two-valued, and these are not.
void correlate(Random& random, Policy& policy) {
  using Kind = TrailingFigure::Kind;
  Measure& measure = policy.measures.front();
  if (!measure.pattern || measure.aggregate != Aggregate::kCompleted) return;
  measure.aggregate = Aggregate::kMatched;
  measure.name = "matches";
  measure.pattern->without.reset();
  TrailingFigure& figure = measure.pattern->trailing.emplace();
  figure.kind = random.one_of<Kind>({Kind::kRecords, Kind::kSteps, Kind::kDistinct, Kind::kSum,
                                     Kind::kMean, Kind::kPercentile, Kind::kShare});
  figure.percent = random.one_of<double>({0, 5, 50, 95, 100});
  const auto limit = [&](double number) {
    const std::vector<ExprOp> ops{ExprOp::kGe, ExprOp::kGe, ExprOp::kGt, ExprOp::kLt,
                                  ExprOp::kLe, ExprOp::kEq, ExprOp::kNe};
    figure.limits.push_back({random.one_of(ops), number});
  };
  limit(static_cast<double>(random.number(1, 4)) * (figure.kind == Kind::kShare ? 20 : 1));
  if (random.chance(20)) limit(static_cast<double>(random.number(2, 9)));
  if (figure.kind == Kind::kRecords || figure.kind == Kind::kSteps) return;
  const Vocabulary& words = vocabulary(policy.reads);
  Texts arguments = words.whole;
  arguments.insert(arguments.end(), words.real.begin(), words.real.end());
  if (figure.kind == Kind::kDistinct || figure.kind == Kind::kShare) arguments = words.values;
  ExprScope scope;
  scope.fields = policy.reads;
  std::vector<Diagnostic> found;
  measure.argument = parse_expression(random.one_of(arguments), scope, {}, found);
  EXPECT_TRUE(measure.argument) << to_text(found.front());
}

}  // namespace

std::shared_ptr<const PolicySet> random_set(Random& random, int version, PolicyShape shape) {
  std::vector<PolicyText> texts{{"documents.yaml", random_documents(random, shape)}};
  if (shape.parties) texts.front().text += random_parties(random);
  for (const char* id : {"p.one", "p.two", "p.three"}) {
    if (random.chance(shape.rare ? 50 : 25)) continue;
    texts.push_back({std::string(id) + ".yaml", random_policy(random, id, version, shape)});
  }
  for (int i = 0; shape.many && texts.size() < 13; ++i) {
    const std::string id = "q." + std::string(1, static_cast<char>('a' + i));
    texts.push_back({id + ".yaml", random_policy(random, id, version, shape)});
  }
  for (const char* id : {"f.one", "f.two"}) {
    if (!shape.findings || random.chance(15)) continue;
    texts.push_back({std::string(id) + ".yaml", random_finding_policy(random, id, version)});
  }
  LoadOutcome outcome = load_policies(texts, parse_time("2026-01-01").value());
  for (const Diagnostic& diagnostic : outcome.diagnostics) {
    if (diagnostic.level == DiagnosticLevel::kError) ADD_FAILURE() << to_text(diagnostic);
  }
  for (Policy& policy : outcome.set.policies) {
    if (shape.correlations) {
      correlate(random, policy);
      policy.hash = policy_hash(policy);
    }
    if (!policy.window.calendar) continue;
    policy.window.calendar->zone = random_zone(random, parse_time("2026-01-01").value());
    policy.hash = policy_hash(policy);
  }
  return std::make_shared<const PolicySet>(std::move(outcome.set));
}

}  // namespace tidewaiter
