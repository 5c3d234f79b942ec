#pragma once

#include <cstdint>
#include <istream>
#include <string>

#include "daemon/cli/command.h"

namespace tidewaiter {

/// What a person says to a question that a command asks before it changes something.
enum class Confirmation : std::uint8_t {
  kYes,
  kNo,
  kNobodyAsked,  ///< there is no terminal: a script says --yes
};

/// Asks on standard error and reads a line of `input`: "y" or "yes", in any case, is yes, all else
/// and the end of the input is no. Nobody is asked unless `asks`.
[[nodiscard]] Confirmation confirm(Invocation& run, std::istream& input, bool asks,
                                   const std::string& question);

/// Whether somebody is there to be asked, and sees what the question is about: standard input,
/// output and error are terminals.
[[nodiscard]] bool somebody_is_there(const Terminal& terminal);

}  // namespace tidewaiter
