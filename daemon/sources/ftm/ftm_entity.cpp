#include "daemon/sources/ftm/ftm_entity.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sources/owners/statement_json.h"
#include "policies/model/ascii.h"
#include "policies/model/trimmed.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::json;

tl::unexpected<Error> ftm_fault(std::string message) {
  return fail(ErrorCode::kInvalidInput, std::move(message));
}

/// Schemata that descend from LegalEntity, and what may be owned besides.
constexpr std::array<std::string_view, 5> kOrganisations = {"Company", "LegalEntity",
                                                            "Organization", "PublicBody", "Asset"};

/// A schema that links two entities, and what it makes of the one.
struct LinkSchema {
  std::string_view schema;
  const char* from;
  const char* to;
  InterestNature nature;
};
constexpr std::array kLinks = {
    LinkSchema{"Directorship", "director", "organization", InterestNature::kControl},
    LinkSchema{"Ownership", "owner", "asset", InterestNature::kShare},
    LinkSchema{"UnknownLink", "subject", "object", InterestNature::kUnknown},
};

/// Identifiers of organisations that are unique by themselves, and their schemes.
struct IdentifierProperty {
  const char* property;
  std::string_view scheme;
};
constexpr std::array kIdentifiers = {
    IdentifierProperty{"leiCode", "lei"},         IdentifierProperty{"innCode", "inn"},
    IdentifierProperty{"ogrnCode", "ogrn"},       IdentifierProperty{"uscCode", "uscc"},
    IdentifierProperty{"dunsCode", "duns"},       IdentifierProperty{"imoNumber", "imo"},
    IdentifierProperty{"wikidataId", "wikidata"}, IdentifierProperty{"uniqueEntityId", "uei"},
};

constexpr std::size_t kMostValues = 1000;
constexpr std::size_t kMostPairs = 10'000;

/// Beside those of links and the identifiers.
constexpr std::array<const char*, 9> kReadProperties = {
    "alias",    "country", "endDate",    "jurisdiction",
    "name",     "parent",  "percentage", "registrationNumber",
    "startDate"};

/// A property that is read and has more values than any entity has of itself; null if there is
/// none. Their product with each other is what would be kept.
const char* overlong_property(const Json& properties) {
  const auto is_long = [&properties](const char* name) {
    const Json* const values = member_of(properties, name);
    return values != nullptr && values->is_array() && values->size() > kMostValues;
  };
  for (const char* const name : kReadProperties) {
    if (is_long(name)) return name;
  }
  for (const LinkSchema& link : kLinks) {
    if (is_long(link.from)) return link.from;
    if (is_long(link.to)) return link.to;
  }
  for (const IdentifierProperty& one : kIdentifiers) {
    if (is_long(one.property)) return one.property;
  }
  return nullptr;
}

/// The texts of a property, each once.
std::vector<std::string> texts_of(const Json& properties, const char* name) {
  std::vector<std::string> texts;
  const Json* const values = member_of(properties, name);
  if (values == nullptr) return texts;
  std::set<std::string> seen;
  const auto take = [&](const Json& value) {
    auto text = kept_text(value);
    if (text && seen.insert(*text).second) texts.push_back(*std::move(text));
  };
  if (!values->is_array()) {
    take(*values);
    return texts;
  }
  for (const Json& value : *values) take(value);
  return texts;
}

/// Whether an entity stands within another, as in `targets.nested.json`: links that stand in there
/// would be missed.
bool holds_entities(const Json& properties) {
  return std::ranges::any_of(properties, [](const Json& values) {
    return values.is_array() && std::ranges::any_of(values, [](const Json& value) {
             return value.is_object() && member_of(value, "schema") != nullptr;
           });
  });
}

/// `name`, and then what of `alias` is no `name`.
std::vector<std::string> names_of_entity(const Json& properties) {
  std::vector<std::string> names = texts_of(properties, "name");
  const std::set<std::string> seen(names.begin(), names.end());
  for (std::string& alias : texts_of(properties, "alias")) {
    if (!seen.contains(alias)) names.push_back(std::move(alias));
  }
  return names;
}

