#include "storage/review/notice_trail.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "policies/model/json_member.h"

namespace tidewaiter {
namespace {

std::string stored_text(const nlohmann::json& document, const char* name) {
  return text_member(document, name).value_or(std::string());
}

std::optional<std::vector<std::int64_t>> message_list(const nlohmann::json& document) {
  const auto found = document.find("messages");
  if (found == document.end() || !found->is_array() || found->empty()) return std::nullopt;
  std::vector<std::int64_t> ids;
  ids.reserve(found->size());
  for (const nlohmann::json& one : *found) {
    if (!one.is_number_integer()) return std::nullopt;
    ids.push_back(one.get<std::int64_t>());
  }
  if (!std::ranges::is_sorted(ids)) return std::nullopt;
  return ids;
}

/// Text that is not UTF-8 is told with replacement characters.
LedgerEvent event_of(std::string_view type, const nlohmann::json& fields) {
  return {std::string(type), fields.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

}  // namespace

Result<void> NoticeTrail::read(const Ledger& ledger) {
  const Result<TreeHead> head = ledger.head();
  if (!head) return tl::unexpected(head.error());
  for (; next_ < head->size; ++next_) {
    const Result<std::string> body = ledger.entry(next_);
    if (!body) return tl::unexpected(body.error());
    // Most entries are steps: the text is looked at before it is parsed.
    if (body->find(R"("typ":"notice.)") == std::string::npos) continue;
    if (auto taken = take(next_, *body, ledger.origin()); !taken) return taken;
  }
  return {};
}

Result<void> NoticeTrail::take(std::int64_t index, const std::string& body,
                               const std::string& origin) {
  const auto document = nlohmann::json::parse(body, nullptr, false);
  const std::string type = stored_text(document, "typ");
  if (!type.starts_with("notice.")) return {};
  if (is_act_type(type)) return take_act(index, document, origin);
  const Result<UtcTime> at = parse_time(stored_text(document, "ts"));
  const bool taken = at && (type == kNoticeGrouped ? take_group(index, *at, document)
                                                   : take_message(index, *at, document));
  if (taken) return {};
  return fail(ErrorCode::kCorruption, "entry " + std::to_string(index) +
                                          " of the ledger has not what `" + type +
                                          "` has; `tidewaiter ledger verify` tells more");
}

Result<void> NoticeTrail::take_act(std::int64_t index, const nlohmann::json& document,
                                   const std::string& origin) {
  Result<SignedAct> act = read_act(stored_text(document, "typ"), document, origin);
  const Result<UtcTime> at = parse_time(stored_text(document, "ts"));
  if (!act || !at) {
    return fail(ErrorCode::kCorruption, "entry " + std::to_string(index) + " of the ledger: " +
                                            (act ? at.error() : act.error()).message +
                                            "; `tidewaiter ledger verify` tells more");
  }
  if (const auto* retried = std::get_if<NoticesRetried>(&act->act.body)) retry(*retried);
  return silences_.take({index, *at, std::move(*act)});
}

void NoticeTrail::retry(const NoticesRetried& retried) {
  std::erase_if(dead_, [&retried](const auto& one) {
    return one.second.channel == retried.channel &&
           (retried.message == 0 || retried.message == one.first);
  });
}

bool NoticeTrail::take_group(std::int64_t index, UtcTime at, const nlohmann::json& document) {
  auto messages = message_list(document);
  if (!messages) return false;
  for (const std::int64_t message : *messages) group_of_[message] = groups_.size();
  groups_.push_back({std::move(*messages), stored_text(document, "channel"),
                     stored_text(document, "key"), index, at});
  last_group_[{groups_.back().channel, groups_.back().key}] = at;
  return true;
}

bool NoticeTrail::take_message(std::int64_t index, UtcTime at, const nlohmann::json& document) {
  const auto message = number_member(document, "message");
  if (!message) return false;
  const std::string type = stored_text(document, "typ");
  std::string channel = stored_text(document, "channel");
  std::string finding = stored_text(document, "finding");
  if (type == kNoticeHeld) {
    held_[*message] = {
        *message, std::move(channel), std::move(finding), stored_text(document, "by"), index, at};
  } else if (type == kNoticeDropped) {
    dropped_ids_.insert(*message);
    dropped_.push_back({*message, std::move(channel), std::move(finding),
                        stored_text(document, "because"), index, at});
  } else if (type == kNoticeDead) {
    dead_[*message] = {*message, std::move(channel), index, at};
  } else {
    return false;
  }
  return true;
}

const GroupedNotices* NoticeTrail::group_of(std::int64_t message) const {
  const auto found = group_of_.find(message);
  return found == group_of_.end() ? nullptr : &groups_[found->second];
}

std::optional<UtcTime> NoticeTrail::last_group(const std::string& channel,
                                               const std::string& key) const {
  const auto found = last_group_.find({channel, key});
  return found == last_group_.end() ? std::nullopt : std::optional(found->second);
}

LedgerEvent held_event(const HeldNotice& held) {
  return event_of(kNoticeHeld, {{"message", held.message},
                                {"channel", held.channel},
                                {"finding", held.finding},
                                {"by", held.by}});
}

LedgerEvent dropped_event(const DroppedNotice& dropped) {
  return event_of(kNoticeDropped, {{"message", dropped.message},
                                   {"channel", dropped.channel},
                                   {"finding", dropped.finding},
                                   {"because", dropped.because}});
}

LedgerEvent dead_event(const DeadNotice& dead) {
  return event_of(kNoticeDead, {{"message", dead.message}, {"channel", dead.channel}});
}

LedgerEvent grouped_event(const GroupedNotices& group) {
  return event_of(kNoticeGrouped,
                  {{"messages", group.messages}, {"channel", group.channel}, {"key", group.key}});
}

}  // namespace tidewaiter
