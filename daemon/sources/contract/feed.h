#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/outbound/http_client.h"
#include "policies/model/error.h"
#include "policies/model/record.h"
#include "policies/model/time.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// In what steps of event time a feed is asked.
struct FeedPace {
  Duration width;    ///< windows begin and end at whole multiples of it, from the epoch
  Duration window;   ///< the longest window that is asked at once; a whole multiple of `width`
  Duration behind;   ///< how far behind the clock the last window ends
  Duration overlap;  ///< how far behind the watermark each pull begins: what came late is found
  Duration open;     ///< records are open this long after their end, then settling …
  Duration settles;  ///< … and from here on final
  Duration first{30 * kDay.us};    ///< how far back the first pull goes, if `since` is not written
  std::int64_t most_pages = 1000;  ///< of one window in one pull: the next pull reads on
  /// How far behind the watermark a pull begins once a day, for what came later still; 0: none.
  Duration sweep{0};
};

/// One page that is asked for: of a half-open window, from where `token` says.
struct FeedQuestion {
  Interval window;
  std::string token;  ///< empty: the window's first page
  bool operator==(const FeedQuestion&) const = default;
};

/// What an answer holds.
struct FeedAnswer {
  std::vector<Record> records;  ///< with identities; source, observed and completeness are left out
  std::vector<QuarantinedInput> bad;  ///< rows that are no records; `origin`: where in the answer
  std::int64_t rows = 0;              ///< all that the answer had, bad ones included
  /// When this program itself asked, by rows that tell of its requests and are no records.
  std::vector<UtcTime> own;
  bool more = false;  ///< the server says that the window goes on
  std::string next;   ///< the token to go on with; needed if `more`
  /// Up to where the server says that its figures are whole, at the end of a bucket: records that
  /// end behind it are open, and the watermark stays before it. Nothing: it does not say.
  std::optional<UtcTime> whole_to = {};
};

/// One endpoint of a vendor: what to ask and how to read the answer. It never sends, loops, sleeps
/// or retries; ContractSource does, by one contract for all of them. Immutable: any thread.
class Feed {
 public:
  virtual ~Feed() = default;

  /// Unique within its source: "completions".
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// All that decides, besides window and token, which records come: a token and a watermark say
  /// nothing under another.
  [[nodiscard]] virtual std::string series() const = 0;
  [[nodiscard]] virtual FeedPace pace() const = 0;
  /// The request without its credential.
  [[nodiscard]] virtual HttpRequest ask(const FeedQuestion& question) const = 0;
  /// Whether the path of that request may be told, in a log that people show around: it may not
  /// where it is text of the server, which is a token or has one in it.
  [[nodiscard]] virtual bool tells_path(const FeedQuestion& /*question*/) const { return true; }
  /// What its key needs beside being valid, for people whom the server refuses (403): "the scope
  /// `read:…`"; empty: what the source's page names.
  [[nodiscard]] virtual std::string_view permission() const { return {}; }
  /// Where the window goes on if the server refuses `token`, for what it names is gone; nothing:
  /// the window begins again.
  [[nodiscard]] virtual std::optional<std::string> instead_of(std::string_view /*token*/) const {
    return std::nullopt;
  }
  /// The part of `token` that the server wrote, by which pages that lead in a circle are found: a
  /// feed may carry more in a token than that.
  [[nodiscard]] virtual std::string server_token(std::string_view token) const {
    return std::string(token);
  }
  /// Whether this is an answer to read; all others are failures, which are tried again or told.
  [[nodiscard]] virtual bool is_answer(const HttpResponse& response,
                                       const FeedQuestion& /*question*/) const {
    return response.status >= 200 && response.status < 300;
  }
  /// Reads the body of a good answer. Pure. Errors: kInvalidInput if the whole cannot be what was
  /// asked for: another document, another kind of row, a bucket outside the window; kUnavailable if
  /// it says, whatever its status, that the server could not answer.
  [[nodiscard]] virtual Result<FeedAnswer> read(std::string_view body,
                                                const FeedQuestion& question) const = 0;
  /// The same where more than the body says how the answer goes on.
  [[nodiscard]] virtual Result<FeedAnswer> read_response(const HttpResponse& response,
                                                         const FeedQuestion& question) const {
    return read(response.body, question);
  }
};

}  // namespace tidewaiter
