#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/state_ownership.h"
#include "daemon/app/user_table.h"
#include "daemon/cli/act_recording.h"
#include "daemon/cli/user_verbs.h"

namespace tidewaiter {
namespace {

struct UserOptions {
  std::string who;  ///< NAME=ROLE, NAME <HANDLE>=ROLE, or a handle
  std::string new_password_file;
  bool password = false;  ///< `add`: ask for one
  ActingOptions acting;
  bool json = false;
};

void add_user_options(CLI::App& verb, UserOptions& options, const std::string& name,
                      const std::string& what) {
  verb.add_option(name, options.who, what)
      ->type_name(name == "person" ? "NAME=ROLE" : "HANDLE")
      ->required();
  add_acting_options(verb, options.acting, "Who does it");
  add_json_flag(verb, options.json);
}

void add_new_password_option(CLI::App& verb, UserOptions& options) {
  verb.add_option("--new-password-file", options.new_password_file,
                  "Where the new password is, if it is not to be typed: its first line; - is "
                  "standard input")
      ->type_name("FILE");
}

/// Tells what is so now. What was handed in of it is recorded first, or else by a daemon.
int tell_user(Invocation& run, const Stores& stores, const Person& person, bool password,
              const std::string& words, bool json) {
  if (const Result<bool> recorded = record_handed_in(stores, run.now()); !recorded) {
    run.err << "tidewaiter: the change is made and handed in, and not recorded yet: "
            << printable(recorded.error().message) << '\n';
  }
  if (json) {
    nlohmann::ordered_json document = {
        {"handle", person.handle}, {"name", person.name},
        {"role", person.role},     {"verifier_key", person.verifier_key},
        {"password", password},    {"disabled", nullptr}};
    if (person.retired) document["disabled"] = format_time(*person.retired);
    print_json(run, document);
  } else {
    run.out << printable(person.name) << ", " << person.role << " (" << person.handle
            << "): " << words << '\n';
  }
  return code(ExitStatus::kOk);
}

int add_person(Invocation& run, const UserOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status, Shows::kNothingPersonal);
  if (stores == nullptr) return status;
  const Result<Person> wanted = person_to_be(options.who, run.now());
  if (!wanted) return fail_with(run, ExitStatus::kUsage, to_text(wanted.error()));
  auto may = require_admin(run, *stores, options.acting, "user.add", wanted->handle);
  if (!may) return fail_with(run, may.error());
  // Before anything is made: a password that may not be one enrols nobody.
  const bool sets = options.password || !options.new_password_file.empty();
  if (sets) may = may_have_password(stores->paths.folder, *wanted);
  if (!may) return fail_with(run, may.error());
  Result<Password> password =
      sets ? new_password(run, *wanted, options.new_password_file) : Result<Password>(Password());
  if (!password) return fail_with(run, password.error());
  const Result<Person> person = enrol(stores->paths.folder, *wanted);
  if (!person) return fail_with(run, person.error());
  auto bound = hand_in_change(run, *stores, UserChangeKind::kAdded, person->handle);
  if (bound && sets)
    bound = hand_in_change(run, *stores, UserChangeKind::kPassword, person->handle);
  if (bound) bound = bind_people(stores->paths.folder, stores->ledger->origin());
  if (!bound) return fail_with(run, bound.error());
  if (!sets)
    return tell_user(run, *stores, *person, false, "enrolled, without a password", options.json);
  auto kept = set_password(stores->paths.people, person->handle, *password);
  if (!kept) return fail_with(run, kept.error());
  return tell_user(run, *stores, *person, true, "enrolled, with a password", options.json);
}

int change_password(Invocation& run, const UserOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status, Shows::kNothingPersonal);
  if (stores == nullptr) return status;
  const Result<Person> person = enrolled_person(*stores, options.who);
  if (!person) return fail_with(run, person.error());
  if (person->retired) {
    return fail_with(run, ExitStatus::kRefused, "`" + person->handle + "` is disabled");
  }
  if (auto may = may_set_password(run, *stores, options.acting, *person); !may) {
    return fail_with(run, may.error());
  }
  const Result<Password> password = new_password(run, *person, options.new_password_file);
  if (!password) return fail_with(run, password.error());
  auto kept = hand_in_change(run, *stores, UserChangeKind::kPassword, person->handle);
  if (kept) kept = set_password(stores->paths.people, person->handle, *password);
  if (kept) kept = bind_people(stores->paths.folder, stores->ledger->origin());
  if (!kept) return fail_with(run, kept.error());
  return tell_user(run, *stores, *person, true, "has a new password", options.json);
}

