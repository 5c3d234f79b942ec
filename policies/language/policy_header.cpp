#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "policies/language/document_header.h"
#include "policies/language/in_force.h"
#include "policies/language/policy_sections.h"
#include "policies/language/policy_status.h"
#include "policies/model/digest.h"

namespace tidewaiter {
namespace {

constexpr std::array kSeverities = {
    std::pair<std::string_view, Severity>{"low", Severity::kLow},
    std::pair<std::string_view, Severity>{"medium", Severity::kMedium},
    std::pair<std::string_view, Severity>{"high", Severity::kHigh},
    std::pair<std::string_view, Severity>{"critical", Severity::kCritical}};

constexpr std::array<std::string_view, 9> kPolicyKinds = {
    "access",    "resale",          "coordination", "extraction",     "export-control",
    "sanctions", "programme-abuse", "exposure",     "control-failure"};

constexpr std::array<std::string_view, 5> kBases = {"terms", "law", "contract", "control",
                                                    "red_flag"};
constexpr std::array<std::string_view, 10> kBasisKeys = {
    "terms",       "law",          "contract", "control", "red_flag",
    "text_sha256", "jurisdiction", "citation", "settled", "in_force"};
constexpr std::array<std::string_view, 3> kSettled = {"yes", "no", "disputed"};

constexpr std::int64_t kMaxPolicyVersion = 1'000'000'000;

void read_text(DocumentReader& reader, const YamlNode& map, std::string_view key,
               std::string& out) {
  if (const YamlNode* node = map.find(key)) out = reader.text(*node).value_or("");
}

void read_id(DocumentReader& reader, const YamlNode& document, Policy& policy) {
  const YamlNode* node = document.find("policy");
  if (node == nullptr) return;
  const auto id = reader.text(*node);
  if (!id) return;
  if (!is_document_id(*id)) {
    reader.error(node->span, kBadPolicyId, "`" + *id + "` is not a policy id",
                 "write it like `distillation.long-answers`: lower case letters, digits, `.`, "
                 "`-`, `_`; a letter first; at most 128");
  }
  policy.id = *id;
}

void read_status(DocumentReader& reader, const YamlNode& document, Policy& policy) {
  const YamlNode* node = document.find("status");
  if (node == nullptr) return;
  policy.status = reader.one_of(*node, kPolicyStatuses).value_or(PolicyStatus::kDraft);
}

/// Facts about a basis that stand beside its text.
void read_basis_details(DocumentReader& reader, const YamlNode& node, Basis& basis) {
  read_text(reader, node, "jurisdiction", basis.jurisdiction);
  read_text(reader, node, "citation", basis.citation);
  if (const YamlNode* hash = node.find("text_sha256")) {
    basis.text_sha256 = reader.text(*hash).value_or("");
    if (!basis.text_sha256.empty() && !digest_from_hex(basis.text_sha256)) {
      reader.error(hash->span, kBadDigest, "`text_sha256` is not a SHA-256 value",
                   "expected 64 hexadecimal digits");
    }
  }
  if (const YamlNode* settled = node.find("settled")) {
    basis.settled = settled->scalar;
    reader.warn_of_trap(*settled);
    if (std::ranges::find(kSettled, settled->scalar) == kSettled.end()) {
      reader.not_one_of(*settled, kSettled);
    }
  }
  basis.in_force = read_in_force(reader, node);
}

std::optional<Basis> read_one_basis(DocumentReader& reader, const YamlNode& node) {
  if (!reader.expect_map(node, "- terms: \"Usage Policy, section 2\"")) return std::nullopt;
  check_keys(reader.yaml(), node, kBasisKeys, reader.diagnostics());
  Basis basis;
  for (const auto& [key, value] : node.members) {
    if (std::ranges::find(kBases, std::string_view(key.scalar)) == kBases.end()) continue;
    if (!basis.type.empty()) {
      reader.error(key.span, kNotOneOf, "one basis has two types", "write two items");
      return std::nullopt;
    }
    basis.type = key.scalar;
    basis.text = reader.text(value).value_or("");
  }
  if (basis.type.empty()) {
    reader.error(node.span, kMissingKey, "the basis has no type",
                 "write `terms`, `law`, `contract`, `control` or `red_flag` and its text");
    return std::nullopt;
  }
  read_basis_details(reader, node, basis);
  return basis;
}

void read_basis(DocumentReader& reader, const YamlNode& document, Policy& policy) {
  const YamlNode* node = document.find("basis");
  if (node == nullptr) return;
  const auto items = DocumentReader::items(*node);
  if (items.empty()) {
    reader.error(node->span, kEmptyValue, "a policy needs at least one basis",
                 "write `- terms: \"Usage Policy, section 2\"`");
  }
  for (const YamlNode* item : items) {
    if (auto basis = read_one_basis(reader, *item)) policy.basis.push_back(*std::move(basis));
  }
}

}  // namespace

void read_header(DocumentReader& reader, const YamlNode& document, Policy& policy) {
  read_id(reader, document, policy);
  if (const YamlNode* version = document.find("version")) {
    policy.version = reader.integer(*version, 1, kMaxPolicyVersion).value_or(1);
  }
  read_text(reader, document, "title", policy.title);
  read_text(reader, document, "owner", policy.owner);
  read_text(reader, document, "description", policy.description);
  read_status(reader, document, policy);
  policy.in_force = read_in_force(reader, document);
  read_basis(reader, document, policy);
  if (const YamlNode* kind = document.find("kind")) {
    policy.kind = kind->scalar;
    const bool known =
        std::ranges::find(kPolicyKinds, std::string_view(kind->scalar)) != kPolicyKinds.end();
    if (!known) reader.not_one_of(*kind, kPolicyKinds);
  }
  if (const YamlNode* severity = document.find("severity")) {
    policy.severity = reader.one_of(*severity, kSeverities).value_or(Severity::kLow);
  }
  if (const YamlNode* node = document.find("false_positives")) {
    policy.false_positives = reader.texts(*node);
  }
  if (const YamlNode* node = document.find("references")) policy.references = reader.texts(*node);
}

}  // namespace tidewaiter
