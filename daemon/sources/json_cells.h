#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/error.h"

namespace tidewaiter {

/// Reads JSON objects as rows of a table: a cell for each of a list of JSON pointers (RFC 6901),
/// as the text that a cell of CSV would have. Only what a pointer leads to is read; all else is
/// passed over and never copied. One thread at a time.
///
/// A pointer names members of objects within one another: "/input/inputTokenCount", with `~1` for a
/// slash and `~0` for a tilde in a name. Elements of arrays have none.
class JsonCells {
 public:
  /// A pointer may come twice. Errors: kInvalidInput naming a pointer that is none, or that leads
  /// through another one's value.
  [[nodiscard]] static Result<JsonCells> make(std::span<const std::string> pointers);

  JsonCells(JsonCells&&) noexcept;
  JsonCells& operator=(JsonCells&&) noexcept;
  ~JsonCells();

  /// Reads one object: numbers by their digits, true and false by their names, texts as they are;
  /// what is null or not there is empty.
  /// Errors: kInvalidInput: no JSON object or more than one, a member twice on the way, an object
  /// or array where a value should be, a text above 64 KiB.
  [[nodiscard]] Result<void> read(std::string_view object);

  /// Of the last object that was read, in the order of the pointers; until the next one.
  [[nodiscard]] std::span<const std::string_view> cells() const { return cells_; }

 private:
  struct Node;
  struct Buffers;

  JsonCells();

  std::unique_ptr<Node> root_;
  std::unique_ptr<Buffers> buffers_;
  std::vector<std::string_view> cells_;
};

}  // namespace tidewaiter
