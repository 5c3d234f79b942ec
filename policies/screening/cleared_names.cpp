#include "policies/screening/cleared_names.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "policies/screening/compared_name.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kAccountField = "account";

Digest hash_of(std::string_view purpose, std::string_view first, std::string_view second) {
  Sha256 hash;
  hash.update_framed(purpose).update_framed(first).update_framed(second);
  return hash.finish();
}

/// All that a score looks at is a function of these.
void add_form(Sha256& hash, std::string_view name, PartyKind kind) {
  hash.update_framed(party_kind_name(kind));
  const Result<ComparedName> form = compared_name(name, kind);
  if (!form) {
    hash.update_framed("as written");
    hash.update_framed(name);
    return;
  }
  hash.update_framed(form->spelt);
  hash.update_framed(std::to_string(form->legal_family));
  hash.update_framed(form->has_comma ? "comma" : "");
  hash.update_framed(std::to_string(form->words.size()));
  for (const NameWord& word : form->words) {
    hash.update_framed(word.letters);
    hash.update_framed(word.article);
    hash.update_framed(std::to_string(static_cast<int>(word.script)));
    hash.update_framed(std::to_string(static_cast<std::uint32_t>(word.sign)));
  }
}

/// Whether all that the two have in common was known to whoever cleared.
bool knew_of(const NameClearance& one, const Record& record, const ListedParty& party) {
  return std::ranges::all_of(agreements_of(record, party), [&one](const Agreement& agreement) {
    const Digest value = cleared_agreement(corroboration_name(agreement.kind), agreement.value);
    return std::ranges::binary_search(one.agreed, value);
  });
}

struct ByAccount {
  bool operator()(const NameClearance& a, const Digest& b) const { return a.account < b; }
  bool operator()(const Digest& a, const NameClearance& b) const { return a < b.account; }
};

class WhetherCleared final : public PartyCheck {
 public:
  explicit WhetherCleared(std::shared_ptr<const ClearedNames> cleared)
      : cleared_(std::move(cleared)) {
    const auto looked_at = cleared_->fields();
    fields_.assign(looked_at.begin(), looked_at.end());
    fields_.push_back(kFieldSource);
    fields_.push_back(*find_field(kAccountField));
  }

  [[nodiscard]] Verdict judge(const Record& record, NameLookup how) const override {
    if (cleared_->about(record).empty()) return {false, std::nullopt};
    if (cleared_->screening().judge(record, how).truth != true) return {false, std::nullopt};
    const std::optional<bool> rest = cleared_->judge_rest(record, how).truth;
    return {rest ? std::optional(!*rest) : std::nullopt, std::nullopt};
  }

  [[nodiscard]] Grounds grounds(const Record& record) const override {
    Grounds grounds;
    const auto about = cleared_->about(record);
    if (about.empty()) return grounds;
    for (const ScreenHit& hit : cleared_->screening().hits(record)) {
      const NameClearance* one =
          ClearedNames::find(about, record, hit.field, hit.name, hit.list, hit.party);
      if (one == nullptr) continue;
      grounds.nearness = 1.0;
      grounds.lines.push_back("`" + hit.party.name + "` (" + hit.reference() + ") is cleared by " +
                              one->id + " for " + std::string(field(hit.field).name) + " `" +
                              hit.name + "`");
    }
    return grounds;
  }

  [[nodiscard]] const std::shared_ptr<const ClearedNames>& cleared() const { return cleared_; }

  [[nodiscard]] std::span<const FieldId> fields() const override { return fields_; }
  [[nodiscard]] std::string canonical_text() const override {
    return "cleared(" + cleared_->canonical_text() + ")";
  }
  [[nodiscard]] std::string summary() const override {
    return "people have cleared all listed parties that the account's names hit";
  }

 private:
  std::shared_ptr<const ClearedNames> cleared_;  // shared with what asks for the rest
  std::vector<FieldId> fields_;
};

class ScreeningOfRest final : public PartyCheck {
 public:
  explicit ScreeningOfRest(std::shared_ptr<const ClearedNames> cleared)
      : cleared_(std::move(cleared)) {}

