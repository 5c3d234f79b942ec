#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/sources/connector.h"
#include "daemon/sources/push/push_inbox.h"

namespace tidewaiter {

/// What a source of kind `push` keeps with each page.
struct PushCursor {
  std::int64_t pages = 0;           ///< so far: each has a cursor of its own
  std::optional<Interval> stated;   ///< drained, by what senders said or by `lateness`
  std::optional<UtcTime> listened;  ///< by `lateness`: without a long break until then
  bool operator==(const PushCursor&) const = default;
};
[[nodiscard]] std::string to_text(const PushCursor& cursor);
/// Errors: kCorruption, kUnsupported.
[[nodiscard]] Result<PushCursor> push_cursor_from_text(std::string_view text);

/// The interval that `statements` add to what is `stated` already, one after the other; nothing if
/// they add none. Errors: kRefused: one that leaves a hole behind what is stated, of which nobody
/// has said anything, or a first one that does not say where it begins.
[[nodiscard]] Result<std::optional<Interval>> joined_statements(
    const std::vector<PushStatement>& statements, const std::optional<Interval>& stated);

/// Records that senders hand in; docs/sources/push.md has the rules. Takes batches from the inbox,
/// a page or more for each, and says there what the log made of them once they are durable.
///
/// A pull is over the batches that wait at its beginning. Nothing of it is backfill: what is handed
/// in is told as it comes.
class PushSource final : public Connector {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Connector>> make(const SourceConfig& config,
                                                               const SourceServices& services);

  [[nodiscard]] Result<std::optional<Page>> next(const std::string& cursor, UtcTime now,
                                                 const PullWatch& watch) override;
  void committed(const PageReceipt& receipt) override;
  [[nodiscard]] bool has_news() const override;
  [[nodiscard]] PullProgress progress() const override { return {0, 0, records_}; }
  [[nodiscard]] Result<std::vector<std::string>> check(const std::string& cursor,
                                                       UtcTime now) override;

 private:
  PushSource(SourceConfig config, const SourceServices& services);

  [[nodiscard]] Result<void> resume(const std::string& cursor);
  [[nodiscard]] bool begin_batch();
  [[nodiscard]] Page page_of_batch();
  [[nodiscard]] bool follows(const std::optional<Interval>& stated) const;
  [[nodiscard]] std::optional<Page> page_of_lateness(UtcTime now);
  [[nodiscard]] Page page_with(std::vector<Record> records, std::optional<Interval> drained);
  [[nodiscard]] Result<std::vector<std::string>> check_listener();

  SourceConfig config_;
  Variables variables_;
  HttpClient* http_;
  PushInbox* inbox_;
  std::optional<UtcTime> listens_since_;
  std::optional<UtcTime> listened_before_;  ///< the last moment that is known of, before that
  UtcTime now_{};                           ///< of the page that is being made

  std::optional<std::string> cursor_;  ///< what state_ stands for; nothing: not loaded
  PushCursor state_;
  std::optional<PushCursor> on_its_way_;  ///< of the page that next() gave and that is not durable

  std::optional<std::size_t> turn_;  ///< batches left in this pull; nothing: none is under way
  std::shared_ptr<const PushBatch> batch_;  ///< under way; shared as PushInbox::first() says
  std::optional<Interval> batch_drained_;
  std::size_t at_ = 0;     ///< how many of its records are durable
  std::size_t given_ = 0;  ///< how many of them the page has that is on its way
  PushReceipt receipt_;
  std::int64_t records_ = 0;
};

}  // namespace tidewaiter
