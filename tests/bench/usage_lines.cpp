// Writes usage records as native lines to standard output, the same ones for the same numbers:
//
//   bench_usage RECORDS SEED ACCOUNTS HOURS USERS [DAY]
//
// Half of the records go round all accounts in turn, so that each is active; the other half fall on
// few of them. Times rise evenly over the hours, but for up to five seconds of disorder. An account
// has up to USERS end users. One record in fifty lacks its country, so that conditions over it are
// unknown. The last line is of an account of its own, two days later: a source that has drained it
// has settled every window of the others. With DAY the first hour is that of so many days later,
// and there is no such line: it is a part of a longer time.

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

#include "policies/model/time.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 6> kModels{"atlas-large-2",  "atlas-medium-2",
                                                  "atlas-small-1",  "atlas-code-1",
                                                  "atlas-vision-2", "atlas-embed-3"};
constexpr std::array<std::string_view, 4> kOperations{"chat", "batch", "embeddings", "files"};
constexpr std::array<std::string_view, 15> kCountries{
    "US", "DE", "GB", "FR", "IN", "BR", "JP", "NL", "CA", "SG", "KP", "IR", "RU", "UA", "PL"};
constexpr std::array<std::string_view, 8> kAgents{
    "atlas-python",   "atlas-node",      "curl",  "okhttp",
    "go-http-client", "python-requests", "axios", "java-http-client"};
constexpr std::array<std::string_view, 12> kWords{"linux",  "windows",  "darwin", "batch",
                                                  "worker", "gateway",  "mobile", "lambda",
                                                  "proxy",  "notebook", "agent",  "nightly"};
