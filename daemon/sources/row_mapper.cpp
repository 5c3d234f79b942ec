#include "daemon/sources/row_mapper.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "policies/language/interpret.h"
#include "policies/model/did_you_mean.h"
#include "policies/model/input_text.h"
#include "policies/model/ip_text.h"
#include "policies/model/money.h"
#include "policies/model/utf8.h"

namespace tidewaiter {
namespace {

/// Says what was expected, and never what is there: a cell that slipped into another column may
/// hold a prompt, and reasons are stored.
tl::unexpected<Error> not_what(std::string_view expected) {
  return fail(ErrorCode::kInvalidInput, "the text is not " + std::string(expected));
}

template <class Number>
Result<Value> parse_number(std::string_view cell, std::string_view expected) {
  Number number{};
  const auto [end, code] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
  if (code != std::errc() || end != cell.data() + cell.size()) {
    return not_what(expected);
  }
  if constexpr (std::is_floating_point_v<Number>) {
    if (!std::isfinite(number)) {
      return not_what("a finite number");
    }
  }
  return Value(number);
}

Result<Value> parse_ip(std::string_view cell) {
  if (auto text = canonical_ip(cell)) {
    return Value(*std::move(text));
  }
  return not_what("an IPv4 or IPv6 address");
}

bool may_become(ValueType from, ValueType to) {
  if (from == to) {
    return true;
  }
  return (from == ValueType::kInt64 && to == ValueType::kDouble) ||
         (from == ValueType::kString &&
          (to == ValueType::kIp || to == ValueType::kMoney || to == ValueType::kStringList));
}

/// Turns an expression's value into its field's type; may_become() holds and it is not null.
Result<Value> convert(Value value, ValueType from, ValueType to) {
  if (from == to) {
    return value;
  }
  if (to == ValueType::kDouble) {
    return Value(static_cast<double>(std::get<std::int64_t>(value)));
  }
  if (to == ValueType::kStringList) {
    return Value(std::vector<std::string>{std::get<std::string>(std::move(value))});
  }
  return parse_cell(std::get<std::string>(value), to);
}

bool is_negative(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    return *whole < 0;
  }
  const auto* number = std::get_if<double>(&value);
  return number != nullptr && *number < 0;
}

tl::unexpected<Error> wrong_type(std::string_view key, const Expr& expr, ValueType wanted) {
  return fail(ErrorCode::kInvalidInput, "`mapping." + std::string(key) + "` is " +
                                            std::string(type_name(expr.type)) + ", expected " +
                                            std::string(type_name(wanted)));
}

Result<Value> read_cell(std::string_view cell, const ExprScope::Named& column) {
  if (!is_utf8(cell)) {
    return fail(ErrorCode::kInvalidInput, "column `" + column.name + "` is not UTF-8");
  }
  if (cell.find('\0') != std::string_view::npos) {
    return fail(ErrorCode::kInvalidInput, "column `" + column.name + "` holds a NUL byte");
  }
  auto value = parse_cell(cell, column.type);
  if (!value) {
    return fail(ErrorCode::kInvalidInput, "column `" + column.name + "`: " + value.error().message);
  }
  return value;
}

Result<void> check_types(const Mapping& mapping, RecordKind kind) {
  if (mapping.time.type != ValueType::kTimestamp) {
    return wrong_type("time", mapping.time, ValueType::kTimestamp);
  }
  if (mapping.duration && mapping.duration->type != ValueType::kDuration) {
    return wrong_type("duration", *mapping.duration, ValueType::kDuration);
  }
  if (mapping.requests && mapping.requests->type != ValueType::kInt64) {
    return wrong_type("requests", *mapping.requests, ValueType::kInt64);
  }
  if (mapping.where && mapping.where->type != ValueType::kBool) {
    return wrong_type("where", *mapping.where, ValueType::kBool);
  }
  for (const auto& [id, expr] : mapping.fields) {
    const Field& target = field(id);
    if (id <= kFieldSource || !has_kind(target, kind)) {
      return fail(ErrorCode::kInvalidInput, "`mapping." + std::string(target.name) +
                                                "` is not a field to map of `" +
                                                std::string(kind_name(kind)) + "` records");
    }
    if (!may_become(expr.type, target.type)) {
      return wrong_type(target.name, expr, target.type);
    }
  }
  for (const auto& column : mapping.columns) {
    if (column.type == ValueType::kStringList) {
      return fail(ErrorCode::kUnsupported,
                  "column `" + column.name + "`: a cell holds one value, not a list");
    }
  }
  return {};
}

}  // namespace

