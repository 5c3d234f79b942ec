#include "daemon/pipeline/cycle.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/pipeline/judge.h"
#include "daemon/pipeline/policy_documents.h"
#include "daemon/pipeline/source_gap.h"
#include "daemon/pipeline/state_limit.h"
#include "policies/language/policy_hash.h"
#include "policies/sigma/policy_set.h"
#include "storage/records/own_records.h"

namespace tidewaiter {
namespace {

/// Pages of one source between two turns of judging: findings come up while a long pull runs.
constexpr std::int64_t kPagesATurn = 16;

/// While storage is away, the log says so this often.
constexpr Duration kPauseToldEvery = kMinute;

std::string_view code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidInput:
      return "invalid-input";
    case ErrorCode::kNotFound:
      return "not-found";
    case ErrorCode::kUndefined:
      return "undefined";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kCorruption:
      return "corruption";
    case ErrorCode::kRefused:
      return "refused";
    case ErrorCode::kUnsupported:
      return "unsupported";
  }
  return "unknown";
}

void count_page(const PageReceipt& receipt, CycleReport& report) {
  ++report.pages;
  report.added += receipt.added;
  report.revised += receipt.revised;
  report.duplicates += receipt.duplicates;
  report.quarantined += receipt.quarantined;
}

/// The ledger must have been written over this very log: its offset names the log, an entry and
/// the log's running hash there.
Result<void> check_position(const RecordLog& records, const Ledger::Position& position) {
  if (position.offset.seq == 0) return {};
  if (position.log_id != records.log_id()) {
    return fail(ErrorCode::kRefused, "the ledger belongs to the record log `" + position.log_id +
                                         "`, this one is `" + records.log_id() +
                                         "`: put the right records.db back");
  }
  const Result<LogOffset> head = records.head();
  if (!head) return tl::unexpected(head.error());
  const std::string place = "entry " + std::to_string(position.offset.seq);
  if (head->seq < position.offset.seq) {
    return fail(ErrorCode::kRefused, "the record log ends at entry " + std::to_string(head->seq) +
                                         ", the ledger has judged up to " + place +
                                         ": put a complete records.db back");
  }
  const Result<Digest> hash = records.hash_at(position.offset.seq);
  if (!hash && hash.error().code != ErrorCode::kNotFound) return tl::unexpected(hash.error());
  if (!hash || *hash != position.offset.log_hash) {
    return fail(ErrorCode::kRefused, "the record log differs at " + place +
                                         " from what the ledger has judged: put the right "
                                         "records.db back");
  }
  return {};
}

}  // namespace

Cycle::Cycle(CycleParts parts) : parts_(std::move(parts)) {}
Cycle::~Cycle() = default;

Result<std::unique_ptr<Cycle>> Cycle::resume(CycleParts parts) {
  const Result<Ledger::Position> position = parts.ledger->position();
  if (!position) return tl::unexpected(position.error());
  if (auto checked = check_position(*parts.records, *position); !checked) {
    return tl::unexpected(checked.error());
  }
  const Result<TreeHead> head = parts.ledger->head();
  if (!head) return tl::unexpected(head.error());
  const Result<std::optional<Checkpoint>> signed_head = parts.ledger->signed_head();
  if (!signed_head) return tl::unexpected(signed_head.error());

  std::unique_ptr<Cycle> cycle(new Cycle(std::move(parts)));
  if (auto made = cycle->make_judge(position->offset); !made) return tl::unexpected(made.error());
  cycle->unsigned_ = !*signed_head || (*signed_head)->head != *head;
  return cycle;
}

Result<void> Cycle::tell_last_deliveries(std::vector<Source>& sources) const {
  const Result<std::vector<SourceState>> states = parts_.records->sources();
  if (!states) return tl::unexpected(states.error());
  for (Source& source : sources) {
    const auto known = std::ranges::find(*states, source.config.name, &SourceState::source);
    if (known != states->end()) source.last_delivery = known->last_page;
  }
  return {};
}

void Cycle::set_sources(std::vector<Source> sources) {
  sources_ = std::move(sources);
  sources_told_ = false;
}