constexpr std::array<int, 4> kFailures{400, 429, 500, 529};
constexpr UtcTime kFirst{1'767'225'600'000'000};  // 2026-01-01T00:00:00Z

struct Plan {
  std::int64_t records = 0;
  std::uint64_t seed = 0;
  std::int64_t accounts = 1;
  std::int64_t hours = 1;
  std::int64_t users = 1;
  std::int64_t day = -1;  ///< of a longer time; -1: alone
};

class Writer {
 public:
  explicit Writer(const Plan& plan) : plan_(plan), random_(plan.seed) {}

  void write() {
    const std::int64_t span = plan_.hours * kHour.us;
    const bool is_alone = plan_.day < 0;
    const UtcTime first = is_alone ? kFirst : kFirst + Duration{plan_.day * kDay.us};
    for (std::int64_t i = 0; i < plan_.records - (is_alone ? 1 : 0); ++i) {
      const std::int64_t at = span / plan_.records * i + below(5 * kSecond.us);
      line(i, first + Duration{at}, account_of(i));
      if (out_.size() > kFlush) flush();
    }
    if (is_alone) line(plan_.records - 1, first + Duration{span + 2 * kDay.us}, plan_.accounts);
    flush();
  }

 private:
  static constexpr std::size_t kFlush = std::size_t{1} << 20U;

  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(bound));
  }
  template <std::size_t N>
  std::string_view one_of(const std::array<std::string_view, N>& all) {
    return all[random_() % N];
  }
  /// Spreads the bits of a number: what belongs to an account follows from it.
  static std::uint64_t mixed(std::uint64_t number) {
    number += 0x9e3779b97f4a7c15U;
    number = (number ^ (number >> 30U)) * 0xbf58476d1ce4e5b9U;
    number = (number ^ (number >> 27U)) * 0x94d049bb133111ebU;
    return number ^ (number >> 31U);
  }

  std::int64_t account_of(std::int64_t record) {
    if (record % 2 == 0) return record / 2 % plan_.accounts;
    // The cube of an even share lies near 0 far more often than elsewhere.
    const double share = static_cast<double>(random_() >> 11U) * 0x1.0p-53;
    return static_cast<std::int64_t>(share * share * share * static_cast<double>(plan_.accounts));
  }

  void text(std::string_view name, std::string_view value) {
    out_.append(",\"").append(name).append("\":\"").append(value).append("\"");
  }
  void number(std::string_view name, std::int64_t value) {
    out_.append(",\"").append(name).append("\":").append(std::to_string(value));
  }

  void line(std::int64_t i, UtcTime time, std::int64_t account) {
    const std::uint64_t own = mixed(static_cast<std::uint64_t>(account));
    out_ += R"({"kind":"usage")";
    text("id", "request-" + std::to_string(plan_.seed) + "-" + std::to_string(i));
    text("time", format_time(time));
    text("account", "account-" + std::to_string(account));
    text("organization", "organization-" + std::to_string(account / 4));
    text("api_key", "key-" + std::to_string((own + random_() % 3) % 1'000'000'007));
    text("operation", one_of(kOperations));
    text("model", one_of(kModels));
    text("end_user", "user-" + std::to_string(account) + "-" + std::to_string(below(plan_.users)));
    place(own);
    text("user_agent", agent(own));
    const bool fails = below(25) == 0;
    text("status", fails ? "error" : "ok");
    number("http_status", fails ? kFailures[random_() % kFailures.size()] : 200);
    amounts();
    out_ += "}\n";
  }

  void place(std::uint64_t own) {
    const std::uint64_t address = mixed(own + random_() % 4);
    text("client.address", std::to_string(1 + address % 222) + "." +
                               std::to_string(address / 256 % 256) + "." +
                               std::to_string(address / 65'536 % 256) + "." +
                               std::to_string(address / 16'777'216 % 256));
    number("client.asn", static_cast<std::int64_t>(own % 64'000));
    if (below(50) != 0)
      text("client.country", kCountries[own % 97 == 0 ? random_() % 15 : own % 10]);
  }

  std::string agent(std::uint64_t own) {
    std::string agent(kAgents[(own >> 9U) % kAgents.size()]);
    agent += "/" + std::to_string(own % 7) + "." + std::to_string(below(20));
    return agent + " (" + std::string(one_of(kWords)) + "; " + std::string(one_of(kWords)) + ")";
  }

  void amounts() {
    // A product of two even shares: most are small, few are large.
    const std::int64_t in = below(400) * below(100);
    const std::int64_t out = below(200) * below(50);
    number("input_tokens", in);
    number("output_tokens", out);
    number("cached_tokens", below(4) == 0 ? in / 2 : 0);
    out_.append(",\"request.stream\":").append(below(2) == 0 ? "true" : "false");
  }

  void flush() {
    if (std::fwrite(out_.data(), 1, out_.size(), stdout) != out_.size()) {
      std::perror("bench_usage: cannot write");
      std::exit(1);
    }
    out_.clear();
  }

  Plan plan_;
  std::mt19937_64 random_;
  std::string out_;
};

}  // namespace
}  // namespace tidewaiter

int main(int argc, char** argv) {
  if (argc != 6 && argc != 7) {
    std::fprintf(stderr, "usage: bench_usage RECORDS SEED ACCOUNTS HOURS USERS [DAY]\n");
    return 2;
  }
  std::array<std::int64_t, 6> numbers{};
  for (std::size_t i = 0; i + 1 < static_cast<std::size_t>(argc); ++i) {
    char* end = nullptr;
    numbers[i] = std::strtoll(argv[i + 1], &end, 10);
    if (*end != '\0' || numbers[i] < 1) {
      std::fprintf(stderr, "bench_usage: `%s` is no whole number above 0\n", argv[i + 1]);
      return 2;
    }
  }
  tidewaiter::Writer({.records = numbers[0],
                      .seed = static_cast<std::uint64_t>(numbers[1]),
                      .accounts = numbers[2],
                      .hours = numbers[3],
                      .users = numbers[4],
                      .day = argc == 7 ? numbers[5] : -1})
      .write();
  return 0;
}
