#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/notify_verbs.h"
#include "daemon/cli/text_table.h"

namespace tidewaiter {
namespace {

using ListJson = nlohmann::ordered_json;

constexpr std::int64_t kMostListed = 256;  // messages of each channel

struct NotifyListOptions {
  std::vector<std::string> names;
  std::string state;
  bool json = false;
};

/// How long it has been in the outbox; nothing of one that is not there any more.
std::optional<Duration> age_of(const NoticeView& view, UtcTime now) {
  if (view.state == NoticeState::kNeverSent) return std::nullopt;
  return std::max(now - view.message.queued, Duration{});
}

std::string age_text(const NoticeView& view, UtcTime now) {
  const std::optional<Duration> age = age_of(view, now);
  if (!age) return "–";
  for (const auto& [unit, letter] :
       {std::pair(kDay, 'd'), std::pair(kHour, 'h'), std::pair(kMinute, 'm')}) {
    if (age->us >= unit.us) return std::to_string(age->us / unit.us) + letter;
  }
  return std::to_string(age->us / kSecond.us) + 's';
}

/// Why it did not go when it was tried last, and when that was.
std::string failure_text(const NoticeView& view) {
  if (!view.failure) return "–";
  return view.failure->reason + " (" + format_time(view.failure->at) + ")";
}

/// Of the messages of a channel the one that failed last; null where none did.
const NoticeView* last_failed(const std::vector<const NoticeView*>& views) {
  const NoticeView* last = nullptr;
  for (const NoticeView* const view : views) {
    if (!view->failure) continue;
    if (last == nullptr || last->failure->at < view->failure->at) last = view;
  }
  return last;
}

ListJson failure_json(const NoticeView& view) {
  if (!view.failure) return nullptr;
  return {{"at", format_time(view.failure->at)},
          {"attempts", view.failure->attempts},
          {"reason", view.failure->reason}};
}

ListJson notice_json(const NoticeView& view, UtcTime now) {
  ListJson json{{"message", view.message.id},
                {"type", view.type},
                {"text", view.text},
                {"state", notice_state_name(view.state)},
                {"by", nullptr},
                {"finding", nullptr},
                {"queued", nullptr},
                {"age_seconds", nullptr},
                {"last_error", failure_json(view)}};
  if (const auto age = age_of(view, now)) {
    json["queued"] = format_time(view.message.queued);
    json["age_seconds"] = age->us / kSecond.us;
  }
  if (!view.by.empty()) json["by"] = view.by;
  if (!view.finding.empty()) json["finding"] = view.finding;
  return json;
}

using ByChannel = std::map<std::string, std::vector<const NoticeView*>>;

/// What is in the outbox, by channel; dropped messages are not there any more.
ByChannel by_channel(const NoticesAtHand& notices) {
  ByChannel all;
  for (const NoticeView& view : notices.views) {
    if (view.state == NoticeState::kNeverSent) continue;
    all[view.message.channel].push_back(&view);
  }
  return all;
}

std::int64_t count_in(const std::vector<const NoticeView*>& views,
                      std::initializer_list<NoticeState> states) {
  return std::ranges::count_if(views, [&states](const NoticeView* view) {
    return std::ranges::find(states, view->state) != states.end();
  });
}

void print_channels(Invocation& run, const std::vector<ChannelConfig>& channels,
                    ByChannel& waiting) {
  if (channels.empty()) run.out << kNoChannel;
  TextTable table({{"CHANNEL"},
                   {"KIND"},
                   {"WAITING", true},
                   {"HELD", true},
                   {"DEAD", true},
                   {"OLDEST", true},
                   {"LAST ERROR", false, true},
                   {"NEXT MESSAGE", false, true},
                   {"TO", false, true}});
  for (const ChannelConfig& channel : channels) {
    const std::vector<const NoticeView*>& views = waiting[channel.name];
    const std::int64_t count = count_in(views, {NoticeState::kWaiting});
    const std::int64_t dead = count_in(views, {NoticeState::kDead});
    const NoticeView* const failed = last_failed(views);
    const auto next = std::ranges::find(views, NoticeState::kWaiting, &NoticeView::state);
    table.add_row(
        {{channel.name},
         {std::string(channel_kind_name(channel.kind))},
         {grouped(count), count > 0 ? Tone::kWarning : Tone::kPlain},
         {grouped(count_in(views, {NoticeState::kSilenced, NoticeState::kInhibited}))},
         {grouped(dead), dead > 0 ? Tone::kBad : Tone::kPlain},
         {views.empty() ? "–" : age_text(*views.front(), run.now())},
         {failed == nullptr ? "–" : failure_text(*failed)},
         {next == views.end() ? "–" : (*next)->text},
         {channel.kind == ChannelKind::kLog ? "the program's log" : destination_of(channel)}});
  }
  if (!table.empty()) run.out << table.render(run.terminal);
}

/// Messages of channels that the configuration no longer has: they stay, and nobody sends them.
void print_stranded(Invocation& run, const Config& config, const ByChannel& waiting) {
  for (const auto& [name, views] : waiting) {
    const bool there =
        std::ranges::find(config.channels, name, &ChannelConfig::name) != config.channels.end();
    if (there || views.empty()) continue;
    run.out << counted(static_cast<std::int64_t>(views.size()), "message") << " for `"
            << printable(name) << "`, which is not configured: they are sent once it is.\n";
  }
}

ListJson views_json(const std::vector<const NoticeView*>& views, UtcTime now) {
  ListJson all = ListJson::array();
  for (const NoticeView* view : views) {
    if (static_cast<std::int64_t>(all.size()) == kMostListed) break;
    all.push_back(notice_json(*view, now));
  }
  return all;
}

void print_channels_json(Invocation& run, const NotifyListOptions& options,
                         const std::vector<ChannelConfig>& channels, ByChannel& waiting) {
  ListJson all = ListJson::array();
  for (const ChannelConfig& channel : channels) {
    all.push_back({{"name", channel.name},
                   {"kind", channel_kind_name(channel.kind)},
                   {"to", destination_of(channel)},
                   {"waiting", views_json(waiting[channel.name], run.now())}});
    waiting.erase(channel.name);
  }
  ListJson stranded = ListJson::array();
  for (const auto& [name, views] : waiting) {
    if (!options.names.empty()) break;
    stranded.push_back({{"name", name}, {"waiting", views_json(views, run.now())}});
  }
  print_json(run, {{"channels", std::move(all)}, {"not_configured", std::move(stranded)}});
}

/// One row a message of the state that was asked for.
void list_messages(Invocation& run, const NotifyListOptions& options,
                   const NoticesAtHand& notices) {
  ListJson all = ListJson::array();
  TextTable table({{"MESSAGE", true},
                   {"CHANNEL"},
                   {"AGE", true},
                   {"BY"},
                   {"FINDING"},
                   {"LAST ERROR", false, true},
                   {"TEXT", false, true}});
  for (const NoticeView& view : notices.views) {
    const bool named =
        options.names.empty() ||
        std::ranges::find(options.names, view.message.channel) != options.names.end();
    if (!named || notice_state_name(view.state) != options.state) continue;
    ListJson one = notice_json(view, run.now());
    one["channel"] = view.message.channel;
    all.push_back(std::move(one));
    table.add_row({{std::to_string(view.message.id)},
                   {view.message.channel},
                   {age_text(view, run.now())},
                   {view.by.empty() ? "–" : view.by},
                   {view.finding.empty() ? "–" : view.finding},
                   {failure_text(view)},
                   {view.text.empty() ? "–" : view.text}});
  }
  if (options.json) return print_json(run, {{"messages", std::move(all)}});
  if (table.empty()) {
    run.out << "no message is " << options.state << '\n';
  } else {
    run.out << table.render(run.terminal);
  }
}

int list_channels(Invocation& run, const NotifyListOptions& options) {
  int status = 0;
  const auto stores = open_stores(run, status);
  if (stores == nullptr) return status;
  const Result<NoticesAtHand> notices = notices_at_hand(*stores->ledger, stores->config, run.now());
  if (!notices) return fail_with(run, notices.error());
  if (!options.state.empty()) {
    list_messages(run, options, *notices);
    return code(ExitStatus::kOk);
  }
  const auto channels = named_channels(run, stores->config, options.names, status);
  if (!channels) return status;
  ByChannel waiting = by_channel(*notices);
  if (options.json) {
    print_channels_json(run, options, *channels, waiting);
    return code(ExitStatus::kOk);
  }
  print_channels(run, *channels, waiting);
  if (!notices->all) run.out << "Of each channel the oldest 10,000 messages are counted.\n";
  if (options.names.empty()) print_stranded(run, stores->config, waiting);
  return code(ExitStatus::kOk);
}

}  // namespace

void add_notify_list(CLI::App& notify, Selection& selection) {
  CLI::App* verb = add_verb(
      notify, "list", "lists the channels, and what waits to be sent by each",
      "Prints one row a channel: how many messages wait, are held back and are given up, how old\n"
      "the oldest of them is, why one did not go last, which goes next, and where the channel\n"
      "leads. A secret address is told by where it is kept. With --state one row a message: how\n"
      "old it is, who or what holds it back, about which finding it is, and why it did not go;\n"
      "`dropped` has those that were held back, and never sent since what they tell does not\n"
      "stand any more.",
      "  tidewaiter notify list\n"
      "  tidewaiter notify list --state dead\n"
      "  tidewaiter notify list pager --json | jq '.channels[0].waiting'");
  auto options = std::make_shared<NotifyListOptions>();
  verb->add_option("channel", options->names, "Only these channels")->type_name("NAME");
  verb->add_option("--state", options->state, "One row a message that stands so")
      ->type_name("STATE")
      ->check(
          CLI::IsMember({"waiting", "silenced", "inhibited", "dead", "not-configured", "dropped"}));
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return list_channels(run, *options); };
  });
}

}  // namespace tidewaiter
