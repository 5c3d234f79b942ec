#include "storage/review/case_book.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tidewaiter {
namespace {

constexpr std::size_t kDigits = 12;
constexpr std::array<std::string_view, 4> kStateNames{"open", "proposed", "closed", "merged"};

bool stands(const FindingState& finding) { return finding.state != StepKind::kWithdrawn; }

std::int64_t opened_at(const FindingState& finding) { return finding.entries.front(); }

/// What acts come to, one after the other.
class Standing {
 public:
  explicit Standing(Case& c) : case_(c) {}

  void take(const RecordedAct& act) {
    const ActBody& body = act.act.act.body;
    const auto* merged = std::get_if<Merged>(&body);
    if (act.act.act.case_id != case_.id) {
      // Of a case that came to this one. What was decided did not have its findings before it.
      if (merged != nullptr && merged->into == case_.id) forget();
      return;
    }
    if (const auto* assigned = std::get_if<Assigned>(&body)) case_.owner = assigned->to;
    if (std::holds_alternative<Decided>(body)) decide(act);
    if (const auto* second = std::get_if<SecondOpinion>(&body)) approve(act, *second);
    if (std::holds_alternative<Appealed>(body)) forget();
    if (merged != nullptr) case_.merged_into = merged->into;
  }

  void finish() {
    if (!case_.merged_into.empty()) {
      case_.state = CaseState::kMerged;
    } else if (case_.decision && waits_) {
      case_.state = CaseState::kProposed;
    } else if (case_.decision) {
      const std::int64_t decided_at = case_.decided_at();
      case_.found_since = std::ranges::count_if(
          case_.findings,
          [decided_at](const FindingState& f) { return is_news_after(f, decided_at); });
      const auto& decided = std::get<Decided>(case_.decision->act.act.body);
      const bool closes = decided.outcome != Outcome::kNeedsInformation && case_.found_since == 0;
      case_.state = closes ? CaseState::kClosed : CaseState::kOpen;
    }
  }

 private:
  void decide(const RecordedAct& act) {
    case_.decision = act;
    case_.second.reset();
    waits_ = act.second_needed;
  }

  void approve(const RecordedAct& act, const SecondOpinion& second) {
    if (!case_.decision || case_.decision->index != second.decision) return;
    if (!second.approves) return forget();
    case_.second = act;
    waits_ = false;
  }

  void forget() {
    case_.decision.reset();
    case_.second.reset();
    waits_ = false;
  }

  Case& case_;
  bool waits_ = false;
};

/// A case that was split and merged again has some acts from both sides.
void sort_by_ledger(Case& c) {
  std::ranges::sort(c.findings, {}, opened_at);
  std::ranges::sort(c.acts, {}, &RecordedAct::index);
  const auto same = [](const RecordedAct& a, const RecordedAct& b) { return a.index == b.index; };
  c.acts.erase(std::unique(c.acts.begin(), c.acts.end(), same), c.acts.end());
}

/// Says where a case stands by what it has, whatever it said before. Its owner stays where no act
/// names another: one that was split off has that of the first case.
void settle_case(Case& c) {
  sort_by_ledger(c);
  c.state = CaseState::kOpen;
  c.decision.reset();
  c.second.reset();
  c.found_since = 0;
  Standing standing(c);
  for (const RecordedAct& act : c.acts) standing.take(act);
  standing.finish();
}

/// Whose the case is by the acts that it has so far.
std::string owner_by(const Case& c) {
  std::string owner = c.owner;
  for (const RecordedAct& act : c.acts) {
    const auto* const assigned = std::get_if<Assigned>(&act.act.act.body);
    if (assigned != nullptr && act.act.act.case_id == c.id) owner = assigned->to;
  }
  return owner;
}

tl::unexpected<Error> broken_at(std::int64_t index, const std::string& what) {
  return fail(ErrorCode::kCorruption, "entry " + std::to_string(index) + " of the ledger " + what);
}

tl::unexpected<Error> broken_at(const RecordedAct& act, const std::string& what) {
  return broken_at(act.index, what);
}

std::int64_t first_entry(const Case& c) {
  std::int64_t first = c.acts.empty() ? c.findings.front().entries.front() : c.acts.front().index;
  if (!c.findings.empty()) first = std::min(first, opened_at(c.findings.front()));
  return first;
}

}  // namespace

