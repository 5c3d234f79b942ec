#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "policies/model/error.h"
#include "storage/evidence/subject_key.h"

namespace tidewaiter {

/// The key under which a vault keeps the keys of subjects, from a file that lies elsewhere than the
/// vault: who has the vault alone, a backup of it or its disk, has nothing. Moves, never copies;
/// its bytes are wiped when it dies. docs/ledger-format.md §7 has the form of what is wrapped.
class WrappingKey {
 public:
  static constexpr std::size_t kSize = 32;
  /// Nonce, key and authentication tag.
  static constexpr std::size_t kWrappedSize = 24 + 32 + 16;

  /// From 64 hexadecimal digits, as `openssl rand -hex 32` prints them; blanks and line ends after
  /// them do not matter. Errors: kInvalidInput, without a word of the text.
  [[nodiscard]] static Result<WrappingKey> parse(std::string_view text);

  /// From a file with such a text. Errors: kNotFound, kUnavailable, kInvalidInput; kRefused if
  /// everybody may read it.
  [[nodiscard]] static Result<WrappingKey> read(const std::filesystem::path& file);

  WrappingKey(WrappingKey&& other) noexcept;
  WrappingKey& operator=(WrappingKey&& other) noexcept;
  WrappingKey(const WrappingKey&) = delete;
  WrappingKey& operator=(const WrappingKey&) = delete;
  ~WrappingKey();

  /// 16 hexadecimal digits by which people and the ledger name the key; they tell nothing of it.
  [[nodiscard]] std::string id() const;

  /// kWrappedSize bytes, other ones each time. The subject is bound to them.
  [[nodiscard]] std::string wrap(const SubjectKey& key, std::string_view subject) const;
  /// Errors: kCorruption for what this key did not wrap for this subject.
  [[nodiscard]] Result<SubjectKey> unwrap(std::string_view wrapped, std::string_view subject) const;

 private:
  explicit WrappingKey(const std::array<unsigned char, kSize>& bytes) : bytes_(bytes) {}
  std::array<unsigned char, kSize> bytes_;
};

/// What a vault with this key file is opened with: no key where `file` is empty.
[[nodiscard]] Result<std::optional<WrappingKey>> wrapping_key_at(const std::filesystem::path& file);

}  // namespace tidewaiter