Result<void> Cycle::set_policies(std::span<const PolicyText> texts, const PolicySet& set,
                                 const SyncedLists& lists,
                                 std::span<const PolicyClearance> clearances) {
  const Result<std::optional<Digest>> active = parts_.records->active_policy_set();
  if (!active) return tl::unexpected(active.error());
  versions_not_raised_.clear();
  std::string documents = pack_documents(texts, lists, clearances, set.rules);
  const bool nothing_to_say = !*active && set.policies.empty();
  if (!nothing_to_say && *active != set.hash) {
    const Result<std::int64_t> seq =
        parts_.records->append_control(PolicySetActivated{set.hash}, documents, parts_.now());
    if (!seq) return tl::unexpected(seq.error());
    if (parts_.log != nullptr) {
      parts_.log->info("policies_activated",
                       {{"set", to_hex(set.hash)},
                        {"policies", static_cast<std::int64_t>(set.policies.size())},
                        {"entry", *seq}});
    }
    if (*active) compare_versions(**active, texts);
  }
  if (parts_.compiled == nullptr || parts_.compiled->documents != documents) {
    parts_.compiled = std::make_shared<const CompiledSet>(
        CompiledSet{std::move(documents), std::make_shared<const PolicySet>(set)});
  }
  // Whom to tell is no part of a set's meaning: it comes from the texts as they are now.
  judge_->messages().set_policies(set);
  return {};
}

/// Says nothing of a former set that this version of the program does not compile any more.
/// Compared is what writers have written: another issue of a list is not theirs to give a version.
void Cycle::compare_versions(const Digest& former, std::span<const PolicyText> texts) {
  const Result<std::string> documents = parts_.records->policy_documents(former);
  if (!documents) return;
  const Result<PackedSet> packed = unpack_documents(*documents);
  if (!packed || same_texts(packed->texts, texts)) return;
  const SyncedLists none;
  const LoadOutcome old = load_policy_set(packed->texts, UtcTime{0}, none);
  if (has_errors(old.diagnostics)) return;
  const PolicySet set = load_policy_set(texts, UtcTime{0}, none).set;
  for (const Policy& policy : set.policies) {
    const auto before = std::ranges::find(old.set.policies, policy.id, &Policy::id);
    if (before == old.set.policies.end() || !needs_higher_version(policy, *before)) continue;
    versions_not_raised_.push_back(policy.id);
    if (parts_.log == nullptr) continue;
    parts_.log->warn("version_not_raised", {{"policy", policy.id},
                                            {"version", policy.version},
                                            {"before", to_hex(before->hash)},
                                            {"now", to_hex(policy.hash)}});
  }
}

void Cycle::set_channels(std::vector<std::string> channels,
                         std::map<std::string, std::string> grouped) {
  parts_.channels = std::move(channels);
  parts_.grouped = std::move(grouped);
  judge_->messages().set_channels(parts_.channels, parts_.grouped);
}

Result<CycleReport> Cycle::run(const std::set<std::string>* due, const std::stop_token& stop) {
  CycleReport report;
  if (auto done = note_events(); !done) {
    if (auto paused = or_pause(done.error(), "commit", report); !paused) {
      return tl::unexpected(paused.error());
    }
  }
  // What a killed process left unjudged comes first; on a start this is the replay.
  if (auto done = judge(stop, report); !done) return tl::unexpected(done.error());
  if (!report.paused) {
    if (auto done = pull(due, stop, report); !done) return tl::unexpected(done.error());
    if (auto done = judge(stop, report); !done) return tl::unexpected(done.error());
  }
  if (const auto when = sign_due(); when && *when <= parts_.now()) {
    if (auto signed_head = sign(); !signed_head) {
      if (auto paused = or_pause(signed_head.error(), "sign", report); !paused) {
        return tl::unexpected(paused.error());
      }
    }
  }
  if (auto done = deliver(report); !done) return tl::unexpected(done.error());
  if (!report.paused) {
    resumed();
    save_snapshot_when_due();
  }
  return report;
}

