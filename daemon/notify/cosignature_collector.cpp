#include "daemon/notify/cosignature_collector.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "storage/ledger/add_checkpoint.h"
#include "storage/ledger/c2sp_text.h"
#include "storage/ledger/cosigned_head.h"
#include "storage/ledger/merkle.h"

namespace tidewaiter {
namespace {

/// A witness that has refused is asked again after this: only a person changes its mind.
constexpr Duration kRefusalPause{15 * kMinute.us};
/// How often in a row a witness may name another size before that counts as a failure.
constexpr std::int64_t kMostCorrections = 3;

std::string submission_url(std::string prefix) {
  while (prefix.ends_with('/')) prefix.pop_back();
  return prefix + "/add-checkpoint";
}

/// What a witness says about a refusal: the start of its first line, as far as it is plain ASCII.
std::string first_line(const std::string& body) {
  constexpr std::size_t kLongest = 120;
  std::string line = body.substr(0, std::min(body.find('\n'), kLongest));
  std::ranges::replace_if(
      line, [](char c) { return c < ' ' || c > '~'; }, '?');
  return line;
}

/// The size in the answer to a request from another one; nothing if it is not `<size> LF`.
std::optional<std::int64_t> size_told(const std::string& body) {
  if (!body.ends_with('\n')) return std::nullopt;
  return decimal_of(std::string_view(body).substr(0, body.size() - 1));
}

/// Whether the ledger under `head` begins with the tree of `older`. Errors: the ledger's.
Result<bool> begins_with(const Ledger& ledger, const TreeHead& older, const TreeHead& head) {
  if (older.size > head.size) return false;
  const auto proof = ledger.consistency_proof(older.size, head.size);
  if (!proof) return tl::unexpected(proof.error());
  return verify_consistency(older.size, older.root, head.size, head.root, *proof);
}

}  // namespace

CosignatureCollector::CosignatureCollector(CosignatureOptions options)
    : options_(std::move(options)),
      random_(options_.seed != 0 ? options_.seed : std::random_device{}()),
      peers_(options_.policy.witnesses.size()),
      tasks_(peers_.size()) {
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    couriers_.emplace_back([this, i](const std::stop_token& stop) { carry(i, stop); });
  }
}

/// All of them at once: each may take a moment to break its request off.
CosignatureCollector::~CosignatureCollector() {
  for (std::jthread& courier : couriers_) courier.request_stop();
}

const std::string& CosignatureCollector::name_of(std::size_t witness) const {
  return options_.policy.witnesses[witness].name;
}

Result<void> CosignatureCollector::step(const Ledger& ledger, UtcTime now) {
  if (peers_.empty()) return {};
  for (Peer& peer : peers_) peer.pause.keep_short(now);
  const Result<void> looked = look_at(ledger);
  if (!looked && looked.error().code != ErrorCode::kUnavailable) return looked;
  if (looked && !head_) return {};
  while (const std::optional<Answer> answer = next_answer()) take_answer(*answer, now);
  if (unstored_) store_if_quorum();
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    if (!is_due(i, now)) continue;
    const Result<void> asked = looked ? ask(ledger, i) : looked;
    if (asked) continue;
    if (asked.error().code != ErrorCode::kUnavailable) return asked;
    failed(i, asked.error().message, {}, now);
  }
  return {};
}

bool CosignatureCollector::is_due(std::size_t witness, UtcTime now) const {
  const Peer& peer = peers_[witness];
  return !peer.busy && !peer.line && peer.pause.until <= now;
}

/// Takes the ledger's last signed head, and before the first one what is stored.
Result<void> CosignatureCollector::look_at(const Ledger& ledger) {
  const Result<std::optional<Checkpoint>> head = ledger.signed_head();
  if (!head) return tl::unexpected(head.error());
  if (!*head) return {};
  if (!remembered_) {
    if (auto done = remember(ledger, (*head)->head); !done) return done;
    remembered_ = true;
  }
  if (!head_ || head_->note != (*head)->note) take_head(**head);
  return {};
}

