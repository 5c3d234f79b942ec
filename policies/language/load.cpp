#include "policies/language/load.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "policies/language/diagnostic_code.h"
#include "policies/language/policy_hash.h"
#include "policies/language/policy_reader.h"
#include "policies/language/strict_yaml.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 5> kOtherDocuments = {"list", "linkage", "exemption",
                                                             "license", "pack"};

class Loader {
 public:
  Loader(UtcTime as_of, LoadOutcome& outcome) : as_of_(as_of), outcome_(outcome) {}

  void read_file(const PolicyText& file) {
    const YamlText text(file.path, file.text);
    std::vector<Diagnostic> found;
    for (const YamlNode& document : text.parse(found)) read_document(text, document, found);
    std::ranges::stable_sort(
        found, {}, [](const Diagnostic& d) { return std::pair(d.span.line, d.span.column); });
    auto& all = outcome_.diagnostics;
    all.insert(all.end(), std::make_move_iterator(found.begin()),
               std::make_move_iterator(found.end()));
  }

 private:
  void read_document(const YamlText& text, const YamlNode& document,
                     std::vector<Diagnostic>& found) {
    if (document.kind == YamlNode::Kind::kNull) return;  // an empty document, as after `---`
    if (document.kind != YamlNode::Kind::kMap || document.members.empty()) {
      fail(text, document.span, kUnknownDocument, "a document is a map", found);
      return;
    }
    const YamlNode& first = document.members.front().first;
    if (first.scalar == "policy") {
      add(text, first.span, read_policy(text, document, as_of_, found), found);
    } else if (std::ranges::find(kOtherDocuments, first.scalar) != kOtherDocuments.end()) {
      fail(text, first.span, kUnsupportedDocument,
           "`" + first.scalar + "` documents are not supported by this version", found);
    } else if (document.find("detection") != nullptr || document.find("correlation") != nullptr) {
      fail(text, first.span, kUnsupportedSigma, "Sigma rules are not supported by this version",
           found);
    } else if (document.find("policy") != nullptr) {
      fail(text, first.span, kUnknownDocument, "`policy` must be the first key", found);
    } else {
      fail(text, first.span, kUnknownDocument,
           "a document that begins with `" + first.scalar + "` is not known", found);
    }
  }

  static void fail(const YamlText& text, const SourceSpan& span, const DiagnosticCode& code,
                   std::string message, std::vector<Diagnostic>& found) {
    found.push_back(text.at(span, DiagnosticLevel::kError, std::string(code.code),
                            std::move(message), "a policy begins with `policy: its-id`"));
  }

  void add(const YamlText& text, const SourceSpan& span, std::optional<Policy> policy,
           std::vector<Diagnostic>& found) {
    if (!policy) return;
    const auto [place, fresh] =
        ids_.emplace(policy->id, text.path() + ":" + std::to_string(span.line));
    if (fresh) {
      outcome_.set.policies.push_back(*std::move(policy));
      return;
    }
    found.push_back(text.at(span, DiagnosticLevel::kError, std::string(kDuplicatePolicy.code),
                            "policy `" + policy->id + "` stands at " + place->second + " already",
                            "give each policy an id of its own"));
  }

  UtcTime as_of_;
  LoadOutcome& outcome_;
  std::map<std::string, std::string> ids_;  ///< id → where it stands
};

}  // namespace

LoadOutcome load_policies(std::span<const PolicyText> texts, UtcTime as_of) {
  LoadOutcome outcome;
  Loader loader(as_of, outcome);
  for (const PolicyText& text : texts) loader.read_file(text);
  std::ranges::sort(outcome.set.policies, {}, &Policy::id);
  outcome.set.hash = set_hash(outcome.set);
  return outcome;
}

}  // namespace tidewaiter