/// False if there are more numbers in more registers than an entity can have.
bool take_identifiers(const Json& properties, StatedParty& party) {
  for (const IdentifierProperty& one : kIdentifiers) {
    for (const std::string& id : texts_of(properties, one.property)) {
      party.identifiers.push_back(stated_identifier(one.scheme, id));
    }
  }
  std::vector<std::string> countries = texts_of(properties, "jurisdiction");
  if (countries.empty()) countries = texts_of(properties, "country");
  if (!countries.empty()) party.country = stated_country(countries.front());
  // A number is unique within its register alone.
  const std::vector<std::string> numbers = texts_of(properties, "registrationNumber");
  if (numbers.size() * countries.size() > kMostPairs) return false;
  for (const std::string& number : numbers) {
    for (const std::string& country : countries) {
      party.identifiers.push_back(stated_identifier("registration-" + country, number));
    }
  }
  return true;
}

Result<StatedParty> ftm_party(const Json& entity, const std::string& id, const Json& properties,
                              bool is_organisation) {
  StatedParty party;
  party.id = id;
  party.names = names_of_entity(properties);
  party.is_organisation = is_organisation;
  if (is_organisation && !take_identifiers(properties, party)) {
    return ftm_fault("it has more than 10,000 registration numbers");
  }
  if (const Json* const others = member_of(entity, "referents"); others && others->is_array()) {
    for (const Json& one : *others) {
      if (auto former = kept_text(one)) party.former.push_back(*std::move(former));
    }
  }
  return party;
}

/// What several values of one property come to: all that one of them allows.
std::optional<ShareRange> share_of(const std::vector<std::string>& texts, std::string& doubt) {
  std::optional<ShareRange> share;
  for (const std::string& text : texts) {
    const auto one = ftm_share(text);
    if (!one) {
      doubt = "`percentage` is no percentage";
      return std::nullopt;
    }
    share = share ? ShareRange{std::min(share->least, one->least), std::max(share->most, one->most)}
                  : *one;
  }
  return share;
}

/// All days that the dates of a property may be; one that cannot be read may be any, and leaves
/// both sides open.
HeldDays days_of(const Json& properties, const char* name, std::string& doubt) {
  HeldDays all;
  for (const std::string& text : texts_of(properties, name)) {
    const auto days = stated_days(text);
    if (!days) {
      doubt = "`" + std::string(name) + "` is no date";
      return {};
    }
    all.from = all.from ? std::min(*all.from, *days->from) : *days->from;
    all.until = all.until ? std::max(*all.until, *days->until) : *days->until;
  }
  return all;
}

HeldDays ftm_days(const Json& properties, std::string& doubt) {
  const HeldDays held{days_of(properties, "startDate", doubt).from,
                      days_of(properties, "endDate", doubt).until};
  if (!held.from || !held.until || *held.from < *held.until) return held;
  doubt = "`endDate` is before `startDate`";
  return {};
}

Result<OwnerStatement> read_link(const LinkSchema& link, const std::string& id,
                                 const Json& properties) {
  const std::vector<std::string> from = texts_of(properties, link.from);
  const std::vector<std::string> to = texts_of(properties, link.to);
  if (from.empty()) return ftm_fault("`" + std::string(link.from) + "` is missing");
  if (to.empty()) return ftm_fault("`" + std::string(link.to) + "` is missing");
  if (from.size() * to.size() > kMostPairs) {
    return ftm_fault("it links more than 10,000 pairs of entities");
  }
  OwnerStatement out;
  StatedInterest interest;
  interest.nature = link.nature;  // whether others stand between no property says
  interest.held = ftm_days(properties, out.doubt);
  if (link.nature == InterestNature::kShare) {
    interest.share = share_of(texts_of(properties, "percentage"), out.doubt);
  }
  for (const std::string& owner : from) {
    for (const std::string& subject : to) {
      StatedRelation relation;
      relation.id = id;
      relation.id.append("\n").append(owner).append("\n").append(subject);
      relation.subject = subject;
      relation.owner = owner;
      relation.interests.push_back(interest);
      out.relations.push_back(std::move(relation));
    }
  }
  return out;
}