std::string_view case_state_name(CaseState state) {
  return kStateNames[static_cast<std::size_t>(state)];
}

std::int64_t Case::entries_to() const {
  std::int64_t to = 0;
  for (const FindingState& finding : findings) {
    for (const std::int64_t entry : finding.entries) {
      if (tells_something(finding, entry)) to = std::max(to, entry + 1);
    }
  }
  for (const RecordedAct& act : acts) {
    if (!std::holds_alternative<EvidenceViewed>(act.act.act.body)) to = std::max(to, act.index + 1);
  }
  for (const RecordedRegrouping& one : regroupings) {
    if (one.what.done) to = std::max(to, one.index + 1);
  }
  return to;
}

std::optional<Severity> Case::worst() const {
  std::optional<Severity> worst;
  for (const FindingState& finding : findings) {
    if (stands(finding) && (!worst || finding.severity > *worst)) worst = finding.severity;
  }
  return worst;
}

bool Case::went_with_its_cluster() const {
  if (merged_into.empty()) return false;
  return std::ranges::none_of(acts, [this](const RecordedAct& act) {
    const auto* const merged = std::get_if<Merged>(&act.act.act.body);
    return merged != nullptr && act.act.act.case_id == id && merged->into == merged_into;
  });
}

const FindingState* Case::finding(std::string_view finding_id) const {
  const auto found = std::ranges::find(findings, finding_id, &FindingState::id);
  return found == findings.end() ? nullptr : &*found;
}

std::int64_t Case::standing_findings() const { return std::ranges::count_if(findings, stands); }

bool Case::risk_has_ended(UtcTime now) const {
  if (state != CaseState::kClosed) return false;
  const auto& until = std::get<Decided>(decision->act.act.body).until;
  return until && *until <= now;
}

bool tells_something(const FindingState& finding, std::int64_t entry) {
  return std::ranges::find(finding.unchanged, entry) == finding.unchanged.end();
}

bool is_news_after(const FindingState& finding, std::int64_t index) {
  if (!stands(finding)) return false;
  const auto later = std::ranges::count_if(finding.entries, [&](std::int64_t entry) {
    return entry > index && tells_something(finding, entry);
  });
  // Of a closed finding the last entry says that its run has ended; what lies before it is news.
  return later > (finding.state == StepKind::kClosed ? 1 : 0) || opened_at(finding) > index;
}

std::optional<Outcome> outcome_of(const Case& c, const FindingState& finding) {
  const bool holds = c.decision && c.state != CaseState::kProposed;
  if (!holds || is_news_after(finding, c.decided_at())) return std::nullopt;
  const Outcome outcome = std::get<Decided>(c.decision->act.act.body).outcome;
  return outcome == Outcome::kNeedsInformation ? std::nullopt : std::optional(outcome);
}

bool names_case(std::string_view text) { return text.starts_with("c-") || text.starts_with("p-"); }

std::string case_id_of(const FindingState& finding) { return "c-" + finding.id.substr(0, kDigits); }

Result<CaseBook> CaseBook::make(std::vector<FindingState> findings, std::vector<RecordedAct> acts,
                                std::span<const RecordedRegrouping> regroupings) {
  CaseBook book;
  std::map<std::string, std::size_t> by_subject;
  for (FindingState& finding : findings) {
    const auto known =
        finding.subject.empty() ? by_subject.end() : by_subject.find(finding.subject);
    if (known != by_subject.end()) {
      book.cases_[known->second].findings.push_back(std::move(finding));
      continue;
    }
    Case fresh;
    fresh.id = case_id_of(finding);
    fresh.subject = finding.subject;
    if (!fresh.subject.empty()) by_subject[fresh.subject] = book.cases_.size();
    book.by_id_[fresh.id] = book.cases_.size();
    fresh.findings.push_back(std::move(finding));
    book.cases_.push_back(std::move(fresh));
  }
  auto next = regroupings.begin();
  const auto regroup_before = [&](std::optional<std::int64_t> index) -> Result<void> {
    for (; next != regroupings.end() && (!index || next->index < *index); ++next) {
      if (auto taken = book.take_regrouping(*next); !taken) return taken;
    }
    return {};
  };
  for (RecordedAct& act : acts) {
    if (auto taken = regroup_before(act.index); !taken) return tl::unexpected(taken.error());
    if (auto taken = book.take(std::move(act)); !taken) return tl::unexpected(taken.error());
  }
  if (auto taken = regroup_before(std::nullopt); !taken) return tl::unexpected(taken.error());
  for (Case& c : book.cases_) settle_case(c);
  std::ranges::sort(book.digests_);
  book.put_in_order();
  return book;
}

