#include "policies/sigma/event_json.h"

#include <array>
#include <charconv>
#include <utility>

#include <simdjson.h>

namespace tidewaiter {
namespace {

constexpr std::size_t kMaxDepth = 64;
constexpr std::string_view kAttributes = "#attributes";
constexpr std::string_view kText = "#text";

using simdjson::dom::element;
using simdjson::dom::element_type;

std::string number_text(double number) {
  std::array<char, 32> buffer{};
  const auto [end, failure] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return failure == std::errc{} ? std::string(buffer.data(), end) : std::string();
}

/// The element as a T, which its type() says it is. (A result's value_unsafe() gives a reference
/// into the result.)
template <class T>
T as(const element& value) {
  T out{};
  if (value.get(out) != simdjson::SUCCESS) out = T{};
  return out;
}

/// A value that is neither array nor object.
SigmaValue scalar_value(const element& value) {
  switch (value.type()) {
    case element_type::INT64:
      return sigma_text(std::to_string(as<std::int64_t>(value)));
    case element_type::UINT64:
      return sigma_text(std::to_string(as<std::uint64_t>(value)));
    case element_type::DOUBLE:
      return sigma_text(number_text(as<double>(value)));
    case element_type::STRING:
      return sigma_text(std::string(as<std::string_view>(value)));
    case element_type::BOOL:
      return sigma_text(as<bool>(value) ? "true" : "false");
    default:
      return sigma_null();
  }
}

std::string joined(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

void add_paths(const element& value, const std::string& path, SigmaEvent& event) {
  if (value.type() == element_type::OBJECT) {
    const auto members = as<simdjson::dom::object>(value);
    if (members.size() == 0 && !path.empty()) event.add(path, sigma_text({}));
    for (const auto& [name, member] : members) add_paths(member, joined(path, name), event);
  } else if (value.type() == element_type::ARRAY) {
    const auto items = as<simdjson::dom::array>(value);
    if (items.size() == 0) event.add(path, sigma_text({}));
    for (const element item : items) add_paths(item, path, event);
  } else {
    event.add(path, scalar_value(value));
  }
}

/// What stands below an element of a Windows event: its text, its attributes, its children.
void add_windows_element(std::string_view name, const element& value, SigmaEvent& event) {
  if (value.type() == element_type::ARRAY) {
    const auto items = as<simdjson::dom::array>(value);
    for (const element item : items) {
      add_windows_element(name, item, event);
    }
    return;
  }
  if (value.type() != element_type::OBJECT) {
    event.add(name, scalar_value(value));
    return;
  }
  const auto members = as<simdjson::dom::object>(value);
  for (const auto& [key, member] : members) {
    if (key == kText) {
      add_windows_element(name, member, event);
    } else if (key == kAttributes && member.type() == element_type::OBJECT) {
      const auto attributes = as<simdjson::dom::object>(member);
      for (const auto& [attribute, text] : attributes) {
        add_windows_element(std::string(name) + "_" + std::string(attribute), text, event);
      }
    } else {
      add_windows_element(key, member, event);
    }
  }
}

/// Whether the object has the shape of a Windows event; adds its fields if so.
bool add_windows(const element& root, SigmaEvent& event) {
  element system;
  if (root["Event"]["System"].get(system) != simdjson::SUCCESS) return false;
  for (const std::string_view part : {"System", "EventData", "UserData"}) {
    simdjson::dom::object members;
    if (root["Event"][part].get(members) != simdjson::SUCCESS) continue;
    for (const auto& [name, member] : members) {
      if (name != kAttributes) add_windows_element(name, member, event);
    }
  }
  return true;
}

}  // namespace

struct SigmaEventReader::Parser {
  simdjson::dom::parser json;
};

SigmaEventReader::SigmaEventReader(SigmaFieldNames names)
    : parser_(std::make_unique<Parser>()), names_(names) {}
SigmaEventReader::~SigmaEventReader() = default;
SigmaEventReader::SigmaEventReader(SigmaEventReader&&) noexcept = default;
SigmaEventReader& SigmaEventReader::operator=(SigmaEventReader&&) noexcept = default;

Result<SigmaEvent> SigmaEventReader::read(std::string_view json) {
  if (parser_->json.capacity() < json.size() || parser_->json.max_depth() != kMaxDepth) {
    if (parser_->json.allocate(json.size(), kMaxDepth) != simdjson::SUCCESS) {
      return fail(ErrorCode::kUnavailable, "there is no memory for an event of this size");
    }
  }
  element root;
  const simdjson::error_code failure = parser_->json.parse(json.data(), json.size()).get(root);
  if (failure != simdjson::SUCCESS || root.type() != element_type::OBJECT) {
    const std::string why =
        failure == simdjson::SUCCESS ? "another JSON value" : simdjson::error_message(failure);
    return fail(ErrorCode::kInvalidInput, "an event is one JSON object; this is not: " + why);
  }
  SigmaEvent event;
  const bool windows = names_ != SigmaFieldNames::kPaths && add_windows(root, event);
  if (!windows && names_ == SigmaFieldNames::kWindows) {
    return fail(ErrorCode::kInvalidInput, "a Windows event has `Event.System`; this has not");
  }
  if (!windows) add_paths(root, {}, event);
  return event;
}

}  // namespace tidewaiter
