#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/screening/party_check.h"
#include "policies/screening/party_choice.h"
#include "policies/screening/screen_hit.h"
#include "policies/screening/screened_list.h"

namespace tidewaiter {

/// What else than the name a record and a listed party may have in common.
enum class Corroboration : std::uint8_t { kCountry, kIdentifiers };
[[nodiscard]] std::string_view corroboration_name(Corroboration kind);  // "country", "identifiers"

/// A value of a record that a listed party has too.
struct Agreement {
  Corroboration kind = Corroboration::kCountry;
  std::string value;  ///< in capitals, since case is not compared
  auto operator<=>(const Agreement&) const = default;
};
/// All of them, each once and in order, whatever a screening asks for. Where the list writes a
/// country otherwise than by its code, any country of the record is among them: it may be that one.
[[nodiscard]] std::vector<Agreement> agreements_of(const Record& record, const ListedParty& party);
/// The fields of a record in which they stand, each once.
[[nodiscard]] std::vector<FieldId> agreement_fields();

/// `screen`: whether a name of an account record is like one of a listed party, by the score that
/// `tidewaiter screen` gives. A hit by a weak alias alone counts where something else agrees: what
/// `corroborate` names, or the country or an identifier. docs/evaluation.md, Screening, has the
/// rules.
class Screening : public PartyCheck {
 public:
  struct Corroborated {
    std::optional<Score> score;      ///< enough where one agrees: below that of the screening
    std::vector<Corroboration> any;  ///< one of which has to agree
    bool is_required = false;        ///< of every hit; then there is no lower score
  };
  struct Parts {
    std::vector<FieldId> names;  ///< fields that hold names: of type string or list of string
    std::vector<std::shared_ptr<const ScreenedList>> lists;  ///< shared by all that name them
    Score score = kSameName;                                 ///< > 0
    std::optional<PartyKind> kind;  ///< of what the names name; nothing: of either
    std::optional<Corroborated> corroborate;
    PartyChoice choice = {};  ///< of a party of which it is not known a hit cannot be told
  };

  explicit Screening(Parts parts);

  [[nodiscard]] const Parts& parts() const { return parts_; }
  /// One of which has to agree where the name is not enough: what `corroborate` names, without it
  /// all that there are if a list has weak aliases.
  [[nodiscard]] const std::vector<Corroboration>& corroborations() const { return corroborations_; }

  [[nodiscard]] Verdict judge(const Record& record, NameLookup how) const override;

  /// Whether somebody has said that this name, in this field, is not this party of this list.
  using IsCleared = std::function<bool(FieldId, const std::string& name, const ScreenedList& list,
                                       const ListedParty& party)>;
  /// The same as if the parties that are cleared were not listed.
  [[nodiscard]] Verdict judge_rest(const Record& record, NameLookup how,
                                   const IsCleared& is_cleared) const;

  /// Whom the record's names hit at the least score that can count, those that count first, then by
  /// their score.
  [[nodiscard]] std::vector<ScreenHit> hits(const Record& record) const;

  [[nodiscard]] Grounds grounds(const Record& record) const override;
  [[nodiscard]] std::span<const FieldId> fields() const override { return fields_; }
  [[nodiscard]] std::string canonical_text() const override;
  [[nodiscard]] std::string summary() const override;

 private:
  struct Match;
  struct Screened;
  [[nodiscard]] Screened screen(const Record& record, Score least, NameLookup how) const;
  void look_up(const Record& record, FieldId field, const std::string& name, Score least,
               NameLookup how, Screened& out) const;
  void weigh(const Record& record, Match& match) const;
  [[nodiscard]] Verdict verdict_of(const Screened& screened, const Record& record) const;
  [[nodiscard]] ScreenHit hit_of(const Match& match, UtcTime time) const;
  [[nodiscard]] Score least_score() const;
  [[nodiscard]] bool needs_corroboration(const Match& match) const;
  [[nodiscard]] std::string shortfall_of(const Match& match) const;
  [[nodiscard]] std::string line_of(const Match& match) const;

  Parts parts_;
  std::vector<Corroboration> corroborations_;  ///< that are looked at
  std::vector<FieldId> fields_;
};

}  // namespace tidewaiter