Result<void> CosignatureCollector::remember(const Ledger& ledger, const TreeHead& head) {
  const auto log = parse_verifier_key(ledger.verifier_key());
  if (!log) return tl::unexpected(log.error());
  const auto stored = read_cosigned_head(options_.kept, *log);
  if (!stored && stored.error().code == ErrorCode::kUnavailable) {
    return tl::unexpected(stored.error());
  }
  if (!stored && options_.log != nullptr) {
    options_.log->warn("witnessed_head_unreadable", {{"reason", stored.error().message}});
  }
  if (!stored || !*stored) return {};
  const Result<bool> ours = begins_with(ledger, (*stored)->head, head);
  if (!ours) return tl::unexpected(ours.error());
  contradicted_ = !*ours;
  if (contradicted_) tell_contradiction((*stored)->head, head);
  take_stored(**stored);
  return {};
}

/// The log's own key signed the stored head, and a ledger only grows.
void CosignatureCollector::tell_contradiction(const TreeHead& stored, const TreeHead& head) const {
  if (options_.log == nullptr) return;
  options_.log->error(
      stored.size > head.size ? "witness_ahead" : "witnessed_head_forked",
      {{"stored", options_.kept.string()}, {"cosigned", stored.size}, {"signed", head.size}});
}

/// After a start: who has cosigned the stored head knows that one, and need not tell its size.
void CosignatureCollector::take_stored(const Checkpoint& stored) {
  const auto note = parse_signed_note(stored.note);
  const auto witnessing = note ? judge_witnesses(*note, options_.policy)
                               : Result<Witnessing>(tl::unexpected(note.error()));
  if (!witnessing) return;
  head_ = Checkpoint{stored.origin, stored.head,
                     format_signed_note({note->text, {note->signatures.front()}})};
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    for (const Cosignature& cosignature : witnessing->cosignatures) {
      if (cosignature.witness != options_.policy.witnesses[i].key) continue;
      peers_[i].size = stored.head.size;
      peers_[i].line = cosignature.signature;
    }
  }
}

void CosignatureCollector::take_head(const Checkpoint& head) {
  head_ = head;
  unstored_ = false;
  for (Peer& peer : peers_) peer.line.reset();
}

Result<void> CosignatureCollector::ask(const Ledger& ledger, std::size_t witness) {
  Peer& peer = peers_[witness];
  const std::int64_t old_size = std::min(peer.size, head_->head.size);
  const auto proof = ledger.consistency_proof(old_size, head_->head.size);
  if (!proof) return tl::unexpected(proof.error());
  HttpRequest request{submission_url(options_.policy.witnesses[witness].url),
                      {{"Content-Type", "text/plain; charset=utf-8"}},
                      format_add_checkpoint({old_size, *proof, head_->note})};
  peer.busy = true;
  {
    const std::scoped_lock lock(mutex_);
    ++out_;
    tasks_[witness] = Task{witness, old_size, *head_, std::move(request)};
  }
  changed_.notify_all();
  return {};
}

std::optional<CosignatureCollector::Answer> CosignatureCollector::next_answer() {
  const std::scoped_lock lock(mutex_);
  if (answers_.empty()) return std::nullopt;
  Answer answer = std::move(answers_.front());
  answers_.pop_front();
  --out_;
  return answer;
}

void CosignatureCollector::take_answer(const Answer& answer, UtcTime now) {
  const std::size_t witness = answer.task.witness;
  peers_[witness].busy = false;
  if (!answer.response) return failed(witness, answer.response.error().message, {}, now);
  const HttpResponse& response = *answer.response;
  switch (response.status) {
    case 200:
      return take_cosignature(answer, now);
    case 409:
      return take_conflict(answer, now);
    case 400:
    case 403:
    case 404:
    case 422:
      return refused(answer, "status " + std::to_string(response.status), now);
    default:
      return failed(witness, "status " + std::to_string(response.status), response.retry_after,
                    now);
  }
}

void CosignatureCollector::take_cosignature(const Answer& answer, UtcTime now) {
  const std::size_t witness = answer.task.witness;
  const auto lines = parse_signature_lines(answer.response->body);
  const auto note = parse_signed_note(answer.task.head.note);
  const auto found =
      lines && note ? verify_cosignatures({note->text, *lines},
                                          std::span(&options_.policy.witnesses[witness].key, 1))
                    : Result<std::vector<Cosignature>>(fail(ErrorCode::kInvalidInput, ""));
  if (!found || found->empty()) {
    return failed(witness, "its answer has no cosignature by its key", {}, now);
  }
  Peer& peer = peers_[witness];
  peer.size = answer.task.head.head.size;
  peer.pause.failures = 0;
  peer.corrections = 0;
  if (answer.task.head.note != head_->note) return;  // a newer one was signed meanwhile
  peer.line = found->front().signature;
  if (options_.log != nullptr) {
    options_.log->info("cosigned", {{"witness", name_of(witness)}, {"size", peer.size}});
  }
  store_if_quorum();
}

