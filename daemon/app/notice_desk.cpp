#include "daemon/app/notice_desk.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/app/acts.h"
#include "daemon/notify/notice_group.h"
#include "policies/model/json_member.h"

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

/// Withdrawn, or decided about by people: nobody is called to it any more. Empty while it stands.
std::string settled_by(const Case& c, const FindingState& finding) {
  if (finding.state == StepKind::kWithdrawn) return "withdrawn";
  return outcome_of(c, finding) ? "decided" : "";
}

}  // namespace

NoticeDesk::NoticeDesk(std::filesystem::path state, NoticeRules rules)
    : state_(std::move(state)), rules_(std::move(rules)) {}

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
  if (auto found = find_silences(sorting); !found) return tl::unexpected(found.error());
  for (OutboxMessage& message : waiting) {
    if (auto sorted = sort_one(ledger, std::move(message), sorting); !sorted) {
      return tl::unexpected(sorted.error());
    }
  }
  sort_groups(sorting);
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

Result<void> NoticeDesk::find_silences(Sorting& sorting) {
  for (const Silence& silence : trail_.silences().silences()) {
    if (!silence.holds(sorting.now)) continue;
    const auto words = confidential_of(state_, silence.made.act.act);
    if (!words && words.error().code != ErrorCode::kCorruption) {
      return tl::unexpected(words.error());
    }
    if (!words || !*words) continue;  // an alarm too many rather than one too few
    Result<SilenceMatch> match = read_silence(**words);
    if (!match) continue;
    sorting.silences.push_back({silence.id, silence.times().until, std::move(*match)});
  }
  return {};
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
  const std::string group_by = body_text(body, "group_by");
  if (group_by.empty()) {
    sorting.leaving.push_back({{message.id}, message.channel, std::move(message.body)});
    return {};
  }
  if (auto read = read_cases(ledger); !read) return read;
  const FindingPlace place = place_of(finding);
  std::string key = body_text(body, "policy");
  if (group_by == grouping_name(NoticeGrouping::kCase)) {
    key = place.of != nullptr ? place.of->id : finding;
  }
  Gathering& gathering = sorting.gathered[{message.channel, std::move(key)}];
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
  const auto silence = std::ranges::find_if(sorting.silences, [&place](const ActiveSilence& one) {
    return one.match.takes(*place.finding);
  });
  std::string by = graver_than(place);
  if (silence != sorting.silences.end()) {
    by = silence->id;
    wake_at(silence->until);
  }
  if (!by.empty()) {
    keep(message.id);
    if (was_held && before->second.by == by) return true;
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
void NoticeDesk::sort_groups(Sorting& sorting) {
  for (auto& [place, messages] : sorting.grouped) {
    const GroupedNotices& group = trail_.groups()[place];
    const bool sent = messages.front().id != group.messages.front();
    // Else the rest is beyond what was read of the outbox, which is more the next time.
    const bool whole = messages.size() == group.messages.size();
    const bool dead = trail_.dead().contains(group.messages.front());
    if (!sent && whole && !dead) {
      const std::string group_by = body_text(parsed_body(messages.front()), "group_by");
      sorting.leaving.push_back(
          {group.messages, group.channel, group_body(messages, group_by, group.key)});
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
}

/// When a group may be formed. A time that lies ahead is of a clock that was wrong, and no reason
/// to wait.
UtcTime NoticeDesk::due_time(const std::string& channel, const std::string& key, UtcTime since,
                             UtcTime now) const {
  const ChannelConfig* const config = channel_named(channel);
  if (config == nullptr || config->group_by == NoticeGrouping::kNone) return now;
  UtcTime due = since <= now ? since + config->group_wait : now;
  const std::optional<UtcTime> last = trail_.last_group(channel, key);
  if (last && *last <= now) due = std::max(due, *last + config->group_interval);
  return due;
}

/// Forms the groups whose time has come. From its entry on a group is what it is.
void NoticeDesk::gather(Sorting& sorting) {
  for (auto& [place, gathering] : sorting.gathered) {
    const auto& [channel, key] = place;
    std::vector<OutboxMessage>& messages = gathering.messages;
    const UtcTime due = due_time(channel, key, gathering.since, sorting.now);
    if (sorting.now < due) {
      wake_at(due);
      for (const OutboxMessage& message : messages) keep(message.id);
      continue;
    }
    for (std::size_t i = kMostGathered; i < messages.size(); ++i) keep(messages[i].id);
    messages.resize(std::min(messages.size(), kMostGathered));
    GroupedNotices group{{}, channel, key, 0, {}};
    group.messages.reserve(messages.size());
    for (const OutboxMessage& message : messages) group.messages.push_back(message.id);
    sorting.events.push_back(grouped_event(group));
    const std::string group_by = body_text(parsed_body(messages.front()), "group_by");
    sorting.leaving.push_back({group.messages, channel, group_body(messages, group_by, key)});
  }
}

Result<void> NoticeDesk::give_up(Ledger& ledger, const Departure& departure, UtcTime now) {
  LedgerCommit commit;
  commit.events.push_back(dead_event({departure.ids.front(), departure.channel, 0, {}}));
  if (auto done = ledger.commit(commit, now); !done) return tl::unexpected(done.error());
  if (auto done = ledger.sign(now); !done) return tl::unexpected(done.error());
  return {};
}

/// Cases are read anew when the ledger has grown, and only where something asks for them.
Result<void> NoticeDesk::read_cases(const Ledger& ledger) {
  const Result<TreeHead> head = ledger.head();
  if (!head) return tl::unexpected(head.error());
  if (cases_ && cases_size_ == head->size) return {};
  Result<CaseBook> book = CaseBook::read(ledger);
  if (!book) return tl::unexpected(book.error());
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

/// The id of a graver finding about the same case that goes on and nobody has decided about, if a
/// rule of the configuration lets it hold this one back; else empty.
std::string NoticeDesk::graver_than(const FindingPlace& place) const {
  for (const InhibitRule& rule : rules_.inhibit) {
    if (place.finding->severity > rule.most) continue;
    for (const FindingState& other : place.of->findings) {
      const bool goes_on = !other.ended && settled_by(*place.of, other).empty();
      if (goes_on && other.severity >= rule.least) return other.id;
    }
  }
  return {};
}

}  // namespace tidewaiter
