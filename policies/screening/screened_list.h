#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "policies/model/digest.h"
#include "policies/model/error.h"
#include "policies/model/time.h"
#include "policies/screening/name_form.h"
#include "policies/screening/name_similarity.h"

namespace tidewaiter {

/// A person or organisation as a list names it.
struct ListedParty {
  std::string name;
  std::vector<std::string> aliases;
  std::vector<std::string> countries;    ///< codes; compared without case
  std::vector<std::string> identifiers;  ///< `scheme:value`; compared without case
  Interval during;                       ///< event time in which it stands in the list

  [[nodiscard]] bool stands_at(UtcTime time) const {
    return during.from <= time && time < during.to;
  }
};

/// How names are looked up. Both ways give the same.
enum class NameLookup : std::uint8_t {
  kIndex,  ///< by the words that names have in common
  kScan,   ///< every name in turn: the oracle
};

/// A listed party whose name, or one of whose aliases, is like the one that was looked for.
struct NameHit {
  std::uint32_t party = 0;
  std::uint32_t name = 0;  ///< 0: the party's name; i: its alias i − 1
  Score score = 0;
  bool operator==(const NameHit&) const = default;
};

/// The parties of a list, made ready to be looked for by name. Immutable: all policies of a set
/// share one, from any thread.
class ScreenedList {
 public:
  /// Errors: those of name_form(), with the name or alias.
  [[nodiscard]] static Result<std::shared_ptr<const ScreenedList>> make(
      std::string name, std::vector<ListedParty> parties);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::vector<ListedParty>& parties() const { return parties_; }
  /// The name or alias that was hit, as the list writes it.
  [[nodiscard]] const std::string& text_of(const NameHit& hit) const;

  /// Of each party the name that is most like `form`, the first of equals, where its score is at
  /// least `least` (> 0); by party. Dates are not looked at. The index compares `form` with each
  /// different word of the list, and then with the names alone whose words leave `least` possible.
  [[nodiscard]] std::vector<NameHit> find(const NameForm& form, Score least, NameLookup how) const;

  /// The parties that have the identifier, ASCII letters in either case; by party. Dates are not
  /// looked at. Nothing has an empty one.
  [[nodiscard]] std::vector<std::uint32_t> find_identifier(std::string_view identifier,
                                                           NameLookup how) const;

  /// SHA-256 over the parties as they are written, in the order of the list.
  [[nodiscard]] const Digest& digest() const { return digest_; }

 private:
  struct Name {
    std::uint32_t party = 0;
    std::uint32_t name = 0;  ///< as in NameHit
    NameForm form;
    std::int64_t length = 0;
  };
  struct Word {
    std::u32string text;
    std::uint32_t marks = 0;
    std::vector<std::uint32_t> names;  ///< that have it, each once
  };

  ScreenedList() = default;
  Result<void> add_name(std::uint32_t party, std::uint32_t name, const std::string& text);
  void make_index();
  void make_digest();
  [[nodiscard]] std::vector<std::uint32_t> possible(const NameForm& form, Score least) const;

  std::string name_;
  std::vector<ListedParty> parties_;
  std::vector<Name> names_;
  std::vector<Word> words_;  ///< different from each other
  std::unordered_map<std::u32string, std::vector<std::uint32_t>> joined_;  ///< names by their form
  std::unordered_map<std::string, std::vector<std::uint32_t>>
      identifiers_;  ///< parties, lower case
  Digest digest_;
};

}  // namespace tidewaiter
