#pragma once

#include <string>

namespace tidewaiter {

/// One line of `source doctor`: what was asked of a source, what came of it, and what follows.
struct SourceExamination {
  enum class Verdict : unsigned char {
    kGood,
    kUnknown,  ///< nothing is wrong that was seen, and not all could be told
    kBad,      ///< the source does not work, or not as its page says
  };
  Verdict verdict = Verdict::kUnknown;
  std::string asked;  ///< a question, in words
  std::string seen;
  std::string means;
};

}  // namespace tidewaiter
