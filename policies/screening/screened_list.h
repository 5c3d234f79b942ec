#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "policies/model/digest.h"
#include "policies/model/error.h"
#include "policies/model/time.h"
#include "policies/screening/name_form.h"
#include "policies/screening/party_index.h"

namespace tidewaiter {

/// A person or organisation as a list names it.
struct ListedParty {
  std::string name;
  std::vector<std::string> aliases;
  std::vector<std::string> countries;          ///< codes; compared without case
  std::vector<std::string> identifiers;        ///< `scheme:value`; compared without case
  Interval during;                             ///< event time in which it stands in the list
  std::optional<PartyKind> kind = {};          ///< nothing where the list does not say
  std::vector<std::string> weak_aliases = {};  ///< that the list calls weak

  [[nodiscard]] bool stands_at(UtcTime time) const {
    return during.from <= time && time < during.to;
  }
};

/// The parties of a list, made ready to be looked for by name. Immutable: all policies of a set
/// share one, from any thread.
class ScreenedList {
 public:
  /// Errors: those of compared_name() and name_form(), with the name or alias.
  [[nodiscard]] static Result<std::shared_ptr<const ScreenedList>> make(
      std::string name, std::vector<ListedParty> parties);
  ScreenedList(const ScreenedList&) = delete;
  ScreenedList& operator=(const ScreenedList&) = delete;
  ~ScreenedList();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::vector<ListedParty>& parties() const { return parties_; }
  /// Some party has a weak alias.
  [[nodiscard]] bool has_weak_aliases() const { return has_weak_aliases_; }
  /// The name or alias that was hit, as the list writes it.
  [[nodiscard]] const std::string& text_of(const PartyHit& hit) const;

  /// PartySearch::find() among the names of the list; PartyHit::name is 0 for the party's name,
  /// then come its aliases and then its weak ones. Dates are not looked at.
  [[nodiscard]] Result<std::vector<PartyHit>> find(std::string_view name,
                                                   std::optional<PartyKind> kind, Score least,
                                                   NameLookup how) const;

  /// PartyIndex::parts() of a hit.
  [[nodiscard]] std::vector<std::string> parts(std::string_view name, const PartyHit& hit) const;

  /// The parties of which a name or alias that is not weak is is_same_name() as `form`; by party.
  /// Dates are not looked at.
  [[nodiscard]] std::vector<std::uint32_t> find_same(const NameForm& form, NameLookup how) const;

  /// The parties that have the identifier, ASCII letters in either case; by party. Dates are not
  /// looked at. Nothing has an empty one.
  [[nodiscard]] std::vector<std::uint32_t> find_identifier(std::string_view identifier,
                                                           NameLookup how) const;

  /// SHA-256 over the parties as they are written, in the order of the list.
  [[nodiscard]] const Digest& digest() const { return digest_; }

 private:
  class Searches;
  using PartiesByForm = std::unordered_map<std::u32string, std::vector<std::uint32_t>>;

  ScreenedList();
  Result<void> add_forms();
  Result<void> make_index();
  void make_identifiers();
  void make_digest();

  std::string name_;
  std::vector<ListedParty> parties_;
  bool has_weak_aliases_ = false;
  std::unique_ptr<const PartyIndex> index_;
  std::unique_ptr<Searches> searches_;
  PartiesByForm joined_;  ///< by NameForm::joined()
  PartiesByForm sorted_;  ///< by NameForm::sorted()
  std::unordered_map<std::string, std::vector<std::uint32_t>>
      identifiers_;  ///< parties, lower case
  Digest digest_;
};

}  // namespace tidewaiter
