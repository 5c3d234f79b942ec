#include "daemon/sources/bods/bods_statement.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sources/bods/bods_members.h"
#include "daemon/sources/owners/statement_json.h"
#include "policies/model/time.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::json;

/// Microseconds from the beginning of its day, if a time stands there.
std::int64_t instant_of(const Json& statement, const std::optional<DayNumber>& day) {
  const auto text = text_in(statement, "statementDate");
  const bool has_time = day && text && text->find('T') != std::string::npos;
  const auto time = has_time ? parse_time(*text) : Result<UtcTime>(UtcTime{});
  return has_time && time ? time->us - *day * kDay.us : 0;
}

RecordStage stage_of(const Json& statement) {
  const auto status = text_in(statement, "recordStatus");
  if (status == "closed") return RecordStage::kClosed;
  return status == "updated" ? RecordStage::kUpdated : RecordStage::kNew;
}

/// What a statement says in which nobody, or nobody who is named, has an interest in a subject: the
/// record does not say any more what it said before.
OwnerStatement ended(StatedRelation relation) {
  relation.is_nobody = true;
  OwnerStatement out;
  out.relations.push_back(std::move(relation));
  return out;
}

/// The owner: a record's id, or a reason why there is none to name.
Result<bool> take_owner(const Json& details, StatedRelation& relation) {
  const Json* const party = member_of(details, "interestedParty");
  if (party == nullptr) return bods_fault("`interestedParty` is missing");
  if (party->is_object()) {
    const auto reason = text_in(*party, "reason");
    if (!reason) return bods_fault("`interestedParty` has neither a record nor a `reason`");
    return *reason != "noBeneficialOwners";
  }
  const auto id = kept_text(*party);
  if (!id) return bods_fault("`interestedParty` is no record's id");
  relation.owner = *id;
  return true;
}

Result<OwnerStatement> read_relationship(const Json& details, StatedRelation relation) {
  const Json* const subject = member_of(details, "subject");
  if (subject != nullptr && subject->is_object() && text_in(*subject, "reason")) {
    return ended(std::move(relation));  // of somebody who is not named: it is about no account
  }
  const auto id = text_in(details, "subject");
  if (!id) return bods_fault("`subject` is missing, or is no record's id");
  relation.subject = *id;
  const Result<bool> somebody = take_owner(details, relation);
  if (!somebody) return tl::unexpected(somebody.error());
  if (!*somebody) return ended(std::move(relation));
  OwnerStatement out;
  take_bods_interests(details, relation, out.doubt);
  if (const Json* const parts = member_of(details, "componentRecords");
      parts && parts->is_array()) {
    for (const Json& part : *parts) {
      relation.components.push_back(kept_text(part).value_or(""));
    }
  }
  out.relations.push_back(std::move(relation));
  return out;
}

Result<OwnerStatement> read_current_bods(const Json& statement) {
  const auto record = text_in(statement, "recordId");
  const auto type = text_in(statement, "recordType");
  const Json* const details = member_of(statement, "recordDetails");
  if (!record) return bods_fault("`recordId` is missing, or is no text");
  if (details == nullptr || !details->is_object()) return bods_fault("`recordDetails` is missing");
  const Result<std::optional<DayNumber>> date = bods_day(statement);
  if (!date) return tl::unexpected(date.error());
  if (type == "relationship") {
    StatedRelation relation;
    relation.id = *record;
    relation.statement = text_in(statement, "statementId").value_or("");
    relation.date = *date;
    relation.instant = instant_of(statement, *date);
    relation.stage = stage_of(statement);
    relation.closed = relation.stage == RecordStage::kClosed;
    return read_relationship(*details, std::move(relation));
  }
  StatedParty party;
  party.id = *record;
  party.date = *date;
  if (type == "entity") {
    take_bods_entity(*details, party);
  } else if (type == "person") {
    take_bods_person(*details, party);
  } else {
    return bods_fault("`recordType` is none of `entity`, `person`, `relationship`");
  }
  OwnerStatement out;
  out.parties.push_back(std::move(party));
  return out;
}

}  // namespace

Result<OwnerStatement> read_bods_statement(std::string_view object) {
  const Result<Json> statement = parse_statement(object);
  if (!statement) return tl::unexpected(statement.error());
  if (member_of(*statement, "statementType") != nullptr) return read_older_bods(*statement);
  if (member_of(*statement, "schema") != nullptr &&
      member_of(*statement, "properties") != nullptr) {
    return bods_fault("it is an entity of FollowTheMoney: a source of kind `ftm` reads those");
  }
  return read_current_bods(*statement);
}

}  // namespace tidewaiter
