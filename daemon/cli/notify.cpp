#include <algorithm>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/interrupt.h"
#include "daemon/cli/stores.h"
#include "daemon/cli/text_table.h"
#include "daemon/cli/verbs.h"
#include "daemon/notify/delivery.h"
#include "storage/ledger/short_id.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kMostShown = 256;  // messages of each channel
constexpr const char* kNoChannel = "No channel is configured: see `notify.channels`.\n";

struct NotifyListOptions {
  std::vector<std::string> names;
  bool json = false;
};

struct NotifyTestOptions {
  std::vector<std::string> names;
  bool json = false;
};

/// Where a channel leads; the place of a secret where the address is one.
std::string destination_of(const ChannelConfig& channel) {
  if (channel.secret_url) return to_text(*channel.secret_url);
  if (channel.kind != ChannelKind::kEmail) return channel.url;
  std::string out;
  for (const std::string& address : channel.to) out += (out.empty() ? "" : ", ") + address;
  return out + " by " + channel.url;
}

/// The configured channels of these names, or all; nothing after a word on standard error.
std::optional<std::vector<ChannelConfig>> named_channels(Invocation& run, const Config& config,
                                                         const std::vector<std::string>& names,
                                                         int& status) {
  if (names.empty()) return config.channels;
  std::vector<ChannelConfig> named;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(config.channels, name, &ChannelConfig::name);
    if (found == config.channels.end()) {
      status = fail_with(run, ExitStatus::kUsage,
                         "no channel of `notify.channels` has the name `" + name + "`");
      return std::nullopt;
    }
    named.push_back(*found);
  }
  return named;
}

using Waiting = std::map<std::string, std::vector<OutboxMessage>>;  ///< by channel

Json waiting_json(const std::vector<OutboxMessage>& messages) {
  Json all = Json::array();
  for (const OutboxMessage& message : messages) {
    const Notice notice = make_notice(message.id, {}, message.body, UtcTime{});
    all.push_back({{"message", message.id}, {"type", notice.type}, {"text", notice.text}});
  }
  return all;
}

void print_channels(Invocation& run, const std::vector<ChannelConfig>& channels,
                    const Waiting& waiting) {
  if (channels.empty()) run.out << kNoChannel;
  TextTable table({{"CHANNEL"},
                   {"KIND"},
                   {"WAITING", true},
                   {"NEXT MESSAGE", false, true},
                   {"TO", false, true}});
  for (const ChannelConfig& channel : channels) {
    const auto found = waiting.find(channel.name);
    const bool any = found != waiting.end();
    std::string count = any ? std::to_string(found->second.size()) : "0";
    if (any && static_cast<std::int64_t>(found->second.size()) == kMostShown) count += "+";
    const std::string next =
        any ? make_notice(0, {}, found->second.front().body, UtcTime{}).text : "–";
    table.add_row(
        {{channel.name},
         {std::string(channel_kind_name(channel.kind))},
         {count, any ? Tone::kWarning : Tone::kPlain},
         {next},
         {channel.kind == ChannelKind::kLog ? "the daemon's log" : destination_of(channel)}});
  }
  if (!table.empty()) run.out << table.render(run.terminal);
}

/// Messages of channels that the configuration no longer has: they stay, and nobody sends them.
void print_stranded(Invocation& run, const Config& config, const Waiting& waiting) {
  for (const auto& [name, messages] : waiting) {
    if (std::ranges::find(config.channels, name, &ChannelConfig::name) != config.channels.end()) {
      continue;
    }
    run.out << counted(static_cast<std::int64_t>(messages.size()), "message") << " for `"
            << printable(name) << "`, which is not configured: they are sent once it is.\n";
  }
}

