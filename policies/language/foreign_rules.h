#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/language/load.h"
#include "policies/language/named_lists.h"
#include "policies/language/policy.h"
#include "policies/language/strict_yaml.h"
#include "policies/language/synced_lists.h"
#include "policies/model/diagnostic.h"

namespace tidewaiter {

/// Documents of another language that stand among those of a set, as Sigma rules do: whoever knows
/// that language makes policies of them. Const use is safe from any thread.
class ForeignRules {
 public:
  /// One such document. What is wrong with it goes to `found`. All outlive the call.
  struct Document {
    const YamlText* text = nullptr;
    const YamlNode* node = nullptr;
    std::vector<Diagnostic>* found = nullptr;
  };

  virtual ~ForeignRules() = default;

  /// Whether a document that is a map, and none of our own kinds, is one of that language.
  [[nodiscard]] virtual bool takes(const YamlNode& document) const = 0;

  /// How a pack may name a document that takes() is true of, the way that people are shown first:
  /// `sigma:its-id`. At least one.
  [[nodiscard]] virtual std::vector<std::string> references(const YamlNode& document) const = 0;

  /// The policies that all such documents of a set come to, without exemptions of the set and
  /// without their hashes; `span` is that of the document's first key. `lists` are those of the
  /// set: the ones that are named count as used. Errors are told, and leave out what has them.
  [[nodiscard]] virtual std::vector<Policy> read(std::span<const Document> documents,
                                                 NamedLists& lists) const = 0;

  /// The one of references() that a rule with this id or name has by it.
  [[nodiscard]] virtual std::string reference(std::string_view rule) const = 0;

  /// The id of the policy that a rule comes to whose id or name this is.
  [[nodiscard]] virtual std::string policy_id(std::string_view rule) const = 0;
};

/// As load_policies, with documents of another language among the set's own: exemptions touch their
/// policies and packs include their files and documents. With `synced` the lists that are synced
/// hold those issues, and one without an issue holds nobody and is not known at any time: it is the
/// set that judges. Null: they hold their samples. `rules` is what follows from being on the lists
/// that `consequences` name by a code.
[[nodiscard]] LoadOutcome load_policies(std::span<const PolicyText> texts, UtcTime as_of,
                                        const ForeignRules& foreign, const SyncedLists* synced,
                                        const ConsequenceTable& rules = shipped_table());

}  // namespace tidewaiter
