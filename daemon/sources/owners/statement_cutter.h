#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sources/byte_stream.h"
#include "policies/model/digest.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// One value of a file of statements, and where it stands in the decompressed content.
struct CutStatement {
  std::string_view text;    ///< valid until the next call; empty if it has a problem
  std::int64_t offset = 0;  ///< of its first byte
  std::int64_t line = 1;    ///< of its first byte, from 1
  std::int64_t length = 0;
  std::string problem = {};  ///< why it is no JSON object that can be read; or empty
  Digest content = {};       ///< SHA-256 of its bytes, if it has a problem
};

/// Cuts a file into its objects: those of one JSON array, or one after the other, as JSON Lines
/// have them. Takes no more memory than the longest object and one block, however long the file is.
/// Looks at brackets and quotes alone: whether an object is JSON its reader tells.
class StatementCutter {
 public:
  static constexpr std::size_t kMaxStatement = std::size_t{1} << 20U;

  explicit StatementCutter(std::unique_ptr<ByteStream> bytes);

  /// The next value; nothing at the end. Errors: as ByteStream; kInvalidInput if the file ends
  /// within an array or a value, which may be half of what there was, goes on behind its array, or
  /// cannot be told apart behind a quote that is not closed or, in an array, a bracket that is
  /// closed by one of another kind. Of lines, such a statement ends with its line.
  [[nodiscard]] Result<std::optional<CutStatement>> next();

  [[nodiscard]] const ByteStream& bytes() const { return *bytes_; }

 private:
  enum class Shape : std::uint8_t { kNotKnown, kArray, kLines, kArrayEnded };

  [[nodiscard]] Result<int> peek();  ///< the next byte, or -1 at the end
  void take(char c);
  [[nodiscard]] Result<int> skip_between();
  [[nodiscard]] Result<void> cut_brackets();
  [[nodiscard]] Result<void> end_at_mismatch();
  [[nodiscard]] Result<void> cut_scalar();
  [[nodiscard]] Result<void> keep_line();
  [[nodiscard]] CutStatement finish();
  void keep(char c);

  std::unique_ptr<ByteStream> bytes_;
  std::vector<char> block_;
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  std::int64_t offset_ = 0;  ///< of block_[at_]
  std::int64_t line_ = 1;
  Shape shape_ = Shape::kNotKnown;

  // The value under way.
  std::string text_;
  CutStatement value_;
  Sha256 hash_;
  bool too_long_ = false;
};

}  // namespace tidewaiter
