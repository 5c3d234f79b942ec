#include "daemon/cli/stated_policy.h"

#include <set>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/pipeline/policy_documents.h"
#include "policies/model/json_member.h"
#include "policies/sigma/policy_set.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kPublished = "policy.published";

/// A step's entry, as far as it names a policy.
struct StatingEntry {
  std::int64_t index = 0;
  std::string type;
  std::int64_t version = 0;
  Digest hash;
};

Result<StatingEntry> read_entry(const Ledger& ledger, std::int64_t index) {
  const Result<std::string> bytes = ledger.entry(index);
  if (!bytes) return tl::unexpected(bytes.error());
  const auto document = nlohmann::json::parse(*bytes, nullptr, false);
  const nlohmann::json policy =
      document.is_object() ? document.value("policy", nlohmann::json()) : nlohmann::json();
  const Result<Digest> hash = digest_from_hex(text_member(policy, "hash").value_or(""));
  const bool has_version =
      policy.is_object() && policy.contains("version") && policy["version"].is_number_integer();
  if (!hash || !has_version) {
    return fail(ErrorCode::kCorruption,
                "entry " + std::to_string(index) +
                    " of the ledger names no policy: `tidewaiter ledger verify` tells more");
  }
  return StatingEntry{index, text_member(document, "typ").value_or(""),
                      policy["version"].get<std::int64_t>(), *hash};
}

Result<StatingEntry> stating_entry(const Ledger& ledger, const FindingState& finding) {
  for (auto index = finding.entries.rbegin(); index != finding.entries.rend(); ++index) {
    Result<StatingEntry> entry = read_entry(ledger, *index);
    if (!entry || entry->type != step_name(StepKind::kWithdrawn)) return entry;
  }
  return fail(ErrorCode::kCorruption, "no entry of the ledger opens the finding `" + finding.id +
                                          "`: `tidewaiter ledger verify` tells more");
}

/// Looks for the policy in a stored set, if that can be read.
void look_in_set(const RecordLog& records, const Digest& set_hash, const std::string& id,
                 StatedPolicy& stated) {
  Result<PolicySet> set = stored_policy_set(records, set_hash);
  if (!set) return;
  for (const Policy& policy : set->policies) {
    if (policy.id == id && policy.hash == stated.hash) stated.text = policy;
  }
  if (stated.text) stated.set = std::make_shared<const PolicySet>(std::move(*set));
}

/// The set that a `policy.published` entry names, as the record log has it; nothing for other
/// entries.
std::optional<Digest> published_set(const std::string& entry) {
  // Most entries are steps: the text is looked at before it is parsed.
  if (entry.find(kPublished) == std::string::npos) return std::nullopt;
  const auto document = nlohmann::json::parse(entry, nullptr, false);
  if (text_member(document, "typ") != kPublished) return std::nullopt;
  // Where policies look into published lists, or names are cleared, the log has them with these.
  const auto activated = text_member(document, "activated");
  const Result<Digest> hash =
      digest_from_hex(activated ? *activated : text_member(document, "set").value_or(""));
  return hash ? std::optional(*hash) : std::nullopt;
}

}  // namespace

Result<StatedPolicy> stated_policy(const Stores& stores, const FindingState& finding) {
  const Result<StatingEntry> stating = stating_entry(*stores.ledger, finding);
  if (!stating) return tl::unexpected(stating.error());
  StatedPolicy result{stating->version, stating->hash, std::nullopt, nullptr};
  if (stores.records == nullptr) return result;
  std::set<Digest> tried;
  // One commit may publish several sets in front of its steps: the nearest need not be the one.
  for (std::int64_t index = stating->index; index-- > 0 && !result.text;) {
    const Result<std::string> entry = stores.ledger->entry(index);
    if (!entry) return tl::unexpected(entry.error());
    const std::optional<Digest> set = published_set(*entry);
    if (!set || !tried.insert(*set).second) continue;
    look_in_set(*stores.records, *set, finding.policy, result);
  }
  return result;
}

Result<Digest> stating_hash(const Ledger& ledger, const FindingState& finding) {
  const Result<StatingEntry> stating = stating_entry(ledger, finding);
  if (!stating) return tl::unexpected(stating.error());
  return stating->hash;
}

Result<PolicySet> set_in_force(const RecordLog& records) {
  const Result<std::optional<Digest>> hash = records.active_policy_set();
  if (!hash) return tl::unexpected(hash.error());
  if (!*hash) return PolicySet{};
  return stored_policy_set(records, **hash);
}

Result<std::optional<WrittenSet>> written_set_in_force(const RecordLog& records) {
  const Result<std::optional<Digest>> hash = records.active_policy_set();
  if (!hash) return tl::unexpected(hash.error());
  if (!*hash) return std::optional<WrittenSet>();
  const Result<std::string> documents = records.policy_documents(**hash);
  if (!documents) return tl::unexpected(documents.error());
  Result<PackedSet> packed = unpack_documents(*documents);
  if (!packed) return tl::unexpected(packed.error());
  LoadOutcome loaded = load_policy_set(packed->texts, UtcTime{0}, table_of(*packed));
  if (has_errors(loaded.diagnostics)) {
    return fail(ErrorCode::kUnsupported, "this version does not read the policy set in force: " +
                                             loaded.diagnostics.front().message);
  }
  return std::optional(WrittenSet{std::move(loaded.set), std::move(loaded.documents),
                                  std::move(packed->lists), std::move(packed->clearances)});
}

}  // namespace tidewaiter
