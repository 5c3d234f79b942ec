#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sources/connector.h"
#include "daemon/sources/contract/contract_cursor.h"
#include "daemon/sources/contract/feed.h"
#include "daemon/sources/contract/fetcher.h"
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
  [[nodiscard]] PullProgress progress() const override;
  [[nodiscard]] Result<std::vector<std::string>> check(const std::string& cursor,
                                                       UtcTime now) override;

 private:
  /// Half of a token's hash: a window may have a million of them, and each be as long as a page of
  /// ids.
  using TokenMark = std::array<std::byte, 16>;

  /// What an answer has brought and no page has taken yet.
  struct Waiting {
    std::vector<Record> records;
    std::vector<QuarantinedInput> bad;
    std::size_t records_given = 0;
    std::size_t bad_given = 0;
    ContractCursor after;          ///< the state once all of it is taken
    std::optional<SourceCut> cut;  ///< the window has more pages than this pull reads
  };

  [[nodiscard]] Result<void> resume(const std::string& cursor, UtcTime now);
  void resume_feeds(ContractCursor::Feeds& feeds, const std::optional<Interval>& backfill,
                    UtcTime now, bool& is_new) const;
  [[nodiscard]] FeedState& feed_state(ContractCursor& cursor, const Feed& feed) const;
  void plan(UtcTime now);
  [[nodiscard]] UtcTime goal_of(const Feed& feed, UtcTime now) const;
  [[nodiscard]] const Feed* feed_to_ask(UtcTime now);
  void ask(const Feed& feed);
  [[nodiscard]] Result<bool> await(const PullWatch& watch);
  [[nodiscard]] Result<void> take_outcome(FetchOutcome outcome, UtcTime now);
  [[nodiscard]] Result<void> take_failure(const FetchOutcome& outcome, UtcTime now);
  [[nodiscard]] Result<void> take_answer(const HttpResponse& response, UtcTime now);
  [[nodiscard]] Result<void> check_paging(const FeedAnswer& answer);
  [[nodiscard]] std::optional<SourceCut> count_page(FeedState& state);
  void forget_tokens();
  [[nodiscard]] bool is_cut_backfill() const;
  [[nodiscard]] Error cut_backfill();
  [[nodiscard]] Result<void> check_bad_share(const FeedAnswer& answer) const;
  [[nodiscard]] Result<void> check_seal_key() const;
  [[nodiscard]] Result<void> seal(FeedAnswer& answer) const;
  [[nodiscard]] bool replace_token();
  [[nodiscard]] bool restart_window();
  void advance(FeedState& state, const Feed& feed, const FeedAnswer& answer, UtcTime now) const;
  [[nodiscard]] Completeness completeness_of(const Record& record, UtcTime now) const;
  [[nodiscard]] Page give(UtcTime now);
  [[nodiscard]] std::optional<Page> nothing_to_ask();
  [[nodiscard]] std::optional<Interval> finish();
  [[nodiscard]] std::optional<Interval> finish_backfill();
  [[nodiscard]] Error blamed(Error error) const;
  [[nodiscard]] std::unique_ptr<Fetcher> make_fetcher(const RetryRule& rule);
  [[nodiscard]] Fetcher& fetcher();

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
  std::set<TokenMark> tokens_;         ///< of the window under way, in this pull
  /// One of its tokens, which another replaces at each power of two of its pages: a circle of any
  /// length meets it, whatever pulls it is spread over (R. P. Brent, "An improved Monte Carlo
  /// factorization algorithm", BIT 20, 1980).
  std::optional<TokenMark> anchor_;
  std::set<TokenMark> replaced_;    ///< what came in the place of refused tokens of the window
  std::int64_t pages_in_pull_ = 0;  ///< of the window under way
  /// Feeds whose window under way has had its pages in this pull.
  std::set<std::string_view> cut_;
  std::optional<SourceCut> untold_cut_;  ///< of the page that was given last
  std::optional<Waiting> waiting_;
  std::optional<UtcTime> not_before_;  ///< the server has asked for peace until then
  PullProgress done_;
  std::unique_ptr<Fetcher> fetcher_;  ///< last: its thread ends before the rest goes
};

}  // namespace tidewaiter
