#include "policies/lists/xml_records.h"

#include <algorithm>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

#include <expat.h>

#include "policies/lists/delimited_rows.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kDeepest = 64;
constexpr std::size_t kMostElements = std::size_t{1} << 18U;  // of one that is asked for
constexpr std::size_t kMostBytes = std::size_t{1} << 25U;     // of its texts

using Parser = std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)>;

std::string_view local_name(const char* name) {
  const std::string_view whole(name);
  const std::size_t colon = whole.rfind(':');
  return colon == std::string_view::npos ? whole : whole.substr(colon + 1);
}

/// Builds the elements that are asked for, from the events of one parser.
class ElementBuilder {
 public:
  ElementBuilder(XML_Parser parser, const std::vector<std::string_view>& names,
                 const std::function<void(const XmlElement&)>& told)
      : parser_(parser), names_(names), told_(told) {
    XML_SetUserData(parser_, this);
    XML_SetElementHandler(parser_, &ElementBuilder::on_start, &ElementBuilder::on_end);
    XML_SetCharacterDataHandler(parser_, &ElementBuilder::on_text);
    XML_SetStartDoctypeDeclHandler(parser_, &ElementBuilder::on_doctype);
  }

  [[nodiscard]] const std::string& refusal() const { return refusal_; }

 private:
  static void on_start(void* self, const XML_Char* name, const XML_Char** attributes) {
    static_cast<ElementBuilder*>(self)->start(name, attributes);
  }
  static void on_end(void* self, const XML_Char* name) {
    static_cast<void>(name);
    static_cast<ElementBuilder*>(self)->end();
  }
  static void on_text(void* self, const XML_Char* text, int length) {
    static_cast<ElementBuilder*>(self)->add_text({text, static_cast<std::size_t>(length)});
  }
  static void on_doctype(void* self, const XML_Char* name, const XML_Char* system,
                         const XML_Char* id, int internal) {
    static_cast<void>(name), static_cast<void>(system), static_cast<void>(id);
    static_cast<void>(internal);
    static_cast<ElementBuilder*>(self)->refuse("it declares a document type");
  }

  void refuse(std::string why) {
    refusal_ = std::move(why);
    XML_StopParser(parser_, XML_FALSE);
  }

  void start(const XML_Char* name, const XML_Char** attributes) {
    if (open_.empty() && std::ranges::find(names_, local_name(name)) == names_.end()) return;
    if (open_.size() >= kDeepest) return refuse("its elements nest deeper than 64");
    if (open_.empty()) elements_ = bytes_ = 0;
    if (++elements_ > kMostElements) return refuse("one element holds more than 262,144 others");
    XmlElement element;
    element.name = local_name(name);
    element.line = XML_GetCurrentLineNumber(parser_);
    for (; *attributes != nullptr; attributes += 2) {
      element.attributes.emplace(local_name(attributes[0]), attributes[1]);
    }
    open_.push_back(std::move(element));
  }

  void end() {
    if (open_.empty()) return;
    XmlElement element = std::move(open_.back());
    open_.pop_back();
    element.text = std::string(trimmed(element.text));
    if (open_.empty()) {
      told_(element);
    } else {
      open_.back().children.push_back(std::move(element));
    }
  }

  void add_text(std::string_view text) {
    if (open_.empty()) return;
    bytes_ += text.size();
    if (bytes_ > kMostBytes) return refuse("one element holds more than 32 MiB of text");
    open_.back().text += text;
  }

  XML_Parser parser_;
  const std::vector<std::string_view>& names_;
  const std::function<void(const XmlElement&)>& told_;
  std::vector<XmlElement> open_;  ///< the one that is asked for, and those within it
  std::size_t elements_ = 0;      ///< of the outermost that is open, itself with them
  std::size_t bytes_ = 0;
  std::string refusal_;
};

/// What on_first_start() finds.
struct RootName {
  XML_Parser parser;
  std::string name;
};

void on_first_start(void* root, const XML_Char* name, const XML_Char** attributes) {
  static_cast<void>(attributes);
  auto& found = *static_cast<RootName*>(root);
  found.name = local_name(name);
  XML_StopParser(found.parser, XML_FALSE);
}

void tell_at(const XmlElement& from, std::span<const std::string_view> path,
             const std::function<void(const XmlElement&)>& told) {
  if (path.empty()) return told(from);
  for (const XmlElement& child : from.children) {
    if (child.name == path.front()) tell_at(child, path.subspan(1), told);
  }
}

}  // namespace

const XmlElement* XmlElement::child(std::string_view wanted) const {
  const auto found = std::ranges::find(children, wanted, &XmlElement::name);
  return found == children.end() ? nullptr : &*found;
}

std::string_view XmlElement::text_of(std::string_view wanted) const {
  const XmlElement* found = child(wanted);
  return found == nullptr ? std::string_view() : std::string_view(found->text);
}

std::string_view XmlElement::attribute(std::string_view wanted) const {
  const auto found = attributes.find(wanted);
  return found == attributes.end() ? std::string_view() : std::string_view(found->second);
}

void XmlElement::for_each_at(std::initializer_list<std::string_view> path,
                             const std::function<void(const XmlElement&)>& told) const {
  tell_at(*this, {path.begin(), path.size()}, told);
}

Result<void> for_each_element(std::string_view document, const std::vector<std::string_view>& names,
                              const std::function<void(const XmlElement&)>& element) {
  const Parser parser(XML_ParserCreate(nullptr), &XML_ParserFree);
  if (parser == nullptr) return fail(ErrorCode::kUnavailable, "there is no memory to read XML");
  ElementBuilder builder(parser.get(), names, element);
  constexpr std::size_t kChunk = std::size_t{1} << 20U;  // expat counts in int
  do {
    const std::string_view chunk = document.substr(0, kChunk);
    document.remove_prefix(chunk.size());
    const int is_final = document.empty() ? 1 : 0;
    if (XML_Parse(parser.get(), chunk.data(), static_cast<int>(chunk.size()), is_final) ==
        XML_STATUS_OK) {
      continue;
    }
    const std::string at = "line " + std::to_string(XML_GetCurrentLineNumber(parser.get())) +
                           ", column " +
                           std::to_string(XML_GetCurrentColumnNumber(parser.get()) + 1);
    if (!builder.refusal().empty()) {
      return fail(ErrorCode::kUnsupported,
                  "the XML is not read: " + builder.refusal() + " at " + at);
    }
    return fail(ErrorCode::kInvalidInput, "the XML is not well-formed at " + at + ": " +
                                              XML_ErrorString(XML_GetErrorCode(parser.get())));
  } while (!document.empty());
  return {};
}

std::string root_element(std::string_view document) {
  const Parser parser(XML_ParserCreate(nullptr), &XML_ParserFree);
  if (parser == nullptr) return {};
  RootName root{parser.get(), {}};
  XML_SetUserData(parser.get(), &root);
  XML_SetStartElementHandler(parser.get(), &on_first_start);
  constexpr std::size_t kProlog = std::size_t{1} << 16U;
  const std::string_view prolog = document.substr(0, kProlog);
  // How it ends is no matter: it is stopped where the root begins.
  static_cast<void>(XML_Parse(parser.get(), prolog.data(), static_cast<int>(prolog.size()), 0));
  return root.name;
}

}  // namespace tidewaiter
