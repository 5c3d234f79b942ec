#pragma once

#include <map>
#include <string>
#include <string_view>

#include "policies/model/error.h"

namespace tidewaiter {

/// An event of CloudEvents 1.0 (https://cloudevents.io), as far as it is read: who it is and what
/// it holds. Other attributes are passed over, as the specification asks for.
struct CloudEvent {
  std::string id;
  std::string source;
  std::string type;
  std::string data;   ///< its JSON, as it was written; empty: there is none
  std::string whole;  ///< the event as one JSON object, `data` in it
};

/// The event that stands in one JSON object ("structured mode").
/// Errors: kInvalidInput, naming the attribute: no JSON object, another `specversion` than 1.0, a
/// required attribute that is not there, empty, twice or no text, data that is not JSON.
[[nodiscard]] Result<CloudEvent> read_cloud_event(std::string_view object);

/// The event of a request whose headers hold the attributes, by name in lower case, and whose body
/// is the data ("binary mode"). Errors: as above; also a body that is no JSON object.
[[nodiscard]] Result<CloudEvent> read_binary_event(
    const std::map<std::string, std::string>& headers, std::string_view body);

/// Whether a type of content (RFC 9110, 8.3) is JSON: `application/json`, or one that ends in
/// `+json`. Parameters are passed over.
[[nodiscard]] bool is_json_type(std::string_view content_type);

/// The type without its parameters, in lower case.
[[nodiscard]] std::string media_type(std::string_view content_type);

}  // namespace tidewaiter