Result<Value> parse_cell(std::string_view cell, ValueType type) {
  if (cell.empty()) {
    return Value{};
  }
  const auto number = [](const auto& parsed, std::string_view expected, auto get) -> Result<Value> {
    if (!parsed) {
      return not_what(expected);
    }
    return Value(get(*parsed));
  };
  switch (type) {
    case ValueType::kBool:
      if (cell != "true" && cell != "false") {
        return not_what("`true` or `false`");
      }
      return Value(cell == "true");
    case ValueType::kInt64:
      return parse_number<std::int64_t>(cell, "a whole number of 64 bits");
    case ValueType::kDouble:
      return parse_number<double>(cell, "a decimal number");
    case ValueType::kTimestamp:
      return number(parse_time(cell, true), "a time such as `2026-01-31T00:00:00Z`",
                    [](UtcTime time) { return time.us; });
    case ValueType::kDuration:
      return number(parse_duration(cell), "a duration such as `90s` or `1h`",
                    [](Duration duration) { return duration.us; });
    case ValueType::kMoney:
      return number(parse_money(cell), "an amount of US dollars, with at most nine decimals",
                    [](Money money) { return money.nano_usd; });
    case ValueType::kIp:
      return parse_ip(cell);
    case ValueType::kString:
    case ValueType::kStringList:
      break;
  }
  return Value(std::string(cell));
}

RowMapper::RowMapper(const SourceConfig& config)
    : kind_(config.record),
      source_(config.name),
      mapping_(std::make_shared<const Mapping>(*config.mapping)),
      values_(mapping_->columns.size()) {
  for (const auto& [id, expr] : mapping_->fields) {
    targets_.push_back({id, &expr});
  }
  std::ranges::sort(targets_, {}, &Target::field);
}

Result<RowMapper> RowMapper::make(const SourceConfig& config) {
  if (!config.mapping) {
    return fail(ErrorCode::kInvalidInput,
                "source `" + config.name + "` needs `columns` and `mapping`");
  }
  if (auto checked = check_types(*config.mapping, config.record); !checked) {
    return tl::unexpected(checked.error());
  }
  RowMapper mapper(config);
  const auto repeated = std::ranges::adjacent_find(mapper.targets_, {}, &Target::field);
  if (repeated != mapper.targets_.end()) {
    return fail(ErrorCode::kInvalidInput,
                "`mapping." + std::string(field(repeated->field).name) + "` is given twice");
  }
  return mapper;
}

Result<void> RowMapper::bind(std::span<const std::string_view> header, std::string_view path) {
  const std::string where = std::string(path) + ":1";
  header_cells_ = header.size();
  cell_of_column_.clear();
  for (const auto& column : mapping_->columns) {
    const auto found = std::ranges::find(header, column.name);
    if (found == header.end()) {
      std::string message = "the header has no column " + in_backticks(column.name);
      if (const auto near = did_you_mean(column.name, header)) {
        message += "; did you mean " + in_backticks(*near) + "?";
      }
      return fail(ErrorCode::kInvalidInput, std::move(message), where);
    }
    if (std::find(found + 1, header.end(), column.name) != header.end()) {
      return fail(ErrorCode::kInvalidInput,
                  "the header has column " + in_backticks(column.name) + " twice", where);
    }
    cell_of_column_.push_back(static_cast<std::size_t>(found - header.begin()));
  }
  return {};
}

Result<void> RowMapper::check_count(std::span<const std::string_view> cells) const {
  if (cells.size() != header_cells_) {
    return fail(ErrorCode::kInvalidInput, "the header has " + std::to_string(header_cells_) +
                                              " cells and this line " +
                                              std::to_string(cells.size()));
  }
  return {};
}

