#include <array>
#include <string_view>
#include <utility>

#include "daemon/app/config_reader.h"

namespace tidewaiter {
namespace {

constexpr Duration kListHoldsFor = kDay;
constexpr Duration kLongestHold{3'650 * kDay.us};

/// What a file is, and how long it holds.
bool read_address_file(ConfigReader& reader, const YamlNode& node, const Config& config,
                       std::string_view needed, AddressFile& file) {
  const YamlNode* path = node.find("file");
  const YamlNode* what = node.find(needed);
  if (path == nullptr || what == nullptr) {
    reader.error(node.span, kMissingKey,
                 "a file of addresses needs `file` and `" + std::string(needed) + "`");
    return false;
  }
  const auto text = reader.text(*path, "`file`");
  if (!text) return false;
  file.path = (config.base / *text).lexically_normal();
  if (const YamlNode* holds = node.find("holds_for")) {
    const auto value = reader.duration(*holds, "`holds_for`", kHour);
    if (!value) return false;
    if (*value > kLongestHold) {
      reader.error(holds->span, kBadDuration, "`holds_for` is longer than ten years",
                   "addresses change hands: 30d is long");
      return false;
    }
    file.holds_for = *value;
  }
  return true;
}

void read_database(ConfigReader& reader, const YamlNode& node, Config& config) {
  static constexpr std::array<std::string_view, 3> kKeys = {"file", "gives", "holds_for"};
  static constexpr std::array<std::string_view, 3> kGives = {"country", "asn", "anonymizer"};
  if (!reader.map(node, "a database of addresses", kKeys)) return;
  AddressFile file;
  if (!read_address_file(reader, node, config, "gives", file)) return;
  const YamlNode& gives = *node.find("gives");
  if (!reader.list(gives, "`gives`")) return;
  if (gives.items.empty()) {
    reader.error(gives.span, kMissingKey, "`gives` names nothing",
                 "write what is taken from the database: country, asn, anonymizer");
    return;
  }
  for (const YamlNode& item : gives.items) {
    const auto word = reader.word(item, "what a database gives", kGives);
    if (!word) return;
    const std::array<bool*, kGives.size()> flags = {&file.gives_country, &file.gives_asn,
                                                    &file.gives_anonymizer};
    *flags[*word] = true;
  }
  config.addresses->files.push_back(std::move(file));
}

void read_address_list(ConfigReader& reader, const YamlNode& node, Config& config) {
  static constexpr std::array<std::string_view, 3> kKeys = {"file", "is", "holds_for"};
  if (!reader.map(node, "a list of addresses", kKeys)) return;
  AddressFile file;
  file.form = AddressFile::Form::kList;
  file.holds_for = kListHoldsFor;
  if (!read_address_file(reader, node, config, "is", file)) return;
  const auto word = reader.word(*node.find("is"), "what the addresses of a list are", kAnonymizers);
  if (!word) return;
  file.anonymizer = kAnonymizers[*word];
  config.addresses->files.push_back(std::move(file));
}

}  // namespace

void read_addresses(ConfigReader& reader, const YamlNode& node, Config& config) {
  static constexpr std::array<std::string_view, 2> kKeys = {"databases", "lists"};
  if (!reader.map(node, "`addresses`", kKeys)) return;
  config.addresses.emplace();
  const YamlNode* databases = node.find("databases");
  if (databases != nullptr && reader.list(*databases, "`databases`")) {
    for (const YamlNode& one : databases->items) read_database(reader, one, config);
  }
  const YamlNode* lists = node.find("lists");
  if (lists != nullptr && reader.list(*lists, "`lists`")) {
    for (const YamlNode& one : lists->items) read_address_list(reader, one, config);
  }
}

}  // namespace tidewaiter