Result<OwnerStatement> read_party(const Json& entity, const std::string& id,
                                  const std::string& schema, const Json& properties) {
  OwnerStatement out;
  const bool organisation = std::ranges::find(kOrganisations, schema) != kOrganisations.end();
  if (!organisation && schema != "Person") return out;
  Result<StatedParty> party = ftm_party(entity, id, properties, organisation);
  if (!party) return tl::unexpected(party.error());
  out.parties.push_back(*std::move(party));
  for (const std::string& parent : texts_of(properties, "parent")) {
    std::string relation = id;
    relation.append("\nparent\n").append(parent);
    out.relations.push_back({.id = std::move(relation),
                             .subject = id,
                             .owner = parent,
                             .interests = {StatedInterest{}}});
  }
  return out;
}

/// "25", "25%", "25,5 %": at most six decimals.
std::optional<Share> percentage_of(std::string_view text) {
  text = trimmed(text, " ");
  if (text.ends_with('%')) text = trimmed(text.substr(0, text.size() - 1), " ");
  std::string plain(text);
  std::ranges::replace(plain, ',', '.');
  while (plain.find('.') != std::string::npos && plain.size() > plain.find('.') + 7 &&
         plain.ends_with('0')) {
    plain.pop_back();
  }
  if (plain.ends_with('.')) return std::nullopt;
  return parse_share(plain + "%");
}

struct Comparison {
  std::string_view word;
  bool above;
  bool inclusive;
};
constexpr std::array kComparisons = {
    Comparison{">=", true, true},         Comparison{"<=", false, true},
    Comparison{">", true, false},         Comparison{"<", false, false},
    Comparison{"more than", true, false}, Comparison{"over", true, false},
    Comparison{"at least", true, true},   Comparison{"less than", false, false},
    Comparison{"under", false, false},    Comparison{"up to", false, true},
};

std::optional<ShareRange> compared(std::string_view text) {
  for (const Comparison& one : kComparisons) {
    if (!text.starts_with(one.word)) continue;
    const auto share = percentage_of(text.substr(one.word.size()));
    if (!share) return std::nullopt;
    ShareRange range;
    if (one.above) range.least = *share + (one.inclusive ? 0 : 1);
    if (!one.above) range.most = *share - (one.inclusive ? 0 : 1);
    return range.least <= range.most ? std::optional(range) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<ShareRange> ftm_share(std::string_view written) {
  const std::string lower = ascii_lower(trimmed(written, " "));
  const std::string_view text = lower;
  if (const auto exact = percentage_of(text)) return ShareRange{*exact, *exact};
  if (const auto range = compared(text)) return range;
  if (text.ends_with('+')) {
    const auto least = percentage_of(text.substr(0, text.size() - 1));
    return least ? std::optional(ShareRange{*least, kWholeShare}) : std::nullopt;
  }
  for (const std::string_view dash :
       {std::string_view("-"), std::string_view("\xe2\x80\x93"), std::string_view(" to ")}) {
    const std::size_t at = text.find(dash);
    if (at == std::string_view::npos) continue;
    const auto least = percentage_of(text.substr(0, at));
    const auto most = percentage_of(text.substr(at + dash.size()));
    if (least && most && *least <= *most) return ShareRange{*least, *most};
  }
  return std::nullopt;
}

Result<OwnerStatement> read_ftm_entity(std::string_view object) {
  const Result<Json> entity = parse_statement(object);
  if (!entity) return tl::unexpected(entity.error());
  if (member_of(*entity, "recordType") != nullptr ||
      member_of(*entity, "statementType") != nullptr) {
    return ftm_fault("it is a statement of BODS: a source of kind `bods` reads those");
  }
  const auto id = text_in(*entity, "id");
  const auto schema = text_in(*entity, "schema");
  if (!id) return ftm_fault("`id` is missing, or is no text");
  if (!schema) return ftm_fault("`schema` is missing, or is no text");
  const Json* const properties = member_of(*entity, "properties");
  if (properties == nullptr || !properties->is_object())
    return ftm_fault("`properties` is missing");
  if (holds_entities(*properties)) {
    return ftm_fault(
        "it holds other entities: `entities.ftm.json` is read, nested exports are not");
  }
  if (const char* const name = overlong_property(*properties)) {
    return ftm_fault("`" + std::string(name) + "` has more than 1,000 values");
  }
  const auto* const link = std::ranges::find(kLinks, *schema, &LinkSchema::schema);
  if (link != kLinks.end()) return read_link(*link, *id, *properties);
  return read_party(*entity, *id, *schema, *properties);
}

}  // namespace tidewaiter