/// Reads all cells; of one that is bad the value is null, and the first of them is told.
Result<void> RowMapper::read_cells(std::span<const std::string_view> cells) {
  std::optional<Error> first;
  for (std::size_t i = 0; i < cell_of_column_.size(); ++i) {
    const auto& column = mapping_->columns[i];
    auto value = read_cell(cells[cell_of_column_[i]], column);
    if (!value && !first) {
      first = value.error();
    }
    values_[i] = value ? *std::move(value) : Value{};
  }
  if (first) {
    return tl::unexpected(*std::move(first));
  }
  return {};
}

Result<void> RowMapper::set_fixed(Record& record) const {
  const Bindings bindings{.columns = values_};
  const auto whole = [&](const Expr& expr, std::string_view key) -> Result<std::int64_t> {
    const Value value = interpret(expr, bindings);
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      return *number;
    }
    return fail(ErrorCode::kInvalidInput, "`mapping." + std::string(key) + "` has no value here");
  };
  const auto time = whole(mapping_->time, "time");
  const auto duration =
      mapping_->duration ? whole(*mapping_->duration, "duration") : Result<std::int64_t>(0);
  const auto requests =
      mapping_->requests ? whole(*mapping_->requests, "requests") : Result<std::int64_t>(1);
  for (const auto* value : {&time, &duration, &requests}) {
    if (!*value) {
      return tl::unexpected(value->error());
    }
    if (**value < 0) {
      return fail(ErrorCode::kInvalidInput, value == &time ? "the time lies before 1970"
                                            : value == &duration
                                                ? "the duration is negative"
                                                : "the number of requests is negative");
    }
  }
  if (!is_record_time({*time})) {
    return fail(ErrorCode::kInvalidInput, "the time lies after the year 9999");
  }
  if (*duration >= kRecordTimes.to.us - *time) {
    return fail(ErrorCode::kInvalidInput,
                "the duration is too long: the record ends after the year 9999");
  }
  record.time = {*time};
  record.duration = {*duration};
  record.requests = *requests;
  return {};
}

Result<Record> RowMapper::map(std::span<const std::string_view> cells) {
  if (auto fits = check_count(cells); !fits) {
    return tl::unexpected(fits.error());
  }
  if (auto read = read_cells(cells); !read) {
    return tl::unexpected(read.error());
  }
  return record();
}

Result<bool> RowMapper::read(std::span<const std::string_view> cells) {
  if (auto fits = check_count(cells); !fits) {
    return tl::unexpected(fits.error());
  }
  const auto read = read_cells(cells);
  bool wanted = true;
  bool known = true;
  if (mapping_->where) {
    const Value value = interpret(*mapping_->where, Bindings{.columns = values_});
    const auto* const truth = std::get_if<bool>(&value);
    known = truth != nullptr;
    wanted = known && *truth;
  }
  // A bad cell makes a row bad unless it is sure that nobody wants the row.
  if (!read && (wanted || !known)) {
    return tl::unexpected(read.error());
  }
  return wanted;
}

Result<Record> RowMapper::record() const {
  Record record;
  record.kind = kind_;
  record.source = source_;
  if (auto fixed = set_fixed(record); !fixed) {
    return tl::unexpected(fixed.error());
  }
  const Bindings bindings{.columns = values_};
  record.fields.reserve(targets_.size());
  for (const Target& target : targets_) {
    Value value = interpret(*target.expr, bindings);
    if (is_null(value)) {
      continue;
    }
    const Field& to = field(target.field);
    auto converted = convert(std::move(value), target.expr->type, to.type);
    if (!converted) {
      return fail(ErrorCode::kInvalidInput,
                  "`mapping." + std::string(to.name) + "`: " + converted.error().message);
    }
    if (is_null(*converted)) {
      continue;
    }
    if (to.type == ValueType::kTimestamp && !is_record_time({std::get<std::int64_t>(*converted)})) {
      return fail(ErrorCode::kInvalidInput,
                  "`mapping." + std::string(to.name) + "` lies outside the years 1970 to 9999");
    }
    if (to.nonnegative && is_negative(*converted)) {
      return fail(ErrorCode::kInvalidInput, "`mapping." + std::string(to.name) + "` is negative");
    }
    record.fields.emplace_back(target.field, *std::move(converted));
  }
  return record;
}

}  // namespace tidewaiter
