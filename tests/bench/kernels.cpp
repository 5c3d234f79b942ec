// Small pieces of the product's work, always the same ones, for tests/bench/instructions to count
// the instructions of. `bench_kernels NAME` does one and prints what it came to; without a name it
// prints the names. Only what measured_kernel() calls is counted: data is made before it.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/engine/evaluation.h"
#include "policies/language/load.h"
#include "policies/model/record_json.h"
#include "policies/screening/screened_list.h"

/// Its name is what the counting begins and ends by.
extern "C" __attribute__((noinline)) std::int64_t measured_kernel(
    const std::function<std::int64_t()>& work) {
  return work();
}

namespace tidewaiter {
namespace {

using Work = std::function<std::int64_t()>;

constexpr UtcTime kFrom{1'767'225'600'000'000};  // 2026-01-01T00:00:00Z
constexpr std::int64_t kRecords = 8'192;

FieldId id_of(std::string_view name) { return find_field(name).value(); }

/// Eight hours of requests of 400 accounts, in order.
std::vector<Record> make_records() {
  std::mt19937_64 random(3);
  const auto below = [&random](std::uint64_t bound) {
    return static_cast<std::int64_t>(random() % bound);
  };
  std::vector<Record> records(kRecords);
  for (std::size_t i = 0; i < records.size(); ++i) {
    Record& one = records[i];
    one.source = "gateway";
    one.time = kFrom + Duration{static_cast<std::int64_t>(i) * (8 * kHour.us / kRecords)};
    one.id = sha256("record " + std::to_string(i));
    set_value(one, id_of("account"), "account-" + std::to_string(below(400)));
    set_value(one, id_of("model"), "model-" + std::to_string(below(6)));
    set_value(one, id_of("user_agent"), "client/" + std::to_string(below(50)) + " (linux)");
    set_value(one, id_of("end_user"), "user-" + std::to_string(below(3'000)));
    set_value(one, id_of("client.address"), "192.0.2." + std::to_string(below(256)));
    set_value(one, id_of("client.asn"), below(64'000));
    set_value(one, id_of("http_status"), below(25) == 0 ? std::int64_t{429} : std::int64_t{200});
    set_value(one, id_of("input_tokens"), below(20'000));
    set_value(one, id_of("output_tokens"), below(5'000));
  }
  return records;
}

std::vector<LogEntry> make_log() {
  std::vector<LogEntry> log;
  std::int64_t seq = 1;
  for (Record& record : make_records()) log.push_back({++seq, false, std::move(record), {}});
  const SourceDrained drained{"gateway", RecordKind::kUsage, {kFrom, kFrom + kDay}};
  log.push_back({++seq, false, Control{drained}, {}});
  return log;
}

std::string policy(const std::string& id, const std::string& rest) {
  return "policy: " + id +
         "\nversion: 1\ntitle: A kernel's\nstatus: active\nbasis: [{control: c}]\n" +
         "kind: access\nseverity: low\n" + rest;
}

std::shared_ptr<const PolicySet> set_of(const std::vector<PolicyText>& texts) {
  LoadOutcome loaded = load_policies(texts, kFrom);
  if (has_errors(loaded.diagnostics)) {
    std::fprintf(stderr, "bench_kernels: %s\n", loaded.diagnostics.front().message.c_str());
    std::exit(1);
  }
  return std::make_shared<const PolicySet>(std::move(loaded.set));
}

/// Judges the log by the policies, in batches as the daemon cuts them: how many steps there are.
Work judging(const std::vector<PolicyText>& texts) {
  return [set = set_of(texts), log = make_log()] {
    const auto evaluation = make_evaluation(EngineKind::kColumnar, "kernels");
    std::vector<Step> steps;
    const auto nothing = [](std::int64_t, const auto&) { return Result<void>(); };
    if (!evaluation->activate(set, 1, nothing, steps)) return std::int64_t{-1};
    for (std::size_t at = 0; at < log.size(); at += 2'048) {
      const std::size_t size = std::min<std::size_t>(2'048, log.size() - at);
      evaluation->apply(std::span(log).subspan(at, size), steps);
    }
    return static_cast<std::int64_t>(steps.size());
  };
}

/// 60 policies about single records, over texts, numbers, addresses and a list.
std::vector<PolicyText> stateless_texts() {
  std::string numbers;
  for (int i = 0; i < 200; ++i) numbers += std::to_string(i * 311) + ", ";
  std::vector<PolicyText> texts{
      {"list.yaml", "list: systems\ntitle: s\ntype: int64\nvalues: [" + numbers + "64001]\n"}};
  for (int i = 0; i < 60; ++i) {
    const std::string n = std::to_string(i);
    texts.push_back(
        {"p" + n + ".yaml",
         policy("stateless." + n,
                "select:\n  a: {output_tokens|gt: " + std::to_string(4'000 + 10 * i) +
                    ", model|cased: model-" + std::to_string(i % 6) +
                    "}\n  b: {user_agent|contains|cased: client/" + n +
                    "}\n  c: {client.asn|in: [list:systems]}\n  d: "
                    "{client.address|cidr: 192.0.2." +
                    std::to_string(i % 8 * 32) + "/27}\ncondition: a and d and (b or c)\n")});
  }
  return texts;
}

Work reading() {
  std::vector<std::string> lines;
  for (const Record& record : make_records()) write_record_json(record, lines.emplace_back());
  return [lines = std::move(lines)] {
    RecordJsonReader reader;
    const Record defaults;
    std::int64_t tokens = 0;
    for (const std::string& line : lines) {
      const auto record = reader.read(line, defaults);
      if (record) tokens += std::get<std::int64_t>(*find_value(*record, id_of("output_tokens")));
    }
    return tokens;
  };
}

Work loading() {
  return [texts = stateless_texts()] {
    return static_cast<std::int64_t>(load_policies(texts, kFrom).set.policies.size());
  };
}

Work screening() {
  std::mt19937 random(5);
  const auto word = [&random] {
    static constexpr const char* kSyllables[] = {"ab", "ber", "da", "el", "gu", "ha", "im",  "ka",
                                                 "lo", "ma",  "ni", "or", "pe", "ra", "sul", "ti"};
    std::string text;
    for (int i = 0; i < 3; ++i) text += kSyllables[random() % 16];
    return text;
  };
  std::vector<ListedParty> parties;
  std::vector<std::string> wanted;
  for (int i = 0; i < 2'000; ++i) {
    const std::string name = word() + " " + word();
    parties.push_back({name, {}, {}, {}, {}, PartyKind::kOrganisation});
    if (i % 10 == 0) wanted.push_back(name + word().substr(0, 1));
  }
  const auto list = ScreenedList::make("kernels", std::move(parties)).value();
  return [list, wanted = std::move(wanted)] {
    std::int64_t hits = 0;
    for (const std::string& name : wanted) {
      hits += static_cast<std::int64_t>(
          list->find(name, PartyKind::kOrganisation, 900'000, NameLookup::kIndex)->size());
    }
    return hits;
  };
}

Work sliding() {
  return judging({{"p.yaml", policy("sliding", R"(window: {length: 1h, every: 5m}
measure:
  n: count()
  input: sum(input_tokens)
  output: sum(output_tokens)
  limited: count() where http_status == 429
  most: max(output_tokens)
report_when: n >= 6 and output > 20000
)")}});
}

Work distinct() {
  return judging({{"p.yaml", policy("distinct", R"(window: {length: 1h, every: 5m}
measure: {users: distinct(end_user), addresses: distinct(client.address)}
report_when: users >= 6
)")}});
}

struct Kernel {
  std::string_view name;
  Work (*make)();
};
constexpr Kernel kKernels[] = {
    {"distinct", distinct}, {"load", loading},
    {"read", reading},      {"screen", screening},
    {"sliding", sliding},   {"stateless", [] { return judging(stateless_texts()); }},
};

}  // namespace
}  // namespace tidewaiter

int main(int argc, char** argv) {
  if (argc == 1) {
    for (const auto& kernel : tidewaiter::kKernels) std::printf("%s\n", kernel.name.data());
    return 0;
  }
  for (const auto& kernel : tidewaiter::kKernels) {
    if (kernel.name != argv[1]) continue;
    std::printf("%lld\n", static_cast<long long>(measured_kernel(kernel.make())));
    return 0;
  }
  std::fprintf(stderr,
               "bench_kernels: there is no kernel `%s`; without a name it prints them all\n",
               argv[1]);
  return 2;
}
