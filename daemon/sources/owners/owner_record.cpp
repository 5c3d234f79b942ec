#include "daemon/sources/owners/owner_record.h"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/sources/owners/statement_json.h"
#include "policies/model/digest.h"

namespace tidewaiter {
namespace {

using Texts = std::vector<std::string>;

constexpr std::array<std::string_view, 11> kOwnerFields = {
    "account",     "account.kind", "aliases", "controllers",       "country.registered",
    "identifiers", "legal_name",   "owners",  "owners.identifier", "owners.of",
    "owners.share"};

void set_texts(Record& record, std::string_view field, Texts texts) {
  if (!texts.empty()) set_value(record, *find_field(field), std::move(texts));
}

class RecordWriter {
 public:
  RecordWriter(const OwnerReading& reading, const OwnerRecords& how)
      : reading_(reading), how_(how) {}

  /// `organisation` is empty where no statement is about the account.
  [[nodiscard]] Record record(const std::string& account, const std::string& organisation,
                              DayNumber day) const {
    Record record;
    record.kind = RecordKind::kAccount;
    record.time = {day * kDay.us};
    record.duration = kDay;
    record.id = Sha256()
                    .update_framed("owners 1")
                    .update_framed(how_.source)
                    .update_framed(account)
                    .update_framed(organisation)
                    .update_framed(std::to_string(day))
                    .finish();
    set_value(record, *find_field("account"), account);
    set_value(record, *find_field("account.kind"), std::string("legal_entity"));
    return record;
  }

  void add_facts(Record& record, const std::string& organisation) const {
    Texts identifiers{stated_identifier(how_.scheme, organisation)};
    if (const PartyFacts* const facts = reading_.statements.facts(organisation)) {
      if (!facts->names.empty()) {
        set_value(record, *find_field("legal_name"), facts->names.front());
        set_texts(record, "aliases", {facts->names.begin() + 1, facts->names.end()});
      }
      if (!facts->country.empty()) {
        set_value(record, *find_field("country.registered"), facts->country);
      }
      identifiers.insert(identifiers.begin(), facts->identifiers.begin(), facts->identifiers.end());
    }
    set_texts(record, "identifiers", std::move(identifiers));
  }

  void add_owners(Record& record, const std::string& organisation, const OwnersOnDay& day) const {
    Texts names;
    Texts shares;
    Texts identifiers;
    Texts of;
    for (const OwnerOnDay& one : day.owners) {
      names.push_back(name_of(one.party));
      shares.push_back(one.share_text);
      identifiers.push_back(identifier_of(one.party));
      of.push_back(one.of == organisation ? std::string() : identifier_of(one.of));
    }
    if (day.cut) {
      // Whoever is left out may be anybody, and have anything.
      names.emplace_back();
      shares.push_back(share_range_text(ShareRange{}));
      identifiers.emplace_back();
      of.emplace_back();
    }
    set_texts(record, "owners", std::move(names));
    set_texts(record, "owners.share", std::move(shares));
    set_texts(record, "owners.identifier", std::move(identifiers));
    set_texts(record, "owners.of", std::move(of));
    Texts controllers;
    for (const std::string& party : day.controllers) {
      if (std::string name = name_of(party); !name.empty()) controllers.push_back(std::move(name));
    }
    set_texts(record, "controllers", std::move(controllers));
  }

 private:
  [[nodiscard]] std::string name_of(const std::string& party) const {
    const PartyFacts* const facts = party.empty() ? nullptr : reading_.statements.facts(party);
    return facts == nullptr || facts->names.empty() ? std::string() : facts->names.front();
  }

  /// The one by which lists know organisations best; else its id in the files.
  [[nodiscard]] std::string identifier_of(const std::string& party) const {
    if (party.empty()) return {};
    if (const PartyFacts* const facts = reading_.statements.facts(party)) {
      const auto lei = std::ranges::find_if(
          facts->identifiers, [](const std::string& one) { return one.starts_with("lei:"); });
      if (lei != facts->identifiers.end()) return *lei;
      if (!facts->identifiers.empty()) return facts->identifiers.front();
    }
    return stated_identifier(how_.scheme, party);
  }

  const OwnerReading& reading_;
  const OwnerRecords& how_;
};

/// Accounts of the map that no statement is about, with the lines that name them.
std::map<std::string, std::vector<const AccountMap::Line*>> untold_accounts(
    const OwnerReading& reading, const AccountMap& map) {
  std::set<std::string> told;
  for (const auto& [organisation, accounts] : reading.accounts) {
    told.insert(accounts.begin(), accounts.end());
  }
  std::map<std::string, std::vector<const AccountMap::Line*>> untold;
  for (const AccountMap::Line& line : map.lines()) {
    if (!told.contains(line.account)) untold[line.account].push_back(&line);
  }
  return untold;
}

}  // namespace

Result<std::vector<Record>> owner_records(const OwnerReading& reading, const AccountMap& map,
                                          const OwnerRecords& how, const PullWatch& watch,
                                          std::vector<QuarantinedInput>& quarantine) {
  const RecordWriter writer(reading, how);
  std::vector<Record> records;
  for (const auto& [organisation, accounts] : reading.accounts) {
    std::set<DayNumber> days = reading.statements.changes(organisation, how.first, how.last);
    days.insert({how.first, how.last});
    for (const DayNumber day : days) {
      if (auto go_on = watch.between_blocks(); !go_on) return tl::unexpected(go_on.error());
      const OwnersOnDay owners = reading.statements.owners_on(organisation, day);
      for (const std::string& account : accounts) {
        Record record = writer.record(account, organisation, day);
        writer.add_facts(record, organisation);
        writer.add_owners(record, organisation, owners);
        records.push_back(std::move(record));
      }
    }
  }
  for (const auto& [account, lines] : untold_accounts(reading, map)) {
    Record record = writer.record(account, {}, how.last);
    Texts identifiers;
    for (const AccountMap::Line* const line : lines) {
      identifiers.push_back(line->identifier);
      quarantine.push_back({map.path() + ":" + std::to_string(line->number), -1,
                            "no statement of the files is about `" + line->identifier +
                                "`: the owners of its account cannot be told",
                            sha256(line->account + "\n" + line->identifier),
                            static_cast<std::int64_t>(line->identifier.size())});
    }
    set_texts(record, "identifiers", std::move(identifiers));
    records.push_back(std::move(record));
  }
  return records;
}

std::vector<FieldId> owner_record_fields() {
  std::vector<FieldId> fields;
  fields.reserve(kOwnerFields.size());
  for (const std::string_view name : kOwnerFields) {
    fields.push_back(*find_field(name));
  }
  return fields;
}

}  // namespace tidewaiter
