#include "daemon/cli/reader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include "daemon/app/people.h"
#include "daemon/app/user_table.h"
#include "daemon/cli/acting_person.h"
#include "daemon/cli/masked_question.h"
#include "daemon/cli/stores.h"
#include "storage/people/password_table.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kReadType = "read";

/// Who reads; nothing if nobody says so.
Result<std::optional<Person>> reading_person(const Invocation& run, const Stores& stores) {
  if (!run.acting.as.empty()) {
    const auto acting = acting_person(run, stores, run.acting, {std::string(kReadType), {}, {}});
    if (!acting) return tl::unexpected(acting.error());
    return std::optional((*acting)->who.person);
  }
  const Result<std::vector<Person>> everybody = people(stores.paths.folder);
  if (!everybody) return tl::unexpected(everybody.error());
  const std::string user = unix_user_name();
  const auto found = std::ranges::find(*everybody, user, &Person::handle);
  if (found == everybody->end()) return std::optional<Person>();
  const auto proof =
      proof_without_password(stores.paths.folder, {user, user, {}, ::geteuid(), ::geteuid()});
  const bool unproven = proof ? !*proof : proof.error().code == ErrorCode::kRefused;
  if (unproven) return std::optional<Person>();  // of the same name, and nobody has asked
  if (!proof) return tl::unexpected(proof.error());
  return std::optional(*found);
}

bool sees_all(const Person& person) { return person.role != "viewer" && !person.retired; }

/// Whether something is withheld from them; `person`: who they are, as reading_person() has it.
Result<bool> is_masked_for(const Stores& stores, const std::optional<Person>& person) {
  if (person) return !sees_all(*person);
  return uses_passwords(stores.paths.people);
}

}  // namespace

Result<bool> reads_masked(const Invocation& run, const Stores& stores) {
  const auto person = reading_person(run, stores);
  if (!person) return tl::unexpected(person.error());
  return is_masked_for(stores, *person);
}

Result<bool> reads_as_admin(const Invocation& run, const Stores& stores) {
  Result<bool> used = uses_passwords(stores.paths.people);
  if (!used) return used;
  if (!*used) return true;
  const auto person = reading_person(run, stores);
  if (!person) return tl::unexpected(person.error());
  return *person && (*person)->role == "admin" && !(*person)->retired;
}

Result<void> may_see_all(const Invocation& run, const Stores& stores) {
  const auto person = reading_person(run, stores);
  if (!person) return tl::unexpected(person.error());
  const Result<bool> is_masked = is_masked_for(stores, *person);
  if (!is_masked) return tl::unexpected(is_masked.error());
  if (!*is_masked) return {};
  if (!*person) {
    return fail(ErrorCode::kRefused,
                "this shows whom findings are about, and this site uses passwords: say who reads, "
                "with `--as HANDLE`");
  }
  const TriedAct tried{std::string(kReadType), {}, (*person)->handle, AttemptFault::kViewerReads};
  return tl::unexpected(
      recorded_attempt(run, stores, tried, {ErrorCode::kRefused, attempt_reason(tried)}));
}

Error refused_question(const Invocation& run, const Stores& stores, const std::string& why) {
  const auto person = reading_person(run, stores);
  if (!person) return person.error();
  Error refused{ErrorCode::kRefused, why};
  if (!*person) return refused;
  const TriedAct tried{std::string(kReadType), {}, (*person)->handle, AttemptFault::kViewerAsks};
  return recorded_attempt(run, stores, tried, std::move(refused));
}

}  // namespace tidewaiter
