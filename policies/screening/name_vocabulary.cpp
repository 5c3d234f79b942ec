#include "policies/screening/name_vocabulary.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

using WordSet = std::unordered_set<std::string_view>;
using WordMap = std::unordered_map<std::string_view, std::string_view>;

WordSet split_words(std::string_view text) {
  WordSet all;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) all.insert(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return all;
}

/// Articles, and what joins words.
const WordSet& empty_words(PartyKind kind) {
  static const WordSet kOfPersons =
      split_words("al el ul ur ud us as ad ar at an az ash adh the na fnu lnu nmn");
  static const WordSet kOfOrganisations = split_words(
      "the and of for und et y e i fur der die das des le la les los las el al an a de del di da "
      "do "
      "dos du en in im on at to with by und ve och og og ja u va");
  return kind == PartyKind::kPerson ? kOfPersons : kOfOrganisations;
}

const WordSet& arabic_articles() {
  static const WordSet kAll = split_words("al el ul ur ud us as ad ar at an az ash adh");
  return kAll;
}

const WordSet& particles() {
  static const WordSet kAll = split_words(
      "bin bint abu umm ould de da do dos das du del della di van von der den ter ten zu zur y e "
      "la le "
      "les "
      "los las san st oglu ogly qizi kizi gyzy ap mac o and wa the");
  return kAll;
}

const WordSet& titles() {
  static const WordSet kAll = split_words(
      "mr mrs ms miss mister monsieur madame mme herr frau senor senora sr jr junior senior dr "
      "doctor "
      "doktor prof professor sir lord lady dame rev reverend father fr president prasident "
      "presidente minister general gen colonel col major maj captain capt lieutenant lt sergeant "
      "admiral brigadier commander marshal haji hajji hajj haj hadji hac sheikh shaikh shaykh "
      "sheik mullah mulla maulana maulawi mawlawi molvi maulvi qari hafiz ustad ustadh sayyid "
      "sayed syed sayyed said sayid emir amir imam ayatollah hojatoleslam mufti alhaji alhaj "
      "mohtarma begum don dona esq phd md ing dipl mag hon honorable his her excellency haaji "
      "sardar "
      "akhund akhundzada engineer eng comandante llc ltd inc gmbh");
  return kAll;
}

/// What many organisations are called by: it tells little of which one.
const WordSet& generic_words() {
  static const WordSet kAll = split_words(
      "group gruppe groupe grupo holding holdings international global worldwide trading trade "
      "general company companies corporation enterprise enterprises industry industries industrial "
      "services service solutions systems technology technologies tech development investment "
      "investments management commercial business import export foundation institute association "
      "organization organisation agency office department ministry center centre bureau committee "
      "limited co firm establishment partners capital fund trust bank university factory plant "
      "works research production products logistics shipping engineering construction consulting "
      "national state federal public central society union federation network division branch "
      "mv mt ms mts ss vessel ship motor tanker");
  return kAll;
}

const WordMap& abbreviations() {
  static const WordMap kAll{{"intl", "international"},
                            {"int", "international"},
                            {"inter", "international"},
                            {"natl", "national"},
                            {"assn", "association"},
                            {"assoc", "association"},
                            {"univ", "university"},
                            {"inst", "institute"},
                            {"dept", "department"},
                            {"mfg", "manufacturing"},
                            {"mfrs", "manufacturers"},
                            {"grp", "group"},
                            {"hldg", "holding"},
                            {"hldgs", "holdings"},
                            {"bros", "brothers"},
                            {"svcs", "services"},
                            {"svc", "service"},
                            {"tech", "technology"},
                            {"technologies", "technology"},
                            {"eng", "engineering"},
                            {"engrg", "engineering"},
                            {"govt", "government"},
                            {"gov", "government"},
                            {"mgmt", "management"},
                            {"dev", "development"},
                            {"devt", "development"},
                            {"inds", "industries"},
                            {"ind", "industrial"},
                            {"imp", "import"},
                            {"exp", "export"},
                            {"gen", "general"},
                            {"trdg", "trading"},
                            {"fdn", "foundation"},
                            {"org", "organization"},
                            {"lab", "laboratory"},
                            {"labs", "laboratories"},
                            {"elec", "electric"},
                            {"ctr", "center"},
                            {"centre", "center"},
                            {"organisation", "organization"},
                            {"labour", "labor"},
                            {"defence", "defense"},
                            {"sci", "science"},
                            {"petrol", "petroleum"},
                            {"pharm", "pharmaceutical"},
                            {"pharma", "pharmaceutical"},
                            {"bk", "bank"},
                            {"usa", "us"}};
  return kAll;
}