/// A step that failed may have written before it did, so that growth is looked for after any.
Result<void> Cycle::deliver(CycleReport& report) {
  if (parts_.outbox == nullptr) return {};
  const Result<void> stepped = parts_.outbox->step(*parts_.ledger, parts_.now());
  const Result<void> noted = note_growth();
  for (const Result<void>* done : {&stepped, &noted}) {
    if (*done) continue;
    if (auto paused = or_pause(done->error(), "deliver", report); !paused) return paused;
  }
  return {};
}

/// What the outbox decides becomes entries, whose signature may have failed.
Result<void> Cycle::note_growth() {
  if (unsigned_) return {};
  const Result<TreeHead> head = parts_.ledger->head();
  if (!head) return tl::unexpected(head.error());
  const Result<std::optional<Checkpoint>> signed_head = parts_.ledger->signed_head();
  if (!signed_head) return tl::unexpected(signed_head.error());
  unsigned_ = !*signed_head || (*signed_head)->head != *head;
  return {};
}

/// Storage that is away for now ends nothing: it is told, loudly but not at each attempt, and the
/// next cycle tries again. Any other error is passed on.
Result<void> Cycle::or_pause(const Error& error, std::string_view doing, CycleReport& report) {
  if (error.code != ErrorCode::kUnavailable) return tl::unexpected(error);
  if (!report.paused) report.paused = error;
  const UtcTime now = parts_.now();
  const bool told = pause_told_ && *pause_told_ <= now && now - *pause_told_ < kPauseToldEvery;
  if (told) return {};
  pause_told_ = now;
  if (parts_.log != nullptr) {
    parts_.log->error("storage_unavailable", {{"doing", doing}, {"reason", to_text(error)}});
  }
  return {};
}

void Cycle::resumed() {
  if (pause_told_ && parts_.log != nullptr) parts_.log->info("storage_available", {});
  pause_told_.reset();
}

Result<void> Cycle::judge(const std::stop_token& stop, CycleReport& report) {
  auto done = judge_to_head(stop, report);
  if (!done || report.paused || report.interrupted) return done;
  const Result<bool> evicted = evict_beyond_limit();
  if (!evicted) return or_pause(evicted.error(), "append", report);
  return *evicted ? judge_to_head(stop, report) : Result<void>{};
}

/// Says in the log which policies forget what they hold, if that has grown too much. True: some do.
Result<bool> Cycle::evict_beyond_limit() {
  if (!judge_->look_at_footprint() || !parts_.state_at_most) return false;
  const EvaluationFootprint footprint = judge_->footprint();
  const std::int64_t at_most = *parts_.state_at_most;
  const std::vector<std::string> chosen = policies_to_evict(footprint, at_most);
  if (chosen.empty() && footprint.bytes() > at_most && parts_.log != nullptr) {
    parts_.log->error(
        "state_beyond_limit",
        {{"bytes", footprint.bytes()}, {"at_most", at_most}, {"shared", footprint.shared_bytes}});
  }
  for (const std::string& policy : chosen) {
    const auto held = std::ranges::find(footprint.policies, policy, &PolicyFootprint::policy);
    const StateEvicted evicted{policy, judge_->end_of_records(held->reads)};
    const Result<std::int64_t> seq = parts_.records->append_control(evicted, {}, parts_.now());
    if (!seq) return tl::unexpected(seq.error());
    judge_->note_evicted(policy);
    if (parts_.log == nullptr) continue;
    parts_.log->error("state_evicted", {{"policy", policy},
                                        {"bytes", held->bytes},
                                        {"all", footprint.bytes()},
                                        {"at_most", at_most},
                                        {"entry", *seq}});
  }
  return !chosen.empty();
}

Result<void> Cycle::judge_to_head(const std::stop_token& stop, CycleReport& report) {
  bool grown = false;
  const Result<std::optional<Error>> unwritten = judge_->to_head(stop, report, grown);
  unsigned_ = unsigned_ || grown;
  if (!unwritten) return tl::unexpected(unwritten.error());
  return *unwritten ? or_pause(**unwritten, "commit", report) : Result<void>{};
}

