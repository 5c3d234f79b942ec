#include "policies/lists/column_meaning.h"

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "policies/lists/delimited_rows.h"
#include "policies/lists/keep_first.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

using enum ColumnMeaning;

std::string bare(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if ((begins_name(c) && c != '_') || is_digit(c)) out += ascii_lower(c);
  }
  return out;
}

const std::unordered_map<std::string_view, ColumnMeaning>& meanings() {
  static const std::unordered_map<std::string_view, ColumnMeaning> all{
      {"id", kId},
      {"recordid", kId},
      {"entitynumber", kId},
      {"entnum", kId},
      {"uniqueid", kId},
      {"type", kKind},
      {"schema", kKind},
      {"kind", kKind},
      {"grouptypedescription", kKind},
      {"name", kName},
      {"company", kName},
      {"fullname", kName},
      {"primaryname", kName},
      {"caption", kName},
      {"alias", kAlias},
      {"aliases", kAlias},
      {"altname", kAlias},
      {"altnames", kAlias},
      {"previousname", kAlias},
      {"acronym", kAlias},
      {"chinesename", kAlias},
      {"namebg", kAlias},
      {"aliasbg", kAlias},
      {"previousnamebg", kAlias},
      {"cleanname", kAlias},
      {"weakalias", kWeakAlias},
      {"weakaliases", kWeakAlias},
      {"country", kCountry},
      {"countries", kCountry},
      {"nationality", kCountry},
      {"nationalities", kCountry},
      {"jurisdiction", kCountry},
      {"flag", kCountry},
      {"vesselflag", kCountry},
      {"citizenships", kCountry},
      {"identifier", kIdentifier},
      {"identifiers", kIdentifier},
      {"ids", kIdentifier},
      {"passportnumber", kIdentifier},
      {"passportnumbers", kIdentifier},
      {"passport", kIdentifier},
      {"registrationnumber", kIdentifier},
      {"taxnumber", kIdentifier},
      {"idnumber", kIdentifier},
      {"inncode", kIdentifier},
      {"ogrncode", kIdentifier},
      {"okpocode", kIdentifier},
      {"leicode", kIdentifier},
      {"swiftbic", kIdentifier},
      {"imonumber", kIdentifier},
      {"mmsi", kIdentifier},
      {"callsign", kIdentifier},
      {"cnic", kIdentifier},
      {"program", kProgram},
      {"programs", kProgram},
      {"programkey", kProgram},
      {"source", kProgram},
      {"regime", kProgram},
      {"measure", kProgram},
      {"licenserequirement", kLicenceRequirement},
      {"licencerequirement", kLicenceRequirement},
      {"licensepolicy", kLicenceReview},
      {"licencepolicy", kLicenceReview}};
  return all;
}

/// Whether the semicolon at `at` ends a character reference of XML (`&amp;`, `&#39;`), as tables
/// made from web pages have them.
bool ends_reference(std::string_view cell, std::size_t at) {
  const std::size_t from = cell.substr(0, at).find_last_not_of(
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#");
  return from != std::string_view::npos && cell[from] == '&' && from + 1 < at;
}

/// The values of a cell, between semicolons.
std::vector<std::string_view> parts_of_cell(std::string_view cell) {
  std::vector<std::string_view> parts;
  std::size_t from = 0;
  for (std::size_t at = cell.find(';'); at != std::string_view::npos; at = cell.find(';', at + 1)) {
    if (ends_reference(cell, at)) continue;
    parts.push_back(cell.substr(from, at - from));
    from = at + 1;
  }
  parts.push_back(cell.substr(from));
  return parts;
}

/// Rows of one party may state terms each: all of them stand.
void add_terms(std::string& terms, std::string_view more) {
  if (terms.find(more) != std::string::npos) return;
  terms += (terms.empty() ? "" : "; ") + std::string(more);
}

}  // namespace

ColumnMeaning column_meaning(std::string_view name) {
  const auto found = meanings().find(bare(name));
  return found == meanings().end() ? kNothing : found->second;
}

std::optional<PartyKind> kind_from(std::string_view word) {
  const std::string kind = ascii_lower(trimmed(word));
  if (kind == "individual" || kind == "person") return PartyKind::kPerson;
  for (const std::string_view other :
       {"entity", "organization", "organisation", "company", "vessel", "aircraft", "ship",
        "airplane", "publicbody", "asset"}) {
    if (kind == other) return PartyKind::kOrganisation;
  }
  return std::nullopt;
}

void add_one_value(ListEntry& entry, ColumnMeaning meaning, std::string_view value) {
  value = trimmed(value);
  if (value.empty()) return;
  switch (meaning) {
    case kNothing:
      return;
    case kId:
      entry.id = value;
      return;
    case kKind:
      entry.kind = kind_from(value);
      return;
    case kName:
      if (!entry.name.empty()) return add_one_value(entry, kAlias, value);
      entry.name = value;
      return;
    case kAlias:
    case kWeakAlias:
      entry.aliases.push_back({std::string(value), meaning == kWeakAlias});
      return;
    case kCountry:
      entry.countries.emplace_back(value);
      return;
    case kIdentifier:
      entry.identifiers.emplace_back(value);
      return;
    case kProgram:
      entry.programs.emplace_back(value);
      return;
    case kLicenceRequirement:
      return add_terms(entry.licence.requirement, value);
    case kLicenceReview:
      return add_terms(entry.licence.review, value);
  }
}

void add_value(ListEntry& entry, ColumnMeaning meaning, std::string_view value) {
  const bool is_one = meaning == kId || meaning == kKind || meaning == kName ||
                      meaning == kLicenceRequirement || meaning == kLicenceReview;
  if (is_one) return add_one_value(entry, meaning, value);
  for (const std::string_view part : parts_of_cell(value)) add_one_value(entry, meaning, part);
}

void keep_each_value_once(ListEntry& entry) {
  for (std::vector<std::string>* const values :
       {&entry.countries, &entry.identifiers, &entry.programs}) {
    keep_first_of_each(*values, std::identity());
  }
}

bool finish_entry(ListEntry& entry, std::size_t number) {
  entry.has_own_id = !entry.id.empty();
  if (!entry.has_own_id) entry.id = std::to_string(number);
  if (entry.name.empty()) {
    if (entry.aliases.empty()) return false;
    entry.name = std::move(entry.aliases.front().text);
    entry.aliases.erase(entry.aliases.begin());
  }
  keep_each_value_once(entry);
  std::erase_if(entry.aliases, [&entry](const ListedName& one) { return one.text == entry.name; });
  return true;
}

}  // namespace tidewaiter
