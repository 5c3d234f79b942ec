#pragma once

#include <map>
#include <optional>
#include <string>

#include "policies/language/document_reader.h"
#include "policies/language/per_kind.h"
#include "policies/language/set_documents.h"

namespace tidewaiter {

/// A licence made ready for the exemptions and expressions that rest on it.
struct License {
  LicenseDocument document;
  /// What it covers: parties, items, countries, limits and dates, all of them. A record that lacks
  /// a field of these is unknown.
  PerKind scope;
  bool used = false;
};

/// The licences of one policy set while it is read. One thread at a time.
class NamedLicenses {
 public:
  /// The licence, or null if the name is taken.
  License* add(License license);
  /// Null if there is none.
  [[nodiscard]] License* find(std::string_view name);
  [[nodiscard]] const std::map<std::string, License, std::less<>>& all() const { return licenses_; }

 private:
  std::map<std::string, License, std::less<>> licenses_;
};

/// Reads a document whose first key is `license`. Warns if it has expired at `as_of`.
[[nodiscard]] License read_license(DocumentReader& reader, const YamlNode& document,
                                   NamedLists& lists, UtcTime as_of);

/// The licence that `under: license:ID` names; an unknown one is an error.
[[nodiscard]] License* read_license_reference(DocumentReader& reader, const YamlNode& node,
                                              NamedLicenses& licenses);

}  // namespace tidewaiter
