#pragma once

#include <set>
#include <string>
#include <vector>

#include "daemon/app/config.h"
#include "daemon/cli/command.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// A file that a change of status would change.
struct ChangedFile {
  PolicyText before;
  std::string after;
};

/// Policies whose status is to be changed, and the set that they are a part of.
struct StatusChoice {
  Config config;
  std::set<std::string> ids;         ///< those that would change
  std::vector<Policy> already;       ///< chosen ones that have the status
  std::vector<ChangedFile> files;    ///< by path
  PolicySet set;                     ///< of all files, after the change
  std::vector<Diagnostic> warnings;  ///< of lint, about the chosen policies' files after the change
};

/// Finds the policies that `words` name, each a file, folder or glob (all policies in it), or a
/// policy's id, looked for in those files and the rest of their set, or, where no file is named, in
/// the configuration's policies;
/// and puts `status` in their files' texts. Nothing is written. A retired policy in a file or
/// folder is passed over, and a draft where `status` is shadow. Errors: kNotFound for a word that
/// names nothing; kInvalidInput if the set has errors, before or after (they are told on standard
/// error), or a file cannot be changed in place; kRefused for such a one by its id.
[[nodiscard]] Result<StatusChoice> choose_status(Invocation& run,
                                                 const std::vector<std::string>& words,
                                                 PolicyStatus status);

/// Writes the changed files, each at once or not at all. Errors: kRefused, before anything is
/// written, if one has changed since it was read; those of replace_file, which names what was
/// written before it.
[[nodiscard]] Result<void> write_status(const StatusChoice& choice);

}  // namespace tidewaiter
