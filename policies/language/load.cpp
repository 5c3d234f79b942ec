#include "policies/language/load.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "policies/language/diagnostic_code.h"
#include "policies/language/exemption_reader.h"
#include "policies/language/foreign_rules.h"
#include "policies/language/license_reader.h"
#include "policies/language/linkage_reader.h"
#include "policies/language/list_reader.h"
#include "policies/language/named_lists.h"
#include "policies/language/pack_reader.h"
#include "policies/language/policy_hash.h"
#include "policies/language/policy_reader.h"
#include "policies/language/strict_yaml.h"
#include "policies/language/tests_document.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 7> kKinds = {"policy",  "list", "exemption", "license",
                                                    "linkage", "pack", "tests"};

/// Whether the first line that is neither empty, a comment nor `---` begins a list.
bool begins_with_list(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.starts_with("list:")) return true;
    const bool passes = line.find_first_not_of(" \t\r") == std::string_view::npos ||
                        line.starts_with('#') || line.starts_with("---");
    if (!passes) return false;
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return false;
}

/// One file, what it holds and what is wrong with it.
struct SourceFile {
  explicit SourceFile(const PolicyText& given) : text(given.path, given.text) {}

  YamlText text;
  std::vector<YamlNode> documents;
  std::vector<Diagnostic> found;

  /// Whether there are so many errors that no more of it is read.
  [[nodiscard]] bool is_full() {
    for (; counted_ < found.size(); ++counted_) {
      if (found[counted_].level == DiagnosticLevel::kError) ++errors_;
    }
    return errors_ >= kYamlLimits.errors;
  }

 private:
  std::size_t counted_ = 0;  ///< of what is found
  std::size_t errors_ = 0;
};

/// Reads the files of one set. A document may name others of any file, so that what is named is
/// read before what names it, whatever the order of the files.
class Loader {
 public:
  /// `synced` is what synced lists hold; null: their samples.
  Loader(UtcTime as_of, const ForeignRules* foreign, const SyncedLists* synced,
         const ConsequenceTable& rules, LoadOutcome& outcome)
      : as_of_(as_of),
        foreign_(foreign),
        synced_(synced),
        rules_(rules),
        outcome_(outcome),
        exemptions_(as_of) {}

  void run(std::span<const PolicyText> texts) {
    for (const PolicyText& text : texts) {
      SourceFile& file = files_.emplace_back(text);
      file.documents = parse_policy_file(text, file.text, file.found);
    }
    leave_out_what_packs_do();
    for (SourceFile& file : files_) {
      for (const YamlNode& document : file.documents) {
        if (!file.is_full()) check_kind(file, document);
      }
    }
    for_each("list", [this](SourceFile& file, YamlNode& document) { add_list(file, document); });
    for_each("license",
             [this](SourceFile& file, const YamlNode& document) { add_license(file, document); });
    lists_.set_licenses(licenses_);
    for_each("exemption", [this](SourceFile& file, const YamlNode& document) {
      outcome_.documents.exemptions.push_back(
          exemptions_.add(file.text, document, lists_, licenses_, file.found));
    });
    for_each("linkage",
             [this](SourceFile& file, const YamlNode& document) { add_linkage(file, document); });
    for_each("tests", [this](SourceFile&, const YamlNode& document) {
      tested_.insert(document.members.front().second.scalar);
    });
    for_each("policy",
             [this](SourceFile& file, const YamlNode& document) { add_policy(file, document); });
    add_foreign();
    for_each("tests",
             [this](SourceFile& file, const YamlNode& document) { add_tests(file, document); });
    warn_of_exemptions();
    warn_of_licenses();
    warn_of_lists();
    warn_of_linkage();
    outcome_.documents.packs = packs_.take(outcome_.set.policies);
    for (SourceFile& file : files_) hand_over(file);
  }

