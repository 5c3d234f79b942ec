#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/error.h"

namespace tidewaiter {

/// An element of an XML document, with all that is in it.
struct XmlElement {
  std::string name;  ///< without a namespace's prefix
  std::size_t line = 0;
  std::map<std::string, std::string, std::less<>> attributes;
  std::string text;  ///< its own, trimmed
  std::vector<XmlElement> children;

  /// The first child of that name, or nothing.
  [[nodiscard]] const XmlElement* child(std::string_view wanted) const;
  /// The text of the first child of that name; empty without one.
  [[nodiscard]] std::string_view text_of(std::string_view wanted) const;
  [[nodiscard]] std::string_view attribute(std::string_view wanted) const;
  /// Tells each element that a path of names leads to, from child to child.
  void for_each_at(std::initializer_list<std::string_view> path,
                   const std::function<void(const XmlElement&)>& told) const;
};

/// Goes through a document in one pass and tells each element of one of those names as soon as it
/// ends: memory is that of one of them. Elements within one of them are told as its parts alone.
///
/// Errors: kInvalidInput if it is not well-formed, with line and column; kUnsupported if it
/// declares a document type, which no list does and hostile files do, or nests deeper than 64.
[[nodiscard]] Result<void> for_each_element(std::string_view document,
                                            const std::vector<std::string_view>& names,
                                            const std::function<void(const XmlElement&)>& element);

/// The name of a document's first element, without its namespace's prefix; empty if none begins.
[[nodiscard]] std::string root_element(std::string_view document);

}  // namespace tidewaiter
