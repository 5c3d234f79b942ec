#pragma once

#include <string>
#include <string_view>

namespace tidewaiter {

/// The path that a `file:` URI names (RFC 8089), percent escapes resolved; another URI as it is, so
/// that a document without a file still has a name.
[[nodiscard]] std::string path_of_uri(std::string_view uri);

/// The `file:` URI of an absolute path: bytes that no path of a URI has (RFC 3986) are escaped.
[[nodiscard]] std::string uri_of_path(std::string_view path);

}  // namespace tidewaiter
