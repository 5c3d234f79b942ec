#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/owner_share.h"
#include "policies/screening/owner_chain.h"
#include "policies/screening/party_check.h"
#include "policies/screening/party_choice.h"
#include "policies/screening/screened_list.h"

namespace tidewaiter {

/// `ownership`: whether listed parties own so much of an account. docs/evaluation.md, Ownership,
/// has the rules, those of owners of owners too.
class Ownership : public PartyCheck {
 public:
  struct Parts {
    std::vector<std::shared_ptr<const ScreenedList>> lists;  ///< shared by all that name them
    Share share = kWholeShare;
    bool more = false;      ///< the share has to be exceeded, and not just reached
    bool aggregate = true;  ///< of all listed owners together; else of one of them
    bool report_unknown =
        false;                ///< true also where a listed owner's share is not known and decides
    PartyChoice choice = {};  ///< whoever is a party of which it is not known may be listed
  };

  explicit Ownership(Parts parts);

  [[nodiscard]] const Parts& parts() const { return parts_; }

  [[nodiscard]] Verdict judge(const Record& record, NameLookup how) const override;
  [[nodiscard]] Grounds grounds(const Record& record) const override;
  [[nodiscard]] std::span<const FieldId> fields() const override { return fields_; }
  [[nodiscard]] std::string canonical_text() const override;
  [[nodiscard]] std::string summary() const override;

 private:
  struct Standing;
  struct Outcome;
  [[nodiscard]] OwnerChain chain_of(const Record& record) const;
  [[nodiscard]] Standing standing_of(const OwnerChain::Party& party, UtcTime time,
                                     NameLookup how) const;
  /// Whether the party is listed as one that is found in a list; notes as whom, or a doubt.
  [[nodiscard]] bool take_up(const ScreenedList& list, const ListedParty& party, UtcTime time,
                             Standing& standing) const;
  [[nodiscard]] std::vector<Standing> look_up(const OwnerChain& chain, UtcTime time,
                                              NameLookup how) const;
  [[nodiscard]] Outcome outcome(const OwnerChain& chain,
                                const std::vector<Standing>& standings) const;
  [[nodiscard]] Outcome outcome_of(const OwnerChain& chain, std::vector<bool> listed,
                                   std::vector<bool> maybe) const;
  [[nodiscard]] bool is_enough(Share share) const;
  [[nodiscard]] std::optional<bool> truth(const Outcome& outcome) const;
  [[nodiscard]] std::vector<std::string> lines(const OwnerChain& chain,
                                               const std::vector<Standing>& standings,
                                               const Outcome& outcome) const;
  [[nodiscard]] std::string limit_text() const;

  Parts parts_;
  std::vector<FieldId> fields_;
};

}  // namespace tidewaiter