 private:
  /// The first key of a document that begins as one; else nothing.
  static std::string_view kind_of(const YamlNode& document) {
    if (document.kind != YamlNode::Kind::kMap || document.members.empty()) return {};
    const auto& [key, value] = document.members.front();
    // The tests of a policy whose keys stand in another order are no document of their own.
    if (key.scalar == "tests" && document.find("policy") != nullptr) return {};
    return key.scalar;
  }

  template <class Read>
  void for_each(std::string_view kind, Read read) {
    for (SourceFile& file : files_) {
      for (YamlNode& document : file.documents) {
        if (kind_of(document) == kind && !file.is_full()) read(file, document);
      }
    }
  }

  /// Whether the document is one of another language.
  [[nodiscard]] bool is_foreign(const YamlNode& document) const {
    const std::string_view kind = kind_of(document);
    return foreign_ != nullptr && !kind.empty() &&
           std::ranges::find(kKinds, kind) == kKinds.end() && foreign_->takes(document);
  }

  /// Documents that their pack does not include are not read: nothing is left of them.
  void leave_out_what_packs_do() {
    for_each("pack", [this](SourceFile& file, const YamlNode& document) {
      packs_.add(file.text, document, file.found);
    });
    for (SourceFile& file : files_) {
      for (YamlNode& document : file.documents) {
        const std::string_view kind = kind_of(document);
        if (kind.empty() || kind == "pack") continue;
        if (!packs_.admits(file.text, candidate_of(document), file.found)) document = YamlNode();
      }
    }
    packs_.report_missing();
  }

  [[nodiscard]] Packs::Candidate candidate_of(const YamlNode& document) const {
    const auto& [key, value] = document.members.front();
    if (is_foreign(document)) {
      std::vector<std::string> references = foreign_->references(document);
      std::string shown = "`" + references.front() + "`";
      return {key.span, std::move(shown), std::move(references), false};
    }
    std::string shown = key.scalar + " `" + value.scalar + "`";
    if (key.scalar == "policy") return {key.span, std::move(shown), {value.scalar}, true};
    if (key.scalar == "tests") {  // what includes a policy, or a rule, includes its tests
      std::vector<std::string> references = {value.scalar};
      if (foreign_ != nullptr) references.push_back(foreign_->reference(value.scalar));
      return {key.span, std::move(shown), std::move(references), true};
    }
    return {key.span, std::move(shown), {key.scalar + ":" + value.scalar}, false};
  }

  /// Refuses what is no document, or one of another version.
  void check_kind(SourceFile& file, const YamlNode& document) {
    if (document.kind == YamlNode::Kind::kNull) return;  // an empty document, as after `---`
    if (is_foreign(document)) return;
    const std::string_view kind = kind_of(document);
    if (std::ranges::find(kKinds, kind) != kKinds.end()) return;
    if (document.find("policy") != nullptr) {
      fail(file, document.members.front().first.span, kUnknownDocument,
           "`policy` must be the first key");
    } else if (kind.empty()) {
      fail(file, document.span, kUnknownDocument, "a document is a map");
    } else {
      const SourceSpan& span = document.members.front().first.span;
      const std::string name = "`" + std::string(kind) + "`";
      fail(file, span, kUnknownDocument, "a document that begins with " + name + " is not known");
      Diagnostic& told = file.found.back();
      if (const auto near = did_you_mean(kind, kKinds)) told.hint = "did you mean `" + *near + "`?";
      if (const auto near = only_near(kind, kKinds)) told.fix = {{span, *near}};
    }
  }

  static void fail(SourceFile& file, const SourceSpan& span, const DiagnosticCode& code,
                   std::string message) {
    file.found.push_back(file.text.at(span, DiagnosticLevel::kError, std::string(code.code),
                                      std::move(message), "a policy begins with `policy: its-id`"));
  }

