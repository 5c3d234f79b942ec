#include "policies/screening/score.h"

namespace tidewaiter {

std::string score_text(Score score) {
  std::string decimals = std::to_string(score % kSameName + kSameName).substr(1);
  decimals.erase(decimals.find_last_not_of('0') + 1);
  const std::string whole = std::to_string(score / kSameName);
  return decimals.empty() ? whole : whole + "." + decimals;
}

}  // namespace tidewaiter
