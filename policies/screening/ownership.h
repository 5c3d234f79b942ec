#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/screening/party_check.h"
#include "policies/screening/party_choice.h"
#include "policies/screening/screened_list.h"

namespace tidewaiter {

/// A share of an account, in hundred-millionths: kWholeShare is all of it.
using Share = std::int64_t;
inline constexpr Share kWholeShare = 100'000'000;

/// The share that a percentage says: `50%`, `33.333333 %`. Nothing for any other text, for more
/// than six decimals and for more than 100 %.
[[nodiscard]] std::optional<Share> parse_share(std::string_view text);

/// "50%", "33.3%": the least text that parse_share() reads back.
[[nodiscard]] std::string share_text(Share share);

/// `ownership`: whether listed parties own so much of an account. docs/evaluation.md, Ownership,
/// has the rules. Owners of owners are not looked at.
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
  struct Owner;
  struct Held;
  [[nodiscard]] std::vector<Owner> owners_of(const Record& record, NameLookup how) const;
  void look_up(Owner& owner, UtcTime time, NameLookup how) const;
  [[nodiscard]] Held held(const std::vector<Owner>& owners) const;
  [[nodiscard]] bool is_enough(Share share) const;
  [[nodiscard]] std::optional<bool> truth(const std::vector<Owner>& owners, const Held& held) const;
  [[nodiscard]] std::string limit_text() const;

  Parts parts_;
  std::vector<FieldId> fields_;
};

}  // namespace tidewaiter
