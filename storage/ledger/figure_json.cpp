#include "storage/ledger/figure_json.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

constexpr ValueType kValueTypes[] = {
    ValueType::kBool,   ValueType::kInt64,    ValueType::kDouble,
    ValueType::kString, ValueType::kDuration, ValueType::kTimestamp,
    ValueType::kIp,     ValueType::kMoney,    ValueType::kStringList,
};

std::optional<ValueType> find_type(std::string_view name) {
  for (const ValueType type : kValueTypes) {
    if (type_name(type) == name) return type;
  }
  return std::nullopt;
}

std::string shortest(double number) {
  if (std::isnan(number)) return "nan";  // 0/0 has a sign on some machines, which says nothing
  // The longest shortest form of a binary64 has 24 characters.
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  return {buffer.data(), end};
}

template <class Number>
std::optional<Number> read_number(const std::string& text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

/// The value of a member `value`, by its figure's type; nothing if it has another form.
std::optional<Value> read_value(const nlohmann::json& json, ValueType type) {
  if (json.is_null()) return Value();
  if (type == ValueType::kBool) {
    return json.is_boolean() ? std::optional<Value>(json.get<bool>()) : std::nullopt;
  }
  if (type == ValueType::kStringList) {
    std::vector<std::string> list;
    if (!json.is_array()) return std::nullopt;
    for (const auto& item : json) {
      if (!item.is_string()) return std::nullopt;
      list.push_back(item.get<std::string>());
    }
    return Value(std::move(list));
  }
  if (!json.is_string()) return std::nullopt;
  const auto& text = json.get_ref<const std::string&>();
  if (type == ValueType::kString || type == ValueType::kIp) return Value(text);
  if (type == ValueType::kDouble) {
    const auto number = read_number<double>(text);
    return number ? std::optional<Value>(*number) : std::nullopt;
  }
  const auto number = read_number<std::int64_t>(text);
  return number ? std::optional<Value>(*number) : std::nullopt;
}

std::optional<Figure> read_figure(const nlohmann::json& json) {
  if (!json.is_object()) return std::nullopt;
  const auto name = json.find("name");
  const auto type = json.find("type");
  if (name == json.end() || !name->is_string() || type == json.end() || !type->is_string()) {
    return std::nullopt;
  }
  const auto known = find_type(type->get_ref<const std::string&>());
  if (!known) return std::nullopt;
  Figure figure{name->get<std::string>(), *known, {}, true};
  if (const auto value = json.find("value"); value != json.end()) {
    auto read = read_value(*value, *known);
    if (!read) return std::nullopt;
    figure.value = std::move(*read);
  }
  if (const auto exact = json.find("exact"); exact != json.end()) {
    figure.exact = exact->is_boolean() && exact->get<bool>();
  }
  return figure;
}

}  // namespace

bool is_disclosed(const Figure& figure) {
  return !is_null(figure.value) &&
         (figure.type == ValueType::kString || figure.type == ValueType::kIp ||
          figure.type == ValueType::kStringList);
}

nlohmann::json figure_value(const Figure& figure) {
  struct ToJson {
    nlohmann::json operator()(std::monostate) const { return nullptr; }
    nlohmann::json operator()(bool value) const { return value; }
    nlohmann::json operator()(std::int64_t value) const { return std::to_string(value); }
    nlohmann::json operator()(double value) const { return shortest(value); }
    nlohmann::json operator()(const std::string& value) const { return value; }
    nlohmann::json operator()(const std::vector<std::string>& value) const { return value; }
  };
  return std::visit(ToJson{}, figure.value);
}

nlohmann::json figures_to_json(std::span<const Figure> figures, bool disclosed) {
  auto array = nlohmann::json::array();
  for (const Figure& figure : figures) {
    nlohmann::json object;
    object["name"] = figure.name;
    object["type"] = std::string(type_name(figure.type));
    if (disclosed || !is_disclosed(figure)) object["value"] = figure_value(figure);
    if (!figure.exact) object["exact"] = false;
    array.push_back(std::move(object));
  }
  return array;
}

Result<std::vector<Figure>> figures_from_json(std::string_view text) {
  // The bytes are our own: a parse without exceptions is enough, the form is checked below.
  const auto array = nlohmann::json::parse(text, nullptr, false);
  const auto damaged = [] {
    return fail(ErrorCode::kCorruption, "a stored list of figures has another form");
  };
  if (!array.is_array()) return damaged();
  std::vector<Figure> figures;
  figures.reserve(array.size());
  for (const auto& item : array) {
    auto figure = read_figure(item);
    if (!figure) return damaged();
    figures.push_back(std::move(*figure));
  }
  return figures;
}

}  // namespace tidewaiter
