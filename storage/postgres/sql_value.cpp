#include "storage/postgres/sql_value.h"

#include <libpq-fe.h>

namespace tidewaiter {
namespace {

// Of PostgreSQL's catalogue of types (pg_type.dat).
constexpr unsigned kByteaType = 17;
constexpr unsigned kInt8Type = 20;
constexpr unsigned kTextType = 25;

std::string big_endian(std::int64_t value) {
  std::string image(sizeof(value), '\0');
  for (std::size_t i = 0; i < image.size(); ++i) {
    image[image.size() - 1 - i] =
        static_cast<char>((static_cast<std::uint64_t>(value) >> (8 * i)) & 0xffU);
  }
  return image;
}

}  // namespace

SqlValue SqlValue::number(std::int64_t value) { return {kInt8Type, big_endian(value)}; }
SqlValue SqlValue::text(std::string_view value) { return {kTextType, std::string(value)}; }
SqlValue SqlValue::bytes(std::string_view value) { return {kByteaType, std::string(value)}; }
SqlValue SqlValue::text(const std::optional<std::string>& value) { return {kTextType, value}; }
SqlValue SqlValue::bytes(const std::optional<std::string>& value) { return {kByteaType, value}; }
SqlValue SqlValue::number(const std::optional<std::int64_t>& value) {
  return {kInt8Type, value ? std::optional(big_endian(*value)) : std::nullopt};
}

SqlRows::SqlRows(pg_result* result) : result_(result) {}
void SqlRows::Clear::operator()(pg_result* result) const { PQclear(result); }
int SqlRows::count() const { return PQntuples(result_.get()); }
bool SqlRows::is_null(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) == 1;
}
std::string_view SqlRows::view(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}
std::int64_t SqlRows::number(int row, int column) const {
  const std::string_view image = view(row, column);
  if (image.empty()) return 0;
  // Two's complement of any width: the first byte has the sign.
  std::int64_t value = static_cast<signed char>(image.front());
  for (const char byte : image.substr(1)) {
    value = static_cast<std::int64_t>((static_cast<std::uint64_t>(value) << 8U) |
                                      static_cast<unsigned char>(byte));
  }
  return value;
}

}  // namespace tidewaiter
