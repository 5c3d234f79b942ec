#include "storage/review/regrouping_rules.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "storage/review/case_statements.h"
#include "storage/review/report_changes.h"
#include "storage/review/subject_names.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kMergedReason = "merged:";

/// A finding about a cluster, in the case in which it is worked on.
struct Placed {
  const Case* where = nullptr;
  const FindingState* finding = nullptr;
};

bool says_who_is_behind(const Case& c) {
  return std::ranges::any_of(attributions_of(c), [](const Attribution& one) {
    return one.state == AttributionState::kProposed || one.state == AttributionState::kHolds;
  });
}

/// Why people have to do it; empty where nobody has to.
std::string why_people(const Case& one, const Case& other) {
  const auto has = [&](const auto& is_such) {
    return std::ranges::any_of(one.acts, is_such) || std::ranges::any_of(other.acts, is_such);
  };
  if (has([](const RecordedAct& act) {
        return std::holds_alternative<Decided>(act.act.act.body);
      })) {
    return "somebody has decided about one of them";
  }
  // A legal conclusion, too, released or not.
  if (has([](const RecordedAct& act) { return is_privileged(act.act.act); })) {
    return "something of one of them is privileged";
  }
  if (says_who_is_behind(one) || says_who_is_behind(other)) {
    return "somebody has stated who is behind one of them";
  }
  return {};
}

/// Two cases that were parted, as they are called now.
struct Parted {
  std::int64_t index = 0;
  std::string from;
  std::string into;
};

/// Nobody has done anything about the case, which this finding began.
bool is_begun_by(const FindingState& finding, const Case& c) {
  return c.acts.empty() && c.findings.front().id == finding.id;
}

/// One look at all cases.
class Look {
 public:
  Look(const CaseBook& book, std::span<const RecordedRegrouping> said) : book_(book), said_(said) {
    for (const RecordedRegrouping& one : said) {
      if (one.what.splits && one.what.done) add_parted(one.index, one.what.from, one.what.into);
    }
    for (const Case& c : book.cases()) {
      for (const RecordedAct& act : c.acts) {
        const auto* const split = std::get_if<CaseSplit>(&act.act.act.body);
        // A part has the act, too.
        if (split != nullptr && act.act.act.case_id == c.id)
          add_parted(act.index, c.id, split->into);
      }
      if (c.state == CaseState::kMerged) continue;
      for (const FindingState& finding : c.findings) {
        if (is_cluster(finding.subject)) placed_[finding.id] = {&c, &finding};
      }
    }
  }

  void merges() {
    for (const auto& [id, one] : placed_) {
      const Placed* const taker = taker_of(*one.finding);
      if (taker == nullptr || taker->where == one.where) continue;
      if (taker->finding->subject == one.finding->subject) continue;
      // What was parted since is not put together again for what was known by then.
      if (parted_at(*one.where, *taker->where) > one.finding->entries.back()) continue;
      say({false, one.where->id, taker->where->id, id, taker->finding->id, true, {}},
          why_people(*one.where, *taker->where));
    }
  }

  Result<void> splits(const EvidenceOfEntry& evidence) {
    if (auto read = read_evidence(evidence); !read) return read;
    for (const auto& [id, one] : placed_) {
      const Placed* const before = held_before(one, opening_.at(id));
      if (before == nullptr) continue;
      if (before->where != one.where) {
        // Parted once, by the program or by a person, each goes its way.
        if (parted_at(*before->where, *one.where) >= 0) continue;
        say({true, before->where->id, one.where->id, id, before->finding->id, true, {}},
            is_begun_by(*one.finding, *one.where) ? std::string()
                                                  : why_people(*before->where, *one.where));
        continue;
      }
      const Case* const own = own_case_in(one);
      if (own == nullptr) continue;
      say({true, one.where->id, own->id, id, before->finding->id, true, {}},
          why_people(*one.where, *one.where));
    }
    return {};
  }

  [[nodiscard]] std::vector<Regrouping> due() && { return std::move(due_); }

 private:
  void add_parted(std::int64_t index, const std::string& from, const std::string& into) {
    parted_.push_back({index, goes_on_in(from, book_), goes_on_in(into, book_)});
  }

  /// The index of the last entry by which the two were parted; -1: none.
  [[nodiscard]] std::int64_t parted_at(const Case& one, const Case& other) const {
    std::int64_t last = -1;
    for (const Parted& parted : parted_) {
      const bool same = (parted.from == one.id && parted.into == other.id) ||
                        (parted.from == other.id && parted.into == one.id);
      if (same) last = std::max(last, parted.index);
    }
    return last;
  }

