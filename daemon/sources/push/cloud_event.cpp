#include "daemon/sources/push/cloud_event.h"

#include <optional>
#include <set>

#include <nlohmann/json.hpp>
#include <simdjson.h>

#include "daemon/sources/contract/page_json.h"
#include "daemon/sources/json_cells.h"
#include "policies/model/ascii.h"
#include "policies/model/utf8.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kHeaderPrefix = "ce-";

tl::unexpected<Error> bad_attribute(std::string_view name, const std::string& what) {
  return fail(ErrorCode::kInvalidInput, "`" + std::string(name) + "`: " + what);
}

/// The attributes of an event whose values are looked at.
struct EventAttributes {
  std::optional<std::string> version;
  std::optional<std::string> id;
  std::optional<std::string> source;
  std::optional<std::string> type;
  std::optional<std::string> content_type;

  std::optional<std::string>* find(std::string_view name) {
    if (name == "specversion") return &version;
    if (name == "id") return &id;
    if (name == "source") return &source;
    if (name == "type") return &type;
    return name == "datacontenttype" ? &content_type : nullptr;
  }
};

Result<CloudEvent> checked(EventAttributes attributes) {
  if (!attributes.version) return bad_attribute("specversion", "an event needs it");
  if (*attributes.version != "1.0") return bad_attribute("specversion", "expected `1.0`");
  if (attributes.content_type && !is_json_type(*attributes.content_type)) {
    return bad_attribute("datacontenttype", "expected `application/json`");
  }
  for (const std::string_view name : {"id", "source", "type"}) {
    const std::optional<std::string>& text = *attributes.find(name);
    if (!text || text->empty()) return bad_attribute(name, "an event needs it");
  }
  CloudEvent event;
  event.id = *std::move(attributes.id);
  event.source = *std::move(attributes.source);
  event.type = *std::move(attributes.type);
  return event;
}

/// Reads the members of an event in structured mode.
class EventMembers {
 public:
  PageRead take(std::string_view name, simdjson::ondemand::value value) {
    if (name == "data_base64") {
      return row_fault("`data_base64`: expected JSON in `data`");
    }
    std::optional<std::string>* const attribute = attributes_.find(name);
    if (attribute == nullptr && name != "data") return std::nullopt;
    if (!seen_.emplace(name).second) {
      return row_fault("`" + std::string(name) + "`: it comes twice");
    }
    if (attribute != nullptr) return read_text(value, name, *attribute);
    std::string_view json;
    if (const auto code = simdjson::to_json_string(value).get(json); code != simdjson::SUCCESS) {
      return value_fault(name, code);
    }
    data_ = json;
    return std::nullopt;
  }

  Result<CloudEvent> event() && {
    Result<CloudEvent> made = checked(std::move(attributes_));
    if (made) made->data = std::move(data_);
    return made;
  }

 private:
  EventAttributes attributes_;
  std::set<std::string, std::less<>> seen_;
  std::string data_;
};

std::optional<int> hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = ascii_lower(c);
  if (lower >= 'a' && lower <= 'f') return lower - 'a' + 10;
  return std::nullopt;
}

/// A header's value as the HTTP binding has it (3.1.3.2): maybe in double quotes, in which a
/// backslash escapes; then percent-encoded. What is no encoding stands for itself.
std::string header_text(std::string_view value) {
  std::string plain;
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (value[i] == '\\' && i + 1 < value.size()) ++i;
      plain += value[i];
    }
  } else {
    plain = value;
  }
  std::string out;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const bool encoded = plain[i] == '%' && i + 2 < plain.size();
    const auto high = encoded ? hex_digit(plain[i + 1]) : std::nullopt;
    const auto low = encoded ? hex_digit(plain[i + 2]) : std::nullopt;
    if (!high || !low) {
      out += plain[i];
      continue;
    }
    out += static_cast<char>((*high * 16) + *low);
    i += 2;
  }
  return out;
}

/// That it is one JSON object, and nothing behind it.
Result<void> check_object(std::string_view body) {
  Result<JsonCells> cells = JsonCells::make({});
  if (!cells) return tl::unexpected(cells.error());
  if (auto read = cells->read(body); !read) return bad_attribute("data", read.error().message);
  return {};
}

}  // namespace

std::string media_type(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.remove_suffix(1);
  while (!type.empty() && (type.front() == ' ' || type.front() == '\t')) type.remove_prefix(1);
  return ascii_lower(type);
}

bool is_json_type(std::string_view content_type) {
  const std::string type = media_type(content_type);
  return type == "application/json" || type.ends_with("+json");
}

Result<CloudEvent> read_cloud_event(std::string_view object) {
  const simdjson::padded_string padded(object);
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  simdjson::ondemand::object members;
  auto code = parser.iterate(padded).get(document);
  if (code == simdjson::SUCCESS) code = document.get_object().get(members);
  if (code != simdjson::SUCCESS) {
    return fail(ErrorCode::kInvalidInput,
                std::string("expected one JSON object: ") + simdjson::error_message(code));
  }
  EventMembers event;
  const PageRead fault =
      each_member(members, [&event](std::string_view name, simdjson::ondemand::value value) {
        return event.take(name, value);
      });
  if (fault) return fail(ErrorCode::kInvalidInput, fault->reason);
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
    return fail(ErrorCode::kInvalidInput, "something stands behind the event");
  }
  Result<CloudEvent> made = std::move(event).event();
  if (made) made->whole = object;
  return made;
}

Result<CloudEvent> read_binary_event(const std::map<std::string, std::string>& headers,
                                     std::string_view body) {
  EventAttributes attributes;
  nlohmann::ordered_json written;
  for (const auto& [name, value] : headers) {
    if (!name.starts_with(kHeaderPrefix)) continue;
    const std::string attribute = name.substr(kHeaderPrefix.size());
    std::string text = header_text(value);
    if (!is_utf8(text)) return bad_attribute(attribute, "expected UTF-8");
    if (attribute == "data") continue;  // no attribute has that name
    written[attribute] = text;
    if (auto* const known = attributes.find(attribute)) *known = std::move(text);
  }
  Result<CloudEvent> event = checked(std::move(attributes));
  if (!event) return event;
  if (auto object = check_object(body); !object) return tl::unexpected(object.error());
  event->data = body;
  event->whole = written.dump();
  event->whole.pop_back();
  event->whole += ",\"data\":" + event->data + "}";
  return event;
}

}  // namespace tidewaiter
