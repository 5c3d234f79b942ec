#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "policies/language/license_reader.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// Reads one item of a policy's `exempt`. It counts even where it has errors, so that `exempt[1]`
/// stays the second; nothing only if it is no map or a key is missing. Warns if it has expired at
/// `as_of`.
[[nodiscard]] std::optional<Exemption> read_exemption(DocumentReader& reader, const YamlNode& node,
                                                      const ExprScope& scope,
                                                      NamedLicenses& licenses, UtcTime as_of);

/// The `exemption` documents of one policy set while it is read: exceptions that stand apart from
/// the policies that they touch. One thread at a time.
class SharedExemptions {
 public:
  explicit SharedExemptions(UtcTime as_of) : as_of_(as_of) {}

  /// Reads a document whose first key is `exemption`. The text, the document and the diagnostics
  /// outlive this.
  ExemptionDocument add(const YamlText& text, const YamlNode& document, NamedLists& lists,
                        NamedLicenses& licenses, std::vector<Diagnostic>& diagnostics);

  /// The exemptions that touch a policy, in the order of their ids. One that does not fit the
  /// records that the policy reads is an error of the exemption.
  [[nodiscard]] std::vector<Exemption> touching(std::string_view policy, RecordKind reads);

  /// Once all policies are read: warnings for patterns that touch none of them. `policies`: all
  /// ids, for suggestions.
  void warn_of_untouched(const std::vector<std::string_view>& policies);

 private:
  struct Pattern {
    std::string text;
    SourceSpan span;
    bool touched = false;
  };
  struct Entry {
    const YamlText* text;
    std::vector<Diagnostic>* diagnostics;
    SourceSpan span;
    std::vector<Pattern> patterns;
    Exemption terms;  ///< all but `where`
    PerKind where;
    std::set<RecordKind> misfits;  ///< told already
  };

  UtcTime as_of_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace tidewaiter