void CaseBook::put_in_order() {
  // Of a finding whose subject was erased after it had been split off.
  std::erase_if(cases_, [](const Case& c) { return c.findings.empty() && c.acts.empty(); });
  std::ranges::sort(cases_, {}, first_entry);
  by_id_.clear();
  for (std::size_t i = 0; i < cases_.size(); ++i) by_id_[cases_[i].id] = i;
}

/// The ids of cases that an act changes; none where it is about something else.
std::vector<std::string> CaseBook::touched_by(const Act& act) const {
  std::vector<std::string> touched{act.case_id};
  if (const auto* const merged = std::get_if<Merged>(&act.body)) touched.push_back(merged->into);
  if (const auto* const split = std::get_if<CaseSplit>(&act.body)) touched.push_back(split->into);
  std::erase_if(touched, [this](const std::string& id) { return !by_id_.contains(id); });
  return touched;
}

Result<void> CaseBook::add(RecordedAct act) {
  const Act what = act.act.act;
  const std::size_t before = cases_.size();
  if (auto taken = take(std::move(act)); !taken) return taken;
  const Digest digest = digests_.back();
  digests_.pop_back();
  digests_.insert(std::ranges::upper_bound(digests_, digest), digest);
  for (const std::string& id : touched_by(what)) settle_case(cases_[by_id_.find(id)->second]);
  // Only these may begin earlier than they did.
  if (cases_.size() > before || std::holds_alternative<Merged>(what.body)) put_in_order();
  return {};
}

Result<void> CaseBook::take(RecordedAct act) {
  const Result<Digest> digest = act_digest(act.act.act);
  if (!digest) return tl::unexpected(digest.error());
  digests_.push_back(*digest);
  // report_book.h, request_book.h, ruling_book.h and erasure_book.h have these; of views of records
  // no book is kept.
  const Act& what = act.act.act;
  if (is_about_report(what) || is_about_request(what) || is_about_ruling(what) ||
      is_about_clearance(what) || is_about_party(what) || is_about_notices(what) ||
      is_view_of_records(what))
    return {};
  const std::string id = act.act.act.case_id;
  auto found = by_id_.find(id);
  if (found == by_id_.end() && std::holds_alternative<LeadReceived>(act.act.act.body)) {
    found = by_id_.emplace(id, cases_.size()).first;
    cases_.push_back({});
    cases_.back().id = id;
  }
  if (found == by_id_.end()) {
    return broken_at(act, "is about a case `" + id + "` that is not there");
  }
  Case& one = cases_[found->second];
  one.acts.push_back(act);
  if (std::holds_alternative<Merged>(what.body)) return take_merge(one, act);
  if (std::holds_alternative<CaseSplit>(what.body)) return take_split(found->second, act);
  return {};
}

Result<void> CaseBook::take_merge(Case& from, const RecordedAct& act) {
  const std::string& into = std::get<Merged>(act.act.act.body).into;
  const auto target = by_id_.find(into);
  if (target == by_id_.end()) {
    return broken_at(act, "merges into a case `" + into + "` that is not there");
  }
  Case& other = cases_[target->second];
  if (&other == &from) return broken_at(act, "merges the case `" + into + "` into itself");
  other.findings.insert(other.findings.end(), from.findings.begin(), from.findings.end());
  other.acts.insert(other.acts.end(), from.acts.begin(), from.acts.end());
  from.merged_into = into;
  from.united_at = other.united_at = act.index;
  return {};
}

/// The case of which the finding is taken: the one that is split, or the finding's own, where its
/// subject was erased since. Null where it is in neither.
Case* CaseBook::holder_of(std::size_t from, const std::string& finding) {
  if (cases_[from].finding(finding) != nullptr) return &cases_[from];
  const auto alone = by_id_.find("c-" + finding.substr(0, kDigits));
  if (alone == by_id_.end()) return nullptr;
  Case& its = cases_[alone->second];
  return its.subject.empty() && its.finding(finding) != nullptr ? &its : nullptr;
}

