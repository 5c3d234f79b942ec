#pragma once

#include <span>
#include <string>

#include "policies/model/error.h"
#include "storage/people/password.h"

namespace tidewaiter {

/// Characters (code points) of a password that is all that proves who somebody is: NIST SP
/// 800-63B-4, 3.1.1.2.
inline constexpr std::size_t kLeastPasswordLength = 15;

/// Whether a password may be set. There are no rules of composition, as there: it is long enough,
/// and not one of those that are tried first. `about`: words that others know of the person, as
/// name, handle and role. Letters of ASCII are compared without their case. Errors, each with what
/// to do, and none with any part of the password: kInvalidInput for less than kLeastPasswordLength
/// characters, for what is no UTF-8 or has control characters; kRefused for fewer than five
/// different characters, for a short text over and over, for what is for more than half runs of
/// four or more in the order of the alphabet, of digits or of a keyboard, and for what holds fewer
/// than eight characters beside such runs, words of `about` and some dozens that are in use
/// everywhere. That is not the list of compromised values which NIST SP 800-63B-4 asks to compare
/// with.
[[nodiscard]] Result<void> check_password(const Password& password,
                                          std::span<const std::string> about);

}  // namespace tidewaiter
