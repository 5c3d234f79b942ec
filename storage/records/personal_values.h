#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "policies/model/log.h"
#include "policies/model/record.h"
#include "policies/model/subject_part.h"

namespace tidewaiter {

/// Whether a field may say who somebody is: ids, names, addresses, fingerprints. What says only
/// what was done, or of which kind somebody is, does not: models, countries, states.
[[nodiscard]] bool is_personal(FieldId field);

/// Whether a value has the form of those that stand in the place of erased ones.
[[nodiscard]] bool is_opaque_value(const std::string& value);

/// What stands in the place of the personal values of a subject's records once it is erased.
///
/// A value that records of others have too is not the subject's alone, and what was found about
/// others rests on it: it stays. All others become opaque random ones of the same form, the same
/// for the same value, so that the log counts, groups and compares as it did.
///
/// Threads: one at a time.
class PersonalValues {
 public:
  /// `former`: tokens of subjects that were erased before. What their records still have is looked
  /// at again: it may have been shared with this subject alone.
  PersonalValues(SubjectPart part, std::set<std::string> former);

  /// Whether the record is of the subject, or of one that was erased before: of the subject's
  /// source, with its id in the subject's field, or, if the id is so long that nobody else's is the
  /// same by chance, in any field for ids.
  [[nodiscard]] bool owns(const Record& record) const;

  /// First all records that it owns and rulings on its account, then all records that it does not.
  void collect(const Record& owned);
  void collect(const LinkRuled& ruled);
  void keep_shared(const Record& other);

  /// Replaces what is not kept. Says whether anything was. A ruling goes on to say of the opaque
  /// account and values what it said of the others.
  [[nodiscard]] bool replace(Record& owned);
  [[nodiscard]] bool replace(LinkRuled& ruled);

  /// Of the subject's id.
  [[nodiscard]] const std::string& token() const { return token_; }
  /// What is replaced, for places outside of records.
  [[nodiscard]] std::set<std::string> replaced() const;

 private:
  /// An id is one of its source; other values are everybody's.
  using Key = std::pair<std::string, std::string>;
  [[nodiscard]] static Key key_of(const std::string& source, FieldId field,
                                  const std::string& value);
  [[nodiscard]] bool is_id_of_subject(const std::string& source, FieldId field,
                                      const std::string& value) const;
  [[nodiscard]] bool is_subject(const RuledAccount& account) const;
  bool replace_text(const std::string& source, FieldId field, std::string& value);

  SubjectPart part_;
  std::set<std::string> former_;
  std::string token_;
  std::map<Key, std::map<FieldId, std::string>> tokens_;  ///< made when they are first needed
};

/// Lower-case hexadecimal digits from the kernel's random bytes.
[[nodiscard]] std::string random_digits(std::size_t count);

}  // namespace tidewaiter
