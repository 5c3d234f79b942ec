#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// What a tip says whose sender wrote it in STIX 2.1.
struct StixLead {
  /// Whom it names, which is not to say that it accuses them: ids of accounts, addresses and
  /// networks in their canonical form, a network by its first address, e-mail addresses with their
  /// domain in lower case, names of domains in lower case. Sorted, each once; none has a control
  /// character.
  std::vector<std::string> subjects;
  /// How many objects, or comparisons of patterns, named one, by the type of STIX.
  std::map<std::string, std::int64_t> read;
  /// How many parts of the file named none that is understood, by what they are. An empty map says
  /// that nothing was passed over.
  std::map<std::string, std::int64_t> unread;
  /// The strictest marking by TLP that anything in the file has, in TLP 2.0's words; empty where
  /// nothing has one.
  std::string handling;
  /// Whether that is all the file says of who may read it: every object that named a subject has a
  /// marking by TLP as a whole, and no marking is anything else.
  bool wholly_marked = false;
  /// How many markings are neither by TLP nor a statement: who may read it, the file alone does not
  /// tell.
  std::int64_t unknown_markings = 0;
};

/// Whether a file is taken for STIX: its name ends in `.stix`, or in `.json` and it is a bundle, an
/// object whose `type` says that. Pure.
[[nodiscard]] bool is_stix(std::string_view file_name, std::string_view bytes);

/// Reads a bundle of STIX 2.1, or one object of it. Subjects are those of `user-account` (its
/// `user_id`, else its `account_login`), `ipv4-addr`, `ipv6-addr`, `email-addr` and `domain-name`,
/// as objects, in the old form of `observed-data`, or as what patterns of indicators are said to
/// equal. Everything else, and what cannot be read of these, is counted in `unread`; so is what
/// its creator revoked or wrote anew (of one id the highest `modified` counts), an indicator of
/// nothing but what is benign or that held no more at `received` (`valid_until`), and what a
/// relationship `targets` leads to, the victim. Markings are those of TLP 1 and 2 by their
/// published ids, and those that the file defines; what is marked with another is read, and the
/// marking counted.
///
/// Errors: kInvalidInput for what is not JSON, at "path:line:column", and for JSON that is no
/// STIX 2.1, with what was expected; `path` is for messages. Threads: pure.
[[nodiscard]] Result<StixLead> read_stix_lead(std::string_view bytes, const std::string& path,
                                              UtcTime received);

}  // namespace tidewaiter
