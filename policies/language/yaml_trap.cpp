#include "policies/language/yaml_trap.h"

#include <re2/re2.h>

namespace tidewaiter {
namespace {

/// The expressions of yaml.org/type (YAML 1.1) and of YAML 1.2.2, 10.3.2, put together, but for two
/// of the former. Its float takes several points (`192.0.2.1`), which no reader does; its numbers
/// to the base 60 do not begin with 0, which Ruby's reader lets them. Words are taken in any case.
constexpr const char* kNoText =
    R"re((?i:y|yes|n|no|true|false|on|off)|)re"
    R"re([-+]?0b[01_]+|)re"
    R"re([-+]?0o?[0-7_]+|)re"
    R"re([-+]?0x[0-9a-fA-F_]+|)re"
    R"re([-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|)re"
    R"re([-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?|)re"
    R"re([-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|)re"
    R"re([0-9]{4}-[0-9]{2}-[0-9]{2}|)re"
    R"re([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?)re"
    R"re((?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?|)re"
    R"re(=|<<)re";

}  // namespace

bool is_yaml_trap(std::string_view plain) {
  static const re2::RE2 no_text(kNoText);
  return re2::RE2::FullMatch({plain.data(), plain.size()}, no_text);
}

}  // namespace tidewaiter
