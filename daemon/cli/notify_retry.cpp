#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/ledger_parties.h"
#include "daemon/cli/notify_verbs.h"
#include "storage/ledger/short_id.h"

namespace tidewaiter {
namespace {

struct RetryOptions {
  ActOptions act;
  std::vector<std::int64_t> messages;
  std::string channel;
  std::string reason;
};

/// What is asked for: one act a message, or one for all of a channel. Errors: kNotFound for what is
/// not given up; kInvalidInput where it is not said what, or said twice.
Result<std::vector<NoticesRetried>> asked_for(const RetryOptions& options,
                                              const NoticeTrail& trail) {
  if (options.messages.empty() == options.channel.empty()) {
    return fail(ErrorCode::kNotFound, "name messages, or a channel with --channel");
  }
  std::vector<NoticesRetried> all;
  all.reserve(options.messages.size() + 1);
  if (!options.channel.empty()) {
    const bool any = std::ranges::any_of(trail.dead(), [&options](const auto& one) {
      return one.second.channel == options.channel;
    });
    if (any) all.push_back({options.channel, 0});
  }
  for (const std::int64_t message : options.messages) {
    const GroupedNotices* const group = trail.group_of(message);
    const auto dead = trail.dead().find(group != nullptr ? group->messages.front() : message);
    if (dead == trail.dead().end()) {
      return fail(ErrorCode::kNotFound, "message " + std::to_string(message) +
                                            " is not given up: `tidewaiter notify list --state "
                                            "dead` has those that are");
    }
    all.push_back({dead->second.channel, dead->first});
  }
  if (!all.empty()) return all;
  return fail(ErrorCode::kNotFound, "no message for `" + options.channel + "` is given up");
}

int retry_messages(Invocation& run, const RetryOptions& options) {
  int status = 0;
  const auto stores = open_stores(run, status, Shows::kNothingPersonal);
  if (stores == nullptr) return status;
  NoticeTrail trail;
  if (auto read = trail.read(*stores->ledger); !read) return fail_with(run, read.error());
  const Result<std::vector<NoticesRetried>> asked = asked_for(options, trail);
  if (!asked) return fail_with(run, asked.error());
  const std::size_t before = trail.dead().size();
  for (const NoticesRetried& one : *asked) {
    status = hand_in_about(run, *stores, options.act, new_short_id("n-"), one,
                           {{"reason", options.reason}});
    if (status != code(ExitStatus::kOk)) return status;
  }
  const auto after = open_stores(run, status, Shows::kNothingPersonal);
  if (after == nullptr) return status;
  if (auto read = trail.read(*after->ledger); !read) return fail_with(run, read.error());
  const auto again = static_cast<std::int64_t>(before - trail.dead().size());
  if (options.act.json) {
    print_json(run, {{"retried", again}});
  } else {
    run.out << counted(again, "message") << " will be sent again, under the same id\n";
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_notify_retry(CLI::App& notify, Selection& selection) {
  CLI::App* verb = add_verb(
      notify, "retry", "has messages sent again that were given up",
      "Prints how many. They go out at the daemon's next turn, or with `run --once`, under the "
      "ids\n"
      "that they had: a receiver that has one already drops it. Who asked, and why, is recorded.",
      "  tidewaiter notify retry 17 --as jo-ng --reason \"The collector is back\"\n"
      "  tidewaiter notify retry --channel siem --as jo-ng --reason \"The collector is back\"");
  auto options = std::make_shared<RetryOptions>();
  verb->add_option("message", options->messages, "Messages of `notify list --state dead`")
      ->type_name("NUMBER");
  verb->add_option("--channel", options->channel, "All that are given up for this channel")
      ->type_name("NAME");
  add_party_options(*verb, options->act, options->reason);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return retry_messages(run, *options); };
  });
}

}  // namespace tidewaiter