Result<void> Cycle::pull(const std::set<std::string>* due, const std::stop_token& stop,
                         CycleReport& report) {
  if (auto done = note_sources(stop); !done) {
    return or_pause(done.error(), "append", report);
  }
  if (auto done = note_rulings(); !done) return or_pause(done.error(), "append", report);
  for (Source& source : sources_) {
    const bool is_due = due == nullptr || due->contains(source.config.name);
    if (is_due) {
      if (auto done = note_gap(source); !done) return or_pause(done.error(), "append", report);
    }
    if (source.stopped || (!is_due && !source.connector->has_news())) continue;
    if (stop.stop_requested()) {
      report.interrupted = true;
      return {};
    }
    if (auto done = pull_source(source, stop, report); !done) return done;
    if (report.paused) return {};  // the next source's pages would go the same way
    if (auto done = note_idle(source); !done) {
      if (auto paused = or_pause(done.error(), "append", report); !paused) return paused;
    }
  }
  return {};
}

/// What the log says already is known from its replay: killed in between, nothing is told twice.
Result<void> Cycle::note_rulings() {
  for (const LinkRuled& ruled : rulings_) {
    if (judge_->told_rulings().has(ruled)) continue;
    const Result<std::int64_t> seq = parts_.records->append_control(ruled, {}, parts_.now());
    if (!seq) return tl::unexpected(seq.error());
    judge_->told_rulings().note(ruled);
    if (parts_.log != nullptr) {
      parts_.log->info(ruled.lifts() ? "ruling_lifted" : "ruling_holds",
                       {{"ruling", ruled.ruling}, {"entry", *seq}});
    }
  }
  return {};
}

Result<void> Cycle::pull_source(Source& source, const std::stop_token& stop, CycleReport& report) {
  const Result<SourceState> state = parts_.records->source(source.config.name);
  if (!state) return tl::unexpected(state.error());
  std::string cursor = state->cursor;
  source.failure.clear();
  const ProgressMeter meter(CyclePhase::kPull, source.config.name, parts_.now());
  const UtcTime start = parts_.now();
  const CycleReport before = report;
  const auto tell_progress = [&](bool done) {
    if (!parts_.progress) return;
    const PullProgress progress = source.connector->progress();
    parts_.progress(meter.at(parts_.now(), progress.records, 0, progress.bytes_done,
                             progress.bytes_total, done));
  };
  const PullWatch watch{stop, [&] { tell_progress(false); }, parts_.patient};
  bool more = true;
  for (std::int64_t pages = 1; more; ++pages) {
    if (stop.stop_requested()) {
      report.interrupted = true;
      break;
    }
    Result<std::optional<Page>> page = source.connector->next(cursor, parts_.now(), watch);
    if (!page && stop.stop_requested()) continue;  // broken off: what was not given comes again
    if (!page) {
      if (auto told = source_failed(source, page.error(), report); !told) return told;
      break;
    }
    if (!*page) break;
    const Result<bool> taken = take_page(source, cursor, std::move(**page), report);
    if (!taken) return tl::unexpected(taken.error());
    more = *taken;
    tell_progress(false);
    if (more && pages % kPagesATurn == 0) {
      if (auto done = judge(stop, report); !done) return done;
      more = !report.paused;
    }
  }
  if (report.pages > before.pages) {
    tell_progress(true);
    tell_pull(source, start, before, report);
  }
  return {};
}

/// Commits a page. True if the pull goes on: it ends with what the source states to have drained,
/// or input that grows all the time would leave no turn to anybody else.
Result<bool> Cycle::take_page(Source& source, std::string& cursor, Page page, CycleReport& report) {
  const Result<PageReceipt> receipt = parts_.records->append(page, parts_.now());
  if (!receipt) {
    if (auto paused = or_pause(receipt.error(), "append", report); !paused) {
      return tl::unexpected(paused.error());
    }
    report.failures.push_back({source.config.name, receipt.error(), false});
    return false;
  }
  source.connector->committed(*receipt);
  count_page(*receipt, report);
  tell_restated(source, *receipt);
  const bool new_entries = receipt->first_seq != 0;
  if (new_entries) source.last_delivery = parts_.now();
  if (!new_entries && page.cursor == cursor) {
    const Error same{ErrorCode::kInvalidInput, "the source gives the same page again and again"};
    if (auto told = source_failed(source, same, report); !told) return tl::unexpected(told.error());
    return false;
  }
  cursor = std::move(page.cursor);
  return !page.drained;
}

