#include "policies/screening/screening.h"

#include <algorithm>
#include <array>
#include <utility>

#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kCountryCodeLetters = 2;

bool same_caseless(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

bool has_caseless(const std::vector<std::string>& texts, std::string_view text) {
  return std::ranges::any_of(
      texts, [text](const std::string& other) { return same_caseless(text, other); });
}

template <class Items, class Say>
std::string chained(const Items& items, Say say, std::string_view between) {
  std::string text;
  for (const auto& item : items) {
    text += (text.empty() ? "" : std::string(between)) + std::string(say(item));
  }
  return text;
}

/// The fields in which an account record has what corroborates.
std::vector<FieldId> fields_of(Corroboration kind) {
  if (kind == Corroboration::kIdentifiers) return {*find_field("identifiers")};
  return {*find_field("country.declared"), *find_field("country.billing"),
          *find_field("country.registered")};
}

const std::vector<std::string>& values_of(const ListedParty& party, Corroboration kind) {
  return kind == Corroboration::kCountry ? party.countries : party.identifiers;
}

/// A country that the list writes otherwise than by its code may be the one of the record.
bool can_be_compared(const std::vector<std::string>& listed, Corroboration kind) {
  return kind != Corroboration::kCountry ||
         std::ranges::all_of(listed, [](const std::string& country) {
           return country.size() == kCountryCodeLetters;
         });
}

/// Whether the record has what the party has; nothing where the record does not say.
std::optional<bool> agrees(const Record& record, const ListedParty& party, Corroboration kind) {
  const std::vector<std::string>& listed = values_of(party, kind);
  if (listed.empty()) return false;
  bool told = false;
  for (const FieldId id : fields_of(kind)) {
    for (const std::string& text : field_texts(record, id)) {
      told = true;
      if (has_caseless(listed, text)) return true;
    }
  }
  return told && can_be_compared(listed, kind) ? std::optional(false) : std::nullopt;
}

constexpr std::array kCorroborations{Corroboration::kCountry, Corroboration::kIdentifiers};

/// As the name of one of the kinds.
bool is_too_long(std::string_view name) {
  return std::ranges::any_of(std::array{PartyKind::kPerson, PartyKind::kOrganisation},
                             [name](PartyKind kind) {
                               const auto compared = compared_name(name, kind);
                               return !compared && compared.error().code == ErrorCode::kUnsupported;
                             });
}

}  // namespace

std::string_view corroboration_name(Corroboration kind) {
  return kind == Corroboration::kCountry ? "country" : "identifiers";
}

