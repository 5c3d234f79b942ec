#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/acts.h"
#include "daemon/cli/ledger_parties.h"
#include "daemon/cli/notify_verbs.h"
#include "daemon/cli/text_table.h"
#include "daemon/cli/time_options.h"
#include "storage/ledger/short_id.h"
#include "storage/review/case_book.h"

namespace tidewaiter {
namespace {

using SilenceJson = nlohmann::ordered_json;

struct SilenceOptions {
  ActOptions act;
  std::string silence;  ///< how its id begins
  std::string policy;
  std::string severity;
  std::string subject;
  std::string from;
  std::string until;
  std::string lasts;
  std::string reason;
  bool all = false;
};

/// A silence with its words, which may be erased.
struct ToldSilence {
  const Silence* silence = nullptr;
  std::optional<Confidential> words;
};

std::string silence_state(const Silence& silence, UtcTime now) {
  if (silence.ended) return "expired by " + silence.ended->act.act.by;
  if (silence.is_over(now)) return "over";
  return silence.holds(now) ? "holds" : "to come";
}

std::string told_word(const ToldSilence& told, const char* name) {
  if (!told.words) return {};
  const auto found = told.words->find(name);
  return found == told.words->end() ? std::string() : found->second;
}

/// "policy sanctions.*, severity low,medium"
std::string match_text(const ToldSilence& told) {
  if (!told.words) return "(erased: it silences nothing)";
  std::string text;
  for (const char* const name : {"policy", "severity", "subject"}) {
    const std::string word = told_word(told, name);
    if (word.empty()) continue;
    text += (text.empty() ? "" : ", ") + std::string(name) + " " + word;
  }
  return text;
}

std::int64_t kept_by(const NoticesAtHand& notices, const std::string& silence) {
  return std::ranges::count(notices.views, silence, &NoticeView::by);
}

SilenceJson silence_json(const ToldSilence& told, const NoticesAtHand& notices, UtcTime now) {
  const Silence& silence = *told.silence;
  SilenceJson json{{"id", silence.id},
                   {"state", silence_state(silence, now)},
                   {"holds", silence.holds(now)},
                   {"from", format_time(silence.times().from)},
                   {"until", format_time(silence.times().until)},
                   {"by", silence.made.act.act.by},
                   {"entry", silence.made.index}};
  for (const char* const name : {"policy", "severity", "subject", "reason"}) {
    const std::string word = told_word(told, name);
    json[name] = word.empty() ? SilenceJson(nullptr) : SilenceJson(word);
  }
  json["messages"] = kept_by(notices, silence.id);
  return json;
}

Result<ToldSilence> told_silence(const Stores& stores, const Silence& silence) {
  auto words = confidential_of(stores.paths.folder, silence.made.act.act);
  if (!words) return tl::unexpected(words.error());
  return ToldSilence{&silence, std::move(*words)};
}

/// From now on, or when it says, for as long as it says.
Result<NoticesSilenced> times_of(const SilenceOptions& options, UtcTime now) {
  NoticesSilenced times{now, now};
  if (!options.from.empty()) {
    const Result<UtcTime> from = instant_of("--from", options.from);
    if (!from) return tl::unexpected(from.error());
    times.from = *from;
  }
  if (options.until.empty() == options.lasts.empty()) {
    return fail(ErrorCode::kNotFound, "say when it ends, with --until TIME or --for DURATION");
  }
  if (!options.until.empty()) {
    const Result<UtcTime> until = instant_of("--until", options.until);
    if (!until) return tl::unexpected(until.error());
    times.until = *until;
  } else {
    const Result<Duration> lasts = parse_duration(options.lasts);
    if (!lasts) return fail(ErrorCode::kNotFound, "--for: " + lasts.error().message);
    times.until = times.from + *lasts;
  }
  if (times.from < times.until) return times;
  return fail(ErrorCode::kNotFound, "a silence ends after it begins");
}

/// A subject's text, or that of the case that is named.
Result<std::string> silenced_subject(const Ledger& ledger, const std::string& named) {
  if (!names_case(named)) {
    const auto findings = ledger.findings({});
    if (!findings) return tl::unexpected(findings.error());
    if (auto fits = check_silenced_subject(named, *findings); !fits) {
      return fail(ErrorCode::kNotFound, "--subject: " + fits.error().message);
    }
    return named;
  }
  const auto book = CaseBook::read(ledger);
  if (!book) return tl::unexpected(book.error());
  const Result<const Case*> found = book->lookup(named);
  if (!found) return tl::unexpected(found.error());
  if (!(*found)->subject.empty()) return (*found)->subject;
  return fail(ErrorCode::kNotFound, "the case `" + (*found)->id + "` names nobody any more");
}

Result<SilenceMatch> match_of(const SilenceOptions& options, const Ledger& ledger) {
  Confidential words;
  if (!options.policy.empty()) words["policy"] = options.policy;
  if (!options.severity.empty()) words["severity"] = options.severity;
  if (!options.subject.empty()) {
    const Result<std::string> subject = silenced_subject(ledger, options.subject);
    if (!subject) return tl::unexpected(subject.error());
    words["subject"] = *subject;
  }
  Result<SilenceMatch> match = read_silence(words);
  if (!match) return fail(ErrorCode::kNotFound, match.error().message);
  return match;
}

/// The silence as the ledger has it now.
int tell_silence(Invocation& run, const std::string& id, bool json) {
  int status = 0;
  const auto stores = open_stores(run, status);
  if (stores == nullptr) return status;
  const auto notices = notices_at_hand(*stores->ledger, stores->config, run.now());
  if (!notices) return fail_with(run, notices.error());
  const Silence* const silence = notices->trail.silences().find(id);
  if (silence == nullptr) {
    return fail_with(run, ExitStatus::kUnavailable, "the ledger does not have the silence yet");
  }
  const Result<ToldSilence> told = told_silence(*stores, *silence);
  if (!told) return fail_with(run, told.error());
  if (json) {
    print_json(run, {{"silence", silence_json(*told, *notices, run.now())}});
    return code(ExitStatus::kOk);
  }
  run.out << "silence   " << silence->id << ": " << silence_state(*silence, run.now()) << ", "
          << format_time(silence->times().from) << " to " << format_time(silence->times().until)
          << "\nabout     " << printable(match_text(*told)) << '\n';
  return code(ExitStatus::kOk);
}

int add_silence(Invocation& run, const SilenceOptions& options) {
  int status = 0;
  const auto stores = open_stores(run, status);
  if (stores == nullptr) return status;
  const Result<NoticesSilenced> times = times_of(options, run.now());
  if (!times) return fail_with(run, times.error());
  const Result<SilenceMatch> match = match_of(options, *stores->ledger);
  if (!match) return fail_with(run, match.error());
  Confidential words = silence_words(*match);
  words["reason"] = options.reason;
  const std::string id = new_short_id("s-");
  status = hand_in_about(run, *stores, options.act, id, *times, words);
  return status == code(ExitStatus::kOk) ? tell_silence(run, id, options.act.json) : status;
}

int expire_silence(Invocation& run, const SilenceOptions& options) {
  int status = 0;
  const auto stores = open_stores(run, status);
  if (stores == nullptr) return status;
  NoticeTrail trail;
  if (auto read = trail.read(*stores->ledger); !read) return fail_with(run, read.error());
  const Result<const Silence*> silence = trail.silences().lookup(options.silence);
  if (!silence) return fail_with(run, silence.error());
  const std::string id = (*silence)->id;
  status = hand_in_about(run, *stores, options.act, id, SilenceEnded{(*silence)->made.index},
                         {{"reason", options.reason}});
  return status == code(ExitStatus::kOk) ? tell_silence(run, id, options.act.json) : status;
}

int list_silences(Invocation& run, const SilenceOptions& options) {
  int status = 0;
  const auto stores = open_stores(run, status);
  if (stores == nullptr) return status;
  const auto notices = notices_at_hand(*stores->ledger, stores->config, run.now());
  if (!notices) return fail_with(run, notices.error());
  SilenceJson list = SilenceJson::array();
  TextTable table({{"SILENCE"},
                   {"STATE"},
                   {"UNTIL"},
                   {"BY"},
                   {"MESSAGES", true},
                   {"ABOUT", false, true},
                   {"REASON", false, true}});
  for (const Silence& silence : notices->trail.silences().silences()) {
    if (!options.all && silence.is_over(run.now())) continue;
    const Result<ToldSilence> told = told_silence(*stores, silence);
    if (!told) return fail_with(run, told.error());
    list.push_back(silence_json(*told, *notices, run.now()));
    table.add_row({{silence.id},
                   {silence_state(silence, run.now())},
                   {format_time(silence.times().until)},
                   {silence.made.act.act.by},
                   {grouped(kept_by(*notices, silence.id))},
                   {match_text(*told)},
                   {told_word(*told, "reason")}});
  }
  if (options.act.json) {
    print_json(run, {{"silences", std::move(list)}});
  } else if (table.empty()) {
    run.out << "nothing is silenced\n";
  } else {
    run.out << table.render(run.terminal);
  }
  return code(ExitStatus::kOk);
}

void add_silence_add(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(
      parent, "add", "holds back word of some findings for a time",
      "Prints the silence. Findings are made, recorded and shown as ever; their messages wait. "
      "When\n"
      "it ends, those go out whose findings still stand and nobody has decided about; the others "
      "are\n"
      "dropped, which is recorded. It lasts 30 days at most, and is never about everything.",
      "  tidewaiter notify silence add --subject account:gateway/17 --for 2h --as jo-ng \\\n"
      "      --reason \"A load test that they told us of\"\n"
      "  tidewaiter notify silence add --policy 'terms.*' --severity low,medium \\\n"
      "      --until 2026-12-01 --as jo-ng --reason \"Threshold is being changed\"");
  auto options = std::make_shared<SilenceOptions>();
  verb->add_option("--policy", options->policy, "A policy's id, or its beginning and `*`")
      ->type_name("ID");
  verb->add_option("--severity", options->severity, "Severities, separated by commas")
      ->type_name("SEVERITY");
  verb->add_option("--subject", options->subject, "A subject, or the case that is about it")
      ->type_name("SUBJECT");
  verb->add_option("--from", options->from, "When it begins (now)")->type_name("TIME");
  verb->add_option("--until", options->until, "When it ends")->type_name("TIME");
  verb->add_option("--for", options->lasts, "How long it lasts, as in `2h`")->type_name("DURATION");
  add_party_options(*verb, options->act, options->reason);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return add_silence(run, *options); };
  });
}

