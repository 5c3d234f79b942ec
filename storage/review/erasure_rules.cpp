#include "storage/review/erasure_rules.h"

#include <algorithm>
#include <string>
#include <utility>

#include "policies/model/subject_part.h"

namespace tidewaiter {
namespace {

tl::unexpected<Error> refuse_erasure(std::string why) {
  return fail(ErrorCode::kRefused, std::move(why));
}

/// By whom and where, so that whoever is refused knows whom to ask.
std::string hold_in_words(const Hold& hold) {
  return "the hold `" + hold.id + "` of entry " + std::to_string(hold.placed.index) +
         ", placed by `" + hold.placed.act.act.by + "`";
}

Result<void> check_second(const SignedAct& act, const RecordedAct& first) {
  if (first.act.act.by != act.act.by && !same_signer(first.act.signer, act.signer)) return {};
  return refuse_erasure("`" + act.act.by + "` asked for this: another person has to approve it");
}

Result<void> check_new_id(const ActBasis& basis, const std::string& id) {
  if (basis.erasures->hold(id) == nullptr && basis.erasures->erasure(id) == nullptr) return {};
  return refuse_erasure("there is `" + id + "` already");
}

Result<void> check_party(const ActBasis& basis) {
  if (const auto part = parse_subject_part(basis.subject); !part) {
    return tl::unexpected(part.error());
  }
  if (!basis.party.empty()) return {};
  return fail(ErrorCode::kInvalidInput, "nobody has said by what key the subject is known");
}

/// The rules of one kind of act each.
class JudgingErasure {
 public:
  JudgingErasure(const SignedAct& act, const ActBasis& basis) : act_(act), basis_(basis) {}

  Result<void> operator()(const HoldPlaced& /*act*/) const {
    if (!is_hold_id(act_.act.case_id)) {
      return fail(ErrorCode::kInvalidInput, "a hold is named `h-` and twelve hexadecimal digits");
    }
    if (auto fresh = check_new_id(basis_, act_.act.case_id); !fresh) return fresh;
    return check_party(basis_);
  }

  Result<void> operator()(const HoldReleased& released) const {
    const Result<const Hold*> hold = find_hold();
    if (!hold) return tl::unexpected(hold.error());
    if ((*hold)->state == HoldState::kStands && (*hold)->placed.index == released.hold) return {};
    return refuse_erasure("the hold is " + std::string(hold_state_name((*hold)->state)) +
                          ": there is nothing to release");
  }

  Result<void> operator()(const HoldApproved& opinion) const {
    const Result<const Hold*> hold = find_hold();
    if (!hold) return tl::unexpected(hold.error());
    const RecordedAct* const first = (*hold)->waits();
    if (first == nullptr || first->index != opinion.about) {
      return refuse_erasure("the hold is " + std::string(hold_state_name((*hold)->state)) +
                            ", and waits for nobody");
    }
    return check_second(act_, *first);
  }

  Result<void> operator()(const ErasureRequested& request) const {
    if (!is_erasure_id(act_.act.case_id)) {
      return fail(ErrorCode::kInvalidInput,
                  "an erasure is named `e-` and twelve hexadecimal digits");
    }
    if (auto fresh = check_new_id(basis_, act_.act.case_id); !fresh) return fresh;
    if (auto named = check_party(basis_); !named) return named;
    for (const Erasure& other : basis_.erasures->erasures()) {
      const bool open =
          other.state == ErasureState::kAsked || other.state == ErasureState::kApproved;
      if (open && other.party == basis_.party) {
        return refuse_erasure("the erasure `" + other.id + "` of this subject is " +
                              std::string(erasure_state_name(other.state)) + " already");
      }
    }
    if (auto kept = not_held(basis_.party); !kept) return kept;
    const auto until = to_be_kept_until(*basis_.book, basis_.subject, basis_.now);
    if (!until || request.despite_retention) return {};
    return refuse_erasure("findings about this subject are to be kept until " +
                          format_time(*until).substr(0, 10) +
                          ": an erasure before that has to say that it is despite retention");
  }

  Result<void> operator()(const ErasureApproved& opinion) const {
    const Erasure* const erasure = basis_.erasures->erasure(act_.act.case_id);
    if (erasure == nullptr) {
      return fail(ErrorCode::kNotFound, "there is no erasure `" + act_.act.case_id + "`");
    }
    if (erasure->state != ErasureState::kAsked || erasure->request.index != opinion.request) {
      return refuse_erasure("the erasure is " + std::string(erasure_state_name(erasure->state)) +
                            ", and waits for nobody");
    }
    if (auto other = check_second(act_, erasure->request); !other) return other;
    return opinion.approves ? not_held(erasure->party) : Result<void>();
  }

  /// check_act() asks the others first.
  template <class Other>
  Result<void> operator()(const Other& /*act*/) const {
    return refuse_erasure("`" + act_.act.case_id + "` is no hold or erasure");
  }

 private:
  [[nodiscard]] Result<const Hold*> find_hold() const {
    const Hold* const hold = basis_.erasures->hold(act_.act.case_id);
    if (hold != nullptr) return hold;
    return fail(ErrorCode::kNotFound, "there is no hold `" + act_.act.case_id + "`");
  }

  [[nodiscard]] Result<void> not_held(const std::string& party) const {
    const Hold* const hold = basis_.erasures->hold_on(party);
    if (hold == nullptr) return {};
    return refuse_erasure(hold_in_words(*hold) +
                          ", keeps this subject, and outranks an erasure: it has to be released");
  }

  const SignedAct& act_;
  const ActBasis& basis_;
};

}  // namespace

std::optional<UtcTime> to_be_kept_until(const CaseBook& book, std::string_view part, UtcTime now) {
  std::optional<UtcTime> until;
  for (const Case& c : book.cases()) {
    for (const FindingState& finding : c.findings) {
      if (!names_part(finding.subject, part)) continue;
      const UtcTime end = finding.recorded + kFindingsKept;
      if (end > now && (!until || end > *until)) until = end;
    }
  }
  return until;
}

Result<void> check_erasure_act(const SignedAct& act, const ActBasis& basis) {
  return std::visit(JudgingErasure(act, basis), act.act.body);
}

}  // namespace tidewaiter