std::vector<Agreement> agreements_of(const Record& record, const ListedParty& party) {
  std::vector<Agreement> all;
  for (const Corroboration kind : kCorroborations) {
    const std::vector<std::string>& listed = values_of(party, kind);
    if (listed.empty()) continue;
    const bool any = !can_be_compared(listed, kind);
    for (const FieldId id : fields_of(kind)) {
      for (std::string& text : field_texts(record, id)) {
        if (!any && !has_caseless(listed, text)) continue;
        text = ascii_upper(text);
        all.push_back({kind, std::move(text)});
      }
    }
  }
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::vector<FieldId> agreement_fields() {
  std::vector<FieldId> all;
  for (const Corroboration kind : kCorroborations) {
    for (const FieldId id : fields_of(kind)) all.push_back(id);
  }
  return all;
}

/// A listed party that a name of the record is like.
struct Screening::Match {
  FieldId field = 0;
  std::string name;  ///< of the record
  const ScreenedList* list = nullptr;
  PartyHit hit;
  std::vector<Corroboration> by;      ///< what agrees
  std::vector<Corroboration> apart;   ///< what does not, or the list does not say
  std::vector<Corroboration> untold;  ///< what the record does not say
  std::optional<bool> counts;
  bool is_listed_so = true;  ///< false: it is not known whether it is, as the policy asks

  [[nodiscard]] const ListedParty& party() const { return list->parties()[hit.party]; }
};

struct Screening::Screened {
  bool named = false;     ///< the record has a name that can be compared
  bool too_long = false;  ///< or one that is too long for it
  std::vector<Match> matches;

  /// The one that says most: those that count first, then those that may, then by their score.
  [[nodiscard]] const Match* best() const {
    const auto rank = [](const Match& match) {
      return std::pair(match.counts ? (*match.counts ? 2 : 0) : 1, match.hit.score);
    };
    const auto found = std::ranges::max_element(matches, {}, rank);
    return found == matches.end() ? nullptr : &*found;
  }
};

Screening::Screening(Parts parts) : parts_(std::move(parts)), fields_(parts_.names) {
  const bool has_weak_aliases =
      std::ranges::any_of(parts_.lists, [](const auto& list) { return list->has_weak_aliases(); });
  if (parts_.corroborate) {
    corroborations_ = parts_.corroborate->any;
  } else if (has_weak_aliases) {
    corroborations_ = {Corroboration::kCountry, Corroboration::kIdentifiers};
  }
  for (const Corroboration kind : corroborations_) {
    for (const FieldId id : fields_of(kind)) fields_.push_back(id);
  }
}

/// Below it no hit counts, whatever agrees.
Score Screening::least_score() const {
  return parts_.corroborate ? parts_.corroborate->score.value_or(parts_.score) : parts_.score;
}

bool Screening::needs_corroboration(const Match& match) const {
  return match.hit.is_weak || match.hit.score < parts_.score ||
         (parts_.corroborate && parts_.corroborate->is_required);
}

void Screening::weigh(const Record& record, Match& match) const {
  for (const Corroboration kind : corroborations_) {
    const std::optional<bool> same = agrees(record, match.party(), kind);
    (same ? (*same ? match.by : match.apart) : match.untold).push_back(kind);
  }
  // Neither a name that is not quite the listed one nor a weak one says much: not both at once.
  const Score least = match.hit.is_weak ? parts_.score : least_score();
  const bool is_like = match.hit.score >= least;
  if (is_like && (!needs_corroboration(match) || !match.by.empty())) {
    match.counts = true;
  } else if (!is_like || match.untold.empty()) {
    match.counts = false;
  }
  if (match.counts == true && !match.is_listed_so) match.counts = std::nullopt;
}

void Screening::look_up(const Record& record, FieldId field, const std::string& name, Score least,
                        NameLookup how, Screened& out) const {
  for (const auto& list : parts_.lists) {
    const auto hits = list->find(name, parts_.kind, least, how);
    if (!hits) {
      // A name of signs alone names nobody; one that is too long may name anybody.
      out.too_long = out.too_long || hits.error().code == ErrorCode::kUnsupported;
      continue;
    }
    out.named = true;
    // What counts decides; where nothing does, the other reading might have been a hit that does.
    out.too_long = out.too_long || (!hits->empty() && !parts_.kind && is_too_long(name));
    for (const PartyHit& hit : *hits) {
      Match match{field, name, list.get(), hit, {}, {}, {}, {}, true};
      if (!match.party().stands_at(record.time)) continue;
      const auto is_asked = parts_.choice.takes(*list, match.party(), record.time);
      if (is_asked == false) continue;
      match.is_listed_so = is_asked == true;
      weigh(record, match);
      out.matches.push_back(std::move(match));
    }
  }
}

Screening::Screened Screening::screen(const Record& record, Score least, NameLookup how) const {
  Screened out;
  for (const FieldId field : parts_.names) {
    for (const std::string& name : field_texts(record, field)) {
      look_up(record, field, name, least, how, out);
    }
  }
  return out;
}

PartyCheck::Verdict Screening::judge(const Record& record, NameLookup how) const {
  return verdict_of(screen(record, least_score(), how), record);
}

PartyCheck::Verdict Screening::judge_rest(const Record& record, NameLookup how,
                                          const IsCleared& is_cleared) const {
  Screened screened = screen(record, least_score(), how);
  std::erase_if(screened.matches, [&is_cleared](const Match& match) {
    return is_cleared(match.field, match.name, *match.list, match.party());
  });
  return verdict_of(screened, record);
}

PartyCheck::Verdict Screening::verdict_of(const Screened& screened, const Record& record) const {
  const Match* best = screened.best();
  if (best != nullptr && best->counts == true) {
    return {true, static_cast<double>(best->hit.score) / kSameName};
  }
  const bool in_doubt = best != nullptr && !best->counts;
  if (in_doubt || screened.too_long || !screened.named) return {};
  if (first_unknown(parts_.lists, record.time) != nullptr) return {};
  return {false, std::nullopt};
}

std::string Screening::line_of(const Match& match) const {
  const std::string& listed = match.list->text_of(match.hit);
  std::string text = std::string(field(match.field).name) + " `" + match.name + "` is " +
                     score_text(match.hit.score) + " like `" + listed + "`";
  if (match.hit.name != 0) {
    text +=
        (match.hit.is_weak ? ", a weak alias of `" : ", an alias of `") + match.party().name + "`,";
  }
  text += " of list:" + match.list->name();
  if (!match.party().ids.empty()) {
    text += ", entry " + chained(
                             match.party().ids, [](const std::string& id) { return id; }, " and ");
  }
  text += " (" +
          chained(
              match.list->parts(match.name, match.hit),
              [](const std::string& part) { return part; }, ", ") +
          ")";
  if (const auto& issue = match.list->standing()) text += ", " + issue_text(*issue);
  const auto add = [&text](std::string_view what, const std::vector<Corroboration>& kinds) {
    for (const Corroboration kind : kinds) {
      text += ", " + std::string(corroboration_name(kind)) + std::string(what);
    }
  };
  add(" agrees", match.by);
  add(" does not agree", match.apart);
  add(" is not known", match.untold);
  return match.counts == true ? text : text + ": " + shortfall_of(match);
}

/// Why a match does not count.
std::string Screening::shortfall_of(const Match& match) const {
  if (!match.is_listed_so && !match.counts) {
    return "whether it is listed" + parts_.choice.text() + " is not known";
  }
  const Score score = match.hit.score;
  const Score least = least_score();
  if (score >= parts_.score) {
    return std::string(match.hit.is_weak ? "a weak alias" : "a name") +
           " alone is not enough, something else has to agree";
  }
  std::string text = score_text(parts_.score - score) + " short of " + score_text(parts_.score);
  if (match.hit.is_weak || score >= least) return text;
  return text + ", " + score_text(least - score) + " of " + score_text(least);
}

ScreenHit Screening::hit_of(const Match& match, UtcTime time) const {
  ScreenHit hit;
  hit.field = match.field;
  hit.name = match.name;
  hit.list = match.list->name();
  hit.party = match.party();
  hit.listed = match.list->text_of(match.hit);
  hit.is_alias = match.hit.name != 0;
  hit.is_weak = match.hit.is_weak;
  hit.score = match.hit.score;
  hit.parts = match.list->parts(match.name, match.hit);
  hit.issue = match.list->standing();
  if (match.counts != true) {
    hit.standing = match.counts ? HitStanding::kFallsShort : HitStanding::kCannotBeTold;
  }
  hit.follows = match.list->follows(match.party(), time);
  hit.text = line_of(match);
  return hit;
}

std::vector<ScreenHit> Screening::hits(const Record& record) const {
  const Screened screened = screen(record, least_score(), NameLookup::kIndex);
  std::vector<ScreenHit> all;
  all.reserve(screened.matches.size());
  for (const Match& match : screened.matches) all.push_back(hit_of(match, record.time));
  std::ranges::stable_sort(all, [](const ScreenHit& a, const ScreenHit& b) {
    return std::pair(a.standing, -a.score) < std::pair(b.standing, -b.score);
  });
  return all;
}

PartyCheck::Grounds Screening::grounds(const Record& record) const {
  Screened screened = screen(record, 1, NameLookup::kScan);
  const Match* best = screened.best();
  const ScreenedList* unknown = first_unknown(parts_.lists, record.time);
  if (best == nullptr) {
    if (screened.too_long) return {0.0, {"a name is too long to be compared"}};
    if (!screened.named) return {0.0, {"there is no name"}};
    return {0.0, {unknown != nullptr ? unknown_text(*unknown) : "no listed name is like it"}};
  }
  Grounds grounds{static_cast<double>(best->hit.score) / kSameName, {}};
  if (best->counts != true) {
    grounds.lines.push_back(line_of(*best));
    if (unknown != nullptr) grounds.lines.push_back(unknown_text(*unknown));
    return grounds;
  }
  std::erase_if(screened.matches, [](const Match& match) { return match.counts != true; });
  std::ranges::stable_sort(screened.matches, std::ranges::greater{},
                           [](const Match& match) { return match.hit.score; });
  for (const Match& match : screened.matches) grounds.lines.push_back(line_of(match));
  return grounds;
}

std::string Screening::canonical_text() const {
  std::string text = "screen(";
  for (const FieldId id : parts_.names) text += std::string(field(id).name) + ", ";
  for (const auto& list : parts_.lists) {
    text += list->meaning() + ", ";
  }
  text += score_text(parts_.score);
  if (parts_.kind) text += ", " + std::string(party_kind_name(*parts_.kind));
  if (parts_.corroborate) {
    const bool is_required = parts_.corroborate->is_required;
    text += ", " + (is_required ? "always" : score_text(least_score())) + " with any of";
    for (const Corroboration kind : parts_.corroborate->any) {
      text += " " + std::string(corroboration_name(kind));
    }
  }
  text += parts_.choice.meaning(parts_.lists);
  return text + ", " + std::string(kNameMatcherEdition) + ", " + name_tables() + ")";
}

std::string Screening::summary() const {
  std::string text =
      chained(
          parts_.names, [](FieldId id) { return field(id).name; }, " or ") +
      " is at least " + score_text(parts_.score) + " like a name in " +
      chained(
          parts_.lists, [](const auto& list) { return "list:" + list->name(); }, " or ") +
      (parts_.choice.takes_all() ? "" : " that is listed" + parts_.choice.text());
  if (!parts_.corroborate) return text;
  const std::string where =
      " where " + chained(parts_.corroborate->any, corroboration_name, " or ") + " agrees";
  if (parts_.corroborate->is_required) return text + where;
  return text + ", or " + score_text(least_score()) + where;
}

}  // namespace tidewaiter