/// Spellings of the words between names that no rule of letters brings together.
const WordMap& name_spellings() {
  static const WordMap kAll{
      {"abdul", "abd"}, {"abdel", "abd"},  {"abdal", "abd"},  {"abdur", "abd"}, {"abdoul", "abd"},
      {"ibn", "bin"},   {"ben", "bin"},    {"abou", "abu"},   {"abo", "abu"},   {"aboo", "abu"},
      {"om", "umm"},    {"oum", "umm"},    {"vom", "von"},    {"saint", "st"},  {"sankt", "st"},
      {"dela", "de"},   {"dos", "de"},     {"das", "de"},     {"del", "de"},    {"du", "de"},
      {"da", "de"},     {"bou", "abu"},    {"abdol", "abd"},  {"abdal", "abd"}, {"wuld", "ould"},
      {"weld", "ould"}, {"walad", "ould"}, {"eddine", "din"}, {"eddin", "din"}, {"uddin", "din"},
      {"addin", "din"}, {"aldin", "din"},  {"eldin", "din"},  {"eldine", "din"}};
  return kAll;
}

const WordMap& number_words() {
  static const WordMap kAll{
      {"one", "1"},        {"two", "2"},       {"three", "3"},     {"four", "4"},
      {"five", "5"},       {"six", "6"},       {"seven", "7"},     {"eight", "8"},
      {"nine", "9"},       {"ten", "10"},      {"eleven", "11"},   {"twelve", "12"},
      {"thirteen", "13"},  {"fourteen", "14"}, {"fifteen", "15"},  {"sixteen", "16"},
      {"seventeen", "17"}, {"eighteen", "18"}, {"nineteen", "19"}, {"twenty", "20"},
      {"thirty", "30"},    {"forty", "40"},    {"fourty", "40"},   {"fifty", "50"},
      {"sixty", "60"},     {"seventy", "70"},  {"eighty", "80"},   {"ninety", "90"},
      {"first", "1"},      {"second", "2"},    {"third", "3"},     {"fourth", "4"},
      {"fifth", "5"},      {"sixth", "6"},     {"seventh", "7"},   {"eighth", "8"},
      {"ninth", "9"},      {"tenth", "10"},    {"1st", "1"},       {"2nd", "2"},
      {"3rd", "3"},        {"4th", "4"},       {"5th", "5"},       {"6th", "6"},
      {"7th", "7"},        {"8th", "8"},       {"9th", "9"},       {"10th", "10"},
      {"ii", "2"},         {"iii", "3"},       {"iv", "4"},        {"v", "5"},
      {"vi", "6"},         {"vii", "7"},       {"viii", "8"},      {"ix", "9"},
      {"x", "10"},         {"xi", "11"},       {"xii", "12"},      {"xiii", "13"},
      {"xiv", "14"},       {"xv", "15"},       {"xvi", "16"},      {"xvii", "17"},
      {"xviii", "18"},     {"xix", "19"},      {"xx", "20"}};
  return kAll;
}

bool is_number(std::string_view word) { return std::ranges::all_of(word, is_digit); }

}  // namespace

std::string_view party_kind_name(PartyKind kind) {
  return kind == PartyKind::kPerson ? "person" : "organisation";
}

bool is_empty_word(std::string_view word, PartyKind kind) {
  return empty_words(kind).contains(word);
}

std::string_view arabic_article(std::string_view word) {
  const auto found = arabic_articles().find(word);
  return found == arabic_articles().end() ? std::string_view() : *found;
}

WordRole word_role(std::string_view word, PartyKind kind) {
  if (is_number(word)) return WordRole::kNumber;
  if (kind == PartyKind::kOrganisation) {
    return generic_words().contains(word) ? WordRole::kGeneric : WordRole::kPlain;
  }
  if (word.size() == 1) return WordRole::kInitial;
  if (particles().contains(word)) return WordRole::kParticle;
  return titles().contains(word) ? WordRole::kTitle : WordRole::kPlain;
}

std::string_view full_word(std::string_view word, PartyKind kind) {
  const auto in = [word](const WordMap& map) {
    const auto found = map.find(word);
    return found == map.end() ? std::string_view() : found->second;
  };
  std::string_view full = in(kind == PartyKind::kPerson ? name_spellings() : number_words());
  if (full.empty() && kind == PartyKind::kOrganisation) full = in(abbreviations());
  return full.empty() ? word : full;
}

bool looks_like_organisation(std::span<const std::string_view> words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].size() > 2 && generic_words().contains(words[i])) return true;
    const LegalForm form = legal_form_at(words, i);
    // Short forms are names and initials of persons too: they are forms at an end.
    if (form.words > 1 || (form.words == 1 && (words[i].size() > 2 || i + 1 == words.size()))) {
      return true;
    }
  }
  return false;
}

}  // namespace tidewaiter
