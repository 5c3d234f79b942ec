#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sources/bods/bods_members.h"
#include "daemon/sources/owners/statement_json.h"

// Versions 0.2 and 0.3: a statement is about itself, has no record behind it, and names others by
// their statements' ids. What replaces a statement says so by `replacesStatements`.

namespace tidewaiter {
namespace {

using Json = nlohmann::json;

/// Versions are told by `publicationDetails.bodsVersion`, where it stands.
Result<void> check_version(const Json& statement) {
  const Json* const details = member_of(statement, "publicationDetails");
  if (details == nullptr) return {};
  const auto version = text_in(*details, "bodsVersion");
  if (!version || version->starts_with("0.2") || version->starts_with("0.3")) return {};
  return bods_fault("a statement with `statementType` that is of version `" + *version +
                    "`: 0.2, 0.3 and 0.4 are read");
}

Result<bool> take_older_owner(const Json& statement, StatedRelation& relation) {
  const Json* const party = member_of(statement, "interestedParty");
  if (party == nullptr || !party->is_object()) return bods_fault("`interestedParty` is missing");
  for (const char* const name : {"describedByPersonStatement", "describedByEntityStatement"}) {
    if (const auto id = text_in(*party, name)) {
      relation.owner = *id;
      return true;
    }
  }
  const Json* const unspecified = member_of(*party, "unspecified");
  if (unspecified == nullptr) {
    return bods_fault("`interestedParty` names no statement and no reason");
  }
  const std::string reason = text_in(*unspecified, "reason").value_or("");
  return reason != "no-beneficial-owners" && reason != "noBeneficialOwners";
}

Result<OwnerStatement> read_older_relation(const Json& statement, StatedRelation relation) {
  const Json* const subject = member_of(statement, "subject");
  const auto id =
      subject == nullptr ? std::nullopt : text_in(*subject, "describedByEntityStatement");
  if (!id) return bods_fault("`subject.describedByEntityStatement` is missing, or is no text");
  relation.subject = *id;
  const Result<bool> somebody = take_older_owner(statement, relation);
  if (!somebody) return tl::unexpected(somebody.error());
  OwnerStatement out;
  if (!*somebody) return out;
  take_bods_interests(statement, relation, out.doubt);
  if (const Json* const parts = member_of(statement, "componentStatementIDs");
      parts && parts->is_array()) {
    for (const Json& part : *parts) {
      relation.components.push_back(kept_text(part).value_or(""));
    }
  }
  out.relations.push_back(std::move(relation));
  return out;
}

}  // namespace

Result<OwnerStatement> read_older_bods(const Json& statement) {
  if (auto known = check_version(statement); !known) return tl::unexpected(known.error());
  const auto id = text_in(statement, "statementID");
  if (!id) return bods_fault("`statementID` is missing, or is no text");
  const Result<std::optional<DayNumber>> stated = bods_day(statement);
  if (!stated) return tl::unexpected(stated.error());
  const std::optional<DayNumber>& day = *stated;
  OwnerStatement out;
  if (const Json* const before = member_of(statement, "replacesStatements");
      before && before->is_array()) {
    for (const Json& one : *before) {
      if (const auto replaced = kept_text(one)) out.replaced.push_back({*replaced, day});
    }
  }
  const auto type = text_in(statement, "statementType");
  if (type == "ownershipOrControlStatement") {
    StatedRelation relation;
    relation.id = *id;
    relation.statement = *id;
    relation.date = day;
    if (!out.replaced.empty()) relation.since = day;
    Result<OwnerStatement> read = read_older_relation(statement, std::move(relation));
    if (read) read->replaced = std::move(out.replaced);
    return read;
  }
  StatedParty party;
  party.id = *id;
  party.date = day;
  for (const Replaced& one : out.replaced) party.former.push_back(one.statement);
  if (type == "entityStatement") {
    take_bods_entity(statement, party);
  } else if (type == "personStatement") {
    take_bods_person(statement, party);
  } else {
    return bods_fault("`statementType` is none that a version has");
  }
  out.replaced.clear();
  out.parties.push_back(std::move(party));
  return out;
}

}  // namespace tidewaiter
