#include "daemon/cli/ruling_text.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/app/acts.h"
#include "daemon/cli/case_text.h"
#include "storage/review/ruling_words.h"

namespace tidewaiter {
namespace {

std::string account_text(const RuledAccount& account) {
  return account.source + '/' + account.name;
}

std::string signed_text(const RecordedAct& act) {
  return format_time(align_down(act.act.act.at, kSecond));
}

nlohmann::ordered_json accounts_of(const LinkRuled& ruled) {
  auto all = nlohmann::ordered_json::array();
  for (const RuledAccount& account : ruled.accounts) {
    all.push_back({{"source", account.source}, {"account", account.name}});
  }
  return all;
}

nlohmann::ordered_json values_of(const LinkRuled& ruled) {
  auto all = nlohmann::ordered_json::array();
  for (const RuledValue& value : ruled.values) {
    all.push_back({{"field", field(value.field).name}, {"value", value.text}});
  }
  return all;
}

nlohmann::ordered_json acts_of(const WordedRuling& worded) {
  auto all = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < worded.ruling->acts.size(); ++i) {
    const RecordedAct& act = worded.ruling->acts[i];
    nlohmann::ordered_json one = {{"entry", act.index},
                                  {"type", act_type(act.act.act)},
                                  {"by", act.act.act.by},
                                  {"at", format_time(act.act.act.at)},
                                  {"second_needed", act.second_needed}};
    if (!worded.reasons[i].empty()) one["reason"] = worded.reasons[i];
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace

Result<WordedRuling> worded(const std::filesystem::path& state, const Ruling& ruling) {
  WordedRuling out;
  out.ruling = &ruling;
  for (const RecordedAct& act : ruling.acts) {
    const auto words = confidential_of(state, act.act.act);
    if (!words) return tl::unexpected(words.error());
    const bool has_reason = *words && (*words)->contains("reason");
    out.reasons.push_back(has_reason ? (*words)->at("reason") : std::string());
    if (!*words || act.index != ruling.made.index) continue;
    Result<LinkRuled> ruled = read_ruling(act.act.act, **words);
    if (!ruled) return fail(ErrorCode::kCorruption, ruled.error().message);
    out.ruled = *std::move(ruled);
  }
  return out;
}

std::string ruling_text(const WordedRuling& ruling) {
  if (!ruling.ruled) return "(erased)";
  const LinkRuled& ruled = *ruling.ruled;
  if (ruled.accounts.size() == 2) {
    return "join " + account_text(ruled.accounts[0]) + " and " + account_text(ruled.accounts[1]);
  }
  std::string text = "cut " + account_text(ruled.accounts[0]) + " off";
  for (std::size_t i = 0; i < ruled.values.size(); ++i) {
    text += std::string(i == 0 ? " " : ", ") + std::string(field(ruled.values[i].field).name) +
            ' ' + ruled.values[i].text;
  }
  return text;
}

std::string ruling_state_text(const Ruling& ruling) {
  std::string text(ruling_state_name(ruling.state));
  if (!ruling.pending) return text;
  return text + (ruling.state == RulingState::kProposed ? ": awaits a second person"
                                                        : "; its lifting awaits a second person");
}

TextTable rulings_table(const std::vector<WordedRuling>& rulings) {
  TextTable table({{.header = "RULING"},
                   {.header = "STATE", .folds = true},
                   {.header = "WHAT", .shrinks = true},
                   {.header = "BY"},
                   {.header = "SIGNED (UTC)", .folds = true}});
  for (const WordedRuling& worded : rulings) {
    const Ruling& ruling = *worded.ruling;
    table.add_row({{ruling.id, Tone::kLink},
                   {ruling_state_text(ruling), ruling.pending ? Tone::kWarning : Tone::kPlain},
                   {ruling_text(worded)},
                   {ruling.made.act.act.by},
                   {signed_text(ruling.made)}});
  }
  return table;
}

std::string ruling_page(const WordedRuling& worded, const Terminal& terminal) {
  const Ruling& ruling = *worded.ruling;
  std::string out = painted(ruling.id, Tone::kStrong, terminal) + "  " + ruling_state_text(ruling) +
                    '\n' + wrapped(printable(ruling_text(worded)), terminal.width, 2) + "\n\n";
  for (std::size_t i = 0; i < ruling.acts.size(); ++i) {
    const RecordedAct& act = ruling.acts[i];
    std::string line = signed_text(act) + "  entry " + std::to_string(act.index) + "  " +
                       printable(act.act.act.by) + ' ' + act_words(act.act.act);
    line += worded.reasons[i].empty() ? "; its words are erased"
                                      : "; reason: " + printable(worded.reasons[i]);
    out += wrapped(line, terminal.width, 2) + '\n';
  }
  if (!ruling.pending) return out;
  return out + "\nanother person: tidewaiter cluster approve " + ruling.id + " --seen " +
         std::to_string(ruling.entries_to()) + " --as HANDLE --reason TEXT  (or --reject)\n";
}

nlohmann::ordered_json ruling_json(const WordedRuling& worded) {
  const Ruling& ruling = *worded.ruling;
  nlohmann::ordered_json json = {{"id", ruling.id},
                                 {"kind", ruling.cuts() ? "cut" : "joined"},
                                 {"state", ruling_state_name(ruling.state)},
                                 {"waits", ruling.pending.has_value()},
                                 {"seen", ruling.entries_to()}};
  if (worded.ruled) {
    json["accounts"] = accounts_of(*worded.ruled);
    json["values"] = values_of(*worded.ruled);
  }
  json["acts"] = acts_of(worded);
  return json;
}

}  // namespace tidewaiter
