#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "daemon/notify/event_log.h"
#include "daemon/notify/http_client.h"
#include "policies/model/time.h"
#include "storage/ledger/ledger.h"
#include "storage/ledger/trust_policy.h"

namespace tidewaiter {

struct CosignatureOptions {
  TrustPolicy
      policy;  ///< the witnesses, each with the URL of its submission prefix, and the quorum
  std::filesystem::path kept;  ///< where the last head with a quorum is stored: cosigned_head.h
  HttpClient* http = nullptr;
  EventLog* log = nullptr;     ///< may be null
  std::function<void()> wake;  ///< called on the courier's thread; may be empty
  std::uint32_t seed = 0;      ///< of the jitter; 0: from the system
};

/// Asks witnesses for cosignatures of each signed head, C2SP tlog-witness v1.0.0. Once they are a
/// quorum the head is stored with them, and again with each that comes after. Recording and signing
/// never wait for a witness: one that does not answer is asked again, later each time, and then for
/// the newest head alone.
///
/// A witness that has cosigned more than this ledger has signed, or another root, is told as an
/// error (`witness_ahead`, `witness_refused`): an older state was put back, or the log has forked.
///
/// Requests run on the courier, a thread of their own; the ledger is touched in step() only, by
/// the thread that calls it.
class CosignatureCollector {
 public:
  explicit CosignatureCollector(CosignatureOptions options);
  ~CosignatureCollector();  ///< breaks off a running request
  CosignatureCollector(const CosignatureCollector&) = delete;
  CosignatureCollector& operator=(const CosignatureCollector&) = delete;

  /// Takes what was answered since the last call, and asks who is due at `now` about the ledger's
  /// last signed head. Errors: the ledger's only.
  [[nodiscard]] Result<void> step(const Ledger& ledger, UtcTime now);

  /// When step() next has something to do by time alone; nothing if only an answer or a new head
  /// can bring it on.
  [[nodiscard]] std::optional<UtcTime> next_attempt() const;

  /// Waits until the courier has an answer, or `longest` is over. False: over, or nothing is out.
  bool wait_for_answer(Duration longest);

 private:
  /// What is known of a witness. Touched in step() only.
  struct Peer {
    std::int64_t size = 0;              ///< of the head that it cosigned last, as far as is known
    std::optional<NoteSignature> line;  ///< its cosignature of head_
    std::int64_t failures = 0;          ///< in a row
    std::int64_t corrections = 0;       ///< of `size` by itself, in a row
    UtcTime since;
    UtcTime until;
    bool busy = false;
  };
  struct Task {
    std::size_t witness = 0;
    std::int64_t old_size = 0;
    Checkpoint head;
    HttpRequest request;
  };
  struct Answer {
    Task task;
    Result<HttpResponse> response;
  };

  void carry(const std::stop_token& stop);
  void remember(const Ledger& ledger);
  void take_head(const Checkpoint& head);
  [[nodiscard]] Result<void> ask(const Ledger& ledger, std::size_t witness);
  [[nodiscard]] std::optional<Answer> next_answer();
  void take_answer(const Answer& answer, UtcTime now);
  void take_cosignature(const Answer& answer, UtcTime now);
  void take_conflict(const Answer& answer, UtcTime now);
  void refused(const Answer& answer, const std::string& why, UtcTime now);
  void failed(std::size_t witness, const std::string& why, std::optional<Duration> least,
              UtcTime now);
  void keep_pauses_short(UtcTime now);
  void store_if_quorum();
  [[nodiscard]] const std::string& name_of(std::size_t witness) const;

  CosignatureOptions options_;
  std::mt19937 random_;
  std::vector<Peer> peers_;  ///< as policy.witnesses
  std::optional<Checkpoint> head_;
  bool remembered_ = false;  ///< what is stored has been looked at
  bool unstored_ = false;    ///< a quorum is there that could not be stored

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t out_ = 0;         ///< tasks whose answers are not taken; guarded by mutex_
  std::deque<Task> tasks_;      ///< guarded by mutex_
  std::deque<Answer> answers_;  ///< guarded by mutex_
  std::jthread courier_;        ///< last: stops before the rest goes
};

}  // namespace tidewaiter
