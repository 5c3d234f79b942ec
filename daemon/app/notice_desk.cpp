#include "daemon/app/notice_desk.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/notify/notice_group.h"
#include "policies/model/json_member.h"
#include "storage/review/graver_finding.h"

namespace tidewaiter {
namespace {

/// Of one message: what is more waits for the next, so that an entry and a request have an end.
constexpr std::size_t kMostGathered = 100;

nlohmann::json parsed_body(const OutboxMessage& message) {
  return nlohmann::json::parse(message.body, nullptr, false);
}

std::string body_text(const nlohmann::json& body, const char* name) {
  return text_member(body, name).value_or(std::string());
}

}  // namespace

NoticeDesk::NoticeDesk(StatePaths paths, NoticeRules rules)
    : paths_(std::move(paths)), rules_(std::move(rules)) {}

const ChannelConfig* NoticeDesk::channel_named(const std::string& name) const {
  const auto found = std::ranges::find(rules_.channels, name, &ChannelConfig::name);
  return found == rules_.channels.end() ? nullptr : &*found;
}

void NoticeDesk::wake_at(UtcTime when) {
  if (!next_ || when < *next_) next_ = when;
}

std::optional<UtcTime> NoticeDesk::next() const { return next_; }

Result<std::vector<Departure>> NoticeDesk::let_out(Ledger& ledger,
                                                   std::vector<OutboxMessage> waiting,
                                                   UtcTime now) {
  next_.reset();
  for (const OutboxMessage& message : waiting) kept_.erase(message.id);
  if (waiting.empty()) return std::vector<Departure>();
  if (auto read = trail_.read(ledger); !read) return tl::unexpected(read.error());
  Sorting sorting;
  sorting.now = now;
  auto silences = active_silences(paths_.folder, trail_.silences(), now);
  if (!silences) return tl::unexpected(silences.error());
  sorting.silences = std::move(*silences);
  for (OutboxMessage& message : waiting) {
    if (auto sorted = sort_one(ledger, std::move(message), sorting); !sorted) {
      return tl::unexpected(sorted.error());
    }
  }
  if (auto sorted = sort_groups(ledger, sorting); !sorted) return tl::unexpected(sorted.error());
  gather(sorting);
  // The entries come first: what they say was decided holds from here on, in the next process too.
  if (!sorting.events.empty()) {
    LedgerCommit commit;
    commit.events = std::move(sorting.events);
    if (auto done = ledger.commit(commit, now); !done) return tl::unexpected(done.error());
    if (auto done = ledger.sign(now); !done) return tl::unexpected(done.error());
  }
  for (const std::int64_t message : sorting.settled) {
    if (auto marked = ledger.mark_sent(message, now); !marked) {
      return tl::unexpected(marked.error());
    }
  }
  return std::move(sorting.leaving);
}

Result<void> NoticeDesk::sort_one(const Ledger& ledger, OutboxMessage message, Sorting& sorting) {
  if (trail_.is_dropped(message.id)) {
    sorting.settled.push_back(message.id);  // killed between the entry and the mark
    return {};
  }
  if (const GroupedNotices* const group = trail_.group_of(message.id)) {
    const auto place = static_cast<std::size_t>(group - trail_.groups().data());
    sorting.grouped[place].push_back(std::move(message));
    return {};
  }
  if (trail_.dead().contains(message.id)) {
    keep(message.id);
    return {};
  }
  const nlohmann::json body = parsed_body(message);
  const std::string finding = body_text(body, "finding");
  if (!finding.empty()) {
    const Result<bool> kept = stays(ledger, message, finding, sorting);
    if (!kept) return tl::unexpected(kept.error());
    if (*kept) return {};
  }
  if (!body_text(body, "group_by").empty()) {
    return put_together(ledger, std::move(message), finding, sorting);
  }
  sorting.leaving.push_back({{message.id}, message.channel, std::move(message.body)});
  return {};
}

/// Puts a message to those of the same case or policy.
Result<void> NoticeDesk::put_together(const Ledger& ledger, OutboxMessage message,
                                      const std::string& finding, Sorting& sorting) {
  if (auto read = read_cases(ledger); !read) return read;
  const FindingPlace place = place_of(finding);
  const nlohmann::json body = parsed_body(message);
  const bool by_case = body_text(body, "group_by") == grouping_name(NoticeGrouping::kCase);
  std::string key = body_text(body, "policy");
  if (by_case) key = place.of != nullptr ? place.of->id : finding;
  Gathering& gathering = sorting.gathered[{message.channel, std::move(key)}];
  if (by_case) gathering.of = place.of;
  // One that nobody knows any more has waited for long enough.
  const UtcTime opened = place.finding != nullptr ? place.finding->recorded : UtcTime{};
  gathering.since = gathering.messages.empty() ? opened : std::min(gathering.since, opened);
  gathering.messages.push_back(std::move(message));
  return {};
}

/// Whether the message waits, or will never go.
Result<bool> NoticeDesk::stays(const Ledger& ledger, const OutboxMessage& message,
                               const std::string& finding, Sorting& sorting) {
  const auto before = trail_.held().find(message.id);
  const bool was_held = before != trail_.held().end();
  if (sorting.silences.empty() && rules_.inhibit.empty() && !was_held) return false;
  if (auto read = read_cases(ledger); !read) return tl::unexpected(read.error());
  const FindingPlace place = place_of(finding);
  if (place.finding == nullptr) return false;
  const NoticeHolder holder = holder_of(message.channel, *place.of, *place.finding,
                                        {sorting.silences, rules_.inhibit, trail_, noticed_});
  if (holder.silence != nullptr) wake_at(holder.silence->until);
  if (holder.any()) {
    keep(message.id);
    const std::string by = holder.name();
    // Former entries name the graver finding.
    const bool same = was_held && (before->second.by == by ||
                                   (holder.graver && !is_silence_id(before->second.by)));
    if (same) return true;
    sorting.events.push_back(held_event({message.id, message.channel, finding, by, 0, {}}));
    return true;
  }
  if (!was_held) return false;
  const std::string because = settled_by(*place.of, *place.finding);
  if (because.empty()) return false;
  sorting.events.push_back(dropped_event({message.id, message.channel, finding, because, 0, {}}));
  sorting.settled.push_back(message.id);
  return true;
}

/// Groups that are formed. One whose first message is marked was sent: they are marked in order.
Result<void> NoticeDesk::sort_groups(const Ledger& ledger, Sorting& sorting) {
  if (sorting.grouped.empty()) return {};
  if (auto read = read_cases(ledger); !read) return read;
  for (auto& [place, messages] : sorting.grouped) {
    const GroupedNotices& group = trail_.groups()[place];
    const bool sent = messages.front().id != group.messages.front();
    // Else the rest is beyond what was read of the outbox, which is more the next time.
    const bool whole = messages.size() == group.messages.size();
    const bool dead = trail_.dead().contains(group.messages.front());
    if (!sent && whole && !dead) {
      const nlohmann::json first = parsed_body(messages.front());
      const std::string group_by = body_text(first, "group_by");
      const Case* const of = place_of(body_text(first, "finding")).of;
      const bool by_case = group_by == grouping_name(NoticeGrouping::kCase);
      const std::string& key = by_case && of != nullptr ? of->id : group.key;
      sorting.leaving.push_back(
          {group.messages, group.channel, group_body(messages, group_by, key)});
      continue;
    }
    for (const OutboxMessage& message : messages) {
      if (sent) {
        sorting.settled.push_back(message.id);
      } else {
        keep(message.id);
      }
    }
  }
  return {};
}

/// When a group may be formed. A time that lies ahead is of a clock that was wrong, and no reason
/// to wait.
UtcTime NoticeDesk::due_time(const std::string& channel, const Gathering& gathering,
                             UtcTime now) const {
  const ChannelConfig* const config = channel_named(channel);
  if (config == nullptr || config->group_by == NoticeGrouping::kNone) return now;
  UtcTime due = gathering.since <= now ? gathering.since + config->group_wait : now;
  const std::optional<UtcTime> last = last_group(channel, gathering);
  if (last && *last <= now) due = std::max(due, *last + config->group_interval);
  return due;
}

/// When findings of the same case, or policy, went together last. Which case a group was about is
/// in no entry: its messages say so.
std::optional<UtcTime> NoticeDesk::last_group(const std::string& channel,
                                              const Gathering& gathering) const {
  if (gathering.of == nullptr) {
    const nlohmann::json body = parsed_body(gathering.messages.front());
    return trail_.last_group(channel, body_text(body, "policy"));
  }
  std::optional<UtcTime> last;
  for (const FindingState& finding : gathering.of->findings) {
    const std::int64_t message = noticed_.message_about(finding.id, channel);
    const GroupedNotices* const group = trail_.group_of(message);
    if (group != nullptr && (!last || *last < group->at)) last = group->at;
  }
  return last;
}

/// Forms the groups whose time has come. From its entry on a group is what it is.
void NoticeDesk::gather(Sorting& sorting) {
  for (auto& [place, gathering] : sorting.gathered) {
    const auto& [channel, key] = place;
    std::vector<OutboxMessage>& messages = gathering.messages;
    const UtcTime due = due_time(channel, gathering, sorting.now);
    if (sorting.now < due) {
      wake_at(due);
      for (const OutboxMessage& message : messages) keep(message.id);
      continue;
    }
    for (std::size_t i = kMostGathered; i < messages.size(); ++i) keep(messages[i].id);
    messages.resize(std::min(messages.size(), kMostGathered));
    const std::string first = std::to_string(messages.front().id);
    GroupedNotices group{{}, channel, gathering.of != nullptr ? first : key, 0, {}};
    group.messages.reserve(messages.size());
    for (const OutboxMessage& message : messages) group.messages.push_back(message.id);
    sorting.events.push_back(grouped_event(group));
    const std::string group_by = body_text(parsed_body(messages.front()), "group_by");
    sorting.leaving.push_back({group.messages, channel, group_body(messages, group_by, key)});
  }
}

/// Asked again, as after a signature that failed, it writes no second entry.
Result<void> NoticeDesk::give_up(Ledger& ledger, const Departure& departure, UtcTime now) {
  if (auto read = trail_.read(ledger); !read) return read;
  if (!trail_.dead().contains(departure.ids.front())) {
    LedgerCommit commit;
    commit.events.push_back(dead_event({departure.ids.front(), departure.channel, 0, {}}));
    if (auto done = ledger.commit(commit, now); !done) return tl::unexpected(done.error());
  }
  if (auto done = ledger.sign(now); !done) return tl::unexpected(done.error());
  return {};
}

/// Cases, and what there were messages about, are read anew when the ledger has grown, and only
/// where something asks for them.
Result<void> NoticeDesk::read_cases(const Ledger& ledger) {
  const Result<TreeHead> head = ledger.head();
  if (!head) return tl::unexpected(head.error());
  if (cases_ && cases_size_ == head->size) return {};
  Result<CaseBook> book = CaseBook::read(ledger);
  if (!book) return tl::unexpected(book.error());
  if (auto read = noticed_.read(ledger); !read) return read;
  cases_ = std::move(*book);
  cases_size_ = head->size;
  places_.clear();
  for (const Case& c : cases_->cases()) {
    if (c.state == CaseState::kMerged) continue;  // its findings are in the other one
    for (const FindingState& finding : c.findings) places_[finding.id] = {&c, &finding};
  }
  return {};
}

NoticeDesk::FindingPlace NoticeDesk::place_of(const std::string& finding) const {
  const auto found = places_.find(finding);
  return found == places_.end() ? FindingPlace{} : found->second;
}

}  // namespace tidewaiter
