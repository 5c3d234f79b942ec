#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/sources/connector.h"
#include "daemon/sources/contract/answer_intake.h"
#include "daemon/sources/contract/contract_cursor.h"
#include "daemon/sources/contract/feed.h"
#include "daemon/sources/contract/fetcher.h"
#include "daemon/sources/contract/token_guard.h"
#include "daemon/sources/source_config.h"

namespace tidewaiter {

/// The contract that every source over HTTP keeps; docs/sources/contract.md has the rules. A pull
/// reads each feed from its watermark less the overlap, in aligned half-open windows, page by page,
/// up to the last whole bucket; a feed's watermark moves only when a window has been read to its
/// end. When all feeds have come as far as they can, the pull ends with what is drained.
///
/// With `config.contract->backfill` a pull reads that time alone, once, in a state of its own
/// beside that of the other pulls, which it leaves as it is; a backfill that was broken off goes on
/// where it was, if it is of the same time. Coverage is stated if the feeds have been read from its
/// end on.
///
/// An answer that cannot be right fails the source with kInvalidInput, before any of it is a
/// record: a token that comes again, `more` without a token, more bad rows than `max_bad` allows,
/// and what a Feed refuses.
///
/// A window that was read before and is read again to its end, every row of it, says what is gone
/// of it, where its feed accounts for all that there is (Feed::operation_in_full).
///
/// A window for which the server refuses the grouping by key is asked for once more without it, if
/// nothing of it was read with it; its rows are of a series of their own. Polls go on asking for it
/// so, and for what comes behind it as before.
///
/// A window of more pages than its feed reads in one pull is no fault: the pull ends with its other
/// feeds, and the next one goes on behind the last page. Coverage ends before that window. A
/// backfill ends with kUnavailable there, and goes on where it is asked for again.
class ContractSource final : public Connector {
 public:
  /// The server's clock may differ by this much before no window is closed any more.
  static constexpr Duration kMostSkew{5 * kMinute.us};
  /// … and by this much before `source check` says so.
  static constexpr Duration kToldSkew{30 * kSecond.us};

  /// `feeds`: at least one; all of records of `config.record`. `config.contract` is set. `client`
  /// answers their requests where `services` have nobody for it; null: a server over HTTP.
  ContractSource(SourceConfig config, SourceServices services, std::string credential_header,
                 std::vector<std::unique_ptr<Feed>> feeds,
                 std::unique_ptr<HttpClient> client = nullptr);

  [[nodiscard]] Result<std::optional<Page>> next(const std::string& cursor, UtcTime now,
                                                 const PullWatch& watch) override;
  /// Tells that a pull is cut short, once what it has read is stored.
  void committed(const PageReceipt& receipt) override;
  [[nodiscard]] bool has_news() const override;
  [[nodiscard]] std::optional<UtcTime> behind_since(const std::string& cursor,
                                                    UtcTime now) const override;
  [[nodiscard]] PullProgress progress() const override;
  [[nodiscard]] Result<std::vector<std::string>> check(const std::string& cursor,
                                                       UtcTime now) override;
  [[nodiscard]] std::vector<SourceExamination> examine(const std::string& cursor,
                                                       UtcTime now) override;

 private:
  [[nodiscard]] Result<void> resume(const std::string& cursor, UtcTime now);
  [[nodiscard]] FeedState& feed_state(ContractCursor& cursor, const Feed& feed) const;
  void plan(UtcTime now);
  [[nodiscard]] const Feed* feed_to_ask(UtcTime now);
  void ask(const Feed& feed);
  [[nodiscard]] Result<bool> await(const PullWatch& watch);
  [[nodiscard]] Result<void> take_outcome(FetchOutcome outcome, UtcTime now);
  [[nodiscard]] Result<void> take_failure(const FetchOutcome& outcome, UtcTime now);
  [[nodiscard]] Result<void> take_answer(const HttpResponse& response, UtcTime now);
  [[nodiscard]] Result<void> check_paging(const FeedAnswer& answer);
  [[nodiscard]] std::optional<SourceCut> count_page(FeedState& state);
  [[nodiscard]] bool is_cut_backfill() const;
  [[nodiscard]] Error cut_backfill();
  [[nodiscard]] bool replace_token();
  [[nodiscard]] bool narrow(const HttpResponse& response);
  void begin_again_unseen();
  void note_key();
  [[nodiscard]] bool accounts_for_all() const;
  void note_rows(const FeedAnswer& answer);
  [[nodiscard]] std::optional<Reread> end_reread(const Interval& window, UtcTime now);
  [[nodiscard]] bool restart_window();
  [[nodiscard]] Page give(UtcTime now);
  [[nodiscard]] std::optional<Page> nothing_to_ask();
  [[nodiscard]] std::optional<Interval> finish();
  [[nodiscard]] Error blamed(Error error) const;
  [[nodiscard]] std::unique_ptr<Fetcher> make_fetcher(const RetryRule& rule);
  [[nodiscard]] Fetcher& fetcher();
  [[nodiscard]] Credential credential() const;
  [[nodiscard]] RetryRule once() const;
  [[nodiscard]] FetchOutcome ask_once(Fetcher& asking, HttpRequest request,
                                      FetchSubject subject) const;

  SourceConfig config_;
  SourceServices services_;
  std::string credential_header_;
  std::vector<std::unique_ptr<Feed>> feeds_;
  std::unique_ptr<HttpClient> own_http_;

  ContractCursor state_;
  std::optional<std::string> cursor_;  ///< what state_ stands for; nothing: not loaded
  bool planned_ = false;               ///< a pull is under way
  bool restarted_ = false;             ///< … and has begun its window again for a refused token
  bool resumed_ = false;               ///< no page has been read since the cursor was loaded
  bool backfilled_ = false;            ///< the backfill has come to its end
  bool ended_ = false;                 ///< … with the last page, which had no `drained` to say so
  const Feed* asked_ = nullptr;        ///< of the request under way
  FeedQuestion question_;              ///< of the request under way
  TokenGuard tokens_;                  ///< of the window under way
  std::int64_t pages_in_pull_ = 0;     ///< of the window under way
  /// The rows of the window under way, if it is one that was read before and none of it was missed
  /// this time. Lost with the process, after which such a window begins again.
  std::optional<std::vector<std::pair<Digest, UtcTime>>> rows_;
  const Feed* rows_of_ = nullptr;  ///< whose window `rows_` are of
  /// Feeds whose window under way has had its pages in this pull.
  std::set<std::string_view> cut_;
  std::optional<SourceCut> untold_cut_;  ///< of the page that was given last
  std::optional<WaitingAnswer> waiting_;
  std::optional<UtcTime> not_before_;  ///< the server has asked for peace until then
  PullProgress done_;
  std::unique_ptr<Fetcher> fetcher_;  ///< last: its thread ends before the rest goes
};

}  // namespace tidewaiter
