#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "policies/model/digest.h"
#include "storage/verify/entry_form.h"
#include "storage/verify/problem_list.h"

namespace tidewaiter {

/// Checks publications of policy sets and the activations that rest on them
/// (docs/ledger-format.md §9), entry by entry in the order of the log.
class PublicationCheck {
 public:
  explicit PublicationCheck(ProblemList& problems) : problems_(problems) {}

  /// `origin` is that of entry 0.
  void add(std::int64_t index, const ReadEntry& entry, const std::string& origin);

 private:
  void add_publication(std::int64_t index, const ReadEntry& entry, const std::string& origin);
  void add_activation(std::int64_t index, const ReadEntry& entry);

  ProblemList& problems_;
  std::int64_t version_ = 0;                      ///< of the last publication
  std::optional<Digest> last_;                    ///< its bundle
  std::map<std::string, std::string> published_;  ///< bundle and its set, as they are written
};

}  // namespace tidewaiter