  void add_list(SourceFile& file, YamlNode& document) {
    const std::size_t before = file.found.size();
    DocumentReader reader(file.text, file.found);
    ListReading reading = read_list(reader, document, rules_);
    ListDocument& list = reading.document;
    note_rules(list);
    const bool sound =
        std::none_of(file.found.begin() + static_cast<std::ptrdiff_t>(before), file.found.end(),
                     [](const Diagnostic& d) { return d.level == DiagnosticLevel::kError; });
    NamedLists::Entry entry{list.values, list.header.span,           sound,
                            false,       std::move(reading.parties), nullptr,
                            list.synced, list.consequences};
    if (synced_ != nullptr && !list.synced.empty()) {
      entry.screened = issue_for(list);
      list.standing = entry.screened->standing();
    }
    if (lists_.add(std::move(entry)) != nullptr) {
      list_files_.emplace(list.header.name, &file);
    } else {
      const SourceSpan& other = lists_.find(list.header.name)->span;
      reader.error(list.header.span, kDuplicateDocument,
                   "list `" + list.header.name + "` stands at " + other.file + ":" +
                       std::to_string(other.line) + " already",
                   "give each list a name of its own");
    }
    outcome_.documents.lists.push_back(std::move(list));
    document = YamlNode();  // a long list's tree is many times its text
  }

  /// Rules of the list's own stand in its text.
  void note_rules(const ListDocument& list) {
    if (list.consequences == nullptr) return;
    const auto named = rules_.find(list.consequences->code());
    if (named != rules_.end() && named->second == list.consequences) {
      outcome_.set.rules.insert(*named);
    }
  }

  /// What a synced list holds.
  [[nodiscard]] std::shared_ptr<const ScreenedList> issue_for(const ListDocument& list) const {
    const auto found = synced_->find(list.synced);
    if (found != synced_->end() && found->second.issue != nullptr) {
      return found->second.issue->parties->as_issue(list.header.name, found->second.standing)
          ->with_consequences(list.consequences);
    }
    IssueStanding none;
    none.published = list.synced;
    return (*ScreenedList::make({}, {}))->as_issue(list.header.name, std::move(none));
  }

  void add_license(SourceFile& file, const YamlNode& document) {
    DocumentReader reader(file.text, file.found);
    License license = read_license(reader, document, lists_, as_of_);
    const DocumentHeader& header = license.document.header;
    outcome_.documents.licenses.push_back(license.document);
    if (licenses_.find(header.name) == nullptr) {
      license_files_.emplace(header.name, &file);
      licenses_.add(std::move(license));
      return;
    }
    const SourceSpan& other = licenses_.find(header.name)->document.header.span;
    reader.error(header.span, kDuplicateDocument,
                 "license `" + header.name + "` stands at " + other.file + ":" +
                     std::to_string(other.line) + " already",
                 "give each license a name of its own");
  }

  /// One set has one way to link accounts: a cluster is the same to all its policies.
  void add_linkage(SourceFile& file, const YamlNode& document) {
    DocumentReader reader(file.text, file.found);
    LinkageDocument linkage = read_linkage(reader, document, lists_);
    if (!linkage_.document) {
      linkage_.document = linkage;
      linkage_file_ = &file;
    } else {
      const SourceSpan& other = linkage_.document->header.span;
      reader.error(linkage.header.span, kSecondLinkage,
                   "a second linkage: `" + linkage_.document->header.name + "` stands at " +
                       other.file + ":" + std::to_string(other.line),
                   "a set has one: put the links of both into it");
    }
    outcome_.documents.linkages.push_back(std::move(linkage));
  }

  void add_policy(SourceFile& file, const YamlNode& document) {
    const SourceSpan& span = document.members.front().first.span;
    named_policies_.emplace_back(document.members.front().second.scalar);
    const PolicyReferences references{lists_, licenses_, exemptions_, linkage_, tested_};
    std::optional<Policy> policy = read_policy(file.text, document, references, as_of_, file.found);
    if (policy) take(file, span, *std::move(policy));
  }

  void take(SourceFile& file, const SourceSpan& span, Policy policy) {
    const auto [place, fresh] =
        ids_.emplace(policy.id, file.text.path() + ":" + std::to_string(span.line));
    if (fresh) {
      outcome_.set.policies.push_back(std::move(policy));
      return;
    }
    file.found.push_back(
        file.text.at(span, DiagnosticLevel::kError, std::string(kDuplicatePolicy.code),
                     "policy `" + policy.id + "` stands at " + place->second + " already",
                     "give each policy an id of its own"));
  }