void Cycle::tell_restated(const Source& source, const PageReceipt& receipt) const {
  if (parts_.log == nullptr || (receipt.vanished == 0 && receipt.after_close == 0)) return;
  parts_.log->warn("source_restated", {{"source", source.config.name},
                                       {"vanished", receipt.vanished},
                                       {"after_close", receipt.after_close}});
}

void Cycle::tell_pull(const Source& source, UtcTime start, const CycleReport& before,
                      const CycleReport& report) const {
  if (parts_.log == nullptr) return;
  parts_.log->info("pulled", {{"source", source.config.name},
                              {"pages", report.pages - before.pages},
                              {"added", report.added - before.added},
                              {"revised", report.revised - before.revised},
                              {"quarantined", report.quarantined - before.quarantined},
                              {"elapsed_ms", (parts_.now() - start).us / 1000}});
}

/// One source's error is not the others' business. All but kUnavailable and kNotFound stop it until
/// a reload, and the ledger gets to know that something is not seen from here on.
Result<void> Cycle::source_failed(Source& source, const Error& error, CycleReport& report) {
  const bool away = error.code == ErrorCode::kUnavailable;
  const bool lost = error.code == ErrorCode::kNotFound;
  const bool stops = !away && !lost;
  report.failures.push_back({source.config.name, error, stops});
  source.stopped = stops;
  source.failure = code_name(error.code);
  if (parts_.log != nullptr) {
    parts_.log->write(away ? LogLevel::kWarn : LogLevel::kError,
                      away   ? "source_unavailable"
                      : lost ? "source_lost_input"
                             : "source_stopped",
                      {{"source", source.config.name},
                       {"error", code_name(error.code)},
                       {"reason", to_text(error)}});
  }
  if (away) return {};
  // `coverage.gap` is a step of evaluation; this is a change of what is polled. The error's text
  // may quote the input, so the entry has its kind only.
  const nlohmann::json fields = {{"change", lost ? "source-lost-input" : "source-stopped"},
                                 {"source", source.config.name},
                                 {"error", std::string(code_name(error.code))}};
  auto recorded = record_event("config.changed", fields.dump());
  return recorded ? recorded : or_pause(recorded.error(), "commit", report);
}

/// Says once in the log that a source has been silent for longer than its limit. A source that has
/// never stated coverage holds nothing back.
Result<void> Cycle::note_idle(Source& source) {
  if (!source.config.idle || !source.last_delivery || judge_->is_idle(source.config.name))
    return {};
  const UtcTime now = parts_.now();
  if (now - *source.last_delivery <= *source.config.idle) return {};
  const Result<SourceState> state = parts_.records->source(source.config.name);
  if (!state) return tl::unexpected(state.error());
  if (!state->covered) return {};
  const Result<std::int64_t> seq =
      parts_.records->append_control(SourceIdle{source.config.name, source.config.record}, {}, now);
  if (!seq) return tl::unexpected(seq.error());
  if (parts_.log != nullptr) {
    parts_.log->warn("source_idle", {{"source", source.config.name},
                                     {"silent_ms", (now - *source.last_delivery).us / 1000}});
  }
  return {};
}

