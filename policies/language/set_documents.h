#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policies/language/document_header.h"
#include "policies/language/value_list.h"
#include "policies/linkage/linkage.h"
#include "policies/model/time.h"
#include "policies/screening/consequence.h"
#include "policies/screening/issue_standing.h"

namespace tidewaiter {

/// Where the values of a list come from.
struct ListSource {
  std::string name;
  std::string url;                   ///< may be empty
  std::optional<UtcTime> retrieved;  ///< when they were copied
};

/// A `list` document.
struct ListDocument {
  DocumentHeader header;
  std::vector<Interval> in_force;  ///< event time; empty: always. Outside it the list is empty
  std::optional<ListSource> source;
  std::shared_ptr<const ValueList> values;  ///< of a synced list its sample
  std::string synced;  ///< the published list that it stands for, by its name; may be empty
  std::optional<IssueStanding> standing;  ///< of what was loaded for that: nothing of the sample
  std::shared_ptr<const Consequences> consequences;  ///< null where the list does not say
};

/// A `license` document.
struct LicenseDocument {
  DocumentHeader header;
  std::string number;
  std::string authority;
  std::vector<std::string> classification;  ///< such as export control numbers; for people
  std::vector<Interval> in_force;           ///< event time; sorted
  std::vector<std::string> conditions;      ///< what else it asks; for people
};

/// An `exemption` document.
struct ExemptionDocument {
  DocumentHeader header;
  std::vector<std::string> policies;  ///< ids or patterns with `*`
  std::string under;                  ///< the licence that it rests on; may be empty
  UtcTime until;                      ///< event time, exclusive
  std::string approved_by;
  std::string reason;
};

/// A `linkage` document.
struct LinkageDocument {
  DocumentHeader header;
  Linkage linkage;
};

/// A `tests` document: tests of one policy that stand beside it.
struct TestsDocument {
  DocumentHeader header;           ///< its name is whose tests they are, as it is written
  std::string policy;              ///< the id of that policy; empty if there is none without errors
  std::vector<std::string> cases;  ///< the names of the tests
};

/// A `pack` document.
struct PackDocument {
  DocumentHeader header;
  std::vector<std::string> includes;  ///< as written: paths, patterns, references to documents
  std::vector<std::string> policies;  ///< ids of the policies that it holds, sorted
  /// What else it holds, as a pack may name it: `list:NAME`, `sigma:ID`. In the order of the files;
  /// without documents of other languages that have become policies.
  std::vector<std::string> others;
};

/// The documents of a policy set beside its policies, in the order of the files: what people are
/// shown of them. Their meaning stands in the policies that name them.
struct SetDocuments {
  std::vector<ListDocument> lists;
  std::vector<LicenseDocument> licenses;
  std::vector<ExemptionDocument> exemptions;
  std::vector<LinkageDocument> linkages;
  std::vector<TestsDocument> tests;
  std::vector<PackDocument> packs;
};

}  // namespace tidewaiter
