#include <algorithm>
#include <array>
#include <charconv>

#include "daemon/app/config_reader.h"
#include "daemon/outbound/http_client.h"

namespace tidewaiter {
namespace {

/// No witness can be called that: see ConfigReader::name().
constexpr std::string_view kQuorumGroup = "(quorum)";

void read_witness(ConfigReader& reader, const YamlNode& node, TrustPolicy& policy) {
  static constexpr std::array<std::string_view, 3> kKeys = {"name", "url", "key"};
  if (!reader.map(node, "a witness", kKeys)) return;
  const YamlNode* name = node.find("name");
  const YamlNode* url = node.find("url");
  const YamlNode* key = node.find("key");
  if (name == nullptr || url == nullptr || key == nullptr) {
    reader.error(node.span, kMissingKey, "a witness needs `name`, `url` and `key`");
    return;
  }
  const auto called = reader.name(*name, "a witness's `name`");
  const auto prefix = reader.text(*url, "`url`");
  const auto vkey = reader.text(*key, "`key`");
  if (!called || !prefix || !vkey) return;
  const Result<void> fits = check_url(*prefix);
  if (!fits) {
    reader.error(url->span, kConfigUrl, fits.error().message,
                 "write `https://…`, or `http://127.0.0.1:…` for this machine");
  }
  const bool is_prefix = prefix->find('?') == std::string::npos;
  if (fits && !is_prefix) {
    reader.error(url->span, kConfigUrl,
                 "a witness's URL has no query: `/add-checkpoint` is put behind it",
                 "leave out what begins with `?`");
  }
  Result<WitnessKey> parsed = parse_witness_key(*vkey);
  if (!parsed) {
    reader.error(key->span, kWrongShape, parsed.error().message,
                 "write the line that `tidewaiter witness init` has printed");
  }
  if (!fits || !is_prefix || !parsed) return;
  for (const PolicyWitness& other : policy.witnesses) {
    if (other.name == *called) {
      reader.error(name->span, kConfigTwice, "two witnesses have the name `" + *called + "`");
    }
    if (other.key.key == parsed->key) {
      reader.error(key->span, kConfigTwice,
                   "the witnesses `" + other.name + "` and `" + *called + "` have one key");
    }
  }
  policy.witnesses.push_back({*called, std::move(*parsed), *prefix});
}

/// How many of the witnesses are enough.
std::optional<std::size_t> read_quorum(ConfigReader& reader, const YamlNode& node,
                                       std::size_t witnesses) {
  const auto text = reader.text(node, "`quorum`");
  if (!text) return std::nullopt;
  if (*text == "all") return witnesses;
  if (*text == "any") return 1;
  std::size_t number = 0;
  const char* const end = text->data() + text->size();
  const auto [rest, failure] = std::from_chars(text->data(), end, number);
  if (failure == std::errc() && rest == end && number >= 1 && number <= witnesses) return number;
  reader.error(node.span, kWrongShape,
               "`quorum` is `all`, `any` or a number from 1 to that of the witnesses, " +
                   std::to_string(witnesses) + ", not `" + *text + "`");
  return std::nullopt;
}

}  // namespace

void read_witnesses(ConfigReader& reader, const YamlNode& ledger, Config& config) {
  TrustPolicy& policy = config.ledger.witnesses;
  const YamlNode* witnesses = ledger.find("witnesses");
  const bool some = witnesses != nullptr && witnesses->kind != YamlNode::Kind::kNull;
  const bool none =
      !some || (witnesses->kind == YamlNode::Kind::kSequence && witnesses->items.empty());
  if (some && reader.list(*witnesses, "`witnesses`")) {
    for (const YamlNode& witness : witnesses->items) read_witness(reader, witness, policy);
  }
  const YamlNode* quorum = ledger.find("quorum");
  if (policy.witnesses.empty()) {
    if (quorum != nullptr && none) {
      reader.error(quorum->span, kWrongShape,
                   "`quorum` belongs to `witnesses`, and there are none");
    }
    return;
  }
  PolicyGroup group{std::string(kQuorumGroup), policy.witnesses.size(), {}};
  for (const PolicyWitness& witness : policy.witnesses) group.members.push_back(witness.name);
  if (quorum != nullptr) {
    group.threshold = read_quorum(reader, *quorum, group.members.size()).value_or(group.threshold);
  }
  policy.groups = {std::move(group)};
  policy.quorum = kQuorumGroup;
}

}  // namespace tidewaiter
