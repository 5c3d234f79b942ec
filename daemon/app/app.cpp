#include "daemon/app/app.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <set>
#include <utility>

#include "daemon/app/act_intake.h"
#include "daemon/app/acts.h"
#include "daemon/app/config_reader.h"
#include "daemon/app/diagnostic_log.h"
#include "daemon/app/enriched_connector.h"
#include "daemon/app/erasures.h"
#include "daemon/app/failure_notes.h"
#include "daemon/app/publications.h"
#include "daemon/app/retention.h"
#include "daemon/app/source_log.h"
#include "daemon/app/stated_clearances.h"
#include "daemon/outbound/request_trace.h"
#include "daemon/pipeline/policy_documents.h"
#include "daemon/sources/push/push_service.h"
#include "storage/files/durable_file.h"
#include "storage/records/erase_records.h"
#include "storage/snapshot/snapshot_file.h"

namespace tidewaiter {
namespace {

/// The log is judged anew after each try, so that a reader who stays does not cost it all the time.
constexpr Duration kBetweenErasures = kHour;

NoticeRules notice_rules(const Config& config) { return {config.channels, config.inhibit}; }

/// By channel, what its messages are grouped by.
std::map<std::string, std::string> channel_groupings(const Config& config) {
  std::map<std::string, std::string> groupings;
  for (const ChannelConfig& channel : config.channels) {
    if (channel.group_by == NoticeGrouping::kNone) continue;
    groupings[channel.name] = grouping_name(channel.group_by);
  }
  return groupings;
}

std::vector<std::string> channel_names(const Config& config) {
  std::vector<std::string> names;
  names.reserve(config.channels.size());
  for (const ChannelConfig& channel : config.channels) names.push_back(channel.name);
  return names;
}

/// The daemon's loop is woken when an answer has come; a run without a loop waits for it.
SourceServices services_of(const AppOptions& options, PushInbox* inbox) {
  SourceServices services;
  services.inbox = inbox;
  services.variables = options.variables;
  services.wake = options.wake;
  services.now = options.now;
  if (options.log != nullptr) {
    services.sent = source_request_log(*options.log);
    services.cut = source_cut_log(*options.log);
  }
  return services;
}

Result<std::vector<Source>> make_sources(const Config& config, const AppOptions& options,
                                         PushInbox* inbox,
                                         const std::shared_ptr<AddressEnricher>& addresses) {
  std::vector<Source> sources;
  const SourceServices services = services_of(options, inbox);  // of all: they share its budgets
  for (const SourceConfig& source : config.sources) {
    Result<std::unique_ptr<Connector>> connector = make_connector(source, services);
    if (!connector) {
      Error error = connector.error();
      error.message = "source `" + source.name + "`: " + error.message;
      return tl::unexpected(std::move(error));
    }
    std::unique_ptr<Connector> made = std::move(*connector);
    if (addresses != nullptr) {
      made = enriched_connector(std::move(made), source, addresses,
                                options.log != nullptr ? look_up_log(*options.log) : nullptr);
    }
    if (options.log != nullptr) made = logged_connector(std::move(made), source, *options.log);
    sources.push_back({source, std::move(made), false, std::nullopt});
  }
  return sources;
}

}  // namespace

App::App(Config config, AppOptions options)
    : config_(std::move(config)),
      options_(std::move(options)),
      in_force_(options_.log, options_.now) {}
App::~App() = default;

Result<std::unique_ptr<App>> App::start(Config config, AppOptions options,
                                        std::vector<Diagnostic>& diagnostics,
                                        std::optional<StateLock> lock) {
  struct StartStep {
    std::string_view name;
    Result<void> (App::*run)(std::vector<Diagnostic>&);
  };
  // Nothing is made before the policies are known to be good.
  static constexpr std::array<StartStep, 11> kSteps = {{{"policies", &App::start_policies},
                                                        {"state", &App::start_state},
                                                        {"ledger", &App::start_ledger},
                                                        {"records", &App::start_records},
                                                        {"outbox", &App::start_outbox},
                                                        {"timestamper", &App::start_timestamper},
                                                        {"witnesses", &App::start_witnesses},
                                                        {"push", &App::start_push},
                                                        {"addresses", &App::start_addresses},
                                                        {"cycle", &App::start_cycle},
                                                        {"sources", &App::start_sources}}};
  std::unique_ptr<App> app(new App(std::move(config), std::move(options)));
  app->lock_ = std::move(lock);
  for (const StartStep& step : kSteps) {
    if (auto done = (app.get()->*step.run)(diagnostics); !done) {
      if (app->options_.log != nullptr) {
        app->options_.log->debug("start_failed",
                                 {{"step", step.name}, {"reason", to_text(done.error())}});
      }
      return tl::unexpected(done.error());
    }
  }
  return app;
}

Result<void> App::start_policies(std::vector<Diagnostic>& diagnostics) {
  Result<LoadedPolicies> loaded = load_configured_policies(config_, options_.now(), diagnostics);
  log_diagnostics(options_.log, diagnostics);
  if (!loaded) return tl::unexpected(loaded.error());
  policies_ = std::move(*loaded);
  log_publication();
  return {};
}

/// The hash by which people know what runs.
void App::log_publication() const {
  if (options_.log == nullptr || !policies_.bundle) return;
  options_.log->info("publication_in_force",
                     {{"bundle", to_hex(*policies_.bundle)}, {"set", to_hex(policies_.set.hash)}});
}

Result<void> App::start_state(std::vector<Diagnostic>& /*diagnostics*/) {
  const Result<bool> made = make_state_folder(config_.state);
  if (!made) return tl::unexpected(made.error());
  made_.made_folder = *made;
  if (lock_) return {};
  Result<StateLock> lock = StateLock::take(state_paths(config_).process_lock);
  if (!lock) return tl::unexpected(lock.error());
  lock_.emplace(std::move(*lock));
  return {};
}

Result<void> App::start_ledger(std::vector<Diagnostic>& /*diagnostics*/) {
  Result<InitReport> report = init_state(config_, *lock_, options_.now());
  if (!report) return tl::unexpected(report.error());
  report->made_folder = made_.made_folder;
  made_ = std::move(*report);
  if (made_.made_ledger && options_.log != nullptr) {
    options_.log->info("ledger_made", {{"origin", made_.origin},
                                       {"verifier_key", made_.verifier_key},
                                       {"state", config_.state.string()}});
  }
  if (config_.ledger.origin_given && config_.ledger.origin != made_.origin) {
    return fail(ErrorCode::kRefused, "the ledger's origin is `" + made_.origin +
                                         "`, the configuration says `" + config_.ledger.origin +
                                         "`: correct `ledger.origin`");
  }
  // Before anything else is taken in: what was begun is ended.
  if (auto erased = carry_out_erasures(); !erased) return erased;
  if (auto opened = open_ledger(); !opened) return opened;
  if (auto taken = take_publications(policies_); !taken) return taken;
  return take_acts();
}

Result<void> App::open_ledger() {
  Result<std::unique_ptr<Ledger>> ledger =
      Ledger::open(state_paths(config_).ledger, Ledger::Mode::kReadWrite);
  if (!ledger) return tl::unexpected(ledger.error());
  ledger_ = std::move(*ledger);
  return {};
}

Result<void> App::carry_out_erasures() {
  const Result<ErasureRun> run =
      execute_erasures(state_paths(config_), options_.now(), [] { return true; });
  if (!run) return tl::unexpected(run.error());
  note_waiting_erasure(run->waits);
  for (const DoneErasure& done : run->done) {
    if (options_.log == nullptr) continue;
    if (!done.exhibits_left.empty()) {
      options_.log->warn("exhibits_left", {{"erasure", done.id}, {"reason", done.exhibits_left}});
    }
    options_.log->info("subject_erased", {{"erasure", done.id},
                                          {"entry", done.entry},
                                          {"records", done.records},
                                          {"findings", done.findings}});
  }
  return {};
}

Result<void> App::stop_to_erase() {
  const bool running = cycle_ != nullptr;
  cycle_.reset();
  records_.reset();
  ledger_.reset();
  if (auto erased = carry_out_erasures(); !erased) return erased;
  if (auto opened = open_ledger(); !opened) return opened;
  if (!running) return {};
  std::vector<Diagnostic> known;  // of a configuration that is in force
  for (const auto step : {&App::start_records, &App::start_cycle, &App::start_sources}) {
    if (auto done = (this->*step)(known); !done) return done;
  }
  return {};
}

Result<void> App::take_acts() {
  const Result<TakenActs> done =
      tidewaiter::take_acts(config_.state, *ledger_, state_paths(config_).ledger,
                            policies_for_acts(policies_.set), options_.now());
  if (!done) {
    acts_followed_ = false;  // those before the one that failed are recorded
    return tl::unexpected(done.error());
  }
  tell_acts(*done);
  acts_followed_ = acts_followed_ && done->taken == 0;
  if (acts_followed_ && (!erase_again_ || options_.now() < *erase_again_)) return {};
  if (auto followed = follow_acts(); !followed) return followed;
  acts_followed_ = true;
  return {};
}

void App::tell_acts(const TakenActs& done) const {
  if (options_.log == nullptr) return;
  if (done.taken + done.refused > 0) {
    options_.log->info("acts_taken", {{"recorded", done.taken}, {"refused", done.refused}});
  }
  if (done.unreadable > 0) options_.log->warn("acts_unreadable", {{"files", done.unreadable}});
  if (done.waiting > 0) {
    options_.log->error("acts_wait",
                        {{"acts", done.waiting}, {"reason", to_text(*done.why_waiting)}});
  }
}

/// At a start there is no cycle yet: start_cycle() gives it the rulings that there are.
Result<void> App::follow_acts() {
  const Result<DueErasures> due = due_erasures(state_paths(config_));
  if (!due) return tl::unexpected(due.error());
  if (due->any) return erase_now();
  note_waiting_erasure(due->waits);
  if (cycle_ == nullptr) return {};
  if (auto noted = note_rulings(); !noted) return noted;
  return note_clearances();
}

/// It is looked at again even where no act comes: what it waits for is nobody's act.
void App::note_waiting_erasure(const std::optional<Error>& waits) {
  erase_again_.reset();
  if (!waits) return;
  erase_again_ = options_.now() + kBetweenErasures;
  if (options_.log != nullptr) options_.log->error("erasure_waits", {{"reason", to_text(*waits)}});
}

Result<void> App::erase_now() {
  Result<void> erased = stop_to_erase();
  // Without its stores the process cannot go on: no later try of this call would do.
  if (!erased && erased.error().code == ErrorCode::kUnavailable) {
    erased.error().code = ErrorCode::kRefused;
    erased.error().message = "stopped within an erasure: " + erased.error().message;
  }
  return erased;
}

Result<void> App::note_rulings() {
  std::int64_t unsaid = 0;
  Result<std::vector<LinkRuled>> stated = stated_rulings(config_.state, *ledger_, unsaid);
  if (!stated) return tl::unexpected(stated.error());
  if (options_.log != nullptr && unsaid > 0) {
    options_.log->warn("rulings_without_words", {{"rulings", unsaid}});
  }
  cycle_->set_rulings(std::move(*stated));
  return {};
}

/// look_into_lists() puts them in force.
Result<void> App::note_clearances() {
  std::int64_t unsaid = 0;
  Result<std::vector<PolicyClearance>> stated = stated_clearances(config_.state, *ledger_, unsaid);
  if (!stated) return tl::unexpected(stated.error());
  if (options_.log != nullptr && unsaid > 0) {
    options_.log->warn("clearances_without_words", {{"clearances", unsaid}});
  }
  in_force_.set_clearances(std::move(*stated));
  return {};
}

Result<void> App::take_publications(const LoadedPolicies& loaded) {
  const Result<std::int64_t> recorded =
      record_publications(config_.state, *ledger_, options_.now());
  if (!recorded) return tl::unexpected(recorded.error());
  if (options_.log != nullptr && *recorded > 0) {
    options_.log->info("publications_recorded", {{"count", *recorded}});
  }
  if (!loaded.bundle) return {};
  const auto last = last_publication(*ledger_);
  if (!last) return tl::unexpected(last.error());
  if (*last && (*last)->publication.bundle == *loaded.bundle) return {};
  return fail(ErrorCode::kRefused, "the last publication in `" + config_.state.string() +
                                       "` is not the last one of the ledger: try again if "
                                       "somebody publishes just now, else put the right file back "
                                       "into `published`");
}

Result<void> App::start_records(std::vector<Diagnostic>& /*diagnostics*/) {
  const StatePaths paths = state_paths(config_);
  const Result<Ledger::Position> position = ledger_->position();
  if (!position) return tl::unexpected(position.error());
  const Result<bool> there = is_there(paths.records);
  if (!there) return tl::unexpected(there.error());
  if (position->offset.seq > 0 && !*there) {
    return fail(ErrorCode::kRefused, "the ledger has judged up to entry " +
                                         std::to_string(position->offset.seq) + ", but `" +
                                         paths.records.string() + "` is gone: put it back");
  }
  RecordLogOptions options;
  options.free_space_reserve = config_.reserve_bytes;
  Result<std::unique_ptr<RecordLog>> records =
      RecordLog::open(paths.records, RecordLog::Mode::kReadWrite, options);
  if (!records) return tl::unexpected(records.error());
  records_ = std::move(*records);
  return {};
}

Result<void> App::start_outbox(std::vector<Diagnostic>& /*diagnostics*/) {
  if (options_.http == nullptr) {
    own_http_ = make_curl_client();
    options_.http = own_http_.get();
    if (options_.log != nullptr) {
      traced_http_ = make_traced_client(*own_http_, request_log(*options_.log));
      options_.http = traced_http_.get();
    }
  }
  desk_ = std::make_unique<NoticeDesk>(state_paths(config_), notice_rules(config_));
  OutboxOptions outbox;
  outbox.gate = desk_.get();
  outbox.channels = config_.channels;
  outbox.http = options_.http;
  outbox.log = options_.log;
  outbox.notices = options_.notices;
  outbox.variables = options_.variables;
  outbox.wake = options_.wake;
  outbox.failures = kept_failures(config_.state);
  outbox.keep_failures = [this](const MessageFailures& failures) {
    const Result<void> kept = keep_failures(config_.state, failures);
    if (kept || options_.log == nullptr) return;
    options_.log->warn("failures_not_kept", {{"reason", to_text(kept.error())}});
  };
  outbox_ = std::make_unique<Outbox>(std::move(outbox));
  return {};
}

Result<void> App::start_timestamper(std::vector<Diagnostic>& /*diagnostics*/) {
  TimestamperOptions stamping;
  stamping.config = config_.ledger.timestamps;
  stamping.folder = state_paths(config_).timestamps;
  stamping.http = options_.http;
  stamping.log = options_.log;
  stamping.wake = options_.wake;
  timestamper_ = std::make_unique<Timestamper>(std::move(stamping));
  return {};
}

/// The courier's answers wake the loop, as those of the outbox do.
Result<void> App::start_witnesses(std::vector<Diagnostic>& /*diagnostics*/) {
  CosignatureOptions witnesses;
  witnesses.policy = config_.ledger.witnesses;
  witnesses.kept = state_paths(config_).witnessed;
  witnesses.http = options_.http;
  witnesses.log = options_.log;
  witnesses.wake = options_.wake;
  witnesses_ = std::make_unique<CosignatureCollector>(std::move(witnesses));
  return {};
}

/// Only where a loop takes in what comes: a single cycle listens to nobody.
Result<void> App::start_push(std::vector<Diagnostic>& /*diagnostics*/) {
  if (!config_.push || !options_.wake) return {};
  PushServices services{options_.variables, options_.now, options_.wake};
  Result<std::unique_ptr<PushService>> push =
      PushService::start(*config_.push, config_.sources, std::move(services));
  if (!push) return tl::unexpected(push.error());
  push_ = std::move(*push);
  if (options_.log != nullptr) options_.log->info("push_listening", {{"url", push_->url()}});
  return {};
}

PushInbox* App::inbox() const { return push_ == nullptr ? nullptr : &push_->inbox(); }

/// Where there was no listener before, and where there is none any more, a restart is needed.
bool App::listens_elsewhere(const Config& config) const {
  if (config.push.has_value() != config_.push.has_value()) return true;
  return config.push && (config.push->listen != config_.push->listen ||
                         config.push->body_bytes != config_.push->body_bytes ||
                         config.push->inbox_bytes != config_.push->inbox_bytes);
}

Result<void> App::start_cycle(std::vector<Diagnostic>& /*diagnostics*/) {
  CycleParts parts;
  parts.records = records_.get();
  parts.ledger = ledger_.get();
  parts.log = options_.log;
  parts.outbox = outbox_.get();
  parts.now = options_.now;
  parts.progress = options_.progress;
  parts.channels = channel_names(config_);
  parts.grouped = channel_groupings(config_);
  parts.sign_every = config_.ledger.sign_every;
  parts.engine = options_.engine;
  parts.threads = config_.threads;
  parts.state_at_most = config_.state_at_most;
  // With published lists it is another set that judges: one that holds their issues.
  if (policies_.published.empty()) {
    parts.compiled = std::make_shared<const CompiledSet>(
        CompiledSet{pack_documents(policies_.texts, {}, {}, policies_.set.rules),
                    std::make_shared<const PolicySet>(policies_.set)});
  }
  parts.snapshot = state_paths(config_).snapshot;
  parts.snapshot_every = config_.snapshot_every;
  parts.snapshot_least = options_.snapshot_least;
  parts.snapshot_reserve = config_.reserve_bytes;
  parts.patient = !options_.wake;
  parts.published_only = config_.published_only;
  Result<std::set<std::string>> erased = erased_tokens(state_paths(config_).records);
  if (!erased) return tl::unexpected(erased.error());
  parts.erased = std::move(*erased);
  Result<std::unique_ptr<Cycle>> cycle = Cycle::resume(std::move(parts));
  if (!cycle) return tl::unexpected(cycle.error());
  cycle_ = std::move(*cycle);
  if (auto noted = note_rulings(); !noted) return noted;
  return note_clearances();
}

Result<void> App::start_addresses(std::vector<Diagnostic>& /*diagnostics*/) {
  Result<std::shared_ptr<AddressEnricher>> opened = open_addresses(config_.addresses);
  if (!opened) return tl::unexpected(opened.error());
  addresses_ = std::move(*opened);
  if (addresses_ != nullptr) log_addresses(addresses_->files());
  return {};
}

void App::log_addresses(const std::vector<HeldAddressFile>& files) const {
  if (options_.log == nullptr) return;
  for (const HeldAddressFile& held : files) {
    options_.log->info("addresses_held", {{"file", held.file.path.string()},
                                          {"title", held.title},
                                          {"built", format_time(held.built)},
                                          {"entries", held.entries},
                                          {"bad_lines", held.bad_lines}});
  }
}

void App::renew_addresses() {
  if (addresses_ == nullptr) return;
  const Result<std::vector<HeldAddressFile>> renewed = addresses_->refresh(options_.now());
  if (renewed) return log_addresses(*renewed);
  if (options_.log == nullptr) return;
  options_.log->error("addresses_kept", {{"reason", to_text(renewed.error())}});
}

Result<void> App::start_sources(std::vector<Diagnostic>& /*diagnostics*/) {
  Result<std::vector<Source>> sources = make_sources(config_, options_, inbox(), addresses_);
  if (!sources) return tl::unexpected(sources.error());
  if (auto told = cycle_->tell_last_deliveries(*sources); !told) return told;
  cycle_->set_sources(std::move(*sources));
  if (auto kept = check_not_emptied(*records_, config_, policies_); !kept) return kept;
  return in_force_.put({*records_, *cycle_}, config_, policies_);
}

Result<void> App::follow_clusters() {
  const Result<std::int64_t> written = cluster_cases_.follow(*ledger_, options_.now());
  if (!written) return tl::unexpected(written.error());
  if (*written == 0) return {};
  if (options_.log != nullptr) options_.log->info("cases_regrouped", {{"entries", *written}});
  const Result<Checkpoint> head = ledger_->sign(options_.now());
  return head ? Result<void>() : tl::unexpected(head.error());
}

Result<void> App::look_into_lists() {
  return in_force_.renew({*records_, *cycle_}, config_, policies_);
}

Result<CycleReport> App::run_once(const std::stop_token& stop, Duration delivery) {
  if (auto looked = look_into_lists(); !looked) return tl::unexpected(looked.error());
  renew_addresses();
  Result<CycleReport> report = cycle_->run(nullptr, stop);
  if (!report) return report;
  if (report->paused) return tl::unexpected(*report->paused);
  if (auto followed = follow_clusters(); !followed) return tl::unexpected(followed.error());
  if (cycle_->sign_due()) {
    if (auto signed_head = cycle_->sign(); !signed_head) return tl::unexpected(signed_head.error());
  }
  cycle_->save_snapshot();
  timestamper_->step(*ledger_, options_.now());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::microseconds(delivery.us);
  const auto left = [&deadline] {
    const auto rest = deadline - std::chrono::steady_clock::now();
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(rest).count();
    return Duration{std::max<std::int64_t>(0, us)};
  };
  // All are asked before any is waited for, and what has come by the end is taken: who does not
  // answer takes no other's first answer away.
  if (auto asked = witnesses_->step(*ledger_, options_.now()); !asked) {
    return tl::unexpected(asked.error());
  }
  while (!stop.stop_requested() && outbox_->wait_for_answer(left(), stop)) {
    if (auto done = outbox_->step(*ledger_, options_.now()); !done) {
      return tl::unexpected(done.error());
    }
  }
  while (!stop.stop_requested() && witnesses_->wait_for_answer(left(), stop)) {
    if (auto asked = witnesses_->step(*ledger_, options_.now()); !asked) {
      return tl::unexpected(asked.error());
    }
  }
  if (!stop.stop_requested() && timestamper_->wait_for_answer(left(), stop)) {
    timestamper_->step(*ledger_, options_.now());
  }
  return report;
}

Result<void> App::reload(Config config, std::vector<Diagnostic>& diagnostics) {
  const StatePaths old_paths = state_paths(config_);
  const StatePaths new_paths = state_paths(config);
  if (old_paths.folder != new_paths.folder || config.reserve_bytes != config_.reserve_bytes ||
      config.threads != config_.threads || config.state_at_most != config_.state_at_most ||
      old_paths.ledger.lock != new_paths.ledger.lock ||
      old_paths.ledger.key != new_paths.ledger.key ||
      old_paths.ledger.vault != new_paths.ledger.vault ||
      old_paths.ledger.vault_key != new_paths.ledger.vault_key ||
      config.ledger.postgres != config_.ledger.postgres) {
    return fail(
        ErrorCode::kRefused,
        "`state`, `storage`, `evaluation` and the paths of `ledger` do not change while running: "
        "restart");
  }
  if (options_.wake && listens_elsewhere(config)) {
    return fail(ErrorCode::kRefused,
                "where `push` listens, and its bounds, do not change while running: restart");
  }
  if (config.ledger.origin_given && config.ledger.origin != made_.origin) {
    return fail(ErrorCode::kRefused, "`ledger.origin` is not that of the ledger");
  }
  Result<LoadedPolicies> loaded = load_configured_policies(config, options_.now(), diagnostics);
  log_diagnostics(options_.log, diagnostics);
  if (!loaded) return tl::unexpected(loaded.error());
  Result<std::shared_ptr<AddressEnricher>> addresses = open_addresses(config.addresses);
  if (!addresses) return tl::unexpected(addresses.error());
  Result<std::vector<Source>> sources = make_sources(config, options_, inbox(), *addresses);
  if (!sources) return fail(ErrorCode::kInvalidInput, to_text(sources.error()));
  if (auto told = cycle_->tell_last_deliveries(*sources); !told) return told;
  if (auto kept = check_not_emptied(*records_, config, *loaded); !kept) return kept;
  if (auto taken = take_publications(*loaded); !taken) return taken;
  // The last that can fail: storage that has no room for the entry leaves all as it was.
  if (auto set = in_force_.put({*records_, *cycle_}, config, *loaded); !set) return set;
  cycle_->set_sources(std::move(*sources));
  addresses_ = std::move(*addresses);
  if (addresses_ != nullptr) log_addresses(addresses_->files());
  if (push_ != nullptr) push_->set(*config.push, config.sources);
  cycle_->set_published_only(config.published_only);
  cycle_->set_channels(channel_names(config), channel_groupings(config));
  cycle_->set_sign_every(config.ledger.sign_every);
  cycle_->set_snapshot_every(config.snapshot_every);
  outbox_->set_channels(config.channels);
  desk_->set_rules(notice_rules(config));
  timestamper_->set_config(config.ledger.timestamps);
  if (options_.log != nullptr) {
    options_.log->set_level(config.log_level);
    options_.log->set_format(config.log_format);
  }
  policies_ = std::move(*loaded);
  log_publication();
  config_ = std::move(config);
  return start_witnesses(diagnostics);
}

Result<std::int64_t> App::drop_old_records() {
  const UtcTime now = options_.now();
  const Result<std::optional<UtcTime>> before =
      droppable_before(*records_, *ledger_, *cycle_, policies_.set, config_.keep_records, now);
  if (!before) return tl::unexpected(before.error());
  if (!*before) return 0;
  // Only whole days go.
  const Result<bool> some = records_->has_records_in({UtcTime{0}, align_down(**before, kDay)});
  if (!some) return tl::unexpected(some.error());
  if (*some) {
    // It may hold texts of what goes.
    const Result<void> removed = remove_snapshot(state_paths(config_).snapshot);
    if (!removed) return tl::unexpected(removed.error());
  }
  return records_->drop_before(**before, now);
}

}  // namespace tidewaiter
