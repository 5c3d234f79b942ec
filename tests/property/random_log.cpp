#include "tests/property/random_log.h"

#include <algorithm>
#include <string>
#include <utility>

#include "tests/property/random_policies.h"

namespace tidewaiter {
namespace {

const UtcTime kStart = parse_time("2026-01-01").value();
constexpr std::int64_t kHours = 12;

RecordKind random_kind(Random& random) {
  if (random.chance(70)) return RecordKind::kUsage;
  return random.chance(50) ? RecordKind::kAccount : RecordKind::kAudit;
}

UtcTime random_time(Random& random) {
  const UtcTime time = kStart + Duration{random.number(0, kHours * 6) * 10 * kMinute.us};
  return random.chance(30) ? time + Duration{random.number(1, 10 * kMinute.us)} : time;
}

/// Sets fields of a record, each with a probability.
class FieldSetter {
 public:
  FieldSetter(Random& random, Record& record) : random_(random), record_(record) {}
  void set(const char* name, Value value, int percent) {
    if (random_.chance(percent)) set_value(record_, *find_field(name), std::move(value));
  }
  void set_one(const char* name, const std::vector<std::string>& values, int percent) {
    set(name, random_.one_of(values), percent);
  }

 private:
  Random& random_;
  Record& record_;
};

void fill_usage(Random& random, const LogShape& shape, FieldSetter& fields) {
  const bool rare = shape.rare && random.chance(8);
  fields.set("model", rare ? std::string("rare") : random.one_of<std::string>({"a", "b", "c"}),
             shape.rare ? 100 : 85);
  const bool huge = shape.extreme && random.chance(30);
  fields.set("output_tokens",
             huge ? random.one_of<std::int64_t>({std::int64_t{1} << 62, 5'000'000'000'000'000'000})
                  : random.number(0, 7),
             85);
  const bool vast = shape.extreme && random.chance(30);
  fields.set("request.temperature",
             vast ? random.one_of<double>({1.7e308, 1e292, 5e-324})
                  : 0.1 * static_cast<double>(random.number(0, 12)),
             90);
  fields.set("cost", random.number(-2, 3) * 1'000'000'000, 90);
  fields.set("request.stream", random.chance(50), 80);
  fields.set_one("user_agent", {"python", "Curl", "curl", "go"}, 85);
  fields.set_one("prompt.sketch", {"ffff00000000ffff", "FFFF00000000FFF0", "00000000ffff0000"}, 60);
}

void fill_account(Random& random, FieldSetter& fields) {
  using List = std::vector<std::string>;
  fields.set("aliases", random.one_of<List>({{"acme"}, {"beta", "acme"}, {"gamma"}}), 80);
  fields.set("owners", random.one_of<List>({{"x"}, {"y", "z"}}), 80);
  fields.set_one("plan", {"free", "paid"}, 70);
  fields.set_one("country.declared", {"US", "CN", "DE"}, 85);
  fields.set("created", parse_time("2025-01-01")->us + random.number(0, 300) * kDay.us, 85);
}

/// Names that are listed, nearly listed, and neither; see random_parties().
void fill_parties(Random& random, FieldSetter& fields) {
  using List = std::vector<std::string>;
  const std::vector<std::string> names = {"Martha King",
                                          "KING, Marhta",
                                          "Martha Joan King",
                                          "Queen Bee",
                                          "Acme Trading Co.",
                                          "Acme Trade",
                                          "Zoe",
                                          "--",
                                          "Марта Кинг"};
  fields.set_one("name", names, 85);
  fields.set("aliases", List{random.one_of(names), random.one_of(names)}, 30);
  fields.set("owners", List{random.one_of(names), random.one_of(names)}, 60);
  const std::vector<std::string> shares = {"50%", "25%", "24.9%", "", "most", "25%-50%"};
  fields.set("owners.share", List{random.one_of(shares), random.one_of(shares)}, 80);
  fields.set("owners.identifier", List{random.one_of<std::string>({"", "LEI:1", "x:9"})}, 40);
  fields.set("owners.of", List{"", random.one_of<std::string>({"", "LEI:1", "Acme Trade"})}, 40);
  fields.set("identifiers", List{random.one_of<std::string>({"lei:1", "LEI:2", "duns:3"})}, 50);
  fields.set_one("country.billing", {"US", "sy"}, 50);
}

/// What few records have in common.
void fill_links(Random& random, RecordKind kind, FieldSetter& fields) {
  using List = std::vector<std::string>;
  if (kind == RecordKind::kUsage) fields.set_one("tls.ja4", {"j1", "j2", "j3", "j4", ""}, 30);
  if (kind == RecordKind::kAccount) {
    fields.set("payment.fingerprints",
               random.one_of<List>({{"v1"}, {"v2"}, {"v2", "v3"}, {"v3", "v4"}, {}}), 60);
  }
}

/// Many where clusters are to have peers, few where accounts are to meet.
std::vector<std::string> accounts_of(const LogShape& shape) {
  if (shape.histories && shape.clusters) return {"r", "s", "t", "u", "v", "w", "x", "y", "z"};
  if (shape.histories) return {"v", "w", "x", "y", "z"};
  return {"x", "y", "z"};
}

Record random_record(Random& random, const LogShape& shape) {
  Record record;
  record.kind = shape.rare ? RecordKind::kUsage : random_kind(random);
  if (shape.parties) record.kind = RecordKind::kAccount;
  record.source = random.one_of<std::string>({"s1", "s1", "s2"});
  record.time = random_time(random);
  record.duration = random.chance(50) ? Duration{10 * kMinute.us} : Duration{0};
  record.requests = random.number(0, 3);
  FieldSetter fields(random, record);
  fields.set_one("account", accounts_of(shape), 93);
  if (record.kind == RecordKind::kUsage) fill_usage(random, shape, fields);
  if (record.kind == RecordKind::kAccount) fill_account(random, fields);
  if (shape.parties) fill_parties(random, fields);
  if (record.kind == RecordKind::kAudit) {
    fields.set_one("action", {"login", "logout", "delete"}, 90);
    fields.set_one("actor.id", {"u1", "u2"}, 90);
    fields.set_one("outcome", {"success", "failure"}, 80);
  }
  if (record.kind != RecordKind::kAccount) {
    fields.set_one("client.address", {"10.1.0.1", "10.2.0.9", "192.0.2.1", "2001:db8::1"}, 85);
    fields.set("client.asn", random.number(5, 8), 85);
  }
  if (shape.clusters) fill_links(random, record.kind, fields);
  record.id = sha256("id " + std::to_string(random.number(0, 1'000'000'000'000)));
  return record;
}

Control random_control(Random& random, bool drops, bool parties) {
  if (drops && random.chance(20)) {
    UtcTime before = kStart + Duration{random.number(0, kHours) * kHour.us};
    if (random.chance(30)) before = before + Duration{random.number(1, kHour.us)};
    return RecordsDropped{before};
  }
  const std::string source = random.one_of<std::string>({"s1", "s1", "s2"});
  const RecordKind kind = parties ? RecordKind::kAccount : random_kind(random);
  if (random.chance(12)) return SourceIdle{source, kind};
  if (random.chance(4)) return SourceRemoved{source, kind};
  if (random.chance(8)) {
    return SourceSettles{source, kind, Duration{random.number(0, 5) * kHour.us}};
  }
  const UtcTime from = kStart + Duration{random.number(0, 2) * kHour.us};
  const UtcTime to = from + Duration{random.number(1, kHours + 2) * kHour.us};
  return SourceDrained{source, kind, {from, to}};
}

/// A person's on what fill_links() and others gave: cuts, joints and what lifts them, some of it of
/// accounts and values that no record has.
LinkRuled random_ruling(Random& random, const LogShape& shape) {
  LinkRuled ruled;
  ruled.ruling = "k-" + std::to_string(random.number(1, 6));
  const auto add_account = [&] {
    ruled.accounts.push_back(
        {random.one_of<std::string>({"s1", "s1", "s2"}), random.one_of(accounts_of(shape))});
  };
  if (random.chance(25)) return ruled;  // lifts
  add_account();
  if (random.chance(35)) {
    add_account();
    return ruled;
  }
  const FieldId card = *find_field("payment.fingerprints");
  for (std::int64_t left = random.number(1, 3); left > 0; --left) {
    ruled.values.push_back(random.one_of<RuledValue>({{card, "v1"},
                                                      {card, "v2"},
                                                      {card, "v3"},
                                                      {*find_field("tls.ja4"), "j1"},
                                                      {*find_field("tls.ja4"), "j2"},
                                                      {*find_field("client.address"), "10.1.0.1"},
                                                      {*find_field("region"), "v1"}}));
  }
  return ruled;
}

PolicyShape policy_shape(const LogShape& shape) {
  return {shape.rare,         shape.statistics,  shape.calendars, shape.steps,     shape.many,
          shape.repeats,      shape.sessions,    shape.parties,   shape.histories, shape.clusters,
          shape.correlations, shape.dated_bases, shape.findings};
}

using Versions = std::map<std::pair<Digest, UtcTime>, ReplacedRecord>;

/// Another version of a record that is there.
void revise(Random& random, const LogShape& shape, Versions& latest, LogEntry& entry) {
  auto it = latest.begin();
  std::advance(it, random.number(0, static_cast<std::int64_t>(latest.size()) - 1));
  Record record = random_record(random, shape);
  while (record.kind != it->second.record.kind) record = random_record(random, shape);
  record.id = it->first.first;
  record.time = it->first.second;
  record.source = it->second.record.source;
  record.revision = it->second.record.revision + 1;
  entry.replaces = it->second;
  it->second = {entry.seq, record};
  entry.body = std::move(record);
}

}  // namespace

std::int64_t RandomLog::last_drop(std::int64_t head) const {
  std::int64_t last = 0;
  for (const LogEntry& entry : entries) {
    const auto* control = std::get_if<Control>(&entry.body);
    if (entry.seq > head || control == nullptr) continue;
    if (std::holds_alternative<RecordsDropped>(*control)) last = entry.seq;
  }
  return last;
}

std::optional<UtcTime> RandomLog::dropped_before(std::int64_t head) const {
  std::optional<UtcTime> before;
  for (const LogEntry& entry : entries) {
    const auto* control = std::get_if<Control>(&entry.body);
    if (entry.seq > head || control == nullptr) continue;
    const auto* dropped = std::get_if<RecordsDropped>(control);
    if (dropped != nullptr) before = before ? std::max(*before, dropped->before) : dropped->before;
  }
  return before;
}

std::vector<LogEntry> RandomLog::stored(std::int64_t head, std::int64_t last) const {
  const std::int64_t drop = last_drop(head);
  const std::optional<UtcTime> before = dropped_before(head);
  std::vector<LogEntry> left;
  for (const LogEntry& entry : entries) {
    if (entry.seq > last) break;
    const auto* record = std::get_if<Record>(&entry.body);
    if (record != nullptr && before && entry.seq < drop && record->time < *before) continue;
    left.push_back(entry);
  }
  return left;
}

RandomLog random_log(Random& random, const LogShape& shape) {
  RandomLog log;
  Versions latest;
  const std::int64_t length = random.number(shape.least, shape.most);
  const std::int64_t first_activation = random.number(1, 10);
  const int activations = shape.rare ? 0 : 3;  // in a hundred entries
  int version = 0;
  for (std::int64_t seq = 1; seq <= length; ++seq) {
    LogEntry entry;
    entry.seq = seq;
    entry.backfill = seq < length / 3 && random.chance(80);
    if (seq == first_activation || (seq > first_activation && random.chance(activations))) {
      log.activations[seq] = random_set(random, ++version, policy_shape(shape));
      entry.body = Control{PolicySetActivated{log.activations[seq]->hash}};
    } else if (shape.clusters && random.chance(5)) {
      entry.body = Control{random_ruling(random, shape)};
    } else if (random.chance(shape.rare ? 1 : 15)) {
      entry.body = random_control(random, shape.drops, shape.parties);
    } else if (!latest.empty() && random.chance(15)) {
      revise(random, shape, latest, entry);
    } else {
      Record record = random_record(random, shape);
      // The same id at another time is another record.
      if (!latest.empty() && random.chance(10)) record.id = latest.begin()->first.first;
      if (latest.contains({record.id, record.time})) record.id = sha256(std::to_string(seq));
      latest[{record.id, record.time}] = {seq, record};
      entry.body = std::move(record);
    }
    log.entries.push_back(std::move(entry));
  }
  return log;
}

OneSetLog one_set_log(Random& random, const LogShape& shape) {
  RandomLog log = random_log(random, shape);
  OneSetLog result;
  result.set = log.activations.empty() ? random_set(random, 1, policy_shape(shape))
                                       : log.activations.begin()->second;
  std::erase_if(log.entries,
                [&log](const LogEntry& entry) { return log.activations.contains(entry.seq); });
  LogEntry activation;
  activation.seq = 1;
  activation.body = Control{PolicySetActivated{result.set->hash}};
  result.entries.push_back(std::move(activation));
  for (LogEntry& entry : log.entries) {
    ++entry.seq;  // the activation stands in front
    if (entry.replaces) ++entry.replaces->seq;
    result.entries.push_back(std::move(entry));
  }
  return result;
}

}  // namespace tidewaiter
