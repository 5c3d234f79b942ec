#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "storage/review/tlp_marking.h"

namespace tidewaiter {

/// The marking of a value of TLP 1 or 2, in whatever case it is written ("red", "WHITE"); null
/// where it is none. Pure.
[[nodiscard]] const TlpMarking* tlp_of_value(std::string_view value);

/// What an object of type `marking-definition` says of who may read.
struct StixMarking {
  const TlpMarking* tlp = nullptr;  ///< null where it is none of TLP
  bool is_statement = false;        ///< words of the sender and nothing for programs
};

/// Reads TLP 1 (`definition`, whose "white" is clear) and TLP 2 (OASIS's extension), in whatever
/// case they are written; where an object has both, the stricter counts. A value that is no TLP is
/// none, whatever stands beside it. Threads: pure.
[[nodiscard]] StixMarking read_stix_marking(const nlohmann::json& definition);

/// The markings that objects of a file may name: those that OASIS publishes, and what the file
/// defines, anywhere in it. Of two definitions of one id the stricter counts.
class StixMarkings {
 public:
  explicit StixMarkings(const nlohmann::json& objects);

  /// What a reference means: neither of the two where nobody says it.
  [[nodiscard]] StixMarking meaning(const nlohmann::json& reference) const;

 private:
  void define(const std::string& id, const StixMarking& marking);

  std::map<std::string, StixMarking, std::less<>> by_id_;
  std::set<std::string, std::less<>> unclear_;  ///< that a definition has which is not understood
};

}  // namespace tidewaiter
