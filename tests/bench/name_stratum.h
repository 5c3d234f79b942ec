#pragma once

#include <string>
#include <string_view>

#include "policies/screening/name_vocabulary.h"

namespace tidewaiter::bench {

/// How two names differ, told without the matcher that is judged: by ICU's Any-Latin and
/// Latin-ASCII, words of letters and digits, and the distance of Damerau and Levenshtein (optimal
/// string alignment). The first that holds:
///
///   transliteration, SCRIPT  one is written in another script, the other in Latin letters, and the
///                            consonants of the whole are at a distance of a quarter of theirs
///   other name in SCRIPT     the same, and they are not: a translation, or another name
///   exact                    the same words in the same order
///   order                    the same words
///   legal form               the same words, without legal forms (organisations)
///   joined or split          the same letters, without spaces
///   initials                 the same words, where a letter stands for a word that it begins
///   spelling                 each word has a partner at a distance of a quarter of its letters
///   words left out           the same, of one name's words alone
///   other words              some words have a partner, others on both sides have none
///   without similarity       no word has a partner
[[nodiscard]] std::string name_stratum(std::string_view a, std::string_view b, PartyKind kind);

/// The strata of aliases that a name alone can lead to: all but other names, in any script, and the
/// last three.
[[nodiscard]] bool is_similar(std::string_view stratum);

/// Whether one of the names alone is written in Latin letters, similar or not.
[[nodiscard]] bool is_in_two_scripts(std::string_view stratum);

}  // namespace tidewaiter::bench