  void add_foreign() {
    if (foreign_ == nullptr) return;
    std::vector<ForeignRules::Document> documents;
    std::map<std::string_view, SourceFile*> by_path;
    for (SourceFile& file : files_) {
      by_path.emplace(file.text.path(), &file);
      for (const YamlNode& document : file.documents) {
        if (is_foreign(document)) documents.push_back({&file.text, &document, &file.found});
      }
    }
    for (Policy& policy : foreign_->read(documents, lists_)) {
      named_policies_.push_back(policy.id);
      policy.exempt = exemptions_.touching(policy.id, policy.reads);
      policy.hash = policy_hash(policy);
      const SourceSpan span = policy.span;
      take(*by_path.at(span.file), span, std::move(policy));
    }
  }

  /// The policy that has the id, or that the rule of another language with it comes to.
  Policy* find_policy(const std::string& id) {
    std::vector<Policy>& all = outcome_.set.policies;
    auto found = std::ranges::find(all, id, &Policy::id);
    if (found == all.end() && foreign_ != nullptr) {
      found = std::ranges::find(all, foreign_->policy_id(id), &Policy::id);
    }
    return found == all.end() ? nullptr : &*found;
  }

  /// Tests that stand beside their policy join those that it has, in the order of the files.
  void add_tests(SourceFile& file, const YamlNode& document) {
    DocumentReader reader(file.text, file.found);
    TestsDocument tests = read_tests_document(reader, document);
    const std::string& name = tests.header.name;
    if (Policy* const policy = find_policy(name)) {
      tests.policy = policy->id;
      for (PolicyTest& test : read_cases(reader, document, *policy)) {
        tests.cases.push_back(test.name);
        policy->tests.push_back(std::move(test));
      }
    } else if (!name.empty() && std::ranges::find(named_policies_, name) == named_policies_.end()) {
      tell_unknown_tested(reader, document.members.front().second);
    }
    outcome_.documents.tests.push_back(std::move(tests));
  }

  void tell_unknown_tested(DocumentReader& reader, const YamlNode& name) {
    const std::vector<std::string_view> known(named_policies_.begin(), named_policies_.end());
    const auto near = did_you_mean(name.scalar, known);
    reader.error(name.span, kUnknownTested, "the set has no policy `" + name.scalar + "`",
                 near ? "did you mean `" + *near + "`?"
                      : "name the id of a policy, or of a Sigma rule, that is read with it");
  }

  void warn_of_exemptions() {
    const std::vector<std::string_view> ids(named_policies_.begin(), named_policies_.end());
    exemptions_.warn_of_untouched(ids);
  }

  void warn_of_licenses() {
    for (const auto& [name, license] : licenses_.all()) {
      if (license.used) continue;
      SourceFile& file = *license_files_.at(name);
      DocumentReader(file.text, file.found)
          .warn(license.document.header.span, kUnusedLicense,
                "nothing rests on the license `" + name + "`",
                "name it, as in `under: license:" + name + "` or `licensed(" + name +
                    ")`, or remove it");
    }
  }

  /// What can be said of a list once all that may name it has been read.
  void warn_of_lists() {
    for (const auto& [name, entry] : lists_.all()) {
      SourceFile& file = *list_files_.at(name);
      DocumentReader reader(file.text, file.found);
      if (!entry.used) {
        reader.warn(entry.span, kUnusedList, "nothing uses the list `" + name + "`",
                    "name it, as in `model|in: list:" + name + "`, or remove it");
      } else if (entry.list->size() > 0 && entry.list->last_until() <= as_of_) {
        reader.warn(entry.span, kExpiredList,
                    "the list `" + name + "` has expired: no value stands in it any more",
                    "bring it up to date, or remove it and what names it");
      }
    }
  }