void CosignatureCollector::take_conflict(const Answer& answer, UtcTime now) {
  const std::size_t witness = answer.task.witness;
  const std::optional<std::int64_t> size = size_told(answer.response->body);
  if (!size) return refused(answer, "another root was cosigned for this size", now);
  if (*size > head_->head.size) {
    if (options_.log != nullptr) {
      options_.log->error(
          "witness_ahead",
          {{"witness", name_of(witness)}, {"cosigned", *size}, {"signed", head_->head.size}});
    }
    return failed(witness, "it has cosigned more than this ledger has signed", kRefusalPause, now);
  }
  Peer& peer = peers_[witness];
  if (*size == answer.task.old_size || ++peer.corrections > kMostCorrections) {
    peer.corrections = 0;
    return failed(witness, "it contradicts itself about the size that it has cosigned", {}, now);
  }
  peer.size = *size;  // asked again from there, at once
}

/// The log's own fault, or somebody's at the witness: a person has to look.
void CosignatureCollector::refused(const Answer& answer, const std::string& why, UtcTime now) {
  const std::size_t witness = answer.task.witness;
  if (options_.log != nullptr) {
    options_.log->error("witness_refused", {{"witness", name_of(witness)},
                                            {"size", answer.task.head.head.size},
                                            {"reason", why},
                                            {"answer", first_line(answer.response->body)}});
  }
  failed(witness, why, kRefusalPause, now);
}

void CosignatureCollector::failed(std::size_t witness, const std::string& why,
                                  std::optional<Duration> least, UtcTime now) {
  RetryPause& pause = peers_[witness].pause;
  const double share = std::uniform_real_distribution<double>(0.0, 1.0)(random_);
  const Duration delay = pause.fail(now, share, least);
  if (options_.log != nullptr) {
    options_.log->warn("cosignature_failed", {{"witness", name_of(witness)},
                                              {"attempt", pause.failures},
                                              {"reason", why},
                                              {"retry_ms", delay.us / 1000}});
  }
}

/// The file always holds the last head with a quorum: one that lacks it yet does not replace it,
/// nor does one that contradicts what is there, the only proof of that left on this machine.
void CosignatureCollector::store_if_quorum() {
  if (contradicted_) return;
  std::vector<WitnessKey> cosigners;
  std::vector<NoteSignature> lines;
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    if (!peers_[i].line) continue;
    cosigners.push_back(options_.policy.witnesses[i].key);
    lines.push_back(*peers_[i].line);
  }
  if (lines.empty() || !has_quorum(options_.policy, cosigners)) return;
  const auto stored =
      store_cosigned_head(options_.kept, head_->note + format_signature_lines(lines));
  unstored_ = !stored;
  if (options_.log == nullptr) return;
  if (!stored) {
    options_.log->error("witnessed_head_not_stored", {{"reason", stored.error().message}});
    return;
  }
  options_.log->info("witnessed", {{"size", head_->head.size},
                                   {"witnesses", static_cast<std::int64_t>(lines.size())}});
}

std::optional<UtcTime> CosignatureCollector::next_attempt() const {
  std::optional<UtcTime> next;
  if (!head_) return next;
  for (const Peer& peer : peers_) {
    if (peer.busy || peer.line) continue;
    if (!next || peer.pause.until < *next) next = peer.pause.until;
  }
  return next;
}

bool CosignatureCollector::wait_for_answer(Duration longest, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (out_ == 0) return false;
  return changed_.wait_for(lock, stop, std::chrono::microseconds(longest.us),
                           [this] { return !answers_.empty(); });
}

void CosignatureCollector::carry(std::size_t witness, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [this, witness] { return tasks_[witness].has_value(); })) {
        return;
      }
      task = std::move(*tasks_[witness]);
      tasks_[witness].reset();
    }
    Result<HttpResponse> response = options_.http->send(task.request, stop);
    {
      const std::scoped_lock lock(mutex_);
      answers_.push_back({std::move(task), std::move(response)});
    }
    changed_.notify_all();
    if (options_.wake) options_.wake();
  }
}

}  // namespace tidewaiter
