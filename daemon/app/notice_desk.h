#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/app/active_silences.h"
#include "daemon/app/config.h"
#include "daemon/app/notice_holder.h"
#include "daemon/notify/channel.h"
#include "daemon/notify/notice_gate.h"
#include "storage/ledger/ledger.h"
#include "storage/ledger/noticed_findings.h"
#include "storage/review/case_book.h"
#include "storage/review/notice_trail.h"
#include "storage/review/silence_book.h"

namespace tidewaiter {

/// What a desk decides by.
struct NoticeRules {
  std::vector<ChannelConfig> channels;
  std::vector<InhibitRule> inhibit;
};

/// Holds back word of findings that people have silenced, or about whose case something graver goes
/// on, and gathers what a channel wants as one message.
///
/// Nothing of it is kept but in the ledger: what is held back waits in the outbox, and the entries
/// `notice.held` say which of it, and by what. A group waits from the entry of the first finding
/// that it tells of, whichever process looks. When neither a silence nor a graver finding stands
/// in the way any more, the finding is looked at: a message goes out, under the id that it always
/// had, if the finding still stands and nobody has decided about it; else it is dropped, by an
/// entry. Word of what is over or dealt with would call people to what is no task any more.
///
/// A silence whose words are erased, or are not those that were signed, silences nothing.
///
/// Threads: one at a time.
class NoticeDesk : public NoticeGate {
 public:
  /// `paths`: of the state whose ledger it is given.
  NoticeDesk(StatePaths paths, NoticeRules rules);

  [[nodiscard]] Result<std::vector<Departure>> let_out(Ledger& ledger,
                                                       std::vector<OutboxMessage> waiting,
                                                       UtcTime now) override;
  [[nodiscard]] Result<void> give_up(Ledger& ledger, const Departure& departure,
                                     UtcTime now) override;
  [[nodiscard]] std::int64_t kept_back() const override {
    return static_cast<std::int64_t>(kept_.size());
  }
  [[nodiscard]] std::optional<UtcTime> next() const override;

  void set_rules(NoticeRules rules) { rules_ = std::move(rules); }

 private:
  /// Messages that will go as one.
  struct Gathering {
    UtcTime since;             ///< when the first of their findings became an entry
    const Case* of = nullptr;  ///< all are about it; null: of one policy
    std::vector<OutboxMessage> messages;
  };
  /// One let_out() at work: what it has decided so far.
  struct Sorting {
    UtcTime now;
    std::vector<ActiveSilence> silences;
    std::vector<LedgerEvent> events;
    std::vector<std::int64_t> settled;  ///< messages that will not go, or went already
    std::vector<Departure> leaving;
    std::map<std::size_t, std::vector<OutboxMessage>> grouped;          ///< by the group's place
    std::map<std::pair<std::string, std::string>, Gathering> gathered;  ///< by channel and key
  };
  struct FindingPlace {
    const Case* of = nullptr;
    const FindingState* finding = nullptr;
  };

  [[nodiscard]] Result<void> sort_one(const Ledger& ledger, OutboxMessage message,
                                      Sorting& sorting);
  [[nodiscard]] Result<bool> stays(const Ledger& ledger, const OutboxMessage& message,
                                   const std::string& finding, Sorting& sorting);
  [[nodiscard]] Result<void> put_together(const Ledger& ledger, OutboxMessage message,
                                          const std::string& finding, Sorting& sorting);
  [[nodiscard]] Result<void> sort_groups(const Ledger& ledger, Sorting& sorting);
  [[nodiscard]] UtcTime due_time(const std::string& channel, const Gathering& gathering,
                                 UtcTime now) const;
  [[nodiscard]] std::optional<UtcTime> last_group(const std::string& channel,
                                                  const Gathering& gathering) const;
  void gather(Sorting& sorting);
  void keep(std::int64_t message) { kept_.insert(message); }
  void wake_at(UtcTime when);
  [[nodiscard]] const ChannelConfig* channel_named(const std::string& name) const;

  [[nodiscard]] Result<void> read_cases(const Ledger& ledger);
  [[nodiscard]] FindingPlace place_of(const std::string& finding) const;

  StatePaths paths_;
  NoticeRules rules_;
  NoticeTrail trail_;
  NoticedFindings noticed_;
  std::set<std::int64_t> kept_;  ///< messages that were kept back when they were looked at last
  std::optional<UtcTime> next_;
  std::optional<CaseBook> cases_;
  std::int64_t cases_size_ = -1;  ///< entries that the ledger had when these were read
  std::map<std::string, FindingPlace> places_;
};

}  // namespace tidewaiter