  void warn_of_linkage() {
    if (!linkage_.document || linkage_.used) return;
    DocumentReader(linkage_file_->text, linkage_file_->found)
        .warn(linkage_.document->header.span, kUnusedLinkage,
              "no policy uses the linkage `" + linkage_.document->header.name + "`",
              "write `for_each: cluster` in one, or remove it");
  }

  void hand_over(SourceFile& file) {
    std::ranges::stable_sort(
        file.found, {}, [](const Diagnostic& d) { return std::pair(d.span.line, d.span.column); });
    cut(file);
    auto& all = outcome_.diagnostics;
    all.insert(all.end(), std::make_move_iterator(file.found.begin()),
               std::make_move_iterator(file.found.end()));
  }

  /// Nobody reads thousands of errors: the first ones say what to do. The warnings behind them go
  /// as well, since what stands there is not read to its end.
  static void cut(SourceFile& file) {
    std::size_t errors = 0;
    const auto is_last = [&errors](const Diagnostic& d) {
      return d.level == DiagnosticLevel::kError && ++errors > kYamlLimits.errors;
    };
    const auto last = std::ranges::find_if(file.found, is_last);
    if (last == file.found.end()) return;
    const SourceSpan place = last->span;
    file.found.erase(last, file.found.end());
    file.found.push_back(file.text.at(
        place, DiagnosticLevel::kError, std::string(kYamlTooLarge.code),
        std::to_string(kYamlLimits.errors) + " errors stand before this: no more are told",
        "mend those first"));
  }

  UtcTime as_of_;
  const ForeignRules* foreign_;  ///< none: there are no documents of another language
  const SyncedLists* synced_;    ///< none: synced lists hold their samples
  const ConsequenceTable& rules_;
  LoadOutcome& outcome_;
  std::deque<SourceFile> files_;
  Packs packs_;
  NamedLists lists_;
  std::map<std::string, SourceFile*, std::less<>> list_files_;
  NamedLicenses licenses_;
  std::map<std::string, SourceFile*, std::less<>> license_files_;
  SharedExemptions exemptions_;
  SetLinkage linkage_;
  SourceFile* linkage_file_ = nullptr;         ///< that of the linkage, if there is one
  std::set<std::string, std::less<>> tested_;  ///< whose tests stand in documents
  std::vector<std::string> named_policies_;    ///< ids of all policies, read or not
  std::map<std::string, std::string> ids_;     ///< id → where it stands
};

LoadOutcome load(std::span<const PolicyText> texts, UtcTime as_of, const ForeignRules* foreign,
                 const SyncedLists* synced, const ConsequenceTable& rules) {
  LoadOutcome outcome;
  Loader(as_of, foreign, synced, rules, outcome).run(texts);
  std::ranges::sort(outcome.set.policies, {}, &Policy::id);
  outcome.set.hash = set_hash(outcome.set, outcome.documents.lists);
  return outcome;
}

}  // namespace

YamlLimits limits_of(std::string_view text) {
  if (!begins_with_list(text)) return kYamlLimits;
  // Lists are long, and have little but values.
  return {.bytes = kMostListFileBytes, .values = kMostListFileValues};
}

std::vector<YamlNode> parse_policy_file(const PolicyText& file, const YamlText& text,
                                        std::vector<Diagnostic>& diagnostics) {
  if (!file.unreadable) return text.parse(diagnostics, limits_of(file.text));
  Diagnostic unread;
  unread.code = kUnreadableFile.code;
  unread.span.file = file.path;
  unread.message = *file.unreadable;
  unread.hint = "make it a file that can be read, or take it out of the policies";
  diagnostics.push_back(std::move(unread));
  return {};
}

LoadOutcome load_policies(std::span<const PolicyText> texts, UtcTime as_of) {
  return load(texts, as_of, nullptr, nullptr, shipped_table());
}

LoadOutcome load_policies(std::span<const PolicyText> texts, UtcTime as_of,
                          const ForeignRules& foreign, const SyncedLists* synced,
                          const ConsequenceTable& rules) {
  return load(texts, as_of, &foreign, synced, rules);
}

}  // namespace tidewaiter
