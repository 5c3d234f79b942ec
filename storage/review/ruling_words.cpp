#include "storage/review/ruling_words.h"

#include <utility>

#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

tl::unexpected<Error> unfit_words(const std::string& what) {
  return fail(ErrorCode::kInvalidInput, "a ruling needs " + what);
}

std::string word_of(const Confidential& words, const char* name) {
  const auto found = words.find(name);
  return found == words.end() ? std::string() : found->second;
}

/// Adds the account whose name and source stand under these names; false if one is missing.
bool add_account(const Confidential& words, const char* source, const char* name,
                 LinkRuled& ruled) {
  RuledAccount account{word_of(words, source), word_of(words, name)};
  if (account.source.empty() || account.name.empty()) return false;
  ruled.accounts.push_back(std::move(account));
  return true;
}

/// `[["devices", "d-7"], …]`; false for anything else.
bool read_values(const std::string& text, LinkRuled& ruled) {
  const auto pairs = nlohmann::json::parse(text, nullptr, false);
  if (!pairs.is_array()) return false;
  for (const auto& pair : pairs) {
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_string()) {
      return false;
    }
    const auto id = find_field(pair[0].get<std::string>());
    if (!id) return false;
    ruled.values.push_back({*id, pair[1].get<std::string>()});
  }
  return true;
}

}  // namespace

Confidential ruling_words(const LinkRuled& ruled, const std::string& reason) {
  Confidential words{{"reason", reason},
                     {"source", ruled.accounts.front().source},
                     {"account", ruled.accounts.front().name}};
  if (ruled.accounts.size() == 2) {
    words["other_source"] = ruled.accounts.back().source;
    words["other"] = ruled.accounts.back().name;
    return words;
  }
  auto values = nlohmann::json::array();
  for (const RuledValue& value : ruled.values) {
    values.push_back({std::string(field(value.field).name), value.text});
  }
  words["values"] = values.dump();
  return words;
}

Result<LinkRuled> read_ruling(const Act& act, const Confidential& words) {
  LinkRuled ruled{act.case_id, act.at, {}, {}};
  if (!add_account(words, "source", "account", ruled)) {
    return unfit_words("an account and its source");
  }
  if (std::holds_alternative<LinkJoined>(act.body)) {
    if (!add_account(words, "other_source", "other", ruled) ||
        ruled.accounts[0] == ruled.accounts[1]) {
      return unfit_words("two different accounts to join");
    }
    return ruled;
  }
  const auto* const cut = std::get_if<LinkCut>(&act.body);
  if (cut == nullptr) return unfit_words("an act that cuts or joins");
  if (!read_values(word_of(words, "values"), ruled) ||
      static_cast<std::int64_t>(ruled.values.size()) != cut->values) {
    return unfit_words("as many values, each with its field, as the act says");
  }
  return ruled;
}

}  // namespace tidewaiter