int list_channels(Invocation& run, const NotifyListOptions& options) {
  int status = 0;
  const auto stores = open_stores(run, status);
  if (stores == nullptr) return status;
  const auto channels = named_channels(run, stores->config, options.names, status);
  if (!channels) return status;
  const auto pending = stores->ledger->pending(kMostShown);
  if (!pending) return fail_with(run, pending.error());
  Waiting waiting;
  for (const OutboxMessage& message : *pending) waiting[message.channel].push_back(message);
  if (!options.json) {
    print_channels(run, *channels, waiting);
    if (options.names.empty()) print_stranded(run, stores->config, waiting);
    return code(ExitStatus::kOk);
  }
  Json all = Json::array();
  for (const ChannelConfig& channel : *channels) {
    all.push_back({{"name", channel.name},
                   {"kind", channel_kind_name(channel.kind)},
                   {"to", destination_of(channel)},
                   {"waiting", waiting_json(waiting[channel.name])}});
    waiting.erase(channel.name);
  }
  Json stranded = Json::array();
  for (const auto& [name, messages] : waiting) {
    if (!options.names.empty()) break;
    stranded.push_back({{"name", name}, {"waiting", waiting_json(messages)}});
  }
  print_json(run, {{"channels", std::move(all)}, {"not_configured", std::move(stranded)}});
  return code(ExitStatus::kOk);
}

Notice test_notice(const Config& config, UtcTime now) {
  const Json body{
      {"type", "channel.test"},
      {"origin", config.ledger.origin},
      {"text", "A test of this channel by `tidewaiter notify test`: nothing was found"}};
  return make_notice(0, new_short_id("test-"), body.dump(), now);
}

int test_channels(Invocation& run, const NotifyTestOptions& options) {
  const std::optional<Config> config = configuration(run);
  if (!config) return code(ExitStatus::kConfiguration);
  int status = 0;
  const auto channels = named_channels(run, *config, options.names, status);
  if (!channels) return status;
  if (channels->empty() && !options.json) run.out << kNoChannel;
  const Interrupt interrupt;
  const auto http = make_curl_client();
  const auto mail = make_curl_mail_client();
  const auto stream = make_curl_stream_client();
  EventLog log(LogLevel::kInfo, LogFormat::kText);
  const Transports transports{http.get(), mail.get(), stream.get(), &log};
  Json all = Json::array();
  bool all_sent = true;
  for (const ChannelConfig& channel : *channels) {
    const Attempt attempt = deliver(channel, test_notice(*config, run.now()), transports,
                                    run.environment.variables, interrupt.token());
    all_sent = all_sent && attempt.sent;
    if (options.json) {
      all.push_back({{"name", channel.name}, {"sent", attempt.sent}, {"reason", attempt.reason}});
      continue;
    }
    run.out << channel.name << ": "
            << (attempt.sent ? painted("sent", Tone::kGood, run.terminal)
                             : painted("not sent", Tone::kBad, run.terminal) + ": " +
                                   printable(attempt.reason))
            << '\n';
  }
  if (options.json) print_json(run, {{"channels", std::move(all)}});
  return code(all_sent ? ExitStatus::kOk : ExitStatus::kCheckFailed);
}

void add_notify_list(CLI::App& notify, Selection& selection) {
  CLI::App* verb = add_verb(notify, "list", "lists the channels, and what waits to be sent by each",
                            "Prints one row a channel: how many messages wait, the next of them, "
                            "and where it leads.\nA secret address is told by where it is kept.",
                            "  tidewaiter notify list\n"
                            "  tidewaiter notify list pager --json | jq '.channels[0].waiting'");
  auto options = std::make_shared<NotifyListOptions>();
  verb->add_option("channel", options->names, "Only these channels")->type_name("NAME");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return list_channels(run, *options); };
  });
}

void add_notify_test(CLI::App& notify, Selection& selection) {
  CLI::App* verb =
      add_verb(notify, "test", "sends a message by each channel, to see that it arrives",
               "Prints for each channel whether the message was sent, and why not. It "
               "says that it is a test; nothing is\nrecorded. Exit status 1 if one was "
               "not sent. What a mail server or a collector has taken may still be\n"
               "lost behind it: look where it should arrive.",
               "  tidewaiter notify test\n"
               "  tidewaiter notify test security");
  auto options = std::make_shared<NotifyTestOptions>();
  verb->add_option("channel", options->names, "Only these channels")->type_name("NAME");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return test_channels(run, *options); };
  });
}

}  // namespace

void add_notify(CLI::App& app, Selection& selection) {
  CLI::App* notify = app.add_subcommand("notify", "says where word of findings goes, and tries it");
  notify->require_subcommand(1);
  add_notify_list(*notify, selection);
  add_notify_test(*notify, selection);
}

}  // namespace tidewaiter