int disable_person(Invocation& run, const UserOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status, Shows::kNothingPersonal);
  if (stores == nullptr) return status;
  const Result<Person> person = enrolled_person(*stores, options.who);
  if (!person) return fail_with(run, person.error());
  if (auto may = require_admin(run, *stores, options.acting, "user.disable", person->handle);
      !may) {
    return fail_with(run, may.error());
  }
  const Result<Person> disabled = disable_user(stores->paths.folder, person->handle, run.now());
  if (!disabled) return fail_with(run, disabled.error());
  auto bound = hand_in_change(run, *stores, UserChangeKind::kDisabled, person->handle);
  if (bound) bound = bind_people(stores->paths.folder, stores->ledger->origin());
  if (!bound) return fail_with(run, bound.error());
  return tell_user(run, *stores, *disabled, false, "disabled: the key signs nothing more",
                   options.json);
}

}  // namespace

void add_user_add(CLI::App& user, Selection& selection) {
  CLI::App* verb = add_verb(
      user, "add", "enrols somebody",
      "Prints who is enrolled, and whether with a password. Makes the person's signing key. The\n"
      "daemon need not stop. Once anybody has had a password only an admin does this, and says\n"
      "so with --as; so the first password of a site is an admin's. The handle is made of the\n"
      "name, or stands behind it in angle brackets.",
      "  tidewaiter user add \"Jo Ng=officer\" --password --as root-admin\n"
      "  tidewaiter user add \"Jo Ng <jo>=officer\" --as root-admin\n"
      "  tidewaiter user add \"Kim Yu=approver\" --new-password-file - --as root-admin "
      "--password-file /run/secrets/admin");
  auto options = std::make_shared<UserOptions>();
  add_user_options(*verb, *options, "person",
                   "Name, handle in angle brackets if it is chosen, and role: viewer, officer, "
                   "approver, policy-writer, liaison, auditor, "
                   "counsel or admin");
  verb->add_flag("--password", options->password, "Set a password, which is typed twice");
  add_new_password_option(*verb, *options);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return add_person(run, *options); };
  });
}

void add_user_password(CLI::App& user, Selection& selection) {
  CLI::App* verb = add_verb(
      user, "password", "sets or exchanges a password",
      "Prints whose password it is. It is typed twice and never shown, or read from a file. It\n"
      "has at least 15 characters of any kind, and is not one of those that are tried first.\n"
      "Whoever has one is asked for it; an admin, with --as, sets it for somebody else. Once one\n"
      "person has a password everybody who acts needs one, but for who gives a key of their own\n"
      "or is the Unix user of that name.",
      "  tidewaiter user password jo-ng\n"
      "  tidewaiter user password jo-ng --as root-admin\n"
      "  tidewaiter user password jo-ng --password-file old --new-password-file new");
  auto options = std::make_shared<UserOptions>();
  add_user_options(*verb, *options, "handle", "Whose password it is");
  add_new_password_option(*verb, *options);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return change_password(run, *options); };
  });
}

void add_user_disable(CLI::App& user, Selection& selection) {
  CLI::App* verb = add_verb(
      user, "disable", "lets somebody act no more",
      "Prints who it is. The person's key is retired for good and the password is removed; what\n"
      "was signed with the key before still holds. Who comes back is enrolled under another\n"
      "name. Not the last admin.",
      "  tidewaiter user disable jo-ng --as root-admin");
  auto options = std::make_shared<UserOptions>();
  add_user_options(*verb, *options, "handle", "Who it is");
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return disable_person(run, *options); };
  });
}

}  // namespace tidewaiter
