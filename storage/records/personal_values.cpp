#include "storage/records/personal_values.h"

#include <algorithm>
#include <array>
#include <variant>
#include <vector>

#include <sys/random.h>

#include "storage/records/erasure_note.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kTokenDigits = 32;
constexpr std::size_t kAddressSize = 39;  // eight groups of four digits

/// Texts that say nothing of who it was. Numbers, times and truths never do.
constexpr auto kImpersonal = std::to_array<std::string_view>({"source",
                                                              "provider",
                                                              "operation",
                                                              "model",
                                                              "response_model",
                                                              "client.country",
                                                              "client.anonymizer",
                                                              "enriched",
                                                              "region",
                                                              "service_tier",
                                                              "status",
                                                              "cost.basis",
                                                              "account.kind",
                                                              "country.declared",
                                                              "country.billing",
                                                              "country.registered",
                                                              "owners.share",
                                                              "plan",
                                                              "kyc",
                                                              "enforcement",
                                                              "action",
                                                              "class",
                                                              "actor.type",
                                                              "target.type",
                                                              "outcome",
                                                              "privileges"});

/// An address of the range that nobody is given from outside (RFC 4193), so that a network of it
/// can be told as one.
std::string random_address() {
  std::string text = "fd" + random_digits(2);
  for (int group = 0; group < 7; ++group) text += ":1" + random_digits(3);  // canonical as it is
  return text;
}

/// A value of the same form as those of the field.
std::string random_value(FieldId id) {
  if (field(id).type == ValueType::kIp) return random_address();
  if (field(id).name == "prompt.sketch") return random_digits(16);
  return std::string(kTokenPrefix) + random_digits(kTokenDigits);
}

/// Calls `each` with every text of a personal field.
template <class RecordType, class Each>
void for_each_personal(RecordType& record, Each each) {
  for (auto& [id, value] : record.fields) {
    if (!is_personal(id)) continue;
    if (auto* text = std::get_if<std::string>(&value)) each(id, *text);
    if (auto* list = std::get_if<std::vector<std::string>>(&value)) {
      for (auto& item : *list) each(id, item);
    }
  }
}

}  // namespace

bool is_opaque_value(const std::string& value) {
  if (value.starts_with(kTokenPrefix) && value.size() == kTokenPrefix.size() + kTokenDigits) {
    return value.find_first_not_of("0123456789abcdef", kTokenPrefix.size()) == std::string::npos;
  }
  if (!value.starts_with("fd") || value.size() != kAddressSize) return false;
  for (std::size_t at = 4; at < value.size(); at += 5) {
    if (value.compare(at, 2, ":1") != 0) return false;
  }
  return true;
}

std::string random_digits(std::size_t count) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(count, '0');
  // getrandom() without flags fails for no such length once the system is up.
  std::size_t filled = 0;
  while (filled < count) {
    const ssize_t got = ::getrandom(text.data() + filled, count - filled, 0);
    if (got > 0) filled += static_cast<std::size_t>(got);
  }
  for (char& c : text) c = kDigits[static_cast<unsigned char>(c) & 15U];
  return text;
}

bool is_personal(FieldId id) {
  const Field& named = field(id);
  const bool text = named.type == ValueType::kString || named.type == ValueType::kIp ||
                    named.type == ValueType::kStringList;
  return text && std::ranges::find(kImpersonal, named.name) == kImpersonal.end();
}

PersonalValues::PersonalValues(SubjectPart part, std::set<std::string> former)
    : part_(std::move(part)),
      former_(std::move(former)),
      token_(std::string(kTokenPrefix) + random_digits(kTokenDigits)) {}

PersonalValues::Key PersonalValues::key_of(const std::string& source, FieldId id,
                                           const std::string& value) {
  return {field(id).id_of_source ? source : std::string(), value};
}

bool PersonalValues::is_id_of_subject(const std::string& source, FieldId id,
                                      const std::string& value) const {
  if (!field(id).id_of_source || source != part_.source || value != part_.value) return false;
  return id == part_.field || is_telling_id(part_.value);
}

bool PersonalValues::is_subject(const RuledAccount& account) const {
  return is_id_of_subject(account.source, *find_field("account"), account.name);
}

bool PersonalValues::owns(const Record& record) const {
  return std::ranges::any_of(record.fields, [&](const auto& one) {
    const auto* text = std::get_if<std::string>(&one.second);
    if (text == nullptr || !field(one.first).id_of_source) return false;
    return is_id_of_subject(record.source, one.first, *text) || former_.contains(*text);
  });
}

void PersonalValues::collect(const Record& owned) {
  for_each_personal(owned, [&](FieldId id, const std::string& value) {
    // What was replaced before says nothing any more, and neither does what is empty: in lists it
    // holds a place, such as that of an owner without a name.
    if (value.empty() || is_opaque_value(value)) return;
    tokens_.try_emplace(key_of(owned.source, id, value));
  });
}

void PersonalValues::collect(const LinkRuled& ruled) {
  const bool owned = std::ranges::any_of(ruled.accounts, [&](const RuledAccount& one) {
    return is_subject(one) || former_.contains(one.name);
  });
  for (const RuledValue& value : ruled.values) {
    if (owned && is_personal(value.field) && !value.text.empty() && !is_opaque_value(value.text)) {
      tokens_.try_emplace(key_of(ruled.accounts.front().source, value.field, value.text));
    }
  }
}

void PersonalValues::keep_shared(const Record& other) {
  for_each_personal(other, [&](FieldId id, const std::string& value) {
    tokens_.erase(key_of(other.source, id, value));
  });
}

bool PersonalValues::replace_text(const std::string& source, FieldId id, std::string& value) {
  if (is_id_of_subject(source, id, value)) {
    value = token_;
    return true;
  }
  const auto found = tokens_.find(key_of(source, id, value));
  if (found == tokens_.end()) return false;
  // One value has one token, but for fields of another form.
  const FieldId form =
      field(id).type == ValueType::kIp || field(id).name == "prompt.sketch" ? id : FieldId{0};
  std::string& token = found->second[form];
  if (token.empty()) token = random_value(id);
  value = token;
  return true;
}

bool PersonalValues::replace(Record& owned) {
  bool replaced = false;
  for_each_personal(owned, [&](FieldId id, std::string& value) {
    replaced = replace_text(owned.source, id, value) || replaced;
  });
  return replaced;
}

bool PersonalValues::replace(LinkRuled& ruled) {
  bool replaced = false;
  for (RuledAccount& account : ruled.accounts) {
    if (!is_subject(account)) continue;
    account.name = token_;
    replaced = true;
  }
  // Of somebody else's ruling too, whose account once had what was this subject's alone since.
  for (RuledValue& value : ruled.values) {
    const std::string& source = ruled.accounts.front().source;
    replaced = replace_text(source, value.field, value.text) || replaced;
  }
  return replaced;
}

std::set<std::string> PersonalValues::replaced() const {
  std::set<std::string> values{part_.value};
  for (const auto& [key, tokens] : tokens_) {
    if (!tokens.empty()) values.insert(key.second);
  }
  return values;
}

}  // namespace tidewaiter
