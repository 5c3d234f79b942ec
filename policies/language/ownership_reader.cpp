#include "policies/language/ownership_reader.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "policies/language/party_choice_reader.h"
#include "policies/screening/ownership.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 6> kOwnershipKeys = {"of",      "share",    "aggregate",
                                                            "unknown", "programs", "obligations"};
constexpr std::array kFlags = {std::pair<std::string_view, bool>{"true", true},
                               std::pair<std::string_view, bool>{"false", false}};
constexpr std::array kUnknownShares = {std::pair<std::string_view, bool>{"report", true},
                                       std::pair<std::string_view, bool>{"not-evaluable", false}};
constexpr std::string_view kOwnershipExample =
    "ownership: {of: [list:ofac-sdn], share: \">= 50%\"}";

class OwnershipReader {
 public:
  OwnershipReader(DocumentReader& reader, const YamlNode& document, RecordKind reads,
                  NamedLists& lists)
      : reader_(reader), document_(document), reads_(reads), lists_(lists) {}

  std::optional<PartyShape> read() {
    const std::size_t first = reader_.diagnostics().size();
    const YamlNode& node = *document_.find("ownership");
    check_party_policy(reader_, document_, "ownership", reads_);
    if (reader_.expect_map(node, kOwnershipExample)) read_parts(node);
    const auto& all = reader_.diagnostics();
    const bool failed =
        std::any_of(all.begin() + static_cast<std::ptrdiff_t>(first), all.end(),
                    [](const Diagnostic& d) { return d.level == DiagnosticLevel::kError; });
    if (failed) return std::nullopt;
    return party_shape(std::make_shared<const Ownership>(std::move(parts_)), "share", node.span);
  }

 private:
  void read_parts(const YamlNode& node) {
    check_keys(reader_.yaml(), node, kOwnershipKeys, reader_.diagnostics());
    if (const YamlNode* of = part(node, "of")) {
      parts_.lists = read_party_lists(reader_, *of, "of", lists_);
    }
    if (const YamlNode* share = part(node, "share")) read_share(*share);
    parts_.choice = read_party_choice(reader_, node);
    if (const YamlNode* aggregate = node.find("aggregate")) {
      parts_.aggregate = reader_.one_of(*aggregate, kFlags).value_or(true);
    }
    if (const YamlNode* unknown = node.find("unknown")) {
      parts_.report_unknown = reader_.one_of(*unknown, kUnknownShares).value_or(false);
    }
  }

  const YamlNode* part(const YamlNode& node, std::string_view key) {
    const YamlNode* found = node.find(key);
    if (found == nullptr) {
      reader_.error(node.span, kMissingKey, "`" + std::string(key) + "` is missing in `ownership`",
                    "write `" + std::string(kOwnershipExample) + "`");
    }
    return found;
  }

  /// `>= 50%` or `> 50%`: of the one exactly half is enough, of the other it is not.
  void read_share(const YamlNode& node) {
    const auto limit = node.kind == YamlNode::Kind::kScalar ? parse_share_limit(node.scalar)
                                                            : std::optional<ShareLimit>();
    if (limit) {
      parts_.share = limit->share;
      parts_.more = limit->more;
      return;
    }
    reader_.error(node.span, kBadShare, "`" + node.scalar + "` is no share to be reached",
                  "write `>= 50%` or `> 50%`: up to 100%, with at most six decimals");
  }

  DocumentReader& reader_;
  const YamlNode& document_;
  RecordKind reads_;
  NamedLists& lists_;
  Ownership::Parts parts_;
};

}  // namespace

std::optional<ShareLimit> parse_share_limit(std::string_view text) {
  if (!text.starts_with('>')) return std::nullopt;
  text.remove_prefix(1);
  const bool more = !text.starts_with('=');
  if (!more) text.remove_prefix(1);
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const std::optional<Share> share = parse_share(text);
  const bool splits = share && (more ? *share < kWholeShare : *share > 0);
  return splits ? std::optional(ShareLimit{*share, more}) : std::nullopt;
}

std::optional<PartyShape> read_ownership(DocumentReader& reader, const YamlNode& document,
                                         RecordKind reads, NamedLists& lists) {
  return OwnershipReader(reader, document, reads, lists).read();
}

}  // namespace tidewaiter
