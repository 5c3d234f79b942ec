#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/digest.h"
#include "policies/model/error.h"
#include "policies/model/time.h"
#include "policies/screening/consequence.h"
#include "policies/screening/issue_standing.h"
#include "policies/screening/licence_terms.h"
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
  /// By which its publisher names it; for people, and no part of what the list means. Several where
  /// entries differ in nothing else.
  std::vector<std::string> ids = {};
  /// Under which it is listed, by its publisher's words. They say what follows, and nothing of who
  /// it is: no part of party_digest() and of ScreenedList::digest().
  std::vector<std::string> programs = {};
  LicenceTerms licence = {};  ///< for people; no part of the digests either

  [[nodiscard]] bool stands_at(UtcTime time) const {
    return during.from <= time && time < during.to;
  }
};

/// SHA-256 over all that a list says of who a party is: another one is another entry.
[[nodiscard]] Digest party_digest(const ListedParty& party);

/// What becomes of names that cannot be compared: signs alone, too long.
enum class NamesToCompare : std::uint8_t {
  kEveryName,         ///< they are an error
  kNamesThatCompare,  ///< they are not found
};

/// The parties of a list, made ready to be looked for by name. Immutable: all policies of a set
/// share one, from any thread.
class ScreenedList {
 public:
  /// Errors: those of compared_name() and name_form(), with the name or alias.
  [[nodiscard]] static Result<std::shared_ptr<const ScreenedList>> make(
      std::string name, std::vector<ListedParty> parties,
      NamesToCompare names = NamesToCompare::kEveryName);

  /// The parties of an issue of a published list, which are shared, by the name of a list of
  /// policies.
  [[nodiscard]] std::shared_ptr<const ScreenedList> as_issue(std::string name,
                                                             IssueStanding standing) const;
  ScreenedList(const ScreenedList&) = delete;
  ScreenedList& operator=(const ScreenedList&) = delete;
  ~ScreenedList();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::vector<ListedParty>& parties() const;
  /// How many names are not looked for, for they cannot be compared.
  [[nodiscard]] std::size_t names_left_out() const;
  /// Some party has a weak alias.
  [[nodiscard]] bool has_weak_aliases() const;
  /// Of an issue of a published list; nothing of a list that stands among the policies.
  [[nodiscard]] const std::optional<IssueStanding>& standing() const { return standing_; }
  /// Whether the parties are those that tests find in a synced list, and say nothing of whom it
  /// holds.
  [[nodiscard]] bool is_sample() const { return is_sample_; }
  /// The same list as such a sample.
  [[nodiscard]] std::shared_ptr<const ScreenedList> as_sample() const;
  /// Whether who is not found is known not to be listed at the time. Always, but for an issue that
  /// nobody has confirmed up to then.
  [[nodiscard]] bool is_known_at(UtcTime time) const {
    return !standing_ || time < standing_->known_until;
  }
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

  /// Whether a party without programmes is listed under none: not of an issue that was stored
  /// without them.
  [[nodiscard]] bool keeps_programs() const { return keeps_programs_; }
  /// The same list, of which this is so.
  [[nodiscard]] std::shared_ptr<const ScreenedList> keeping_programs(bool keeps) const;

  /// What its publisher, or the house, asks of whoever deals with a party; null where nobody says.
  [[nodiscard]] const std::shared_ptr<const Consequences>& consequences() const {
    return consequences_;
  }
  /// The same list of which these are known; null takes them away.
  [[nodiscard]] std::shared_ptr<const ScreenedList> with_consequences(
      std::shared_ptr<const Consequences> consequences) const;
  /// What follows for one of its parties at event time `at`. Of a party whose programmes are not
  /// kept it is untold, but where no programme matters.
  [[nodiscard]] Follows follows(const ListedParty& party, UtcTime at) const;
  /// SHA-256 over each party with its programmes, in whatever order, and all that decides what
  /// follows: all that a choice by programme or obligation depends on.
  [[nodiscard]] Digest listing_digest() const;

  /// SHA-256 over the party_digest() of each party, sorted, each once: entries of one party that
  /// differ in their programmes alone are one, and nor does their order matter.
  [[nodiscard]] const Digest& digest() const;

  /// What of it is part of a policy's meaning: "list:csl sha256:…". Up to when an issue is known to
  /// hold is not.
  [[nodiscard]] std::string meaning() const;

 private:
  class Searches;
  struct Content;

  ScreenedList(std::string name, std::shared_ptr<const Content> content,
               std::optional<IssueStanding> standing);

  std::string name_;
  std::shared_ptr<const Content>
      content_;  // shared: one issue is there once, by however many names
  std::optional<IssueStanding> standing_;
  bool is_sample_ = false;
  bool keeps_programs_ = true;
  std::shared_ptr<const Consequences> consequences_;  // shared by all lists of one kind
};

/// The first of the lists of which is_known_at() is false; null if there is none.
[[nodiscard]] const ScreenedList* first_unknown(
    const std::vector<std::shared_ptr<const ScreenedList>>& lists, UtcTime time);

/// Why who is not found in such a list may be listed, for people: "list:sdn is not known after …".
[[nodiscard]] std::string unknown_text(const ScreenedList& list);

}  // namespace tidewaiter
