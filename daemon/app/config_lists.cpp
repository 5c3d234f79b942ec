#include <algorithm>
#include <array>
#include <utility>

#include "daemon/app/config_reader.h"
#include "daemon/outbound/http_client.h"
#include "policies/screening/shipped_consequences.h"

namespace tidewaiter {
namespace {

std::string list_url(ConfigReader& reader, const YamlNode& node, std::string_view what) {
  const auto text = reader.text(node, what);
  if (!text) return {};
  if (const Result<void> fits = check_url(*text); !fits) {
    reader.error(node.span, kConfigUrl, fits.error().message,
                 "write `https://…`, or `http://127.0.0.1:…` for this machine");
  } else {
    (void)tells_credential(
        reader, node.span, *text,
        "lists are fetched without one: have another program fetch this list, and name the "
        "file where policies look into it");
  }
  return *text;
}

/// OFAC's list is three files or four; any other is one.
void read_ofac_files(ConfigReader& reader, const YamlNode& node, PublishedList& list) {
  const YamlNode* aliases = node.find("aliases");
  const YamlNode* addresses = node.find("addresses");
  if ((aliases == nullptr) != (addresses == nullptr)) {
    reader.error(node.span, kMissingKey,
                 "a list of OFAC's needs both `aliases` and `addresses`, which are files of their "
                 "own: its entries have no aliases or no countries otherwise",
                 "add the other; any other list has only `url`");
    return;
  }
  const YamlNode* comments = node.find("comments");
  if (aliases == nullptr) {
    if (comments == nullptr) return;
    reader.error(comments->span, kMissingKey,
                 "`comments` belongs to OFAC's `aliases` and `addresses`",
                 "add them, or leave it out");
    return;
  }
  list.aliases_url = list_url(reader, *aliases, "`aliases`");
  list.addresses_url = list_url(reader, *addresses, "`addresses`");
  if (comments != nullptr) list.comments_url = list_url(reader, *comments, "`comments`");
}

void read_list_code(ConfigReader& reader, const YamlNode& node, PublishedList& list) {
  if (node.kind == YamlNode::Kind::kScalar && shipped_consequences(node.scalar) != nullptr) {
    list.consequences = node.scalar;
    return;
  }
  std::string codes;
  for (const std::string_view code : shipped_codes()) {
    codes += (codes.empty() ? "" : ", ") + std::string(code);
  }
  reader.error(node.span, kConfigName,
               "`consequences` names no list of which it is known what "
               "follows",
               "expected one of " + codes);
}

void read_list(ConfigReader& reader, const YamlNode& node, Config& config) {
  static constexpr std::array<std::string_view, 8> kKeys = {
      "name",     "url",          "aliases",     "addresses",
      "comments", "consequences", "stale_after", "most_loss"};
  if (!reader.map(node, "a list", kKeys)) return;
  const YamlNode* name = node.find("name");
  const YamlNode* url = node.find("url");
  if (name == nullptr || url == nullptr) {
    reader.error(node.span, kMissingKey, "a list needs `name` and `url`");
    return;
  }
  PublishedList list;
  if (const auto text = reader.name(*name, "a list's `name`")) {
    if (std::ranges::find(config.lists, *text, &PublishedList::name) != config.lists.end()) {
      reader.error(name->span, kConfigTwice, "two lists have the name `" + *text + "`");
    }
    list.name = *text;
  }
  list.url = list_url(reader, *url, "`url`");
  read_ofac_files(reader, node, list);
  if (const YamlNode* code = node.find("consequences")) read_list_code(reader, *code, list);
  if (const YamlNode* stale = node.find("stale_after")) {
    if (const auto value = reader.duration(*stale, "`stale_after`", kHour)) {
      list.stale_after = *value;
    }
  }
  if (const YamlNode* loss = node.find("most_loss")) {
    if (const auto value = reader.share(*loss, "`most_loss`")) list.most_loss = *value;
  }
  config.lists.push_back(std::move(list));
}

}  // namespace

void read_lists(ConfigReader& reader, const YamlNode& node, Config& config) {
  if (!reader.list(node, "`lists`")) return;
  for (const YamlNode& list : node.items) read_list(reader, list, config);
}

}  // namespace tidewaiter