Result<void> CaseBook::take_split(std::size_t from, const RecordedAct& act) {
  const auto& split = std::get<CaseSplit>(act.act.act.body);
  if (by_id_.contains(split.into)) {
    return broken_at(act, "splits off a case `" + split.into + "` that is there already");
  }
  Case made;
  made.id = split.into;
  made.split_from = cases_[from].id;
  made.owner = owner_by(cases_[from]);
  made.acts = cases_[from].acts;
  for (const std::string& id : split.findings) {
    Case* const holder = holder_of(from, id);
    if (holder == nullptr) {
      return broken_at(act, "splits a finding `" + id + "` off that the case has not");
    }
    const auto place = std::ranges::find(holder->findings, id, &FindingState::id);
    made.findings.push_back(std::move(*place));
    holder->findings.erase(place);
  }
  made.subject = made.findings.front().subject;
  by_id_[made.id] = cases_.size();
  cases_.push_back(std::move(made));
  return {};
}

Result<void> CaseBook::take_regrouping(const RecordedRegrouping& regrouping) {
  const Regrouping& what = regrouping.what;
  const auto from = by_id_.find(what.from);
  const auto into = by_id_.find(what.into);
  if (from == by_id_.end() || into == by_id_.end() || from == into) {
    return broken_at(regrouping.index, "is about a case `" +
                                           (from == by_id_.end() ? what.from : what.into) +
                                           "` that is not there");
  }
  Case& first = cases_[from->second];
  Case& other = cases_[into->second];
  if (what.done && what.splits) go_on_apart(first, other);
  if (what.done && !what.splits) go_on_together(first, other, regrouping.index);
  first.regroupings.push_back(regrouping);
  other.regroupings.push_back(regrouping);
  return {};
}

/// No case goes on in one that goes on in another: of a ledger that says so neither is moved, as
/// the verifier has it (storage/verify/act_check.cpp).
void CaseBook::go_on_together(Case& from, Case& into, std::int64_t index) {
  if (!from.merged_into.empty() || !into.merged_into.empty()) return;
  if (owner_by(into).empty()) into.owner = owner_by(from);
  into.findings.insert(into.findings.end(), from.findings.begin(), from.findings.end());
  into.acts.insert(into.acts.end(), from.acts.begin(), from.acts.end());
  from.merged_into = into.id;
  from.united_at = into.united_at = index;
}

void CaseBook::go_on_apart(Case& from, Case& into) {
  if (!from.merged_into.empty()) return;
  if (into.went_with_its_cluster() && into.merged_into == from.id) {
    into.merged_into.clear();
    // What is no more in the case that had all was split off it, and stays where that put it.
    std::erase_if(into.findings,
                  [&from](const FindingState& one) { return from.finding(one.id) == nullptr; });
    std::erase_if(from.findings,
                  [&into](const FindingState& one) { return into.finding(one.id) != nullptr; });
  } else if (!into.merged_into.empty()) {
    return;
  } else if (into.split_from.empty()) {
    into.split_from = from.id;
  }
  if (owner_by(into).empty()) into.owner = owner_by(from);
  into.acts.insert(into.acts.end(), from.acts.begin(), from.acts.end());
}

Result<CaseBook> CaseBook::read(const Ledger& ledger) {
  auto findings = ledger.findings({});
  if (!findings) return tl::unexpected(findings.error());
  auto deeds = recorded_deeds(ledger);
  if (!deeds) return tl::unexpected(deeds.error());
  return make(std::move(*findings), std::move(deeds->acts), deeds->regroupings);
}

const Case* CaseBook::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &cases_[found->second];
}

Result<const Case*> CaseBook::lookup(std::string_view prefix) const {
  const Case* found = nullptr;
  for (const Case& c : cases_) {
    const bool begins = c.id.starts_with(prefix) || c.id.substr(2).starts_with(prefix);
    if (!begins) continue;
    if (found != nullptr) {
      return fail(ErrorCode::kNotFound, "several cases begin with `" + std::string(prefix) +
                                            "`: `" + found->id + "`, `" + c.id + "`, …");
    }
    found = &c;
  }
  if (found == nullptr) {
    return fail(ErrorCode::kNotFound, "no case begins with `" + std::string(prefix) +
                                          "`: `tidewaiter case list` has them");
  }
  return found;
}

bool CaseBook::has_act(const Digest& digest) const {
  return std::ranges::binary_search(digests_, digest);
}

}  // namespace tidewaiter
