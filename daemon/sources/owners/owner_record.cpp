#include "daemon/sources/owners/owner_record.h"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/sources/owners/statement_json.h"
#include "policies/model/digest.h"
#include "policies/model/field_catalogue.h"

namespace tidewaiter {
namespace {

using Texts = std::vector<std::string>;

/// How many names that owners have beside their first a record holds.
constexpr std::size_t kMostFurtherNames = 4000;

constexpr std::array<std::string_view, 11> kOwnerFields = {
    "account",     "account.kind", "aliases", "controllers",       "country.registered",
    "identifiers", "legal_name",   "owners",  "owners.identifier", "owners.of",
    "owners.share"};

void set_texts(Record& record, std::string_view field, Texts texts) {
  if (!texts.empty()) set_value(record, *find_field(field), std::move(texts));
}

/// The lists that `owners` and its companions are, row by row.
struct OwnerRows {
  Texts names;
  Texts shares;
  Texts identifiers;
  Texts of;

  void add(std::string name, std::string share, std::string identifier, std::string owned) {
    names.push_back(std::move(name));
    shares.push_back(std::move(share));
    identifiers.push_back(std::move(identifier));
    of.push_back(std::move(owned));
  }
};

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
    set_value(record, field_id("account"), account);
    set_value(record, field_id("account.kind"), std::string("legal_entity"));
    return record;
  }

  void add_facts(Record& record, const std::string& organisation) const {
    Texts identifiers{stated_identifier(how_.scheme, organisation)};
    if (const PartyFacts* const facts = reading_.statements.facts(organisation)) {
      if (!facts->names.empty()) {
        set_value(record, field_id("legal_name"), facts->names.front());
        set_texts(record, "aliases", {facts->names.begin() + 1, facts->names.end()});
      }
      if (!facts->country.empty()) {
        set_value(record, field_id("country.registered"), facts->country);
      }
      identifiers.insert(identifiers.begin(), facts->identifiers.begin(), facts->identifiers.end());
    }
    set_texts(record, "identifiers", std::move(identifiers));
  }

  void add_owners(Record& record, const std::string& organisation, const OwnersOnDay& day) const {
    const OwnerIdentifiers identifiers = identifiers_of(day);
    OwnerRows rows;
    for (const OwnerOnDay& one : day.owners) {
      const std::string of = one.of == organisation ? std::string() : identifiers.at(one.of);
      rows.add(first_name(one.party), one.share_text, identifiers.at(one.party), of);
    }
    // Whoever is left out, or has a name that is, may be anybody, and have anything.
    if (!add_further_names(organisation, day, identifiers, rows) || day.cut) {
      rows.add({}, share_range_text(ShareRange{}), {}, {});
    }
    set_texts(record, "owners", std::move(rows.names));
    set_texts(record, "owners.share", std::move(rows.shares));
    set_texts(record, "owners.identifier", std::move(rows.identifiers));
    set_texts(record, "owners.of", std::move(rows.of));
    Texts controllers;
    for (const std::string& party : day.controllers) {
      const Texts& names = names_of(party);
      controllers.insert(controllers.end(), names.begin(), names.end());
    }
    set_texts(record, "controllers", std::move(controllers));
  }

 private:
  using OwnerIdentifiers = std::map<std::string, std::string>;  ///< by id in the files

  [[nodiscard]] const Texts& names_of(const std::string& party) const {
    static const Texts none;
    const PartyFacts* const facts = party.empty() ? nullptr : reading_.statements.facts(party);
    return facts == nullptr ? none : facts->names;
  }
  [[nodiscard]] std::string first_name(const std::string& party) const {
    const Texts& names = names_of(party);
    return names.empty() ? std::string() : names.front();
  }

  /// A row of no share for each name but the first. False if there are more than a record holds.
  [[nodiscard]] bool add_further_names(const std::string& organisation, const OwnersOnDay& day,
                                       const OwnerIdentifiers& identifiers, OwnerRows& rows) const {
    std::set<std::string> named;
    std::size_t left = kMostFurtherNames;
    for (const OwnerOnDay& one : day.owners) {
      if (one.party.empty() || !named.insert(one.party).second) continue;
      const Texts& names = names_of(one.party);
      for (std::size_t i = 1; i < names.size(); ++i) {
        if (left-- == 0) return false;
        rows.add(names[i], share_range_text(ShareRange{0, 0}), identifiers.at(one.party),
                 one.of == organisation ? std::string() : identifiers.at(one.of));
      }
    }
    return true;
  }

  /// What a record calls its parties. Those whose statements have one text for an identifier
  /// ("N/A") would be one party by it: each is called by its id in the files.
  [[nodiscard]] OwnerIdentifiers identifiers_of(const OwnersOnDay& day) const {
    OwnerIdentifiers identifiers;
    std::map<std::string, int> parties;
    const auto take = [&](const std::string& party) {
      const auto [at, is_new] = identifiers.try_emplace(party, stated_of(party));
      if (is_new) ++parties[at->second];
    };
    for (const OwnerOnDay& one : day.owners) {
      take(one.party);
      take(one.of);
    }
    for (auto& [party, identifier] : identifiers) {
      if (parties[identifier] > 1) identifier = own_of(party);
    }
    return identifiers;
  }

  [[nodiscard]] std::string own_of(const std::string& party) const {
    return party.empty() ? std::string() : stated_identifier(how_.scheme, party);
  }

  /// The one by which lists know organisations best; else its id in the files.
  [[nodiscard]] std::string stated_of(const std::string& party) const {
    const PartyFacts* const facts = party.empty() ? nullptr : reading_.statements.facts(party);
    if (facts == nullptr) return own_of(party);
    const std::string ours = stated_identifier(how_.scheme, {});
    const std::string* best = nullptr;
    for (const std::string& one : facts->identifiers) {
      if (one.starts_with("lei:")) return one;
      // What a statement calls by our scheme may be the id of another party.
      if (best == nullptr && !one.starts_with(ours)) best = &one;
    }
    return best == nullptr ? own_of(party) : *best;
  }

  const OwnerReading& reading_;
  const OwnerRecords& how_;
};

/// Lines of the map that no statement is about, by their accounts.
std::map<std::string, std::vector<const AccountMap::Line*>> untold_accounts(
    const OwnerReading& reading, const AccountMap& map) {
  std::map<std::string, std::vector<const AccountMap::Line*>> untold;
  for (const AccountMap::Line* const line : map.lines_without(reading.named)) {
    untold[line->account].push_back(line);
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
