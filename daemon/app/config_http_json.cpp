#include <algorithm>
#include <array>

#include "daemon/app/config_reader.h"
#include "daemon/sources/json_cells.h"

namespace tidewaiter {
namespace {

using Paging = JsonListing::Paging;

/// Reads how a list over HTTP is asked for. Goes on after an error, so that all of them are told.
class ListingReader {
 public:
  ListingReader(ConfigReader& reader, const YamlNode& node, const SourceConfig& source)
      : reader_(reader), node_(node), source_(source) {}

  JsonListing read() {
    read_pointer("rows", listing_.rows);
    read_window();
    read_paging();
    read_id();
    read_header();
    return std::move(listing_);
  }

 private:
  void read_pointer(const char* key, std::string& out) { read_pointer(node_.find(key), key, out); }

  void read_pointer(const YamlNode* node, const std::string& key, std::string& out) {
    if (node == nullptr) return;
    const auto text = reader_.text(*node, "`" + key + "`");
    if (!text) return;
    const std::array<std::string, 1> pointers = {*text};
    if (const auto cells = JsonCells::make(pointers); !cells) {
      reader_.error(node->span, kWrongShape, "`" + key + "`: " + cells.error().message,
                    "write where it stands in the answer: `/meta/next`");
    }
    out = *text;
  }

  /// A text under `map`, which needs it.
  void need_text(const YamlNode& map, const char* key, std::string& out) {
    const YamlNode* const node = map.find(key);
    if (node == nullptr) {
      reader_.error(map.span, kMissingKey, "it needs `" + std::string(key) + "`");
      return;
    }
    if (const auto text = reader_.text(*node, "`" + std::string(key) + "`")) out = *text;
  }

  void read_window() {
    static constexpr std::array<std::string_view, 3> kWindowKeys = {"from", "to", "as"};
    static constexpr std::array<std::string_view, 3> kForms = {"rfc3339", "seconds",
                                                               "milliseconds"};
    const YamlNode* const window = node_.find("window");
    if (window == nullptr) {
      reader_.error(node_.span, kMissingKey, "a source of this kind needs `window`",
                    "name the parameters of the query that bound the time: "
                    "`window: {from: start, to: end}`");
      return;
    }
    if (!reader_.map(*window, "`window`", kWindowKeys)) return;
    need_text(*window, "from", listing_.from);
    need_text(*window, "to", listing_.to);
    if (const YamlNode* form = window->find("as")) {
      if (const auto i = reader_.word(*form, "`as`", kForms)) {
        listing_.times = static_cast<JsonListing::TimeForm>(*i);
      }
    }
  }

  void read_paging() {
    static constexpr std::array<std::string_view, 3> kStyles = {"cursor", "page", "link"};
    static constexpr std::array<std::string_view, 4> kPagingKeys = {"style", "parameter", "next",
                                                                    "first"};
    const YamlNode* const paging = node_.find("paging");
    if (paging == nullptr || !reader_.map(*paging, "`paging`", kPagingKeys)) return;
    const YamlNode* const style = paging->find("style");
    if (style == nullptr) {
      reader_.error(paging->span, kMissingKey, "`paging` needs `style`",
                    "write `cursor`, `page` or `link`");
      return;
    }
    const auto i = reader_.word(*style, "`style`", kStyles);
    if (!i) return;
    listing_.paging = static_cast<Paging>(*i + 1);
    if (listing_.paging != Paging::kLink) need_text(*paging, "parameter", listing_.parameter);
    if (listing_.paging == Paging::kCursor) read_cursor(*paging);
    if (listing_.paging == Paging::kPage) read_numbers(*paging);
  }

  void read_cursor(const YamlNode& paging) {
    need_text(paging, "next", listing_.next);
    read_pointer(paging.find("next"), "next", listing_.next);
    if (!listing_.rows.empty()) return;
    reader_.error(paging.span, kWrongShape, "an answer that is an array has no cursor",
                  "say by `rows` where the array stands in the answer");
  }

  void read_numbers(const YamlNode& paging) {
    if (const YamlNode* first = paging.find("first")) {
      if (const auto number = reader_.number(*first, "`first`", 0, 1)) listing_.first = *number;
    }
  }

  void read_id() {
    const YamlNode* const id = node_.find("id");
    if (id == nullptr) return;
    const auto text = reader_.text(*id, "`id`");
    if (!text || !source_.mapping) return;
    const auto& columns = source_.mapping->columns;
    if (std::ranges::find(columns, *text, &ExprScope::Named::name) == columns.end()) {
      reader_.error(id->span, kConfigMapping, "`id`: there is no column `" + *text + "`",
                    "name the column whose text tells rows apart");
    }
    listing_.id = *text;
  }

  void read_header() {
    const YamlNode* const header = node_.find("header");
    if (header == nullptr) return;
    const auto text = reader_.text(*header, "`header`");
    if (!text) return;
    const bool good = !text->empty() && std::ranges::all_of(*text, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (!good) {
      reader_.error(header->span, kConfigName, "`header` is no name of a header",
                    "write one like `x-api-key`");
    }
    listing_.header = *text;
  }

  ConfigReader& reader_;
  const YamlNode& node_;
  const SourceConfig& source_;
  JsonListing listing_;
};

}  // namespace

void read_listing(ConfigReader& reader, const YamlNode& node, SourceConfig& source) {
  source.listing = ListingReader(reader, node, source).read();
}

}  // namespace tidewaiter
