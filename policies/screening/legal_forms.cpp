// Legal forms of companies, as words of names have them once full stops and accents are gone. The
// forms and their abbreviations are those of ISO 20275 (Entity Legal Forms, kept by GLEIF) for the
// countries whose companies stand on lists; which family a form is in follows what liability its
// owners have: https://www.gleif.org/en/about-lei/code-lists/iso-20275-entity-legal-forms-code-list

#include <algorithm>
#include <array>
#include <map>
#include <sstream>

#include "policies/screening/name_vocabulary.h"

namespace tidewaiter {
namespace {

/// One family a line: limited by shares, public; limited, private; corporations as such;
/// partnerships; co-operatives, foundations and associations; owned by a state.
constexpr std::array<std::string_view, 6> kFamilies{
    // public limited companies
    "plc|p l c|public limited company|public joint stock company|pjsc|pao|oao|ojsc|jsc|ao|zao|cjsc|"
    "private joint stock company|private jsc|private joint stock|public joint stock|joint stock|"
    "public company|public company limited|private company|single person company|"
    "one person company|one person llc|one person|person company|sal holding|holding sal|"
    "sal offshore|offshore sal|ead|private shareholding company|public shareholding company|"
    "open joint stock company|closed joint stock company|joint stock company|joint stock co|"
    "aktsionernoe obshchestvo|aktsionernoye obshchestvo|otkrytoye aktsionernoye obshchestvo|"
    "zakrytoye aktsionernoye obshchestvo|publichnoye aktsionernoye obshchestvo|pat|prat|tov at|"
    "ag|aktiengesellschaft|akg|kgaa|sa|s a|societe anonyme|sociedad anonima|sociedade anonima|"
    "spolka akcyjna|sab de cv|sa de cv|sa cv|sociedad anonima de capital variable|sapi de cv|"
    "spa|societa per azioni|nv|naamloze vennootschap|ab|aktiebolag|publ|oyj|oy|osakeyhtio|as|a s|"
    "asa|aksjeselskap|aktieselskab|akcionersko drustvo|ad|dd|dionicko drustvo|as sirketi|"
    "anonim sirketi|anonim sirket|a s sirketi|tbk|perseroan terbatas|pt|kk|kabushiki kaisha|"
    "kabushiki gaisha|saog|saoc|psc|pjs|qsc|ksc|ksck|kscc|bsc|sal|sarl sal|sae|sak|se|"
    "societas europaea|rt|nyrt|zrt|vostok ao|jointstock company|berhad|bhd|psjc",
    // private limited companies
    "ltd|limited|co ltd|company limited|co limited|pte ltd|pte|private limited|pvt ltd|pvt|"
    "pvt limited|pty ltd|pty limited|pty|proprietary limited|sdn bhd|sendirian "
    "berhad|ltda|limitada|"
    "llc|l l c|limited liability company|limited liability co|ooo|tov|too|"
    "obshchestvo s ogranichennoy otvetstvennostyu|obschestvo s ogranichennoj otvetstvennostju|"
    "gmbh|g m b h|gesellschaft mit beschrankter haftung|gesmbh|ug|sarl|s a r l|srl|s r l|sro|s r o|"
    "societe a responsabilite limitee|societa a responsabilita limitata|"
    "societatea cu raspundere limitata|sociedad de responsabilidad limitada|s de rl de cv|"
    "s de r l de cv|sl|slu|sociedad limitada|sp z oo|sp zoo|spolka z oo|spzoo|sp z o o|"
    "spolka z ograniczona odpowiedzialnoscia|bv|besloten vennootschap|bvba|sprl|kft|doo|d o o|"
    "drustvo s ogranicenom odgovornoscu|eood|ood|aps|anpartsselskab|uab|sia|ou|ltd sti|"
    "limited sirketi|limited sti|ltd sirketi|fze|fzco|fz llc|fzc|fz co|dmcc|wll|w l "
    "l|eurl|sasu|sas|"
    "s a s|societe par actions simplifiee|yk|yugen kaisha|gk|godo kaisha|unipessoal lda|lda|"
    "ltd co|mmc|mchj|xk|bk",
    // corporations as such
    "inc|incorporated|corp|corporation|company|co|cie|compagnie|compania|companhia|societe|firma|"
    "gruppe|na|n a|and co|und co|et cie",
    // partnerships
    "lp|l p|llp|l l p|limited liability partnership|limited partnership|lllp|gmbh and co kg|"
    "gmbh co kg|kg|kommanditgesellschaft|ohg|gbr|sca|scs|snc|cv|c v|vof|kd|ks",
    // co-operatives, foundations, associations
    "ev|e v|eg|stiftung|stichting|coop|scrl|sccl|ano|nko|avtonomnaya nekommercheskaya "
    "organizatsiya|"
    "fgbu|anstalt|verein|ry",
    // owned by a state
    "fgup|fsue|gup|federal state unitary enterprise|state unitary enterprise|sue|"
    "federalnoye gosudarstvennoye unitarnoye predpriyatiye|federal state enterprise|fkp",
};

/// By the first word of a form: its words, and its family.
struct Form {
  std::vector<std::string> words;
  std::uint8_t family = 0;
};
using Forms = std::map<std::string, std::vector<Form>, std::less<>>;

Form form_of(std::string_view text, std::uint8_t family) {
  Form form{{}, family};
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) form.words.push_back(word);
  return form;
}

const Forms& forms() {
  static const Forms kForms = [] {
    Forms all;
    for (std::size_t i = 0; i < kFamilies.size(); ++i) {
      std::string_view rest = kFamilies[i];
      while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('|'), rest.size());
        Form form = form_of(rest.substr(0, end), static_cast<std::uint8_t>(i + 1));
        all[form.words.front()].push_back(std::move(form));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
    for (auto& [first, same] : all) {  // the longest first
      std::ranges::stable_sort(same, std::ranges::greater{},
                               [](const Form& form) { return form.words.size(); });
    }
    return all;
  }();
  return kForms;
}

}  // namespace

bool is_always_legal_form(std::string_view word) {
  static constexpr std::array<std::string_view, 7> kShort{"llc", "ltd", "inc", "plc",
                                                          "jsc", "pte", "co"};
  return word.size() > 3 || std::ranges::find(kShort, word) != kShort.end();
}

LegalForm legal_form_at(std::span<const std::string_view> words, std::size_t at) {
  const auto found = forms().find(words[at]);
  if (found == forms().end()) return {};
  for (const Form& form : found->second) {
    if (form.words.size() > words.size() - at) continue;
    if (std::equal(form.words.begin(), form.words.end(),
                   words.begin() + static_cast<std::ptrdiff_t>(at))) {
      return {form.family, form.words.size()};
    }
  }
  return {};
}

}  // namespace tidewaiter
