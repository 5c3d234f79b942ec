#pragma once

#include <memory>
#include <string>

namespace tidewaiter {

/// How a command line says who acts, or reads.
struct ActingOptions {
  std::string as;             ///< handle; empty: the one of the Unix user's name
  std::string key;            ///< file; empty: the one of the state folder
  std::string password_file;  ///< empty: it is asked for on the terminal
};

/// Who that is, once it was found out: a command that needs it twice asks for one password.
struct KnownPerson;
/// Of nobody yet.
[[nodiscard]] std::shared_ptr<KnownPerson> nobody_known();

}  // namespace tidewaiter
