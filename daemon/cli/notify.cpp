#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/interrupt.h"
#include "daemon/cli/notify_verbs.h"
#include "daemon/cli/verbs.h"
#include "daemon/notify/delivery.h"
#include "storage/ledger/short_id.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;

struct NotifyTestOptions {
  std::vector<std::string> names;
  bool json = false;
};

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

std::string destination_of(const ChannelConfig& channel) {
  if (channel.secret_url) return to_text(*channel.secret_url);
  if (channel.kind != ChannelKind::kEmail) return channel.url;
  std::string out;
  for (const std::string& address : channel.to) out += (out.empty() ? "" : ", ") + address;
  return out + " by " + channel.url;
}

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

void add_notify(CLI::App& app, Selection& selection) {
  CLI::App* notify = app.add_subcommand("notify", "says where word of findings goes, and tries it");
  notify->require_subcommand(1);
  add_notify_list(*notify, selection);
  add_notify_retry(*notify, selection);
  add_notify_silence(*notify, selection);
  add_notify_test(*notify, selection);
}

}  // namespace tidewaiter