/// Says in the log, once for each gap, that a source has not been read for longer than two of its
/// cycles, whether it is away, has stopped, or nobody was there to read it. The log's own cursor of
/// such statements is committed with each, so that a restart says nothing twice.
Result<void> Cycle::note_gap(const Source& source) {
  if (!source.config.contract) return {};
  const Result<SourceState> state = parts_.records->source(source.config.name);
  if (!state) return tl::unexpected(state.error());
  const UtcTime now = parts_.now();
  const std::optional<UtcTime> since = source.connector->behind_since(state->cursor, now);
  if (!since || now - *since <= longest_silence(source.config)) return {};
  const Result<SourceState> own = parts_.records->source(std::string(kOwnSource));
  if (!own) return tl::unexpected(own.error());
  const bool is_read =
      state->last_page && now - *state->last_page <= longest_silence(source.config);
  const std::string why = source.stopped            ? "it has stopped (" + source.failure + ")"
                          : !source.failure.empty() ? source.failure
                          : is_read                 ? "its pulls come to no end"
                                                    : "nobody asked";
  std::set<std::string> names;
  for (const Source& one : sources_) names.insert(one.config.name);
  const std::optional<Page> page =
      page_of_gap(own->cursor, {source.config.name, *since, now, why}, names);
  if (!page) return {};
  if (auto receipt = parts_.records->append(*page, now); !receipt) {
    return tl::unexpected(receipt.error());
  }
  if (parts_.log != nullptr) {
    parts_.log->warn(
        "source_gap",
        {{"source", source.config.name}, {"since", format_time(*since)}, {"reason", why}});
  }
  return {};
}

/// Says in the log what it does not say yet of the sources. Once for each set of them, behind the
/// judging that tells what the log says.
Result<void> Cycle::note_sources(const std::stop_token& stop) {
  if (sources_told_ || stop.stop_requested()) return {};  // a stop may have cut the judging short
  if (auto done = note_removed(); !done) return done;
  if (auto done = note_settling(); !done) return done;
  sources_told_ = true;
  return {};
}

/// Of a source which the configuration has no longer nothing more comes, and what waits for it
/// would wait for ever.
Result<void> Cycle::note_removed() {
  for (const auto& [name, kind] : judge_->standing_sources()) {
    const auto is_it = [&source = name, &delivered = kind](const Source& s) {
      return s.config.name == source && s.config.record == delivered;
    };
    if (std::ranges::any_of(sources_, is_it)) continue;
    const Result<std::int64_t> seq =
        parts_.records->append_control(SourceRemoved{name, kind}, {}, parts_.now());
    if (!seq) return tl::unexpected(seq.error());
    if (parts_.log != nullptr) parts_.log->warn("source_removed", {{"source", name}});
  }
  return {};
}

/// Before any of their records, so that none is too late for want of the statement.
Result<void> Cycle::note_settling() {
  for (const Source& source : sources_) {
    const SourceConfig& config = source.config;
    if (judge_->settles({config.name, config.record}) == config.settles) continue;
    const Result<std::int64_t> seq = parts_.records->append_control(
        SourceSettles{config.name, config.record, config.settles}, {}, parts_.now());
    if (!seq) return tl::unexpected(seq.error());
  }
  return {};
}

Result<Checkpoint> Cycle::sign() {
  const UtcTime now = parts_.now();
  last_sign_ = now;  // an attempt that fails waits for the next turn too
  Result<Checkpoint> checkpoint = parts_.ledger->sign(now);
  if (!checkpoint) return checkpoint;
  unsigned_ = false;
  if (parts_.log != nullptr) parts_.log->info("signed", {{"size", checkpoint->head.size}});
  return checkpoint;
}

std::optional<UtcTime> Cycle::sign_due() const {
  if (!unsigned_) return std::nullopt;
  // After a clock that was set back the last one lies ahead, for who knows how long.
  if (!last_sign_ || *last_sign_ > parts_.now()) return UtcTime{0};
  return *last_sign_ + parts_.sign_every;
}

Result<void> Cycle::record_event(std::string type, std::string fields) {
  events_.push_back({std::move(type), std::move(fields)});
  return note_events();
}

/// Commits the events that wait. On an error they go on waiting.
Result<void> Cycle::note_events() {
  if (events_.empty()) return {};
  LedgerCommit commit;
  commit.events = events_;
  const Result<LedgerReceipt> receipt = parts_.ledger->commit(commit, parts_.now());
  if (!receipt) return tl::unexpected(receipt.error());
  events_.clear();
  unsigned_ = true;
  return {};
}

bool Cycle::is_idle(const std::string& source) const { return judge_->is_idle(source); }
bool Cycle::has_judged_clusters() const { return judge_->has_judged_clusters(); }

std::vector<PolicyCoverage> Cycle::coverage() const { return judge_->evaluation().coverage(); }

}  // namespace tidewaiter