  [[nodiscard]] Verdict judge(const Record& record, NameLookup how) const override {
    return cleared_->judge_rest(record, how);
  }
  [[nodiscard]] Grounds grounds(const Record& record) const override {
    return cleared_->screening().grounds(record);
  }
  [[nodiscard]] std::span<const FieldId> fields() const override { return cleared_->fields(); }
  [[nodiscard]] std::string canonical_text() const override {
    return "rest(" + cleared_->canonical_text() + ")";
  }
  [[nodiscard]] std::string summary() const override {
    return cleared_->screening().summary() + ", but for what people have cleared";
  }

 private:
  std::shared_ptr<const ClearedNames> cleared_;  // shared with what asks whether all is cleared
};

}  // namespace

Digest cleared_account(std::string_view source, std::string_view account) {
  return hash_of("tidewaiter-cleared-account 1", source, account);
}

Digest cleared_name(FieldId id, std::string_view name) {
  Sha256 hash;
  hash.update_framed("tidewaiter-cleared-name 1");
  hash.update_framed(field(id).name);
  for (const PartyKind kind : {PartyKind::kPerson, PartyKind::kOrganisation}) {
    add_form(hash, name, kind);
  }
  return hash.finish();
}

Digest cleared_agreement(std::string_view what, std::string_view value) {
  return hash_of("tidewaiter-cleared-agreement 1", what, value);
}

ClearedNames::ClearedNames(std::shared_ptr<const Screening> screening,
                           std::vector<NameClearance> clearances)
    : screening_(std::move(screening)), clearances_(std::move(clearances)) {
  const auto looked_at = screening_->fields();
  fields_.assign(looked_at.begin(), looked_at.end());
  for (const FieldId id : agreement_fields()) {
    if (std::ranges::find(fields_, id) == fields_.end()) fields_.push_back(id);
  }
  std::ranges::sort(clearances_, [](const NameClearance& a, const NameClearance& b) {
    return std::tie(a.account, a.id) < std::tie(b.account, b.id);
  });
}

std::span<const NameClearance> ClearedNames::about(const Record& record) const {
  static const FieldId account = *find_field(kAccountField);
  const auto* const name =
      clearances_.empty() ? nullptr : std::get_if<std::string>(find_value(record, account));
  if (name == nullptr) return {};
  const Digest whose = cleared_account(record.source, *name);
  const auto [first, last] =
      std::equal_range(clearances_.begin(), clearances_.end(), whose, ByAccount{});
  return {first, last};
}

const NameClearance* ClearedNames::find(std::span<const NameClearance> about, const Record& record,
                                        FieldId field, std::string_view name, std::string_view list,
                                        const ListedParty& party) {
  if (about.empty()) return nullptr;
  const Digest called = cleared_name(field, name);
  const Digest entry = party_digest(party);
  const auto found = std::ranges::find_if(about, [&](const NameClearance& one) {
    return one.name == called && one.list == list && one.entry == entry &&
           knew_of(one, record, party);
  });
  return found == about.end() ? nullptr : &*found;
}

PartyCheck::Verdict ClearedNames::judge_rest(const Record& record, NameLookup how) const {
  const auto about = this->about(record);
  if (about.empty()) return screening_->judge(record, how);
  return screening_->judge_rest(
      record, how,
      [about, &record](FieldId field, const std::string& name, const ScreenedList& list,
                       const ListedParty& party) {
        return find(about, record, field, name, list.name(), party) != nullptr;
      });
}

std::string ClearedNames::canonical_text() const {
  std::string text = screening_->canonical_text();
  for (const NameClearance& one : clearances_) {
    text += ", " + one.id + " list:" + one.list + " " + to_hex(one.entry) + " " +
            to_hex(one.account) + " " + to_hex(one.name);
    for (const Digest& value : one.agreed) text += " agreed:" + to_hex(value);
  }
  return text;
}

std::shared_ptr<const PartyCheck> whether_cleared(std::shared_ptr<const ClearedNames> cleared) {
  return std::make_shared<const WhetherCleared>(std::move(cleared));
}

std::shared_ptr<const ClearedNames> asked_about(const PartyCheck& check) {
  const auto* const asks = dynamic_cast<const WhetherCleared*>(&check);
  return asks == nullptr ? nullptr : asks->cleared();
}

std::shared_ptr<const PartyCheck> screening_of_rest(std::shared_ptr<const ClearedNames> cleared) {
  return std::make_shared<const ScreeningOfRest>(std::move(cleared));
}

}  // namespace tidewaiter
