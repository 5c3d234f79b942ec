#include "daemon/app/attempts.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/app/act_file.h"
#include "policies/model/base64.h"
#include "policies/model/digest.h"
#include "policies/model/jcs.h"
#include "policies/model/json_member.h"
#include "storage/files/durable_file.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

/// By AttemptFault.
constexpr std::array<std::string_view, 7> kFaultNames{
    "wrong-password", "no-password",   "not-admin",  "viewer-reads",
    "viewer-asks",    "not-publisher", "retired-key"};

constexpr std::array<const char*, 3> kAttemptMembers{"typ", "case", "by"};
constexpr std::size_t kFileMembers = 3;  // "attempt", "fault", "salt"

/// Whether it has these members, all of them texts, and no other.
bool has_texts_only(const nlohmann::json& object, std::span<const char* const> members) {
  return object.is_object() && object.size() == members.size() &&
         std::ranges::all_of(members, [&object](const char* name) {
           return text_member(object, name).has_value();
         });
}

Result<std::string> attempt_text(const TriedAct& attempt) {
  const nlohmann::json document = {
      {"attempt", {{"typ", attempt.type}, {"case", attempt.about}, {"by", attempt.by}}},
      {"fault", std::string(kFaultNames[static_cast<std::size_t>(attempt.fault)])},
      {"salt", to_base64(random_salt(), Base64::kUrl)}};
  return to_jcs(document);
}

}  // namespace

std::string attempt_reason(const TriedAct& attempt) {
  switch (attempt.fault) {
    case AttemptFault::kWrongPassword:
      return "a wrong password was given for `" + attempt.by + "`";
    case AttemptFault::kNoPassword:
      return "`" + attempt.by + "` has no password, and this site uses them";
    case AttemptFault::kNotAdmin:
      return "`" + attempt.by + "` is no admin: users are for whoever is";
    case AttemptFault::kViewerReads:
      return "`" + attempt.by +
             "` is enrolled as viewer: viewers read cases, findings and leads, without whom they "
             "are about";
    case AttemptFault::kViewerAsks:
      return "`" + attempt.by +
             "` is enrolled as viewer: whether a subject was found is not for viewers";
    case AttemptFault::kNotPublisher:
      return "`" + attempt.by +
             "` is neither policy-writer nor approver: policies are for whoever is";
    case AttemptFault::kRetiredKey:
      return "the key of `" + attempt.by + "` was retired: somebody else has to sign";
  }
  return {};
}

Result<void> hand_in_attempt(const fs::path& state, const TriedAct& attempt) {
  const Result<std::string> text = attempt_text(attempt);
  if (!text) return tl::unexpected(text.error());
  const Result<fs::path> file = incoming_act_file(state, sha256(*text));
  if (!file) return tl::unexpected(file.error());
  return place_file(*file, 0600, *text);
}

Result<PendingAttempt> PendingAttempt::begin(const fs::path& state, const TriedAct& attempt) {
  const Result<std::string> text = attempt_text(attempt);
  if (!text) return tl::unexpected(text.error());
  const Result<fs::path> file = incoming_act_file(state, sha256(*text));
  if (!file) return tl::unexpected(file.error());
  // Locked before it has the name under which it would be taken in.
  fs::path unnamed = *file;
  unnamed.replace_extension(".trying");
  if (auto written = create_file(unnamed, 0600, *text); !written) {
    return tl::unexpected(written.error());
  }
  PendingAttempt pending(::open(unnamed.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW), *file);
  const bool named = pending.fd_ >= 0 && ::flock(pending.fd_, LOCK_EX | LOCK_NB) == 0 &&
                     ::rename(unnamed.c_str(), file->c_str()) == 0;
  if (!named) {
    return fail(ErrorCode::kUnavailable, "cannot record a try in `" + unnamed.string() +
                                             "`: " + std::generic_category().message(errno));
  }
  if (auto synced = sync_folder(file->parent_path()); !synced) {
    return tl::unexpected(synced.error());
  }
  return pending;
}

PendingAttempt::~PendingAttempt() {
  if (fd_ >= 0) ::close(fd_);
}

PendingAttempt::PendingAttempt(PendingAttempt&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), file_(std::move(other.file_)) {}

Result<void> PendingAttempt::withdraw() && {
  // The lock goes after the name.
  if (auto removed = remove_file(file_); !removed) return removed;
  return sync_folder(file_.parent_path());
}

Result<bool> is_pending(const fs::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0 && errno == ENOENT) return true;  // withdrawn
  struct stat about {};
  const bool looked = fd >= 0 && ::fstat(fd, &about) == 0;
  const bool locked = looked && ::flock(fd, LOCK_SH | LOCK_NB) != 0;
  const int reason = errno;
  // Withdrawn between the two: what the lock let go has no name any more.
  const bool gone = looked && !locked && ::fstat(fd, &about) == 0 && about.st_nlink == 0;
  if (fd >= 0) ::close(fd);
  if (looked && (!locked || reason == EWOULDBLOCK)) return locked || gone;
  return fail(ErrorCode::kUnavailable,
              "cannot look at `" + file.string() + "`: " + std::generic_category().message(reason));
}

std::optional<TriedAct> parse_attempt(std::string_view text) {
  const Result<nlohmann::json> document = parse_json_strict(text);
  if (!document || !document->is_object()) return std::nullopt;
  const auto said = document->find("attempt");
  const auto* const fault =
      std::ranges::find(kFaultNames, text_member(*document, "fault").value_or(""));
  if (said == document->end() || fault == kFaultNames.end() ||
      !has_texts_only(*said, kAttemptMembers) || document->size() != kFileMembers ||
      !text_member(*document, "salt")) {
    return std::nullopt;
  }
  TriedAct attempt;
  attempt.type = text_member(*said, "typ").value_or("");
  attempt.about = text_member(*said, "case").value_or("");
  attempt.by = text_member(*said, "by").value_or("");
  attempt.fault = static_cast<AttemptFault>(fault - kFaultNames.begin());
  return attempt;
}

}  // namespace tidewaiter
