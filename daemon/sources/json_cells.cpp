#include "daemon/sources/json_cells.h"

#include <algorithm>
#include <utility>

#include <simdjson.h>

#include "policies/model/input_text.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t kLongestCell = std::size_t{64} << 10U;

using CellFault = std::optional<std::string>;  ///< nothing: all is well

/// The name that a part of a pointer stands for; nothing if it is none.
std::optional<std::string> pointer_name(std::string_view part) {
  std::string name;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] != '~') {
      name += part[i];
      continue;
    }
    if (++i == part.size() || (part[i] != '0' && part[i] != '1')) return std::nullopt;
    name += part[i] == '0' ? '~' : '/';
  }
  return name;
}

/// The names that a pointer leads along; nothing if it is none, or is that of the whole.
std::optional<std::vector<std::string>> pointer_names(std::string_view pointer) {
  std::vector<std::string> names;
  if (!pointer.starts_with('/')) return std::nullopt;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    std::optional<std::string> name = pointer_name(pointer.substr(0, end));
    if (!name) return std::nullopt;
    names.push_back(*std::move(name));
    pointer.remove_prefix(end);
  }
  return names;
}

}  // namespace

/// A member on the way to cells, or of cells itself.
struct JsonCells::Node {
  std::map<std::string, Node, std::less<>> members;
  std::vector<std::size_t> cells;  ///< columns that it is
  std::size_t seen_in = 0;         ///< number of the object that it was last seen in
};

struct JsonCells::Buffers {
  ondemand::parser parser;
  simdjson::padded_string text;
  std::size_t object = 0;  ///< number of the object that is being read

  CellFault read_members(ondemand::object object, Node& node, std::span<std::string_view> cells);
  CellFault read_value(ondemand::value value, Node& node, std::string_view name,
                       std::span<std::string_view> cells);
  static CellFault read_cell(ondemand::value& value, std::string_view name, std::string_view& cell);
};

CellFault JsonCells::Buffers::read_members(ondemand::object members, Node& node,
                                           std::span<std::string_view> cells) {
  for (auto element : members) {
    if (element.error() != simdjson::SUCCESS) return simdjson::error_message(element.error());
    ondemand::field member = element.value_unsafe();
    std::string_view name;
    if (const auto code = member.unescaped_key().get(name); code != simdjson::SUCCESS) {
      return simdjson::error_message(code);
    }
    const auto found = node.members.find(name);
    if (found == node.members.end()) continue;
    if (std::exchange(found->second.seen_in, object) == object) {
      return in_backticks(name) + " comes twice";
    }
    if (CellFault fault = read_value(member.value(), found->second, found->first, cells)) {
      return fault;
    }
  }
  return std::nullopt;
}

CellFault JsonCells::Buffers::read_value(ondemand::value value, Node& node, std::string_view name,
                                         std::span<std::string_view> cells) {
  if (!node.cells.empty()) {
    std::string_view cell;
    CellFault fault = read_cell(value, name, cell);
    for (const std::size_t place : node.cells) cells[place] = cell;
    return fault;
  }
  ondemand::json_type type{};
  if (const auto code = value.type().get(type); code != simdjson::SUCCESS) {
    return simdjson::error_message(code);
  }
  if (type != ondemand::json_type::object) return std::nullopt;  // what is below it is not there
  ondemand::object inner;
  if (const auto code = value.get_object().get(inner); code != simdjson::SUCCESS) {
    return simdjson::error_message(code);
  }
  return read_members(inner, node, cells);
}

CellFault JsonCells::Buffers::read_cell(ondemand::value& value, std::string_view name,
                                        std::string_view& cell) {
  ondemand::json_type type{};
  if (const auto code = value.type().get(type); code != simdjson::SUCCESS) {
    return simdjson::error_message(code);
  }
  if (type == ondemand::json_type::object || type == ondemand::json_type::array) {
    return in_backticks(name) + " holds an object or an array, and no value";
  }
  if (type == ondemand::json_type::string) {
    if (const auto code = value.get_string().get(cell); code != simdjson::SUCCESS) {
      return simdjson::error_message(code);
    }
    if (cell.size() > kLongestCell) return in_backticks(name) + " is longer than 64 KiB";
    return std::nullopt;
  }
  std::string_view token = value.raw_json_token();
  while (!token.empty() && std::string_view(" \t\r\n").find(token.back()) != token.npos) {
    token.remove_suffix(1);
  }
  // What looks like a number may be none; only a value that parses is one.
  double number = 0;
  bool truth = false;
  bool null = false;
  simdjson::error_code code = simdjson::SUCCESS;
  if (type == ondemand::json_type::number) code = value.get_double().get(number);
  if (type == ondemand::json_type::boolean) code = value.get_bool().get(truth);
  if (type == ondemand::json_type::null) code = value.is_null().get(null);
  if (code != simdjson::SUCCESS) return simdjson::error_message(code);
  if (type == ondemand::json_type::null && !null) return in_backticks(name) + " is no value";
  cell = null ? std::string_view() : token;
  return std::nullopt;
}

JsonCells::JsonCells() : root_(std::make_unique<Node>()), buffers_(std::make_unique<Buffers>()) {}
JsonCells::JsonCells(JsonCells&&) noexcept = default;
JsonCells& JsonCells::operator=(JsonCells&&) noexcept = default;
JsonCells::~JsonCells() = default;

Result<JsonCells> JsonCells::make(std::span<const std::string> pointers) {
  JsonCells cells;
  for (std::size_t i = 0; i < pointers.size(); ++i) {
    const auto names = pointer_names(pointers[i]);
    if (!names) {
      return fail(ErrorCode::kInvalidInput, in_backticks(pointers[i]) +
                                                " is no JSON pointer to a member: expected "
                                                "`/name` or `/outer/inner`");
    }
    Node* node = cells.root_.get();
    bool crosses = false;
    for (const std::string& name : *names) {
      node = &node->members[name];
      crosses = crosses || (!node->cells.empty() && &name != &names->back());
    }
    if (crosses || !node->members.empty()) {
      return fail(
          ErrorCode::kInvalidInput,
          in_backticks(pointers[i]) + " comes twice, or leads through what another column is");
    }
    node->cells.push_back(i);
  }
  cells.cells_.resize(pointers.size());
  return cells;
}

Result<void> JsonCells::read(std::string_view object) {
  std::ranges::fill(cells_, std::string_view());
  Buffers& buffers = *buffers_;
  buffers.text = simdjson::padded_string(object);
  ++buffers.object;
  ondemand::document document;
  ondemand::object members;
  auto code = buffers.parser.iterate(buffers.text).get(document);
  if (code == simdjson::SUCCESS) code = document.get_object().get(members);
  if (code != simdjson::SUCCESS) {
    return fail(ErrorCode::kInvalidInput,
                "no JSON object: " + std::string(simdjson::error_message(code)));
  }
  if (const CellFault fault = buffers.read_members(members, *root_, cells_)) {
    return fail(ErrorCode::kInvalidInput, *fault);
  }
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
    return fail(ErrorCode::kInvalidInput, "something stands behind the object");
  }
  return {};
}

}  // namespace tidewaiter
