#include "daemon/app/config_reader.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

/// Files are looked at as often; they are read when they have changed, or a day has ended.
constexpr Duration kOwnersPoll = kHour;

void read_account_scheme(ConfigReader& reader, const YamlNode& node, OwnerSourceConfig& owners) {
  const auto text = reader.text(node, "`account_in`");
  if (!text) return;
  if (text->empty() || text->find(':') != std::string::npos) {
    reader.error(node.span, kWrongShape, "`account_in` is no scheme: `" + *text + "`",
                 "write the scheme of the identifiers that are ids of accounts, without its colon");
    return;
  }
  owners.account_in = ascii_lower(*text);
}

void read_since(ConfigReader& reader, const YamlNode& node, OwnerSourceConfig& owners) {
  const auto text = reader.text(node, "`since`");
  if (!text) return;
  const Result<UtcTime> time = parse_time(*text);
  if (time && is_record_time(*time)) {
    owners.since = *time;
  } else {
    reader.error(node.span, kWrongShape, "`since` is no time: `" + *text + "`",
                 "write a date or an instant, such as `2026-01-01`");
  }
}

}  // namespace

void read_owner_source(ConfigReader& reader, const YamlNode& node, SourceConfig& source) {
  OwnerSourceConfig owners;
  if (const YamlNode* const record = node.find("record");
      record != nullptr && record->scalar != "account") {
    reader.error(record->span, kNotOneOf, "a source of kind `" + source.kind + "` gives accounts",
                 "leave it out, or write `record: account`");
  }
  source.record = RecordKind::kAccount;
  source.poll_every = kOwnersPoll;
  if (const YamlNode* const accounts = node.find("accounts")) {
    if (const auto text = reader.text(*accounts, "`accounts`")) owners.accounts = *text;
  }
  if (const YamlNode* const scheme = node.find("account_in")) {
    read_account_scheme(reader, *scheme, owners);
  }
  if (node.find("accounts") == nullptr && node.find("account_in") == nullptr) {
    reader.error(node.span, kMissingKey,
                 "a source of kind `" + source.kind + "` needs `accounts` or `account_in`",
                 "name a CSV file of `account,identifier`: `accounts: accounts.csv`, or the scheme "
                 "of identifiers that are ids of accounts");
  }
  if (const YamlNode* const since = node.find("since")) read_since(reader, *since, owners);
  source.owners = std::move(owners);
}

}  // namespace tidewaiter
