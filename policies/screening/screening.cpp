#include "policies/screening/screening.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tidewaiter {
namespace {

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool same_caseless(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, upper, upper);
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

/// Whether the record has what the party has; nothing where the record does not say.
std::optional<bool> agrees(const Record& record, const ListedParty& party, Corroboration kind) {
  const std::vector<std::string>& listed = values_of(party, kind);
  if (listed.empty()) return false;
  bool told = false;
  for (const FieldId id : fields_of(kind)) {
    for (const std::string& text : field_texts(record, id)) {
      told = true;
      const bool same = std::ranges::any_of(
          listed, [&text](const std::string& other) { return same_caseless(text, other); });
      if (same) return true;
    }
  }
  return told ? std::optional(false) : std::nullopt;
}

}  // namespace

std::string_view corroboration_name(Corroboration kind) {
  return kind == Corroboration::kCountry ? "country" : "identifiers";
}

/// A listed party that a name of the record is like.
struct Screening::Match {
  FieldId field = 0;
  std::string name;  ///< of the record
  const ScreenedList* list = nullptr;
  NameHit hit;
  std::vector<Corroboration> by;      ///< what agrees
  std::vector<Corroboration> apart;   ///< what does not, or the list does not say
  std::vector<Corroboration> untold;  ///< what the record does not say
  std::optional<bool> counts;

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
  if (!parts_.corroborate) return;
  for (const Corroboration kind : parts_.corroborate->any) {
    for (const FieldId id : fields_of(kind)) fields_.push_back(id);
  }
}

void Screening::weigh(const Record& record, Match& match) const {
  if (match.hit.score >= parts_.score) match.counts = true;
  if (!parts_.corroborate) {
    match.counts = match.counts.value_or(false);
    return;
  }
  for (const Corroboration kind : parts_.corroborate->any) {
    const std::optional<bool> same = agrees(record, match.party(), kind);
    (same ? (*same ? match.by : match.apart) : match.untold).push_back(kind);
  }
  if (match.counts) return;
  if (match.hit.score < parts_.corroborate->score || (match.by.empty() && match.untold.empty())) {
    match.counts = false;
  } else if (!match.by.empty()) {
    match.counts = true;
  }
}

void Screening::look_up(const Record& record, FieldId field, const std::string& name, Score least,
                        NameLookup how, Screened& out) const {
  const auto form = name_form(name);
  if (!form) {
    // A name of signs alone names nobody; one that is too long may name anybody.
    out.too_long = out.too_long || form.error().code == ErrorCode::kUnsupported;
    return;
  }
  out.named = true;
  for (const auto& list : parts_.lists) {
    for (const NameHit& hit : list->find(*form, least, how)) {
      Match match{field, name, list.get(), hit, {}, {}, {}, {}};
      if (!match.party().stands_at(record.time)) continue;
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
  const Score least = parts_.corroborate ? parts_.corroborate->score : parts_.score;
  const Screened screened = screen(record, least, how);
  const Match* best = screened.best();
  if (best != nullptr && best->counts == true) {
    return {true, static_cast<double>(best->hit.score) / kSameName};
  }
  const bool in_doubt = best != nullptr && !best->counts;
  if (in_doubt || screened.too_long || !screened.named) return {};
  return {false, std::nullopt};
}

std::string Screening::line_of(const Match& match) const {
  const std::string& listed = match.list->text_of(match.hit);
  std::string text = std::string(field(match.field).name) + " `" + match.name + "` is " +
                     score_text(match.hit.score) + " like `" + listed + "`";
  if (match.hit.name != 0) text += ", an alias of `" + match.party().name + "`,";
  text += " of list:" + match.list->name();
  const auto add = [&text](std::string_view what, const std::vector<Corroboration>& kinds) {
    for (const Corroboration kind : kinds) {
      text += ", " + std::string(corroboration_name(kind)) + std::string(what);
    }
  };
  add(" agrees", match.by);
  add(" does not agree", match.apart);
  add(" is not known", match.untold);
  if (match.counts == true) return text;
  const Score wanted = parts_.score - match.hit.score;
  if (wanted > 0) text += ": " + score_text(wanted) + " short of " + score_text(parts_.score);
  if (parts_.corroborate && match.hit.score < parts_.corroborate->score) {
    text += ", " + score_text(parts_.corroborate->score - match.hit.score) + " of " +
            score_text(parts_.corroborate->score);
  }
  return text;
}

PartyCheck::Grounds Screening::grounds(const Record& record) const {
  Screened screened = screen(record, 1, NameLookup::kScan);
  const Match* best = screened.best();
  if (best == nullptr) {
    if (screened.too_long) return {0.0, {"a name is too long to be compared"}};
    return {0.0, {screened.named ? "no listed name has a word in common" : "there is no name"}};
  }
  Grounds grounds{static_cast<double>(best->hit.score) / kSameName, {}};
  if (best->counts != true) {
    grounds.lines.push_back(line_of(*best));
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
    text += "list:" + list->name() + " sha256:" + to_hex(list->digest()) + ", ";
  }
  text += score_text(parts_.score);
  if (parts_.corroborate) {
    text += ", " + score_text(parts_.corroborate->score) + " with any of";
    for (const Corroboration kind : parts_.corroborate->any) {
      text += " " + std::string(corroboration_name(kind));
    }
  }
  return text + ", " + name_tables() + ")";
}

std::string Screening::summary() const {
  const auto joined = [](const auto& items, auto say, std::string_view between) {
    std::string text;
    for (const auto& item : items) {
      text += (text.empty() ? "" : std::string(between)) + std::string(say(item));
    }
    return text;
  };
  std::string text =
      joined(
          parts_.names, [](FieldId id) { return field(id).name; }, " or ") +
      " is at least " + score_text(parts_.score) + " like a name in " +
      joined(
          parts_.lists, [](const auto& list) { return "list:" + list->name(); }, " or ");
  if (!parts_.corroborate) return text;
  return text + ", or " + score_text(parts_.corroborate->score) + " where " +
         joined(parts_.corroborate->any, corroboration_name, " or ") + " agrees";
}

}  // namespace tidewaiter
