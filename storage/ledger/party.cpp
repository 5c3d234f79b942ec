#include "storage/ledger/party.h"

#include <array>
#include <optional>
#include <string_view>

#include "policies/model/digest.h"
#include "storage/evidence/disclosure.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kPartyLabel = "tidewaiter/v1/party";

std::string party_by(const SubjectKey& key) {
  return to_hex(Digest{hkdf_sha256(key, {}, kPartyLabel)});
}

}  // namespace

Result<std::string> party_of(const LedgerPaths& paths, const std::string& subject,
                             const NewKeyRule& may_make) {
  Result<Vault> vault = Vault::open(paths.vault, paths.vault_key);
  if (!vault) return tl::unexpected(vault.error());
  const auto keys = vault->keys_for(std::array{subject}, may_make);
  if (!keys) return tl::unexpected(keys.error());
  return party_by(keys->front());
}

Result<std::string> known_party(const LedgerPaths& paths, const std::string& subject) {
  const Result<Vault> vault = Vault::open_read_only(paths.vault, paths.vault_key);
  if (!vault) return tl::unexpected(vault.error());
  const Result<std::optional<SubjectKey>> key = vault->find(subject);
  if (!key) return tl::unexpected(key.error());
  return *key ? party_by(**key) : std::string();
}

}  // namespace tidewaiter
