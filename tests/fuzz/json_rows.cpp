#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/sources/json_cells.h"

namespace {

const std::vector<std::string>& pointers() {
  static const std::vector<std::string> all = {"/a", "/b/c", "/b/d.e", "/f~1g/h~0i"};
  return all;
}

/// The text of a cell by another reader; nothing: no text is a cell.
bool is_cell(const nlohmann::json& value, std::string_view cell) {
  if (value.is_null()) return cell.empty();
  if (value.is_string()) return value.get_ref<const std::string&>() == cell;
  if (value.is_boolean()) return cell == (value.get<bool>() ? "true" : "false");
  return value.is_number() && nlohmann::json::parse(cell, nullptr, false) == value;
}

}  // namespace

// Whatever a line is, it is refused with a reason, or its cells are what another reader finds where
// the pointers lead.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static tidewaiter::JsonCells cells = tidewaiter::JsonCells::make(pointers()).value();
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  if (const auto read = cells.read(line); !read) {
    if (read.error().code != tidewaiter::ErrorCode::kInvalidInput) std::abort();
    if (read.error().message.empty()) std::abort();
    return 0;
  }
  // What is passed over need not be right in every detail: only a document that the other reader
  // takes, too, is compared.
  const nlohmann::json document = nlohmann::json::parse(line, nullptr, false);
  if (document.is_discarded()) return 0;
  for (std::size_t i = 0; i < pointers().size(); ++i) {
    const nlohmann::json::json_pointer pointer(pointers()[i]);
    const std::string_view cell = cells.cells()[i];
    const bool there = document.contains(pointer);
    if (there ? !is_cell(document.at(pointer), cell) : !cell.empty()) std::abort();
  }
  return 0;
}
