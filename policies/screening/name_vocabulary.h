#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tidewaiter {

/// What a name is the name of: words mean different things in the two.
enum class PartyKind : std::uint8_t {
  kPerson,
  kOrganisation,  ///< companies, authorities, groups, vessels
};
[[nodiscard]] std::string_view party_kind_name(PartyKind kind);  // "person", "organisation"

/// What a word does in a name. Words are in the form of LatinWord::letters.
enum class WordRole : std::uint8_t {
  kPlain,
  kParticle,  ///< between the parts of a name: bin, de, von
  kTitle,     ///< before or after a name: Dr, Haji, President
  kGeneric,   ///< of organisations: what many are called, group, trading, bank
  kNumber,    ///< digits, Roman numerals, numbers in words: all in digits
  kInitial,   ///< one letter
};

/// Words that say nothing in a name of that kind, and are left out: the, and, al.
[[nodiscard]] bool is_empty_word(std::string_view word, PartyKind kind);

/// The Arabic article that a word is, as it is written and as it sounds before other consonants
/// (`al`, `el`, `ur`, `ash`); "" for others. What is returned lives as long as the program.
[[nodiscard]] std::string_view arabic_article(std::string_view word);

/// The role by the word alone. Initials and numbers are told by their form, all others by tables.
[[nodiscard]] WordRole word_role(std::string_view word, PartyKind kind);

/// What an abbreviation or another spelling stands for: `intl` is `international`, `ibn` is `bin`,
/// `forty` is `40`, `2nd` is `2`, `xiv` (of an organisation) is `14`; the word itself else.
[[nodiscard]] std::string_view full_word(std::string_view word, PartyKind kind);

/// Groups of given names of which one is short for, or the pet form of, another; none for most.
/// Two names are nicknames of each other if they share a group.
[[nodiscard]] std::span<const std::uint16_t> nickname_groups(std::string_view word);

/// A legal form that a name of an organisation states, and how many of its words do.
struct LegalForm {
  std::uint8_t family = 0;  ///< forms that are the same or translate each other share it; 0: none
  std::size_t words = 0;
};

/// The longest legal form that begins at words[at].
[[nodiscard]] LegalForm legal_form_at(std::span<const std::string_view> words, std::size_t at);

/// Whether a word is nothing but a legal form wherever it stands in a name: `llc`, `gmbh`, `co`.
[[nodiscard]] bool is_always_legal_form(std::string_view word);

/// Whether the words show that the name is that of an organisation: a legal form, or a word like
/// `bank`.
[[nodiscard]] bool looks_like_organisation(std::span<const std::string_view> words);

}  // namespace tidewaiter
