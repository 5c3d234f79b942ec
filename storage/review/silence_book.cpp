#include "storage/review/silence_book.h"

#include <algorithm>
#include <utility>

#include "policies/model/named_severity.h"
#include "policies/model/subject_part.h"
#include "storage/ledger/short_id.h"
#include "storage/review/id_lookup.h"

namespace tidewaiter {
namespace {

tl::unexpected<Error> misplaced_silence(const RecordedAct& act, const char* what) {
  return fail(ErrorCode::kCorruption, "entry " + std::to_string(act.index) +
                                          " of the ledger is about a silence `" +
                                          act.act.act.case_id + "` that " + what);
}

tl::unexpected<Error> unfit_match(std::string why) {
  return fail(ErrorCode::kInvalidInput, std::move(why));
}

std::string silence_word(const Confidential& words, const char* name) {
  const auto found = words.find(name);
  return found == words.end() ? std::string() : found->second;
}

Result<std::vector<Severity>> severities_of(std::string_view text) {
  std::vector<Severity> severities;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::optional<Severity> one = severity_named(text.substr(0, end));
    if (!one) {
      return unfit_match("severities are low, medium, high and critical, separated by commas; `" +
                         std::string(text.substr(0, end)) + "` is none");
    }
    severities.push_back(*one);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return severities;
}

/// How many severities there are.
constexpr std::size_t kAllSeverities = 4;

/// Whether some finding may not agree.
bool chooses(const SilenceMatch& match) {
  const std::set<Severity> named(match.severities.begin(), match.severities.end());
  const bool severity = !named.empty() && named.size() < kAllSeverities;
  return severity || !match.subject.empty() || (!match.policy.empty() && match.policy != "*");
}

bool policy_agrees(std::string_view pattern, std::string_view policy) {
  if (!pattern.ends_with('*')) return pattern == policy;
  return policy.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace

bool SilenceMatch::takes(const FindingState& finding) const {
  if (!policy.empty() && !policy_agrees(policy, finding.policy)) return false;
  if (!subject.empty() && subject != finding.subject) return false;
  return severities.empty() || std::ranges::find(severities, finding.severity) != severities.end();
}

Confidential silence_words(const SilenceMatch& match) {
  Confidential words;
  if (!match.policy.empty()) words["policy"] = match.policy;
  if (!match.subject.empty()) words["subject"] = match.subject;
  if (match.severities.empty()) return words;
  std::string& text = words["severity"];
  for (const Severity severity : match.severities) {
    text += (text.empty() ? "" : ",") + std::string(severity_name(severity));
  }
  return words;
}

Result<SilenceMatch> read_silence(const Confidential& words) {
  SilenceMatch match{silence_word(words, "policy")};
  match.subject = silence_word(words, "subject");
  const std::size_t star = match.policy.find('*');
  if (star != std::string::npos && star + 1 != match.policy.size()) {
    return unfit_match("`*` stands at the end of a policy's id only, as in `sanctions.*`");
  }
  Result<std::vector<Severity>> severities = severities_of(silence_word(words, "severity"));
  if (!severities) return tl::unexpected(severities.error());
  match.severities = std::move(*severities);
  if (chooses(match)) return match;
  return unfit_match(
      "name a policy (`*` alone is all of them), some of the severities or a subject: this is "
      "never about everything");
}

Result<void> check_silenced_subject(const std::string& subject,
                                    std::span<const FindingState> findings) {
  if (std::ranges::find(findings, subject, &FindingState::subject) != findings.end()) return {};
  const auto part = parse_subject_part(subject);
  return part ? Result<void>() : tl::unexpected(part.error());
}

bool Silence::holds(UtcTime now) const {
  return !is_over(now) && std::max(times().from, made.recorded) <= now;
}

Result<SilenceBook> SilenceBook::make(std::span<const RecordedAct> acts) {
  SilenceBook book;
  for (const RecordedAct& act : acts) {
    if (auto taken = book.take(act); !taken) return tl::unexpected(taken.error());
  }
  return book;
}

Result<void> SilenceBook::take(const RecordedAct& act) {
  const ActBody& body = act.act.act.body;
  const std::string& id = act.act.act.case_id;
  const auto place = std::ranges::find(silences_, id, &Silence::id);
  if (std::holds_alternative<NoticesSilenced>(body)) {
    if (place != silences_.end()) return misplaced_silence(act, "is there already");
    silences_.push_back({id, act, std::nullopt});
    return {};
  }
  if (std::holds_alternative<NoticesRetried>(body)) retries_.insert(id);
  if (!std::holds_alternative<SilenceEnded>(body)) return {};
  if (place == silences_.end()) return misplaced_silence(act, "is not there");
  if (place->ended) return misplaced_silence(act, "has ended already");
  place->ended = act;
  return {};
}

const Silence* SilenceBook::find(std::string_view id) const {
  const auto place = std::ranges::find(silences_, id, &Silence::id);
  return place == silences_.end() ? nullptr : &*place;
}

Result<const Silence*> SilenceBook::lookup(std::string_view prefix) const {
  return find_by_short_id(silences_, prefix, "silence", "silences", "notify silence list --all");
}

bool is_silence_id(std::string_view id) { return is_short_id(id, "s-"); }

}  // namespace tidewaiter
