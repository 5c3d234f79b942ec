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
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "daemon/notify/event_log.h"
#include "daemon/notify/retry.h"
#include "daemon/outbound/http_client.h"
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
  std::function<void()> wake;  ///< called on couriers' threads, several at a time; may be empty
  std::uint32_t seed = 0;      ///< of the jitter; 0: from the system
};

/// Asks witnesses for cosignatures of each signed head, C2SP tlog-witness v1.0.0. Once they are a
/// quorum the head is stored with them, and again with each that comes after. Recording and signing
/// never wait for a witness: one that does not answer is asked again, later each time, and then for
/// the newest head alone.
///
/// A witness that has cosigned more than this ledger has signed, or another root, is told as an
/// error (`witness_ahead`, `witness_refused`): an older state was put back, or the log has forked.
/// So is a stored head that the ledger does not have (`witness_ahead`, `witnessed_head_forked`):
/// it proves the same, and then stays where it is, whatever is cosigned.
///
/// Requests run on couriers, a thread for each witness, so that one that does not answer takes no
/// time of the others; the ledger is touched in step() only, by the thread that calls it.
class CosignatureCollector {
 public:
  explicit CosignatureCollector(CosignatureOptions options);
  ~CosignatureCollector();  ///< breaks off running requests
  CosignatureCollector(const CosignatureCollector&) = delete;
  CosignatureCollector& operator=(const CosignatureCollector&) = delete;

  /// Takes what was answered since the last call, and asks who is due at `now` about the ledger's
  /// last signed head. Errors: the ledger's and those of the stored head, but for kUnavailable:
  /// what cannot be read just now is told, and read again after a pause.
  [[nodiscard]] Result<void> step(const Ledger& ledger, UtcTime now);

  /// When step() next has something to do by time alone; nothing if only an answer or a new head
  /// can bring it on.
  [[nodiscard]] std::optional<UtcTime> next_attempt() const;

  /// Waits until a courier has an answer, `longest` is over, or `stop` is requested. False: there
  /// is none, or nothing is out.
  bool wait_for_answer(Duration longest, const std::stop_token& stop = {});

 private:
  /// What is known of a witness. Touched in step() only.
  struct Peer {
    std::int64_t size = 0;              ///< of the head that it cosigned last, as far as is known
    std::optional<NoteSignature> line;  ///< its cosignature of head_
    std::int64_t corrections = 0;       ///< of `size` by itself, in a row
    RetryPause pause;
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

  void carry(std::size_t witness, const std::stop_token& stop);
  [[nodiscard]] Result<void> look_at(const Ledger& ledger);
  [[nodiscard]] Result<void> remember(const Ledger& ledger, const TreeHead& head);
  void take_stored(const Checkpoint& stored);
  void tell_contradiction(const TreeHead& stored, const TreeHead& head) const;
  void take_head(const Checkpoint& head);
  [[nodiscard]] Result<void> ask(const Ledger& ledger, std::size_t witness);
  [[nodiscard]] bool is_due(std::size_t witness, UtcTime now) const;
  [[nodiscard]] std::optional<Answer> next_answer();
  void take_answer(const Answer& answer, UtcTime now);
  void take_cosignature(const Answer& answer, UtcTime now);
  void take_conflict(const Answer& answer, UtcTime now);
  void refused(const Answer& answer, const std::string& why, UtcTime now);
  void failed(std::size_t witness, const std::string& why, std::optional<Duration> least,
              UtcTime now);
  void store_if_quorum();
  [[nodiscard]] const std::string& name_of(std::size_t witness) const;

  CosignatureOptions options_;
  std::mt19937 random_;
  std::vector<Peer> peers_;  ///< as policy.witnesses
  std::optional<Checkpoint> head_;
  bool remembered_ = false;    ///< what is stored has been looked at
  bool contradicted_ = false;  ///< what is stored is no head of this ledger: it stays
  bool unstored_ = false;      ///< a quorum is there that could not be stored

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t out_ = 0;  ///< tasks whose answers are not taken; guarded by mutex_
  std::vector<std::optional<Task>> tasks_;  ///< as peers_, not begun yet; guarded by mutex_
  std::deque<Answer> answers_;              ///< guarded by mutex_
  std::vector<std::jthread> couriers_;      ///< as peers_; last: stop before the rest goes
};

}  // namespace tidewaiter
