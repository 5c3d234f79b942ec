#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "storage/review/tlp_marking.h"

namespace tidewaiter {

/// What a tip says whose sender wrote it as a file, in STIX 2.1 or as a table.
struct LeadFile {
  /// Whom it names, which is not to say that it accuses them: ids of accounts and the like,
  /// addresses and networks in their canonical form, a network by its first address, e-mail
  /// addresses with their domain in lower case, names of domains in lower case. Sorted, each once;
  /// none has a control character.
  std::vector<std::string> subjects;
  /// How many parts of the file named one, by the type of STIX or what the column is about.
  std::map<std::string, std::int64_t> read;
  /// How many parts of the file named none that is understood, by what they are. An empty map says
  /// that nothing was passed over.
  std::map<std::string, std::int64_t> unread;
  /// The strictest marking by TLP that anything in the file has, in TLP 2.0's words; empty where
  /// nothing has one.
  std::string handling;
  /// Whether that is all the file says of who may read it: every part that named a subject has a
  /// marking by TLP as a whole, and no marking is anything else.
  bool wholly_marked = false;
  /// How many markings are neither by TLP nor a statement: who may read it, the file alone does not
  /// tell.
  std::int64_t unknown_markings = 0;
};

/// Takes together what a reader finds in a file. One thread at a time.
class LeadFileMaker {
 public:
  /// What follows has a marking as a whole, or has none.
  void begin_part(bool is_marked) { is_marked_ = is_marked; }
  [[nodiscard]] bool is_marked() const { return is_marked_; }

  /// `value` by what named_subject() makes of it; what is none is counted as such.
  void take_value(const std::string& type, const std::string& value);
  void take_marking(const TlpMarking& marking);
  /// A marking that is none of TLP; a statement says nothing of who may read.
  void take_other_marking(bool is_statement);
  /// Beyond 60 kinds what is new is counted as a `part of other types`.
  void count_unread(const std::string& what);

  /// Ends it: the maker is empty afterwards.
  [[nodiscard]] LeadFile finish();

 private:
  LeadFile lead_;
  std::set<std::string> subjects_;
  const TlpMarking* strictest_ = nullptr;
  bool is_marked_ = false;
  bool is_wholly_marked_ = true;
};

/// A type or a column as it may be called in messages: `what` where it is up to 64 of a-z, 0-9, `-`
/// and `_`, else `otherwise`. Pure.
[[nodiscard]] std::string plain_word(std::string_view what, std::string_view otherwise);

}  // namespace tidewaiter
