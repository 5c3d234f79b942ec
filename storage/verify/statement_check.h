#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "storage/ledger/act.h"
#include "storage/verify/step_order.h"

namespace tidewaiter {

/// Checks what people stated about cases as a whole (docs/ledger-format.md §14): that who is behind
/// one rests on findings that were opened and on exhibits of the case, that nobody approved a
/// statement of their own or one that was judged or withdrawn, that what counsel released is a
/// conclusion about the case, and that either was stated about the case itself, since it and
/// another one last became one.
class StatementCheck {
 public:
  /// Takes the acts in order, with those that attach, merge and split. `steps` has taken the steps
  /// before it. Gives why the act is refused, where it is.
  [[nodiscard]] std::optional<std::string> add(std::int64_t index, const SignedAct& act,
                                               const StepOrder& steps);

  /// A case gives its exhibits to another one, by a split.
  void give_exhibits(const std::string& from, const std::string& to);
  /// Two cases become one: the other one gets the exhibits, and what was stated about either has
  /// lapsed.
  void unite(const std::string& from, const std::string& to);

 private:
  enum class Kind : std::uint8_t { kExhibit, kAttribution, kConclusion };
  enum class Standing : std::uint8_t { kWaits, kApproved, kEnded };
  /// Something that a case has.
  struct Held {
    Kind kind = Kind::kExhibit;
    std::string signer;  ///< verifier key
    Standing standing = Standing::kWaits;
  };
  [[nodiscard]] Held* held(const std::string& case_id, std::int64_t entry, Kind kind);
  [[nodiscard]] std::optional<std::string> judge_basis(const std::string& case_id,
                                                       const AttributionStated& stated,
                                                       const StepOrder& steps);
  [[nodiscard]] std::optional<std::string> judge_opinion(const SignedAct& act,
                                                         const AttributionApproved& opinion);
  [[nodiscard]] std::optional<std::string> judge_withdrawal(const std::string& case_id,
                                                            const AttributionWithdrawn& withdrawn);

  std::map<std::string, std::map<std::int64_t, Held>> cases_;  ///< by case and entry
};

}  // namespace tidewaiter
