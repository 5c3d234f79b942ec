#include "policies/language/lockstep_reader.h"

#include <array>
#include <string>
#include <utility>

#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 7> kLockstepKeys = {
    "lockstep", "over", "at_least", "percent", "at_most", "target", "weight"};
constexpr std::string_view kLockstepExample =
    "{lockstep: 5m, over: 7d, at_least: 12, percent: 50, at_most: 50}";
constexpr Duration kLongestStretch{366 * kDay.us};
constexpr std::int64_t kMostInCommon = 100'000;
/// Each two of those who do one thing at a time are compared.
constexpr std::int64_t kMostTogether = 100;

/// Of all fields that can link, whatever the kind of record.
std::vector<std::string_view> linking_fields() {
  std::vector<std::string_view> all;
  for (std::size_t i = 0; i < fields().size(); ++i) {
    if (can_link(static_cast<FieldId>(i))) all.push_back(fields()[i].name);
  }
  return all;
}

class LockstepReader {
 public:
  LockstepReader(DocumentReader& reader, const YamlNode& node) : reader_(reader), node_(node) {}

  std::optional<LockstepLink> read() {
    check_keys(reader_.yaml(), node_, kLockstepKeys, reader_.diagnostics());
    const auto slot = time("lockstep");
    const auto over = time("over");
    const auto at_least = number("at_least", 2, kMostInCommon);
    const auto percent = number("percent", 1, 100);
    const auto at_most = number("at_most", 2, kMostTogether);
    LockstepLink link;
    if (const YamlNode* target = node_.find("target")) {
      link.target = this->target(*target);
      if (!link.target) return std::nullopt;
    }
    if (!slot || !over || !at_least || !percent || !at_most) return std::nullopt;
    link.slot = *slot;
    link.over = *over;
    link.at_least = *at_least;
    link.percent = *percent;
    link.at_most = *at_most;
    return fits(link) ? std::optional(link) : std::nullopt;
  }

 private:
  /// What stands under a key that no such link goes without.
  const YamlNode* part(std::string_view key) {
    const YamlNode* const value = node_.find(key);
    if (value == nullptr) {
      reader_.error(node_.span, kMissingKey, "`" + std::string(key) + "` is missing in the link",
                    "say who acts in step, as in `" + std::string(kLockstepExample) + "`");
    }
    return value;
  }

  std::optional<std::int64_t> number(std::string_view key, std::int64_t least, std::int64_t most) {
    const YamlNode* const value = part(key);
    return value == nullptr ? std::nullopt : reader_.integer(*value, least, most);
  }

  std::optional<Duration> time(std::string_view key) {
    const YamlNode* const value = part(key);
    return value == nullptr ? std::nullopt : reader_.duration(*value);
  }

  /// Acts are usage records, so that a field which none of them has is done by nobody.
  std::optional<FieldId> target(const YamlNode& node) {
    const auto id = read_linking_field(reader_, node);
    if (!id || has_kind(field(*id), RecordKind::kUsage)) return id;
    reader_.error(node.span, kBadLink,
                  "`" + std::string(field(*id).name) +
                      "` is no field of a usage record, and acts are usage records",
                  "name what requests have, such as `prompt.template`, or link by `{field: " +
                      std::string(field(*id).name) + ", …}`");
    return std::nullopt;
  }

  bool fits(const LockstepLink& link) {
    const YamlNode& slot = *node_.find("lockstep");
    const YamlNode& over = *node_.find("over");
    if (link.slot < kSecond || link.slot > kDay) {
      return refuse(slot, "acts are at one time in a slot of 1s to 1d", "write `lockstep: 5m`");
    }
    if (link.over > kLongestStretch || link.over.us % link.slot.us != 0) {
      return refuse(over,
                    "acts are compared within at most 366d that are whole slots of " +
                        format_duration(link.slot),
                    "write `over: 7d` beside `lockstep: 5m`");
    }
    // Who acts in more than half of the slots is no sign, where all acts are the same.
    const std::int64_t slots = link.over.us / link.slot.us;
    if (link.target || link.at_least <= slots / 2) return true;
    return refuse(over,
                  "no two can do " + std::to_string(link.at_least) + " things in step within " +
                      format_duration(link.over) + ": half of its slots are " +
                      std::to_string(slots / 2),
                  "lower `at_least`, or compare them over a longer time");
  }

  bool refuse(const YamlNode& node, std::string message, std::string hint) {
    reader_.error(node.span, kBadLinkTime, std::move(message), std::move(hint));
    return false;
  }

  DocumentReader& reader_;
  const YamlNode& node_;
};

}  // namespace

bool can_link(FieldId id) {
  static const FieldId account = *find_field("account");
  const ValueType type = field(id).type;
  const bool names =
      type == ValueType::kString || type == ValueType::kIp || type == ValueType::kStringList;
  return names && id != account && id != kFieldSource;
}

std::optional<FieldId> read_linking_field(DocumentReader& reader, const YamlNode& node) {
  const auto name = reader.text(node);
  if (!name) return std::nullopt;
  const std::string shown = "`" + *name + "`";
  const auto id = find_field(*name);
  if (!id) {
    const auto near = did_you_mean(*name, linking_fields());
    reader.error(node.span, kUnknownName, "unknown field " + shown,
                 near ? "did you mean `" + *near + "`?" : "docs/native-format.md lists the fields");
    return std::nullopt;
  }
  if (can_link(*id)) return id;
  reader.error(
      node.span, kBadLink,
      shown + " is " + std::string(type_name(field(*id).type)) + " and cannot link accounts",
      "name a field with a text, an address or a list of texts, other than "
      "`account` and `source`");
  return std::nullopt;
}

std::optional<LockstepLink> read_lockstep(DocumentReader& reader, const YamlNode& node) {
  return LockstepReader(reader, node).read();
}

}  // namespace tidewaiter
