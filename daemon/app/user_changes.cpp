#include "daemon/app/user_changes.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "daemon/app/act_file.h"
#include "policies/model/base64.h"
#include "policies/model/digest.h"
#include "policies/model/jcs.h"
#include "policies/model/json_member.h"
#include "storage/files/durable_file.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

/// By UserChangeKind.
constexpr std::array<const char*, 3> kChangeNames{"user-added", "user-password", "user-disabled"};
constexpr std::array<const char*, 5> kChangeMembers{"change", "user", "by", "proof", "unix_user"};
/// Longer than any handle, and than the name of a Unix user.
constexpr std::size_t kMostChangeMember = 80;
constexpr std::size_t kMostUserChangeBytes = 4096;

nlohmann::json members_of(const UserChange& change) {
  return {{"change", kChangeNames[static_cast<std::size_t>(change.kind)]},
          {"user", change.user},
          {"by", change.by},
          {"proof", change.proof},
          {"unix_user", change.unix_user}};
}

bool is_member_text(const nlohmann::json& object, const char* name) {
  const auto text = text_member(object, name);
  return text && text->size() <= kMostChangeMember;
}

/// The change of an entry; nothing of most entries, which are looked at before they are parsed.
std::optional<nlohmann::json> password_entry(const std::string& bytes) {
  if (bytes.find("user-password") == std::string::npos) return std::nullopt;
  nlohmann::json entry = nlohmann::json::parse(bytes, nullptr, false);
  const bool is_one = text_member(entry, "typ") == "config.changed" &&
                      text_member(entry, "change") == "user-password";
  return is_one ? std::optional(std::move(entry)) : std::nullopt;
}

}  // namespace

Result<void> hand_in_user_change(const fs::path& state, const UserChange& change) {
  const nlohmann::json document = {{"user_change", members_of(change)},
                                   {"salt", to_base64(random_salt(), Base64::kUrl)}};
  const Result<std::string> text = to_jcs(document);
  if (!text) return tl::unexpected(text.error());
  const Result<fs::path> file = incoming_act_file(state, sha256(*text));
  if (!file) return tl::unexpected(file.error());
  return place_file(*file, 0600, *text);
}

std::optional<UserChange> parse_user_change(std::string_view text) {
  if (text.size() > kMostUserChangeBytes) return std::nullopt;
  const Result<nlohmann::json> document = parse_json_strict(text);
  if (!document || !document->is_object()) return std::nullopt;
  if (document->size() != 2 || !text_member(*document, "salt")) return std::nullopt;
  const auto said = document->find("user_change");
  if (said == document->end() || !said->is_object() || said->size() != kChangeMembers.size() ||
      !std::ranges::all_of(kChangeMembers,
                           [&said](const char* name) { return is_member_text(*said, name); })) {
    return std::nullopt;
  }
  const std::string name = text_member(*said, "change").value_or("");
  const auto* const kind = std::ranges::find(kChangeNames, std::string_view(name));
  if (kind == kChangeNames.end()) return std::nullopt;
  return UserChange{static_cast<UserChangeKind>(kind - kChangeNames.begin()),
                    text_member(*said, "user").value_or(""), text_member(*said, "by").value_or(""),
                    text_member(*said, "proof").value_or(""),
                    text_member(*said, "unix_user").value_or("")};
}

std::string user_change_fields(const UserChange& change) {
  // What is no UTF-8 stands as U+FFFD.
  return members_of(change).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<std::map<std::string, PasswordSetting>> password_settings(const Ledger& ledger) {
  const Result<TreeHead> head = ledger.head();
  if (!head) return tl::unexpected(head.error());
  std::map<std::string, PasswordSetting> last;
  for (std::int64_t index = 0; index < head->size; ++index) {
    const Result<std::string> bytes = ledger.entry(index);
    if (!bytes) return tl::unexpected(bytes.error());
    const auto entry = password_entry(*bytes);
    if (!entry) continue;
    const Result<UtcTime> at = parse_time(text_member(*entry, "ts").value_or(""));
    const auto user = text_member(*entry, "user");
    if (at && user) last[*user] = {text_member(*entry, "by").value_or(""), *at};
  }
  return last;
}

}  // namespace tidewaiter
