#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/sources/contract/contract_cursor.h"
#include "daemon/sources/contract/feed.h"
#include "daemon/sources/contract/fetcher.h"
#include "daemon/sources/source_config.h"
#include "daemon/sources/source_examination.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// What `source doctor` asks of a source over HTTP: each thing that the vendors' references leave
/// open, or that a site has to know of its own line and key, by read-only questions. Of each feed:
/// may the key read it, how fresh it is, whether pages are as long as was asked, and where the next
/// page leads; of the source: whether the server answers at all, how far its clock is off, in which
/// form it takes lists, whether another version of its API says the same, and how long its key is
/// good. What one look cannot tell is said to be so. A question is one request, without retries;
/// a feed has four at the most.
///
/// No content of a row is in what is told: counts, times and the words of status_error() are.
class ContractDoctor {
 public:
  /// Sends a request with the source's credential and waits for what comes of it.
  using Ask = std::function<FetchOutcome(HttpRequest, FetchSubject)>;

  /// `config` and `feeds` outlive the doctor; `config.contract` is set.
  ContractDoctor(const SourceConfig& config, const std::vector<std::unique_ptr<Feed>>& feeds,
                 Ask ask, UtcTime now);

  /// `state`: where the last pull left off. In the order in which a person would ask.
  [[nodiscard]] std::vector<SourceExamination> examine(const ContractCursor& state);

 private:
  using Verdict = SourceExamination::Verdict;
  /// An answer of a feed, as far as there was one.
  struct Heard {
    FeedQuestion question;
    HttpRequest request;
    FetchOutcome outcome;
    Result<FeedAnswer> answer;
  };

  [[nodiscard]] Heard hear(const Feed& feed, const FeedQuestion& question,
                           const HttpRequest& request);
  [[nodiscard]] bool examine_reach(const Heard& first);
  void examine_clock(const Heard& first);
  void examine_feed(const Feed& feed, const Heard& first);
  void examine_freshness(const Feed& feed, const Heard& heard);
  void examine_page(const Feed& feed, const Heard& heard);
  void examine_order(const Feed& feed, const Heard& heard);
  void examine_lists(const Feed& feed, const Heard& heard);
  void examine_version(const Feed& feed, const Heard& heard);
  void examine_late_data();
  void examine_key(KeyStanding key);
  void tell(Verdict verdict, std::string asked, std::string seen, std::string means);

  const SourceConfig& config_;
  const std::vector<std::unique_ptr<Feed>>& feeds_;
  Ask ask_;
  UtcTime now_;
  std::vector<ListedKey> listed_;  ///< what answers said of keys
  std::vector<SourceExamination> told_;
};

}  // namespace tidewaiter
