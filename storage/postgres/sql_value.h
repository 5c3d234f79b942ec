#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

struct pg_result;

namespace tidewaiter {

/// A value for a statement, as PostgreSQL's binary protocol has it.
class SqlValue {
 public:
  [[nodiscard]] static SqlValue number(std::int64_t value);
  [[nodiscard]] static SqlValue text(std::string_view value);
  [[nodiscard]] static SqlValue bytes(std::string_view value);
  [[nodiscard]] static SqlValue text(const std::optional<std::string>& value);
  [[nodiscard]] static SqlValue bytes(const std::optional<std::string>& value);
  [[nodiscard]] static SqlValue number(const std::optional<std::int64_t>& value);

  [[nodiscard]] unsigned type() const { return type_; }  ///< its OID
  [[nodiscard]] const std::optional<std::string>& image() const { return image_; }

 private:
  SqlValue(unsigned type, std::optional<std::string> image)
      : type_(type), image_(std::move(image)) {}
  unsigned type_;
  std::optional<std::string> image_;  ///< absent: NULL
};

/// What a statement answered. Rows and columns from 0. Moves, never copies.
class SqlRows {
 public:
  explicit SqlRows(pg_result* result);
  [[nodiscard]] int count() const;
  [[nodiscard]] bool is_null(int row, int column) const;
  /// A whole number of any of PostgreSQL's widths.
  [[nodiscard]] std::int64_t number(int row, int column) const;
  /// The bytes of a text or bytea; live as long as the rows.
  [[nodiscard]] std::string_view view(int row, int column) const;
  [[nodiscard]] std::string text(int row, int column) const {
    return std::string(view(row, column));
  }

 private:
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

}  // namespace tidewaiter
