#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "policies/model/field.h"
#include "policies/model/record.h"
#include "policies/screening/party_index.h"

namespace tidewaiter {

/// A question about the parties that an account record names: the truth value behind a policy's
/// `screen`. A plain value of its policy; safe from any thread.
class PartyCheck {
 public:
  struct Verdict {
    std::optional<bool> truth;     ///< nothing: it cannot be told
    std::optional<double> figure;  ///< of a record for which it is true: what findings show
  };

  /// Why a record is judged as it is, for people.
  struct Grounds {
    double nearness = 0.0;           ///< the greater, the nearer to true
    std::vector<std::string> lines;  ///< of what makes it true, each; else of the nearest one alone
  };

  PartyCheck() = default;
  PartyCheck(const PartyCheck&) = default;
  PartyCheck& operator=(const PartyCheck&) = default;
  virtual ~PartyCheck() = default;

  /// Both ways of looking up give the same verdict.
  [[nodiscard]] virtual Verdict judge(const Record& record, NameLookup how) const = 0;

  [[nodiscard]] virtual Grounds grounds(const Record& record) const = 0;

  /// Fields of the record that the verdict depends on, besides its time.
  [[nodiscard]] virtual std::span<const FieldId> fields() const = 0;

  /// Equal for two checks if and only if they mean the same: with the content of the lists.
  [[nodiscard]] virtual std::string canonical_text() const = 0;

  /// "name, owners like a name of list:csl by 0.9": without the content of the lists.
  [[nodiscard]] virtual std::string summary() const = 0;
};

/// The texts of a field of type string or list of string; none if the record lacks it.
[[nodiscard]] std::vector<std::string> field_texts(const Record& record, FieldId id);

}  // namespace tidewaiter
