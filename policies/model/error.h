#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace tidewaiter {

/// What went wrong, by what the caller can do about it.
enum class ErrorCode {
  kInvalidInput,  ///< the input is at fault: correct it
  kNotFound,      ///< the named thing does not exist
  kUndefined,     ///< the value does not exist for these inputs (indeterminate, not zero)
  kUnavailable,   ///< the outside refused for now: disk full, file unreadable, peer away
  kCorruption,    ///< stored bytes contradict themselves: stop and call a person
  kRefused,       ///< a rule of the house forbids it: another daemon, a head behind its lock
  kUnsupported,   ///< well formed, but this version does not do it
};

/// `message`: lower case, one line, no final stop, user input in backticks; says what was
/// expected and what to do. `where`: "file:line:column", or empty when no text is to blame.
struct Error {
  ErrorCode code;
  std::string message;
  std::string where = {};
};

/// A T or an Error. Errors are values across every boundary of the project.
template <class T>
using Result = tl::expected<T, Error>;

/// Shortens `return tl::unexpected(Error{...})`.
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message,
                                                std::string where = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(where)});
}

/// For people: "where: message", or the message alone.
[[nodiscard]] inline std::string to_text(const Error& error) {
  return error.where.empty() ? error.message : error.where + ": " + error.message;
}

}  // namespace tidewaiter
