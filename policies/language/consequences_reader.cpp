#include "policies/language/consequences_reader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/language/in_force.h"
#include "policies/language/ownership_reader.h"
#include "policies/language/party_choice_reader.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 6> kRuleKeys = {"programs", "obligation", "citation",
                                                       "note",     "in_force",   "owned"};
constexpr std::array<std::string_view, 3> kOwnedKeys = {"share", "citation", "in_force"};
constexpr std::string_view kRuleExample =
    "consequences: [{obligation: red-flag, citation: who says so}]";

class RulesReader {
 public:
  explicit RulesReader(DocumentReader& reader) : reader_(reader) {}

  std::vector<Consequence> read(const YamlNode& node) {
    std::vector<Consequence> rules;
    for (const YamlNode& item : node.items) {
      if (reader_.expect_map(item, kRuleExample)) read_rule(item, rules);
    }
    if (node.items.empty()) {
      reader_.error(node.span, kEmptyValue, "`consequences` has no rule",
                    "write `" + std::string(kRuleExample) + "`, or leave it out");
    }
    return rules;
  }

 private:
  void read_rule(const YamlNode& node, std::vector<Consequence>& rules) {
    check_keys(reader_.yaml(), node, kRuleKeys, reader_.diagnostics());
    Consequence rule;
    const YamlNode* const obligation = part(node, "obligation", "consequences");
    if (obligation != nullptr) {
      rule.obligation = read_obligation(reader_, *obligation).value_or(rule.obligation);
    }
    rule.citation = required_text(node, "citation", "consequences");
    if (const YamlNode* note = node.find("note")) rule.note = reader_.text(*note).value_or("");
    if (const YamlNode* programs = node.find("programs")) {
      rule.programs = reader_.texts(*programs);
      if (rule.programs.empty()) {
        reader_.error(programs->span, kEmptyValue, "`programs` names no programme",
                      "name one, or leave `programs` out: the rule is then that of any other");
      }
    }
    rule.in_force = read_in_force(reader_, node);
    if (const YamlNode* owned = node.find("owned")) rule.owned = read_owned(*owned);
    rules.push_back(std::move(rule));
  }

  std::optional<OwnedRule> read_owned(const YamlNode& node) {
    if (!reader_.expect_map(node, "owned: {share: \">= 50%\", citation: who says so}")) return {};
    check_keys(reader_.yaml(), node, kOwnedKeys, reader_.diagnostics());
    OwnedRule owned;
    owned.share = required_text(node, "share", "owned");
    if (!owned.share.empty() && !parse_share_limit(owned.share)) {
      reader_.error(node.find("share")->span, kBadShare,
                    "`" + owned.share + "` is no share to be reached",
                    "write `>= 50%` or `> 50%`: up to 100%, with at most six decimals");
    }
    owned.citation = required_text(node, "citation", "owned");
    owned.in_force = read_in_force(reader_, node);
    return owned;
  }

  const YamlNode* part(const YamlNode& node, std::string_view key, std::string_view within) {
    const YamlNode* const found = node.find(key);
    if (found == nullptr) {
      reader_.error(node.span, kMissingKey,
                    "`" + std::string(key) + "` is missing in `" + std::string(within) + "`",
                    "write `" + std::string(kRuleExample) + "`");
    }
    return found;
  }

  std::string required_text(const YamlNode& node, std::string_view key, std::string_view within) {
    const YamlNode* const found = part(node, key, within);
    return found == nullptr ? std::string() : reader_.text(*found).value_or("");
  }

  DocumentReader& reader_;
};

std::shared_ptr<const Consequences> rules_by_code(DocumentReader& reader, const YamlNode& node,
                                                  const ConsequenceTable& table) {
  const std::optional<std::string> code = reader.text(node);
  if (!code) return nullptr;
  if (const auto found = table.find(*code); found != table.end()) return found->second;
  std::vector<std::string_view> codes;
  codes.reserve(table.size());
  for (const auto& [known, rules] : table) codes.emplace_back(known);
  const auto near = did_you_mean(*code, codes);
  std::string all;
  for (const std::string_view one : codes) all += (all.empty() ? "" : ", ") + std::string(one);
  reader.error(node.span, kUnknownConsequences,
               "of no list `" + *code + "` it is known what follows",
               near ? "did you mean `" + *near + "`?"
                    : "expected one of " + all + ", or rules: `" + std::string(kRuleExample) + "`");
  return nullptr;
}

}  // namespace

std::shared_ptr<const Consequences> read_consequences(DocumentReader& reader,
                                                      const YamlNode& document,
                                                      const std::string& name,
                                                      const ConsequenceTable& table) {
  const YamlNode* const node = document.find("consequences");
  if (node == nullptr) return nullptr;
  if (node->kind != YamlNode::Kind::kSequence) return rules_by_code(reader, *node, table);
  const std::size_t before = reader.diagnostics().size();
  std::vector<Consequence> rules = RulesReader(reader).read(*node);
  const auto& all = reader.diagnostics();
  const bool failed =
      std::any_of(all.begin() + static_cast<std::ptrdiff_t>(before), all.end(),
                  [](const Diagnostic& d) { return d.level == DiagnosticLevel::kError; });
  if (failed) return nullptr;
  return std::make_shared<const Consequences>(
      Consequences::Part{"list:" + name, {}, std::move(rules), {}});
}

}  // namespace tidewaiter