void add_silence_expire(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(
      parent, "expire", "ends a silence before its time",
      "Prints the silence, which holds no more. Exit status 4 if the rules refuse.",
      "  tidewaiter notify silence expire s-0c41 --as jo-ng --reason \"The test is over\"");
  auto options = std::make_shared<SilenceOptions>();
  verb->add_option("silence", options->silence, "The silence: its id, or how it begins")
      ->type_name("SILENCE")
      ->required();
  add_party_options(*verb, options->act, options->reason);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return expire_silence(run, *options); };
  });
}

void add_silence_list(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(parent, "list", "lists silences",
                            "Prints one row a silence that holds or is to come: who made it, until "
                            "when, about what, why,\n"
                            "and how many messages it holds back.",
                            "  tidewaiter notify silence list\n"
                            "  tidewaiter notify silence list --all --json");
  auto options = std::make_shared<SilenceOptions>();
  verb->add_flag("--all", options->all, "Also those that are over");
  add_json_flag(*verb, options->act.json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return list_silences(run, *options); };
  });
}

}  // namespace

void add_notify_silence(CLI::App& notify, Selection& selection) {
  CLI::App* verb = add_verb(notify, "silence", "holds back word of findings for a time",
                            "docs/operations.md says what becomes of what is held back.", "");
  verb->require_subcommand(1);
  add_silence_add(*verb, selection);
  add_silence_expire(*verb, selection);
  add_silence_list(*verb, selection);
}

}  // namespace tidewaiter
