#include "daemon/app/user_table.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include <pwd.h>
#include <sys/stat.h>

#include "storage/files/durable_file.h"
#include "storage/files/folder_lock.h"
#include "storage/people/password_rules.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostPersonBytes = 65'536;

/// Whether the named key is the very file that the state folder has, by another name, too; or one
/// that only the user reads as whom sudo runs the program, and not who calls it.
bool is_states_key(const fs::path& state, const IdentityClaim& claim) {
  struct stat key {};
  const bool lent = claim.effective_user != claim.calling_user &&
                    ::stat(claim.key_file->c_str(), &key) == 0 &&
                    key.st_uid == claim.effective_user;
  if (lent) return true;
  std::error_code ignored;  // a file that is not there is not the one
  return fs::equivalent(*claim.key_file, people_folder(state) / (claim.handle + ".key"), ignored);
}

/// Whether the state folder is that Unix user's. Where passwords are used many run the program as
/// its owner, whose name then says nothing of who they are.
Result<bool> belongs_to(const fs::path& state, const std::string& user) {
  struct stat status {};
  if (::stat(state.c_str(), &status) != 0) {
    return fail(ErrorCode::kUnavailable, "cannot tell whose `" + state.string() +
                                             "` is: " + std::generic_category().message(errno));
  }
  return unix_user_name(status.st_uid) == user;
}

bool is_unix_user(const std::string& name) {
  std::vector<char> buffer(4096);
  passwd entry{};
  passwd* found = nullptr;
  const int failure = ::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
  return failure == 0 && found != nullptr;
}

/// Whether there is one beside `without`.
Result<bool> has_provable_admin(const fs::path& state, const std::vector<Person>& everybody,
                                std::string_view without) {
  for (const Person& person : everybody) {
    if (person.handle == without) continue;
    Result<bool> provable = is_provable_admin(state, person);
    if (!provable || *provable) return provable;
  }
  return false;
}

/// Whether somebody else may change users once `handle` does no more: any admin where nobody is
/// asked who they are.
Result<bool> has_another_admin(const fs::path& state, const std::vector<Person>& everybody,
                               const std::string& handle) {
  Result<bool> used = uses_passwords(people_folder(state));
  if (!used) return used;
  if (*used) return has_provable_admin(state, everybody, handle);
  return std::ranges::any_of(everybody, [&handle](const Person& person) {
    return person.handle != handle && person.role == "admin" && !person.retired;
  });
}

/// That nobody is left without an admin once this person is retired.
Result<void> may_be_retired(const fs::path& state, const std::vector<Person>& everybody,
                            const Person& person) {
  if (person.retired) {
    return fail(ErrorCode::kRefused, "the key of `" + person.handle + "` was retired on " +
                                         format_time(*person.retired) + " already");
  }
  if (person.role != "admin") return {};
  const Result<bool> another = has_another_admin(state, everybody, person.handle);
  if (!another) return tl::unexpected(another.error());
  if (*another) return {};
  return fail(
      ErrorCode::kRefused,
      "`" + person.handle +
          "` is the last admin who can prove it, and without one nobody could change users: "
          "enrol another with `tidewaiter user add NAME=admin --password` first");
}

/// Judged by what is read under the lock: two admins do not retire each other, nor one person
/// twice.
Result<Person> retire_locked(const fs::path& state, const std::string& handle, UtcTime now) {
  const fs::path folder = people_folder(state);
  const Result<FolderLock> lock = FolderLock::take(folder);
  if (!lock) return tl::unexpected(lock.error());
  const Result<std::vector<Person>> everybody = people(state);
  if (!everybody) return tl::unexpected(everybody.error());
  const auto found = std::ranges::find(*everybody, handle, &Person::handle);
  if (found == everybody->end()) {
    return fail(ErrorCode::kNotFound, "nobody is enrolled as `" + handle + "`");
  }
  if (auto may = may_be_retired(state, *everybody, *found); !may) {
    return tl::unexpected(may.error());
  }
  const fs::path file = folder / (handle + ".yaml");
  Result<std::string> text = read_whole_file(file, kMostPersonBytes);
  if (!text) return tl::unexpected(text.error());
  if (!text->ends_with('\n')) *text += '\n';
  *text += "retired: '" + format_time(now) + "'\n";
  if (auto replaced = replace_file(file, *text); !replaced) {
    return tl::unexpected(replaced.error());
  }
  Person disabled = *found;
  disabled.retired = now;
  return disabled;
}

}  // namespace

std::string unix_user_name(uid_t user) {
  std::vector<char> buffer(4096);
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) != 0) return {};
  return found != nullptr ? std::string(found->pw_name) : std::string();
}

fs::path people_folder(const fs::path& state) { return state / "people"; }

Result<std::optional<ActProof>> proof_without_password(const fs::path& state,
                                                       const IdentityClaim& claim) {
  if (claim.key_file && !is_states_key(state, claim)) return std::optional(ActProof::kKeyFile);
  const fs::path folder = people_folder(state);
  const Result<bool> theirs = has_password(folder, claim.handle);
  if (!theirs) return tl::unexpected(theirs.error());
  if (*theirs) return std::optional<ActProof>();
  const Result<bool> any = uses_passwords(folder);
  if (!any) return tl::unexpected(any.error());
  if (claim.unix_user == claim.handle) {
    const Result<bool> shared = *any ? belongs_to(state, claim.handle) : Result<bool>(false);
    if (!shared) return tl::unexpected(shared.error());
    if (!*shared) return std::optional(ActProof::kUnixUser);
  }
  if (!*any) return std::optional(ActProof::kStateFolder);
  return fail(ErrorCode::kRefused,
              "`" + claim.handle +
                  "` has no password, and this site uses them: an admin sets the first one with "
                  "`tidewaiter user password " +
                  claim.handle + "`");
}

Result<bool> is_provable_admin(const fs::path& state, const Person& person) {
  if (person.role != "admin" || person.retired) return false;
  const fs::path folder = people_folder(state);
  Result<bool> password = has_password(folder, person.handle);
  if (!password || *password) return password;
  Result<bool> key = is_there(folder / (person.handle + ".key"));
  if (!key) return key;
  if (!*key) return true;  // it was handed over
  if (!is_unix_user(person.handle)) return false;
  Result<bool> shared = belongs_to(state, person.handle);
  if (!shared) return shared;
  return !*shared;
}

Result<void> may_have_password(const fs::path& state, const Person& person) {
  const Result<bool> used = uses_passwords(people_folder(state));
  if (!used) return tl::unexpected(used.error());
  if (*used || person.role == "admin") return {};
  const Result<std::vector<Person>> everybody = people(state);
  if (!everybody) return tl::unexpected(everybody.error());
  const Result<bool> admin = has_provable_admin(state, *everybody, {});
  if (!admin) return tl::unexpected(admin.error());
  if (*admin) return {};
  return fail(ErrorCode::kRefused,
              "the first password is an admin's, for from then on only an admin enrols, disables "
              "and sets passwords: enrol one with `tidewaiter user add NAME=admin --password`, or "
              "set the one of an admin who is enrolled");
}

Result<void> check_password_of(const Person& person, const Password& password) {
  const std::array<std::string, 3> about{person.name, person.handle, person.role};
  return check_password(password, about);
}

Result<Person> disable_user(const fs::path& state, const std::string& handle, UtcTime now) {
  Result<Person> disabled = retire_locked(state, handle, now);
  if (!disabled) return disabled;
  if (auto removed = remove_password(people_folder(state), handle); !removed) {
    return tl::unexpected(removed.error());
  }
  return disabled;
}

}  // namespace tidewaiter
