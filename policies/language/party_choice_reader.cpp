#include "policies/language/party_choice_reader.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace tidewaiter {
namespace {

/// The items of a key, each of which is read; an error where there are none.
std::vector<const YamlNode*> named_items(DocumentReader& reader, const YamlNode& node,
                                         std::string_view example) {
  auto items = DocumentReader::items(node);
  if (items.empty()) {
    reader.error(node.span, kEmptyValue, "nothing is named here",
                 "write `" + std::string(example) + "`, or leave it out: all are looked for then");
  }
  return items;
}

template <class T>
void add_new(std::vector<T>& values, std::optional<T> value) {
  if (value && std::ranges::find(values, *value) == values.end()) {
    values.push_back(*std::move(value));
  }
}

}  // namespace

std::optional<Obligation> read_obligation(DocumentReader& reader, const YamlNode& node) {
  const std::optional<std::string> text = reader.text(node);
  if (!text) return std::nullopt;
  if (const auto found = find_obligation(*text)) return found;
  std::vector<std::string_view> words;
  for (std::size_t i = 0; i < kObligations; ++i) {
    words.push_back(obligation_name(static_cast<Obligation>(i)));
  }
  reader.not_one_of(node, words);
  return std::nullopt;
}

PartyChoice read_party_choice(DocumentReader& reader, const YamlNode& node) {
  PartyChoice choice;
  if (const YamlNode* programs = node.find("programs")) {
    for (const YamlNode* item : named_items(reader, *programs, "programs: [SDGT]")) {
      add_new(choice.programs, reader.text(*item));
    }
  }
  if (const YamlNode* obligations = node.find("obligations")) {
    for (const YamlNode* item : named_items(reader, *obligations, "obligations: [block]")) {
      add_new(choice.obligations, read_obligation(reader, *item));
    }
  }
  return choice;
}

}  // namespace tidewaiter
