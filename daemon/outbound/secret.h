#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "policies/model/error.h"

namespace tidewaiter {

/// A key or token in memory. Moves, never copies; has no formatter and no comparison, so that it
/// reaches a log, a message or a dump only through expose(). Its bytes are wiped when it dies.
class Secret {
 public:
  explicit Secret(std::string text) : text_(std::move(text)) {}
  ~Secret();
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  /// The bytes, for the one place that hands them to the peer. Valid as long as the secret.
  [[nodiscard]] std::string_view expose() const { return text_; }

 private:
  void wipe() noexcept;
  std::string text_;
};

/// Where a secret is kept. The configuration holds references only.
struct SecretRef {
  enum class Kind : unsigned char { kFile, kEnv, kCredential };
  Kind kind = Kind::kFile;
  std::string name;  ///< an absolute path, a variable's name, a systemd credential's name
  bool operator==(const SecretRef&) const = default;
};

/// "{file: /etc/tidewaiter/token}": what `config show` prints.
[[nodiscard]] std::string to_text(const SecretRef& ref);

/// Variables of the process, by name.
using Variables = std::map<std::string, std::string, std::less<>>;

/// Reads a secret, without the line end that editors add. Called at each use, so that a rotated
/// secret needs no restart. A credential is a file of that name in $CREDENTIALS_DIRECTORY.
/// Errors: kNotFound; kUnavailable (not readable); kRefused if the file may be read by everyone or
/// if the secret is empty, above 64 KiB, or holds a line end or another control character.
[[nodiscard]] Result<Secret> read_secret(const SecretRef& ref, const Variables& variables);

}  // namespace tidewaiter
