#include "daemon/cli/user_change.h"

#include <utility>

#include "daemon/app/state_ownership.h"
#include "daemon/app/user_table.h"
#include "daemon/cli/password_prompt.h"

namespace tidewaiter {
namespace {

Result<Password> typed_twice(const Person& whose) {
  Result<Password> first = ask_for_password("New password of " + whose.handle + ": ");
  if (!first) return first;
  if (auto good = check_password_of(whose, *first); !good) return tl::unexpected(good.error());
  const Result<Password> second = ask_for_password("The same once more: ");
  if (!second) return tl::unexpected(second.error());
  if (first->text() == second->text()) return first;
  return fail(ErrorCode::kInvalidInput, "the two differ: nothing is changed");
}

}  // namespace

Result<void> require_admin(const Invocation& run, const Stores& stores, const ActingOptions& acting,
                           const std::string& type, const std::string& about) {
  const Result<bool> used = uses_passwords(stores.paths.people);
  if (!used) return tl::unexpected(used.error());
  if (!*used) return {};
  TriedAct tried{type, about, {}};
  const auto who = acting_person(run, stores, acting, tried);
  if (!who) return tl::unexpected(who.error());
  const Person& person = (*who)->who.person;
  if (person.role == "admin") return {};
  tried.by = person.handle;
  tried.fault = AttemptFault::kNotAdmin;
  return tl::unexpected(
      recorded_attempt(run, stores, tried, {ErrorCode::kRefused, attempt_reason(tried)}));
}

Result<void> may_set_password(const Invocation& run, const Stores& stores,
                              const ActingOptions& acting, const Person& whose) {
  const std::string type = "user.password";
  const bool own = acting.as.empty() || acting.as == whose.handle;
  const Result<bool> has = has_password(stores.paths.people, whose.handle);
  if (!has) return tl::unexpected(has.error());
  if (auto may = may_have_password(stores.paths.folder, whose); !may) return may;
  if (!own || !*has) return require_admin(run, stores, acting, type, whose.handle);
  ActingOptions theirs = acting;
  theirs.as = whose.handle;
  const auto who = acting_person(run, stores, theirs, {type, whose.handle, {}});
  if (!who) return tl::unexpected(who.error());
  return {};
}

Result<void> hand_in_change(const Invocation& run, const Stores& stores, UserChangeKind kind,
                            const std::string& handle) {
  const std::optional<ActingPerson>& known = run.known->person;
  const uid_t caller = calling_user(run.environment.variables);
  const std::string name = unix_user_name(caller);
  const ActProof proof = known ? known->proof : ActProof::kStateFolder;
  return hand_in_user_change(
      stores.paths.folder,
      {kind, handle, known ? known->who.person.handle : std::string(),
       std::string(act_proof_name(proof)), name.empty() ? std::to_string(caller) : name});
}

Result<Password> new_password(const Invocation& run, const Person& whose, const std::string& file) {
  if (file.empty()) return typed_twice(whose);
  const bool standard_input = file == "-";
  Result<Password> given =
      read_password_file(standard_input ? file : (run.environment.working_folder / file).string());
  if (!given) return given;
  if (auto good = check_password_of(whose, *given); !good) return tl::unexpected(good.error());
  return given;
}

}  // namespace tidewaiter
