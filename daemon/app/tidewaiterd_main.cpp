#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "daemon/app/app.h"
#include "daemon/app/clock.h"
#include "daemon/app/config.h"
#include "daemon/app/core_dumps.h"
#include "daemon/app/daemon_loop.h"
#include "daemon/app/diagnostic_text.h"
#include "daemon/app/exit_code.h"
#include "daemon/app/service_manager.h"
#include "daemon/app/standby.h"
#include "daemon/app/tidewaiterd_options.h"

namespace tidewaiter {
namespace {

std::optional<std::filesystem::path> config_path(const DaemonOptions& options) {
  if (!options.config) return std::nullopt;
  return std::filesystem::path(*options.config);
}

/// The configuration, with what the command line says in its place.
ConfigOutcome read_options(const DaemonOptions& options, const Environment& environment) {
  ConfigOutcome outcome = read_config(config_path(options), environment);
  if (!options.log_level) return outcome;
  const std::span<const std::string_view> words = log_level_words();
  const auto word = std::ranges::find(words, *options.log_level);
  if (word != words.end()) {
    outcome.config.log_level = static_cast<LogLevel>(std::distance(words.begin(), word));
  }
  return outcome;
}

/// Configuration and policies, without touching any state.
int check(const Config& config) {
  std::vector<Diagnostic> diagnostics;
  const Result<LoadedPolicies> loaded = load_configured_policies(config, system_now(), diagnostics);
  const std::vector<Diagnostic> unusable = check_sources(config);
  diagnostics.insert(diagnostics.end(), unusable.begin(), unusable.end());
  print_diagnostics(std::cerr, diagnostics);
  if (!loaded || has_errors(diagnostics)) return kExitConfig;
  std::printf("configuration and %zu policies are good\n", loaded->set.policies.size());
  return kExitOk;
}

/// The main thread's part: signals, the watchdog, and the end of the loop's thread.
class Supervisor {
 public:
  Supervisor(DaemonLoop& loop, const ServiceManager& manager, int signals, int ended)
      : loop_(loop), manager_(manager), signals_(signals), ended_(ended) {}

  /// Returns when the loop has ended.
  void watch(std::stop_source stop) {
    const Duration interval = ServiceManager::watchdog_interval();
    // Twice in each interval, as sd_watchdog_enabled(3) advises.
    const int timeout =
        interval.us > 0 ? static_cast<int>(std::clamp<std::int64_t>(interval.us / 2'000, 1, 60'000))
                        : -1;
    std::uint64_t seen = ~std::uint64_t{0};
    while (true) {
      std::array<pollfd, 2> waits = {pollfd{signals_, POLLIN, 0}, pollfd{ended_, POLLIN, 0}};
      const int count = ::poll(waits.data(), waits.size(), timeout);
      if (count > 0 && (waits[1].revents & POLLIN) != 0) return;
      if (count > 0 && (waits[0].revents & POLLIN) != 0) take_signal(stop);
      const std::uint64_t beats = loop_.beats();
      if (interval.us > 0 && beats != seen) manager_.watchdog();
      seen = beats;
    }
  }

 private:
  void take_signal(std::stop_source& stop) {
    signalfd_siginfo info{};
    if (::read(signals_, &info, sizeof(info)) != static_cast<ssize_t>(sizeof(info))) return;
    if (info.ssi_signo == SIGHUP) {
      loop_.request_reload();
      return;
    }
    manager_.stopping();
    stop.request_stop();
  }

  DaemonLoop& loop_;
  const ServiceManager& manager_;
  int signals_;
  int ended_;
};

/// Blocks the signals that are taken through a descriptor, before any thread starts.
int open_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGHUP, SIGTERM, SIGINT}) sigaddset(&set, signal);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file at its limit is an error of write(2), as a full disk is
  if (::pthread_sigmask(SIG_BLOCK, &set, nullptr) != 0) return -1;
  return ::signalfd(-1, &set, SFD_CLOEXEC);
}

int report_failure(EventLog& log, const Error& error) {
  log.error("stopped_by_error", {{"reason", to_text(error)}});
  return exit_code(error.code);
}

/// How long after a leader is gone nobody looks.
constexpr int kBetweenLooksMs = 500;

/// Says once what is waited for.
void tell_wait(const LeadLook& look, const Config& config, const ServiceManager& manager,
               EventLog& log) {
  manager.ready();
  if (look.lead == Lead::kTaken) {
    log.info("standing_by", {{"state", config.state.string()}});
    manager.status("standing by: another process leads");
  } else {
    log.error("lead_unknown", {{"state", config.state.string()}, {"reason", look.reason}});
    manager.status("standing by: the ledger's database cannot be asked who leads");
  }
}

/// Waits while another process leads, or nobody can say whether one does. False: a signal ended the
/// wait.
bool stand_by(const Config& config, std::optional<StateLock>& lock, const ServiceManager& manager,
              int signals, EventLog& log) {
  std::optional<Lead> told;
  while (true) {
    manager.watchdog();
    const LeadLook look = look_for_lead(config, lock);
    if (look.lead == Lead::kFree) break;
    if (told != look.lead) tell_wait(look, config, manager, log);
    told = look.lead;
    pollfd wait{signals, POLLIN, 0};
    if (::poll(&wait, 1, kBetweenLooksMs) <= 0) continue;
    signalfd_siginfo info{};
    const ssize_t size = ::read(signals, &info, sizeof(info));
    // Whoever takes over reads its policies then; the configuration is the one it was started with.
    if (size == static_cast<ssize_t>(sizeof(info)) && info.ssi_signo == SIGHUP) continue;
    manager.stopping();
    return false;
  }
  if (told) log.info("taking_over", {{"state", config.state.string()}});
  return true;
}

