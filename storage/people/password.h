#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "policies/model/error.h"

namespace tidewaiter {

/// A password while it is in memory: never copied, and wiped when it goes.
class Password {
 public:
  /// NIST SP 800-63B asks for at least 64 characters; what is longer is no password that anybody
  /// types.
  static constexpr std::size_t kMostBytes = 1024;

  Password() { text_.reserve(kMostBytes + 1); }  // what moves to a larger place leaves a copy
  explicit Password(std::string_view text) : Password() { text_ = text; }
  Password(Password&& other) noexcept { text_.swap(other.text_); }
  Password& operator=(Password&& other) noexcept {
    text_.swap(other.text_);
    return *this;
  }
  ~Password();

  [[nodiscard]] std::string_view text() const { return text_; }
  /// Takes one byte more; false, and nothing is taken, if it would be too long.
  bool add(char byte);

 private:
  std::string text_;
};

/// What it costs to look at one password: Argon2id's passes over memory (RFC 9106), one lane.
struct PasswordCost {
  std::uint64_t passes;
  std::size_t memory;  ///< bytes
};

/// libsodium's limits for what a person waits for once in a while: 256 MiB, three passes.
inline constexpr PasswordCost kPasswordCost{3, std::size_t{256} << 20U};
/// Its limits for a login that many wait for at once: less is never used.
inline constexpr PasswordCost kLeastPasswordCost{2, std::size_t{64} << 20U};

/// The text to keep in the place of a password: "$argon2id$v=19$m=…,t=…,p=1$SALT$HASH", with a salt
/// of its own. Errors: kInvalidInput for less than kLeastPasswordCost; kUnavailable if the memory
/// is not to be had.
[[nodiscard]] Result<std::string> hash_password(const Password& password,
                                                PasswordCost cost = kPasswordCost);

/// Whether this is the password. It takes as long for a wrong one as for the right one. Errors:
/// kCorruption if `kept` is no such text; kUnavailable if the memory is not to be had.
[[nodiscard]] Result<bool> is_password(const Password& password, const std::string& kept);

/// Whether the text was made at another cost than `cost`: then it is made anew at the next chance.
/// Errors: kCorruption if `kept` is no such text.
[[nodiscard]] Result<bool> needs_rehash(const std::string& kept, PasswordCost cost = kPasswordCost);

}  // namespace tidewaiter
