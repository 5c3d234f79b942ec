#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "policies/model/time.h"
#include "storage/ledger/ledger.h"
#include "storage/review/silence_book.h"

namespace tidewaiter {

// What the program writes about messages that did not go out as they came, as entries of the
// ledger: docs/ledger-format.md §14. The outbox has the messages; these say why one of them waits,
// will never go, or went together with others.

inline constexpr std::string_view kNoticeHeld = "notice.held";
inline constexpr std::string_view kNoticeDropped = "notice.dropped";
inline constexpr std::string_view kNoticeDead = "notice.dead";
inline constexpr std::string_view kNoticeGrouped = "notice.grouped";

/// `by` of what no silence holds back: not which finding does, for that tells who was found twice.
inline constexpr std::string_view kHeldByGraver = "graver";

/// A message was held back, by a silence or because of a graver finding about the same case.
struct HeldNotice {
  std::int64_t message = 0;  ///< id in the outbox
  std::string channel;
  std::string finding;  ///< 32 hexadecimal digits
  std::string by;  ///< the silence's id, or kHeldByGraver; in older entries the graver finding's
  std::int64_t entry = 0;
  UtcTime at;
};

/// A message that was held back will not be sent: what it tells does not stand any more.
struct DroppedNotice {
  std::int64_t message = 0;
  std::string channel;
  std::string finding;
  std::string because;  ///< "withdrawn", "decided"
  std::int64_t entry = 0;
  UtcTime at;
};

/// A message was given up, until a person asks for it again. Why it failed is in the daemon's log
/// only: a receiver's words may name people.
struct DeadNotice {
  std::int64_t message = 0;  ///< of a group the first one's
  std::string channel;
  std::int64_t entry = 0;
  UtcTime at;
};

/// Messages that go out as one, under the id of the first.
struct GroupedNotices {
  std::vector<std::int64_t> messages;  ///< in rising order, at least one
  std::string channel;
  /// What they have in common: a policy's id; of a case the number of the first message, and in
  /// older entries the case's id.
  std::string key;
  std::int64_t entry = 0;
  UtcTime at;
};

/// All that a ledger says about its messages, silences among it. A message is held back only in the
/// sense that it was once: whether it is now follows from the silences and findings of now.
class NoticeTrail {
 public:
  /// Reads the entries that came since the last call. Errors: kCorruption for an entry of these
  /// types in another form; those of the ledger and of SilenceBook.
  [[nodiscard]] Result<void> read(const Ledger& ledger);

  [[nodiscard]] const SilenceBook& silences() const { return silences_; }
  [[nodiscard]] const std::map<std::int64_t, HeldNotice>& held() const { return held_; }
  [[nodiscard]] const std::vector<DroppedNotice>& dropped() const { return dropped_; }
  /// Given up, and not asked for since.
  [[nodiscard]] const std::map<std::int64_t, DeadNotice>& dead() const { return dead_; }
  [[nodiscard]] const std::vector<GroupedNotices>& groups() const { return groups_; }
  /// The group that a message went into; null if none.
  [[nodiscard]] const GroupedNotices* group_of(std::int64_t message) const;
  /// When messages with this key went together last; nothing if never.
  [[nodiscard]] std::optional<UtcTime> last_group(const std::string& channel,
                                                  const std::string& key) const;
  [[nodiscard]] bool is_dropped(std::int64_t message) const {
    return dropped_ids_.contains(message);
  }

 private:
  [[nodiscard]] Result<void> take(std::int64_t index, const std::string& body,
                                  const std::string& origin);
  [[nodiscard]] Result<void> take_act(std::int64_t index, const nlohmann::json& document,
                                      const std::string& origin);
  void retry(const NoticesRetried& retried);
  [[nodiscard]] bool take_group(std::int64_t index, UtcTime at, const nlohmann::json& document);
  [[nodiscard]] bool take_message(std::int64_t index, UtcTime at, const nlohmann::json& document);

  std::int64_t next_ = 0;  ///< index of the first entry that is not read
  SilenceBook silences_;
  std::map<std::int64_t, HeldNotice> held_;
  std::vector<DroppedNotice> dropped_;
  std::set<std::int64_t> dropped_ids_;
  std::map<std::int64_t, DeadNotice> dead_;
  std::vector<GroupedNotices> groups_;
  std::map<std::int64_t, std::size_t> group_of_;
  std::map<std::pair<std::string, std::string>, UtcTime> last_group_;  ///< by channel and key
};

/// The entries as events. Members are in the order of the format's table.
[[nodiscard]] LedgerEvent held_event(const HeldNotice& held);
[[nodiscard]] LedgerEvent dropped_event(const DroppedNotice& dropped);
[[nodiscard]] LedgerEvent dead_event(const DeadNotice& dead);
[[nodiscard]] LedgerEvent grouped_event(const GroupedNotices& group);

}  // namespace tidewaiter