/// Whether a start that failed is to wait once more: another process was first, the database went
/// away meanwhile, or the state folder's lock is to be had that the start had to do without.
bool waits_again(const Error& error, const Config& config, bool had_lock,
                 std::optional<StateLock>& lock) {
  if (error.code != ErrorCode::kRefused && error.code != ErrorCode::kUnavailable) return false;
  return look_for_lead(config, lock).lead != Lead::kFree || (lock && !had_lock);
}

/// Starts when nobody else leads. Null: a signal ended the wait for it.
Result<std::unique_ptr<App>> start_in_turn(const Config& config, const AppOptions& options,
                                           const ServiceManager& manager, int signals,
                                           EventLog& log) {
  std::optional<StateLock> lock;
  while (true) {
    if (!stand_by(config, lock, manager, signals, log)) return nullptr;
    const bool had_lock = lock.has_value();
    std::vector<Diagnostic> diagnostics;
    Result<std::unique_ptr<App>> app =
        App::start(config, options, diagnostics, std::exchange(lock, std::nullopt));
    if (app || !waits_again(app.error(), config, had_lock, lock)) return app;
  }
}

int serve(const Config& config, const DaemonOptions& arguments, const Environment& environment) {
  const int signals = open_signals();
  const int ended = ::eventfd(0, EFD_CLOEXEC);
  EventLog log(config.log_level, config.log_format);
  if (signals < 0 || ended < 0) {
    return report_failure(log, {ErrorCode::kUnavailable, "cannot open signal descriptors"});
  }
  const ServiceManager manager;
  SystemClock clock;
  std::atomic<DaemonLoop*> running{nullptr};
  AppOptions options;
  options.log = &log;
  options.variables = environment.variables;
  options.wake = [&clock] { clock.wake(); };
  options.progress = [&running, &manager](const CycleProgress&) {
    if (DaemonLoop* loop = running.load()) {
      loop->beat();
    } else {
      manager.watchdog();
    }
  };
  const Result<std::unique_ptr<App>> app = start_in_turn(config, options, manager, signals, log);
  if (!app) return report_failure(log, app.error());
  if (!*app) return kExitOk;

  LoopHooks hooks;
  hooks.read_config = [&] { return read_options(arguments, environment); };
  hooks.reloading = [&manager] { manager.reloading(); };
  hooks.ready = [&manager] { manager.ready(); };
  hooks.status = [&manager](const std::string& line) { manager.status(line); };
  const std::int64_t watchdog = ServiceManager::watchdog_interval().us;
  const Duration longest_sleep{watchdog > 0 ? std::min(watchdog / 4, 10 * kSecond.us)
                                            : 10 * kSecond.us};
  DaemonLoop loop(**app, clock, std::move(hooks), &log, longest_sleep);
  running.store(&loop);
  log.info("started", {{"version", TIDEWAITER_VERSION},
                       {"state", (*app)->config().state.string()},
                       {"policies", static_cast<std::int64_t>((*app)->policies().policies.size())},
                       {"sources", static_cast<std::int64_t>((*app)->config().sources.size())}});

  std::stop_source stop;
  Result<void> outcome;
  std::exception_ptr defect;
  std::jthread thread([&] {
    try {
      outcome = loop.run(stop.get_token());
    } catch (...) {
      defect = std::current_exception();
    }
    const std::uint64_t one = 1;
    static_cast<void>(!::write(ended, &one, sizeof(one)));
  });
  Supervisor(loop, manager, signals, ended).watch(stop);
  thread.join();
  if (defect) std::rethrow_exception(defect);
  manager.stopping();
  if (!outcome) {
    const int status = report_failure(log, outcome.error());
    // Whoever lost its lead, or the answer to a commit, finds out where the ledger stands by
    // starting again. What is refused at the start stays so.
    return config.ledger.server && status == kExitRefused ? kExitUnavailable : status;
  }
  log.info("stopped", {});
  return kExitOk;
}

int run(int argc, char** argv) {
  CLI::App program;
  DaemonOptions options;
  describe_daemon(program, options);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  // The environment is where the first secrets may be.
  if (const Result<void> kept = forbid_core_dumps(); !kept) {
    std::fprintf(stderr, "tidewaiterd: %s\n", kept.error().message.c_str());
    return exit_code(kept.error().code);
  }
  const Environment environment = process_environment();
  ConfigOutcome outcome = read_options(options, environment);
  print_diagnostics(std::cerr, outcome.diagnostics);
  if (has_errors(outcome.diagnostics)) return kExitConfig;
  if (options.check) return check(outcome.config);
  return serve(outcome.config, options, environment);
}

}  // namespace
}  // namespace tidewaiter

int main(int argc, char** argv) {
  try {
    return tidewaiter::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tidewaiterd: a defect of this program: %s\n", error.what());
  } catch (...) {
    std::fprintf(stderr, "tidewaiterd: a defect of this program\n");
  }
  return tidewaiter::kExitDefect;
}
