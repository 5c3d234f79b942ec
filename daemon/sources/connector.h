#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/sources/pull_watch.h"
#include "daemon/sources/source_config.h"
#include "daemon/sources/source_examination.h"
#include "daemon/sources/source_services.h"
#include "policies/model/error.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// How far a pull has come, for progress displays. Zero totals are unknown. The input is counted in
/// bytes of files, or in microseconds of event time.
struct PullProgress {
  std::int64_t bytes_done = 0;
  std::int64_t bytes_total = 0;
  std::int64_t records = 0;
};

/// One configured upstream. Owned by the App; one thread at a time.
class Connector {
 public:
  virtual ~Connector() = default;

  /// Gives the next page from where `cursor` (the one committed with the last page; empty at
  /// first) left off, at most kMaxPageRecords records; nothing when there is no more for now. The
  /// last page of a drain carries `drained`: a pull ends with it, or with nothing. What comes in
  /// meanwhile is for the next pull, so that input that never ceases starves nobody. Idempotent:
  /// the same cursor may be asked again after a crash and gives the same page, unless the input
  /// itself grew. Asks `watch` between blocks of input; a copy of it may stay until
  /// the next call.
  /// Errors: kUnavailable: try again later, also after a stop. kNotFound: input is gone before it
  /// was read; told once in each life of the connector, and the next pull goes on without it. All
  /// others stop this source until a person acts.
  [[nodiscard]] virtual Result<std::optional<Page>> next(const std::string& cursor, UtcTime now,
                                                         const PullWatch& watch) = 0;

  /// The page that next() gave last is durable, and this is what the log made of it. Not called for
  /// one that storage did not take: next() is asked for that again, by the cursor before it.
  virtual void committed(const PageReceipt& /*receipt*/) {}

  /// Whether next() has something that it gave nothing for before, because `watch` had no patience:
  /// it is to be called again, though no new pull is due.
  [[nodiscard]] virtual bool has_news() const { return false; }

  /// Since when there has been something to read that the pulls up to `cursor` have not come to, of
  /// a source that had once read all there was; nothing: there is nothing, or nobody can say.
  [[nodiscard]] virtual std::optional<UtcTime> behind_since(const std::string& /*cursor*/,
                                                            UtcTime /*now*/) const {
    return std::nullopt;
  }

  [[nodiscard]] virtual PullProgress progress() const = 0;

  /// What `source check` tells: one read-only look, in plain lines. `cursor` as next() takes it:
  /// what the last pull left. Errors say what does not work.
  [[nodiscard]] virtual Result<std::vector<std::string>> check(const std::string& cursor,
                                                               UtcTime now) = 0;

  /// What `source doctor` tells: read-only questions, and what the answers mean; `cursor` as
  /// check() takes it. What does not work is in a line of its own. Never empty.
  [[nodiscard]] virtual std::vector<SourceExamination> examine(const std::string& cursor,
                                                               UtcTime now);
};

struct ConnectorKind {
  std::string_view name;  ///< the `kind:` key of the configuration
  Result<std::unique_ptr<Connector>> (*make)(const SourceConfig&, const SourceServices&);
};

/// All kinds, sorted by name (registry.cpp).
[[nodiscard]] Result<std::unique_ptr<Connector>> make_connector(
    const SourceConfig& config, const SourceServices& services = {});

}  // namespace tidewaiter
