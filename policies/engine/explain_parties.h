#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "policies/engine/explain_record.h"
#include "policies/language/policy.h"
#include "policies/model/record.h"
#include "policies/screening/party_check.h"

namespace tidewaiter {

/// What a policy's checks of parties rest on, for people.
struct PartyGrounds {
  bool counts = false;             ///< of records that count; else of the one that came nearest
  std::vector<std::string> lines;  ///< each once, at most kMostLines; none without such a check
  static constexpr std::size_t kMostLines = 50;
};

/// Gathers the grounds over the records of one subject, each as it was last revised.
class PartyBook {
 public:
  /// `policy` outlives this.
  explicit PartyBook(const Policy& policy);

  void take(const Record& record, RecordFate fate);
  [[nodiscard]] PartyGrounds grounds() const;

 private:
  struct Entry {
    bool counts = false;
    PartyCheck::Grounds grounds;
  };
  std::vector<const PartyCheck*> checks_;
  std::map<std::pair<UtcTime, Digest>, Entry> records_;
};

}  // namespace tidewaiter