  /// The finding that took the windows of this one, which was withdrawn for it.
  [[nodiscard]] const Placed* taker_of(const FindingState& finding) const {
    if (finding.state != StepKind::kWithdrawn || !finding.reason.starts_with(kMergedReason)) {
      return nullptr;
    }
    const auto found = placed_.find(finding.reason.substr(kMergedReason.size()));
    return found == placed_.end() ? nullptr : &found->second;
  }

  /// What it names as evidence when it was opened, and what any of them ever named, by policy and
  /// record, in the order of the ledger.
  Result<void> read_evidence(const EvidenceOfEntry& evidence) {
    for (const auto& [id, one] : placed_) {
      std::vector<std::int64_t>& opening = opening_[id];
      for (const std::int64_t entry : one.finding->entries) {
        auto seqs = evidence(entry);
        if (!seqs) return tl::unexpected(seqs.error());
        for (const std::int64_t seq : *seqs) {
          named_[{one.finding->policy, seq}].emplace(entry, &one);
        }
        if (entry == one.finding->entries.front()) opening = std::move(*seqs);
      }
    }
    return {};
  }

  /// The finding about another cluster that had a record of these last, before this one was opened.
  [[nodiscard]] const Placed* held_before(const Placed& opened,
                                          const std::vector<std::int64_t>& seqs) const {
    const std::int64_t at = opened.finding->entries.front();
    std::int64_t last = -1;
    const Placed* holder = nullptr;
    for (const std::int64_t seq : seqs) {
      for (const auto& [entry, other] : named_.at({opened.finding->policy, seq})) {
        if (entry >= at) break;
        if (other->finding->subject == opened.finding->subject || went_to(*other, opened)) continue;
        if (entry > last) holder = other;
        last = std::max(last, entry);
      }
    }
    return holder;
  }

  /// Whether the one's windows were taken by a finding about the cluster of the other: then that is
  /// no part of it, but all of it under another name.
  [[nodiscard]] bool went_to(const Placed& one, const Placed& other) const {
    const Placed* const taker = taker_of(*one.finding);
    return taker != nullptr && taker->finding->subject == other.finding->subject;
  }

  /// The case of the finding's own cluster, where it went on in the one where the finding is now
  /// because the clusters had become one.
  [[nodiscard]] const Case* own_case_in(const Placed& one) const {
    const auto found = std::ranges::find_if(book_.cases(), [&one](const Case& c) {
      return c.subject == one.finding->subject && c.merged_into == one.where->id &&
             c.went_with_its_cluster();
    });
    return found == book_.cases().end() ? nullptr : &*found;
  }

  void say(Regrouping regrouping, std::string because) {
    regrouping.because = std::move(because);
    regrouping.done = regrouping.because.empty();
    const bool known = std::ranges::any_of(said_, [&regrouping](const RecordedRegrouping& one) {
      const Regrouping& what = one.what;
      const bool same = what.splits == regrouping.splits && what.finding == regrouping.finding;
      // People are asked once about two cases, however many findings say the same.
      const bool asked = what.splits == regrouping.splits && !what.done && !regrouping.done &&
                         what.from == regrouping.from && what.into == regrouping.into;
      return same || asked;
    });
    if (known || touched_.contains(regrouping.from) || touched_.contains(regrouping.into)) return;
    touched_.insert({regrouping.from, regrouping.into});
    due_.push_back(std::move(regrouping));
  }

  const CaseBook& book_;
  std::span<const RecordedRegrouping> said_;
  std::vector<Parted> parted_;
  std::map<std::string, Placed, std::less<>> placed_;  ///< by the finding's id
  std::map<std::string, std::vector<std::int64_t>> opening_;
  std::map<std::pair<std::string, std::int64_t>, std::multimap<std::int64_t, const Placed*>> named_;
  std::set<std::string> touched_;  ///< ids of cases
  std::vector<Regrouping> due_;
};

}  // namespace

Result<std::vector<Regrouping>> regroupings_due(const CaseBook& book,
                                                std::span<const RecordedRegrouping> said,
                                                const EvidenceOfEntry& evidence) {
  Look look(book, said);
  look.merges();
  if (auto looked = look.splits(evidence); !looked) return tl::unexpected(looked.error());
  return std::move(look).due();
}

}  // namespace tidewaiter
