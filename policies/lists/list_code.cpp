#include "policies/lists/list_code.h"

#include <algorithm>
#include <array>
#include <string>

#include "policies/model/ascii.h"
#include "policies/screening/shipped_consequences.h"

namespace tidewaiter {
namespace {

struct Known {
  std::string_view begin;
  std::string_view code;
};

/// Formats that one publisher alone has.
constexpr std::array kFormats{Known{"UN XML", "UN"}, Known{"EU XML", "EU"},
                              Known{"EU Official Journal", "EU-OJ"}, Known{"UK ", "UK"},
                              Known{"Consolidated Screening List", "CSL"}};
/// Names of OFAC's files.
constexpr std::array kOfacNames{Known{"sdn", "SDN"}, Known{"cons", "OFAC-CONS"}};

std::string file_name(std::string_view path) {
  path = path.substr(0, path.find_first_of("?#"));
  return ascii_lower(path.substr(path.find_last_of('/') + 1));
}

template <std::size_t N>
std::string_view code_of(const std::array<Known, N>& known, std::string_view text) {
  const auto found =
      std::ranges::find_if(known, [text](const Known& one) { return text.starts_with(one.begin); });
  return found == known.end() ? std::string_view() : found->code;
}

bool names_its_source(const ListEntry& entry) {
  const auto screening_list = shipped_consequences("CSL");
  return std::ranges::any_of(entry.programs, [&screening_list](const std::string& program) {
    return screening_list->names_part(program);
  });
}

}  // namespace

std::string_view list_code(const ParsedList& list, std::string_view file) {
  const std::string_view by_format = code_of(kFormats, list.format);
  if (!by_format.empty()) return by_format;
  const std::string name = file_name(file);
  if (list.format.starts_with("OFAC")) return code_of(kOfacNames, name);
  if (!list.entries.empty() && names_its_source(list.entries.front())) return "CSL";
  return name.starts_with("dpl.") ? "DPL" : "";
}

}  // namespace tidewaiter
