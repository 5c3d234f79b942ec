#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policies/screening/screened_list.h"

namespace tidewaiter {

/// Which parties of its lists a policy looks for: those that are listed under one of the
/// programmes, ASCII letters in either case, and of whose listing one of the obligations follows at
/// the record's time. All of them, where both are empty. A plain value.
struct PartyChoice {
  std::vector<std::string> programs;
  std::vector<Obligation> obligations;

  [[nodiscard]] bool takes_all() const { return programs.empty() && obligations.empty(); }

  /// Whether it takes a party of the list; nothing where it is not known: of a party that names no
  /// programme, where there are programmes (its list or measure is none), or of which something
  /// that follows is not known, or stands in a notice.
  [[nodiscard]] std::optional<bool> takes(const ScreenedList& list, const ListedParty& party,
                                          UtcTime time) const;

  /// " under `SDGT` and for `block`"; empty where it takes all.
  [[nodiscard]] std::string text() const;

  /// What it adds to the meaning of a policy over these lists, with what they say of programmes and
  /// of what follows. Empty where it takes all, so that neither changes a policy that does not ask.
  [[nodiscard]] std::string meaning(
      const std::vector<std::shared_ptr<const ScreenedList>>& lists) const;
};

}  // namespace tidewaiter
